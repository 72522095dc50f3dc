"""The process that has the pixels: `python -m media.pixels FD`.

It has loaded what reads pictures, waits for files on a socket, and forks a child for each. The child has little memory
and time, and whatever becomes of it harms nobody. When the web process ends, the socket does, and so do both.
"""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys

from media.pixels import checking, frames, work

PR_SET_PDEATHSIG = 1


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl+C is for the web process, which is followed to its end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever waits for a child sees its socket end
    with socket.socket(fileno=int(sys.argv[1])) as control:
        while True:
            asked, fds, _flags, _address = socket.recv_fds(control, 1, 2)
            if not asked:
                return
            if len(fds) == 2 and os.fork() == 0:
                control.detach()
                try:
                    answer(*fds)
                finally:
                    os._exit(0)
            for fd in fds:
                os.close(fd)


def answer(original: int, reply: int) -> None:
    """Do one job for the socket `reply`, and end."""
    with contextlib.suppress(AttributeError, OSError):  # Linux alone has it; elsewhere the clock ends us
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with socket.socket(fileno=reply) as to:
        try:
            job, _ = frames.receive(to)
            limit(job["limits"])
            for message, content in work.JOBS[job["job"]](original, job):
                frames.send(to, message, content)
            frames.send(to, {"done": True})
        except checking.Refused as error:
            frames.send(to, {"refused": error.code, **error.details})
        except MemoryError:
            frames.send(to, {"refused": "heavy"})
        except Exception as error:  # what Pillow raises for a damaged file is any of a dozen kinds
            frames.send(to, {"refused": "damaged", "why": f"{type(error).__name__}: {error}"[:500]})


def limit(limits: dict) -> None:
    signal.setitimer(signal.ITIMER_REAL, limits["seconds"])  # its signal ends a process that does not handle it
    os.nice(limits["nice"])
    _at_most(resource.RLIMIT_CPU, limits["cpu_seconds"])
    _at_most(resource.RLIMIT_DATA, limits["memory"])
    _at_most(resource.RLIMIT_FSIZE, 0)
    _at_most(resource.RLIMIT_CORE, 0)


def _at_most(what: int, most: int) -> None:
    _soft, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


main()
