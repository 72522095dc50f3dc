"""What each filter finds, and what it leaves out."""

from datetime import UTC, datetime

import pytest
from django.test import override_settings

from newsroom.models import Section
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db


def day(number, hour=12):
    return datetime(2026, 3, number, hour, tzinfo=UTC)


@pytest.fixture
def stories(once):
    return once(make_stories)


def make_stories():
    """Four stories, by day: a (world), b (europe, below world), c (sport), d (nowhere)."""
    world, sport = make_section("World"), make_section("Sport")
    europe = make_section("Europe", parent=world)
    x, y, z = (make_topic(name, slug=name) for name in "xyz")
    ada, bo = make_byline("Ada", slug="ada"), make_byline("Bo", slug="bo")
    values = {
        "a": {"section": world, "topics": [x, y], "bylines": [ada], "genre": "opinion", "language": "en"},
        "b": {"section": europe, "topics": [y], "bylines": [ada, bo], "language": "en-GB", "breaking": True},
        "c": {"section": sport, "topics": [z], "bylines": [bo], "language": "uk", "corrections": ["It was two."]},
        "d": {"language": "en-US"},
    }
    for number, (slug, value) in enumerate(values.items(), 1):
        publish(make_article(slug=slug, **value), published_at=day(number))
    make_article(slug="draft", **{**values["a"], "breaking": True})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "dcba"),
        ("section=world", "ba"),
        ("section=europe", "b"),
        ("section=world,sport", "cba"),
        ("section=world&section=europe", "ba"),
        ("section=world&section=sport", "cba"),
        ("section=nowhere", ""),
        ("section=nowhere,sport", "c"),
        ("topic=x", "a"),
        ("topic=x,z", "ca"),
        ("topic=x&topic=y", "ba"),
        ("topic=y&topic=x,z", "cba"),
        ("topic=x&topic=x", "a"),
        ("require_topic=x,y", "a"),
        ("require_topic=x&require_topic=y", "a"),
        ("require_topic=y", "ba"),
        ("require_topic=y,unknown", ""),
        ("require_topic=x,x", "a"),
        ("require_topic=y&topic=x,z", "a"),
        ("require_topic=y&exclude_topic=x", "b"),
        ("require_byline=ada,bo", "b"),
        ("require_byline=ada&require_topic=x", "a"),
        ("exclude_topic=x,z", "db"),
        ("genre=news&genre=opinion", "dcba"),
        ("language=uk&language=en-US", "dc"),
        ("slug=a&slug=c,unknown", "ca"),
        ("exclude_slug=a&exclude_slug=d", "cb"),
        ("topic=unknown", ""),
        ("topic=y&topic=unknown", "ba"),
        ("byline=ada", "ba"),
        ("byline=ada&byline=bo", "cba"),
        ("byline=ada,bo", "cba"),
        ("exclude_section=world", "dc"),
        ("exclude_section=europe", "dca"),
        ("exclude_section=unknown", "dcba"),
        ("exclude_topic=y", "dc"),
        ("exclude_topic=y,z", "d"),
        ("exclude_topic=x&exclude_topic=z", "db"),
        ("exclude_byline=ada", "dc"),
        ("section=world&exclude_section=europe", "a"),
        ("topic=y&exclude_byline=bo", "a"),
        ("genre=opinion", "a"),
        ("genre=news,opinion", "dcba"),
        ("genre=review", ""),
        ("language=en", "dba"),
        ("language=en-GB", "b"),
        ("language=EN-gb", "b"),
        ("language=uk,en-US", "dc"),
        ("language=e", None),
        ("language=de", ""),
        ("breaking=true", "b"),
        ("breaking=false", "dca"),
        ("corrected=true", "c"),
        ("corrected=false", "dba"),
        ("breaking=false&corrected=false", "da"),
        ("slug=a", "a"),
        ("slug=a,c,unknown", "ca"),
        ("slug=draft", ""),
        ("exclude_slug=a", "dcb"),
        ("exclude_slug=a,d,unknown", "cb"),
        ("slug=a,b&exclude_slug=b", "a"),
        ("published_after=2026-03-02T12:00:00Z", "dcb"),
        ("published_before=2026-03-02T12:00:00Z", "a"),
        ("published_after=2026-03-02T12:00:01Z", "dc"),
        ("published_after=2026-03-02T14:00:00%2B02:00", "dcb"),
        ("published_after=2026-03-02T14:00:00+02:00", "dcb"),  # as people type it
        ("published_after=2026-03-02t12:00:00z", "dcb"),
        ("published_after=2026-03-02T12:00Z", "dcb"),
        ("published_after=2026-03-02T12:00:00.123456789012Z", "dc"),
        ("published_after=2026-03-02T14:00+02:00", "dcb"),
        ("published_after=2026-03-02T14:00:00%2B0200", "dcb"),
        ("published_before=2026-03-01T23:59:60Z", None),
        ("published_after=2026-03-02&published_before=2026-03-03", "b"),
        ("published_after=2026-03-03&published_before=2026-03-02", ""),
        ("updated_after=2020-01-01", "dcba"),
        ("updated_before=2020-01-01", ""),
        ("ordering=published_at", "abcd"),
        ("ordering=published_at&section=world", "ab"),
        ("section=world&topic=y&byline=ada&language=en&genre=news&breaking=true&published_after=2026-03-01", "b"),
        ("section=world&topic=y&byline=ada&language=en&genre=opinion&breaking=true", ""),
    ],
)
def test_stories_are_found_by(api, stories, query, found):
    if found is None:
        assert api.get(f"articles/?{query}").status_code == 400
        return
    for listed in ("articles", "feed"):
        if listed == "feed" and "slug=" in query.replace("exclude_slug=", ""):
            continue
        rows = api(f"{listed}/?{query}&count=exact") if query else api(f"{listed}/?count=exact")
        assert ([row["slug"] for row in rows["results"]], rows["count"]) == (list(found), len(found))
    joiner = "&" if query else ""
    assert [row["slug"] for row in api.walk(f"articles/?{query}{joiner}page_size=1")] == list(found)


