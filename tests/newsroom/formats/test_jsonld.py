"""JSON-LD: what Google's rich results and others find fault with, and what stands in a page's <script>."""

import json
import re
from datetime import UTC, datetime

import pytest

from cms.publishing import press
from newsroom.formats.jsonld import duration
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MOMENTS = {"datePublished", "dateModified", "uploadDate", "dateCreated", "expires", "coverageStartTime"}


def jsonld(api, path, **headers):
    response = api.get(f"{path}?format=jsonld", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    node = response.json()
    assert node["@context"] == "https://schema.org"
    assert list(faults(node)) == []
    return node


def faults(node, way=""):
    """What checkers of structured data complain of: times without a zone, texts for things, empty and bare values."""
    if isinstance(node, list):
        for number, inner in enumerate(node):
            yield from faults(inner, f"{way}[{number}]")
    if not isinstance(node, dict):
        return
    if "@type" not in node:
        yield f"{way}: no type"
    for name, value in node.items():
        if value in (None, "", [], {}):
            yield f"{way}.{name} is empty"
        if name in MOMENTS and not ZONED.fullmatch(value):
            yield f"{way}.{name} has no zone: {value}"
        if name in {"url", "contentUrl", "embedUrl", "item", "@id"} and not value.startswith(("http://", "https://")):
            yield f"{way}.{name} is not absolute: {value}"
        if name in {"author", "image", "video", "correction", "about"} and not _are_things(value):
            yield f"{way}.{name} is no thing: {value}"
        if name in {"author", "publisher"} and not all(one.get("name") for one in listed(value)):
            yield f"{way}.{name} has no name"
        yield from faults(value, f"{way}.{name}")


def listed(value):
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _are_things(value):
    return len(listed(value)) == (len(value) if isinstance(value, list) else 1)


def test_checks_would_notice():
    bad = {
        "@type": "NewsArticle",
        "datePublished": "2026-02-20",
        "image": "https://x",
        "author": "A",
        "url": "/x",
        "a": {},
    }
    assert len(list(faults({**bad, "about": [{"name": "x"}]}))) == 7


def test_everything_has_structured_data_without_fault(newsroom, api):
    names = ("articles", "blurbs", "videos", "photos", "bylines", "sections", "topics")
    rows = [row["url"] for name in names for row in api(f"{name}/")["results"]]
    for path in rows:
        jsonld(api, path)
    assert len(rows) > 12


def test_story_names_its_authors_its_pictures_and_its_mistakes(newsroom, api):
    node, told = jsonld(api, "articles/full/"), api("articles/full/")

    assert node["@type"] == "BackgroundNewsArticle"
    assert node["headline"] == "Full"
    assert (node["datePublished"], node["dateModified"]) == (told["published_at"], told["updated_at"])
    assert [(one["@type"], one["name"], one["url"]) for one in node["author"]] == [
        ("Person", "Ada Writer", "http://localhost:8000/bylines/ada-writer"),
        ("Organization", "An Agency", "http://localhost:8000/bylines/an-agency"),
    ]
    first = node["image"][0]
    assert (first["@type"], first["creditText"], first["copyrightNotice"]) == (
        "ImageObject",
        "A. Name/Agency",
        "© Agency",
    )
    assert first["creator"] == {"@type": "Person", "name": "A. Name"}
    assert [image["url"].rsplit("/", 1)[1] for image in node["image"]] == [
        "original-640.jpg", "16x9-640.jpg", "1x1-420.jpg", "original-160.jpg",
    ]  # fmt: skip
    assert all(image["creditText"] for image in node["image"])
    correction = {"@type": "CorrectionComment", "name": "Correction", "text": "It was Tuesday."}
    assert node["correction"] == [{**correction, "datePublished": "2020-01-01T00:00:00Z"}]
    assert (node["dateline"], node["articleSection"], node["inLanguage"]) == ("Lviv", "Town", "en-GB")
    assert sorted(node["keywords"]) == ["Dikes", "Flood"]
    assert node["wordCount"] == told["word_count"]
    assert node["isAccessibleForFree"] is True
    assert node["mainEntityOfPage"]["@id"] == "https://example.org/first"
    crumbs = node["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
    assert [(crumb["position"], crumb["name"]) for crumb in crumbs] == [(1, "The Meridian"), (2, "Town"), (3, "Full")]
    assert node["video"][0]["@type"] == "VideoObject"
    assert node["publisher"]["name"] == "The Meridian"


@pytest.mark.parametrize(
    ("genre", "name"),
    [
        ("news", "NewsArticle"),
        ("analysis", "AnalysisNewsArticle"),
        ("opinion", "OpinionNewsArticle"),
        ("review", "ReviewNewsArticle"),
        ("explainer", "BackgroundNewsArticle"),
        ("investigation", "ReportageNewsArticle"),
        ("interview", "ReportageNewsArticle"),
        ("live", "LiveBlogPosting"),
    ],
)
def test_genre_is_the_type(api, genre, name):
    publish(make_article(slug="one", genre=genre))
    node = jsonld(api, "articles/one/")
    assert node["@type"] == name
    assert node["author"] == [node["publisher"]]  # where nobody is named


def test_live_story_tells_its_updates_the_newest_first(api):
    story = publish(make_article(slug="live", genre="live"))
    other = publish(make_article(slug="other", genre="live"))
    make_blurb(article=story, text_html="<p>A draft.</p>")
    publish(make_blurb(article=other, text_html="<p>Elsewhere.</p>"))
    for hour in (1, 3, 2):
        moment = datetime(2026, 2, 20, hour, tzinfo=UTC)
        publish(make_blurb(article=story, text_html=f"<p>At {hour}.</p>", photo=make_photo()), published_at=moment)
    before = api.get("articles/live/?format=jsonld")

    node = jsonld(api, "articles/live/")
    assert [update["articleBody"] for update in node["liveBlogUpdate"]] == ["At 3.", "At 2.", "At 1."]
    assert node["liveBlogUpdate"][0]["image"][0]["creditText"] == "A. Name/Agency"
    assert node["coverageStartTime"] == node["datePublished"]

    late = publish(make_blurb(article=story, text_html="<p>New.</p>"))
    headers = {"If-None-Match": before["ETag"]}
    assert api.get("articles/live/?format=jsonld", **headers).status_code == 200
    assert jsonld(api, "articles/live/")["liveBlogUpdate"][0]["articleBody"] == "New."
    press.withdraw(late, "error")
    assert len(jsonld(api, "articles/live/")["liveBlogUpdate"]) == 3


def test_answer_ends_with_the_first_of_the_updates_that_it_shows(api):
    story = publish(make_article(slug="live", genre="live"))
    publish(make_blurb(article=story, photo=make_photo(usable_until=datetime.now(UTC).replace(year=2100))))
    longest = api.get("articles/live/?format=jsonld")["Cache-Control"]
    soon = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 5, UTC)
    publish(make_blurb(article=story), live_until=soon)

    assert "s-maxage=60" in longest
    assert "s-maxage=60" not in api.get("articles/live/?format=jsonld")["Cache-Control"]


def test_roles_are_told_apart(api):
    names = ["Ada", "Ben", "Cleo", "Dan"]
    story = make_article(slug="one", bylines=[make_byline(name) for name in names])
    for placed, role in zip(
        story.placed_bylines.order_by("position"), ["writer", "editor", "translator", "photographer"], strict=True
    ):
        placed.role = role
        placed.save()
    press.save(story)
    publish(story)

    node = jsonld(api, "articles/one/")
    found = {name: node[name][0]["name"] for name in ("author", "editor", "translator", "contributor")}
    assert found == dict(zip(["author", "editor", "translator", "contributor"], names, strict=True))


def test_licence_is_told_where_the_terms_name_its_page(api):
    terms = "Free to use under https://creativecommons.org/licenses/by/4.0/."
    photo = make_photo(usage_terms=terms, digital_source_type="trainedAlgorithmicMedia")
    publish(make_article(slug="one", lead_photo=photo))

    image = jsonld(api, "articles/one/")["image"][0]
    assert image["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert image["digitalSourceType"].endswith("/trainedAlgorithmicMedia")


def test_video_says_how_long_it_is_and_where_it_plays(newsroom, api):
    node, told = jsonld(api, "videos/barrier/"), api("videos/barrier/")

    assert (node["@type"], node["name"], node["duration"]) == ("VideoObject", "The barrier", "PT1M")
    assert node["uploadDate"] == told["published_at"]
    assert node["thumbnailUrl"] == [told["poster"]["src"]]
    assert node["contentUrl"] == told["sources"][0]["url"]
    assert node["embedUrl"] == "https://player.vimeo.com/video/76979871?dnt=1"
    assert (node["transcript"], node["creditText"]) == ("One.\n\nTwo & three.", "A. Name/Agency")
    assert [caption["inLanguage"] for caption in node["caption"]] == ["en"]


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, None), (0, None), (5, "PT5S"), (60, "PT1M"), (3725, "PT1H2M5S"), (90061, "PT25H1M1S")]
)
def test_durations_are_of_iso_8601(seconds, told):
    assert duration(seconds) == told


