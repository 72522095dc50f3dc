"""MP4: boxes of a length, a name and a content, some with boxes in them (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from cms.files import CHUNK, Readable
from media.videos.film import MAX_BOXES, MAX_LOCAL, MAX_PARTS, Broken, Film, Parts, plausible, refuse

PLACES = {b"\xa9xyz", b"loci"}  # where it was recorded: QuickTime's box, and 3GPP's
KEYS_OF_PLACES = (b"location", b"com.apple.quicktime.make", b"com.apple.quicktime.model")


class Torn(Broken):
    """A box of this name is longer than what it stands in."""

    def __init__(self, name: bytes):
        self.name = name


PICTURES = {b"mdat", b"moof"}
TOP_BOXES = PICTURES | {
    b"ftyp",
    b"moov",
    b"sidx",
    b"styp",
    b"uuid",
    b"meta",
    b"free",
    b"skip",
    b"wide",
    b"mfra",
    b"emsg",
}


class Box(NamedTuple):
    name: bytes
    start: int  # of the box
    body: int  # of its content
    end: int


class Boxes(Parts):
    """The boxes of one file."""

    def top(self) -> Iterator[Box]:
        """The boxes of the file itself. What stands behind the last one and is none is passed over, as players do."""
        names = set()
        try:
            for box in self.within(0, self.size):
                names.add(box.name)
                yield box
        except Torn as torn:
            if torn.name in TOP_BOXES or b"moov" not in names or not names & PICTURES:
                raise

    def within(self, start: int, end: int) -> Iterator[Box]:
        while start + 8 <= end:
            self.count()
            length, name = struct.unpack(">I4s", self.at(start, 8))
            body = start + 8
            if length == 1 and start + 16 <= end:
                length = struct.unpack(">Q", self.at(body, 8))[0]
                body += 8
            elif length == 0:
                length = end - start
            if length < body - start or start + length > end:
                raise Torn(name)
            yield Box(name, start, body, start + length)
            start += length

    def inside(self, box: Box, skip: int = 0) -> Iterator[Box]:
        return self.within(box.body + skip, box.end)

    def content(self, box: Box, most: int = MAX_LOCAL) -> bytes:
        return self.at(box.body, min(box.end - box.body, most))


def read_mp4(file: Readable, size: int) -> Film:
    boxes = Boxes(file, size)
    boxes.most = MAX_PARTS
    top = list(boxes.top())
    boxes.passed, boxes.most = 0, MAX_BOXES
    if not top:
        raise Broken
    brands = boxes.content(top[0], 400)
    if brands[:4] == b"qt  ":
        text = _("This is a QuickTime film (MOV), which not every browser plays; export it as MP4 (H.264).")
        raise refuse("unsupported", text)
    if brands[:4] in {b"heic", b"heix", b"mif1", b"avif", b"avis", b"crx ", b"M4A ", b"M4B "}:
        raise refuse("unsupported", _("This is no film; upload pictures as photos, and films as MP4 or WebM."))
    tables = [box for box in top if box.name == b"moov"]
    pictures = [box for box in top if box.name in PICTURES]
    if len(tables) != 1 or not pictures:
        raise Broken
    film = Film("video/mp4", "mp4", is_slow_to_start=pictures[0].start < tables[0].start)
    _blank_places(boxes, top, film)
    tracks = []
    extension, scale = None, 0
    for box in boxes.inside(tables[0]):
        if box.name == b"mvhd":
            scale, duration = _times(boxes.content(box))
            if not scale:
                raise Broken
            film.seconds = duration / scale or None
        elif box.name == b"mvex":
            extension = box
        elif box.name == b"trak":
            tracks.append(_track(boxes, box))
    shown = [track for track in tracks if track]
    if not shown:
        raise refuse("unsupported", _("The file has sound and no pictures; a video needs both."))
    picture = max(shown, key=lambda track: track.width * track.height)
    film.width, film.height, film.coding = picture.width, picture.height, picture.coding
    if extension:
        film.seconds = _fragments_seconds(boxes, top, extension, picture, scale) or film.seconds
    return plausible(film)


def _times(content: bytes) -> tuple[int, int]:
    """Time scale and duration, which mvhd and mdhd hold alike, in either of their versions."""
    if content[:1] == b"\x01":
        scale, duration = struct.unpack(">IQ", content[20:32])
        return scale, 0 if duration == 0xFFFFFFFFFFFFFFFF else duration
    scale, duration = struct.unpack(">II", content[12:20])
    return scale, 0 if duration == 0xFFFFFFFF else duration


class Track(NamedTuple):
    """A track with pictures: its sides as they are to be shown, and the time scale that its fragments count in."""

    number: int
    width: int
    height: int
    coding: str
    scale: int


def _fragments_seconds(boxes: Boxes, top: list[Box], extension: Box, track: Track, scale: int) -> float | None:
    """The length of a film in fragments: as its head says, else its index (sidx), else its fragments."""
    pace = 0  # what a sample lasts unless its fragment says otherwise
    for box in boxes.inside(extension):
        if box.name == b"mehd":
            content = boxes.content(box)
            length = struct.unpack(">Q", content[4:12])[0] if content[:1] == b"\x01" else word(content, 4)
            if length and scale:
                return length / scale
        elif box.name == b"trex" and word(content := boxes.content(box), 4) == track.number:
            pace = word(content, 12)
    return _indexed_seconds(boxes, top, track) or _counted_seconds(boxes, top, track, pace)


def word(content: bytes, at: int) -> int:
    """Four bytes of a box as a number."""
    return struct.unpack(">I", content[at : at + 4])[0]


def _indexed_seconds(boxes: Boxes, top: list[Box], track: Track) -> float | None:
    """The lengths of all segments that the indexes of a track name; those that lead to further indexes do not count."""
    seconds = 0.0
    for box in top:
        if box.name != b"sidx":
            continue
        content = boxes.content(box, 1_000_000)
        number, scale = word(content, 4), word(content, 8)
        at = 12 + (16 if content[:1] == b"\x01" else 8)
        if number != track.number or not scale:
            continue
        count = struct.unpack(">H", content[at + 2 : at + 4])[0]
        entries = struct.iter_unpack(">III", content[at + 4 : at + 4 + 12 * count])
        seconds += sum(length for size, length, _access in entries if not size >> 31) / scale
    return seconds or None


def _counted_seconds(boxes: Boxes, top: list[Box], track: Track, pace: int) -> float | None:
    """From where a track's first fragment begins to where its last one ends."""
    if not track.scale:
        return None
    boxes.most = 10 * MAX_PARTS
    first = end = None
    for box in top:
        if box.name != b"moof":
            continue
        for part in boxes.inside(box):
            if part.name == b"traf" and (times := _fragment_times(boxes, part, track, pace, end or 0)):
                first = times[0] if first is None else min(first, times[0])
                end = max(end or 0, times[1])
    return (end - first) / track.scale if end and first is not None else None


