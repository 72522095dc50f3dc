"""Content in: a file of lines is read twice, first to learn what it holds, so that lines may refer to later ones.

Then it is taken kind by kind, in batches of one act of the press each. A bad line is left out alone, and said, whatever
is wrong with it.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Protocol

from django.db import DatabaseError, InterfaceError, transaction

from cms.notices import Notice
from cms.publishing import kinds
from cms.publishing.kinds import Kind, PublishableKind, SharedKind
from cms.publishing.models import Address
from cms.transfer.lines import NumberedLine, Stopped, is_reachable
from cms.transfer.published import PublishedWriter
from cms.transfer.reader import Reader
from cms.transfer.report import name_of, stop_without_room, trouble_of
from cms.transfer.resolver import has_slug
from cms.transfer.run import Progress, Run
from cms.transfer.shared import SharedWriter
from cms.transfer.shared_files import SharedFileWriter


class Writer(Protocol):
    """Takes the lines of one kind."""

    def take(self, lines: Iterable[NumberedLine]) -> None: ...

    def finish(self) -> None:
        """What is left to be done once the lines of all kinds are taken."""


class Import:
    """One run over one file."""

    def __init__(self, path: Path, *, is_dry_run: bool = False, progress: Progress | None = None):
        self.path = path
        self._run = Run(path.parent, is_dry_run=is_dry_run, progress=progress)
        self.report = self._run.report

    def run(self) -> None:
        """Take all that can be taken. Raises Stopped where nothing more can be."""
        try:
            with self.path.open("rb") as file:
                if self._run.is_dry_run:
                    with transaction.atomic():
                        self._take(file)
                        transaction.set_rollback(True)
                else:
                    self._take(file)
        except (OSError, DatabaseError, InterfaceError, sqlite3.Error) as error:
            stop_without_room(error)
            raise Stopped(f"it cannot go on ({trouble_of(error)})") from error

    def _take(self, file: BinaryIO) -> None:
        run = self._run
        run.files.begin()
        reader = Reader(file, kinds_of_lines(), run.complain)
        reader.learn(run.resolver.learn)
        run.total = reader.total
        run.resolver.settle()
        writers = {serializer.Meta.kind: writer_of(run, serializer) for serializer in kinds.all()}
        for kind, writer in writers.items():
            if writer:
                writer.take(reader.lines(kind))
            run.resolver.finish(kind)
        for writer in filter(None, writers.values()):
            writer.finish()
        for serializer in kinds.all():
            self._say_lost_slugs(serializer)
        run.files.delete_unused()

    def _say_lost_slugs(self, serializer: type[Kind]) -> None:
        """Say which former slugs lead elsewhere now that all is in, or could never be reached."""
        kind = serializer.Meta.kind
        for wanted in self._run.resolver.former(kind):
            addresses = Address.objects.filter(kind=kind, slug__in=[slug for slug, _, _ in wanted])
            leading = dict(addresses.values_list("slug", "key"))
            for slug, key, number in wanted:
                if leading.get(slug) == key:
                    continue
                is_other = slug in leading or (has_slug(serializer.Meta.model) and is_reachable(slug))
                why = f"is another {kind}'s" if is_other else "could never be reached"
                what = Notice("old slug", f'previous_slugs: "{slug[:64]}" {why}, and is not kept')
                self.report.notice(name_of(number, {"kind": kind}), [what])


def kinds_of_lines() -> list[str]:
    """The kinds that a line may be of."""
    return [serializer.Meta.kind for serializer in kinds.all() if serializer.is_shared or serializer.is_publishable]


def writer_of(run: Run, serializer: type[Kind]) -> Writer | None:
    """Who takes the lines of a kind; none: it has no lines."""
    if issubclass(serializer, PublishableKind):
        return PublishedWriter(run, serializer)
    if issubclass(serializer, SharedKind):
        return (SharedFileWriter if "file" in serializer.Meta.writable_fields else SharedWriter)(run, serializer)
    return None
