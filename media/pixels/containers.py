"""How picture files are built: what kind a file is, what stands in it, where the picture ends. Nothing is decoded."""

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

Data = bytes | mmap.mmap
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
AVIF_BRANDS = {b"avif", b"avis"}
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
SOS, EOI, APP1, APP13 = 0xDA, 0xD9, 0xE1, 0xED
XMP_MARK, EXIF_MARK, PHOTOSHOP_MARK = b"http://ns.adobe.com/xap/1.0/\0", b"Exif\0\0", b"Photoshop 3.0\0"
# What begins behind a picture, or near there, when the file is meant to be taken for something else.
STRANGERS = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|<\?php|<\?xml|<!doctype|<html|<script|<svg|Rar!\x1a|7z\xbc\xaf", re.I
)


def kind_of(data: bytes) -> str:
    """What a file is by its first bytes: a format as Pillow names it, or nothing."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 200)
        brands = {data[at : at + 4] for at in (8, *range(16, length, 4))}
        if brands & AVIF_BRANDS:
            return "AVIF"
        if brands & HEIC_BRANDS:
            return "HEIF"
    return ""


@dataclass
class Jpeg:
    """What stands around the pixels of a JPEG."""

    scans: int = 0
    end: int = 0  # of the picture; phones put another one behind it
    xmp: bytes = b""
    exif: bytes = b""
    photoshop: bytearray = field(default_factory=bytearray)


def read_jpeg(data: Data, most_scans: int) -> Jpeg:
    found = Jpeg(end=len(data))
    at = 2
    while marker := MARKER.search(data, at):
        at = marker.end()
        code = marker[1][0]
        if code == EOI:
            found.end = at
            break
        if code == 0x01 or code == 0xD8:
            continue  # these have no length
        if at + 2 > len(data):
            break
        payload = data[at + 2 : at + max(2, int.from_bytes(data[at : at + 2], "big"))]
        at += 2 + len(payload)
        if code == SOS:
            found.scans += 1
            if found.scans > most_scans:
                break
        elif code == APP1 and payload.startswith(XMP_MARK):
            found.xmp = found.xmp or payload[len(XMP_MARK) :]
        elif code == APP1 and payload.startswith(EXIF_MARK):
            found.exif = found.exif or payload
        elif code == APP13 and payload.startswith(PHOTOSHOP_MARK):
            found.photoshop += payload[len(PHOTOSHOP_MARK) :]
    return found


def photoshop_resource(data: bytes, wanted: int) -> bytes:
    """One of Photoshop's resources; of one that is cut short, what there is."""
    at = 0
    while data[at : at + 4] == b"8BIM" and len(data) >= at + 12:
        number = int.from_bytes(data[at + 4 : at + 6], "big")
        at += 6
        at += (data[at] + 2) & ~1  # a name, made even
        size = int.from_bytes(data[at : at + 4], "big")
        if number == wanted:
            return bytes(data[at + 4 : at + 4 + size])
        at += 4 + ((size + 1) & ~1)
    return b""


def gif_frames(data: Data) -> Iterator[tuple[int, int, int]]:
    """The size that the picture has taken with each frame, as a later one may be larger; and where the frame ends."""
    width, height = struct.unpack_from("<HH", data, 6)
    at = 13 + _colours(data[10])
    while at < len(data):
        block = data[at]
        at += 1
        if block == 0x21:
            at = _past_blocks(data, at + 1)
        elif block == 0x2C and at + 9 <= len(data):
            left, top, frame_width, frame_height, flags = struct.unpack_from("<HHHHB", data, at)
            width, height = max(width, left + frame_width), max(height, top + frame_height)
            at = _past_blocks(data, at + 10 + _colours(flags))
            yield width, height, at
        else:
            return


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _past_blocks(data: Data, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def end_of(kind: str, data: Data, known: int) -> int:
    """Where the picture ends, as far as that is known or can be told."""
    if kind == "WEBP":
        return 8 + int.from_bytes(data[4:8], "little")
    if kind == "PNG":
        at = data.rfind(b"IEND")
        return at + 8 if at >= 0 else len(data)
    return known or len(data)


def hides_another(data: Data, end: int) -> bool:
    """Whether the file is something else as well: an archive, a page, a script behind the picture."""
    if STRANGERS.search(data[end : end + 1024]):
        return True
    tail = data[-66_000:]
    at = tail.rfind(b"PK\x05\x06")  # where an archive is read from: its length must come out at the end of the file
    return 0 <= at <= len(tail) - 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
