"""The one way in for films, whoever sends them."""

import struct

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.files import Readable, Stored, checksum_of
from cms.leftovers.deleting import keep
from media.videos.film import Broken, Film, refuse
from media.videos.mp4 import read_mp4
from media.videos.webm import read_webm

STATUS = {"too-large": 413, "unsupported": 415, "broken": 400, "empty": 400}


def too_large() -> ValidationError:
    text = _("The file is larger than %(most)d MB; export it smaller and try again.")
    return refuse("too-large", text % {"most": settings.MAX_VIDEO_MB})


def read(file: Readable) -> Film:
    """What a file is, by its content. Raises ValidationError: too large, of another kind, or broken."""
    file.seek(0, 2)
    size = file.tell()
    if not size:
        raise refuse("empty", _("The file is empty; choose it again."))
    if size > settings.MAX_VIDEO_MB * 1_000_000:
        raise too_large()
    file.seek(0)
    head = file.read(12)
    try:
        if head[4:8] == b"ftyp":
            return read_mp4(file, size)
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return read_webm(file, size)
    except (Broken, struct.error, RecursionError):
        text = _("The film is damaged or was not copied whole; export or copy it again and try once more.")
        raise refuse("broken", text) from None
    raise refuse("unsupported", _("This is no film that browsers play; send it as MP4 (H.264) or WebM."))


def admit(file: Readable, *, is_dry_run: bool = False) -> tuple[Stored, bool]:
    """The one gate for films: look into a file and store it under a name of its own; and whether it was new."""
    film = read(file)
    source = Blanked(file, film.blanks) if film.blanks else file
    checksum = checksum_of(source)
    name = f"originals/videos/{checksum[:2]}/{checksum}.{film.extension}"
    stored = Stored(stored=name, type=film.type, width=film.width, height=film.height, seconds=film.duration)
    stored.notices = tuple(film.notices())
    return stored, False if is_dry_run else keep(source, name)


class Blanked:
    """A file, as it is stored: the same length, with what is not to leave the house overwritten."""

    def __init__(self, file: Readable, blanks: list[tuple[int, bytes]]):
        self.file, self.blanks = file, blanks

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1) -> bytes:
        start = self.file.tell()
        part = bytearray(self.file.read(size))
        for offset, content in self.blanks:
            first, last = max(offset, start), min(offset + len(content), start + len(part))
            if first < last:
                part[first - start : last - start] = content[first - offset : last - offset]
        return bytes(part)
