"""Readers' answers, kept ready-made: found by one look into a dictionary and one at the edition.

An answer is kept under its question and holds for the edition that it was made from, and not beyond the end of anything
that it shows. It is served before any thread, routing or database has to do with the request. Whoever shows credentials
or cookies is none of its business, and what was refused is never kept. What many ask for in the same words within a
second is put together once.
"""

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe

from cms.api import caching, renderers
from cms.api.middleware import SMALLEST_TO_COMPRESS, gzipped, is_door, meant_by_door, takes_gzip
from cms.publishing.newest import Newest
from cms.serving.watching import Sight

LONGEST = 2048  # characters; who asks in more is answered, and not kept
LONGEST_ACCEPT = 200
ENTRY_BYTES = 2500  # what an answer takes besides its bodies, its question and its headers' words
STREAMED = "/sitemaps/"  # files that are written while they are sent, and too large to be kept
USUAL = {"", "*/*", "application/json"}  # of Accept: all of them mean the same, and nearly all say one of them
PLAIN = ("GET", "HEAD")
OF_THE_MOMENT = {"cache-control", "content-length", "age", "date", "x-request-id"}  # made for each reader
OF_THE_BODY = {"content-type", settings.CACHE_TAG_HEADER.lower()}  # a 304 has none of these

READY_FOR = 1  # seconds
MOST_READY = 1000  # requests

Headers = list[tuple[str, str]]
# Method, path, query, Host, Accept, Accept-Encoding, If-None-Match and, where there is none of that, If-Modified-Since
# (RFC 9110, 13.2.2): an answer depends on no more.
Request = tuple[str, str, str, str, str, str, str | None, str | None]


class Kept(NamedTuple):
    """An answer, ready-made."""

    edition: int  # below 0: it is not to be kept
    changed: uuid.UUID | None  # what that edition changed
    until: datetime | None  # when something that it shows ends
    is_poll: bool
    tag: str
    last_modified: int  # seconds; 0: it says none
    headers: Headers
    short_headers: Headers  # those of a 304
    body: bytes
    gzipped: bytes  # empty: it is too small to gain by it
    is_once: bool = False

    def holds(self, sight: Sight) -> bool:
        """Whether it is what readers see now, as far as can be told."""
        current = sight.newest
        if current is None or self.edition != current.edition or self.changed != current.changed:
            return False
        is_due = current.next_change_at is not None and current.next_change_at <= sight.at
        if sight.age > caching.STALE_IF_ERROR or (is_due and not sight.age):
            return False
        return self.until is None or sight.at < self.until

    def is_steady(self, sight: Sight) -> bool:
        """Whether a reader who asks a second later gets the same, down to how long others may keep it."""
        due = sight.newest.next_change_at if sight.newest else None
        fresh, stale = READY_FOR + caching.S_MAXAGE, READY_FOR + caching.S_MAXAGE + caching.STALE_IF_ERROR
        is_far = due is None or due - sight.at > timedelta(seconds=fresh)
        return is_far and not sight.age and (self.until is None or self.until - sight.at > timedelta(seconds=stale))

    def size(self, asked: str) -> int:
        """Bytes that it takes under a question; a letter of that has up to four."""
        words = sum(len(name) + len(value) for name, value in self.headers)
        return ENTRY_BYTES + 4 * len(asked) + words + len(self.body) + len(self.gzipped)


class Answer(NamedTuple):
    """What goes out."""

    status: int
    headers: Headers
    body: bytes


def request(scope: Any, path: str, headers: Mapping[str, str], host: str) -> Request | None:
    """What is asked, as it came; none where the answer may depend on who asks."""
    if "authorization" in headers or "cookie" in headers:
        return None
    accept, packed = headers.get("accept", ""), headers.get("accept-encoding", "")
    tags = headers.get("if-none-match")
    since = headers.get("if-modified-since") if tags is None else None
    return scope.method, path, scope.query_string, host, accept, packed, tags, since


def question(request: Request) -> str | None:
    """What is asked, normalised; none where nothing of it is kept."""
    method, path, query, host, accept, *_ = request
    if len(path) + len(query) > LONGEST:
        return None
    return _question(method, path, query, host, accept[:LONGEST])


@lru_cache(maxsize=1000)
def _question(method: str, path: str, query: str, host: str, accept: str) -> str | None:
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    if method not in PLAIN or any(mark in path for mark in "?% "):
        return None  # it was written %3F: nothing is there, and it must not pass for a query
    if is_door(path) and not path.startswith(STREAMED):  # there Accept means nothing, and hardly any parameter
        return f" {caching.normalised(path, meant_by_door(path, query))}"
    if not path.startswith("/api/v1/") or len(accept) > LONGEST_ACCEPT:
        return None
    is_usual = accept in USUAL or renderers.is_for_json(accept)
    return f"{'' if is_usual else renderers.wanted(accept)} {caching.normalised(path, query)}"


