"""One import: what all of its parts share."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max

from cms.files import Stored
from cms.leftovers.deleting import take_back
from cms.notices import Notice
from cms.publishing import kinds, press
from cms.publishing.kinds import PublishableKind
from cms.publishing.models import Version
from cms.transfer.lines import BadLine
from cms.transfer.report import Report, name_of, reason_of, stop_without_room
from cms.transfer.resolver import Resolver

Progress = Callable[[int, int], None]


class Run:
    """The folder of its file, what names mean there, what is said of it, and how far it is."""

    def __init__(self, folder: Path, *, is_dry_run: bool = False, progress: Progress | None = None):
        self.folder = folder.resolve()
        self.is_dry_run = is_dry_run
        self.progress = progress or (lambda done, total: None)
        self.resolver = Resolver()
        self.report = Report()
        self.files = StoredFiles()
        self.kinds = {serializer.Meta.kind for serializer in kinds.all()}
        self.total = self.done = 0

    def complain(self, number: int, given: dict, error: Exception) -> None:
        """Leave a line out, and say why. Without the database, or room on the disk, there is nothing to go on with."""
        stop_without_room(error)
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise error
        self.files.drop(number)
        kind = given.get("kind")
        if isinstance(kind, str) and kind in self.kinds and (key := self.resolver.key_or_none(given)):
            self.resolver.refuse(kind, key)
        self.report.complain(name_of(number, given), reason_of(error))
        self.step()

    def count(self, number: int, given: dict, notices: Iterable[Notice]) -> None:
        """Count a line as taken, and say what of it was not."""
        self.report.taken[given["kind"]] += 1
        self.report.notice(name_of(number, given), notices)
        self.step()

    def step(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)

    def open_beside(self, name: str, value: Any) -> BinaryIO:
        """A file in the folder of the lines."""
        path = (self.folder / str(value)).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise BadLine(f'{name}: there is no "{str(value)[:64]}" in the folder of the import')
        return path.open("rb")

    def with_files(self, serializer: type[PublishableKind], number: int, given: dict) -> dict:
        """A line with the files that it names taken in, which is done before the press is held up for it."""

        def take(name: str, path: Any, admit: Callable[..., tuple[Stored, bool]]) -> Stored:
            with self.open_beside(name, path) as file:
                stored, is_new = admit(file, is_dry_run=self.is_dry_run)
            self.files.note(number, stored["stored"], is_new)
            return stored

        taken = serializer.take_files(given, take)
        if isinstance(copy := given.get("working_copy"), dict):
            taken = {**taken, "working_copy": serializer.take_files(copy, take)}
        return taken


class StoredFiles:
    """What was stored for lines: it goes again where no line that uses it was taken, and nobody else has saved it."""

    def __init__(self) -> None:
        self._by_line: dict[int, list[str]] = {}
        self._new: set[str] = set()
        self._last_version = 0

    def begin(self) -> None:
        """Versions from before lead to nothing that will be new."""
        self._last_version = Version.objects.aggregate(last=Max("pk"))["last"] or 0

    def note(self, number: int, name: str, is_new: bool) -> None:
        self._by_line.setdefault(number, []).append(name)
        if is_new:
            self._new.add(name)

    def drop(self, number: int) -> None:
        """A line was refused."""
        self._by_line.pop(number, None)

    def delete_unused(self) -> None:
        used = {name for names in self._by_line.values() for name in names}
        for name in self._new - used:
            with press.printing():  # so that nobody saves it between the question and the deed
                if not self._is_saved(name):
                    take_back([name])

    def _is_saved(self, name: str) -> bool:
        return Version.objects.filter(pk__gt=self._last_version, data__contains=name).exists()