def _fragment_times(boxes: Boxes, part: Box, track: Track, pace: int, start: int) -> tuple[int, int] | None:
    """When a fragment begins, and when it ends; none when it is of another track."""
    length = 0
    for box in boxes.inside(part):
        if box.name == b"tfhd":
            content = boxes.content(box)
            if word(content, 4) != track.number:
                return None
            flags = word(content, 0)
            if flags & 0x08:
                pace = word(content, 8 + (8 if flags & 0x01 else 0) + (4 if flags & 0x02 else 0))
        elif box.name == b"tfdt":
            content = boxes.content(box)
            start = struct.unpack(">Q", content[4:12])[0] if content[:1] == b"\x01" else word(content, 4)
        elif box.name == b"trun":
            length += _run_length(boxes.content(box, 1_000_000), pace)
    return start, start + length


def _run_length(content: bytes, pace: int) -> int:
    """How long the samples of a run last together."""
    flags, count = word(content, 0) & 0xFFFFFF, word(content, 4)
    if not flags & 0x100:
        return count * pace
    at = 8 + (4 if flags & 0x01 else 0) + (4 if flags & 0x04 else 0)
    width = 4 * (flags >> 8 & 0xF).bit_count()
    return sum(word(content, place) for place in range(at, min(at + count * width, len(content) - 3), width))


def _track(boxes: Boxes, track: Box) -> Track | None:
    number = scale = 0
    width = height = 0.0
    is_turned = False
    coding = handler = ""
    for box in boxes.inside(track):
        if box.name == b"tkhd":
            content = boxes.content(box)
            number = word(content, 20 if content[:1] == b"\x01" else 12)
            at = 52 if content[:1] == b"\x01" else 40  # where the matrix begins; the sides follow it
            across, turned = struct.unpack(">ii", content[at : at + 8])
            is_turned = across == 0 and turned != 0
            width, height = (side / 65536 for side in struct.unpack(">II", content[at + 36 : at + 44]))
        elif box.name == b"mdia":
            for inner in boxes.inside(box):
                if inner.name == b"mdhd":
                    scale = _times(boxes.content(inner))[0]
                elif inner.name == b"hdlr":
                    handler = boxes.content(inner)[8:12].decode("latin-1")
                elif inner.name == b"minf":
                    coding = _coding(boxes, inner)
    if handler != "vide":
        return None
    if is_turned:
        width, height = height, width
    return Track(number, round(width), round(height), coding, scale)


def _coding(boxes: Boxes, media: Box) -> str:
    for box in boxes.inside(media):
        if box.name == b"stbl":
            for inner in boxes.inside(box):
                if inner.name == b"stsd":
                    for entry in boxes.inside(inner, 8):
                        return entry.name.decode("latin-1").strip()
    return ""


def _blank_places(boxes: Boxes, top: list[Box], film: Film) -> None:
    """Find what tells where and with which device the film was recorded: a source can be found by it."""
    for box in top:
        if box.name == b"uuid" and b"exif:GPS" in boxes.content(box, CHUNK):
            film.blanks.append(_blank(box))
        if box.name == b"moov":
            for inner in boxes.inside(box):
                holders = [inner, *boxes.inside(inner)] if inner.name == b"trak" else [inner]
                for holder in holders:
                    _blank_in(boxes, holder, film)


def _blank_in(boxes: Boxes, holder: Box, film: Film) -> None:
    if holder.name == b"meta" and _tells_place(boxes, holder):
        film.blanks.append(_blank(holder))
    elif holder.name == b"udta":
        for box in boxes.within(holder.body, holder.end):
            if box.name in PLACES or (box.name == b"meta" and _tells_place(boxes, box)):
                film.blanks.append(_blank(box))


def _tells_place(boxes: Boxes, box: Box) -> bool:
    content = boxes.content(box).lower()
    return any(key in content for key in KEYS_OF_PLACES)


def _blank(box: Box) -> tuple[int, bytes]:
    """A box made free space, of the same length."""
    return box.start + 4, b"free" + b"\0" * min(box.end - box.body, CHUNK)
