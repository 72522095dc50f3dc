"""python -m bench.streams: so many open streams of changes and 16 busy readers on one process.

Prints how much memory the process has, how long a publish takes to arrive at the streams, and what the readers get
meanwhile. The newsroom is the demo's, in a folder that is thrown away; one core has the server, the other all else.
"""

import argparse
import json
import re
import resource
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

from bench.inside import HOST
from bench.servers import CONNECTIONS, LOAD_CORE, ROOT, Project, request

EVENT = re.compile(rb"\nid: (\d+)\nevent: ")
PUBLISHES = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.streams", description=__doc__)
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--database", default="", help="postgres://user:password@host/name, and it is empty")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory(prefix="galley-streams-") as folder:
        measure(newsroom(Path(folder), options.database), options.streams)


def newsroom(folder: Path, database: str) -> Project:
    environment = {
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "cms.settings",
        "BACKGROUND_WORK": "worker",
        "PUBLIC_URL": f"http://{HOST}",
        "PYTHONWARNINGS": "ignore::UserWarning",
        "BIND": "127.0.0.1",
        "WORKERS": "1",
    }
    if database:
        environment["DATABASE_URL"] = database
    project = Project("Galley", ["manage.py", "serve"], environment)
    project.run("manage.py", "migrate", "--verbosity", "0")
    project.run("manage.py", "load_demo")
    return project


def measure(project: Project, streams: int) -> None:
    project.start()
    try:
        empty = project.megabytes()
        listening = Listening(project.port)
        begun = time.perf_counter()
        listening.open(streams)
        print(f"{streams} streams opened in {time.perf_counter() - begun:.1f} s")
        print(f"memory: {empty:.0f} MB before, {project.megabytes():.0f} MB with the streams")
        tell("without readers", listening, project)
        with Readers(project.port) as readers:
            tell(f"with {CONNECTIONS} busy readers", listening, project)
        seen = readers.seen
        took = sorted(seen["took"])
        per_second = len(took) / seen["seconds"]
        print(f"readers: {per_second:.0f} a second, p50 {1000 * took[len(took) // 2]:.1f} ms,", end=" ")
        print(f"p99 {1000 * took[int(len(took) * 0.99)]:.1f} ms, statuses {seen['statuses']}")
        print(f"memory at its peak: {project.megabytes():.0f} MB")
    finally:
        project.stop()


def tell(when: str, listening: "Listening", project: Project) -> None:
    """Publish now and then, and print when that arrived."""
    published = project.tell("bench.publishing", {"times": PUBLISHES, "pause": 0.7})
    time.sleep(3)
    waits = []
    for edition, at in published:
        arrived = listening.arrived[edition]
        if len(arrived) < len(listening.open_sockets):
            print(f"edition {edition} has reached {len(arrived)} of {len(listening.open_sockets)} streams!")
        waits += [1000 * (moment - at) for moment in arrived]
    waits.sort()
    figures = [waits[0], statistics.median(waits), waits[int(len(waits) * 0.99)], waits[-1]]
    print(
        f"{when}, from the publish to the stream: "
        + "first {:.0f}, half {:.0f}, p99 {:.0f}, last {:.0f} ms".format(*figures)
    )


class Listening:
    """Many streams, read by one thread."""

    def __init__(self, port: int):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.open_sockets: list[socket.socket] = []
        self.arrived: dict[int, list[float]] = defaultdict(list)

    def open(self, number: int) -> None:
        asked = request("/api/v1/changes/stream/", {}).encode()
        for _ in range(number):
            connection = socket.create_connection(("127.0.0.1", self.port))
            connection.sendall(asked)
            self.open_sockets.append(connection)
        for connection in self.open_sockets:
            head = b""
            while b"\nid: " not in head:
                if not (piece := connection.recv(4096)):
                    raise SystemExit(f"A stream ended: {head[:200]!r}")
                head += piece
            self.selector.register(connection, selectors.EVENT_READ)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            for key, _ in self.selector.select():
                # The stubs take a number of a file for possible; none is registered here.
                connection: socket.socket = key.fileobj  # type: ignore[assignment]
                received = connection.recv(65536)
                now = time.time()
                if not received:
                    self.selector.unregister(connection)
                for edition in EVENT.findall(received):
                    self.arrived[int(edition)].append(now)


class Readers:
    """The load of `bench.load` on the newest 20, while this goes on."""

    def __init__(self, port: int):
        self.job = {"port": port, "requests": [request("/api/v1/feed/", {})], "connections": CONNECTIONS}
        self.seen: dict = {}

    def __enter__(self) -> "Readers":
        job = {**self.job, "seconds": PUBLISHES * 0.8, "core": LOAD_CORE}
        command = [sys.executable, "-m", "bench.load"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdin:
            self.process.stdin.write(json.dumps(job).encode())
            self.process.stdin.close()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.stdout:
            self.seen = json.loads(self.process.stdout.read())
        self.process.wait()


if __name__ == "__main__":
    main()
