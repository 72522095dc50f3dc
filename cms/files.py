"""Files that belong to what is published: in a snapshot, {"stored": name in the storage, ...what was read from it}.

A file that was stored is never changed, and versions are kept, so a file is too: an earlier version still plays it.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Any, Protocol, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from rest_framework import serializers

CHUNK = 1 << 20

_ending: ContextVar[Callable[[str], str] | None] = ContextVar("ending", default=None)


def file_url(path: str, folder: str = "", usual: Callable[[str], str] | None = None) -> str:
    """Where readers find a file that has this path here; all of a folder's, where the path leaves open which.

    `usual` makes the end of an address that does not open for everybody, where nothing else does.
    """
    ending = _ending.get() or usual
    return f"{settings.PUBLIC_URL}{path}{ending(folder or path) if ending else ''}"


@contextmanager
def addresses_ending(ending: Callable[[str], str]) -> Iterator[None]:
    """Meanwhile every file's address ends with what this makes of its path."""
    token = _ending.set(ending)
    try:
        yield
    finally:
        _ending.reset(token)


class NoAnswer(OSError):
    """That the storage of uploads is on another machine, and does not answer."""


class Readable(Protocol):
    """As much of a file as is needed to look into it."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...
    def read(self, size: int = -1, /) -> bytes: ...


class Stored(dict):
    """What a snapshot holds of a file that has passed its gate. Only code makes one: no input says what is stored."""

    notices: tuple[str, ...] = ()  # what whoever brought it should know


def is_stored(data: Any) -> bool:
    return isinstance(data, dict) and "stored" in data


def parts(file: Readable) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(CHUNK):
        yield part


def checksum_of(file: Readable) -> str:
    digest = hashlib.sha256()
    for part in parts(file):
        digest.update(part)
    return digest.hexdigest()


def keep(file: Readable, name: str) -> bool:
    """Store a file under a name that its content made; whether it was new."""
    if default_storage.exists(name):
        file.seek(0, 2)
        if default_storage.size(name) == file.tell():
            return False
        default_storage.delete(name)  # a process that was killed has left a part of it
    file.seek(0)
    try:
        kept = default_storage.save(name, file if isinstance(file, File) else File(cast(IO, file)))
    except FileExistsError:  # somebody stored the same content in this very moment, in a bucket
        return False
    if kept != name:  # the same, in a folder
        default_storage.delete(kept)
        return False
    return True


class StoredField(serializers.Field):
    """A file, or none. Its kind's gate has made it Stored before it comes here."""

    default_error_messages = {"form": "name a file in the folder of the import"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, "required": False, **kwargs})

    def to_internal_value(self, data: Any) -> dict:
        if not isinstance(data, Stored):
            self.fail("form")
        return dict(data)

    def to_representation(self, value: dict) -> dict:
        return value
