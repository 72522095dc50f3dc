"""The door for assistants, POST /mcp: who may knock, and how.

It takes no cookie, and no page of another site may speak through a reader's browser: an Origin that is not ours, or
that the newsroom has not named, is refused before anything is read. The Host has to be one of ours as everywhere, so
that a name which somebody lets point here opens nothing.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import Throttled

from cms.access.addresses import address_of
from cms.api import keys, limits
from cms.api.authentication import CHALLENGE, REFUSED
from cms.api.models import Key
from cms.mcp import protocol
from cms.mcp.asking import Api
from cms.mcp.tool import Caller
from cms.publishing import press

PATHS = ("/mcp", "/mcp/")
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "same-origin",
    "Vary": "Origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id"
    ),
    "Access-Control-Max-Age": "86400",
}


class Closed(Exception):
    """Why somebody is not let in."""

    def __init__(self, status: int, message: str, **headers: str):
        super().__init__(message)
        self.status, self.message = status, message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class McpMiddleware:
    """Answers /mcp by itself: no session, no cookie, no language but English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in PATHS:
            return self.get_response(request)
        with translation.override("en", deactivate=True):
            view, args, kwargs = resolve(request.path_info)
            return view(request, *args, **kwargs)


@csrf_exempt  # no cookie says who asks
def door(request: HttpRequest) -> HttpResponse:
    origin = ""
    try:
        origin = _origin(request)
        response = HttpResponse(status=204, headers=PREFLIGHT) if request.method == "OPTIONS" else _answer(request)
    except Closed as closed:
        body = {"jsonrpc": "2.0", "id": None, "error": {"code": protocol.INVALID_REQUEST, "message": closed.message}}
        response = _json(closed.status, body, closed.headers)
    for name, value in {**HEADERS, **getattr(request, "allowance", {})}.items():
        response.headers[name] = value
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate"
    return response


def origins() -> set[str]:
    """The sites whose pages may ask from a browser: the newsroom's own, and those that it named."""
    own = (urlsplit(address) for address in (settings.PUBLIC_URL, settings.FRONT_URL))
    return {f"{parts.scheme}://{parts.netloc}" for parts in own} | set(settings.MCP_ORIGINS)


def _origin(request: HttpRequest) -> str:
    """The site whose page asks; empty: no page does. Only what is named counts, whatever Host says."""
    try:
        request.get_host()
    except DisallowedHost as error:
        raise Closed(403, "This site does not answer to that host name.") from error
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None and origin not in origins():
        raise Closed(403, "Pages of this origin may not ask here; the newsroom names those that may (MCP_ORIGINS).")
    return origin or ""


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise Closed(405, "There is nothing to be listened to here: send messages by POST.", Allow="POST, OPTIONS")
    key = _key(request)
    if request.content_type != "application/json":
        raise Closed(415, "Send JSON, with Content-Type: application/json.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    content = _body(request)
    try:
        sent = protocol.read(content)
    except protocol.Wrong as wrong:
        return _json(*protocol.refusal(wrong))
    _count(request, key, protocol.number_of(sent) - 1)  # the first has been, at the door
    status, body = protocol.take(sent, headers, Caller(Api(request), key))
    return HttpResponse(status=status) if body is None else _json(status, body)


def _key(request: HttpRequest) -> Key | None:
    """The key that is shown, none where none is. A wrong one is never taken for none, and whoever asks is counted."""
    address = address_of(request)
    secret = keys.secret_in(request.META.get("HTTP_AUTHORIZATION", ""))
    key = keys.find(secret, address) if secret else None
    _count(request, key, 1)
    if key is None:
        if "HTTP_AUTHORIZATION" in request.META:
            raise Closed(401, REFUSED, WWW_Authenticate=CHALLENGE)
        return None
    keys.note_use(key, address)
    setattr(key.account, press.BY_KEY, key.name)  # which the press writes into the history and the log
    return key


def _count(request: HttpRequest, key: Key | None, number: int) -> None:
    if number < 1:
        return
    spent = [*([limits.of_key(key.pk)] if key else []), limits.of_address(address_of(request))]
    try:
        limits.spend(request, spent, number)
    except Throttled as throttled:
        raise Closed(429, str(throttled.detail), Retry_After=str(getattr(throttled, "wait", 60))) from throttled


def _body(request: HttpRequest) -> bytes:
    most = settings.BODY_MB * 1_000_000
    try:
        content = request.read(most + 1)
    except (RequestDataTooBig, UnreadablePostError) as error:
        raise Closed(400, "The body did not come whole.") from error
    if len(content) > most:
        raise Closed(413, f"Send at most {settings.BODY_MB} MB.")
    return content


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json", headers=headers)