def test_what_stands_in_a_script_cannot_leave_it(api):
    odd = "</script><!--<script>alert(1)//\u2028\u2029&amp;"
    publish(make_article(slug="one", headline=odd, standfirst=odd, lead_photo=make_photo(caption=odd)))
    publish(make_video(slug="one", headline=odd, transcript=odd))

    for path in ("articles/one/", "videos/one/"):
        content = api.get(f"{path}?format=jsonld").content.decode()
        assert re.findall("[<>&\u2028\u2029]", content) == []
        assert json.loads(content).get("headline", odd).startswith("</script><!--<script>alert(1)//")


def test_sections_lead_up_to_the_first_page(api):
    world = make_section("World")
    make_section("Europe", parent=world)

    crumbs = jsonld(api, "sections/europe/")["breadcrumb"]["itemListElement"]
    assert [crumb["name"] for crumb in crumbs] == ["Galley", "World", "Europe"]


def test_writer_is_the_main_thing_of_a_profile(newsroom, api):
    node = jsonld(api, "bylines/ada-writer/")
    assert node["@type"] == "ProfilePage"
    assert (node["mainEntity"]["@type"], node["mainEntity"]["jobTitle"]) == ("Person", "Reporter")
    assert node["mainEntity"]["image"]["creditText"] == "A. Name/Agency"
    assert node["mainEntity"]["sameAs"] == ["https://ada.example.org/"]


