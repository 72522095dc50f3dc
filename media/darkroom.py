"""The web process's side of the process that has the pixels (media/pixels).

One small process is kept for each of ours; it forks a child for each picture, which has little memory and time. So no
picture, however it was made, can do more than be refused.
"""

import atexit
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.conf import settings

from media.pixels import frames

logger = logging.getLogger(__name__)

MEMORY = 512 * 1024 * 1024
LOOKING = {"memory": MEMORY, "cpu_seconds": 10, "seconds": 30, "nice": 0}
# The encoder of AVIF needs 27 bytes a pixel: as much as this for a screenshot that is 20,000 pixels high.
MAKING = {"memory": 2 * MEMORY, "cpu_seconds": 120, "seconds": 1800, "nice": 5}
# What the process may know of our environment: no secret key, no database.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")


class Refused(Exception):
    """That a picture is not taken: a code, and what is known of the cause."""

    def __init__(self, code: str, why: str = ""):
        super().__init__(code)
        self.code, self.why = code, why


class _Gone(Exception):
    """The process that has the pixels was ended by somebody."""


class Darkroom:
    """Starts the process on first need, hands it pictures from any thread, and starts another where it is gone."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew without it: in a child of ours, where it answers to our parent."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None

    def after_fork(self) -> None:
        if self._process:
            self._process.returncode = 0  # it is not ours to wait for
        if self._control:
            self._control.close()
        self.forget()

    def close(self) -> None:
        with self._lock:
            self._end()

    def run(self, job: str, original: Any, limits: dict, **asked: Any) -> Iterator[tuple[dict, bytes]]:
        """What a job says of a picture, bit by bit. Raises Refused."""
        with on_disk(original) as file:
            for is_last in (False, True):
                said_something = False
                try:
                    for message in self._run(file.fileno(), limits, {"job": job, "limits": limits, **asked}):
                        said_something = True
                        yield message
                    return
                except _Gone:
                    if is_last or said_something:
                        raise Refused("heavy", "the process that reads pictures was ended") from None

    def _run(self, original: int, limits: dict, asked: dict) -> Iterator[tuple[dict, bytes]]:
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(limits["seconds"] + 5)
            with theirs:
                process = self._hand_over(original, theirs.fileno())
            try:
                frames.send(ours, asked)
                while True:
                    message, content = frames.receive(ours)
                    if message.get("done"):
                        return
                    if "refused" in message:
                        raise Refused(str(message["refused"]), str(message.get("why", "")))
                    yield message, content
            except TimeoutError:
                raise Refused("heavy", "it took too long") from None
            except (frames.Ended, ConnectionError):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.2)
                    raise _Gone from None
                raise Refused("heavy", "it needed more memory or time than it may have") from None

    def _hand_over(self, original: int, reply: int) -> subprocess.Popen:
        with self._lock:
            for _ in range(2):
                process, control = self._started()
                try:
                    socket.send_fds(control, [b"p"], [original, reply])
                except OSError:  # it has ended
                    self._end()
                else:
                    return process
            raise Refused("heavy", "the process that reads pictures cannot be started")

    def _started(self) -> tuple[subprocess.Popen, socket.socket]:
        if self._process is None or self._control is None or self._process.poll() is not None:
            self._end()
            self._control, theirs = socket.socketpair()
            with theirs:
                variables = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
                self._process = subprocess.Popen(  # noqa: S603 - our own module, no word of a user's in it
                    [sys.executable, "-m", "media.pixels", str(theirs.fileno())],
                    cwd=settings.BASE_DIR,
                    env={**variables, "VIPS_CONCURRENCY": "1"},
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                )
        return self._process, self._control

    def _end(self) -> None:
        if self._control:
            self._control.close()  # which ends it
        if self._process:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None


@contextlib.contextmanager
def on_disk(file: Any) -> Iterator[BinaryIO]:
    """The same content with a file descriptor, whatever it is in: memory, a local file, one of a storage far away."""
    try:
        file.fileno()
    except (AttributeError, OSError):
        with tempfile.TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy
    else:
        file.flush()
        yield file


darkroom = Darkroom()
os.register_at_fork(after_in_child=darkroom.after_fork)
atexit.register(darkroom.close)
