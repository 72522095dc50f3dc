"""Processes: the two projects' commands and servers, what they cost, and the cores that they run on."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.inside import HOST

ROOT = Path(__file__).resolve().parent.parent
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
SERVER_CORE, LOAD_CORE = (CORES[0], CORES[1]) if len(CORES) > 1 else (None, None)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """What a command took."""

    seconds: float
    megabytes: float  # at its peak


@dataclass
class Run:
    """One measurement of one case."""

    per_second: float
    p50: float  # milliseconds
    p99: float
    cpu: float | None  # milliseconds of the server's processor for each request


@dataclass
class Project:
    """Galley, or the yardstick, over one archive."""

    name: str
    settings: str
    application: str
    data_dir: Path
    database_url: str = ""
    port: int = 0
    process: subprocess.Popen | None = None
    runs: dict[str, list[Run]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        own = {"DATA_DIR": str(self.data_dir), "DJANGO_SETTINGS_MODULE": self.settings, "PUBLIC_URL": f"http://{HOST}"}
        own["BACKGROUND_WORK"] = "worker"  # answers alone are measured
        own["PYTHONWARNINGS"] = "ignore::UserWarning"  # there are no static files here, and nobody misses them
        if self.database_url:
            own["DATABASE_URL"] = self.database_url
        return kept | own

    def command(self, *arguments: str) -> Spent:
        """Run a command of the project to its end."""
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{self.name}: {' '.join(arguments)} failed.")
        kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
        return Spent(time.perf_counter() - begun, kilobytes / 1024)

    def look(self, *wanted: tuple[str | dict, dict]) -> list[dict]:
        """Ask inside a process of the project: see bench/inside.py."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.inside"],
            cwd=ROOT,
            env=self.environment,
            input=json.dumps(wanted).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout)

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
                *("--port", str(self.port), "--workers", "1", "--blocking-threads", "1", "--no-ws"),
                *("--log-level", "warning", self.application),
            ],
            cwd=ROOT,
            env=self.environment,
            preexec_fn=(lambda: os.sched_setaffinity(0, {SERVER_CORE})) if SERVER_CORE is not None else None,
        )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.name} did not start.")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def measure(self, case: str, paths: list[str], headers: dict, expected: int, seconds: float) -> None:
        """One connection for the times, then four for the throughput; the processor's time over both."""
        requests = [request(path, headers) for path in paths]
        self._load(requests, 1, min(0.5, seconds / 4), expected)  # warms up
        before = self._cpu_seconds()
        alone = self._load(requests, 1, seconds / 2, expected)
        crowded = self._load(requests, 4, seconds / 2, expected)
        after = self._cpu_seconds()
        answered = len(alone["took"]) + len(crowded["took"])
        took = sorted(alone["took"])
        self.runs.setdefault(case, []).append(
            Run(
                per_second=len(crowded["took"]) / crowded["seconds"],
                p50=1000 * statistics.median(took),
                p99=1000 * took[min(len(took) - 1, int(len(took) * 0.99))],
                cpu=1000 * (after - before) / answered if before is not None and after is not None else None,
            )
        )

    def _load(self, requests: list[str], connections: int, seconds: float, expected: int) -> dict:
        job = {"port": self.port, "requests": requests, "connections": connections, "seconds": seconds}
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            cwd=ROOT,
            input=json.dumps({**job, "core": LOAD_CORE}).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        seen = json.loads(done.stdout)
        if set(seen["statuses"]) != {str(expected)}:
            raise SystemExit(f"{self.name} answered {seen['statuses']} instead of {expected}: {requests[0]}")
        return seen

    def _cpu_seconds(self) -> float | None:
        """What the server's processes have used of a processor so far."""
        if not self.process or not Path("/proc/self/stat").exists():
            return None
        return sum(cpu_of(pid) for pid in family(self.process.pid))

    def median(self, case: str) -> Run:
        runs = self.runs[case]
        cpus = [run.cpu for run in runs if run.cpu is not None]
        return Run(
            statistics.median(run.per_second for run in runs),
            statistics.median(run.p50 for run in runs),
            statistics.median(run.p99 for run in runs),
            statistics.median(cpus) if cpus else None,
        )


def request(path: str, headers: dict) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
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
