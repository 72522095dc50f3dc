"""The API, asked for what a page shows. The one file that knows how.

The newspaper stands beside the API, so it hands its question to the site's own handler, and a round through the network
is saved. A copy that stands elsewhere asks over HTTP:

    def ask(request, path, preview=""):
        question = urllib.request.Request(f"{GALLEY_URL}{path}", headers=authorization(preview))
        try:
            with urllib.request.urlopen(question, timeout=5) as response:
                return Answer(response.status, json.load(response), response.headers)
        except urllib.error.HTTPError as problem:
            return Answer(problem.code, json.load(problem), problem.headers)
"""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

ROOT = "/api/v1/"
# Of the request from a reader: the question goes on under its number, so that the log tells what belongs together.
HANDED_ON = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "wsgi.url_scheme")
NUMBER = "galley.request_id"


class Answer(NamedTuple):
    """What the API said."""

    status: int
    json: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.json.get("results") or []


def path_of(name: str, *parts: str, **parameters: object) -> str:
    """The address of a list or of one of it, with what is asked of it."""
    asked = {key: value for key, value in parameters.items() if value not in (None, "")}
    below = "".join(f"{quote(part, safe='')}/" for part in parts)
    return f"{ROOT}{name}/{below}{'?' if asked else ''}{urlencode(asked)}"


def ask(request: HttpRequest, path: str, preview: str = "") -> Answer:
    """The answer to a GET of a path of the API. With the token of a preview it is asked for what that opens."""
    parts = urlsplit(path)
    environ = {name: request.META[name] for name in HANDED_ON if name in request.META}
    environ |= {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        # As WSGI has it: the bytes of the path, told as if they were Latin-1.
        "PATH_INFO": _unquoted(parts.path),
        "QUERY_STRING": parts.query,
        "HTTP_ACCEPT": "application/json",
        "wsgi.input": BytesIO(),
        "wsgi.errors": None,
        NUMBER: request.META.get(NUMBER) or getattr(request, "request_id", ""),
    }
    if preview:
        environ["HTTP_AUTHORIZATION"] = f"Preview {preview}"
    response = _handler().get_response(WSGIRequest(environ))
    content = response.content if isinstance(response, HttpResponse) else b""
    return Answer(response.status_code, _read(content), response.headers)


def _unquoted(path: str) -> str:
    return unquote_to_bytes(path).decode("latin-1")


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler
