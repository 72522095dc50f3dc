"""Work that nobody waits for: what falls due, readers' JSON that is missing, and what the apps name here.

A task is a function that does one piece of work and says whether there may be more. Any number of workers may run: each
task sees to it that a piece is done once, and that a piece whose worker was killed is taken over.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import QuerySet

from cms.publishing import reading
from cms.publishing.models import Publication

logger = logging.getLogger(__name__)

Task = Callable[[], bool]
PAUSE = 1.0  # seconds between looks, when there was nothing to do
PUT_OFF = 60.0  # seconds that a task rests which failed
BATCH = 50

_tasks: dict[str, Task] = {}
_counts: dict[str, Callable[[], int]] = {}
_waiting = threading.Event()
_refused: dict[int, float] = {}  # documents that could not be made, and when to try again


def register(name: str, task: Task, count: Callable[[], int] | None = None) -> None:
    """Name a task, in the order in which they are done, and what counts the pieces that wait for it."""
    _tasks[name] = task
    if count:
        _counts[name] = count


def waiting() -> dict[str, int]:
    """How much waits to be done, for each task of which that can be told."""
    return {name: count() for name, count in _counts.items()}


def wake() -> None:
    """Say that there is something to do: in this process nobody waits for the next look."""
    _waiting.set()


def run_all() -> None:
    """Do all that there is to do, now."""
    while any(task() for task in list(_tasks.values())):
        pass


def work(stop: threading.Event) -> None:
    """Do what there is to do until told to stop; the piece in hand is finished."""
    rests: dict[str, float] = {}
    while not stop.is_set():
        _waiting.clear()
        close_old_connections()
        more = False
        for name, task in list(_tasks.items()):
            if stop.is_set() or rests.get(name, 0) > time.monotonic():
                continue
            try:
                more = task() or more
            except Exception:  # whatever is wrong with one, the others go on, and it is tried again
                logger.exception("The task %s failed; trying again in %d s", name, PUT_OFF)
                rests[name] = time.monotonic() + PUT_OFF
        if not more:
            _wait(stop)
    connections.close_all()


def _wait(stop: threading.Event) -> None:
    end = time.monotonic() + PAUSE
    while not stop.is_set() and not _waiting.is_set() and (left := end - time.monotonic()) > 0:
        _waiting.wait(min(left, 0.2))


class InWebProcess:
    """The thread that works beside a web server, where no worker is to be run."""

    def __init__(self) -> None:
        self.started_in = 0

    def start(self) -> None:
        """Start it in this process, once. A child that is forked has none of its own until it asks for one."""
        if settings.BACKGROUND_WORK == "web" and self.started_in != os.getpid():
            self.started_in = os.getpid()
            threading.Thread(target=work, args=[threading.Event()], name="background", daemon=True).start()


in_web_process = InWebProcess()


def release_due() -> bool:
    """Do what has fallen due. (A reader's request does that too; this is for when there is none.)"""
    reading.now()
    return False


def _missing() -> QuerySet[Publication]:
    return Publication.objects.filter(place__isnull=False, rendering="")


def render_some() -> bool:
    """Make some of the readers' JSON that was thrown away."""
    now = time.monotonic()
    for pk in [pk for pk, until in _refused.items() if until <= now]:
        del _refused[pk]
    missing = _missing().exclude(pk__in=list(_refused)[:1000])
    pks = list(missing.order_by("pk").values_list("pk", flat=True)[:BATCH])
    _render(pks)
    # Those that another wrote in the way of are still missing: they are for the next round, not for a busy loop.
    return bool(pks) and not missing.filter(pk__in=pks).exists()


def _render(pks: Iterable[int]) -> None:
    pks = list(pks)
    try:
        if pks:
            reading.fill(pks, reading.now())
    except Exception:
        if len(pks) > 1:
            for pk in pks:
                _render([pk])
            return
        logger.exception("Publication %s cannot be rendered; trying again in %d s", pks[0], PUT_OFF)
        _refused[pks[0]] = time.monotonic() + PUT_OFF


register("what falls due", release_due)
register("readers' JSON", render_some, lambda: _missing().count())
