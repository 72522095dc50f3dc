"""Pictures by Pillow: what a file is by its header, and its pixels upright and in sRGB."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, BinaryIO

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from media.pixels import colours, containers
from media.pixels.exif import read_exif

if TYPE_CHECKING:
    from media.pixels.checking import Header

try:
    from pillow_heif import HeifImageFile, register_heif_opener

    register_heif_opener()
    READS_HEIF = True
except ImportError:
    HeifImageFile = None
    READS_HEIF = False

Image.MAX_IMAGE_PIXELS = None  # pixels are counted by us, over all frames
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
PngImagePlugin.MAX_TEXT_CHUNK = (
    containers.LONGEST_TEXT
)  # Photoshop's history; by default a megabyte refuses the picture
OPENERS: dict[str, Any] = {
    "JPEG": JpegImagePlugin.JpegImageFile,  # itself: Image.open would make a phone's picture an MPO of several
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "HEIF": HeifImageFile,
}
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SRGB = ImageCms.createProfile("sRGB")
SOMETHING = 3  # to see in a frame
NOISE = 6  # steps of 256 that a lossy format may put into one colour
STRIP = 256  # rows
LARGE = 1_000_000  # pixels; above it a size is encoded faster, and becomes a little larger


def reopened(fd: int) -> BinaryIO:
    file = os.fdopen(os.dup(fd), "rb")
    file.seek(0)
    return file


class Picture:
    """A file that has been opened; nothing of it is decoded."""

    def __init__(self, fd: int, header: Header):
        self.kind, self.header = header.kind, header
        self.source = reopened(fd)
        self.file: ImageFile.ImageFile = OPENERS[self.kind](self.source)
        self.width, self.height = self.file.size
        self.frames = len(header.frames) or 1
        if self.kind == "AVIF":
            self.frames = getattr(self.file, "n_frames", 1)
        self.texts = header.texts or self._texts()
        self.exif = self._exif()
        self.orientation = self._orientation()

    def _texts(self) -> containers.Texts:
        """XMP and EXIF as Pillow finds them."""
        xmp = self.file.info.get("xmp") or b""
        xmp = xmp.encode() if isinstance(xmp, str) else bytes(xmp)
        return containers.Texts(xmp=[xmp] if xmp else [], exif=bytes(self.file.info.get("exif") or b""))

    def _exif(self) -> dict[str, Any]:
        try:
            return read_exif(self.texts.exif) if self.texts.exif else {}
        except Exception:  # EXIF that cannot be read says nothing
            return {}

    def _orientation(self) -> int:
        """How the file is turned. Pillow itself turns a HEIC, and knows an AVIF's own turn as EXIF; in a PNG, only the
        EXIF that browsers know turns it.
        """
        if self.kind == "HEIF":
            return 1
        if self.kind not in {"AVIF", "PNG"}:
            turn = self.exif.get("Orientation", 1)
            return turn if isinstance(turn, int) else 1
        exif = Image.Exif()
        try:
            exif.load(self.file.info.get("exif"))
            return exif.get(ORIENTATION, 1)
        except Exception:  # as above
            return 1

    @property
    def profile(self) -> bytes | None:
        """The profile of its colours, or one made of what else it says of them."""
        if self.header.profile is not None:
            return self.header.profile
        if profile := self.file.info.get("icc_profile"):
            return profile
        is_adobe_rgb = self.kind == "JPEG" and self.exif.get("InteropIndex") == "R03"  # which cameras say so
        return colours.adobe_rgb() if is_adobe_rgb else None

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing about its pixels that needs more than to decode them."""
        is_usual = self.kind == "JPEG" or self.header.depth == 8
        return self.frames == 1 and is_usual and self.profile in (None, self.file.info.get("icc_profile"))

    def load(self) -> Image.Image:
        """Its pixels: of a picture that moves the first that shows anything."""
        best = (0, 0)
        for frame in range(self.frames if self.frames > 1 else 0):
            try:
                self.file.seek(frame)
                self.file.load()
            except Exception:  # the rest is damaged
                if frame == 0:
                    raise
                break
            shows = _shows(self.file)
            if shows == SOMETHING:
                return self._opaque_or_not()
            best = max(best, (shows, -frame))  # the first of those that show most
        self.file.seek(-best[1])
        self.file.load()
        return self._opaque_or_not()

    def _opaque_or_not(self) -> Image.Image:
        """The decoded picture, what is see-through in it named as Pillow's pixels have it: PNG names the value before
        it is made one of eight bits.
        """
        depth, value = self.header.depth, self.file.info.get("transparency")
        if self.kind == "PNG" and depth == 16 and isinstance(value, tuple):
            self.file.info["transparency"] = tuple(channel >> 8 for channel in value)
        elif self.kind == "PNG" and depth in (2, 4) and isinstance(value, int) and self.file.mode == "L":
            self.file.info["transparency"] = value * 255 // (2**depth - 1)
        return self.file

    @property
    def is_on_its_side(self) -> bool:
        return self.orientation in (5, 6, 7, 8)


