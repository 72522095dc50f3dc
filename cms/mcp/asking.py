"""Asking the API from within, as whoever asks us: one code path answers front ends and assistants alike.

So an assistant sees what its key may see and not a word more, each rule and each limit of the API holds for it, and
whatever the API learns, it can do.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from cms.api.middleware import PublicApiMiddleware

API = "/api/v1"
# Of the request that came to us; what else it has is about that one alone.
KEPT = ("REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "HTTP_AUTHORIZATION")
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")
MOST_TOLD = 20  # errors of one problem
answer = PublicApiMiddleware(lambda request: HttpResponseNotFound())

Values = Mapping[str, Any]


class Refused(Exception):
    """That the API refused it, in words that say what to do."""


@dataclass(frozen=True)
class Reply:
    """What the API answered."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        return orjson.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def version(self) -> str:
        """The version that an answer about a working copy is of, as its ETag names it."""
        return self.headers.get("ETag", "").removeprefix("W/").strip('"')


class Api:
    """The API, as it is for whoever sent a request."""

    def __init__(self, request: HttpRequest):
        self.request = request

    def get(self, path: str, asked: Values | None = None) -> Reply:
        """What stands at a path, such as `articles/`. Where a thing has another address by now, what stands there."""
        response = self._send("GET", f"{API}/{path}", asked)
        if response.status_code == 308:
            moved = urlsplit(response["Location"])
            response = self._send("GET", moved.path, query=moved.query)
        return _reply(response)

    def send(self, method: str, path: str, body: Values, headers: Mapping[str, str] | None = None) -> Reply:
        """Write something."""
        return _reply(self._send(method, f"{API}/{path}", body=orjson.dumps(body), headers=headers))

    def _send(
        self,
        method: str,
        path: str,
        asked: Values | None = None,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        meta = self.request.META
        environ = {name: meta[name] for name in (*KEPT, *FORWARDED) if name in meta}
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
        environ |= {name: value for name, value in meta.items() if name.startswith("wsgi.")}
        if body:
            environ |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        environ |= {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path.encode().decode("latin-1"),
            "QUERY_STRING": query or urlencode(list(_pairs(asked or {}))),
            "wsgi.input": io.BytesIO(body),
        }
        request = WSGIRequest(environ)
        # What reads has been counted at the door. What writes is counted once more, for all processes together.
        setattr(request, "is_part", method == "GET")  # noqa: B010 - it is not Django's
        return answer(request)


def _pairs(asked: Values) -> list[tuple[str, str]]:
    """Parameters, those of several values with commas between them."""
    pairs = []
    for name, value in asked.items():
        if isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            pairs += [(name, str(each)) for each in value]
        else:
            pairs.append((name, str(value)))
    return pairs


def _reply(response: HttpResponse) -> Reply:
    if response.status_code >= 300:
        raise Refused(_in_words(response))
    return Reply(response.content, response.headers)


def _in_words(response: HttpResponse) -> str:
    """A problem as a few lines for whoever is to mend it."""
    try:
        problem = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return f"It was refused ({response.status_code})."
    lines = [str(problem.get("detail") or problem.get("title") or "It was refused.")]
    for error in (problem.get("errors") or [])[:MOST_TOLD]:
        place = error.get("parameter") or error.get("pointer") or ""
        text = f"{place}: {error.get('message')}" if place else str(error.get("message"))
        lines += [text] if text not in lines else []
        if error.get("allowed"):
            lines.append(f"Allowed: {', '.join(map(str, error['allowed'][:60]))}.")
    if problem.get("etag"):
        version = str(problem["etag"]).strip('"')
        lines.append(f"The newest version is {version}. Read it, and begin from that.")
    if "Retry-After" in response.headers:
        lines.append(f"Try again in {response.headers['Retry-After']} seconds.")
    return "\n".join(lines)
