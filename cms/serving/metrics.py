"""What Prometheus is told: requests, the edition, what is due, jobs. Others name what they count: `register`.

Each process counts into a file of its own in a folder that all share (prometheus_client's way), so whichever process is
asked tells of all of them. The folder is emptied when the server starts.
"""

import hashlib
import hmac
import os
import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from django.utils import timezone

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def _folder() -> Path:
    """A folder that all processes of this server share, in memory where there is such: a disk may be full.

    Another server of the same newsroom, at another port, has one of its own, which it empties when it starts.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of this user's own in it
    if not os.access(memory, os.W_OK):
        return settings.DATA_DIR / f"metrics-{settings.PORT}"
    name = hashlib.sha256(f"{settings.DATA_DIR} {settings.PORT}".encode()).hexdigest()[:12]
    return memory / f"galley-{os.geteuid()}-{name}"


if settings.METRICS_TOKEN:  # before the library is loaded, which looks once
    os.environ.setdefault(FOLDER, str(_folder()))
    Path(os.environ[FOLDER]).mkdir(parents=True, exist_ok=True, mode=0o700)

# Only now, when the variable above is set.
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest  # noqa: E402
from prometheus_client import multiprocess as shared  # noqa: E402
from prometheus_client.core import GaugeMetricFamily, Metric  # noqa: E402

from cms import background  # noqa: E402
from cms.publishing.models import Edition, Publication  # noqa: E402

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("galley_requests", "Requests that were answered.", ["route", "method", "status"])
DURATIONS = Histogram("galley_request_seconds", "How long answering took.", ["route"], buckets=SECONDS)
ANSWERS = Counter("galley_cache_answers", "Readers' answers, by whether they were kept ready-made.", ["result"])
KEPT_BYTES = Gauge("galley_cache_bytes", "Bytes of answers that are kept.", multiprocess_mode="livesum")
HELD = Gauge("galley_held", "Requests that are held until something changes.", ["what"], multiprocess_mode="livesum")
CUT_OFF = Counter("galley_streams_cut_off", "Streams that were ended since their reader took nothing.")

_gauges: list[Callable[[], Iterable[Metric]]] = []


def register(gauges: Callable[[], Iterable[Metric]]) -> None:
    """Name a function that yields what is to be told besides, whenever somebody asks."""
    _gauges.append(gauges)


def count(method: str, path: str, status: int, seconds: float) -> None:
    route = route_of(path)
    REQUESTS.labels(route, method if method in METHODS else "other", str(status)).inc()
    DURATIONS.labels(route).observe(seconds)


def route_of(path: str) -> str:
    """What was asked for, as one of few words: nobody can fill the memory by asking for more."""
    first, *others = path.strip("/").split("/")
    if first == "api":
        if others in ([], ["v1"]):
            return "api root"
        name = others[1] if others[0] == "v1" else ""
        if name not in _lists():
            return "api other"
        return f"api {name}" if len(others) == 2 else f"api {name} detail"
    if first == "admin":
        return "desk"
    return first if first in {"media", "static", "preview", "healthz", "readyz", "metrics"} else "other"


@cache
def _lists() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def clear() -> None:
    """Forget what former processes counted. Only for who starts before all others."""
    if settings.METRICS_TOKEN:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)
        Path(os.environ[FOLDER]).mkdir(parents=True, exist_ok=True, mode=0o700)


def forget(process: int) -> None:
    """What a process holds that has died is held no more; what it counted stays."""
    if settings.METRICS_TOKEN:
        shared.mark_process_dead(process, os.environ[FOLDER])


def count_kept(*, is_hit: bool, kept_bytes: int) -> None:
    """Note whether an answer was kept ready-made, and how much is."""
    if settings.METRICS_TOKEN:
        ANSWERS.labels("hit" if is_hit else "miss").inc()
        KEPT_BYTES.set(kept_bytes)


def count_held(*, streams: int, waiting: int) -> None:
    """Note how many streams are open, and how many requests wait for changes."""
    if settings.METRICS_TOKEN:
        HELD.labels("stream").set(streams)
        HELD.labels("wait").set(waiting)


def count_cut_off() -> None:
    if settings.METRICS_TOKEN:
        CUT_OFF.inc()


def view(request: HttpRequest) -> HttpResponse:
    """All that is counted, for whoever has the token. Where there is none there is no such page."""
    headers = {"Cache-Control": "no-store"}
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404, headers=headers)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(token.strip().encode(errors="replace"), settings.METRICS_TOKEN.encode())
    if scheme.lower() != "bearer" or not is_right:
        return HttpResponse(status=401, headers={**headers, "WWW-Authenticate": 'Bearer realm="metrics"'})
    registry = CollectorRegistry()
    shared.MultiProcessCollector(registry)
    registry.register(_Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers=headers)


class _Gauges:
    """What is looked up when somebody asks."""

    def collect(self) -> Iterable[Metric]:
        for gauges in [_of_the_newsroom, *_gauges]:
            try:
                yield from list(gauges())
            except Error:  # the database does not answer; what was counted is told all the same
                continue

    def describe(self) -> list[Metric]:
        return []


def _of_the_newsroom() -> Iterable[Metric]:
    now = timezone.now()
    edition = Edition.objects.get(pk=1)
    yield GaugeMetricFamily("galley_edition", "The newest edition.", value=edition.number)
    scheduled = Publication.objects.filter(next_at__isnull=False)
    ending = Publication.objects.filter(place__isnull=False, live_until__isnull=False)
    due = scheduled.filter(next_at__gt=now).count() + ending.filter(live_until__gt=now).count()
    yield GaugeMetricFamily("galley_due", "Go-lives, updates and ends that are to come.", value=due)
    overdue = scheduled.filter(next_at__lte=now).count() + ending.filter(live_until__lte=now).count()
    yield GaugeMetricFamily("galley_overdue", "Those whose time has come and that are not done yet.", value=overdue)
    late = max(0.0, (now - edition.next_change_at).total_seconds()) if edition.next_change_at else 0.0
    yield GaugeMetricFamily("galley_overdue_seconds", "For how long the oldest of these has waited.", value=late)
    jobs = GaugeMetricFamily("galley_jobs", "Work in the background that waits to be done.", labels=["task"])
    for name, waiting in background.waiting().items():
        jobs.add_metric([name], waiting)
    yield jobs
