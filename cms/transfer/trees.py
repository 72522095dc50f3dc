"""Lines of a tree, so that a parent comes before its children."""

import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

NumberedLine = tuple[int, dict]
Key = uuid.UUID | None


def parents_first(
    lines: Iterable[NumberedLine], key_of: Callable[[dict], Key], parent_of: Callable[[dict], Key]
) -> tuple[list[NumberedLine], dict[int, list[str]]]:
    """The lines in an order in which each stands behind its parent's, and the rings among them.

    A ring is what stands below itself. Of each of its lines, by number, the names of the ring's members.
    """
    of_key: dict[Key, list[NumberedLine]] = defaultdict(list)
    for line in lines:
        of_key[key_of(line[1])].append(line)
    unknown = of_key.pop(None, [])  # which says of itself what is wrong with it
    parents = {key: {parent_of(given) for _, given in of_key[key]} & of_key.keys() for key in of_key}
    children: dict[Key, list[Key]] = defaultdict(list)
    for key, above in parents.items():
        for parent in above:
            children[parent].append(key)
    waiting_for = {key: len(above) for key, above in parents.items()}
    rings = find_rings(parents, children, waiting_for)
    in_ring = {key for ring in rings for key in ring}
    waiting_for = {key: len(above - in_ring) for key, above in parents.items() if key not in in_ring}
    ordered = in_order(children, waiting_for)
    ordered += of_key.keys() - in_ring - set(ordered)  # which two lines of one thing put below each other
    named: dict[int, list[str]] = {}
    for ring in rings:
        names = [str(of_key[key][-1][1].get("slug") or key) for key in ring]
        named |= {number: names for key in ring for number, _ in of_key[key]}
    rest = [line for key in in_ring for line in of_key[key]]
    return [*unknown, *rest, *(line for key in ordered for line in of_key[key])], named


def in_order(children: dict[Key, list[Key]], waiting_for: dict[Key, int]) -> list[Key]:
    """Keys behind all that they wait for; those that wait for each other are left out."""
    left = dict(waiting_for)
    ready = deque(key for key, number in left.items() if not number)
    ordered = []
    while ready:
        key = ready.popleft()
        ordered.append(key)
        for child in children.get(key, ()):
            if child in left:
                left[child] -= 1
                if not left[child]:
                    ready.append(child)
    return ordered


def find_rings(
    parents: dict[Key, set[Key]], children: dict[Key, list[Key]], waiting_for: dict[Key, int]
) -> list[list[Key]]:
    """What leads back to itself: below a ring all wait as well, so it is looked for upwards."""
    stuck = waiting_for.keys() - set(in_order(children, waiting_for))
    rings: list[list[Key]] = []
    passed: set[Key] = set()
    for start in waiting_for:  # in the order of the file, so that it says the same each time
        way: list[Key] = []
        places: dict[Key, int] = {}
        key: Key = start
        while key in stuck and key not in passed and key not in places:
            places[key] = len(way)
            way.append(key)
            key = next(iter(parents[key] & stuck), None)
        if key in places:
            rings.append(way[places[key] :])
        passed.update(way)
    return rings
