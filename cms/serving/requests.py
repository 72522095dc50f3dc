"""Each request: what it is known by in the log, how long it waits for the database, its line in the log."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cms.access import addresses
from cms.database import patience
from cms.logs import request_id
from cms.serving import metrics

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
BY_OUR_SERVER = "galley.request_id"  # in the environment of a request that cms/server.py has numbered, and notes itself
WAITED = "galley.waited"  # seconds that it waited there for a thread
SHORTEST_PATIENCE = 0.5  # seconds
ID_LETTERS = 16
SANE = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")

_drawn: list[str] = []


def id_for(asked: str, neighbour: str) -> str:
    """What a request is to be known by: as the proxy before us calls it, or by a word of ours."""
    if asked and SANE.fullmatch(asked) and addresses.is_a_proxy(neighbour):
        return asked
    return new_id()


def new_id() -> str:
    """A word that no other request has. Many are drawn at once: asking the system takes longer than all else here."""
    try:
        return _drawn.pop()
    except IndexError:
        letters = secrets.token_hex(ID_LETTERS // 2 * 256)
        first, *others = [letters[start : start + ID_LETTERS] for start in range(0, len(letters), ID_LETTERS)]
        _drawn.extend(others)
        return first


@contextmanager
def known_by(word: str) -> Iterator[None]:
    """Meanwhile each line of the log says for which request it is."""
    token = request_id.set(word)
    try:
        yield
    finally:
        request_id.reset(token)


class Done(NamedTuple):
    """What is to be noted of a request that was answered."""

    method: str
    path: str
    query: str
    status: int
    seconds: float
    size: int | None
    address: str


def note(done: Done) -> None:
    """Count a request, and write its line."""
    if settings.METRICS_TOKEN:
        metrics.count(done.method, done.path, done.status, done.seconds)
    if settings.ACCESS_LOG:
        logger.info("%s %s %d", done.method, done.path, done.status, extra={"facts": _facts(done)})


def _facts(done: Done) -> dict:
    facts = {"ms": round(done.seconds * 1000, 1), "bytes": done.size, "address": done.address}
    # Of the API alone: elsewhere it may hold what people search for, or what opens a preview's pictures.
    return {**facts, "query": done.query} if done.query and done.path.startswith("/api/") else facts


class RequestMiddleware:
    """Stands before all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        numbered = request.META.get(BY_OUR_SERVER)
        neighbour = request.META.get("REMOTE_ADDR", "")
        word = numbered or id_for(request.META.get("HTTP_X_REQUEST_ID", ""), neighbour)
        request.request_id = word  # type: ignore[attr-defined]  # for what Django logs of it afterwards
        left = settings.DATABASE_TIMEOUT - request.META.get(WAITED, 0.0)
        with known_by(word), patience.waiting_at_most(max(SHORTEST_PATIENCE, left)):
            response = self.get_response(request)
            response.headers[HEADER] = word
            if settings.SECURE_HSTS_SECONDS:
                # Always: whether it came by HTTPS only the proxy knows, and over plain HTTP browsers pass it over.
                value = f"max-age={settings.SECURE_HSTS_SECONDS}"
                response.headers.setdefault("Strict-Transport-Security", value)
            if not numbered:
                note(_done(request, response, time.perf_counter() - began))
        return response


def _done(request: HttpRequest, response: HttpResponse, seconds: float) -> Done:
    return Done(
        request.method or "",
        request.path_info,
        request.META.get("QUERY_STRING", ""),
        response.status_code,
        seconds,
        None if response.streaming else len(response.content),
        addresses.address_of(request),
    )
