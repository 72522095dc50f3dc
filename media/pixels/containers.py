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
FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
PHOTOSHOP_MARK = b"Photoshop 3.0\0"
XMP_MARK, LONGER_MARK = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
XML = re.compile(rb"<\0?\?\0?x\0?p\0?a\0?c\0?k\0?e\0?t|<x:x[am]pmeta|<rdf:RDF")
GIF_XMP = b"!\xff\x0bXMP DataXMP"
RESOURCES = {b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"}
IIM, XMP, EXIFS = 0x0404, 0x0424, {0x0422, 0x0423}
LONGEST_TEXT = 16 * 1024 * 1024
MOST_CHUNKS = 100_000
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
class Texts:
    """What a file says of itself, as it stands there."""

    xmp: list[bytes] = field(default_factory=list)  # packets, the one that is believed first
    iim: bytes = b""
    exif: bytes = b""
    keywords: dict[str, bytes] = field(default_factory=dict)  # of a PNG
    is_cut: bool = False  # whether there was more than can be read

    def take_resources(self, data: bytes) -> None:
        """What stands in Photoshop's resources."""
        for number, content in photoshop_resources(data):
            if number == IIM:
                self.iim += content
            elif number == XMP:
                self.xmp.append(content)
            elif number in EXIFS:
                self.exif = self.exif or content


@dataclass
class Jpeg:
    """What stands around the pixels of a JPEG."""

    scans: int = 0
    end: int = 0  # of the picture; phones put another one behind it
    is_progressive: bool = False
    coefficients: int = 0  # bytes for all of them, which a progressive picture has in memory at once
    texts: Texts = field(default_factory=Texts)

    @property
    def is_in_layers(self) -> bool:
        """Whether it is all in memory before any of it can be seen."""
        return self.is_progressive or self.scans > 1


def read_jpeg(data: Data, most_scans: int) -> Jpeg:
    found = Jpeg(end=len(data))
    photoshop = bytearray()
    longer: dict[bytes, dict[int, bytes]] = {}
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
        elif code in FRAMES:
            found.is_progressive = code in PROGRESSIVE
            found.coefficients = _coefficients(payload)
        elif code == APP1:
            _take_app1(payload, found.texts, longer)
        elif code == APP13 and payload.startswith(PHOTOSHOP_MARK):
            photoshop += payload[len(PHOTOSHOP_MARK) :]
        elif code == APP13 and (start := payload[:40].find(b"8BIM")) >= 0:  # as Photoshop 2.5 began it
            photoshop += payload[start:]
        elif code == APP13 and payload.startswith(b"\x1c\x02"):  # some have it without Photoshop's wrapping
            found.texts.iim += payload
    found.texts.take_resources(bytes(photoshop))
    found.texts.xmp += _joined(longer, found.texts)
    return found


def _take_app1(payload: bytes, texts: Texts, longer: dict[bytes, dict[int, bytes]]) -> None:
    if payload.startswith(LONGER_MARK):  # its name, the length of all, and where this part belongs
        head = len(LONGER_MARK)
        name, at = payload[head : head + 40], int.from_bytes(payload[head + 36 : head + 40], "big")
        longer.setdefault(name[:36], {})[at] = payload[head + 40 :]
    elif payload[:5] == b"Exif\0":
        texts.exif = texts.exif or payload
    elif payload.startswith(XMP_MARK):
        texts.xmp.append(payload[len(XMP_MARK) :])
    elif (start := XML.search(payload)) and not texts.xmp:  # an old ImageMagick wrote over the first four letters
        texts.xmp.append(payload[start.start() :])


def _joined(longer: dict[bytes, dict[int, bytes]], texts: Texts) -> list[bytes]:
    """The packets that were too long for one segment, and came in parts."""
    packets = []
    for name, parts in longer.items():
        length = int.from_bytes(name[32:36], "big")
        whole = b"".join(parts[at] for at in sorted(parts))
        if length > LONGEST_TEXT or len(whole) != length:
            texts.is_cut = True
        elif len(longer) == 1 or any(name[:32] in packet for packet in texts.xmp):
            packets.append(whole)
    return packets


def _coefficients(frame: bytes) -> int:
    """How many bytes they need, two each, by the size of the picture and of its channels."""
    if len(frame) < 9 or not frame[5] or len(frame) < 6 + 3 * frame[5]:
        return 0
    height, width = struct.unpack_from(">HH", frame, 1)
    samplings = [(byte >> 4 or 1, byte & 15 or 1) for byte in frame[7 : 7 + 3 * frame[5] : 3]]
    widest, highest = max(across for across, _ in samplings), max(down for _, down in samplings)
    return sum(2 * width * across // widest * (height * down // highest) for across, down in samplings)


def photoshop_resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Photoshop's resources by number; of one that is cut short, what there is."""
    at = 0
    while data[at : at + 4] in RESOURCES and len(data) >= at + 12:
        number = int.from_bytes(data[at + 4 : at + 6], "big")
        at += 6
        at += (data[at] + 2) & ~1  # a name, made even
        size = int.from_bytes(data[at : at + 4], "big")
        yield number, bytes(data[at + 4 : at + 4 + size])
        at += 4 + size
        if data[at : at + 4] not in RESOURCES:  # made even too, by most
            at += size & 1


def webp_texts(data: Data) -> Texts:
    """What stands in the chunks of a WebP, whatever its head says of them."""
    texts = Texts()
    for name, start, length in webp_chunks(data):
        if name in {b"XMP ", b"XMP\0"}:
            texts.xmp.append(data[start : start + length])
        elif name == b"EXIF":
            texts.exif = texts.exif or data[start : start + length]
    return texts


def webp_frames(data: Data) -> list[int]:
    """How many pixels each frame has, of one that moves."""
    pixels = []
    for name, start, length in webp_chunks(data):
        if name == b"ANMF" and length >= 16:
            width, height = (1 + int.from_bytes(data[start + at : start + at + 3], "little") for at in (6, 9))
            pixels.append(width * height)
    return pixels


def webp_chunks(data: Data) -> Iterator[tuple[bytes, int, int]]:
    """Its chunks: their name, where each begins, how long it is."""
    at = 12
    for _ in range(MOST_CHUNKS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at + 8, length
        at += 8 + length + length % 2


def gif_frames(data: Data) -> Iterator[tuple[int, int, int]]:
    """The size that the picture has taken with each frame, as a later one may be larger; how many pixels the frame
    itself has; and where it ends.
    """
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
            yield width * height, frame_width * frame_height, at
        else:
            return


def gif_texts(data: Data) -> Texts:
    """XMP stands in a GIF as it is, and behind it what leads a reader of blocks to its end."""
    texts = Texts()
    if (at := data.find(GIF_XMP)) >= 0 and (end := data.find(b"\x01\xff\xfe\xfd", at)) >= 0:
        texts.xmp.append(data[at + len(GIF_XMP) : end])
    return texts


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
