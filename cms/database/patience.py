"""How long somebody who asks for a reader or an editor waits for the database.

Commands and the background wait as long as it takes. A request waits for one answer for DATABASE_TIMEOUT seconds; after
that it gets none, however often it asks. While a database is silent one request at a time tries whether it is back, and
the others hear at once that it is not: else each would hold a thread for as long.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Answer = TypeVar("Answer")

TRIED_EVERY = 1.0  # seconds: who waited for a thread all the while is not to wait once more
FOR_COMMANDS = 20.0  # seconds for SQLite's lock


class Patience:
    """What is left of the patience of one request."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.is_over = False


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)


def current() -> Patience | None:
    return _current.get()


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Meanwhile no answer of the database is waited for longer."""
    token = _current.set(Patience(seconds))
    try:
        yield
    finally:
        _current.reset(token)


class Watch:
    """Whether a database is silent, and who may try it meanwhile."""

    def __init__(self) -> None:
        self.is_silent = False
        self._gave_up_at = 0.0
        self._trying = threading.Lock()

    def ask(self, patience: Patience, ask: Callable[[], Answer], gave_up: type[Exception]) -> Answer:
        """Ask for a request. Raises `gave_up`, or what it is refused with, where there is no answer."""
        if patience.is_over:
            raise gave_up("The database has not answered this request.")
        if not self.is_silent:
            return self._ask(patience, ask, gave_up)
        if time.monotonic() - self._gave_up_at < TRIED_EVERY or not self._trying.acquire(blocking=False):
            raise gave_up("The database has not answered of late.")
        try:
            return self._ask(patience, ask, gave_up)
        finally:
            self._trying.release()

    def _ask(self, patience: Patience, ask: Callable[[], Answer], gave_up: type[Exception]) -> Answer:
        try:
            answer = ask()
        except gave_up:
            patience.is_over = self.is_silent = True
            self._gave_up_at = time.monotonic()
            raise
        self.is_silent = False
        return answer


class Room:
    """How many requests may wait for SQLite's lock: the other threads are for readers."""

    def __init__(self) -> None:
        self.waiting = 0
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, most: int) -> Iterator[bool]:
        """Whether there is room to wait in."""
        with self._lock:
            self.waiting += 1
            has_room = self.waiting <= most
        try:
            yield has_room
        finally:
            with self._lock:
                self.waiting -= 1


def until(seconds: float) -> Iterator[None]:
    """Now and then, for so long: each time with a little pause before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.02)
        yield
