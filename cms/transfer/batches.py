"""Many at once, and yet each by itself where something goes wrong."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from cms.transfer.lines import NumberedLine

BATCH = 500

Part = TypeVar("Part")
Outcome = TypeVar("Outcome")


def in_batches(lines: Iterable[NumberedLine], key_of: Callable[[dict], object]) -> Iterator[list[NumberedLine]]:
    """Lines in lists of BATCH, one of each thing in a list: a second line of it is to find what the first says."""
    batch: list[NumberedLine] = []
    keys: set[object] = set()
    for number, given in lines:
        key = key_of(given)
        if len(batch) == BATCH or (key and key in keys):
            yield batch
            batch, keys = [], set()
        batch.append((number, given))
        keys.add(key)
    if batch:
        yield batch


def by_halves(
    batch: list[Part], act: Callable[[list[Part]], Outcome], give_up: Callable[[Part, Exception], Outcome]
) -> Iterator[Outcome]:
    """What comes of all in a batch done at once; where that fails, of each half by itself, down to the one that fails.

    Whoever goes on with an outcome does so outside the act, so that a fault of theirs is not the batch's.
    """
    try:
        outcome = act(batch)
    except Exception as error:  # whatever is wrong with one is its own, and the others are taken
        middle = len(batch) // 2
        if middle:
            yield from by_halves(batch[:middle], act, give_up)
            yield from by_halves(batch[middle:], act, give_up)
            return
        outcome = give_up(batch[0], error)
    yield outcome
