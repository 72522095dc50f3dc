"""What a preview's token shows, and that it shows nothing else, to nobody else, and is kept nowhere."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.previews import previews
from cms.publishing import press
from cms.publishing.links import link
from cms.publishing.models import Change, Edition, PreviewLink, Publication
from newsroom.models import Article
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_film,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)
from tests.media.pictures import addresses_in, sizes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(api):
    """`ask("articles/x/", made_link)` is the response to somebody who has the link."""

    def get(path, made, **headers):
        token = made if isinstance(made, str) else previews.token_of(made)
        return api.get(path, Authorization=f"Preview {token}", **headers)

    return get


def make_link(item, **values):
    return previews.make(item, None, **values)


def without_leave(data):
    """A preview's answer as readers would get it: files' addresses as they are, no mark."""
    if isinstance(data, dict):
        return {name: without_leave(value) for name, value in data.items() if name != "preview"}
    if isinstance(data, list):
        return [without_leave(value) for value in data]
    if isinstance(data, str) and "?preview=" in data:
        parts = data.split("?preview=")
        return parts[0] + "".join(part[54:] for part in parts[1:])
    return data


def full_article():
    photo = make_photo()
    figure = {"id": "f", "type": "photo", "photo": link("photo", make_photo().pk, caption="Here", alt_text="")}
    film = {"id": "v", "type": "video", "video": link("video", publish(make_video(file=make_film())).pk, whole=True)}
    return make_article(
        slug="full",
        kicker="Kicker",
        section=make_section(),
        topics=[make_topic()],
        bylines=[make_byline()],
        lead_photo=photo,
        body=[*paragraphs("One."), figure, film],
        related=[publish(make_article())],
        corrections=["It was Tuesday."],
    )


def items():
    """One of each kind, each with an unpublished photo of its own."""
    video = make_video(file=make_film(), tracks=[{"text": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"}])
    blurb = make_blurb(photo=make_photo(), article=publish(make_article()))
    return {"articles": full_article(), "videos": video, "blurbs": blurb}


@pytest.mark.parametrize("path", ["articles", "videos", "blurbs"])
def test_preview_is_what_publishing_would_show(api, ask, path):
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False):
        item = items()[path]
        preview = ask(f"{path}/{item.pk}/", make_link(item)).json()
        publish(item)
        published = api(f"{path}/{getattr(item, 'slug', item.pk)}/")

    assert list(preview) == [*published, "preview"]
    assert preview["preview"] is True
    for photo in (preview.get("lead_photo"), preview.get("photo"), preview.get("poster")):
        if photo:
            assert photo.pop("published_at") is None  # no reader has seen it
    for name in ("lead_photo", "photo", "poster"):
        if published.get(name):
            del published[name]["published_at"]
    if published.get("seo"):
        assert preview["seo"]["image"].pop("published_at") is None
        del published["seo"]["image"]["published_at"]
    found = without_leave(preview)
    for block, other in zip(found.get("body") or [], published.get("body") or [], strict=True):
        if block["type"] == "photo":
            assert block["photo"].pop("published_at") is None
            del other["photo"]["published_at"]
    assert found == published


def test_live_story_is_previewed_with_its_unpublished_changes(api, ask):
    article = publish(make_article(slug="live", headline="Old"))
    made = make_link(article)
    update(article, headline="New", slug="other")

    for name in ("live", "other", article.pk):
        shown = ask(f"articles/{name}/", made).json()
        assert (shown["headline"], shown["slug"], shown["translations"]) == ("New", "other", [])
        assert shown["published_at"] == api("articles/live/")["published_at"]
    assert api("articles/live/")["headline"] == "Old"
    assert api.get("articles/other/").status_code == 404


def test_link_shows_what_was_saved_last_and_only_that(ask):
    article = make_article(slug="", headline="")
    made = make_link(article)
    assert ask(f"articles/{article.pk}/", made).json()["headline"] is None

    update(article, headline="Saved")
    Article.objects.filter(pk=article.pk).update(headline="Never kept as a version")

    shown = ask(f"articles/{article.pk}/", made).json()
    assert (shown["headline"], shown["slug"]) == ("Saved", None)
    assert shown["url"].endswith(f"/articles/{article.pk}/")


def test_former_slug_finds_the_preview(ask):
    article = publish(make_article(slug="first"))
    publish(update(article, slug="second"))

    assert ask("articles/first/", make_link(article)).status_code == 200


def test_only_the_fields_asked_for(ask):
    article = make_article(slug="draft")
    shown = ask("articles/draft/?fields=headline", make_link(article)).json()

    assert list(shown) == ["kind", "id", "slug", "headline", "preview"]
    assert ask("articles/draft/?feilds=headline", make_link(article)).status_code == 400


# Caches


def test_no_cache_keeps_a_preview(api, ask):
    article = publish(make_article(slug="story"))
    made = make_link(article)
    public = api.get("articles/story/")
    for given in ({}, {"If_None_Match": public["ETag"]}, {"If_None_Match": "*"}):
        response = ask("articles/story/", made, **given)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert "Authorization" in response["Vary"]
        assert not {"ETag", "Surrogate-Key", "Last-Modified", "X-Edition"} & set(response.headers)
        assert response["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in public["Vary"]
    assert "Authorization" in api.get("articles/nothing/")["Vary"]


def test_readers_json_and_the_edition_know_nothing_of_previews(api, ask):
    article = publish(make_article(slug="story", headline="Old"))
    before = api.get("articles/story/")
    rows = list(Publication.objects.values())
    edition = Edition.objects.values().get()
    update(article, headline="New")
    draft = make_article()

    for item in (article, draft):
        for ahead_to in (None, timezone.now() + timedelta(days=2)):
            assert ask(f"articles/{item.pk}/", make_link(item, ahead_to=ahead_to)).status_code == 200

    after = api.get("articles/story/")
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    assert list(Publication.objects.values()) == rows
    assert Edition.objects.values().get() == edition
    assert Change.objects.filter(key=draft.pk).count() == 0


# Wrong tokens


def wrong_tokens(article):
    other = make_link(make_article(slug="other-draft"))
    right = previews.token_of(make_link(article))
    revoked, ended = make_link(article), make_link(article, lasts=timedelta(seconds=-1))
    previews.revoke(revoked)
    deleted = make_article()
    of_deleted = make_link(deleted)
    deleted.delete()
    return {
        "nonsense": "x",
        "well-formed": previews.PREFIX + "A" * 43,
        "tampered": right[:-1] + ("A" if right[-1] != "A" else "B"),
        "longer": f"{right}A",
        "upper case": right.upper(),
        "without its prefix": right.removeprefix(previews.PREFIX),
        "hash": make_link(article).token_hash,
        "foreign": previews.token_of(other),
        "of another kind": previews.token_of(make_link(make_blurb())),
        "revoked": previews.token_of(revoked),
        "ended": previews.token_of(ended),
        "of what is deleted": previews.token_of(of_deleted),
        "odd": "é\x7f",
    }


def test_every_wrong_token_is_answered_alike_whether_the_item_is_there_or_not(api, ask):
    draft = make_article(slug="draft")
    live = publish(make_article(slug="live"))
    tokens = wrong_tokens(draft)
    answers = {}
    for name, token in tokens.items():
        for path in ("draft", "live", "nothing-here", str(live.pk), str(uuid.uuid4())):
            response = ask(f"articles/{path}/?fields=headline", token)
            problem = {**response.json(), "instance": "", "request_id": ""}
            own = {"Content-Length", "X-Request-ID"}  # of each request
            headers = {key: value for key, value in response.headers.items() if key not in own}
            answers[name, path] = (response.status_code, problem, headers)

    status, problem, headers = answers["nonsense", "draft"]
    assert status == 401
    assert headers["WWW-Authenticate"] == 'Preview realm="preview", Bearer realm="api"'
    assert headers["Cache-Control"] == "no-store"
    assert {name: answer for name, answer in answers.items() if answer != (status, problem, headers)} == {}


def test_same_work_whether_the_item_is_there_or_not(ask):
    make_article(slug="draft")
    publish(make_article(slug="live"))
    for name, token in wrong_tokens(make_article(slug="own")).items():
        counts = set()
        for path in ("draft", "live", "nothing-here"):
            with CaptureQueriesContext(connection) as queries:
                ask(f"articles/{path}/", token)
            counts.add(len(queries))
        assert len(counts) == 1, name


def test_no_list_and_nothing_shared_takes_a_preview_token(ask):
    article = make_article(slug="draft", section=make_section("World"))
    made = make_link(article)
    paths = ["", "feed/", "articles/", "blurbs/", "videos/", "photos/", "bylines/", "sections/", "sections/world/"]
    for path in [*paths, "topics/", "changes/", "schema/", "articles/?slug=draft", f"blurbs/{article.pk}/"]:
        assert (path, ask(path, made).status_code) == (path, 401)


def test_another_secret_key_ends_all_links(ask, settings):
    article = make_article(slug="draft")
    made = make_link(article)
    token = previews.token_of(made)
    assert ask("articles/draft/", token).status_code == 200

    settings.SECRET_KEY = "another-one-that-is-long-enough-for-anybody-to-sign-with"

    assert ask("articles/draft/", token).status_code == 401
    assert ask("articles/draft/", made).status_code == 401


def test_revoked_and_ended_links_show_nothing_from_that_moment(ask):
    article = make_article(slug="draft")
    made, brief = make_link(article), make_link(article, lasts=timedelta(hours=1))
    assert [ask("articles/draft/", each).status_code for each in (made, brief)] == [200, 200]
    previews.revoke(made)
    assert ask("articles/draft/", made).status_code == 401
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert ask("articles/draft/", brief).status_code == 401


def test_links_last_a_day(ask):
    article = make_article(slug="draft")
    made = make_link(article)
    for hours, status in ((23.9, 200), (24.1, 401)):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            assert ask("articles/draft/", made).status_code == status


def test_withdrawal_for_legal_reasons_ends_the_links_and_others_do_not(ask):
    for reason, status in (("legal", 401), ("withdrawn", 200)):
        article = publish(make_article(slug=reason))
        made = make_link(article)
        press.withdraw(article, reason)
        assert ask(f"articles/{reason}/", made).status_code == status


# What the working copy links to


def test_what_readers_may_not_see_is_not_there(ask):
    draft, live = make_article(headline="zxdraft"), publish(make_article(headline="Live"))
    secret_video = make_video(headline="zxvideo")
    uncredited = make_photo(credit_line="", caption="zxphoto")
    body = [
        {"id": "a", "type": "related", "article": link("article", draft.pk)},
        {"id": "b", "type": "photo", "photo": link("photo", uncredited.pk)},
        {"id": "c", "type": "video", "video": link("video", secret_video.pk, whole=True)},
    ]
    article = make_article(slug="story", related=[draft, live], lead_video=secret_video, body=body)

    response = ask("articles/story/", make_link(article))

    shown = response.json()
    assert [card["headline"] for card in shown["related"]] == ["Live"]
    assert (shown["lead_video"], shown["body"]) == (None, [])
    assert b"zx" not in response.content


# Looking ahead


@pytest.fixture
def friday():
    return (timezone.now() + timedelta(days=3)).replace(microsecond=0)


def test_looking_ahead_shows_the_site_as_it_will_be(api, ask, friday):
    hour = timedelta(hours=1)
    soon, late = make_article(headline="Soon"), make_article(headline="Late")
    publish(soon, at=friday - hour)
    publish(late, at=friday + hour)
    ends = publish(make_article(headline="Ends"), live_until=friday - hour)
    changed = publish(make_article(headline="Before"))
    publish(update(changed, headline="After"), at=friday - hour)
    ending = make_photo()
    article = make_article(slug="story", headline="Plan", lead_photo=ending, related=[soon, late, ends, changed])
    publish(article, at=friday)
    ending.usable_until = friday - hour
    ending.save()
    update(article, headline="Later thought")

    now = ask("articles/story/", make_link(article)).json()
    then = ask("articles/story/", make_link(article, ahead_to=friday)).json()
    before = ask("articles/story/", make_link(article, ahead_to=friday - 2 * hour)).json()

    def seen(shown):
        headlines = [card["headline"] for card in shown["related"]]
        return shown["headline"], headlines, bool(shown["lead_photo"])

    assert seen(now) == ("Later thought", ["Ends", "Before"], True)
    assert seen(before) == ("Later thought", ["Ends", "Before"], True)
    assert seen(then) == ("Plan", ["Soon", "After"], False)
    with time_machine.travel(friday, tick=False):
        published = api("articles/story/")
    assert without_leave(then) == published


def test_looking_ahead_on_a_live_story_shows_what_readers_will_have(api, ask, friday):
    article = publish(make_article(slug="story", headline="Live", language="en"))
    translated = make_article(slug="переклад", translation_of=article, language="uk")
    publish(translated, at=friday)
    update(article, headline="Not asked for")

    shown = ask("articles/story/", make_link(article, ahead_to=friday)).json()

    assert shown["headline"] == "Live"
    assert [other["slug"] for other in shown["translations"]] == ["переклад"]
    assert ask("articles/story/", make_link(article)).json()["translations"] == []
    with time_machine.travel(friday, tick=False):
        assert without_leave(shown) == api("articles/story/")


def test_looking_ahead_to_what_has_passed_is_now(ask, friday):
    article = make_article(slug="story", headline="First")
    made = make_link(article, lasts=timedelta(days=7), ahead_to=friday)
    with time_machine.travel(friday + timedelta(hours=5), tick=False):
        publish(update(article, headline="Second"))
        assert ask("articles/story/", made).json()["headline"] == "Second"


# Photos and films


def fetch(api, address):
    response = api.get(address)
    assert response.getvalue()
    return response.status_code, response["Cache-Control"]


def addresses(shown):
    return addresses_in(shown["lead_photo"])


def test_photos_that_no_reader_sees_yet_are_seen_in_the_preview_only(api, ask):
    article = make_article(slug="draft", lead_photo=make_photo())
    made = make_link(article)
    for address in addresses(ask("articles/draft/", made).json()):
        plain, leave = address.split("?preview=")
        assert fetch(api, address) == (200, "private, no-store")
        assert api.get(plain).status_code == 404
        wrong = [leave[:-1] + ("A" if leave[-1] != "A" else "B"), "x", uuid.uuid4().hex + leave[32:], ""]
        assert [api.get(f"{plain}?preview={word}").status_code for word in wrong] == [404] * 4

    assert f"{address.split('?')[0]}?preview=" in address
    previews.revoke(made)
    assert api.get(address).status_code == 404


def test_leave_for_one_file_opens_no_other(api, ask):
    mine, secret = make_photo(), make_photo()
    article = make_article(slug="draft", lead_photo=mine)
    leave = addresses(ask("articles/draft/", make_link(article)).json())[0].split("?")[1]
    for size in sizes_of(secret):
        assert api.get(f"{size.address}?{leave}").status_code == 404
        assert api.get(f"/media/{secret.file.name}?{leave}").status_code == 404


def test_photo_whose_rights_have_ended_is_gone_from_previews_as_well(api, ask):
    photo = make_photo(usable_until=timezone.now() + timedelta(hours=1))
    article = make_article(slug="draft", lead_photo=photo)
    made = make_link(article)
    address = addresses(ask("articles/draft/", made).json())[0]
    assert fetch(api, address)[0] == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert api.get(address).status_code == 404
        assert ask("articles/draft/", made).json()["lead_photo"] is None


def test_film_and_captions_of_a_draft_are_seen_in_its_preview_only(api, ask):
    video = items()["videos"]
    shown = ask(f"videos/{video.slug}/", make_link(video)).json()
    for address in (shown["sources"][0]["url"], shown["tracks"][0]["url"]):
        assert fetch(api, address) == (200, "private, no-store")
        assert api.get(address.split("?")[0]).status_code == 404
        assert api.get(f"{address[:-1]}{'A' if address[-1] != 'A' else 'B'}").status_code == 404


# Costs


@pytest.mark.parametrize("related", [1, 3])
def test_preview_takes_as_many_statements_for_one_related_story_as_for_three(
    ask, related, django_assert_max_num_queries
):
    others = [publish(make_article(bylines=[make_byline()], lead_photo=make_photo())) for _ in range(related)]
    values = {"lead_photo": make_photo(), "section": make_section(), "topics": [make_topic()]}
    made = make_link(make_article(slug="draft", related=others, bylines=[make_byline()], **values))
    with django_assert_max_num_queries(15) as asked:
        ask("articles/draft/", made)
    assert len(asked) == 15
    with django_assert_max_num_queries(1):
        ask("articles/draft/", "nonsense")


def test_use_is_noted_once_a_minute(ask):
    made = make_link(make_article(slug="draft"))
    start = timezone.now()
    for minutes, noted in ((0, 0), (0.5, 0), (1.5, 1.5)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            ask("articles/draft/", made)
            assert PreviewLink.objects.get(pk=made.pk).last_used_at == start + timedelta(minutes=noted)
