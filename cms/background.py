"""Work that nobody waits for: what the apps name here when they are ready.

A task is a function that does one piece of work and says whether there may be more. Any number of workers may run: each
task sees to it that a piece is done once, and that a piece whose worker was killed is taken over.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)

Task = Callable[[], bool]
PAUSE = 1.0  # seconds between looks, when there was nothing to do
PUT_OFF = 60.0  # seconds that a task rests which failed

_tasks: dict[str, Task] = {}
_counts: dict[str, Callable[[], int]] = {}
_ends: dict[str, Callable[[bool], None]] = {}
_waiting = threading.Event()


def register(
    name: str, task: Task, count: Callable[[], int] | None = None, end: Callable[[bool], None] | None = None
) -> None:
    """Name a task, in the order in which they are done, and what counts the pieces that wait for it.

    One that has its work done in threads of its own also names what waits for them: until all is done, or, being told
    that the process stops, until the piece in hand is.
    """
    _tasks[name] = task
    if count:
        _counts[name] = count
    if end:
        _ends[name] = end


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
    _wait_for_threads(is_stopping=False)


def _wait_for_threads(*, is_stopping: bool) -> None:
    for name, end in _ends.items():
        if name in _tasks:
            end(is_stopping)


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
    _wait_for_threads(is_stopping=True)
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
