"""The boxes of an AVIF: what it says of its colours."""

from collections.abc import Iterator

from media.pixels.containers import Data

MOST_BOXES = 2000


def nclx(data: Data) -> tuple[int, int] | None:
    """Primaries and transfer of the picture that is shown, as numbers of H.273; None where it does not tell, or has a
    profile, which goes before.
    """
    meta = next((box for box in _boxes(data, 0, len(data)) if box[0] == b"meta"), None)
    colours = [] if meta is None else _of_main_picture(data, meta[1] + 4, meta[2])
    if meta is not None and not colours:
        return None
    kinds = {data[start : start + 4] for start in colours}
    if kinds & {b"prof", b"rICC"}:
        return None
    for start in colours:
        if data[start : start + 4] == b"nclx":
            return int.from_bytes(data[start + 4 : start + 6], "big"), int.from_bytes(
                data[start + 6 : start + 8], "big"
            )
    return None


def _of_main_picture(data: Data, start: int, end: int) -> list[int]:
    """Where its descriptions of colour begin: of several pictures, such as one for the depth, one is the main."""
    parts = {name: (begin, stop) for name, begin, stop in _boxes(data, start, end)}
    if b"iprp" not in parts or b"pitm" not in parts:
        return []
    begin, _stop = parts[b"pitm"]
    is_long = data[begin] > 0
    main = int.from_bytes(data[begin + 4 : begin + (8 if is_long else 6)], "big")
    properties: list[tuple[bytes, int]] = []
    wanted: set[int] = set()
    for name, begin, stop in _boxes(data, *parts[b"iprp"]):
        if name == b"ipco":
            properties = [(kind, at) for kind, at, _ in _boxes(data, begin, stop)]
        elif name == b"ipma":
            wanted |= _associations(data, begin, stop, main)
    return [at for number, (kind, at) in enumerate(properties, 1) if kind == b"colr" and number in wanted]


def _associations(data: Data, at: int, end: int, main: int) -> set[int]:
    """The numbers of the properties that the main picture has."""
    id_size = 2 if data[at] < 1 else 4
    size = 2 if data[at + 3] & 1 else 1
    mask = 0x7FFF if size == 2 else 0x7F
    entries = int.from_bytes(data[at + 4 : at + 8], "big")
    at += 8
    for _ in range(min(entries, MOST_BOXES)):
        if at + id_size + 1 > end:
            break
        item, count = int.from_bytes(data[at : at + id_size], "big"), data[at + id_size]
        at += id_size + 1
        if item == main:
            return {int.from_bytes(data[at + n * size : at + n * size + size], "big") & mask for n in range(count)}
        at += count * size
    return set()


def _boxes(data: Data, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of the content of each."""
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        length, head = int.from_bytes(data[at : at + 4], "big"), 8
        name = data[at + 4 : at + 8]
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        stop = end if length == 0 else min(at + length, end)
        if length and length < head:
            return
        yield name, at + head, stop
        at = stop
