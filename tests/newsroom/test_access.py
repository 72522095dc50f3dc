"""Stories and videos that not everybody may have the whole of."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cms.api import keys
from cms.previews import previews
from cms.publishing import checks, press, reading, rendering
from cms.publishing.models import Publication, Version
from newsroom.body import blocks_from_html
from newsroom.models import Article
from tests.factories import make_article, make_blurb, make_film, make_video, paragraphs, publish, update

pytestmark = pytest.mark.django_db
FIVE = paragraphs("First.", "Second.", "Third.", "Fourth.", "Fifth.")
MARK = {"id": "mark", "type": "paywall"}


def whole(item):
    """All of what is live, as those get it who may."""
    publication = Publication.objects.select_related("version").get(kind=item.kind, key=item.pk)
    return rendering.whole(publication, timezone.now())[0]


def texts(body):
    return [block.get("html") for block in body]


def test_reader_gets_the_beginning_of_a_story_for_subscribers(api):
    story = publish(make_article(slug="paid", access="subscriber", body=FIVE))

    shown = api("articles/paid/")
    assert texts(shown["body"]) == ["First.", "Second."]
    assert shown["body_html"] == "<p>First.</p><p>Second.</p>"
    assert (shown["access"], shown["is_whole"], shown["word_count"]) == ("subscriber", False, 5)
    assert [card["access"] for card in api("articles/")["results"]] == ["subscriber"]
    assert texts(whole(story)["body"]) == ["First.", "Second.", "Third.", "Fourth.", "Fifth."]
    assert whole(story)["is_whole"] is True


def test_free_part_ends_where_the_desk_says(api):
    publish(make_article(slug="marked", access="registered", body=[*FIVE[:3], MARK, *FIVE[3:]]))
    publish(make_article(slug="at-once", access="registered", body=[MARK, *FIVE]))

    assert texts(api("articles/marked/")["body"]) == ["First.", "Second.", "Third."]
    assert (api("articles/at-once/")["body"], api("articles/at-once/")["body_html"]) == ([], None)


def test_mark_of_another_system_and_that_of_the_editor_become_the_same():
    for mark in ("<!--members-only-->", '<div data-block=\'{"id": "m", "type": "paywall"}\'></div>'):
        blocks = blocks_from_html(f"<p>Free.</p>{mark}<p>Paid.</p>")
        assert [block["type"] for block in blocks] == ["paragraph", "paywall", "paragraph"]


def test_number_of_free_blocks_is_a_setting(api, settings):
    settings.FREE_BLOCKS = 1
    publish(make_article(slug="paid", access="subscriber", body=FIVE))

    assert texts(api("articles/paid/")["body"]) == ["First."]


def test_mark_in_a_free_story_is_never_shown(api):
    story = publish(make_article(slug="free", body=[*FIVE[:1], MARK, *FIVE[1:]]))

    shown = api("articles/free/")
    assert [block["type"] for block in shown["body"]] == ["paragraph"] * 5
    assert (shown["access"], shown["is_whole"]) == ("free", True)
    assert whole(story) == shown


def test_reader_gets_no_film_of_a_video_for_subscribers(api):
    track = {"label": "English", "text": "WEBVTT\n\n00:00.500 --> 00:01.500\nIt closes.\n"}
    video = make_video(slug="paid", access="subscriber", file=make_film(), transcript="Secret.", tracks=[track])
    publish(video)

    shown = api("videos/paid/")
    hidden = ["sources", "embed", "tracks", "transcript", "transcript_html", "is_whole"]
    assert {name: shown[name] for name in hidden} == {
        "sources": [],
        "embed": None,
        "tracks": [],
        "transcript": None,
        "transcript_html": None,
        "is_whole": False,
    }
    assert (shown["has_captions"], shown["duration_seconds"], shown["access"]) == (True, 60, "subscriber")
    opened = whole(video)
    assert (len(opened["sources"]), len(opened["tracks"]), opened["transcript"]) == (1, 1, "Secret.")


def test_free_story_holds_no_film_that_is_for_subscribers(api):
    video = publish(make_video(slug="film", access="subscriber", file=make_film(), transcript="Secret."))
    block = {"id": "v", "type": "video", "video": {"link": "video", "id": str(video.pk), "whole": True}}
    story = publish(make_article(slug="story", body=[*FIVE, block], lead_video=video))
    publish(make_blurb(article=story, video=video))

    shown = api("articles/story/")
    inner = shown["body"][-1]["video"]
    assert (inner["sources"], inner["transcript"], inner["is_whole"]) == ([], None, False)
    assert (len(shown["body"]), shown["is_whole"], "<source" in shown["body_html"]) == (6, True, False)
    opened = whole(story)
    assert (len(opened["body"][-1]["video"]["sources"]), "<source" in opened["body_html"]) == (1, True)


def test_story_that_becomes_free_is_whole_at_once_and_one_that_does_not_is_cut_at_once(api):
    story = publish(make_article(slug="story", access="subscriber", body=FIVE))
    before = len(api("articles/story/")["body"])

    publish(update(story, access=Article._meta.get_field("access").default))
    free = len(api("articles/story/")["body"])
    publish(update(story, access="subscriber"))

    assert (before, free, len(api("articles/story/")["body"])) == (2, 5, 2)


def test_film_for_subscribers_opens_for_half_a_day_to_those_who_were_told_its_address(client, api, time_machine):
    time_machine.move_to("2026-11-02T10:20:00Z", tick=False)
    video = publish(make_video(slug="paid", access="subscriber", file=make_film()))
    address = whole(video)["sources"][0]["url"]
    bare, _, word = address.partition("?pass=")
    path = address.removeprefix("http://localhost:8000")

    assert client.get(bare.removeprefix("http://localhost:8000")).status_code == 404
    assert client.get(path).status_code == 200
    assert client.get(path)["Cache-Control"] == f"private, max-age={12 * 3600 + 40 * 60}"
    assert client.get(path[:-2] + "xx").status_code == 404
    assert client.get(path.replace(word[:8], f"{int(word[:8], 16) + 3600:x}")).status_code == 404
    assert whole(video)["sources"][0]["url"] == address
    time_machine.move_to("2026-11-02T23:00:01Z", tick=False)
    assert client.get(path).status_code == 404


def test_pass_of_one_film_opens_no_other(client, api):
    one, two = (publish(make_video(access="subscriber", file=make_film(note=note))) for note in ("one", "two"))
    first, second = (whole(video)["sources"][0]["url"].partition("?") for video in (one, two))

    assert client.get(f"{first[0]}?{second[2]}".removeprefix("http://localhost:8000")).status_code == 404


def test_desk_is_told_where_a_mark_does_nothing():
    def said(**values):
        drafts = [checks.Draft("article", make_article(standfirst="S", **values).head.data)]
        return [problem.text for problem in checks.problems(drafts)[0] if problem.field == "body"]

    assert said(body=[*FIVE, MARK]) == [
        'Everyone can read the whole story; the mark "Free up to here" in it changes nothing.'
    ]
    everybody = 'Everyone gets the whole text. Put "Free up to here" where the free part ends, or let everyone read it.'
    assert said(access="subscriber", body=FIVE[:2]) == [everybody]
    assert said(access="subscriber", body=[*FIVE, MARK]) == [everybody]
    twice = '"Free up to here" is in it more than once; the first one counts.'
    assert said(access="subscriber", body=[FIVE[0], MARK, FIVE[1], {**MARK, "id": "m2"}]) == [twice]
    assert said(access="subscriber", body=FIVE) == []


def test_key_that_may_read_gets_the_whole_and_every_other_key_the_beginning(api):
    anna = User.objects.create_user("anna")
    video = publish(make_video(slug="paid", access="subscriber", file=make_film(), transcript="Secret."))
    publish(make_article(slug="paid", access="subscriber", body=FIVE, lead_video=video))
    publish(make_article(slug="free", body=FIVE))
    reader, writer = (f"Bearer {keys.make('Site', anna, [scope])[1]}" for scope in ("read", "write"))

    story = api("articles/paid/", Authorization=reader)
    assert (texts(story["body"]), story["is_whole"]) == (["First.", "Second.", "Third.", "Fourth.", "Fifth."], True)
    assert api("videos/paid/", Authorization=reader)["transcript"] == "Secret."
    assert api("articles/paid/?fields=body_html", Authorization=reader)["body_html"].endswith("<p>Fifth.</p>")
    assert api("articles/free/", Authorization=reader) == api("articles/free/")
    assert api("articles/paid/", Authorization=writer) == api("articles/paid/")
    answer = api.get("articles/paid/", Authorization=reader)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("private, no-store", "noindex")


def test_tag_of_the_whole_never_tells_a_reader_that_the_beginning_is_unchanged(api):
    secret = keys.make("Site", User.objects.create_user("anna"), ["read"])[1]
    publish(make_article(slug="paid", access="subscriber", body=FIVE))
    free = api.get("articles/paid/")
    keyed = api.get("articles/paid/", Authorization=f"Bearer {secret}")

    assert api.get("articles/paid/", **{"If-None-Match": keyed["ETag"]}).status_code == 200
    held = {"Authorization": f"Bearer {secret}", "If-None-Match": free["ETag"]}
    assert api.get("articles/paid/", **held).content == keyed.content
    assert api("articles/paid/") == free.json()


def test_preview_shows_the_whole_and_opens_the_film(api, client):
    story = make_article(slug="story", access="subscriber", body=[*FIVE[:1], MARK, *FIVE[1:]])
    video = make_video(slug="film", access="subscriber", file=make_film())
    shown = {}
    for item, path in ((story, "articles/story/"), (video, "videos/film/")):
        token = previews.token_of(previews.make(publish(item), None))
        shown[item.kind] = api(path, Authorization=f"Preview {token}")

    assert (len(shown["article"]["body"]), shown["article"]["is_whole"]) == (5, True)
    address = shown["video"]["sources"][0]["url"]
    assert (address.count("?"), "?preview=" in address) == (1, True)
    assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200


def test_kept_answers_hold_nothing_but_the_free_part():
    """Whatever reads a publication (a feed, a format, a search) may read no more than everybody may."""
    video = publish(make_video(access="registered", file=make_film(), transcript="Secret.", provider_url=""))
    block = {"id": "v", "type": "video", "video": {"link": "video", "id": str(video.pk), "whole": True}}
    publish(make_article(access="subscriber", body=[*FIVE[:2], *paragraphs("Secret.")]))
    publish(make_article(body=[*FIVE, block]))
    reading.render_missing()

    stored = video.file["stored"].rsplit("/", 1)[-1][:32]
    kept = [text for row in Publication.objects.values_list("card", "document") for text in row]
    assert len(kept) == 6
    assert [text for text in kept if "Secret." in text or stored in text] == []


def test_story_saved_before_there_was_the_choice_is_free_and_saving_it_changes_nothing(api):
    story = make_article(slug="old", body=FIVE)
    older = {name: value for name, value in story.head.data.items() if name not in {"access", "ai_use"}}
    Version.objects.filter(pk=story.head_id).update(data=older)
    story.refresh_from_db()
    publish(story)

    shown = api("articles/old/")
    assert (shown["access"], shown["is_whole"], shown["ai_use"], len(shown["body"])) == ("free", True, None, 5)
    assert press.save(story) is None


def test_search_finds_what_is_free_and_tells_no_word_of_the_rest(api):
    body = paragraphs("The barrier closes.", "It cost a lot.", "The contract was forged.")
    publish(make_article(slug="paid", headline="Barrier", access="subscriber", body=body))
    publish(make_video(slug="film", headline="Barrier film", access="registered", transcript="Forged, he says."))

    assert sorted(api.slugs("feed/?search=barrier")) == ["film", "paid"]
    assert api.slugs("articles/?search=cost") == ["paid"]
    assert api.slugs("feed/?search=forged") == []
    assert "forged" not in api.get("feed/?search=barrier").content.decode().lower()


@pytest.mark.apart
@pytest.mark.parametrize("form", ["json", "jsonld", "ninjs", "md", "email"])
def test_every_form_of_an_answer_holds_the_free_part_alone_unless_a_key_may_read(api, form):
    secret = keys.make("Site", User.objects.create_user("anna"), ["read"])[1]
    film = publish(make_video(slug="film", access="registered", file=make_film(), transcript="Forged, he says."))
    block = {"id": "v", "type": "video", "video": {"link": "video", "id": str(film.pk), "whole": True}}
    body = [*paragraphs("One.", "Two.", "The contract was forged."), block]
    publish(make_article(slug="paid", access="subscriber", body=body, lead_video=film))
    publish(make_article(slug="free", body=[*paragraphs("One."), block]))
    stored = film.file["stored"].rsplit("/", 1)[-1][:32]

    for path in ("articles/paid/", "articles/free/", "videos/film/"):
        free = api.get(f"{path}?format={form}")
        whole = api.get(f"{path}?format={form}", Authorization=f"Bearer {secret}")
        assert (path, free.status_code, whole.status_code) == (path, 200, 200)
        told = free.content.decode()
        assert (path, "orged" in told, stored in told) == (path, False, False)
        assert "private, no-store" in whole["Cache-Control"]
        if path == "articles/paid/" and form not in {"jsonld"}:
            assert "The contract was forged." in whole.content.decode()
    if form == "jsonld":
        assert '"isAccessibleForFree":false' in api.get("articles/paid/?format=jsonld").content.decode()
