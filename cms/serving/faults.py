"""What somebody is told when there is no answer: that it passes, when to come again, and that no text is lost."""

import contextlib
import errno
import sqlite3
import sys
from collections.abc import Iterator
from typing import NamedTuple

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cms.files import NoAnswer
from cms.logs import request_id

RETRY_AFTER = 5  # seconds
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
DISK_FULL = "53100"  # PostgreSQL's code for it


class Fault(NamedTuple):
    """Why there is no answer."""

    status: int
    advice: str

    @property
    def is_passing(self) -> bool:
        return self.status != 500


class Refused(Exception):
    """That a request is answered before it comes to Django: a status, and what to do."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


FULL = Fault(507, gettext_noop("The disk is full, and nothing can be saved. Tell whoever runs this site."))
SILENT = Fault(503, gettext_noop("The database does not answer; try again in a few seconds."))
AWAY = Fault(503, gettext_noop("The storage of pictures and films does not answer; try again in a few seconds."))
OURS = Fault(500, gettext_noop("The fault is ours, not yours, and has been written down for those who run this site."))


def of(error: BaseException | None) -> Fault:
    """What kind of fault an exception is."""
    for cause in _causes(error):
        is_full = isinstance(cause, OSError) and cause.errno in NO_ROOM
        is_full = is_full or getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        if is_full or getattr(cause, "sqlstate", "") == DISK_FULL:
            return FULL
        if isinstance(cause, NoAnswer):
            return AWAY
    return SILENT if isinstance(error, OperationalError | InterfaceError | InternalError) else OURS


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler for whatever went wrong: a page for people, JSON for scripts. Neither asks the database."""
    fault = of(sys.exc_info()[1])
    headers = {"Cache-Control": "no-store"}
    if fault.is_passing:
        headers["Retry-After"] = str(RETRY_AFTER)
    if "text/html" not in request.headers.get("Accept", ""):
        problem = {"error": _(fault.advice), "status": fault.status, "request_id": request_id.get()}
        return JsonResponse(problem, status=fault.status, headers=headers)
    context = {"fault": fault, "advice": _(fault.advice), "written": _written(request), "request_id": request_id.get()}
    return HttpResponse(render_to_string("500.html", context), status=fault.status, headers=headers)


def _written(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again from the page itself; passwords are typed anew."""
    if request.method != "POST":
        return []
    sent: list[tuple[str, str]] = []
    with contextlib.suppress(Exception):  # it was not even received
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    is_secret = any("password" in name or name == "token" for name, _value in sent)
    return [] if is_secret else sent
