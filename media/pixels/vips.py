"""The same pixels by libvips, which is faster and needs less memory. Used where pyvips is installed.

What a file is has been said by Pillow from its header; this begins where pixels do.
"""

from __future__ import annotations

import pyvips
from PIL import Image

from media.pixels import pillow

pyvips.cache_set_max(0)


class Print:
    """As pillow.Print."""

    def __init__(self, fd: int, picture: pillow.Picture, least: int, least_cut: int, *, is_thrifty: bool = False):
        self.full_width, self.full_height = picture.width, picture.height
        if picture.is_on_its_side:
            self.full_width, self.full_height = self.full_height, self.full_width
        narrowest = min(self.full_width, self.full_height * 4 / 5)
        factor = max(least / self.full_width, least_cut / narrowest)
        factor = min(factor, 0.5) if is_thrifty else factor
        options: dict = {"fail_on": "truncated"}
        if picture.kind == "JPEG":
            options["shrink"] = next((shrink for shrink in (8, 4, 2) if shrink * factor <= 1), 1)
        source = pyvips.Source.new_from_descriptor(fd)
        image = pyvips.Image.new_from_source(source, "", **options)
        reduction = int(image.width / picture.width / factor)
        if reduction > 1:
            image = image.shrink(reduction, reduction)
        image = _in_srgb(image)
        image = _turned(image, picture.orientation if picture.kind not in {"AVIF", "HEIF"} else 1)
        self.image = image.copy_memory()
        self.width, self.height = self.image.width, self.image.height

    def cut(self, box: tuple[int, int, int, int], width: int, height: int) -> Piece:
        left, top, right, bottom = box
        return Piece(self.image.crop(left, top, right - left, bottom - top)).shrunk(width, height)

    def colour(self) -> str:
        small = self.cut((0, 0, self.width, self.height), 48, 48).image
        return pillow.main_colour(_for_pillow(small))


class Piece:
    """As pillow.Piece."""

    def __init__(self, image: pyvips.Image):
        self.image = image
        self.width, self.height = image.width, image.height

    def shrunk(self, width: int, height: int) -> Piece:
        if (width, height) == (self.width, self.height):
            return self
        image = self.image.premultiply() if self.image.hasalpha() else self.image
        image = image.resize(width / self.width, vscale=height / self.height)
        image = image.unpremultiply() if self.image.hasalpha() else image
        image = image.cast("uchar")
        return Piece(image.embed(0, 0, width, height, extend="copy").copy_memory())

    def cut(self, box: tuple[int, int, int, int]) -> Piece:
        left, top, right, bottom = box
        return Piece(self.image.crop(left, top, right - left, bottom - top))

    def encoded(self, format_: str, xmp: bytes) -> bytes:
        if format_ == "avif":
            return pillow.Piece(_for_pillow(self.image)).encoded(format_, xmp)  # libvips needs twice the memory for it
        image = self.image.flatten(background=255) if self.image.hasalpha() else self.image
        if format_ == "jpg":
            return image.jpegsave_buffer(Q=82, optimize_coding=True, keep="none")
        return image.webpsave_buffer(Q=20, effort=6, keep="none")


def _for_pillow(image: pyvips.Image) -> Image.Image:
    mode = "RGBA" if image.hasalpha() else "RGB"
    return Image.frombytes(mode, (image.width, image.height), image.write_to_memory())


def _in_srgb(image: pyvips.Image) -> pyvips.Image:
    has_profile = image.get_typeof("icc-profile-data") != 0
    if has_profile:
        try:
            depth = 16 if image.format == "ushort" else 8
            image = image.icc_transform("srgb", embedded=True, intent="perceptual", depth=depth)
        except pyvips.Error:
            pass  # a broken profile says nothing: the numbers are taken as sRGB
    if image.interpretation != "srgb":
        image = image.colourspace("srgb")
    if image.format != "uchar":
        image = image.cast("uchar")
    for name in image.get_fields():
        if name.startswith(("exif", "xmp", "iptc", "icc", "png-", "jpeg-", "gif-", "orientation")):
            image = image.copy()
            image.remove(name)
    return image


def _turned(image: pyvips.Image, orientation: int) -> pyvips.Image:
    turns = {
        2: lambda: image.fliphor(),
        3: lambda: image.rot180(),
        4: lambda: image.flipver(),
        5: lambda: image.rot90().fliphor(),
        6: lambda: image.rot90(),
        7: lambda: image.rot270().fliphor(),
        8: lambda: image.rot270(),
    }
    return turns[orientation]() if orientation in turns else image
