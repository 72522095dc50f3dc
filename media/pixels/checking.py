"""What a file is, by its header alone, and whether it is taken: everything is checked before anything is decoded."""

import contextlib
import mmap
from dataclasses import dataclass, field
from typing import Any

from media.pixels import boxes, colours, containers, pillow, png


class Refused(Exception):
    """That a file is not taken, and why: a code, for which the gate has the words."""

    def __init__(self, code: str, **details: Any):
        super().__init__(code)
        self.code, self.details = code, details


@dataclass
class Header:
    """What stands in a file around its pixels."""

    kind: str
    end: int = 0  # of the picture, where that is known
    canvas: int = 0  # pixels that a GIF takes up in the end: it may grow
    frames: list[int] = field(default_factory=list)  # the pixels of each, where there may be several
    texts: containers.Texts | None = None
    depth: int = 8
    profile: bytes | None = None  # for colours that are told in numbers
    jpeg: containers.Jpeg | None = None


def checked(fd: int, most: dict) -> pillow.Picture:
    """A picture that is opened and not decoded. Raises Refused."""
    with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as data:
        header = _header(data, most)
        if containers.hides_another(data, containers.end_of(header.kind, data, header.end)):
            raise Refused("polyglot")
    picture = pillow.Picture(fd, header)
    whole = max(picture.width * picture.height, header.canvas)
    if header.kind == "JPEG":
        if whole > most["jpeg_pixels"]:
            raise Refused("too-many-pixels-of-a-jpeg")
        if header.jpeg and header.jpeg.coefficients > most["coefficients"] and header.jpeg.is_in_layers:
            raise Refused("too-large-in-layers")
        return picture
    later = sum(header.frames[1:]) if header.frames else whole * (picture.frames - 1)
    if picture.frames > most["frames"]:
        raise Refused("too-many-frames")
    if whole + later > most["pixels"]:
        raise Refused("too-many-pixels")
    return picture


def _header(data: mmap.mmap, most: dict) -> Header:
    kind = containers.kind_of(data[:256])
    if kind == "HEIF" and not pillow.READS_HEIF:
        raise Refused("heic")
    if not kind:
        raise Refused("not-a-picture")
    header = Header(kind)
    if kind == "JPEG":
        header.jpeg = containers.read_jpeg(data, most["scans"])
        if header.jpeg.scans > most["scans"]:
            raise Refused("too-many-scans")
        header.end, header.texts = header.jpeg.end, header.jpeg.texts
    elif kind == "PNG":
        _take_png(png.read_png(data), header)
    elif kind == "WEBP":
        header.texts = containers.webp_texts(data)
        header.frames = containers.webp_frames(data)
    elif kind == "AVIF":
        with contextlib.suppress(IndexError):  # boxes that end too soon say nothing of colours
            header.profile = colours.of_numbers(*numbers) if (numbers := boxes.nclx(data)) else None
    elif kind == "GIF":
        header.texts = containers.gif_texts(data)
        for header.canvas, pixels, header.end in containers.gif_frames(data):
            header.frames.append(pixels)
            if len(header.frames) > most["frames"]:
                raise Refused("too-many-frames")
    return header


def _take_png(found: png.Png, header: Header) -> None:
    """Of several words about its colours the one is believed that the standard puts first; a profile, which Pillow
    reads, stands between the numbers and the rest.
    """
    header.texts, header.depth = found.texts, found.depth
    header.frames = [width * height for width, height in found.frames]
    if found.cicp:
        primaries, transfer, _matrix, is_full = found.cicp
        header.profile = colours.of_numbers(primaries, transfer, is_narrow=not is_full) or b""
    elif not found.is_srgb and not found.has_profile:
        header.profile = colours.of_gamma(found.gamma, found.chromaticities)
