"""The load: one process that asks for the same few addresses over keep-alive connections, as fast as they are answered.

It reads one job as JSON from its standard input and writes what it saw to its standard output. It does nothing but
send bytes made beforehand and look for the end of each answer, so that the server is what is measured.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections import Counter
from itertools import cycle


class Connection:
    """One request after the other."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.end: int | None = None
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.received.clear()
        self.end = None
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what has come; whether that was the last of the answer."""
        piece = self.socket.recv(1 << 20)
        if not piece:
            waited = time.perf_counter() - self.asked_at
            raise ConnectionError(f"The server closed the connection after {waited:.0f} s.")
        self.received += piece
        if self.end is None:
            self.end = end_of(self.received)
        if self.end is None:
            return False
        return self.received.endswith(b"\r\n0\r\n\r\n") if self.end < 0 else len(self.received) >= self.end

    @property
    def status(self) -> int:
        return int(self.received[9:12])


def end_of(received: bytearray) -> int | None:
    """Where an answer ends; -1 when it comes in chunks, None when its head is not all there."""
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        return None
    head = bytes(received[:head_end]).lower()
    if b"\r\ntransfer-encoding: chunked" in head:
        return -1
    place = head.find(b"\r\ncontent-length:")
    length = int(head[place + 17 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
    return head_end + 4 + length


def run(port: int, requests: list[str], connections: int, seconds: float) -> dict:
    selector = selectors.DefaultSelector()
    to_ask = cycle([request.encode() for request in requests])
    took: list[float] = []
    statuses: Counter[int] = Counter()
    begun = time.perf_counter()
    until = begun + seconds
    for _ in range(connections):
        connection = Connection(port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask(next(to_ask))
    asking = connections
    while asking:
        for found, _ in selector.select():
            connection = found.data
            if connection.is_answered():
                now = time.perf_counter()
                took.append(now - connection.asked_at)
                statuses[connection.status] += 1
                if now < until:
                    connection.ask(next(to_ask))
                else:
                    asking -= 1
    return {"seconds": time.perf_counter() - begun, "took": took, "statuses": statuses}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    if job["core"] is not None:
        os.sched_setaffinity(0, {job.pop("core")})
    else:
        del job["core"]
    json.dump(run(**job), sys.stdout)
