"""Writes the lines of a shared kind that has a file: one by one, as looking into a file takes longer than all else."""

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models

from cms import notices
from cms.notices import Notice
from cms.publishing import press
from cms.publishing.kinds import SharedKind
from cms.publishing.models import Address
from cms.transfer.columns import LineFiller, column_values
from cms.transfer.lines import NumberedLine
from cms.transfer.report import name_of
from cms.transfer.run import Run


class Twin(Exception):
    """That a line brings a file that another one has already."""

    def __init__(self, holder: models.Model):
        self.holder = holder
        super().__init__()


class SharedFileWriter:
    """Takes the lines of one shared kind that has a file."""

    def __init__(self, run: Run, serializer: type[SharedKind]):
        self.run, self.serializer = run, serializer
        self.kind, self.model = serializer.Meta.kind, serializer.Meta.model
        self.filler = LineFiller(serializer, run.resolver)
        self.ids: dict[uuid.UUID, str] = {}  # what the file calls those that it has brought

    def take(self, lines: Iterable[NumberedLine]) -> None:
        for number, given in lines:
            self._take_one(number, given)

    def finish(self) -> None:
        """Nothing of these waits for others."""

    def _take_one(self, number: int, given: dict) -> None:
        try:
            with notices.collecting() as heard, press.attempt():
                key = self._share(given)
        except Twin as twin:
            self._lead_to_twin(number, given, twin.holder)
        except Exception as error:  # whatever is wrong with one is said, and the others are taken
            self.run.complain(number, given, error)
        else:
            self.ids[key] = str(given.get("id") or given.get("slug"))
            self.run.resolver.note_former(self.kind, self.filler.other_names(given), key, number)
            self.run.count(number, given, heard)

    def _share(self, given: dict) -> uuid.UUID:
        key = self.run.resolver.key_of(given)
        item: Any = self.model._default_manager.filter(pk=key).first() or self._new(key, given)
        if "file" not in given:
            self._fill_and_save(item, given)
            return key
        with self.run.open_beside("file", given["file"]) as file:
            self._fill_and_save(item, given, file)
        return key

    def _fill_and_save(self, item: Any, given: dict, file: BinaryIO | None = None) -> None:
        before = column_values(item)
        item.said = frozenset(given)  # what a line says stands, though it be nothing
        if file:
            self._bring_file(item, file)
        self.filler.fill(item, given)
        item.full_clean()
        if self.run.is_dry_run:
            models.Model.save_base(item, raw=True)  # the row alone, which is rolled back: no file is written
        elif item._state.adding or before != column_values(item) or has_new_file(item):
            item.save()
        with press.printing():
            press.redirect_former(self.kind, dict.fromkeys(self.filler.other_names(given), item.pk))

    def _new(self, key: uuid.UUID, given: dict) -> Any:
        leads_to = Address.objects.filter(kind=self.kind, slug=str(key)).values("key")
        holder = None if given.get("file") else self.model._default_manager.filter(pk__in=leads_to).first()
        if holder:
            raise Twin(holder)
        return self.model(id=key)

    def _bring_file(self, item: Any, file: BinaryIO) -> None:
        """Give an item its file, unless it has that already: then nothing of it has to be looked into."""
        holder: Any = self.serializer.holder_of(file)
        is_own = holder is not None and holder.pk == item.pk
        if holder and not is_own and item._state.adding:
            raise Twin(holder)
        if not is_own or not (self.run.is_dry_run or default_storage.exists(holder.file.name)):
            item.file = File(file, name=Path(file.name).name)

    def _lead_to_twin(self, number: int, given: dict, holder: models.Model) -> None:
        """Let what names a second id find the first, in this import and in those to come."""
        key = self.run.resolver.key_of(given)
        for name in {str(given.get("id") or key), str(key)}:
            self.run.resolver.lead(self.kind, name, holder.pk)
        with press.printing():
            press.redirect_former(self.kind, {str(key): holder.pk})
        unkept = sorted(
            name
            for name, value in given.items()
            if name in self.filler.writable and value and name != "file" and value != getattr(holder, name, value)
        )
        other = f"; it is not given its {', '.join(unkept)}" if unkept else ""
        first = self.ids.get(holder.pk) or str(holder.pk)
        text = f'file: this is the same file as {self.kind} "{first}", which its id leads to{other}'
        self.run.step()
        self.run.report.notice(name_of(number, given), [Notice("same file", text)])


def has_new_file(item: Any) -> bool:
    """Whether it was given a file that is still to be stored."""
    return bool(item.file) and not item.file._committed
