"""The public API's own lane: no sessions, cookies or languages, and a problem for every error."""

import logging
import re
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cms.api.errors import MAX_REPEATED, NOTHING, OURS, plain_problem, too_long
from cms.serving import faults
from cms.text import spelling

logger = logging.getLogger(__name__)

# What readers' programs ask for beside the API, by addresses alone: whatever parameters they add mean nothing,
# but for the search that a feed is of.
FEEDS = "/feeds/"
DOORS = (FEEDS, "/sitemap.xml", "/sitemaps/", "/news-sitemap.xml", "/robots.txt")
MAX_QUERY_BYTES = 16_384
MAX_PARAMETERS = 1000
SMALLEST_TO_COMPRESS = 1000  # bytes
JOINERS = dict.fromkeys(map(ord, spelling.JOINERS))  # that some languages write between letters
BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, X-Edition, Retry-After",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
EXPOSED_TO_KEYS = (
    "ETag, X-Edition, Retry-After, Location, RateLimit, RateLimit-Policy, Idempotency-Replayed, WWW-Authenticate"
)
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match, If-Match",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}


def is_door(path: str) -> bool:
    return path.startswith(DOORS)


def meant_by_door(path: str, query: str) -> str:
    """What of a query means something to a door, as it was written: the search that a feed is of."""
    if not query or not path.startswith(FEEDS):
        return ""
    return "&".join(pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) == "search")


class PublicApiMiddleware:
    """Answers /api/ and the doors by itself; everything else goes on to the admin's middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith("/api/") and path != "/api" and not is_door(path):
            return self.get_response(request)
        # Whatever the desk speaks. To change to what is spoken already takes longer than to look.
        with nullcontext() if translation.get_language() == "en" else translation.override("en", deactivate=True):
            response = self.answer(request)
        if allowance := getattr(request, "allowance", None):
            for name, value in {**allowance, "Access-Control-Expose-Headers": EXPOSED_TO_KEYS}.items():
                response.headers[name] = value
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "HTTP_AUTHORIZATION" in request.META:
            keep_from_caches(response)
        # Without the second a cache may answer a preview with what readers got (RFC 9111, 4.1).
        response.headers["Vary"] = varying_too(response.headers.get("Vary", ""))
        compress(request, response)
        if request.method == "HEAD" and not response.streaming:
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return plain_problem(request, 400, "This site does not answer to that host name.")
        query = request.META.get("QUERY_STRING", "")
        if complaint := too_much(query):
            return plain_problem(request, *complaint)
        meant = meant_by_door(request.path_info, query) if is_door(request.path_info) else query
        if unread := unreadable(meant):
            return plain_problem(request, 400, *unread)
        try:
            if "%" in request.path_info or not request.path_info.translate(JOINERS).isprintable():
                raise Http404
            view, args, kwargs = resolve(request.path_info)
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers=preflight(view))
            response = view(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response
        except Http404:
            return plain_problem(request, 404, NOTHING)
        except Exception as error:
            fault = faults.of(error)
            if fault.is_passing:
                logger.exception("Nothing could answer %s just now", request.path)
                response = plain_problem(request, fault.status, fault.advice)
                response.headers["Retry-After"] = str(faults.RETRY_AFTER)
                return response
            logger.exception("Failed to answer %s", request.path)
            return plain_problem(request, 500, OURS)


@lru_cache(maxsize=100)
def varying_too(vary: str) -> str:
    """A Vary with what all answers here vary by besides: of these there are few, and Django takes each apart."""
    named = HttpResponse(headers={"Vary": vary} if vary else {})
    patch_vary_headers(named, ["Accept-Encoding", "Authorization"])
    return named.headers["Vary"]


def preflight(view: Any) -> dict[str, str]:
    """What a browser may ask at an address for a page of another site; some views take a header more than others."""
    headers = {**PREFLIGHT}
    methods = [method.upper() for method in getattr(view, "actions", None) or ()]
    also: str = getattr(getattr(view, "cls", None), "also_takes", "")
    if set(methods) - {"GET", "HEAD"}:
        also = "Idempotency-Key"
        allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods and "HEAD" not in methods else []), "OPTIONS"])
        headers |= {"Allow": allowed, "Access-Control-Allow-Methods": allowed}
    if also:
        headers["Access-Control-Allow-Headers"] += f", {also}"
    return headers


def keep_from_caches(response: HttpResponse) -> None:
    """What somebody gets who showed credentials is theirs alone, whatever it is."""
    if response.headers.get("Cache-Control") != "no-store":
        for name, value in PRIVATE.items():
            response.headers[name] = value
    del response.headers[settings.CACHE_TAG_HEADER]


def too_much(query: str) -> tuple[int, str] | None:
    """Why a query string is not read, as a status and what to do."""
    if len(query) > MAX_QUERY_BYTES:
        return 414, too_long(MAX_QUERY_BYTES)
    if query.count("&") >= MAX_PARAMETERS:
        return 400, f"Send at most {MAX_PARAMETERS} parameters."
    return None


def unreadable(query: str) -> tuple[str, list[dict]] | None:
    """What cannot be read in a query string: what to do, and which parameter it stands in."""
    if "%" not in query and query.isascii() and "\x00" not in query:
        return None
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if why := _unreadable_text(name):
            return f"A parameter's name {why}", []
        if why := _unreadable_text(value):
            parameter = unquote_plus(name)[:MAX_REPEATED]
            message = f"The value of {parameter} {why}"
            error = {"parameter": parameter, "code": "unreadable", "message": message, "allowed": None}
            return message, [error]
    return None


def _unreadable_text(written: str) -> str:
    """Why a name or a value cannot be read; nothing when it can."""
    if BAD_ESCAPE.search(written):
        return "has a % that is not followed by two hexadecimal digits; write it as %25."
    try:
        text = unquote_to_bytes(written.encode("latin-1", "replace")).decode()
    except UnicodeDecodeError:
        return "is not UTF-8; encode it so."
    return "holds a NUL character; leave it out." if "\x00" in text else ""


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and likes it no less than what is not packed."""
    return _takes_gzip(accepted[:200])


@lru_cache(maxsize=1000)
def _takes_gzip(accepted: str) -> bool:
    liked = {}
    for part in accepted.lower().replace(" ", "").split(","):
        name, _, quality = part.partition(";q=")
        try:
            liked[name] = float(quality or 1)
        except ValueError:
            liked[name] = 0.0
    gzip = liked.get("gzip", liked.get("x-gzip", 0.0))
    return gzip > 0 and gzip >= liked.get("identity", 0.0)


def gzipped(body: bytes) -> bytes:
    """A body in one go: a fifth quicker than through a file of Python's gzip, and the same to the byte."""
    return zlib.compress(body, wbits=16 + zlib.MAX_WBITS)


def compress(request: HttpRequest, response: HttpResponse) -> None:
    if (
        response.streaming
        or len(response.content) < SMALLEST_TO_COMPRESS
        or not takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        or response.has_header("Content-Encoding")
    ):
        return
    response.content = gzipped(response.content)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.content))
    if etag := response.headers.get("ETag"):
        response.headers["ETag"] = f"W/{etag.removeprefix('W/')}"
