"""The shapes and widths that a picture is made in, by its size alone. Nothing is read or decoded."""

from collections.abc import Sequence

Point = tuple[float, float]
HIGHEST = {"avif": 32_768, "jpg": 65_500}  # pixels: what their decoders take, which for AVIF is less than can be made
WORTH_IT = 1.15  # by so much must a picture's own width exceed the last of the named ones to be made too
SCREENSHOT = 3  # times as high as wide: its letters are to be read, and only its own width shows them sharp


def crop_box(width: int, height: int, ratio: float | None, focal_point: Point) -> tuple[int, int, int, int]:
    """The largest box of a shape, its centre as near to the focal point as the picture allows."""
    box_width, box_height = box_size(width, height, ratio)
    left = round(min(max(focal_point[0] * width - box_width / 2, 0), width - box_width))
    top = round(min(max(focal_point[1] * height - box_height / 2, 0), height - box_height))
    return left, top, left + box_width, top + box_height


def box_size(width: int, height: int, ratio: float | None) -> tuple[int, int]:
    """The size of the largest box of a shape; with no ratio, of the whole."""
    if not ratio:
        return width, height
    return max(1, min(width, round(height * ratio))), max(1, min(height, round(width / ratio)))


def height_at(width: int, height: int, ratio: float | None, wide: int) -> int:
    """How high a shape of a picture is where it is so wide."""
    box_width, box_height = box_size(width, height, ratio)
    return min(max(1, round(box_height * wide / box_width)), HIGHEST["jpg"])


def widths_of(width: int, height: int, ratio: float | None, named: Sequence[int]) -> list[int]:
    """In which widths a shape is made, ascending: the named ones that it has pixels for, and its own where that shows.

    None is wider than the last named one, and none makes it higher than a JPEG can be.
    """
    box_width, box_height = box_size(width, height, ratio)
    own = max(1, min(box_width, box_width * HIGHEST["jpg"] // box_height))
    widths = [wide for wide in named if wide <= own]
    is_worth_it = not widths or own >= widths[-1] * WORTH_IT or box_height > box_width * SCREENSHOT
    if own < named[-1] and own not in widths and is_worth_it:
        widths.append(own)
    return widths