class Print:
    """The pixels of a picture, upright and in sRGB, smaller where nobody needs them all."""

    def __init__(self, fd: int, picture: Picture, least: int, least_cut: int, *, is_thrifty: bool = False):
        """`least` is how wide it must stay as a whole, `least_cut` how wide each of its crops."""
        file = picture.file
        self.full_width, self.full_height = picture.width, picture.height
        if picture.is_on_its_side:
            self.full_width, self.full_height = self.full_height, self.full_width
        narrowest = min(self.full_width, self.full_height * 4 / 5)  # of all crops
        factor = max(least / self.full_width, least_cut / narrowest)
        factor = min(factor, 0.5) if is_thrifty else factor
        if factor < 1 and picture.kind == "JPEG":
            # libjpeg decodes at a half, a quarter or an eighth, and not below what is asked for.
            file.draft(file.mode, (int(picture.width * factor + 1), int(picture.height * factor + 1)))
        image = picture.load()
        reduction = int(image.width / picture.width / factor)
        if reduction > 1:
            image = _plain(image).reduce(reduction)
        if (turn := TURNS.get(picture.orientation)) is not None:
            image = _plain(image).transpose(turn)
        self.image = _in_srgb(image, picture.profile)
        self.image.info = {}  # a comment, a profile: Pillow would write them into every size
        self.width, self.height = self.image.size

    def cut(self, box: tuple[int, int, int, int], width: int, height: int) -> Piece:
        """A piece of it, at a size."""
        if box == (0, 0, width, height) and (width, height) == self.image.size:
            return Piece(self.image)
        return Piece(self.image.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0))

    def colour(self) -> str:
        return main_colour(self.image.resize((48, 48), Image.Resampling.BILINEAR, reducing_gap=2))


class Piece:
    """One shape of a picture, at one size."""

    def __init__(self, image: Image.Image):
        self.image = image
        self.width, self.height = image.size

    def shrunk(self, width: int, height: int) -> Piece:
        return Piece(self.image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0))

    def cut(self, box: tuple[int, int, int, int]) -> Piece:
        return Piece(self.image.crop(box))

    def encoded(self, format_: str, xmp: bytes) -> bytes:
        is_large = self.width * self.height > LARGE
        out = io.BytesIO()
        if format_ == "jpg":
            _on_white(self.image).save(out, "JPEG", quality=82, optimize=True)
        elif format_ == "avif":
            self.image.save(out, "AVIF", quality=60, speed=9 if is_large else 8, max_threads=1, xmp=xmp)
        else:
            _on_white(self.image).save(out, "WEBP", quality=20, method=6)
        return out.getvalue()


def main_colour(small: Image.Image) -> str:
    """The colour that most of a picture has."""
    few = _on_white(small).quantize(6)
    counts = few.histogram()
    index = counts.index(max(counts))
    red, green, blue = few.getpalette()[3 * index : 3 * index + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _shows(image: Image.Image) -> int:
    """How much there is to see: nothing, white or black alone, one colour alone, or something."""
    bands = _plain(image).getextrema()
    ranges = [bands] if isinstance(bands[0], int | float) else list(bands)
    if len(ranges) == 4 and ranges[3][1] == 0 and image.mode != "CMYK":
        return 0
    if any(high - low > NOISE for low, high in ranges):
        return SOMETHING
    colours = ranges[:3]
    is_bare = all(high <= NOISE for _, high in colours) or all(low >= 255 - NOISE for low, _ in colours)
    return 1 if is_bare else 2


def _plain(image: Image.Image) -> Image.Image:
    """Pixels that can be averaged: no palette, no single bits, 8 bits a channel."""
    if image.mode.startswith("I;16"):
        return _in_eight_bits(image)
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in image.info or image.mode in {"PA", "LA", "La", "RGBa"}:
        return image.convert("RGBA")
    if image.mode in {"P", "1"}:
        return image.convert("RGB" if image.mode == "P" else "L")
    return image


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """The upper half of each value; one that is declared see-through is known by both halves. A strip at a time, as all
    of it at once would need six times its memory.
    """
    clear = image.info.get("transparency")
    whole = Image.new("RGBA" if isinstance(clear, int) else "L", image.size)
    for top in range(0, image.height, STRIP):
        strip = image.crop((0, top, image.width, min(top + STRIP, image.height)))
        lower, upper = _halves(strip)
        if isinstance(clear, int):
            differs = ImageChops.lighter(_unlike(upper, clear >> 8), _unlike(lower, clear & 255))
            upper = Image.merge("RGBA", (upper, upper, upper, differs))
        whole.paste(upper, (0, top))
    return whole


def _halves(image: Image.Image) -> list[Image.Image]:
    """The lower and the upper eight bits of each value."""
    values, is_big = image.tobytes(), image.mode == "I;16B"
    return [Image.frombytes("L", image.size, values[at::2]) for at in ((1, 0) if is_big else (0, 1))]


def _unlike(image: Image.Image, value: int) -> Image.Image:
    return image.point([255 * (other != value) for other in range(256)])


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    image = _plain(image)
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            described = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "L" and described.profile.xcolor_space.strip() == "RGB":
                image = image.convert("RGB")
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            return ImageCms.profileToProfile(image, described, SRGB, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile, or one of other channels, says nothing: the numbers are taken as sRGB
    return image if image.mode == "RGBA" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
