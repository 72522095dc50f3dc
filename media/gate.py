"""The one way in for pictures, whoever sends them: the desk, an import, a program.

A file is a picture when it could be decoded, by media/pixels, within limits; its name says nothing. What is refused is
refused in words that tell an editor why, and what to do.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from media.darkroom import LOOKING, Refused, darkroom
from media.photos import images

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MAX_BYTES = 60 * MEGABYTE
# A JPEG is decoded at a fraction of its size; but one that is stored in layers (a progressive one) only after all its
# coefficients are in memory.
MOST = {
    "pixels": 50_000_000,
    "jpeg_pixels": 150_000_000,
    "coefficients": 320 * MEGABYTE,
    "frames": 100,
    "scans": 100,
}
WORDS = {
    "empty": _("The file is empty; perhaps it did not arrive whole. Send it again."),
    "too-large": _("The file is larger than 60 MB; save it smaller and send it again."),
    "too-many-pixels": _(
        "The picture has more than 50 million pixels, counting all its frames; save it smaller, or as a JPEG, and send "
        "it again."
    ),
    "too-many-pixels-of-a-jpeg": _("The picture has more than 150 million pixels; save it smaller and send it again."),
    "too-large-in-layers": _(
        "The picture is too large for a progressive JPEG; save it as an ordinary one (baseline), or smaller."
    ),
    "too-many-frames": _("The picture has more than 100 frames; save one of them, and send that."),
    "too-many-scans": _("The picture is built of far too many layers; export it again as an ordinary JPEG."),
    "heavy": _("The picture needs too much memory or time to be read; export it again, smaller, as a JPEG."),
    "not-a-picture": _("This is no picture that can be read; send a JPEG, PNG, WebP, AVIF or GIF."),
    "heic": _("HEIC pictures cannot be read here; send it as a JPEG. (A phone does that when it shares the photo.)"),
    "polyglot": _("There is another file hidden in this picture; export it again, and send that."),
    "damaged": _("The picture is damaged; get it anew from where it came from, or export it again."),
}
# What a program is told: too large, or of the wrong kind, or bad.
STATUSES = {
    "too-large": 413,
    "too-many-pixels": 413,
    "too-many-pixels-of-a-jpeg": 413,
    "too-large-in-layers": 413,
    "too-many-frames": 413,
    "heavy": 413,
    "not-a-picture": 415,
    "heic": 415,
}


@dataclass
class Admitted:
    """A picture that may come in."""

    checksum: str
    file_name: str
    extension: str
    width: int
    height: int
    placeholder: str
    dominant_colour: str
    metadata: dict[str, Any]  # as the file says it; media/photos/metadata.py knows what that means
    focal_point: tuple[float, float]  # around which the first sizes are cut
    sizes: dict[images.Size, bytes] = field(default_factory=dict)


def admit(
    file: BinaryIO,
    known: Callable[[str], None] | None = None,
    focal_point: tuple[float, float] = (0.5, 0.5),
) -> Admitted:
    """Look into a file. Raises ValidationError with one of the codes above.

    `known` is given the checksum before anything is decoded, and may refuse what is here already.
    """
    checksum = checksum_of(file)
    if known:
        known(checksum)
    try:
        said = darkroom.run(
            "look",
            file,
            LOOKING,
            most=MOST,
            facts={},
            focal_point=focal_point,
            language=settings.CONTENT_LANGUAGE,
            **images.asked(is_first=True, formats=["jpg"]),
        )
        facts: dict[str, Any] = {}
        sizes = {}
        for head, content in said:
            facts |= head.get("seen", {}) | ({"metadata": head["read"]} if "read" in head else {})
            if "size" in head:
                crop, width, format_ = head["size"]
                sizes[crop, width, format_] = content
        admitted = Admitted(checksum, cleaned_name(file), focal_point=focal_point, sizes=sizes, **facts)
    except Refused as error:
        logger.info("A picture was refused: %s %s", error.code, error.why)
        raise refusal(error.code) from error
    finally:
        file.seek(0)
    return admitted


def checksum_of(file: BinaryIO) -> str:
    """SHA-256 of a file that is neither empty nor too large."""
    digest = hashlib.sha256()
    length = 0
    file.seek(0)
    while part := file.read(256 * 1024):
        length += len(part)
        if length > MAX_BYTES:
            raise refusal("too-large")
        digest.update(part)
    file.seek(0)
    if not length:
        raise refusal("empty")
    return digest.hexdigest()


def refusal(code: str) -> ValidationError:
    return ValidationError(WORDS.get(code, WORDS["damaged"]), code=code if code in WORDS else "damaged")


def status_of(error: ValidationError) -> int:
    """The HTTP status of a refusal."""
    by_field = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    codes = (found.code for errors in by_field for found in errors)
    return next((STATUSES[code] for code in codes if code in STATUSES), 400)


def cleaned_name(file: BinaryIO) -> str:
    """The sender's name of a file, for the desk to find it by."""
    name = PurePosixPath(str(getattr(file, "name", None) or "").replace("\\", "/")).name
    return "".join(char for char in name if unicodedata.category(char)[0] != "C")[-255:]
