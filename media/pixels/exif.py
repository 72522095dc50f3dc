"""EXIF: tables of numbered values, as cameras write them. Pillow reads each text of it as Latin-1; this does not."""

import struct
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags

from media.pixels import letters
from media.pixels.embedding import clean

MOST_VALUES = 1000
TEXTS, NUMBERS = {2, 129}, {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
FRACTIONS = {5: "I", 10: "i"}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
PARTS = {0x8769: ExifTags.TAGS, 0x8825: ExifTags.GPSTAGS, 0xA005: {1: "InteropIndex"}}
BLOBS = {"MakerNote", "PrintImageMatching", "ComponentsConfiguration", "ImageResources", "XMLPacket", "IPTCNAA"}
# Texts, also where their type is another one.
WORDS = {"ImageDescription", "Artist", "Copyright", "DateTimeOriginal", "DocumentName", "ImageTitle", "Photographer"}
IN_UTF_16 = {"XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"}
COMMENT_CODES = {b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0" * 8}
MARKS = {b"II*\0": "<", b"MM\0*": ">"}


def read_exif(data: bytes, language: str = "") -> dict[str, Any]:
    """All values, by name: texts, numbers, and lists of them."""
    data, order = _tables(data)
    values: dict[str, Any] = {}
    for name, kind, value in _values(data, order):
        if name not in BLOBS and (plain := _plain(name, kind, value, order)) not in ("", None):
            values.setdefault(name, plain)
    raw = {name: value for name, value in values.items() if isinstance(value, bytes)}
    texts = letters.decoded(list(raw.values()), language)
    values |= {name: _joined(name, text) for name, text in zip(raw, texts, strict=True)}
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def _tables(data: bytes) -> tuple[bytes, str]:
    """What stands behind the names that formats put before it, and its order of bytes."""
    for mark, order in MARKS.items():
        if (at := data[:64].find(mark)) >= 0:
            return data[at:], order
    raise ValueError("no EXIF")


def _values(data: bytes, order: str) -> Iterator[tuple[str, int, bytes]]:
    tables = [(struct.unpack_from(order + "I", data, 4)[0], ExifTags.TAGS)]
    seen: set[int] = set()
    while tables:
        at, names = tables.pop(0)
        if at in seen or at + 2 > len(data):
            continue
        seen.add(at)
        (count,) = struct.unpack_from(order + "H", data, at)
        for number in range(min(count, MOST_VALUES)):
            entry = at + 2 + 12 * number
            if entry + 12 > len(data):
                break
            tag, kind, length = struct.unpack_from(order + "HHI", data, entry)
            size = SIZES.get(kind, 0) * length
            start = entry + 8 if size <= 4 else struct.unpack_from(order + "I", data, entry + 8)[0]
            value = data[start : start + size]
            if tag in PARTS and kind in {4, 13} and len(value) >= 4:
                tables.append((struct.unpack_from(order + "I", value)[0], PARTS[tag]))
            elif tag in names:
                yield names[tag], kind, value


def _plain(name: str, kind: int, value: bytes, order: str) -> Any:
    """A number, a list of some, or a text: as bytes where its character set is still to be told."""
    if name in IN_UTF_16:
        return clean(letters.utf_16(value).replace("\0", ""))
    if name == "UserComment":
        return _comment(value, is_big=order == ">")
    if kind in TEXTS or name in WORDS:
        return value.rstrip(b"\0 ")
    if kind in NUMBERS:
        code = NUMBERS[kind]
        found = list(struct.unpack_from(f"{order}{min(len(value) // SIZES[kind], 16)}{code}", value))
    elif kind in FRACTIONS:
        many = min(len(value) // 8, 16)
        pairs = struct.unpack_from(f"{order}{2 * many}{FRACTIONS[kind]}", value)
        found = [above / below if below else None for above, below in zip(pairs[::2], pairs[1::2], strict=True)]
    else:
        return None
    found = [
        None if isinstance(part, float) and (part != part or abs(part) == float("inf")) else part for part in found
    ]
    return found[0] if len(found) == 1 else found


def _comment(value: bytes, *, is_big: bool) -> Any:
    """A text behind eight bytes that say how it is written."""
    code, text = (value[:8], value[8:]) if value[:8] in COMMENT_CODES else (b"", value)
    if code == b"UNICODE\0" and any(byte < 9 for byte in text.rstrip(b"\0")):  # else it is UTF-8 all the same
        return clean(letters.utf_16(text, is_big=is_big).replace("\0", ""))
    if code.startswith(b"JIS"):
        return clean(text.decode("iso2022_jp", "replace"))
    text = text.strip(b"\0 \r\n\t")
    is_text = all(byte > 31 or byte in b"\t\r\n" for byte in text)  # some cameras keep figures of theirs there
    return text if is_text else None


def _joined(name: str, text: str) -> str:
    """A text up to its end; of a copyright both that of the photographer and that of the editor."""
    parts = [part.strip() for part in text.split("\0")]
    if name == "Copyright":
        return clean(", ".join(part for part in dict.fromkeys(parts) if part))
    return clean(next((part for part in parts if part), ""))
