"""What a run found, before it is put into words."""

import os
import platform
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.servers import CORES, Run

SMALLEST = "Galley, smallest archive"
IDLE = 0.2  # processors that others may use on a machine that is taken to be quiet
LISTENED = 2.0  # seconds


@dataclass
class OfSize:
    """All figures of one size of archive; runs by server and case, SQL statements and bytes by case."""

    runs: dict[str, dict[str, Run]]
    sql: dict[str, int]
    sizes: dict[str, int]
    filled: dict[str, float]
    megabytes: float
    profiles: list[dict[str, Any]]
    acts: dict[str, Any]
    peers: dict[str, str] = field(default_factory=dict)  # what each of them was
    left_out: dict[str, str] = field(default_factory=dict)  # those that could not be measured, and why


@dataclass
class Machine:
    """Where it was measured, and when."""

    processor: str
    cores: int
    system: str
    at: datetime
    versions: str
    others: list[float]  # processors that others used before the run and after each size; none where it cannot be told

    @classmethod
    def here(cls) -> "Machine":
        names = ["granian", "uvloop", "Django", "djangorestframework"]
        versions = ", ".join(f"{name} {version(name)}" for name in names)
        return cls(
            processor=processor(),
            cores=len(CORES),
            system=f"{platform.system()} {platform.release()}, Python {sys.version.split()[0]}",
            at=datetime.now(UTC),
            versions=versions,
            others=at_work(),
        )

    def listen(self) -> None:
        """Note what others do, while the run does nothing."""
        self.others += at_work()

    @property
    def is_busy(self) -> bool:
        return max(self.others, default=0) > IDLE


@dataclass
class Measured:
    """One run."""

    machine: Machine
    arguments: str
    runs: int
    seconds: float
    is_postgresql: bool
    sizes: dict[int, OfSize] = field(default_factory=dict)

    @property
    def smallest(self) -> OfSize:
        return next(iter(self.sizes.values()))


def at_work() -> list[float]:
    """How many processors were at work just now; nothing where the system does not tell."""
    if not Path("/proc/stat").exists():
        return []
    before = used()
    time.sleep(LISTENED)
    busy, all_ = (after - former for after, former in zip(used(), before, strict=True))
    return [busy / all_ * (os.cpu_count() or 1)]


def used() -> tuple[int, int]:
    """The processors' time since the machine began, used and in all, as Linux counts it (man 5 proc)."""
    user, nice, system, idle, waiting, *others = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    busy = user + nice + system + sum(others)
    return busy, busy + idle + waiting


def processor() -> str:
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
