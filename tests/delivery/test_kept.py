"""Feeds and sitemaps as the server hands them out: kept ready-made, one for all who add parameters of their own."""

import gzip

from django.test import Client

from cms.publishing import press
from tests.factories import make_article, make_photo, make_section, publish
from tests.serving.test_cache import cache_of, own

KEPT = [
    *(f"/feeds/latest.{form}" for form in ("rss", "atom", "json")),
    *("/feeds/sections/world.rss", "/sitemap.xml", "/news-sitemap.xml"),
]


def test_a_feed_is_made_once_for_all_and_is_what_django_answers(within):
    publish(make_article(lead_photo=make_photo(), section=make_section("World")))
    django = Client(headers={"host": "localhost"})
    for path in KEPT:
        asked = [f"{path}{query}" for query in ("", "?utm_source=mail", "?fbclid=1&page_size=3&%zz")]
        kept = [within.get(each, accept="text/html") for each in asked]
        made = django.get(path)
        assert [answer.body for answer in kept] == [made.content] * len(asked), path
        assert own(kept[-1].headers) == own(made.headers)
        tag = made.headers["ETag"]
        again = within.get(path, if_none_match=tag)
        assert (again.status, again.body) == (304, b"")
        packed = within.get(path, accept_encoding="gzip")
        body = gzip.decompress(packed.body) if packed.headers.get("content-encoding") == "gzip" else packed.body
        assert body == made.content
    assert cache_of(within).made == len(KEPT)


def test_what_is_published_and_withdrawn_is_in_the_next_feed_and_sitemap(within):
    paths = [*KEPT[:3], "/news-sitemap.xml", "/sitemaps/articles-1.xml"]
    publish(make_article(slug="first"))

    def shown(slug):
        return [slug in within.get(path).body.decode() for path in paths]

    assert [shown("first"), shown("second")] == [[True] * 5, [False] * 5]
    second = publish(make_article(slug="second"))
    assert shown("second") == [True] * 5
    press.withdraw(second, "error")
    assert shown("second") == [False] * 5


def test_files_of_a_sitemap_are_not_kept_and_are_told_apart_all_the_same(within):
    publish(make_article(slug="first"))
    first = within.get("/sitemaps/articles-1.xml")
    assert (first.status, b"/articles/first<" in first.body, cache_of(within).made) == (200, True, 0)
    held = within.get("/sitemaps/articles-1.xml", if_none_match=first.headers["etag"])
    assert (held.status, held.body) == (304, b"")


def test_feed_of_a_search_is_kept_apart_from_the_feed_of_everything(within):
    publish(make_article(headline="Ferry"))
    publish(make_article(headline="Fog"))

    def found(query):
        body = within.get(f"/feeds/latest.json{query}").body.decode()
        return ["Ferry" in body, "Fog" in body]

    for _ in range(2):
        assert found("") == [True, True]
        assert found("?search=ferry&utm_source=mail") == [True, False]
        assert found("?fbclid=1&%73earch=fog") == [False, True]
        assert found("?fbclid=2") == [True, True]
    assert cache_of(within).made == 3
