"""Two who arrange one front at once: what both have done to its containers, put together.

All three are containers as versions have them: as they were when the page was opened, as somebody has saved them since,
and as they stand on the page. What only one of the two has touched is as that one left it; where both have touched the
same, it is as the page has it.
"""

from collections import Counter
from collections.abc import Sequence

from cms.publishing.links import Thing
from newsroom.filling import pinned_thing

SETTINGS = ("layout", "title", "link", "rule", "count")


def merged(was: Sequence[dict], theirs: Sequence[dict], mine: Sequence[dict]) -> list[dict]:
    """The containers of both."""
    before, there, here = ({one["id"]: one for one in containers} for containers in (was, theirs, mine))
    containers = []
    for key in _order(list(before), list(there), list(here)):
        if key not in there:
            gone = key in before and here[key] == before[key]  # they took it out, and nobody has touched it here
            containers += [] if gone else [here[key]]
        elif key not in here:
            gone = key in before and there[key] == before[key]
            containers += [] if gone else [there[key]]
        else:
            containers.append(_container(before.get(key, there[key]), there[key], here[key]))
    return _each_once(containers, mine)


def _order(was: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """The ids of all containers, in the order of whoever has changed it, with what the other has added."""
    is_mine = [key for key in mine if key in was] != [key for key in was if key in mine]
    order, others = (mine, theirs) if is_mine else (theirs, mine)
    return _with_others(order, others)


def _with_others(order: Sequence, others: Sequence) -> list:
    """The one order, with what only the other has behind what stands before it there."""
    both = list(order)
    for at, one in enumerate(others):
        if one not in both:
            before = next((other for other in reversed(others[:at]) if other in both), None)
            both.insert(both.index(before) + 1 if before is not None else 0, one)
    return both


def _container(was: dict, theirs: dict, mine: dict) -> dict:
    settings = {name: theirs[name] if mine[name] == was[name] else mine[name] for name in SETTINGS}
    before, there, here = (_pins(container) for container in (was, theirs, mine))
    if list(here) == list(before):
        pins = list(there)
    else:
        left = [thing for thing in here if thing in there or thing not in before]  # without what they took out
        pins = _with_others(left, [thing for thing in there if thing in here or thing not in before])
    links = {**there, **here}
    return {"id": mine["id"], **settings, "pinned": [links[thing] for thing in pins]}


def _pins(container: dict) -> dict[Thing, dict]:
    return {pinned_thing(pin): pin for pin in container["pinned"]}


def _each_once(containers: list[dict], mine: Sequence[dict]) -> list[dict]:
    """Nothing stands twice: what both have put somewhere stands where the page has it."""
    number = Counter(thing for container in containers for thing in _pins(container))
    here = {thing: container["id"] for container in mine for thing in _pins(container)}

    def stays(thing: Thing, container: dict) -> bool:
        return number[thing] == 1 or here.get(thing) == container["id"]

    return [
        {**container, "pinned": [pin for thing, pin in _pins(container).items() if stays(thing, container)]}
        for container in containers
    ]
