"""Sitemaps, as search engines read them: by the protocol's own rules, whole, dated right, and of live pages alone."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from cms.delivery.sitemaps import files, urls
from cms.publishing import press
from cms.publishing.models import Publication
from tests.factories import (
    bring,
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = "http://localhost:8000"
RULES = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "sitemap.xsd"))
SPACES = {"s": urls.SCHEMA, "image": urls.IMAGES, "news": urls.NEWS}


def tree_of(client, path, **headers):
    response = client.get(path, headers=headers)
    assert (path, response.status_code, response["Content-Type"]) == (path, 200, "application/xml; charset=utf-8")
    tree = etree.fromstring(response.getvalue())
    RULES.assertValid(tree)
    return tree


def pages(client, path):
    """The pages of a file, each as (address, lastmod, address of the picture)."""
    return [
        tuple(url.findtext(name, None, SPACES) for name in ("s:loc", "s:lastmod", "image:image/image:loc"))
        for url in tree_of(client, path).findall("s:url", SPACES)
    ]


def addresses(client, path):
    return [page[0].removeprefix(SITE) for page in pages(client, path)]


def index(client):
    maps = tree_of(client, "/sitemap.xml").findall("s:sitemap", SPACES)
    return {
        each.findtext("s:loc", None, SPACES).removeprefix(SITE): each.findtext("s:lastmod", None, SPACES)
        for each in maps
    }


def everything(client):
    """All addresses that the index leads to."""
    return [address for path in index(client) for address in addresses(client, path)]


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


# The index and its files


def test_index_leads_to_every_page_of_stories_videos_sections_and_topics(client, noon):
    photo = make_photo()
    section, topic = make_section("World"), make_topic("Flood")
    common = {"section": section, "topics": [topic], "bylines": [make_byline("Ada")]}
    publish(make_article(slug="vote", lead_photo=photo, **common))
    noon.shift(60)
    publish(make_video(slug="barrier", poster=photo, **common))
    noon.shift(60)
    publish(make_blurb(**common))
    make_topic("Unused")

    first, second = "2026-03-02T12:00:00Z", "2026-03-02T12:01:00Z"
    assert index(client) == {
        "/sitemaps/home.xml": None,
        "/sitemaps/articles-1.xml": first,
        "/sitemaps/videos-1.xml": second,
        "/sitemaps/sections-1.xml": "2026-03-02T12:02:00Z",
        "/sitemaps/topics-1.xml": "2026-03-02T12:02:00Z",
    }
    picture = client.get("/api/v1/articles/vote/").json()["lead_photo"]["src"]
    assert pages(client, "/sitemaps/home.xml") == [(f"{SITE}/", None, None)]
    assert pages(client, "/sitemaps/articles-1.xml") == [(f"{SITE}/articles/vote", first, picture)]
    assert pages(client, "/sitemaps/videos-1.xml") == [(f"{SITE}/videos/barrier", second, picture)]
    assert pages(client, "/sitemaps/sections-1.xml") == [(f"{SITE}/sections/world", "2026-03-02T12:02:00Z", None)]
    assert pages(client, "/sitemaps/topics-1.xml") == [(f"{SITE}/topics/flood", "2026-03-02T12:02:00Z", None)]


def test_sitemaps_of_a_new_site_are_valid(client):
    assert list(index(client)) == ["/sitemaps/home.xml"]
    assert everything(client) == ["/"]
    assert addresses(client, "/news-sitemap.xml") == ["/"]
    for name in [
        "articles-1",
        "sections-1",
        "nothing-1",
        "articles-0",
        "articles-01",
        "articles",
        "articles-99999999999",
    ]:
        assert client.get(f"/sitemaps/{name}.xml").status_code == 404, name


def test_each_page_stands_in_one_file_however_the_keys_fall(client, monkeypatch):
    monkeypatch.setattr(files, "SIZE", 3)
    monkeypatch.setattr(files, "AT_ONCE", 2)
    make = [make_article, make_blurb, make_article, make_video]
    items = [bring(make[number % 4](topics=[make_topic()])) for number in range(13)]
    press.withdraw(items[2], "error")
    bring(make_article(slug="newest"))

    shown = everything(client)

    rows = Publication.objects.filter(kind__in=["article", "video"], place__isnull=False).order_by("pk")
    assert sorted(shown) == sorted(
        ["/", *(f"/{row.kind}s/{row.slug}" for row in rows), *(f"/topics/{item.topics.get().slug}" for item in items
         if item is not items[2])]
    )  # fmt: skip
    by_file = {path: addresses(client, path) for path in index(client)}
    assert max(map(len, by_file.values())) == 3
    assert [] not in by_file.values()
    former = {path: found for path, found in by_file.items() if "topics" not in path}
    bring(make_article(slug="later"))
    changed = [path for path, found in former.items() if addresses(client, path) != found]
    assert len(changed) <= 1  # what is new stands at the end


def test_a_file_is_dated_by_what_is_in_it_and_a_page_by_its_update(client, noon):
    story, other = publish(make_article(slug="one")), publish(make_article(slug="two"))
    noon.shift(3600)
    publish(update(story, headline="Otherwise"))
    assert index(client)["/sitemaps/articles-1.xml"] == "2026-03-02T13:00:00Z"
    assert [page[:2] for page in pages(client, "/sitemaps/articles-1.xml")] == [
        (f"{SITE}/articles/one", "2026-03-02T13:00:00Z"),
        (f"{SITE}/articles/two", "2026-03-02T12:00:00Z"),
    ]
    press.withdraw(story, "error")
    assert index(client)["/sitemaps/articles-1.xml"] == "2026-03-02T12:00:00Z"
    assert other.slug == "two"


def test_drafts_scheduled_withdrawn_and_ended_ones_are_in_no_file(client, noon):
    make_article(slug="draft", topics=[make_topic("Drafted")])
    publish(make_article(slug="scheduled", topics=[make_topic("Planned")]), at=NOON + timedelta(hours=1))
    press.withdraw(publish(make_article(slug="withdrawn")), "legal")
    publish(make_article(slug="ends"), live_until=NOON + timedelta(minutes=1))
    assert addresses(client, "/sitemaps/articles-1.xml") == ["/articles/ends"]
    assert "max-age=15, s-maxage=60" in client.get("/sitemap.xml")["Cache-Control"]
    noon.shift(30)
    assert client.get("/sitemaps/articles-1.xml")["Cache-Control"] == (
        "public, max-age=15, s-maxage=30, stale-while-revalidate=0, stale-if-error=0"
    )
    noon.shift(30)
    assert everything(client) == ["/"]
    noon.shift(3600)
    assert everything(client) == ["/", "/articles/scheduled", "/topics/planned"]


def test_a_photo_whose_rights_ended_is_not_shown_and_the_page_stays(client, noon):
    photo = make_photo(usable_until=NOON + timedelta(hours=1))
    publish(make_article(slug="vote", lead_photo=photo))
    assert pages(client, "/sitemaps/articles-1.xml")[0][2] is not None
    noon.shift(3601)
    assert pages(client, "/sitemaps/articles-1.xml") == [(f"{SITE}/articles/vote", "2026-03-02T12:00:00Z", None)]


def test_addresses_are_the_front_ends_own_whatever_they_go_by(client, settings, noon):
    settings.FRONT_URL = "https://news.example.org/daily"
    settings.WEB_PATHS = {"article": "/{section}/{yyyy}/{slug}"}
    section = make_section("Світ", slug="світ")
    publish(make_article(slug="паводок", section=section))
    address = "https://news.example.org/daily/%D1%81%D0%B2%D1%96%D1%82/2026/%D0%BF%D0%B0%D0%B2%D0%BE%D0%B4%D0%BE%D0%BA"
    unmade = addresses(client, "/sitemaps/articles-1.xml")
    client.get("/api/v1/feed/")
    assert [unmade, addresses(client, "/sitemaps/articles-1.xml")] == [[address]] * 2
    assert addresses(client, "/sitemaps/home.xml") == ["https://news.example.org/daily/"]


def test_files_are_where_search_engines_find_them(client, settings):
    settings.SITEMAPS_URL = "https://news.example.org"
    publish(make_article(slug="vote"))
    assert list(index(client)) == [
        "https://news.example.org/sitemaps/home.xml",
        "https://news.example.org/sitemaps/articles-1.xml",
    ]
    assert client.get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /preview/",
        "Allow: /",
        "",
        "Sitemap: https://news.example.org/sitemap.xml",
        "Sitemap: https://news.example.org/news-sitemap.xml",
    ]


def test_robots_txt_is_text_that_may_be_kept(client):
    response = client.get("/robots.txt")
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "text/plain; charset=utf-8",
        "public, max-age=3600",
    )
    assert client.post("/robots.txt").status_code == 405


# News


def test_news_of_two_days_with_publication_language_title_and_picture(client, noon, settings):
    settings.SITE_NAME = "The Calder & Meridian"
    photo = make_photo()
    publish(make_article(slug="old"))
    noon.shift(timedelta(days=1))
    publish(make_article(slug="kyiv", headline="Річка <піднялась> & спала", language="uk-UA", lead_photo=photo))
    publish(make_video(slug="film"))
    publish(make_blurb())
    noon.shift(60)
    publish(make_article(slug="beijing", headline="]]> 新闻 😀", language="zh-Hant-HK"))
    noon.shift(timedelta(days=1) - timedelta(seconds=61))

    assert addresses(client, "/news-sitemap.xml") == ["/articles/beijing", "/articles/kyiv", "/articles/old"]
    noon.shift(1)
    shown = tree_of(client, "/news-sitemap.xml").findall("s:url", SPACES)

    names = ["s:loc", "news:news/news:title", "news:news/news:publication_date"]
    names += [f"news:news/news:publication/news:{name}" for name in ("name", "language")]
    assert [[url.findtext(name, None, SPACES) for name in names] for url in shown] == [
        [
            *(f"{SITE}/articles/beijing", "]]> 新闻 😀", "2026-03-03T12:01:00Z"),
            *("The Calder & Meridian", "zh-tw"),
        ],
        [
            *(f"{SITE}/articles/kyiv", "Річка <піднялась> & спала", "2026-03-03T12:00:00Z"),
            *("The Calder & Meridian", "uk"),
        ],
    ]
    assert shown[1].findtext("image:image/image:loc", None, SPACES).endswith(".jpg")


def test_no_cache_keeps_news_longer_than_two_days(client, noon):
    publish(make_article(slug="vote"))
    noon.shift(timedelta(days=2) - timedelta(seconds=20))
    assert client.get("/news-sitemap.xml")["Cache-Control"] == (
        "public, max-age=15, s-maxage=20, stale-while-revalidate=0, stale-if-error=0"
    )


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-GB", "en"), ("zh", "zh-cn"), ("zh-Hans-SG", "zh-cn"), ("zh-TW", "zh-tw"), ("yue", "yue")],
)
def test_languages_are_told_as_the_news_sitemap_wants_them(tag, language):
    assert urls.news_language(tag) == language


# How they travel


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemaps/articles-1.xml", "/news-sitemap.xml"])
def test_sitemaps_are_labelled_and_not_sent_twice(client, noon, path):
    publish(make_article(slug="vote"))
    noon.shift(60)
    first = client.get(path)
    assert first["X-Edition"] == client.get("/api/v1/feed/")["X-Edition"]
    assert first["Surrogate-Key"].split()[:2] == ["feed", "sitemaps"]
    held = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (held.status_code, held.content, held["ETag"]) == (304, b"", first["ETag"])
    assert client.get(f"{path}?utm_source=x&%zz")["ETag"] == first["ETag"]
    dated = first.headers.get("Last-Modified", "")
    assert bool(dated) == (path != "/news-sitemap.xml")  # which changes by the clock alone
    assert client.get(path, headers={"If-Modified-Since": dated}).status_code == (304 if dated else 200)
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
    publish(make_article(slug="another"))
    assert client.get(path, headers={"If-None-Match": first["ETag"], "If-Modified-Since": dated}).status_code == 200


def test_a_file_is_written_while_it_is_sent_packed_where_that_is_liked(client):
    publish(make_article(slug="vote"))
    plain = client.get("/sitemaps/articles-1.xml")
    packed = client.get("/sitemaps/articles-1.xml", headers={"Accept-Encoding": "gzip"})
    assert (plain.streaming, packed.streaming, packed["Content-Encoding"]) == (True, True, "gzip")
    assert gzip.decompress(packed.getvalue()) == plain.getvalue()


def test_sitemaps_cost_the_same_for_many_as_for_one(client):
    paths = ["/sitemap.xml", *(f"/sitemaps/{name}-1.xml" for name in ("articles", "sections", "topics"))]
    paths.append("/news-sitemap.xml")

    def costs():
        client.get("/api/v1/feed/")
        spent = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                client.get(path).getvalue()
            spent.append(len(queries))
        return spent

    section = make_section("World")
    bring(make_article(section=section, topics=[make_topic()]))
    one = costs()
    for _ in range(3):
        bring(make_article(section=section, topics=[make_topic()], lead_photo=make_photo()))
        make_section()
    assert costs() == one == [7, 4, 5, 5, 4]
