"""The server and what it keeps: as a process of its own, and called within the tests where a clock is to be moved."""

import asyncio
import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from cms.publishing import newest

ROOT = Path(__file__).resolve().parents[2]


def database_url():
    """The tests' own database, as another process names it."""
    ours = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{ours['NAME']}"
    return f"postgres://{ours['USER']}:{ours['PASSWORD']}@{ours['HOST']}:{ours['PORT'] or 5432}/{ours['NAME']}"


SERVE = "import django; django.setup(); from cms.serving import starting; starting.serve()"  # as manage.py serve ends
FORK = "import django; django.setup(); from tests.serving import mother; mother.main()"


# Above these a system gives ports to whoever asks for any, and may do so while a server is starting on one of them.
# Processes that test at the same time begin at different ones.
_ports = itertools.count(10_000 + os.getpid() % 200 * 100)


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def free_port():
    """A port for a server that is to be started."""
    return next(filter(is_free, _ports))


def until(ask, expected, seconds=60):
    """Ask again and again until this is the answer: how soon a busy machine comes to it says nothing of Galley."""
    end = time.monotonic() + seconds
    while (answer := ask()) != expected and time.monotonic() < end:
        time.sleep(0.05)
    assert answer == expected


class Answered:
    def __init__(self, response):
        self.status, self.body = response.status, response.read()
        self.headers = {name.lower(): value for name, value in response.getheaders()}

    def json(self):
        return json.loads(self.body)


class Mother:
    """A process that has read Galley, and forks others: see tests/serving/mother.py."""

    own = None  # the one that forks for all tests of this process

    @classmethod
    def there(cls, environment):
        """The one that there is, or a new one with these variables."""
        if not cls.own or cls.own.has_ended():
            cls.own = cls(environment)
        return cls.own

    def __init__(self, environment):
        self.process = subprocess.Popen(
            [sys.executable, "-c", FORK],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.one_at_a_time = threading.Lock()

    def ask(self, **question):
        with self.one_at_a_time:
            self.process.stdin.write(f"{json.dumps(question)}\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def has_ended(self):
        return self.process.poll() is not None

    def end(self):
        self.process.communicate(timeout=60)


class Child:
    """What another process has forked, to be handled like one of our own."""

    def __init__(self, mother, environment, log, does, *arguments):
        self.mother, self.returncode = mother, None
        self.pid = mother.ask(environment=environment, log=str(log), does=does, arguments=arguments)

    def poll(self):
        if self.returncode is None:
            self.returncode = self.mother.ask(pid=self.pid)
        return self.returncode

    def wait(self, seconds):
        until(lambda: self.poll() is None, False, seconds)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)


def usual(database, data_dir):
    """The variables that a process of Galley's is begun with in a test."""
    return {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}},
        "DATABASE_URL": database,
        "DATA_DIR": str(data_dir),
        "BACKGROUND_WORK": "worker",
        "PUBLIC_URL": "http://localhost:8000",
        "SECRET_KEY": settings.SECRET_KEY,
        "TRUSTED_PROXIES": "127.0.0.1",
        "PYTHONWARNINGS": "ignore::UserWarning",
        "DJANGO_SETTINGS_MODULE": "cms.settings",
    }