def made_from(response: HttpResponseBase) -> Kept | None:
    """An answer, made ready; none where it is not everybody's. What holds for this moment alone is of no edition."""
    if not isinstance(response, HttpResponse) or response.status_code != 200:
        return None
    if response.cookies or not response.has_header("ETag"):
        return None
    holds = getattr(response, "holds", None) or caching.Holds(-1, None, None, False)
    body = response.content
    headers = [(name.lower(), value) for name, value in response.items() if name.lower() not in OF_THE_MOMENT]
    return Kept(
        edition=holds.edition,
        changed=holds.changed,
        until=holds.until,
        is_poll=holds.is_poll,
        tag=response.headers["ETag"],
        last_modified=parse_http_date_safe(response.headers.get("Last-Modified", "")) or 0,
        headers=headers,
        short_headers=[pair for pair in headers if pair[0] not in OF_THE_BODY],
        body=body,
        gzipped=gzipped(body) if len(body) >= SMALLEST_TO_COMPRESS else b"",
        is_once=holds.is_once,
    )


class Cache:
    """The answers of one process, as many as fit, those longest out of use given up first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = self.hits = self.made = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._ready: dict[Request, Answer] = {}  # by the requests of this second
        self._sight: Sight | None = None
        self._ready_of: Newest | None = None
        self._ready_until = datetime.min.replace(tzinfo=UTC)

    def answer(self, request: Request, sight: Sight) -> Answer | None:
        """The answer to a request, if it is kept."""
        if sight is not self._sight:
            self._see(sight)
        if ready := self._ready.get(request):
            self.hits += 1
            return ready
        asked = question(request)
        kept = self.find(asked, sight) if asked else None
        if kept is None:
            return None
        made = answer_from(kept, request, sight)
        is_short = sum(len(words or "") for words in request) <= LONGEST
        if is_short and kept.is_steady(sight) and len(self._ready) < MOST_READY:
            self._ready[request] = made
        return made

    def _see(self, sight: Sight) -> None:
        """Give up what is ready when there is a new edition, and each second."""
        self._sight = sight
        if sight.newest is not self._ready_of or sight.at >= self._ready_until or sight.age:
            self._ready.clear()
            self._ready_of, self._ready_until = sight.newest, sight.at + timedelta(seconds=READY_FOR)

    def find(self, asked: str, sight: Sight) -> Kept | None:
        """The answer to a question. While the database cannot be asked, it is what was so when it last answered.

        That goes on for a day at most, and never beyond the end of what is shown.
        """
        kept = self._kept.get(asked)
        if kept is None or not kept.holds(sight):
            return None
        self._kept.move_to_end(asked)
        self.hits += 1
        return kept

    def keep(self, asked: str, kept: Kept) -> None:
        size = kept.size(asked)
        if kept.edition < 0 or size * 4 > self.most_bytes:
            return
        self.made += 1
        self._ready.clear()  # of which nothing may outlive what is given up here
        if former := self._kept.pop(asked, None):
            self.bytes -= former.size(asked)
        self._kept[asked] = kept
        self.bytes += size
        while self.bytes > self.most_bytes:
            asked, kept = self._kept.popitem(last=False)
            self.bytes -= kept.size(asked)


def answer_from(kept: Kept, request: Request, sight: Sight) -> Answer:
    """A kept answer as this reader gets it: whole, packed, or nothing but that it still holds."""
    method, *_, packed, tags, since = request
    due = sight.newest.next_change_at if sight.newest else None
    lasting = caching.cache_control(sight.at, due, kept.until, is_poll=kept.is_poll)
    labels = [("cache-control", caching.ONCE if kept.is_once else lasting)]
    if sight.age:
        labels.append(("age", str(max(1, int(sight.age)))))
    if _is_held(kept, tags, since):
        return Answer(304, labels + kept.short_headers, b"")
    body = kept.body
    if kept.gzipped and takes_gzip(packed):
        body = kept.gzipped
        labels.append(("content-encoding", "gzip"))
    labels.append(("content-length", str(len(body))))
    return Answer(200, labels + kept.headers, b"" if method == "HEAD" else body)


def _is_held(kept: Kept, tags: str | None, since: str | None) -> bool:
    """Whether the reader has it already."""
    if tags is not None:
        return caching.names(tags, kept.tag)
    return bool(since and kept.last_modified and kept.last_modified <= (parse_http_date_safe(since) or 0))
