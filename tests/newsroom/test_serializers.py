"""What readers get of each kind, where it is worked out rather than written."""

import pytest

from cms.publishing import press
from cms.publishing.links import link
from cms.publishing.models import Publication, Version
from newsroom.serializers import ArticleSerializer, VideoSerializer
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("names", "line"),
    [([], None), (["Ada"], "By Ada"), (["Ada", "Bo"], "By Ada and Bo"), (["Ada", "Bo", "Cy"], "By Ada, Bo and Cy")],
)
def test_byline_as_printed(api, names, line):
    publish(make_article(slug="vote", bylines=[make_byline(name) for name in names]))

    assert api("articles/vote/")["byline"] == line


def test_only_writers_are_in_the_printed_line_unless_there_are_none(api):
    article = make_article(slug="vote", bylines=[make_byline("Ada"), make_byline("Bo")])
    article.placed_bylines.filter(byline__name="Bo").update(role="photographer")
    press.save(article)
    publish(article)
    assert api("articles/vote/")["byline"] == "By Ada"
    assert [byline["role"] for byline in api("articles/vote/")["bylines"]] == ["writer", "photographer"]

    article.placed_bylines.update(role="photographer")
    press.save(article)
    publish(article)
    assert api("articles/vote/")["byline"] == "By Ada and Bo"


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (238, 1), (239, 2), (476, 2), (477, 3)])
def test_reading_minutes_are_rounded_up(api, words, minutes):
    publish(make_article(slug="vote", body=paragraphs("word " * words) if words else []))

    for shown in (api("articles/vote/"), api("articles/")["results"][0]):
        assert (shown["word_count"], shown["reading_minutes"]) == (words, minutes)


def test_correction_marks_the_story_on_its_card_too(api):
    article = publish(make_article(slug="vote"))
    assert (api("articles/vote/")["corrected"], api("articles/vote/")["corrections"]) == (False, [])

    article.placed_corrections.create(text="It was two.", published_at="2026-03-02T12:00:00.5Z")
    press.save(article)
    publish(article)

    assert api("articles/")["results"][0]["corrected"] is True
    assert api("articles/vote/")["corrections"] == [
        {"type": "correction", "text": "It was two.", "published_at": "2026-03-02T12:00:00Z"}
    ]


def test_what_is_hidden_is_as_if_it_were_not_there(api):
    hidden, shown = make_article(slug="hidden"), publish(make_article(slug="shown"))
    video = make_video(slug="secret-video")
    body = [
        {"id": "b1", "type": "related", "article": {"link": "article", "id": str(hidden.pk)}},
        {"id": "b2", "type": "related", "article": {"link": "article", "id": str(shown.pk)}},
        {"id": "b3", "type": "video", "video": {"link": "video", "id": str(video.pk)}},
    ]
    publish(make_article(slug="vote", related=[hidden, shown], body=body, lead_video=video))
    blurb = publish(make_blurb(article=hidden, video=video))

    article = api("articles/vote/")
    assert [row["slug"] for row in article["related"]] == ["shown"]
    assert [block["id"] for block in article["body"]] == ["b2"]
    assert article["lead_video"] is None
    assert "secret-video" not in str(article)
    assert "hidden" not in article["body_html"]
    assert (api(f"blurbs/{blurb.pk}/")["article"], api(f"blurbs/{blurb.pk}/")["video"]) == (None, None)

    publish(hidden)
    publish(video)

    article = api("articles/vote/")
    assert [row["slug"] for row in article["related"]] == ["hidden", "shown"]
    assert [block["id"] for block in article["body"]] == ["b1", "b2", "b3"]
    assert article["lead_video"]["slug"] == "secret-video"
    assert api(f"blurbs/{blurb.pk}/")["article"]["slug"] == "hidden"


def test_translations_know_each_other_while_they_are_live(api):
    original = publish(make_article(slug="vote", language="en"))
    translation = make_article(slug="golosuvannia", language="uk", translation_of=original)
    assert api("articles/vote/")["translations"] == []

    publish(translation)

    assert [(row["language"], row["slug"]) for row in api("articles/vote/")["translations"]] == [("uk", "golosuvannia")]
    assert [row["slug"] for row in api("articles/golosuvannia/")["translations"]] == ["vote"]
    press.withdraw(original)
    assert api("articles/golosuvannia/")["translations"] == []


