"""Files of the newsroom, copied beside the lines that name them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files.storage import default_storage

from cms.files import CHUNK
from cms.transfer.report import trouble_of


class Unreadable(Exception):
    """That a file of the newsroom is not there, or cannot be read."""


class Copies:
    """The files beside one file of lines; one that several lines name is copied once."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._copied: set[str] = set()

    def copy(self, stored: str, name: str) -> None:
        """Put a file of the newsroom beside the lines, whole or not at all. Raises Unreadable.

        Whatever goes wrong with the copy itself (no room, no permission) is an OSError: the next one would not fare
        better.
        """
        if name in self._copied:
            return
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with _opened(stored) as original, unfinished.open("wb") as copy:
                for part in _parts(original, stored):
                    copy.write(part)
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        self._copied.add(name)


@contextlib.contextmanager
def _opened(stored: str) -> Iterator[IO[bytes]]:
    try:
        original = default_storage.open(stored)
    except Exception as error:  # storages have errors of their own for what is not there
        raise _unreadable(stored, error) from error
    with original:
        yield original


def _parts(original: IO[bytes], stored: str) -> Iterator[bytes]:
    while True:
        try:
            part = original.read(CHUNK)
        except Exception as error:  # as above
            raise _unreadable(stored, error) from error
        if not part:
            return
        yield part


def _unreadable(stored: str, error: Exception) -> Unreadable:
    if isinstance(error, FileNotFoundError):
        return Unreadable(f"{stored} is not among the uploads")
    return Unreadable(f"{stored} cannot be read ({trouble_of(error)})")
