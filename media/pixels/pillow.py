"""Pictures by Pillow: what a file is by its header, and its pixels upright and in sRGB."""

import io
import os
from typing import Any, BinaryIO

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from media.pixels import containers

try:
    from pillow_heif import HeifImageFile, register_heif_opener

    register_heif_opener()
    READS_HEIF = True
except ImportError:
    HeifImageFile = None
    READS_HEIF = False

Image.MAX_IMAGE_PIXELS = None  # pixels are counted by us, over all frames
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
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
LARGE = 1_000_000  # pixels; above it a size is encoded faster, and becomes a little larger


def reopened(fd: int) -> BinaryIO:
    file = os.fdopen(os.dup(fd), "rb")
    file.seek(0)
    return file


class Picture:
    """A file that has been opened; nothing of it is decoded."""

    def __init__(self, fd: int, kind: str, jpeg: containers.Jpeg | None):
        self.kind = kind
        self.file: ImageFile.ImageFile = OPENERS[kind](reopened(fd))
        self.width, self.height = self.file.size
        self.frames = 1 if kind in {"JPEG", "GIF", "HEIF"} else getattr(self.file, "n_frames", 1)
        self.texts = self._texts(jpeg)
        self.orientation = self._orientation()

    def _texts(self, jpeg: containers.Jpeg | None) -> tuple[bytes, bytes, bytes]:
        """XMP, IPTC-IIM and EXIF as they stand in the file."""
        if jpeg:
            return jpeg.xmp, containers.photoshop_resource(bytes(jpeg.photoshop), 0x0404), jpeg.exif
        info = self.file.info
        xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
        exif = info.get("exif") or b""
        return xmp.encode() if isinstance(xmp, str) else bytes(xmp), b"", bytes(exif)

    def _orientation(self) -> int:
        """How the file is turned, by its EXIF. (Pillow itself turns a HEIC, and knows an AVIF's own turn as EXIF.)"""
        exif = Image.Exif()
        try:
            exif.load(self.file.info.get("exif") or self.texts[2])
            return exif.get(ORIENTATION, 1) if self.kind != "HEIF" else 1
        except Exception:  # EXIF that cannot be read says nothing
            return 1

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
        file.load()
        image: Image.Image = file
        reduction = int(image.width / picture.width / factor)
        if reduction > 1:
            image = _plain(image).reduce(reduction)
        if (turn := TURNS.get(picture.orientation)) is not None:
            image = _plain(image).transpose(turn)
        self.image = _in_srgb(image, file.info.get("icc_profile"))
        self.image.info = {}  # a comment, a profile: Pillow would write them into every size
        self.width, self.height = self.image.size

    def cut(self, box: tuple[int, int, int, int], width: int, height: int) -> "Piece":
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

    def shrunk(self, width: int, height: int) -> "Piece":
        return Piece(self.image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0))

    def cut(self, box: tuple[int, int, int, int]) -> "Piece":
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


def _plain(image: Image.Image) -> Image.Image:
    """Pixels that can be averaged: no palette, no single bits, 8 bits a channel."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if "transparency" in image.info or image.mode in {"PA", "LA", "La", "RGBa"}:
        return image.convert("RGBA")
    if image.mode in {"P", "1"}:
        return image.convert("RGB" if image.mode == "P" else "L")
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    image = _plain(image)
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        try:
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            return ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile, or one of other channels, says nothing: the numbers are taken as sRGB
    return image if image.mode == "RGBA" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
