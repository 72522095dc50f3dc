"""Pixels: what an uploaded file is, and the sizes made from it."""

import base64
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif"}
MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000
WIDTHS = (320, 640, 960, 1280, 1920, 2560)
CROPS = {"16:9": 16 / 9, "3:2": 3 / 2, "1:1": 1.0, "4:5": 4 / 5}
SRGB = ImageCms.createProfile("sRGB")


@dataclass
class Rendered:
    """One size of a photo, as JPEG. An empty crop is the picture's own shape."""

    crop: str
    width: int
    height: int
    content: bytes


def check(file: BinaryIO) -> tuple[str, int, int]:
    """The file's extension and upright size in pixels, by its content. Raises ValidationError, saying what to do."""
    file.seek(0, io.SEEK_END)
    if file.tell() > MAX_BYTES:
        raise ValidationError(_("The file is larger than 25 MB; save it smaller and try again."))
    picture = _open(file)
    if picture.width * picture.height * getattr(picture, "n_frames", 1) > MAX_PIXELS and picture.format != "MPO":
        raise ValidationError(_("The picture has more than 50 million pixels; save it smaller and try again."))
    upright = _load(picture)
    return FORMATS[picture.format], upright.width, upright.height


def render(file: BinaryIO, focal_x: float, focal_y: float) -> Iterator[Rendered]:
    """Every size of a photo, upright and in sRGB, never larger than the original."""
    picture = _in_srgb(_load(_open(file)))
    yield from _sizes(picture, "")
    for crop, ratio in CROPS.items():
        yield from _sizes(picture.crop(crop_box(picture.width, picture.height, ratio, focal_x, focal_y)), crop)


def placeholder(file: BinaryIO) -> str:
    """A data: URI of a few pixels, to show until the picture has come."""
    picture = _in_srgb(_load(_open(file)))
    picture.thumbnail((16, 16))
    with io.BytesIO() as out:
        picture.save(out, "WEBP", quality=20, method=6)
        return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


def crop_box(width: int, height: int, ratio: float, focal_x: float, focal_y: float) -> tuple[int, int, int, int]:
    """The largest box of a shape, its centre as near to the focal point as the picture allows."""
    box_width = max(1, min(width, round(height * ratio)))
    box_height = max(1, min(height, round(width / ratio)))
    left = round(min(max(focal_x * width - box_width / 2, 0), width - box_width))
    top = round(min(max(focal_y * height - box_height / 2, 0), height - box_height))
    return left, top, left + box_width, top + box_height


def _open(file: BinaryIO) -> Image.Image:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the pixel count is checked by us
            picture = Image.open(file)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        RuntimeError,
    ) as error:
        raise ValidationError(_("The file is no picture that can be read; send a JPEG, PNG, WebP or AVIF.")) from error
    if picture.format not in FORMATS:
        raise ValidationError(_("Send the picture as JPEG, PNG, WebP or AVIF."))
    return picture


def _load(picture: Image.Image) -> Image.Image:
    try:
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, RuntimeError, EOFError) as error:
        raise ValidationError(_("The picture is damaged; export it again and try once more.")) from error


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        try:
            return ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing: the numbers are taken as sRGB
    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture.convert("RGB")


def _sizes(picture: Image.Image, crop: str) -> Iterator[Rendered]:
    """Widths up to the picture's own, the widest first, each made from the one before."""
    widths = [width for width in WIDTHS if width < picture.width][::-1]
    if picture.width <= WIDTHS[-1]:
        widths.insert(0, picture.width)
    for width in widths:
        height = max(1, round(picture.height * width / picture.width))
        if (width, height) != picture.size:
            picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
        with io.BytesIO() as out:
            picture.save(out, "JPEG", quality=82, optimize=True)
            yield Rendered(crop, width, height, out.getvalue())
