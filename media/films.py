"""Films: what an uploaded video file is, read from its own bytes.

Five facts are wanted of a file (its type, length, width, height and coding) and they stand in the first lines of its
tables, so they are read here, in a few hundred bytes that are looked up by their offsets. A library that decodes would
be a million lines of C in the web process for them. Nothing here trusts a length: what points out of the file, runs in
circles or claims more than a film can be is a broken file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.publishing.files import CHUNK, Readable, Stored, checksum_of, keep

MAX_BOXES = 20_000
MAX_PARTS = 200_000  # boxes or elements of a film in fragments: an hour with one for each of 25 pictures a second
MAX_SIDE = 16_384
MAX_SECONDS = 1_000_000
MAX_LOCAL = 100_000  # bytes of a box that is read whole
STATUS = {"too-large": 413, "unsupported": 415, "broken": 400, "empty": 400}

# Codings that browsers play everywhere, or nearly; others are taken, and the editor is warned.
PLAYED = {"avc1", "avc3", "av01", "vp08", "vp09", "V_VP8", "V_VP9", "V_AV1"}
PLACES = {b"\xa9xyz", b"loci"}  # where it was recorded: QuickTime's box, and 3GPP's
KEYS_OF_PLACES = (b"location", b"com.apple.quicktime.make", b"com.apple.quicktime.model")


class Broken(Exception):
    """The file does not hold what it says that it holds."""


class Torn(Broken):
    """A box of this name is longer than what it stands in."""

    def __init__(self, name: bytes):
        self.name = name


@dataclass
class Film:
    """What a file says of itself."""

    type: str
    extension: str
    seconds: float | None = None
    width: int = 0
    height: int = 0
    coding: str = ""
    is_slow_to_start: bool = False  # its tables come after the pictures
    blanks: list[tuple[int, bytes]] = field(
        default_factory=list
    )  # what is not to leave the house: offset, in its place

    @property
    def duration(self) -> int | None:
        return max(1, round(self.seconds)) if self.seconds else None

    def notices(self) -> Iterator[str]:
        """What the editor should know of it, and can do."""
        if self.coding not in PLAYED:
            yield _(
                "Its pictures are coded as %(coding)s, which not every browser plays; export it with H.264, VP9 or AV1."
            ) % {"coding": self.coding}
        if self.is_slow_to_start:
            yield _('It starts late, because its tables stand at its end; export it for the web ("fast start").')
        if self.seconds is None:
            yield _("It does not say how long it is; write its duration yourself.")
        if self.blanks:
            yield _("It told where, or with which device, it was recorded; that was taken out.")


def refuse(code: str, message: str) -> ValidationError:
    return ValidationError(message, code=code)


def too_large() -> ValidationError:
    text = _("The file is larger than %(most)d MB; export it smaller and try again.")
    return refuse("too-large", text % {"most": settings.MAX_VIDEO_MB})


def read(file: Readable) -> Film:
    """What a file is, by its content. Raises ValidationError: too large, of another kind, or broken."""
    file.seek(0, 2)
    size = file.tell()
    if not size:
        raise refuse("empty", _("The file is empty; choose it again."))
    if size > settings.MAX_VIDEO_MB * 1_000_000:
        raise too_large()
    file.seek(0)
    head = file.read(12)
    try:
        if head[4:8] == b"ftyp":
            return _read_mp4(file, size)
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _read_webm(file, size)
    except (Broken, struct.error, RecursionError):
        text = _("The film is damaged or was not copied whole; export or copy it again and try once more.")
        raise refuse("broken", text) from None
    raise refuse("unsupported", _("This is no film that browsers play; send it as MP4 (H.264) or WebM."))


def admit(file: Readable, *, is_dry_run: bool = False) -> tuple[Stored, bool]:
    """The one gate for films: look into a file and store it under a name of its own; and whether it was new."""
    film = read(file)
    source = Blanked(file, film.blanks) if film.blanks else file
    checksum = checksum_of(source)
    name = f"originals/videos/{checksum[:2]}/{checksum}.{film.extension}"
    stored = Stored(stored=name, type=film.type, width=film.width, height=film.height, seconds=film.duration)
    stored.notices = tuple(film.notices())
    return stored, False if is_dry_run else keep(source, name)


class Blanked:
    """A file, as it is stored: the same length, with what is not to leave the house overwritten."""

    def __init__(self, file: Readable, blanks: list[tuple[int, bytes]]):
        self.file, self.blanks = file, blanks

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1) -> bytes:
        start = self.file.tell()
        part = bytearray(self.file.read(size))
        for offset, content in self.blanks:
            first, last = max(offset, start), min(offset + len(content), start + len(part))
            if first < last:
                part[first - start : last - start] = content[first - offset : last - offset]
        return bytes(part)


# MP4: boxes of a length, a name and a content, some with boxes in them (ISO/IEC 14496-12)


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


class Boxes:
    """The boxes of one file, so many of them at most."""

    def __init__(self, file: Readable, size: int):
        self.file, self.size, self.passed, self.most = file, size, 0, MAX_BOXES

    def count(self) -> None:
        self.passed += 1
        if self.passed > self.most:
            raise Broken

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

    def at(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        found = self.file.read(length)
        if len(found) < length:
            raise Broken
        return found

    def content(self, box: Box, most: int = MAX_LOCAL) -> bytes:
        return self.at(box.body, min(box.end - box.body, most))


def _read_mp4(file: Readable, size: int) -> Film:
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
            tracks.append(_mp4_track(boxes, box))
    shown = [track for track in tracks if track]
    if not shown:
        raise refuse("unsupported", _("The file has sound and no pictures; a video needs both."))
    picture = max(shown, key=lambda track: track.width * track.height)
    film.width, film.height, film.coding = picture.width, picture.height, picture.coding
    if extension:
        film.seconds = _fragments_seconds(boxes, top, extension, picture, scale) or film.seconds
    return _plausible(film)


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


def _mp4_track(boxes: Boxes, track: Box) -> Track | None:
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


# WebM: elements of a name, a length and a content (EBML, RFC 8794; Matroska, RFC 9559)

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


class Elements(Boxes):
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


def _read_webm(file: Readable, size: int) -> Film:
    elements = Elements(file, size)
    top = elements.elements(0, size)
    head = {found.name: elements.bytes_of(found) for found in elements.elements(*next(top)[2:4])}
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
                for found in elements.elements(part.body, part.end):
                    if found.name == SCALE:
                        scale = elements.integer(found)
                    elif found.name == DURATION:
                        form = {4: ">f", 8: ">d"}.get(found.end - found.body)
                        if not form:
                            raise Broken
                        ticks = struct.unpack(form, elements.bytes_of(found))[0]
            elif part.name == TRACKS:
                has_pictures = _webm_tracks(elements, part, film) or has_pictures
            elif part.name == CLUSTER:
                has_content = True
                if not ticks:
                    ticks = _webm_ticks(elements, part.start, segment.end)
                break  # what is to be known stands before them
        break  # what stands behind it is passed over, as players do
    if not has_content:
        raise Broken
    if not has_pictures:
        raise refuse("unsupported", _("The file has sound and no pictures; a video needs both."))
    film.seconds = ticks * scale / 1_000_000_000 or None
    return _plausible(film)


def _webm_ticks(elements: Elements, start: int, end: int) -> int:
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
    for found in elements.elements(cluster.body, cluster.end):
        if cluster.is_open and found.name in AFTER_CLUSTER:
            return found.start, last
        if found.name == CLUSTER_TIME:
            at = elements.integer(found)
        elif found.name == SIMPLE_BLOCK:
            last = max(last, at + _block_time(elements, found))
        elif found.name == BLOCK_GROUP:
            for inner in elements.elements(found.body, found.end):
                if inner.name == BLOCK:
                    last = max(last, at + _block_time(elements, inner))
    return cluster.end, last


def _block_time(elements: Elements, block: Element) -> int:
    """A block's time within its cluster, behind the number of its track."""
    _track, length, _open = elements.number(block.body, 8, with_mark=False)
    return int.from_bytes(elements.at(block.body + length, 2), "big", signed=True)