def test_feed_is_filtered_by_kind_and_kinds_without_a_mark_count_as_false(api):
    publish(make_article(slug="story", breaking=True))
    publish(make_blurb(language="en"))
    breaking = publish(make_blurb(breaking=True))
    publish(make_video(slug="video"))

    def kinds(query):
        return [row["kind"] for row in api(f"feed/?{query}")["results"]]

    assert kinds("kind=article") == ["article"]
    assert kinds("kind=video&kind=blurb") == kinds("kind=video,blurb")
    assert kinds("kind=video,blurb") == ["video", "blurb", "blurb"]
    assert kinds("breaking=true") == ["blurb", "article"]
    assert kinds("breaking=false") == ["video", "blurb"]
    assert kinds("corrected=false") == ["video", "blurb", "blurb", "article"]
    assert kinds("genre=news") == ["article"]
    assert kinds("kind=blurb&genre=news") == []
    assert kinds("exclude_slug=story,video") == ["blurb", "blurb"]
    assert [row["id"] for row in api("blurbs/?breaking=true")["results"]] == [str(breaking.pk)]


def test_videos_are_found_by_captions_that_can_be_read(api):
    track = {"language": "en", "label": "English", "url": "https://example.org/en.vtt"}
    poster = make_photo()
    publish(make_video(slug="plain", poster=poster))
    publish(make_video(slug="read", poster=poster, tracks=[{"kind": "subtitles", **track}]))
    publish(make_video(slug="chapters", poster=poster, tracks=[{"kind": "chapters", **track}]))

    assert api.slugs("videos/?has_captions=true") == ["read"]
    assert api.slugs("videos/?has_captions=false") == ["chapters", "plain"]
    shown = {row["slug"]: row["has_captions"] for row in api("videos/")["results"]}
    assert shown == {"plain": False, "read": True, "chapters": False}


def test_slugs_of_former_days_still_filter(api):
    section, topic, byline = make_section("World"), make_topic("Flood"), make_byline("Ada")
    publish(make_article(slug="a", section=section, topics=[topic], bylines=[byline]))
    publish(make_article(slug="b"))
    for thing in (section, topic, byline):
        thing.slug = f"new-{thing.slug}"
        thing.save()

    for query in ("section=world", "section=new-world", "topic=flood", "topic=new-flood", "byline=ada,new-ada"):
        assert api.slugs(f"articles/?{query}") == ["a"]
        assert api.slugs(f"articles/?exclude_{query}") == ["b"]


def test_section_that_moves_takes_its_stories_along(api):
    world, sport = make_section("World"), make_section("Sport")
    chess = make_section("Chess", parent=world)
    publish(make_article(slug="a", section=chess))
    assert (api.slugs("articles/?section=world"), api.slugs("articles/?section=sport")) == (["a"], [])

    chess = Section.objects.get(pk=chess.pk)
    chess.parent = sport
    chess.save()

    assert (api.slugs("articles/?section=world"), api.slugs("articles/?section=sport")) == ([], ["a"])


def test_merged_topic_is_found_under_both_names(api):
    flood, floods = make_topic("Flood"), make_topic("Floods")
    publish(make_article(slug="a", topics=[flood]))
    publish(make_article(slug="b", topics=[floods]))

    flood.merge_into(floods)

    assert api.slugs("articles/?topic=flood") == api.slugs("articles/?topic=floods") == ["b", "a"]