class Server:
    """`make serve`'s server as a process, on the tests' database."""

    # What is read only once a server serves. Anything else may be read while Galley is imported, or by what is set up
    # with it, and is for a new process.
    READ_LATER = frozenset(
        {
            "ACCESS_LOG",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "BODY_SECONDS",
            "CACHE_URL",
            "S3_BUCKET",
            "S3_ENDPOINT",
            "S3_FOLDER",
            "S3_REGION",
            "SECRET_KEY",
            "STREAMS",
            "STREAM_HEARTBEAT",
            "THREADS",
        }
    )

    def __init__(self, data_dir, uploads, static, **variables):
        self.port = free_port()
        self.is_forked = self.READ_LATER.issuperset(variables)
        self.usual = usual(database_url(), data_dir)
        self.environment = {**self.usual, "PGAPPNAME": f"server at {self.port}", **variables}
        uploads.mkdir(parents=True, exist_ok=True)
        (Path(data_dir) / "uploads").symlink_to(uploads)
        (Path(data_dir) / "static").symlink_to(static)
        self.log = open(Path(data_dir) / "log", "w+")  # noqa: SIM115 - closed by stop()
        self.process = None

    def start(self, workers=1):
        environment = {**self.environment, "PORT": str(self.port), "WORKERS": str(workers)}
        if self.is_forked:
            mother = Mother.there(self.usual)
            self.process = Child(mother, environment, self.log.name, "cms.serving.starting.serve")
        else:
            command = [sys.executable, "-c", SERVE]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 90
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.get("/healthz").status == 200:
                    return self
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        raise AssertionError(f"It does not answer: {self.said()}")

    def said(self):
        self.log.flush()
        return Path(self.log.name).read_text()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        self.log.close()

    def ask(self, method, path, body=None, **headers):
        """One request on a connection of its own."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(client):
            client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            return Answered(client.getresponse())

    def get(self, path, **headers):
        return self.ask("GET", path, **{"host": "localhost", **headers})

    def connect(self, sent=b""):
        connected = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        connected.sendall(sent)
        return connected

    def raw(self, sent):
        """What comes back until the answer is whole or the connection ends."""
        with self.connect(sent) as connected:
            got = b""
            with contextlib.suppress(TimeoutError, ConnectionError):
                while not is_whole(got) and (part := connected.recv(65536)):
                    got += part
            return got

    def memory(self):
        """Megabytes of the largest of its processes."""
        pids = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        status = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
        return max(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in status) / 1024


def is_whole(answer):
    """Whether so many bytes have come as the head of an answer says."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.I)
    return bool(end and length) and len(body) >= int(length[1])


class Listener:
    """Reads a stream of changes, as a browser does."""

    def __init__(self, server, path="/api/v1/changes/stream/", **headers):
        self.client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.client.request("GET", path, headers={"host": "localhost", **headers})
        self.response = self.client.getresponse()
        self.status = self.response.status
        self.headers = {name.lower(): value for name, value in self.response.getheaders()}
        self.last = ""

    def block(self):
        """The next fields, or a comment; nothing at the end."""
        fields = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
            if not name:
                break
        self.last = fields.get("id", self.last)
        return fields

    def event(self):
        """The next row that is told; nothing at the end."""
        while fields := self.block():
            if "data" in fields:
                row = json.loads(fields["data"])
                assert (fields["id"], fields["event"]) == (str(row["edition"]), row["action"])
                return row
        return None

    def events(self, number):
        return [self.event() for _ in range(number)]

    def close(self):
        self.response.close()
        self.client.close()


class Headers(dict):
    def get_all(self, name):
        return [self[name]] if name in self else []


class Scope:
    """A request as granian tells of it."""

    http_version, scheme, server, client, authority = "1.1", "http", "127.0.0.1:80", "192.0.2.1:5", None

    def __init__(self, method, path, headers):
        self.method = method
        self.path, _, self.query_string = path.partition("?")
        self.headers = Headers({"host": "localhost", **headers})


class Protocol:
    """Takes the answer."""

    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.body = status, dict(headers), body

    def response_file_range(self, status, headers, path, start, end):
        if start >= end:  # as granian says
            raise ValueError("Invalid range")
        self.response_bytes(status, headers, Path(path).read_bytes()[start:end])

    async def client_disconnect(self):
        await asyncio.Event().wait()  # they stay

    def json(self):
        return json.loads(self.body)


def run(coroutine):
    """Like asyncio.run, in a thread of its own: a browser that other tests keep has an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


class Within:
    """The server's application, called in this process: here a clock can be moved."""

    def __init__(self, application):
        self.application = application

    def ask(self, method, path, **headers):
        if connection.vendor == "postgresql":
            newest.ask()  # as the thread does that watches
        self.application.looked_at = -1.0  # the clock may have been moved within a millisecond
        protocol = Protocol()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        run(self.application.__rsgi__(Scope(method, path, headers), protocol))
        return protocol

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def at_once(self, *paths):
        """Several requests in one round of the event loop."""
        protocols = [Protocol() for _ in paths]

        async def ask_all():
            asked = [
                self.application.__rsgi__(Scope("GET", path, {}), protocol)
                for path, protocol in zip(paths, protocols, strict=True)
            ]
            await asyncio.gather(*asked)

        run(ask_all())
        return protocols

    def close(self):
        """End its threads, and their connections."""
        pool: ThreadPoolExecutor = self.application.pool
        for _ in range(pool._max_workers):
            pool.submit(lambda: (connections.close_all(), time.sleep(0.05)))
        pool.shutdown()