def _webm_tracks(elements: Elements, part: Element, film: Film) -> bool:
    has_pictures = False
    for track in elements.elements(part.body, part.end):
        if track.name != TRACK:
            continue
        said: dict[int, Any] = {}
        for found in elements.elements(track.body, track.end):
            if found.name == TRACK_TYPE:
                said[TRACK_TYPE] = elements.integer(found)
            elif found.name == CODEC:
                said[CODEC] = elements.bytes_of(found).rstrip(b"\0").decode("latin-1")
            elif found.name == VIDEO:
                for inner in elements.elements(found.body, found.end):
                    if inner.name in SIDES:
                        said[inner.name] = elements.integer(inner)
        if said.get(TRACK_TYPE) == 1 and not has_pictures:
            film.width, film.height = _webm_sides(said)
            film.coding = said.get(CODEC, "")
            has_pictures = True
    return has_pictures


def _webm_sides(said: dict[int, int]) -> tuple[int, int]:
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


def _plausible(film: Film) -> Film:
    """The film, unless what it says cannot be."""
    seconds = film.seconds
    if not (0 < film.width <= MAX_SIDE and 0 < film.height <= MAX_SIDE):
        raise Broken
    if seconds is not None and not 0 < seconds <= MAX_SECONDS:  # no number is neither
        raise Broken
    return film
