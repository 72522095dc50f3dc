"""How long others may keep an answer, and how they ask whether it still holds."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.http import parse_http_date_safe
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cms.publishing import reading
from cms.publishing.reading import Moment

MAX_AGE, S_MAXAGE = 15, 60  # seconds
STALE_WHILE_REVALIDATE = 30
STALE_IF_ERROR = 86_400
ONCE = "no-store"  # of what somebody waited for: who asks the same again is to wait again
MAX_TAG_BYTES = 4096
MOST_KEPT = 10_000  # answers whose tags this process remembers, in about 2 MB

POLLS = {"after", "changed_after"}  # parameters of whoever asks what is new
LINKS = {"next", "newer"}  # of a list: another place in it, and not what it shows


class Holds(NamedTuple):
    """How long an answer holds that was made from what is current: for the edition, and not beyond an end."""

    edition: int
    changed: uuid.UUID | None
    until: datetime | None
    is_poll: bool
    is_once: bool = False  # somebody waited for it


class Answer(Response):
    """A 200 that others may keep."""

    tags: Sequence[str] = ()  # what a cache may purge it by
    until: datetime | None = None  # when something in it ends
    last_modified: datetime | None = None
    holds: Holds | None = None  # none: it is of this moment alone

    def showing(
        self, tags: Sequence[str], until: datetime | None = None, last_modified: datetime | None = None
    ) -> Self:
        """Say what it shows."""
        self.tags, self.until, self.last_modified = tags, until, last_modified
        return self


class Known(NamedTuple):
    """What is to be remembered of an answer, to know it again."""

    tag: str
    until: datetime | None
    last_modified: datetime | None


_known: dict[tuple, Known] = {}


def question_of(request: HttpRequest, form: str = "") -> bytes:
    """What is asked, in few bytes, and whether with credentials: then the answer may be another one.

    `form` is the form of the answer, where Accept chose it.
    """
    asked = normalised(request.path, request.META.get("QUERY_STRING", "")) + form
    return _digest(f"{asked} with credentials" if "HTTP_AUTHORIZATION" in request.META else asked)


def question_of_address(request: HttpRequest, meant: str) -> bytes:
    """The question of what is known by its address, whatever else than what is meant somebody adds."""
    return _digest(normalised(request.path, meant))


def _digest(asked: str) -> bytes:
    return hashlib.blake2b(asked.encode("utf-8", "surrogateescape"), digest_size=12).digest()


def normalised(path: str, query: str) -> str:
    """One spelling of a question: without the slash at the end, its parameters in the order of their names.

    Nothing is decoded, and no value is moved before another of the same name: what is refused in one spelling must
    never be taken for what is answered in another.
    """
    if not query:
        return f"{path.removesuffix('/')}?"
    pairs = sorted(filter(None, query.split("&")), key=lambda pair: pair.partition("=")[0])
    return f"{path.removesuffix('/')}?{'&'.join(pairs)}"


def recall(moment: Moment, question: bytes) -> Known | None:
    """What this process answered to the same question, if nothing that readers see has changed since.

    Within an edition only the clock can end what is shown; another process finds the same tag by making the answer.
    """
    known = _known.get((moment.edition, moment.changed, question)) if moment.is_current else None
    return None if known and known.until and known.until <= moment.at else known


def remember(moment: Moment, question: bytes, known: Known) -> None:
    if moment.is_current:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        _known[moment.edition, moment.changed, question] = known


def written(body: Any, question: bytes) -> tuple[Any, str]:
    """The body as bytes where that is the dear part of it, and its tag.

    The tag is weak, and a hash of what the answer shows: a list's rows, its count, whether there is more; not its
    links, which name the edition. So it stays while others publish elsewhere.
    """
    if isinstance(body, bytes):  # in another form than JSON
        parts = [body]
    elif isinstance(body, dict) and "results" in body:
        rows = orjson.dumps(body["results"])
        facts = {name: value for name, value in body.items() if name not in LINKS and name != "results"}
        facts["more"] = body["next"] is not None
        body = {**body, "results": orjson.Fragment(rows)}
        parts = [orjson.dumps(facts), rows]
    else:
        parts = [orjson.dumps(body)]
        body = orjson.Fragment(parts[0])
    digest = hashlib.sha256(question)  # the fastest where processors know it, and a list has 300 kB
    for part in parts:
        digest.update(part)
    return body, weak(digest.hexdigest()[:24])


def weak(word: str) -> str:
    return f'W/"{word}"'


def names(tags: str, tag: str) -> bool:
    """Whether an If-None-Match names a tag, or any."""
    held = [part.strip().removeprefix("W/") for part in tags.split(",") if part.strip()]
    return held == ["*"] or tag.removeprefix("W/") in held


def is_held(request: HttpRequest, tag: str, last_modified: datetime | None = None) -> bool:
    """Whether the client has this answer already. Its tags count before its date (RFC 9110, 13.2.2)."""
    if "HTTP_IF_NONE_MATCH" in request.META:
        return names(request.META["HTTP_IF_NONE_MATCH"], tag)
    asked = request.META.get("HTTP_IF_MODIFIED_SINCE")
    since = parse_http_date_safe(asked) if asked and last_modified else None
    return since is not None and last_modified is not None and int(last_modified.timestamp()) <= since


def cache_control(at: datetime, due: datetime | None, until: datetime | None = None, *, is_poll: bool = False) -> str:
    """Ages cut so that no cache outlives an embargo, an expiry or a licence.

    The fresh ages end when the site changes next, which is when something falls due; all four at the end of what the
    answer shows. What is asked for to learn what is new is never answered with what is old.
    """
    fresh = S_MAXAGE if due is None else _left(due, at, S_MAXAGE)
    left = S_MAXAGE + STALE_IF_ERROR if until is None else _left(until, at, S_MAXAGE + STALE_IF_ERROR)
    return _cache_control(fresh, left, is_poll)


def _left(end: datetime, at: datetime, most: int) -> int:
    """Whole seconds until an end, as far as they make a difference."""
    return max(0, min(most, int((end - at).total_seconds())))


@lru_cache(maxsize=1000)
def _cache_control(fresh: int, left: int, is_poll: bool) -> str:
    max_age, s_maxage = min(MAX_AGE, fresh, left), min(S_MAXAGE, fresh, left)
    stale, error = min(STALE_WHILE_REVALIDATE, left - s_maxage), min(STALE_IF_ERROR, left - s_maxage)
    while_asking = "" if is_poll else f"stale-while-revalidate={stale}, "
    return f"public, max-age={max_age}, s-maxage={s_maxage}, {while_asking}stale-if-error={error}"


def tag_of(key: uuid.UUID, path: str = "") -> str:
    """What names a thing to a cache: a front end knows it by the id alone, and 100 of them stay within 4 kB.

    What many share has its list's path before it.
    """
    return f"{path}-{key.hex[:16]}" if path else key.hex[:16]


def surrogate_keys(tags: Iterable[str]) -> str:
    """The tags as the CDN wants them, as many as fit into 4 kB."""
    separator = settings.CACHE_TAG_SEPARATORS[settings.CACHE_TAG_HEADER]
    joined = separator.join(tags)
    if len(joined) > MAX_TAG_BYTES:
        joined = joined[: joined.rindex(separator, 0, MAX_TAG_BYTES)]
    return joined


def label(response: Response, moment: Moment, known: Known, *, is_poll: bool = False) -> Response:
    """The headers of a 200 or a 304."""
    headers = response.headers
    headers["ETag"] = known.tag
    headers["X-Edition"] = str(moment.edition)
    headers["Cache-Control"] = cache_control(moment.at, moment.next_change_at, known.until, is_poll=is_poll)
    if known.last_modified:
        headers["Last-Modified"] = format_datetime(known.last_modified, usegmt=True)
    return response


class NotModified(Exception):
    """The client has the answer already. A 304 has no cache tags: a cache keeps those of the answer."""

    def __init__(self, moment: Moment, known: Known):
        self.moment, self.known = moment, known
        super().__init__("not modified")


class EditionMixin(GenericViewSet):
    """A view that reads one edition, and labels what it answers by it."""

    path = ""  # which also tags its answers

    @cached_property
    def question(self) -> bytes:
        form = f" {self.request.accepted_renderer.format}" if self.is_chosen_by_accept else ""  # no query has a blank
        return question_of(self.request._request, form)

    @property
    def is_chosen_by_accept(self) -> bool:
        """Whether the answer is in another form than usual because Accept says so, and not the address."""
        renderer = self.request.accepted_renderer
        return type(renderer) is not self.renderer_classes[0] and "format" not in self.request.query_params

    @cached_property
    def moment(self) -> Moment:
        """What this request reads by. Whoever has the answer already is told so when it is first asked for."""
        moment = reading.now()
        known = None if self.is_private else recall(moment, self.question)
        if known and is_held(self.request._request, known.tag, known.last_modified):
            raise NotModified(moment, known)
        return moment

    @property
    def is_private(self) -> bool:
        """Whether the answer is made for who asks, and kept by nobody: they have shown credentials."""
        return self.request.auth is not None

    @property
    def is_poll(self) -> bool:
        return not POLLS.isdisjoint(self.request.query_params)

    @property
    def is_once(self) -> bool:
        return "wait" in self.request.query_params

    def label(self, response: Response, moment: Moment, known: Known) -> Response:
        label(response, moment, known, is_poll=self.is_poll)
        if self.is_once:
            response.headers["Cache-Control"] = ONCE
        return response

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, NotModified):
            return self.label(Response(status=304), exc.moment, exc.known)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(response, Answer):
            try:
                response = self.labelled(response)
            except NotModified as held:  # an answer that was made without asking what it is made from
                response = self.handle_exception(held)
        return super().finalize_response(request, response, *args, **kwargs)

    def labelled(self, answer: Answer) -> Response:
        """An answer with its headers, or a 304 to whoever has it."""
        answer.data, tag = written(answer.data, self.question)
        known = Known(tag, answer.until, answer.last_modified)
        if self.is_private:
            held = "HTTP_IF_NONE_MATCH" in self.request.META and names(self.request.META["HTTP_IF_NONE_MATCH"], tag)
            response = Response(status=304) if held else answer
            response.headers["ETag"], response.headers["X-Edition"] = tag, str(self.moment.edition)
            return response
        remember(self.moment, self.question, known)
        if is_held(self.request._request, tag, answer.last_modified):
            return self.label(Response(status=304), self.moment, known)
        # One thing is named by itself alone: what purges the lists of its kind leaves it where it is.
        is_one = self.action == "retrieve" and answer.tags
        answer.headers[settings.CACHE_TAG_HEADER] = surrogate_keys(answer.tags if is_one else [self.path, *answer.tags])
        if self.moment.is_current:
            answer.holds = Holds(self.moment.edition, self.moment.changed, known.until, self.is_poll, self.is_once)
        return self.label(answer, self.moment, known)
