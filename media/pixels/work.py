"""The two jobs: look at what was sent, and make the sizes of what was taken."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from media.pixels import embedding, metadata, pillow
from media.pixels.checking import checked

try:
    from media.pixels import vips
except ImportError:  # pyvips, or the library that it stands for, is not installed
    vips = None

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif", "HEIF": "heic"}
Said = tuple[dict[str, Any], bytes]


def look(fd: int, job: dict) -> Iterator[Said]:
    """What a file is and says, and its first sizes. Everything is checked before anything is decoded."""
    picture = checked(fd, job["most"])
    yield {"read": metadata.read(picture.texts, picture.frames, job.get("language", ""))}, b""
    for said, content in _in_some_way(fd, job, max(job["widths"]), max(job["crop_widths"]), set()):
        if "seen" in said:
            said["seen"]["extension"] = EXTENSIONS[picture.kind]
        yield said, content


def make(fd: int, job: dict) -> Iterator[Said]:
    """All sizes of a picture but those that there are, with what they say of its maker."""
    widest = max(job["widths"])
    for said, content in _in_some_way(fd, job, widest, widest, {tuple(size) for size in job["have"]}):
        if "size" in said:
            yield said, content


def _in_some_way(fd: int, job: dict, least: int, least_cut: int, have: set[tuple]) -> Iterator[Said]:
    """Do it as fast as can be, and what cannot be done so in a way that needs less memory."""
    ways: list[tuple[Any, bool]] = [(pillow, False), (pillow, True)]
    picture = checked(fd, job["most"])
    if vips and picture.is_plain and picture.kind != "HEIF" and picture.file.mode != "CMYK":  # Pillow's to do
        ways.insert(0, (vips, False))
    del picture
    while ways:
        engine, is_thrifty = ways.pop(0)
        try:
            print_ = engine.Print(fd, checked(fd, job["most"]), least, least_cut, is_thrifty=is_thrifty)
            yield from _all_sizes(print_, job, have)
            return
        except Exception:
            if not ways:
                raise
        print_ = None  # its memory is needed now


def _all_sizes(print_: Any, job: dict, have: set[tuple]) -> Iterator[Said]:
    seen = {"width": print_.full_width, "height": print_.full_height, "dominant_colour": print_.colour()}
    yield {"seen": {**seen, "placeholder": _placeholder(print_)}}, b""
    sizes = Sizes(print_, job["focal_point"], job["formats"], job["facts"], have)
    for crop, ratio in job["crops"].items():
        yield from sizes.of(crop, ratio, job["crop_widths"] if ratio else job["widths"])


JOBS: dict[str, Callable[[int, dict], Iterator[Said]]] = {"look": look, "make": make}


def crop_box(
    width: int, height: int, ratio: float | None, focal_point: tuple[float, float]
) -> tuple[int, int, int, int]:
    """The largest box of a shape, its centre as near to the focal point as the picture allows."""
    if not ratio:
        return 0, 0, width, height
    box_width = max(1, min(width, round(height * ratio)))
    box_height = max(1, min(height, round(width / ratio)))
    left = round(min(max(focal_point[0] * width - box_width / 2, 0), width - box_width))
    top = round(min(max(focal_point[1] * height - box_height / 2, 0), height - box_height))
    return left, top, left + box_width, top + box_height


class Sizes:
    """The sizes of one picture. The whole is to be asked for first: shapes as wide as it are cut from its sizes."""

    def __init__(
        self,
        print_: Any,
        focal_point: tuple[float, float],
        formats: list[str],
        facts: dict[str, str],
        have: set[tuple],
    ):
        self.print, self.focal_point, self.formats = print_, focal_point, formats
        self.facts, self.have = facts, have  # the second is added to, for whoever has to go on from here
        self.xmp = embedding.xmp_of(self.facts)
        self.wholes: dict[int, Any] = {}
        self.encoded: dict[tuple[int, str], bytes] = {}

    def of(self, crop: str, ratio: float | None, widths: list[int]) -> Iterator[Said]:
        """One shape in every width up to its own, the widest first, each made from the one before."""
        full = crop_box(self.print.full_width, self.print.full_height, ratio, self.focal_point)
        own = full[2] - full[0]
        wanted = {width for width in widths if width < own} | ({own} if own <= max(widths) else set())
        box = crop_box(self.print.width, self.print.height, ratio, self.focal_point)
        box_width, box_height = box[2] - box[0], box[3] - box[1]
        is_whole = box == (0, 0, self.print.width, self.print.height)
        piece = None
        for width in sorted(wanted, reverse=True):
            if width > box_width * 1.02 + 1 and width > min(wanted):
                continue  # a thrifty print has no pixels for it
            height = max(1, round(box_height * width / box_width))
            if (whole := self.wholes.get(width)) and box_width == self.print.width:
                top = min(round(box[1] * width / box_width), whole.height - height)
                piece = whole if is_whole else whole.cut((0, max(top, 0), width, max(top, 0) + height))
            elif piece is None:
                piece = self.print.cut(box, width, height)
            else:
                piece = piece.shrunk(width, height)
            if not crop:
                self.wholes[width] = piece
            for format_ in self.formats:
                if (crop, width, format_) not in self.have:
                    size = {"crop": crop, "width": width, "height": height, "format": format_}
                    yield {"size": size}, self._content(piece, format_, is_whole=is_whole)
                    self.have.add((crop, width, format_))

    def _content(self, piece: Any, format_: str, *, is_whole: bool) -> bytes:
        if is_whole and (found := self.encoded.get((piece.width, format_))):
            return found
        content = piece.encoded(format_, self.xmp)
        if format_ == "image/jpeg":
            content = embedding.into_jpeg(content, self.facts)
        if is_whole:
            self.encoded[piece.width, format_] = content
        return content


def _placeholder(print_: Any) -> str:
    """A data: URI of a few pixels, under 300 bytes, to show until the picture has come."""
    for longest in (16, 12, 8, 4, 1):
        factor = longest / max(print_.width, print_.height)
        size = [max(1, round(side * min(factor, 1))) for side in (print_.width, print_.height)]
        tiny = print_.cut((0, 0, print_.width, print_.height), *size).encoded("tiny", b"")
        address = "data:image/webp;base64," + base64.b64encode(tiny).decode()
        if len(address) < 300:
            return address
    return ""
