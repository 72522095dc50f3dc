"""How addresses stand in a sitemap: https://www.sitemaps.org/protocol.html, with Google's pictures and news."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings

from cms.content import masthead
from cms.content.entries import Picture
from cms.text import texts

SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
IMAGES = "http://www.google.com/schemas/sitemap-image/1.1"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MOST_PICTURES = 1000  # of one page: Google's limit


class News(NamedTuple):
    """What news is called, and in which language."""

    title: str
    language: str
    published_at: str


class Url(NamedTuple):
    """A page, with what is seen on it."""

    address: str
    lastmod: str = ""
    pictures: tuple[Picture, ...] = ()
    news: News | None = None


def text(value: str) -> str:
    """A value as it stands between two tags, without what XML cannot hold."""
    return escape(texts.in_one_line(value))


def written(urls: Iterable[Url]) -> Iterator[str]:
    """A sitemap, page by page."""
    yield f'{DECLARATION}<urlset xmlns="{SCHEMA}" xmlns:image="{IMAGES}" xmlns:news="{NEWS}">\n'
    for url in urls:
        yield f"<url><loc>{text(url.address)}</loc>{_lastmod(url.lastmod)}{_news(url.news)}{_pictures(url)}</url>\n"
    yield "</urlset>\n"


def index(files: Iterable[tuple[str, str]]) -> str:
    """The list of all files, each with when it last changed."""
    rows = (f"<sitemap><loc>{text(address)}</loc>{_lastmod(lastmod)}</sitemap>\n" for address, lastmod in files)
    return f'{DECLARATION}<sitemapindex xmlns="{SCHEMA}">\n{"".join(rows)}</sitemapindex>\n'


def _lastmod(moment: str) -> str:
    return f"<lastmod>{moment}</lastmod>" if moment else ""  # an empty one makes the whole file invalid


def _pictures(url: Url) -> str:
    addresses = dict.fromkeys(picture.url for picture in url.pictures)
    shown = list(addresses)[:MOST_PICTURES]
    return "".join(f"<image:image><image:loc>{text(address)}</image:loc></image:image>" for address in shown)


def _news(news: News | None) -> str:
    if news is None:
        return ""
    return (
        f"<news:news><news:publication><news:name>{text(masthead.known().name)}</news:name>"
        f"<news:language>{news_language(news.language)}</news:language></news:publication>"
        f"<news:publication_date>{news.published_at}</news:publication_date>"
        f"<news:title>{text(news.title)}</news:title></news:news>"
    )


def news_language(tag: str) -> str:
    """A language as Google wants it here: two or three letters; of Chinese also in which characters."""
    base, *parts = (tag or settings.CONTENT_LANGUAGE).lower().split("-")
    if base != "zh":
        return base
    return "zh-tw" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-cn"


def home() -> Url:
    """The front page, which is also all there is to say where there is nothing else: no sitemap may be empty."""
    return Url(f"{settings.FRONT_URL}/")
