"""Links: how a version names what it shares with others, and how readers' JSON gets what they point at.

In a version everything shared stands as `{"link": kind, "id": id, ...placement}`. `Expansion` loads what many versions
link to, with one query for each kind and depth, and puts it in their place. What readers may not see is as if it were
not there: alone it becomes null; in a list it goes, with the element that held it.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from cms.publishing import kinds

logger = logging.getLogger(__name__)

VALUES = uuid.UUID("6f0c2b6e-6c8b-5e0a-9a55-0c6a0f6f7a11")

Thing = tuple[str, uuid.UUID]


def link(kind: str, key: uuid.UUID | str, **placement: Any) -> dict:
    return {"link": kind, "id": str(key), **placement}


def is_link(data: Any) -> bool:
    """Whether it is one: its kind is a text, which whatever else is called a link has not there."""
    return isinstance(data, dict) and isinstance(data.get("link"), str)


def key_of(link: dict) -> uuid.UUID:
    return _key(link["id"])


@lru_cache(10_000)
def _key(text: str) -> uuid.UUID:
    return uuid.UUID(text)


def value_key(kind: str, value: str) -> uuid.UUID:
    """The key of a closed value, such as the genre "opinion", as a thing to refer to."""
    return uuid.uuid5(VALUES, f"{kind}:{value}")


def things(data: Any) -> set[Thing]:
    """What a version's data link to."""
    return {(link["link"], key_of(link)) for link in _links(data)}


def placements(data: Any, kind: str) -> list[dict]:
    """The links to things of one kind, each with what its place says of it."""
    return [link for link in _links(data) if link["link"] == kind]


def _links(data: Any) -> list[dict]:
    """All links in a version's data."""
    links: list[dict] = []
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("link"), str):
                links.append(value)
                continue
            value = value.values()
        waiting += [inner for inner in value or () if isinstance(inner, dict | list)]
    return links


HIDDEN = object()


@dataclass
class Target:
    """What a link points at: its data, which may hold links, and the way it is shown."""

    data: Any
    show: Any = None  # (expanded data, whole: bool) -> public JSON; none: the data as they are
    until: datetime | None = None
    lacks: tuple[str, ...] = ()  # what a link has to bring in its placement, or there is nothing to be shown
    opened: Any = None  # its data for those who may have all of it, where that is more
    things: set[Thing] = field(init=False)

    def __post_init__(self) -> None:
        self.things = things(self.data) if self.show else set()

    def as_a_whole(self) -> "Target":
        return self if self.opened is None else replace(self, data=self.opened, opened=None)


class Expansion:
    """Everything that some versions link to, and what that shows in turn, loaded in bulk.

    With `ahead` as it will be at a moment to come, what is scheduled for then included. Of what not everybody may have
    the whole of, it holds the free part, or with `opened` all.
    """

    def __init__(self, versions: Iterable[Any], at: datetime, *, ahead: bool = False, opened: bool = False):
        self.targets: dict[Thing, Target | None] = {}
        wanted = set().union(*(things(data) for data in versions))
        while wanted:
            by_kind = defaultdict(set)
            for kind, key in wanted:
                by_kind[kind].add(key)
            for kind, keys in by_kind.items():
                serializer = kinds.named(kind)
                targets = serializer.load_ahead(keys, at) if ahead else serializer.load(keys, at)
                if opened:
                    targets = {key: target.as_a_whole() for key, target in targets.items()}
                self.targets.update({(kind, key): targets.get(key) for key in keys})
            shown = set().union(*(target.things for thing in wanted if (target := self.targets[thing])))
            wanted = shown - self.targets.keys()

    def reach(self, data: Any) -> tuple[set[Thing], datetime | None]:
        """All that these data show, through others too, and the first end that comes among it."""
        reached: set[Thing] = set()
        ends = []
        wanted = things(data)
        while wanted:
            reached |= wanted
            targets = [target for thing in wanted if (target := self.targets[thing])]
            ends += [target.until for target in targets if target.until]
            wanted = set().union(*(target.things for target in targets)) - reached
        return reached, min(ends, default=None)

    def expand(self, data: Any) -> Any:
        """The data with what its links point at in their place."""
        if isinstance(data, dict):
            if isinstance(data.get("link"), str):
                return self._follow(data)
            return {name: None if (shown := self.expand(value)) is HIDDEN else shown for name, value in data.items()}
        if isinstance(data, list):
            return [shown for value in data if (shown := self._expand_element(value)) is not HIDDEN]
        return data

    def _expand_element(self, value: Any) -> Any:
        if isinstance(value, dict) and not is_link(value):
            shown = {name: self.expand(inner) for name, inner in value.items()}
            return HIDDEN if HIDDEN in shown.values() else shown
        return self.expand(value)

    def _follow(self, link: dict) -> Any:
        target = self.targets[link["link"], key_of(link)]
        if target is None or not all(link.get(name) for name in target.lacks):
            return HIDDEN
        shown = target.data
        if target.show:
            try:
                shown = target.show(self.expand(target.data), whole=link.get("whole", False))
            except Exception:  # whatever is wrong with it, what shows it goes on without
                logger.exception("%s %s cannot be shown in what links to it", link["link"], link["id"])
                return HIDDEN
        placed = {name: value for name, value in link.items() if name not in {"link", "id", "whole"} and value != ""}
        return {**shown, **placed} if placed else shown
