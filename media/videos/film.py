"""Films: what an uploaded video file is, read from its own bytes.

Five facts are wanted of a file (its type, length, width, height and coding) and they stand in the first lines of its
tables, so they are read here, in a few hundred bytes that are looked up by their offsets. A library that decodes would
be a million lines of C in the web process for them. Nothing here trusts a length: what points out of the file, runs in
circles or claims more than a film can be is a broken file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.files import Readable

MAX_BOXES = 20_000
MAX_PARTS = 200_000  # boxes or elements of a film in fragments: an hour with one for each of 25 pictures a second
MAX_SIDE = 16_384
MAX_SECONDS = 1_000_000
MAX_LOCAL = 100_000  # bytes of a box that is read whole

# Codings that browsers play everywhere, or nearly; others are taken, and the editor is warned.
PLAYED = {"avc1", "avc3", "av01", "vp08", "vp09", "V_VP8", "V_VP9", "V_AV1"}


class Broken(Exception):
    """The file does not hold what it says that it holds."""


@dataclass
class Film:
    """What a file says of itself."""

    type: str
    extension: str
    seconds: float | None = None
    width: int = 0
    height: int = 0
    coding: str = ""
    is_slow_to_start: bool = False  # its tables come after the pictures
    blanks: list[tuple[int, bytes]] = field(
        default_factory=list
    )  # what is not to leave the house: offset, in its place

    @property
    def duration(self) -> int | None:
        return max(1, round(self.seconds)) if self.seconds else None

    def notices(self) -> Iterator[str]:
        """What the editor should know of it, and can do."""
        if self.coding not in PLAYED:
            yield _(
                "Its pictures are coded as %(coding)s, which not every browser plays; export it with H.264, VP9 or AV1."
            ) % {"coding": self.coding}
        if self.is_slow_to_start:
            yield _('It starts late, because its tables stand at its end; export it for the web ("fast start").')
        if self.seconds is None:
            yield _("It does not say how long it is; write its duration yourself.")
        if self.blanks:
            yield _("It told where, or with which device, it was recorded; that was taken out.")


def refuse(code: str, message: str) -> ValidationError:
    return ValidationError(message, code=code)


class Parts:
    """The parts of one file, boxes or elements, so many of them at most."""

    def __init__(self, file: Readable, size: int):
        self.file, self.size, self.passed, self.most = file, size, 0, MAX_BOXES

    def count(self) -> None:
        self.passed += 1
        if self.passed > self.most:
            raise Broken

    def at(self, start: int, length: int) -> bytes:
        self.file.seek(start)
        data = self.file.read(length)
        if len(data) < length:
            raise Broken
        return data


def plausible(film: Film) -> Film:
    """The film, unless what it says cannot be."""
    seconds = film.seconds
    if not (0 < film.width <= MAX_SIDE and 0 < film.height <= MAX_SIDE):
        raise Broken
    if seconds is not None and not 0 < seconds <= MAX_SECONDS:  # no number is neither
        raise Broken
    return film
