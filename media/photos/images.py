"""Which sizes there are of a photo: named crops, widths and formats, and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from media.pixels import shapes

ORIGINAL = "original"  # the picture's own shape
CROPS = {ORIGINAL: None, "16x9": 16 / 9, "3x2": 3 / 2, "1x1": 1.0, "4x5": 4 / 5}
WIDTHS = (320, 640, 960, 1280, 1920, 2560)
FORMATS = {"avif": "image/avif", "jpg": "image/jpeg"}  # in the order in which a browser is to try them
# Those that are there at once: a photo is never without a size to show.
FIRST_WIDTHS = {crop: (640,) if ratio else (320, 640, 1280) for crop, ratio in CROPS.items()}
TEMPLATE = "{crop}-{width}.{format}"  # RFC 6570
MIDDLE = 1280  # about as wide is what stands in `src`

Size = tuple[str, int, str]  # crop, width, format


def asked(*, is_first: bool, formats: Iterable[str]) -> dict:
    """What the process that has the pixels is asked for: a photo's first sizes, or all of them."""
    return {
        "crops": CROPS,
        "widths": list(WIDTHS),
        "first": {crop: list(widths) for crop, widths in FIRST_WIDTHS.items()} if is_first else None,
        "formats": list(formats),
    }


def planned(width: int, height: int) -> set[Size]:
    """All sizes of a picture that has so many pixels."""
    formats = formats_for(width, height)
    return {
        (crop, wide, format_)
        for crop, ratio in CROPS.items()
        for wide in shapes.widths_of(width, height, ratio, WIDTHS)
        for format_ in formats
    }


def formats_for(width: int, height: int) -> list[str]:
    """The formats in which each size of a picture can be made and shown: a very high one has no AVIF."""
    widest = shapes.widths_of(width, height, None, WIDTHS)[-1]
    highest = shapes.height_at(width, height, None, widest)
    return [format_ for format_ in FORMATS if highest <= shapes.HIGHEST[format_]]


def limits(width: int, height: int) -> Iterator[str]:
    """What cannot be made of a picture because it is so high, in words for an editor."""
    widest = shapes.widths_of(width, height, None, WIDTHS)[-1]
    if height * min(width, WIDTHS[-1]) > shapes.HIGHEST["jpg"] * width:
        yield _(
            "The picture is very tall. Its largest size is %(width)d pixels wide, because no JPEG can be taller than "
            "65,500 pixels. Cut it into several if readers need to see more."
        ) % {"width": widest}
    if len(formats_for(width, height)) < len(FORMATS):
        yield _(
            "The picture is so tall that browsers could not show it as AVIF. Readers get it as JPEG, which takes "
            "longer to load."
        )


@dataclass(frozen=True)
class Made:
    """The sizes that were made of a photo, all from the same pixels, focal point and credit.

    Every width is there in every format. So a JPEG that could be made is not given up where AVIF could not follow:
    then AVIF is not among the formats.
    """

    version: str
    formats: list[str]
    widths: dict[str, list[int]]  # by crop, ascending

    @classmethod
    def of(cls, version: str, sizes: Iterable[Size]) -> Self:
        """Of the sizes that were made, those that can be announced."""
        sizes = set(sizes)
        widths = {
            crop: sorted(width for name, width, format_ in sizes if (name, format_) == (crop, "jpg")) for crop in CROPS
        }
        formats = [
            format_
            for format_ in FORMATS
            if all((crop, width, format_) in sizes for crop, group in widths.items() for width in group)
        ]
        return cls(version, formats if any(widths.values()) else [], widths)

    def sizes(self) -> set[Size]:
        return {
            (crop, width, format_)
            for crop, widths in self.widths.items()
            for width in widths
            for format_ in self.formats
        }

    def jpeg(self, width: int) -> Size | None:
        """The picture in its own shape, so wide or a little less."""
        widths = self.widths.get(ORIGINAL) or []
        narrower = [each for each in widths if each <= width] or widths[:1]
        return (ORIGINAL, narrower[-1], "jpg") if narrower else None


def name_of(size: Size) -> str:
    crop, width, format_ = size
    return TEMPLATE.format(crop=crop, width=width, format=format_)


def folder_of(photo: object, version: str) -> str:
    """Where the files of one version are kept."""
    return f"sizes/{photo}/{version}/"


def photo_of(name: str) -> str:
    """Whose size a file is, by its name; empty where it is none."""
    folder, photo, *_rest = name.split("/")
    return photo if folder == "sizes" else ""


def address_of(photo: object, version: str, name: str = "") -> str:
    """Where one size is served, or with no name the folder of all of one version."""
    return f"/media/{photo}/{version}/{name}"
