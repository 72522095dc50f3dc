"""What a run found, before it is put into words."""

import os
import platform
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.servers import CORES, Run

SMALLEST = "Galley, smallest archive"
IDLE = 0.5  # the load average up to which a machine is taken to be quiet before a run


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
    load_before: float
    load_after: float = 0

    @classmethod
    def here(cls) -> "Machine":
        names = ["granian", "Django", "djangorestframework"]
        versions = ", ".join(f"{name} {version(name)}" for name in names)
        return cls(
            processor=processor(),
            cores=len(CORES),
            system=f"{platform.system()} {platform.release()}, Python {sys.version.split()[0]}",
            at=datetime.now(UTC),
            versions=versions,
            load_before=os.getloadavg()[0],
        )

    def note_load(self) -> None:
        self.load_after = os.getloadavg()[0]

    @property
    def is_busy(self) -> bool:
        """Whether others were at work on it: a run itself keeps two cores busy."""
        return self.load_before > IDLE or self.load_after > 2.5


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


def processor() -> str:
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
