"""What Galley is measured by, besides the yardstick: servers that do next to nothing.

`bare` and `bare_wsgi` look up bytes in a dictionary that BENCH_ANSWERS holds, pickled, by their path: what is left is
the application server. `django` is one view that returns such bytes: what is left is Django.
"""

import os
import pickle
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

Answer = tuple[int, list[tuple[str, str]], bytes]

ANSWERS: dict[str, Answer] = pickle.loads(Path(os.environ["BENCH_ANSWERS"]).read_bytes())
STATUSES = {status: f"{status} {HTTPStatus(status).phrase}" for status in (200, 304)}


async def bare(scope: Any, protocol: Any) -> None:
    protocol.response_bytes(*ANSWERS[scope.path])


def bare_wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    status, headers, body = ANSWERS[environ["PATH_INFO"]]
    start_response(STATUSES[status], headers)
    return [body]


def view(_request: HttpRequest, name: str) -> HttpResponse:
    _, headers, body = ANSWERS[f"/{name}"]
    return HttpResponse(body, headers=dict(headers))


def make_django() -> Callable[..., Any]:
    """One view in a Django of its own, without middleware."""
    settings.configure(SECRET_KEY="only for the benchmark", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
    return get_wsgi_application()


urlpatterns = [path("<str:name>", view)]
django = make_django()
