"""The desk's first page: short lists of what there is to do. Each app registers its own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import HttpRequest

SHOWN = 8


class Row(NamedTuple):
    title: str
    address: str  # none: its thing is gone
    kind: Any = ""
    state: str = ""  # of which there is a colour
    words: Any = ""  # the state, in words
    when: str = ""
    note: str = ""
    order: Any = 0  # among the rows that others give to the same panel


@dataclass
class Panel:
    """A short list. Those that are somebody's work stand first, in their order; the others follow."""

    name: str
    title: Any
    order: int
    rows: list[Row]
    more: list[tuple[Any, str]] = field(default_factory=list)  # (what the whole list is called, its address)
    is_theirs: bool = False
    number: str = ""  # how many there are, where that is known
    empty: Any = ""  # what is said where there is nothing, and what to do then; empty: it is not shown then
    has_hours: bool = False  # whether its rows stand by the hour


Source = Callable[[HttpRequest], Iterable[Panel]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    _sources.append(source)
    return source


def panels(request: HttpRequest) -> list[Panel]:
    """All that somebody has to do with, their own work first. Panels of one name are one."""
    by_name: dict[str, Panel] = {}
    for panel in _all(request):
        first = by_name.setdefault(panel.name, panel)
        if first is not panel:
            first.rows = sorted([*first.rows, *panel.rows], key=lambda row: row.order)
            first.more += panel.more
    for panel in by_name.values():
        panel.rows = panel.rows[:SHOWN]
    shown = [panel for panel in by_name.values() if panel.rows or panel.empty]
    return sorted(shown, key=lambda panel: (not panel.is_theirs, panel.order))


def _all(request: HttpRequest) -> Iterator[Panel]:
    for source in _sources:
        yield from source(request)
