"""Taking a backup back: all of it or nothing."""

import gzip
import os
import shutil
from pathlib import Path
from typing import IO

import orjson
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.utils import validate_file_name
from django.core.management import call_command
from django.db import connection, transaction

import cms
from cms.backup import archive, rows, schema
from cms.backup.saving import FORMAT, KEY, MANIFEST, Counts, Refused, stored_files
from cms.files import keep
from cms.leftovers.deleting import delete, take_back

# What `migrate` writes into new tables by itself.
MADE_BY_MIGRATIONS = {
    "contenttypes.ContentType",
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
    "publishing.Edition",
}


def restore(path: Path, *, replace: bool = False) -> Counts:
    """Bring back what a backup holds, into empty tables; with `replace`, in place of all that is there.

    Where it is refused or fails, everything is as it was before.
    """
    check(path)
    if schema.applied() != schema.ours():
        call_command("migrate", verbosity=0)
    if not replace:
        _demand_emptiness()
    uploads = Folder() if isinstance(storages["default"], FileSystemStorage) else Elsewhere()
    try:
        with transaction.atomic():
            counts, key = _take(path, uploads)
            uploads.swap()
            _restore_key(key)
    except BaseException:
        uploads.swap_back()
        raise
    uploads.forget_former()
    return counts


def check(path: Path) -> dict:
    """What a backup says of itself. Raises Refused or Damaged where it cannot be restored here."""
    archive.check(path)
    with archive.reading(path) as members:
        name, content = next(iter(members), ("", None))
        if name != MANIFEST or content is None:
            raise archive.Damaged(f"{path} is not a backup of Galley.")
        manifest = orjson.loads(content.read())
    if manifest["format"] > FORMAT:
        raise Refused(f"{path} was made by Galley {manifest['galley']}, whose backups are of a newer form.")
    if wrong := schema.difference("The backup", manifest["schema"], schema.ours()):
        raise Refused(
            f"{path} was made by Galley {manifest['galley']}, and this is {cms.__version__} with other tables. "
            f"{wrong}. Restore it with the release that made it, and upgrade then."
        )
    if wrong := schema.difference("The database", sorted({*schema.applied(), *schema.ours()}), schema.ours()):
        raise Refused(f"{wrong}: it is of another release than this Galley. Restore into a new database.")
    return manifest


def _demand_emptiness() -> None:
    if filled := rows.first_filled(MADE_BY_MIGRATIONS):
        raise Refused(f"There is something here already ({filled}). Restore into a new database, or add --force.")
    if file := next(stored_files(), ""):
        raise Refused(f"There are uploads here already ({file}). Restore into a new DATA_DIR, or add --force.")


def _take(path: Path, uploads: "Folder | Elsewhere") -> tuple[Counts, bytes]:
    number, key = 0, b""
    models = {model._meta.label_lower: model for model in rows.tables()}
    rows.clear()
    with archive.reading(path) as members:
        for name, content in members:
            folder, _, rest = name.partition("/")
            if name == MANIFEST:
                manifest = orjson.loads(content.read())
            elif folder == "tables":
                with gzip.open(content) as lines:
                    number += rows.fill(models[rest.removesuffix(".ndjson.gz")], lines)
            elif folder == "uploads":
                uploads.add(rest, content)
            elif name == KEY:
                key = content.read()
    rows.restore_sequences(manifest["sequences"])
    connection.check_constraints()
    return Counts(number, uploads.number), key


def _restore_key(key: bytes) -> None:
    """The key that signs cursors, sessions and preview links, unless the environment gives another."""
    if not key or os.environ.get("SECRET_KEY", "").strip():
        return
    path = settings.DATA_DIR / "secret_key"
    part = path.with_name("secret_key.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key)
    part.replace(path)


class Folder:
    """The folder of uploads, filled beside the one that is there and put in its place at the end."""

    def __init__(self) -> None:
        self.folder = Path(settings.MEDIA_ROOT)
        self.new = self.folder.with_name(f"{self.folder.name}.restored")
        self.former = self.folder.with_name(f"{self.folder.name}.former")
        self.number = 0
        self.is_swapped = False
        shutil.rmtree(self.new, ignore_errors=True)
        self.new.mkdir(parents=True, mode=0o700)

    def add(self, name: str, content: IO[bytes]) -> None:
        path = (self.new / name).resolve()
        if not path.is_relative_to(self.new.resolve()):
            raise archive.Damaged(f"The backup holds a file outside the uploads: {name!r}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file, archive.CHUNK)
        path.chmod(settings.FILES_MODE)  # the proxy that sends files may have to read them
        self.number += 1

    def swap(self) -> None:
        for folder, _folders, _files in os.walk(self.new):
            os.chmod(folder, settings.FOLDERS_MODE)
        shutil.rmtree(self.former, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(self.former)
        self.new.rename(self.folder)
        self.is_swapped = True

    def swap_back(self) -> None:
        if self.is_swapped:
            self.folder.rename(self.new)
            if self.former.exists():
                self.former.rename(self.folder)
        shutil.rmtree(self.new, ignore_errors=True)

    def forget_former(self) -> None:
        shutil.rmtree(self.former, ignore_errors=True)


class Elsewhere:
    """Uploads in a bucket, where nothing can be renamed. A file's name says what it holds, so what is brought back can
    stand beside what is there, which goes in the end.
    """

    def __init__(self) -> None:
        self.former = set(stored_files())
        self.names: set[str] = set()

    @property
    def number(self) -> int:
        return len(self.names)

    def add(self, name: str, content: IO[bytes]) -> None:
        try:
            validate_file_name(name, allow_relative_path=True)
        except SuspiciousFileOperation as error:
            raise archive.Damaged(f"The backup holds a file outside the uploads: {name!r}.") from error
        self.names.add(name)
        keep(content, name)

    def swap(self) -> None:
        """They are there already."""

    def swap_back(self) -> None:
        take_back(self.names - self.former)

    def forget_former(self) -> None:
        delete(self.former - self.names)