@pytest.mark.parametrize(("zone", "found"), [("UTC", ["b"]), ("Europe/Kyiv", ["b", "a"]), ("America/New_York", [])])
def test_bare_dates_are_in_the_site_s_zone(api, zone, found):
    publish(make_article(slug="a"), published_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC))
    publish(make_article(slug="b"), published_at=datetime(2026, 3, 2, 2, tzinfo=UTC))

    with override_settings(TIME_ZONE=zone):
        assert api.slugs("articles/?published_after=2026-03-02&published_before=2026-03-03") == found
        assert api.slugs("feed/?published_after=2026-03-02T00:00:00&published_before=2026-03-03T00:00:00") == found


def test_photos_are_found_by_credit_creator_and_shape(api):
    wide = make_photo(credit_line="Éva Łoś/Agency", creator="Éva Łoś", width=300, height=200, alt_text="wide")
    tall = make_photo(credit_line="50%_off", creator="Bo", width=200, height=300, alt_text="tall")
    square = make_photo(credit_line="City", width=200, height=200, alt_text="square")
    for photo in (wide, tall, square):
        publish(make_article(lead_photo=photo))
    make_photo(credit_line="Éva Łoś/Agency", width=300, height=200, alt_text="unused")

    def found(query):
        return [row["alt_text"] for row in api(f"photos/?{query}&count=exact&ordering=published_at")["results"]]

    assert found("credit=eva") == found("credit=ÉVA") == found("creator=Éva%20łoś") == ["wide"]
    assert found("credit=%25_o") == ["tall"]
    assert found("credit=%25%25") == []
    assert found("creator=nobody") == []
    assert found("orientation=landscape") == ["wide"]
    assert sorted(found("orientation=portrait,square")) == ["square", "tall"]
    assert found("orientation=portrait&credit=agency") == []


def test_topics_and_bylines_are_found_by_type(api):
    topics = [make_topic("Nato", type="organisation"), make_topic("Lviv", type="place"), make_topic("Tax")]
    bylines = [make_byline("Ada"), make_byline("Wire", type="agency")]
    publish(make_article(topics=topics, bylines=bylines))
    make_topic("Unused", type="place")
    make_byline("Nobody", type="agency")

    assert api.slugs("topics/?type=place,organisation") == ["lviv", "nato"]
    assert api.slugs("topics/?type=keyword") == ["tax"]
    assert api.slugs("bylines/?type=agency") == ["wire"]
    assert api.slugs("bylines/?type=freelance,staff") == ["ada"]


def test_orderings_of_what_many_share(api):
    for name, position in (("Élan", 2), ("apple", 1), ("Zebra", 1)):
        make_section(name, position=position)
    publish(make_article(topics=[make_topic(name) for name in ("Éclair", "apple", "Zoo", "éclat")]))

    assert [row["name"] for row in api("topics/")["results"]] == ["apple", "Éclair", "éclat", "Zoo"]
    assert [row["name"] for row in api("topics/?ordering=-name")["results"]] == ["Zoo", "éclat", "Éclair", "apple"]
    assert [row["name"] for row in api("sections/")["results"]] == ["apple", "Zebra", "Élan"]
    assert [row["name"] for row in api("sections/?ordering=name")["results"]] == ["apple", "Élan", "Zebra"]


def test_nothing_unpublished_is_found_by_any_filter(api):
    section, topic, byline = make_section("World"), make_topic("Flood"), make_byline("Ada")
    make_article(slug="draft", section=section, topics=[topic], bylines=[byline], breaking=True)

    for query in ("section=world", "topic=flood", "byline=ada", "breaking=true", "slug=draft", "genre=news"):
        assert api(f"articles/?{query}&count=exact") | {"newer": None} == {
            "count": 0,
            "next": None,
            "newer": None,
            "results": [],
        }
    assert (api("topics/")["results"], api("bylines/")["results"]) == ([], [])
    assert api.get("topics/flood/").status_code == api.get("bylines/ada/").status_code == 404


def test_list_can_be_asked_by_a_value_that_nobody_has_ranked(api, monkeypatch):
    """A new kind's facet works from the first day, beside those that are known to be rare."""
    from newsroom.serializers import ArticleSerializer

    monkeypatch.setattr(ArticleSerializer, "facet_ranks", {})
    topic = make_topic("Rail")
    publish(make_article(slug="both", topics=[topic], genre="opinion"))
    publish(make_article(slug="topic-only", topics=[topic]))

    assert api.slugs("articles/?genre=opinion&topic=rail&language=en") == ["both"]