def test_addresses_follow_the_site_s_paths(api, settings):
    settings.FRONT_URL, settings.WEB_PATHS = "https://news.example", {"byline": "/people/{slug}", "section": "/{slug}/"}
    section, byline = make_section("World"), make_byline("Ada")
    publish(make_article(slug="one", section=section, bylines=[byline]))

    node = jsonld(api, "articles/one/")
    assert node["author"][0]["url"] == "https://news.example/people/ada"
    assert node["mainEntityOfPage"]["breadcrumb"]["itemListElement"][1]["item"] == "https://news.example/world/"
    assert node["publisher"]["url"] == "https://news.example/"


def test_search_engines_learn_what_ai_did(api):
    note = "Translated by a machine, checked by an editor."
    photo = make_photo(ai_use_level="generated")
    film = make_video(slug="made", ai_use_level="generated")
    publish(film)
    publish(make_article(slug="helped", lead_photo=photo, lead_video=film, ai_use_level="assisted", ai_use_note=note))
    publish(make_article(slug="silent"))

    terms = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    helped, silent = jsonld(api, "articles/helped/"), jsonld(api, "articles/silent/")
    assert helped["digitalSourceType"] == f"{terms}compositeWithTrainedAlgorithmicMedia"
    assert helped["usageInfo"] == {"@type": "CreativeWork", "text": note}
    assert helped["image"][0]["digitalSourceType"] == f"{terms}trainedAlgorithmicMedia"
    assert helped["video"][0]["digitalSourceType"] == f"{terms}trainedAlgorithmicMedia"
    assert jsonld(api, "videos/made/")["digitalSourceType"] == f"{terms}trainedAlgorithmicMedia"
    assert not {"digitalSourceType", "usageInfo"} & silent.keys()
