"""How much of what was said lies unsent before a reader who does not take it.

The server takes whatever is written and keeps it in memory until the reader does, and tells nobody how much that is.
The system knows: it is asked for the queue of the connection, which is found among this process's own by the reader's
address. Where it does not say (it does on Linux), nothing counts as unsent.
"""

import contextlib
import os
import socket
import struct
import termios
import time
from fcntl import ioctl

FILES = "/dev/fd"
LOOK_EVERY = 0.5  # seconds between looks at all connections, for those that are not found yet


class Connections:
    """The connections of some readers, each by its address as the server writes it."""

    def __init__(self) -> None:
        self.sought: set[str] = set()
        self.known: dict[str, socket.socket] = {}
        self.looked_at = 0.0

    def note(self, reader: str) -> None:
        """Whoever is noted must be forgotten as well, or their connection never ends."""
        self.sought.add(reader)

    def forget(self, reader: str) -> None:
        self.sought.discard(reader)
        if connection := self.known.pop(reader, None):
            connection.close()

    def unsent(self, reader: str) -> int:
        """Bytes that the reader has yet to take, of those that the system has been given."""
        connection = self._of(reader)
        if connection is None:
            return 0
        try:
            return struct.unpack("i", ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0]
        except OSError:
            return 0

    def cut(self, reader: str) -> None:
        """End a connection, and have the server forget what waits to be sent by it."""
        if connection := self._of(reader):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _of(self, reader: str) -> socket.socket | None:
        if reader not in self.known and time.monotonic() - self.looked_at > LOOK_EVERY:
            self._look()
            self.looked_at = time.monotonic()
        return self.known.get(reader)

    def _look(self) -> None:
        """Find the connections of all who are sought. What is kept of each is a copy of its own, which ends nothing."""
        missing = self.sought - self.known.keys()
        with contextlib.suppress(OSError):
            for name in os.listdir(FILES) if missing else []:
                reader = _peer(int(name))
                if reader in missing:
                    self._keep(reader, int(name))

    def _keep(self, reader: str, file: int) -> None:
        with contextlib.suppress(OSError):
            copy = socket.socket(fileno=os.dup(file))
            if _peer(copy.fileno()) == reader:
                self.known[reader] = copy
            else:  # it has ended, and another has its number
                copy.close()


def _peer(file: int) -> str:
    """Who is at the other end of a file, if it is a connection."""
    connection = None
    try:
        connection = socket.socket(fileno=file)
        name = connection.getpeername()
    except OSError:
        return ""
    finally:
        if connection:
            connection.detach()
    if not isinstance(name, tuple):
        return ""
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
