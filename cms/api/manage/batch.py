"""Many requests in one, each answered as if it had come by itself."""

import io
import logging
from typing import Any
from urllib.parse import unquote

import orjson
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import Http404, HttpRequest
from django.urls import resolve
from rest_framework.request import Request
from rest_framework.response import Response

from cms.access.addresses import address_of
from cms.api import limits
from cms.api.errors import NOTHING, OURS, TITLES, Refusal, problem
from cms.api.manage import repeating
from cms.api.manage.bodies import bad
from cms.api.manage.views import ANY, ManageView
from cms.api.middleware import unreadable
from cms.serving import faults

logger = logging.getLogger(__name__)

MOST = 100
BELOW = "/api/v1/manage/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
KEYS = {"method", "path", "body", "if_match"}
LISTS = ("requests", "operations")


class BatchView(ManageView):
    """Up to 100 requests, done one after the other. One that is refused stops none of the others."""

    scopes = {"create": ANY}  # each of the requests is asked for its own

    def create(self, request: Request) -> Response:
        asked = self.asked()
        spent = [limits.of_key(self.key.pk), limits.of_address(address_of(request._request))]
        if len(asked) > 1:
            limits.spend(request._request, spent, len(asked) - 1, is_writing=True)
        word = repeating.word_of(request)
        return Response({"results": [self._result(part, number, word) for number, part in enumerate(asked)]})

    def asked(self) -> list[Any]:
        """The requests, as a list or in an object."""
        given = self.body.given
        if isinstance(given, dict) and len(given) == 1:
            given = next((given[name] for name in LISTS if name in given), None)
        if not isinstance(given, list) or not 0 < len(given) <= MOST:
            raise bad(f"Write a list of 1 to {MOST} requests, each with method, path, body and if_match.")
        return given

    def _result(self, part: Any, number: int, word: str | None) -> dict:
        path = part["path"] if isinstance(part, dict) and isinstance(part.get("path"), str) else ""
        try:
            answered = self._answer(self._request_of(part, number, word))
            return {"status": answered.status_code, "body": answered.data}
        except Http404:
            return _problem(404, NOTHING, path)
        except Refusal as error:
            return _problem(error.status_code, str(error.detail), path)
        except Exception as error:  # whatever is wrong with one, the others are done
            logger.exception("A part of a batch failed: %s", path[:200])
            fault = faults.of(error)
            return _problem(fault.status, fault.advice if fault.is_passing else OURS, path)

    def _answer(self, request: HttpRequest) -> Any:
        view, args, kwargs = resolve(request.path_info)
        kind = getattr(view, "cls", None)
        if kind is None or not issubclass(kind, ManageView) or issubclass(kind, BatchView):
            raise Http404
        return view(request, *args, **kwargs)

    def _request_of(self, part: Any, number: int, word: str | None) -> HttpRequest:
        """One of the requests, with the credentials of the whole."""
        if not isinstance(part, dict) or part.keys() - KEYS:
            raise bad(f"Write an object with {', '.join(sorted(KEYS))}.")
        method, path, if_match = part.get("method"), part.get("path"), part.get("if_match")
        if method not in METHODS:
            raise bad(f"method: write one of {', '.join(METHODS)}")
        if not isinstance(path, str) or not isinstance(if_match, str | int | None) or isinstance(if_match, bool):
            raise bad("path, if_match: write a text")
        address, _mark, query = self._below(path).partition("?")
        address = unquote(address, errors="replace")
        if "%" in address or not address.isprintable() or len(path) > 2000 or unreadable(query):
            raise Http404
        body = b"" if part.get("body") is None else orjson.dumps(part["body"])
        own = {
            "REQUEST_METHOD": method,
            "PATH_INFO": address.encode(errors="replace").decode("latin-1"),
            "QUERY_STRING": query.encode(errors="replace").decode("latin-1"),
            "CONTENT_TYPE": "application/json" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        if if_match is not None:
            own["HTTP_IF_MATCH"] = f'"{if_match}"' if str(if_match).isdigit() else str(if_match)
        if word is not None and method != "GET":
            own["HTTP_IDEMPOTENCY_KEY"] = repeating.word_of_part(word, number)
        left_out = {"HTTP_IF_MATCH", "HTTP_IDEMPOTENCY_KEY", "HTTP_CONTENT_ENCODING"}
        inherited = {name: value for name, value in self.request.META.items() if name not in left_out}
        request = WSGIRequest({**inherited, **own})
        request.is_part = True  # type: ignore[attr-defined] # it has been counted with the whole
        return request

    @staticmethod
    def _below(path: str) -> str:
        """Where a path leads, however much of the address is written."""
        path = path.removeprefix(settings.PUBLIC_URL)
        for head in (BELOW, BELOW.lstrip("/"), "/manage/", "manage/"):
            if path.startswith(head):
                return BELOW + path.removeprefix(head)
        return BELOW + path.lstrip("/")


def _problem(status: int, text: str, path: str) -> dict:
    kind, title = TITLES[status]
    errors = [{"pointer": "", "code": "invalid", "message": text, "allowed": None}] if status == 400 else []
    return {"status": status, "body": problem(status, kind, title, text, path, errors)}
