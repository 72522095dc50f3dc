"""The load: one process that asks for the same few addresses over keep-alive connections, as fast as they are answered.

It reads one job as JSON from its standard input and writes what it saw to its standard output. It does nothing but
send bytes made beforehand and look for the end of each answer, so that the server is what is measured. `{n}` in a
request becomes another number each time: that is how a question is asked that nobody has asked before.
"""

import json
import os
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, cycle

FRESH = b"{n}"
BUFFER = 1 << 20


class Connection:
    """One request after the other."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.end: int | None = None
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.received = b""
        self.end = None
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what has come; whether that was the last of the answer."""
        piece = self.socket.recv(BUFFER)
        if not piece:
            waited = time.perf_counter() - self.asked_at
            raise ConnectionError(f"The server closed the connection after {waited:.0f} s.")
        self.received = self.received + piece if self.received else piece
        if self.end is None:
            self.end = end_of(self.received)
        if self.end is None:
            return False
        return self.received.endswith(b"0\r\n\r\n") if self.end < 0 else len(self.received) >= self.end


def end_of(received: bytes) -> int | None:
    """Where an answer ends; -1 when it comes in chunks, None when its head is not all there."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = received[:head_end].lower()
    place = head.find(b"\r\ncontent-length:")
    if place >= 0:
        return head_end + 4 + int(head[place + 17 :].split(b"\r\n", 1)[0])
    return -1 if b"\r\ntransfer-encoding: chunked" in head else head_end + 4


def questions(requests: list[str]) -> Iterator[bytes]:
    """The requests, over and over."""
    numbers = count(time.time_ns())
    for request in cycle([request.encode() for request in requests]):
        yield request.replace(FRESH, b"%d" % next(numbers)) if FRESH in request else request


def run(port: int, requests: list[str], connections: int, seconds: float) -> dict:
    poll = select.poll()  # epoll would do, and is not to be had everywhere
    to_ask = questions(requests)
    asking: dict[int, Connection] = {}
    took: list[float] = []
    statuses: Counter[bytes] = Counter()
    begun = time.perf_counter()
    until = begun + seconds
    for _ in range(connections):
        connection = Connection(port)
        asking[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.POLLIN)
        connection.ask(next(to_ask))
    while asking:
        for number, _ in poll.poll():
            connection = asking[number]
            if connection.is_answered():
                now = time.perf_counter()
                took.append(now - connection.asked_at)
                statuses[connection.received[9:12]] += 1
                if now < until:
                    connection.ask(next(to_ask))
                else:
                    poll.unregister(number)
                    del asking[number]
    elapsed = time.perf_counter() - begun
    return {"seconds": elapsed, "took": took, "statuses": {status.decode(): n for status, n in statuses.items()}}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    core = job.pop("core")
    if core is not None:
        os.sched_setaffinity(0, {core})
    json.dump(run(**job), sys.stdout)
