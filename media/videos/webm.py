"""WebM: elements of a name, a length and a content (EBML, RFC 8794; Matroska, RFC 9559)."""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cms.files import Readable
from media.videos.film import MAX_LOCAL, MAX_PARTS, Broken, Film, Parts, plausible, refuse

SEGMENT, INFO, TRACKS, CLUSTER = 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
DOC_TYPE, SCALE, DURATION = 0x4282, 0x2AD7B1, 0x4489
TRACK, TRACK_TYPE, CODEC, VIDEO = 0xAE, 0x83, 0x86, 0xE0
PIXEL_WIDTH, PIXEL_HEIGHT = 0xB0, 0xBA
CROPS = {0x54CC: PIXEL_WIDTH, 0x54DD: PIXEL_WIDTH, 0x54BB: PIXEL_HEIGHT, 0x54AA: PIXEL_HEIGHT}
DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_UNIT = 0x54B0, 0x54BA, 0x54B2
SIDES = {PIXEL_WIDTH, PIXEL_HEIGHT, DISPLAY_WIDTH, DISPLAY_HEIGHT, DISPLAY_UNIT, *CROPS}
CLUSTER_TIME, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
# What may follow a cluster that does not say where it ends.
AFTER_CLUSTER = {CLUSTER, 0x1C53BB6B, 0x1254C367, 0x114D9B74, 0x1941A469, 0x1043A770, INFO, TRACKS}


class Element(NamedTuple):
    name: int
    start: int  # of the element
    body: int  # of its content
    end: int
    is_open: bool  # as long as the file: written while it was recorded


class Elements(Parts):
    """The elements of one file."""

    def number(self, at: int, most: int, *, with_mark: bool) -> tuple[int, int, bool]:
        """A number of variable length: its value, how many bytes it has, whether it means "unknown"."""
        first = self.at(at, 1)[0]
        length = 9 - first.bit_length() if first else 9
        if length > most:
            raise Broken
        content = self.at(at, length)
        value = int.from_bytes(content, "big")
        bare = value & ((1 << 7 * length) - 1)
        return (value if with_mark else bare), length, bare == (1 << 7 * length) - 1

    def elements(self, start: int, end: int) -> Iterator[Element]:
        while start < end:
            self.count()
            name, length, _unknown = self.number(start, 4, with_mark=True)
            size, more, is_open = self.number(start + length, 8, with_mark=False)
            body = start + length + more
            stop = end if is_open else body + size
            if stop > end:
                raise Broken
            yield Element(name, start, body, stop, is_open)
            start = stop

    def bytes_of(self, element: Element) -> bytes:
        return self.at(element.body, min(element.end - element.body, MAX_LOCAL))

    def integer(self, element: Element) -> int:
        if element.end - element.body > 8:
            raise Broken
        return int.from_bytes(self.bytes_of(element), "big")


def read_webm(file: Readable, size: int) -> Film:
    elements = Elements(file, size)
    top = elements.elements(0, size)
    head = {element.name: elements.bytes_of(element) for element in elements.elements(*next(top)[2:4])}
    if head.get(DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        text = _("This is a Matroska film (MKV), which browsers do not play; export it as MP4 (H.264) or WebM.")
        raise refuse("unsupported", text)
    film = Film("video/webm", "webm")
    scale, ticks = 1_000_000, 0.0
    has_pictures = has_content = False
    for segment in top:
        if segment.name != SEGMENT:
            continue
        for part in elements.elements(segment.body, segment.end):
            if part.name == INFO:
                for element in elements.elements(part.body, part.end):
                    if element.name == SCALE:
                        scale = elements.integer(element)
                    elif element.name == DURATION:
                        form = {4: ">f", 8: ">d"}.get(element.end - element.body)
                        if not form:
                            raise Broken
                        ticks = struct.unpack(form, elements.bytes_of(element))[0]
            elif part.name == TRACKS:
                has_pictures = _tracks(elements, part, film) or has_pictures
            elif part.name == CLUSTER:
                has_content = True
                if not ticks:
                    ticks = _ticks(elements, part.start, segment.end)
                break  # what is to be known stands before them
        break  # what stands behind it is passed over, as players do
    if not has_content:
        raise Broken
    if not has_pictures:
        raise refuse("unsupported", _("The file has sound and no pictures; a video needs both."))
    film.seconds = ticks * scale / 1_000_000_000 or None
    return plausible(film)


def _ticks(elements: Elements, start: int, end: int) -> int:
    """The length of a film that was written while it was recorded, and never told it: where its last block stands.

    A recording that broke off is as long as what there is of it.
    """
    elements.passed, elements.most = 0, MAX_PARTS
    last = 0
    try:
        while start < end:
            part = next(elements.elements(start, end))
            start = part.end
            if part.name == CLUSTER:
                start, last = _cluster_end(elements, part, last)
    except (Broken, StopIteration):
        return last
    return last


def _cluster_end(elements: Elements, cluster: Element, last: int) -> tuple[int, int]:
    """Where a cluster ends in the file, and the time of its last block."""
    at = 0
    for element in elements.elements(cluster.body, cluster.end):
        if cluster.is_open and element.name in AFTER_CLUSTER:
            return element.start, last
        if element.name == CLUSTER_TIME:
            at = elements.integer(element)
        elif element.name == SIMPLE_BLOCK:
            last = max(last, at + _block_time(elements, element))
        elif element.name == BLOCK_GROUP:
            for inner in elements.elements(element.body, element.end):
                if inner.name == BLOCK:
                    last = max(last, at + _block_time(elements, inner))
    return cluster.end, last


def _block_time(elements: Elements, block: Element) -> int:
    """A block's time within its cluster, behind the number of its track."""
    _track, length, _open = elements.number(block.body, 8, with_mark=False)
    return int.from_bytes(elements.at(block.body + length, 2), "big", signed=True)


def _tracks(elements: Elements, part: Element, film: Film) -> bool:
    has_pictures = False
    for track in elements.elements(part.body, part.end):
        if track.name != TRACK:
            continue
        said: dict[int, Any] = {}
        for element in elements.elements(track.body, track.end):
            if element.name == TRACK_TYPE:
                said[TRACK_TYPE] = elements.integer(element)
            elif element.name == CODEC:
                said[CODEC] = elements.bytes_of(element).rstrip(b"\0").decode("latin-1")
            elif element.name == VIDEO:
                for inner in elements.elements(element.body, element.end):
                    if inner.name in SIDES:
                        said[inner.name] = elements.integer(inner)
        if said.get(TRACK_TYPE) == 1 and not has_pictures:
            film.width, film.height = _sides(said)
            film.coding = said.get(CODEC, "")
            has_pictures = True
    return has_pictures


def _sides(said: dict[int, int]) -> tuple[int, int]:
    """Width and height as they are to be shown (RFC 9559, 5.1.4.1.28): pixels are not square in every film."""
    stored = {side: said.get(side, 0) for side in (PIXEL_WIDTH, PIXEL_HEIGHT)}
    for crop, side in CROPS.items():
        stored[side] -= said.get(crop, 0)
    width, height = stored.values()
    across, down = said.get(DISPLAY_WIDTH, 0), said.get(DISPLAY_HEIGHT, 0)
    unit = said.get(DISPLAY_UNIT, 0)
    if unit == 0:
        return across or width, down or height
    if unit in {1, 2, 3} and across and down:  # centimetres, inches, or a shape alone: as high as it is stored
        return round(height * across / down), height
    return width, height