def test_placement_takes_the_place_of_the_photo_s_own_words_but_never_of_its_credit(api):
    photo = make_photo(caption="Own", alt_text="Own alt")
    article = publish(make_article(slug="vote", lead_photo=photo, lead_photo_caption="Here"))
    shown = api("articles/vote/")["lead_photo"]
    assert (shown["caption"], shown["alt_text"], shown["credit_line"]) == ("Here", "Own alt", "A. Name/Agency")

    update(article, lead_photo_caption="", lead_photo_alt_text="Alt here")
    publish(article)

    shown = api("articles/vote/")["lead_photo"]
    assert (shown["caption"], shown["alt_text"], shown["credit_line"]) == ("Own", "Alt here", "A. Name/Agency")
    assert api(f"photos/{photo.pk}/")["alt_text"] == "Own alt"


def test_has_captions_and_its_filter_mean_the_same():
    track = {"language": "en", "label": "English", "url": "https://example.org/en.vtt"}
    for kind, expected in [("captions", True), ("subtitles", True), ("descriptions", False), ("chapters", False)]:
        data = {"language": "en", "tracks": [{"kind": kind, **track}]}
        shown = VideoSerializer.shared_instance().get_has_captions(Publication(version=Version(data=data)), data)
        assert (kind, shown) == (kind, expected)
        assert (("has_captions", "true") in list(VideoSerializer.facets(data))) is expected


def test_language_is_found_by_each_of_its_prefixes():
    found = list(ArticleSerializer.facets({"language": "zh-Hans-CN", "genre": "news"}))

    assert found == [("language", "zh"), ("language", "zh-hans"), ("language", "zh-hans-cn"), ("genre", "news")]


def test_transcript_as_html_is_escaped(api):
    publish(make_video(slug="barrier", transcript="One <b>.\n\nTwo & three.\n\n\n"))

    assert api("videos/barrier/")["transcript_html"] == "<p>One &lt;b&gt;.</p><p>Two &amp; three.</p>"


def test_section_shows_its_place_in_the_tree(api):
    world = make_section("World")
    make_section("Europe", parent=world, position=2)
    make_section("Asia", parent=world, position=1)

    shown = api("sections/world/")
    assert (shown["parent"], [child["slug"] for child in shown["children"]]) == (None, ["asia", "europe"])
    assert api("sections/europe/")["parent"] == {"slug": "world", "name": "World", "url": shown["url"]}


def test_byline_never_shows_the_user_behind_it(api, django_user_model):
    user = django_user_model.objects.create_user("login-name", email="private@example.org", password="x")
    publish(make_article(slug="vote", bylines=[make_byline("Ada", user=user)], topics=[make_topic("Flood")]))

    for path in ("bylines/", "bylines/ada/", "articles/vote/"):
        text = api.get(path).content.decode()
        assert "Ada" in text
        assert "login-name" not in text
        assert "private@" not in text


def test_search_engines_are_told_the_storys_own_words_where_the_desk_left_none(api):
    photo, other = make_photo(), make_photo()
    common = {"headline": "Vote", "standfirst": "It passed.", "lead_photo": photo, "lead_photo_caption": "At dusk"}
    publish(make_article(slug="plain", **common))
    publish(make_article(slug="told", seo={"title": "The vote", "image": link("photo", other.pk)}, **common))

    plain, told = api("articles/plain/"), api("articles/told/")
    own = {"title": "Vote", "description": "It passed.", "canonical_url": plain["web_url"]}
    assert plain["seo"] == {**own, "image": plain["lead_photo"]}
    assert plain["seo"]["image"]["caption"] == "At dusk"
    assert (told["seo"]["title"], told["seo"]["description"]) == ("The vote", "It passed.")
    assert told["seo"]["image"]["id"] == str(other.pk)


def test_missing_values_are_null_or_empty_never_left_out(api):
    publish(make_article(slug="bare", body=[]))

    shown = api("articles/bare/")
    empty = {name for name, value in shown.items() if value in (None, [])}
    assert {"kicker", "standfirst", "section", "byline", "lead_photo", "lead_video", "dateline"} <= empty
    assert {"topics", "bylines", "body", "related", "corrections", "translations"} <= empty
    own = {"title": shown["headline"], "description": None, "canonical_url": shown["web_url"], "image": None}
    assert shown["seo"] == own
    assert "" not in [value for name, value in shown.items() if name != "body_html"]


@pytest.mark.parametrize("language", ["English", "en_US", "EN"])
def test_language_that_is_no_code_is_refused_with_what_to_write(language):
    article = ArticleSerializer(data={"language": language}, partial=True)

    assert not article.is_valid()
    assert article.errors == {"language": ["Write a language as a code such as en, uk or pt-BR."]}
