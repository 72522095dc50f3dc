"""What stands in a PNG beside its pixels, before them and behind: texts, colours, frames."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from media.pixels.containers import LONGEST_TEXT, MOST_CHUNKS, XMP_MARK, Data, Texts

XMP_KEYWORD = "XML:com.adobe.xmp"
RAW = "Raw profile type "  # how ImageMagick keeps what it knows of no place for: a name, a length, and hex digits
NO_HEX = re.compile(rb"[^0-9a-fA-F]+")
# The keywords of which something is known; a PNG may have any.
KEYWORDS = {
    "title": "Title",
    "author": "Author",
    "artist": "Artist",
    "creator": "Author",
    "description": "Description",
    "caption": "Description",
    "comment": "Comment",
    "copyright": "Copyright",
    "credit": "Credit",
    "source": "Source",
    "keywords": "Keywords",
    "software": "Software",
    "creation time": "Creation Time",
    "exif:artist": "Artist",
    "exif:copyright": "Copyright",
    "exif:imagedescription": "Description",
}


@dataclass
class Png:
    """What stands around the pixels of a PNG."""

    depth: int = 8
    texts: Texts = field(default_factory=Texts)
    frames: list[tuple[int, int]] = field(default_factory=list)  # the size of each, where it moves
    cicp: bytes = b""
    is_srgb: bool = False
    has_profile: bool = False
    gamma: float = 0.0  # 1.0 is light itself; none says nothing
    chromaticities: tuple[float, ...] = ()  # x and y of white, red, green and blue


def read_png(data: Data) -> Png:
    found = Png()
    left = LONGEST_TEXT  # of all texts together, unpacked
    for name, start, length in _chunks(data):
        if name in {b"tEXt", b"zTXt", b"iTXt"} and length <= LONGEST_TEXT:
            keyword, text = _text(name, data[start : start + length], left)
            found.texts.is_cut |= text is None
            left -= len(text or b"")
            _take(keyword, text or b"", found.texts)
        elif name in {b"eXIf", b"zxIf"} and length <= LONGEST_TEXT:
            found.texts.exif = data[start : start + length]
        elif name == b"iCCP":
            found.has_profile = True
        elif length > 64:
            continue
        else:
            _take_facts(name, data[start : start + length], found)
    return found


def _chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and length of each, up to the last."""
    at = 8
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(data):
            return
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        yield name, at + 8, length
        if name == b"IEND":
            return
        at += 12 + length


def _take_facts(name: bytes, content: bytes, found: Png) -> None:
    if name == b"IHDR" and len(content) == 13:
        found.depth = content[8]
    elif name == b"fcTL" and len(content) == 26:
        width, height = struct.unpack_from(">II", content, 4)
        found.frames.append((width, height))
    elif name == b"cICP" and len(content) == 4:
        found.cicp = found.cicp or content
    elif name == b"sRGB":
        found.is_srgb = True
    elif name == b"gAMA" and len(content) == 4:
        found.gamma = found.gamma or int.from_bytes(content, "big") / 100_000
    elif name == b"cHRM" and len(content) == 32:
        found.chromaticities = found.chromaticities or tuple(value / 100_000 for value in struct.unpack(">8I", content))


def _text(name: bytes, content: bytes, longest: int) -> tuple[str, bytes | None]:
    """A keyword and its text, unpacked; None where that is longer than can be read."""
    head, _, text = content.partition(b"\0")
    keyword = head.decode("latin-1").strip()
    is_packed = name == b"zTXt"
    if name == b"iTXt":
        is_packed = text[:1] == b"\1"
        text = text[2:].partition(b"\0")[2].partition(b"\0")[2]
    elif is_packed:
        text = text[1:]
    if not is_packed:
        return keyword, text if len(text) <= longest else None
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(text, max(longest, 1))
    except zlib.error:
        return keyword, b""
    return keyword, None if unpacking.unconsumed_tail else text


def _take(keyword: str, text: bytes, texts: Texts) -> None:
    if keyword == XMP_KEYWORD:
        texts.xmp.insert(0, text)
    elif keyword.startswith(RAW):
        _take_raw(text, texts)
    elif name := KEYWORDS.get(keyword.lower()):
        texts.keywords.setdefault(name, text)


def _take_raw(text: bytes, texts: Texts) -> None:
    """A raw profile, known by what stands in it: ImageMagick's names for them have changed over the years."""
    _name, _, rest = text.strip().partition(b"\n")
    _length, _, digits = rest.strip().partition(b"\n")
    digits = NO_HEX.sub(b"", digits)
    content = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    if content.startswith(XMP_MARK):
        texts.xmp.append(content[len(XMP_MARK) :])
    elif content[:4] == b"8BIM":
        texts.take_resources(content)
    elif content[:1] == b"\x1c":
        texts.iim += content
    elif content[:4] == b"Exif" or content[:4] in {b"II*\0", b"MM\0*"}:
        texts.exif = texts.exif or content
    elif content.lstrip()[:1] == b"<":
        texts.xmp.append(content)
