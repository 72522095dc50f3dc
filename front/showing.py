"""A page made of the API's answers: its HTML, and how long others may keep it, which is what the answers say."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.gzip import gzip_page

from front.api import Answer
from front.paper import Paper
from front.templates import render, version

PLAYER = re.compile(r'<iframe[^>]* src="(https://[\w.:-]+)')
EDITION = re.compile(rb'(?<= data-edition=")\d*')
KEPT = ("max-age", "s-maxage", "stale-while-revalidate", "stale-if-error")
MOST_KEPT = 300  # pages that this process has made lately
MAX_TAG_BYTES = 4096
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
_made: dict[str, bytes] = {}


@dataclass
class Page:
    """What is to be shown: a template, its values, and the answers that they came from."""

    name: str
    template: str
    values: dict[str, Any]
    answers: list[Answer]
    head: dict[str, Any] = field(default_factory=dict)  # title, description, canonical, card, jsonld ...
    status: int = 200
    is_private: bool = False


@gzip_page
def show(request: HttpRequest, page: Page, paper: Paper) -> HttpResponse:
    """A page as an answer; 304 to whoever has it."""
    answers = [*page.answers, *paper.answers]
    headers = _headers(page, answers)
    if page.is_private or page.status != 200:
        return _with(headers, HttpResponse(_html(page, paper), status=page.status))
    tag = _tag(request, answers, paper)
    if tag in request.headers.get("If-None-Match", ""):
        return _with({**headers, "ETag": f'W/"{tag}"'}, HttpResponseNotModified())
    html = _made.get(tag)
    if html is None:
        html = _html(page, paper)
        if len(_made) >= MOST_KEPT:
            _made.clear()
        _made[tag] = html
    # A page that was made some editions ago holds still: its scripts need not ask what has changed since then.
    html = EDITION.sub(paper.edition.encode(), html, count=1)
    return _with({**headers, "ETag": f'W/"{tag}"'}, HttpResponse(html))


def _html(page: Page, paper: Paper) -> bytes:
    content = render(page.template, {**page.values, "words": paper.words})
    values = {"content": content, "words": paper.words, "site": paper.site(page), "page": paper.head(page)}
    return render("layout", values).encode()


def _tag(request: HttpRequest, answers: Iterable[Answer], paper: Paper) -> str:
    """A hash of all that the page is made from. The day is in it, since times of today are hours."""
    tags = [answer.headers.get("ETag") or str(answer.status) for answer in answers]
    made_from = [version(), request.get_full_path(), paper.view.today.isoformat(), paper.language, *tags]
    return hashlib.blake2b("\n".join(made_from).encode(), digest_size=12).hexdigest()


def _headers(page: Page, answers: list[Answer]) -> dict[str, str]:
    headers = {"Content-Security-Policy": policy(page), "X-Content-Type-Options": "nosniff"}
    if page.is_private:
        return {**headers, **PRIVATE}
    headers |= {"Cache-Control": lasting(answer.headers for answer in answers), "Referrer-Policy": "strict-origin"}
    name = settings.CACHE_TAG_HEADER
    if tags := _shown(answers, name):
        headers[name] = tags
    return headers


def _shown(answers: list[Answer], header: str) -> str:
    """The names of all that is shown, by which a CDN empties the page as it does the answers."""
    between = settings.CACHE_TAG_SEPARATORS[header]
    names: dict[str, None] = {}
    for answer in answers:
        names |= dict.fromkeys(filter(None, answer.headers.get(header, "").split(between)))
    shown, size = [], 0
    for name in names:
        size += len(name) + 1
        if size > MAX_TAG_BYTES:
            break
        shown.append(name)
    return between.join(shown)


def lasting(headers: Iterable[Mapping[str, str]]) -> str:
    """How long a page may be kept that was made of several answers: as long as the one that ends first."""
    least: dict[str, int] = {}
    for each in headers:
        told = each.get("Cache-Control", "no-store")
        if "no-store" in told:
            return "no-store"
        numbers = dict(re.findall(r"([a-z-]+)=(\d+)", told))
        for name in KEPT:
            least[name] = min(least.get(name, 10**9), int(numbers.get(name, 0)))
    return ", ".join(["public", *(f"{name}={seconds}" for name, seconds in least.items() if seconds < 10**9)])


def policy(page: Page) -> str:
    """What a browser may do with a page: nothing but what is ours, and the players that its films have."""
    ours = _origin(settings.PUBLIC_URL)
    players = sorted(set(PLAYER.findall(str(page.values.get("players") or ""))))
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' {ours} data:",
        "media-src": f"'self' {ours}",
        "font-src": "'self'",
        "connect-src": f"'self' {ours}",
        "manifest-src": "'self'",
        "frame-src": " ".join(players) or "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _with(headers: Mapping[str, str], response: HttpResponse) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response
