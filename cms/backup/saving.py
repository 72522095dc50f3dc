"""Making a backup: the rows as they were at one moment, and then the files, so that each that they name is in it."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils import timezone

import cms
from cms.backup import archive, rows, schema

FORMAT = 1
MANIFEST, KEY = "manifest.json", "secret_key"


class Refused(Exception):
    """Why there is no backup, or why one is not restored, in words for an operator."""


class Counts(NamedTuple):
    """How much is in a backup."""

    rows: int
    files: int


def save(path: Path) -> Counts:
    """Write a backup of everything to a file, while others go on working."""
    if wrong := schema.difference("The database", schema.applied(), schema.ours()):
        raise Refused(f"{wrong}: make the backup with the release that the database is of, or migrate first.")
    with archive.writing(path) as writer:
        with rows.snapshot():
            writer.add_bytes(MANIFEST, orjson.dumps(_manifest(), option=orjson.OPT_INDENT_2))
            number = sum(_save_table(writer, model) for model in rows.tables())
        files = _save_files(writer)
        if key := stored_key():
            writer.add_bytes(KEY, key)
    return Counts(number, files)


def _manifest() -> dict:
    return {
        "format": FORMAT,
        "galley": cms.__version__,
        "made_at": timezone.now(),
        "database": connection.vendor,
        "schema": schema.ours(),
        "sequences": rows.sequences(),
    }


def _save_table(writer: archive.Writer, model: type[models.Model]) -> int:
    number = 0
    with tempfile.TemporaryFile() as file:
        with gzip.open(file, "wb", compresslevel=1) as packed:
            for line in rows.lines(model):
                packed.write(line)
                number += 1
        size = file.tell()
        file.seek(0)
        writer.add(f"tables/{model._meta.label_lower}.ndjson.gz", file, size)
    return number


def _save_files(writer: archive.Writer) -> int:
    number = 0
    for name in stored_files():
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue  # the sizes of a photo that was changed just now
        with file:
            writer.add(f"uploads/{name}", file, file.size)
        number += 1
    return number


def stored_files() -> Iterator[str]:
    """The names of all uploads."""
    for folder in settings.UPLOADS_IN:
        yield from _files_in(folder)


def _files_in(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _files_in(f"{folder}/{name}")


def stored_key() -> bytes:
    """The secret key, where Galley keeps it; empty where the environment gives it."""
    path = settings.DATA_DIR / "secret_key"
    is_used = path.exists() and path.read_text().strip() == settings.SECRET_KEY
    return path.read_bytes() if is_used else b""
