"""Processes: servers and the commands around them, what they cost, and the cores that they run on."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.inside import HOST

ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CORE, LOAD_CORE = (CORES[0], CORES[1]) if len(CORES) > 1 else (None, None)
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 16
BUSY = 0.9  # the share of its core from which a server is taken to set the pace
WARM_UP = 0.5  # seconds at most
STARTING = 120  # seconds at most; half of that is usual for the largest, where others are at work


@dataclass
class Spent:
    """What a command took."""

    seconds: float
    megabytes: float  # at its peak


@dataclass
class Question:
    """What a case asks for: addresses to go through in turn, headers, and the status of its answers."""

    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def requests(self) -> list[str]:
        return [request(path, self.headers) for path in self.paths]


@dataclass
class Run:
    """One measurement of one case."""

    per_second: float
    p50: float  # milliseconds
    p99: float
    cpu: float  # milliseconds of the server's processor for each request; 0 where that cannot be told
    busy: float  # the share of its core that the server used

    @property
    def is_held_up(self) -> bool:
        """Whether it was not the server that set the pace, but the load, or others on the machine."""
        return bool(self.cpu) and self.busy < BUSY


@dataclass
class Server:
    """One that is measured. `{port}` in its command is where it is to listen."""

    name: str
    command: list[str]
    environment: dict[str, str]
    program: str = sys.executable
    folder: Path = ROOT
    port: int = 0
    process: subprocess.Popen | None = None
    runs: dict[str, list[Run]] = field(default_factory=dict)

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        pinned = ["taskset", "--cpu-list", str(SERVER_CORE)] if SERVER_CORE is not None else []
        own = [word.format(port=self.port) for word in self.command]
        environment = {**inherited(), **self.environment, "PORT": str(self.port)}
        self.process = subprocess.Popen([*pinned, self.program, *own], cwd=self.folder, env=environment)
        for _ in range(STARTING * 10):
            if self.is_listening():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"{self.name} did not start.")

    def is_listening(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def measure(self, case: str, question: Question, seconds: float) -> None:
        self._load(question, min(WARM_UP, seconds))
        before = self._cpu_seconds()
        seen = self._load(question, seconds)
        spent = self._cpu_seconds() - before
        took = sorted(seen["took"])
        run = Run(
            per_second=len(took) / seen["seconds"],
            p50=1000 * statistics.median(took),
            p99=1000 * took[min(len(took) - 1, int(len(took) * 0.99))],
            cpu=1000 * spent / len(took),
            busy=spent / seen["seconds"],
        )
        self.runs.setdefault(case, []).append(run)

    def _load(self, question: Question, seconds: float) -> dict:
        job = {"port": self.port, "requests": question.requests, "connections": CONNECTIONS, "seconds": seconds}
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            input=json.dumps({**job, "core": LOAD_CORE}).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        seen = json.loads(done.stdout)
        if set(seen["statuses"]) != {str(question.status)}:
            statuses = seen["statuses"]
            raise SystemExit(f"{self.name} answered {statuses} instead of {question.status}: {question.paths[0]}")
        return seen

    def _cpu_seconds(self) -> float:
        """What the server's processes have used of a processor so far."""
        return sum(cpu_of(pid) for pid in self.processes())

    def megabytes(self) -> float:
        """What the largest of the server's processes had in memory at its peak."""
        return max((peak_of(pid) for pid in self.processes()), default=0)

    def processes(self) -> list[int]:
        if not self.process or not Path("/proc/self/stat").exists():
            return []
        return family(self.process.pid)

    def median(self, case: str) -> Run:
        return median(self.runs[case])


@dataclass
class Project(Server):
    """A server over an archive, in an environment in which its commands run too."""

    @property
    def data_dir(self) -> Path:
        return Path(self.environment["DATA_DIR"])

    @property
    def database_url(self) -> str:
        return self.environment.get("DATABASE_URL", "")

    def run(self, *arguments: str) -> Spent:
        """Run a command of the project to its end."""
        begun = time.perf_counter()
        process = subprocess.Popen(
            [self.program, *arguments], cwd=self.folder, env=inherited() | self.environment, stdout=sys.stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{self.name}: {' '.join(arguments)} failed.")
        kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
        return Spent(time.perf_counter() - begun, kilobytes / 1024)

    def tell(self, module: str, question: object) -> Any:
        """Put a question, as JSON, to a module that runs inside the project."""
        done = subprocess.run(
            [self.program, "-m", module],
            cwd=self.folder,
            env=inherited() | self.environment,
            input=json.dumps(question).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout)


def inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}


def median(runs: Iterable[Run]) -> Run:
    columns = zip(*((run.per_second, run.p50, run.p99, run.cpu, run.busy) for run in runs), strict=True)
    return Run(*(statistics.median(column) for column in columns))


def granian(application: str, interface: str = "wsgi", loop: str = "asyncio") -> list[str]:
    """The command of an application server as small as Galley's own: one process, one thread of Python at work.

    Its event loop is Python's own where nothing else is said, as whoever installs granian alone gets it.
    """
    threads = ["--blocking-threads", "1"] if interface == "wsgi" else []
    place = ["--host", "127.0.0.1", "--port", "{port}", "--workers", "1", *threads]
    options = ["--no-ws", "--http", "1", "--loop", loop, "--log-level", "warning"]
    return ["-m", "granian", "--interface", interface, *place, *options, application]


def request(path: str, headers: dict) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in ({"Accept": "application/json"} | headers).items()]
    return "\r\n".join(lines) + "\r\n\r\n"


def family(pid: int) -> list[int]:
    """A process and those that it started."""
    children = [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [pid, *(below for child in children for below in family(int(child)))]


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_of(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)
