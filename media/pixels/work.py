"""The two jobs: look at what was sent, and make the sizes of what was taken."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

from media.pixels import embedding, metadata, pillow, shapes
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
    first = job["first"].items()
    least = max(max(widths) for crop, widths in first if not job["crops"][crop])
    least_cut = max(max(widths) for crop, widths in first if job["crops"][crop])
    for message, content in _in_some_way(fd, job, least, least_cut):
        if "seen" in message:
            message["seen"]["extension"] = EXTENSIONS[picture.kind]
        if "next" not in message:
            yield message, content


def make(fd: int, job: dict) -> Iterator[Said]:
    """All sizes of a picture but those that there are, with what they say of its maker.

    Before each it names that size, so that whoever asked knows which one it did not survive.
    """
    widest = max(job["widths"])
    for message, content in _in_some_way(fd, job, widest, widest):
        if "seen" not in message:
            yield message, content


def _in_some_way(fd: int, job: dict, least: int, least_cut: int) -> Iterator[Said]:
    """Do it as fast as can be, and what cannot be done so in a way that needs less memory.

    A size that no way can make is left out; without any, the picture is refused.
    """
    ways: list[tuple[Any, bool]] = [(pillow, False), (pillow, True)]
    picture = checked(fd, job["most"])
    if vips and picture.is_plain and picture.kind != "HEIF" and picture.file.mode != "CMYK":  # Pillow's to do
        ways.insert(0, (vips, False))
    del picture
    have = {tuple(size) for size in job.get("have", ())}
    while ways:
        engine, is_thrifty = ways.pop(0)
        print_ = sizes = None  # the former one's memory is needed now
        try:
            print_ = engine.Print(fd, checked(fd, job["most"]), least, least_cut, is_thrifty=is_thrifty)
            seen = _seen(print_)
        except Exception:
            if not ways:
                raise
            continue
        yield seen, b""
        sizes = Sizes(print_, job, have)
        yield from sizes.all()
        if sizes.failure is None:
            return
        if not ways and not any(job["crops"][crop] is None for crop, _width, _format in have):
            raise sizes.failure


def _seen(print_: Any) -> dict[str, Any]:
    seen = {"width": print_.full_width, "height": print_.full_height, "dominant_colour": print_.colour()}
    return {"seen": {**seen, "placeholder": _placeholder(print_)}}


JOBS: dict[str, Callable[[int, dict], Iterator[Said]]] = {"look": look, "make": make}


class Sizes:
    """The sizes of one picture. The whole is made first: shapes as wide as it are cut from its sizes."""

    def __init__(self, print_: Any, job: dict, have: set[tuple]):
        self.print, self.job = print_, job
        self.have = have  # which is added to, for whoever has to go on from here
        self.without = {tuple(size) for size in job.get("without", ())}
        self.xmp = embedding.xmp_of(job["facts"])
        self.wholes: dict[int, Any] = {}
        self.encoded: dict[tuple[int, str], bytes] = {}
        self.failure: Exception | None = None  # why a size could not be made, the last one of them

    def all(self) -> Iterator[Said]:
        for crop, ratio in self.job["crops"].items():
            yield from self._of(crop, ratio)

    def _of(self, crop: str, ratio: float | None) -> Iterator[Said]:
        """One shape in its widths, the widest first, each made from the one before."""
        full = self.print.full_width, self.print.full_height
        box = shapes.crop_box(self.print.width, self.print.height, ratio, self.job["focal_point"])
        widths = self._widths(crop, ratio)
        piece = None
        for width in reversed(widths):
            formats = [format_ for format_ in self.job["formats"] if self._is_wanted((crop, width, format_))]
            if not formats or (width > (box[2] - box[0]) * 1.02 + 1 and width > widths[0]):
                continue  # it is there, or a thrifty print has no pixels for it
            try:
                piece = self._piece(piece, box, width, shapes.height_at(*full, ratio, width))
            except Exception as error:
                self._note(error)
                continue
            if not ratio:
                self.wholes[width] = piece
            yield from self._encoded((crop, width), piece, formats, is_whole=self._is_whole(box))

    def _widths(self, crop: str, ratio: float | None) -> list[int]:
        full = self.print.full_width, self.print.full_height
        widths = shapes.widths_of(*full, ratio, self.job["widths"])
        if first := self.job.get("first"):  # some of them, and the widest where it is not wider than those
            widths = [
                wide for wide in widths if wide in first[crop] or (wide == widths[-1] and wide < max(first[crop]))
            ]
        return widths

    def _is_wanted(self, size: tuple) -> bool:
        return size not in self.have and size not in self.without

    def _is_whole(self, box: tuple) -> bool:
        return box == (0, 0, self.print.width, self.print.height)

    def _piece(self, wider: Any, box: tuple, width: int, height: int) -> Any:
        """A shape at a size: of the whole at that width, of itself when it was wider, of the picture."""
        box_width = box[2] - box[0]
        whole = self.wholes.get(width)
        if whole and box_width == self.print.width and whole.height >= height:
            top = max(0, min(round(box[1] * width / box_width), whole.height - height))
            return whole if self._is_whole(box) else whole.cut((0, top, width, top + height))
        return wider.shrunk(width, height) if wider else self.print.cut(box, width, height)

    def _encoded(self, shape: tuple[str, int], piece: Any, formats: list[str], *, is_whole: bool) -> Iterator[Said]:
        """A piece in each format. One that its encoder refuses takes no other with it."""
        for format_ in formats:
            size = (*shape, format_)
            yield {"next": size}, b""
            try:
                content = self._content(piece, format_, is_whole=is_whole)
            except Exception as error:
                self._note(error)
                continue
            self.have.add(size)
            yield {"size": size}, content

    def _note(self, error: Exception) -> None:
        self.failure = error.with_traceback(None)  # which would hold on to the pixels

    def _content(self, piece: Any, format_: str, *, is_whole: bool) -> bytes:
        if is_whole and (known := self.encoded.get((piece.width, format_))):
            return known
        content = piece.encoded(format_, self.xmp)
        if format_ == "jpg":
            content = embedding.into_jpeg(content, self.job["facts"])
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
