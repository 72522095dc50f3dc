"""Other content management systems, set up for a run and measured on the same data.

A peer is a module here with `prepare(folder, size)`, which installs it into the folder, fills it from the archive there
and tells how it is started and what it is asked for.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol

from bench.servers import Question, Server

NAMES = ["wagtail"]


class Peer(Protocol):
    """What such a module has."""

    def prepare(self, folder: Path, size: int) -> tuple[Server, dict[str, Question]]: ...


def chosen(names: str) -> list[Peer]:
    """The peers of these names, with commas between."""
    wanted = [name for name in names.split(",") if name]
    if unknown := set(wanted) - set(NAMES):
        raise SystemExit(f"There is no peer {', '.join(unknown)}; there are: {', '.join(NAMES)}.")
    return [import_module(f"bench.peers.{name}") for name in wanted]
