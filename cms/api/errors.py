"""Every error under /api/ as a problem of RFC 9457: what went wrong, and what to do."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cms.api.renderers import ProblemRenderer
from cms.logs import request_id
from cms.publishing import checks, press

logger = logging.getLogger(__name__)

MAX_REPEATED = 64  # characters of what was sent, in any message

TITLES = {
    400: ("bad-request", "The request cannot be understood"),
    401: ("unauthorized", "These credentials are not valid"),
    403: ("forbidden", "You may not do this"),
    404: ("not-found", "There is nothing here"),
    405: ("method-not-allowed", "This method is not allowed here"),
    406: ("not-acceptable", "Nothing that Accept allows is to be had"),
    409: ("conflict", "It is not as this request takes it to be"),
    412: ("stale", "Somebody has changed it since"),
    422: ("not-ready", "Something is to be done first"),
    428: ("version-required", "Name the version that you began from"),
    408: ("too-slow", "The request did not come whole in time"),
    410: ("gone", "It has been withdrawn"),
    411: ("length-required", "The length of the body is to be said"),
    413: ("too-large", "The request is too large"),
    414: ("address-too-long", "The address is too long"),
    415: ("unsupported-media-type", "This kind of content is not taken here"),
    429: ("too-many-requests", "Too many requests"),
    500: ("internal-error", "Something went wrong on our side"),
    503: ("unavailable", "Not available just now"),
    507: ("no-room", "There is no room left"),
}
PARAMETER_TITLES = {
    "unknown-parameter": "There is no such parameter here",
    "invalid-parameter": "A parameter has a value that cannot be taken",
    "repeated-parameter": "A parameter stands twice",
    "invalid-cursor": "This cursor cannot be used here",
}
# Refusals that a status alone does not tell apart.
REFUSALS = {
    "taken": ("taken", "There is one already"),
    "repeated-key": ("repeated-key", "This Idempotency-Key came with another request"),
}
# What to do about it, where that is always the same.
NOTHING = "There is nothing at this address."
WITHDRAWN = "It was here and has been withdrawn."
OURS = "The fault is ours and has been logged; try again later."
NOT_READY = "It cannot be published yet; see errors for what is to be done first."
NO_DATABASE = "The database does not answer; try again in a few seconds."


def use(methods: Sequence[str]) -> str:
    """What to do about a method that there is not."""
    *others, last = methods
    return f"Use {', '.join(others)} or {last} here."


def too_long(most: int) -> str:
    return f"Keep the query under {most} bytes."


class BadParameter(exceptions.APIException):
    """A query parameter that cannot be taken as it is."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, parameter: str, code: str, message: str, allowed: list[str] | None = None):
        self.code = code
        self.error = {"parameter": parameter[:64], "code": code, "message": message, "allowed": allowed}
        super().__init__(message, code)


class Gone(exceptions.APIException):
    """Something that readers could see once, and no longer."""

    status_code = status.HTTP_410_GONE

    def __init__(self, reason: str, withdrawn_at: str | None):
        self.members = {"reason": reason, "withdrawn_at": withdrawn_at}
        super().__init__(WITHDRAWN, "gone")


class Refusal(exceptions.APIException):
    """A problem of a status of its own, with what a program needs to go on."""

    def __init__(self, status_code: int, detail: str, errors: Sequence[dict] = (), kind: str = "", **members: Any):
        self.status_code, self.errors, self.members = status_code, list(errors), members
        self.kind, self.title = REFUSALS[kind] if kind else TITLES[status_code]
        super().__init__(detail)


class Moved(exceptions.APIException):
    """An old slug, and where it leads to now."""

    status_code = status.HTTP_308_PERMANENT_REDIRECT

    def __init__(self, url: str, query: str):
        self.location = f"{url}?{query}" if query else url
        super().__init__("It has moved.", "moved")


def problem(
    status_code: int, kind: str, title: str, detail: str, path: str, errors: list | None = None, **members: Any
) -> dict:
    return {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status_code,
        "detail": detail,
        "instance": path if len(path) <= MAX_REPEATED else f"{path[: MAX_REPEATED - 1]}…",
        "errors": errors or [],
        "request_id": request_id.get(),
        **members,
    }


def answer(error: Exception, context: dict) -> Response | None:
    """DRF's exception handler."""
    if isinstance(error, checks.Refused):
        error = Refusal(status.HTTP_422_UNPROCESSABLE_ENTITY, NOT_READY, list(_to_do(error)))
    elif isinstance(error, ValidationError) and getattr(error, "code", "") == press.DELETED:
        error = exceptions.NotFound(NOTHING)  # between when it was looked up and when it was its turn
    elif isinstance(error, ValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    elif isinstance(error, ProtectedError):
        error = Refusal(status.HTTP_409_CONFLICT, _why_kept(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound(NOTHING)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Moved):
        headers = {"Location": error.location, "Cache-Control": "public, max-age=60"}
        return Response(status=error.status_code, headers=headers)
    path = context["request"].path
    kind, title = TITLES.get(response.status_code, ("error", "The request failed"))
    errors: list[dict] = []
    members: dict[str, Any] = {}
    detail = str(getattr(error, "detail", ""))
    if isinstance(error, exceptions.MethodNotAllowed):
        detail = use(context["view"].allowed_methods)
    if isinstance(error, BadParameter):
        kind, title = error.code, PARAMETER_TITLES.get(error.code, title)
        errors = [error.error]
    elif isinstance(error, Refusal):
        kind, title = error.kind, error.title
        errors, members = error.errors, error.members
    elif isinstance(error, Gone):
        members = error.members
    elif isinstance(error, exceptions.ValidationError):
        kind, title, detail = "invalid", "Some values cannot be taken", "See errors."
        errors = list(_pointers(error.detail))
    response.data = problem(response.status_code, kind, title, detail, path, errors, **members)
    request = context["request"]
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    response.headers["Cache-Control"] = "public, max-age=10" if response.status_code in {404, 410} else "no-store"
    return response


def _why_kept(error: ProtectedError) -> str:
    """Why something is not deleted: in the press's words, or where Django refuses it, by what uses it."""
    text = str(error.args[0])
    if not text.startswith("Cannot delete"):
        return text
    users = sorted({str(each._meta.verbose_name_plural) for each in error.protected_objects})
    return f"It is in use, by {' and '.join(users)}; take it out there first."


def _to_do(refusal: checks.Refused) -> Iterator[dict]:
    """What is to be done before something can be published."""
    for problem in refusal.problems:
        thing = {"kind": problem.thing[0], "id": str(problem.thing[1])} if problem.thing else {}
        pointer = f"/{problem.field}" if problem.field else ""
        yield {"pointer": pointer, "code": "check", "message": str(problem.text), "allowed": None, **thing}


def _pointers(detail: Any, pointer: str = "") -> Iterator[dict]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _pointers(inner, f"{pointer}/{name}")
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from _pointers(inner, pointer if isinstance(inner, str) else f"{pointer}/{number}")
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "message": str(detail), "allowed": None}


def plain_problem(
    request: HttpRequest, status_code: int, detail: str, errors: list[dict] | None = None
) -> HttpResponse:
    """A problem for what never reached a view: a foreign host, an unknown path, a fault of ours."""
    kind, title = TITLES.get(status_code, TITLES[400])
    return HttpResponse(
        orjson.dumps(problem(status_code, kind, title, detail, request.path, errors)),
        status=status_code,
        content_type=ProblemRenderer.media_type,
        headers={"Cache-Control": "public, max-age=10" if status_code == 404 else "no-store"},
    )
