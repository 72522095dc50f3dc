"""The lines of what many items share: in bulk, but for those with a file, which takes a second to look into."""

import uuid
from collections.abc import Iterable
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models

from cms import notices
from cms.notices import Notice, notice
from cms.publishing import press
from cms.publishing.models import Address
from cms.transfer.lines import BadLine, read_moment
from cms.transfer.names import former_slugs, has_slug, is_reachable
from cms.transfer.report import name_of
from cms.transfer.trees import parents_first

if TYPE_CHECKING:
    from cms.transfer.importing import Import

NumberedLine = tuple[int, dict]
OTHER_NAMES = ("previous_slugs", "previous_ids")


class Twin(Exception):
    """That a line brings a file that another one has already."""

    def __init__(self, holder: models.Model):
        self.holder = holder
        super().__init__()


class Sharing:
    """Takes the lines of one kind that many items share."""

    def __init__(self, run: "Import", serializer: type[Any]):
        self.run, self.serializer = run, serializer
        self.kind, self.model = serializer.Meta.kind, serializer.Meta.model
        self.writable = serializer.Meta.writable_fields
        self.parents: dict[uuid.UUID, uuid.UUID | None] = {}
        self.ids: dict[uuid.UUID, str] = {}  # what the file calls those that bring a file of their own

    def take(self, lines: Iterable[NumberedLine]) -> None:
        if "file" in self.writable:
            for number, given in lines:
                self._take_one(number, given)
            return
        if "parent" in self.writable:
            lines = self._without_rings(lines)
        for batch in self.run.batches(lines):
            self._take_batch(batch)

    def _without_rings(self, lines: Iterable[NumberedLine]) -> Iterable[NumberedLine]:
        ordered, rings = parents_first(lines, self.run.key_or_none, self._parent_or_none)
        for number, given in sorted(ordered, key=itemgetter(0)):
            if number in rings:
                ring = " > ".join([*rings[number][:10], rings[number][0]])
                text = f"parent: these stand below each other in a ring: {ring[:300]}; leave out one of the parents"
                self.run.complain(number, given, BadLine(text))
        return [line for line in ordered if line[0] not in rings]

    def _parent_or_none(self, given: dict) -> uuid.UUID | None:
        parent = given.get("parent")
        return self.run.names.find(self.kind, parent) if isinstance(parent, str) and "\x00" not in parent else None

    # Many at once

    def _take_batch(self, batch: list[NumberedLine]) -> None:
        """All good lines of a batch in one act of the press; where one of them fails in it, each half by itself."""
        try:
            with press.printing():
                taken, refused = self._store(batch)
        except Exception as error:  # whatever is wrong with one is said, and the others are taken
            middle = len(batch) // 2
            if middle:
                self._take_batch(batch[:middle])
                self._take_batch(batch[middle:])
                return
            taken, refused = [], [(*batch[0], error)]
        for number, given, error in refused:
            self.run.complain(number, given, error)
        for number, given, key, heard in taken:
            self._count(number, given, key, heard)

    def _store(self, batch: list[NumberedLine]) -> tuple[list, list]:
        """Check lines, and write what the good ones change. Returns these and the bad ones."""
        known = self.model.objects.in_bulk([key for _, given in batch if (key := self.run.key_or_none(given))])
        related = self._related(batch)
        if "parent" in self.writable:
            self.parents = dict(self.model.objects.values_list("pk", "parent"))
        taken, refused = [], []
        items, before = [], {}
        for number, given in batch:
            try:
                with notices.collecting() as heard:
                    key = self.run.key_of(given)
                    item = known.get(key) or self.model(pk=key)
                    former = model_values(item)
                    self._fill(item, given, related)
                    item.clean_fields(exclude=[field.name for field in foreign_keys(self.model)])
                    self._check_parent(item, former)
            except Exception as error:  # as above
                refused.append((number, given, error))
                continue
            if "parent" in self.writable:
                self.parents[key] = item.parent_id
                related[self.model.kind].add(key)
            items.append(item)
            before[key] = former
            taken.append((number, given, key, heard))
        for key, error in self._same_slugs(items).items():
            number, given, _, _ = line = next(line for line in taken if line[2] == key)
            taken.remove(line)
            refused.append((number, given, error))
            items = [item for item in items if item.pk != key]
        self.model.save_many(items, before)
        wanted: dict[str, uuid.UUID] = {}
        for _, given, key, _ in taken:
            for name in filter(is_reachable, other_names(self.model, given)):
                wanted.setdefault(name, key)
        press.redirect_former(self.kind, wanted)
        return taken, refused

    def _related(self, batch: list[NumberedLine]) -> dict[str, set[uuid.UUID]]:
        """Which of the things that these lines name are there, by kind."""
        found: dict[str, set[uuid.UUID]] = {}
        for field in foreign_keys(self.model):
            if field.name not in self.writable:
                continue
            kind = field.related_model.kind
            names = {given[field.name] for _, given in batch if isinstance(given.get(field.name), str)}
            keys = {key for name in names if (key := self.run.names.find(kind, name))}
            there = field.related_model.objects.filter(pk__in=keys).values_list("pk", flat=True)
            found.setdefault(kind, set()).update(there)
        return found

    def _check_parent(self, item: Any, former: dict) -> None:
        """Refuse to put something below itself, which only what is there already can be."""
        if "parent" not in self.writable or item._state.adding or item.parent_id == former["parent_id"]:
            return
        above, passed = item.parent_id, set()
        while above and above not in passed:
            if above == item.pk:
                raise BadLine("parent: it cannot stand below itself; choose another parent")
            passed.add(above)
            above = self.parents.get(above)

    def _same_slugs(self, items: list[Any]) -> dict[uuid.UUID, Exception]:
        """Of those whose slug is another's, at the desk or earlier in the batch, what is to be said."""
        if not has_slug(self.model):
            return {}
        slugs = {item.slug for item in items}
        held = dict(self.model.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        moved = {item.pk: item.slug for item in items}
        held = {slug: key for slug, key in held.items() if moved.get(key, slug) == slug}
        return {
            item.pk: BadLine(f'slug: another {self.kind} has the slug "{item.slug[:64]}"; choose another')
            for item in items
            if held.setdefault(item.slug, item.pk) != item.pk
        }

    # One by one

    def _take_one(self, number: int, given: dict) -> None:
        key = None
        try:
            with notices.collecting() as heard, press.attempt():
                key = self._share(given)
        except Twin as twin:
            self._lead_to_twin(number, given, twin.holder)
        except Exception as error:  # as above
            self.run.complain(number, given, error)
        else:
            self.ids[key] = str(given.get("id") or given.get("slug"))
            self._count(number, given, key, heard)

    def _share(self, given: dict) -> uuid.UUID:
        key = self.run.key_of(given)
        item = self.model.objects.filter(pk=key).first() or self._new(key, given)
        before = model_values(item)
        item.said = frozenset(given)  # what a line says stands, though it be nothing
        picture = None
        try:
            if "file" in given:
                picture = self.run.beside("file", given["file"])
                self._bring_file(item, picture)
            self._fill(item, given, None)
            item.full_clean()
            if self.run.is_dry_run:
                models.Model.save_base(item, raw=True)  # the row alone, which is rolled back: no file is written
            elif item._state.adding or before != model_values(item) or picture_is_new(item):
                item.save()
            with press.printing():
                press.redirect_former(self.kind, dict.fromkeys(other_names(self.model, given), item.pk))
        finally:
            if picture:
                picture.close()
        return key

    def _new(self, key: uuid.UUID, given: dict) -> Any:
        leads_to = Address.objects.filter(kind=self.kind, slug=str(key)).values("key")
        holder = None if given.get("file") else self.model.objects.filter(pk__in=leads_to).first()
        if holder:
            raise Twin(holder)
        return self.model(pk=key)

    def _bring_file(self, item: Any, picture: Any) -> None:
        """Give an item its file, unless it has that already: then nothing of it has to be looked into."""
        holder = self.serializer.holder_of(picture)
        if holder and holder.pk != item.pk and item._state.adding:
            raise Twin(holder)
        if not holder or holder.pk != item.pk or not (self.run.is_dry_run or default_storage.exists(holder.file.name)):
            item.file = File(picture, name=Path(str(picture.name)).name)

    def _lead_to_twin(self, number: int, given: dict, holder: Any) -> None:
        """Let what names a second id find the first, in this import and in those to come."""
        key = self.run.key_of(given)
        for name in {str(given.get("id") or key), str(key)}:
            self.run.names.lead(self.kind, name, holder.pk)
        with press.printing():
            press.redirect_former(self.kind, {str(key): holder.pk})
        unkept = sorted(
            name
            for name, value in given.items()
            if name in self.writable and value and name != "file" and value != getattr(holder, name, value)
        )
        other = f"; it is not given its {', '.join(unkept)}" if unkept else ""
        text = f'file: this is the same file as {self.kind} "{self._name(holder)}", which its id leads to{other}'
        self.run.step()
        self.run.report.notice(name_of(number, given), [Notice("same file", text)])

    def _name(self, holder: Any) -> str:
        return self.ids.get(holder.pk) or str(holder.pk)

    # What a line says

    def _count(self, number: int, given: dict, key: uuid.UUID, heard: list[Notice]) -> None:
        self.run.names.note_former(self.kind, other_names(self.model, given), key, number)
        self.run.count(number, given, heard)

    def _fill(self, item: models.Model, given: dict, related: dict[str, set[uuid.UUID]] | None) -> None:
        for name, value in given.items():
            if name not in {"kind", "id", *OTHER_NAMES} and not (name == "file" and "file" in self.writable):
                self._set(item, name, value, related)
        other_names(self.model, given)

    def _set(self, item: Any, name: str, value: Any, related: dict[str, set[uuid.UUID]] | None) -> None:
        if name not in self.writable:
            raise BadLine(f'there is no key "{name[:64]}"; write {", ".join(self.writable)}')
        if name == "focal_point":
            if not isinstance(value, dict) or value.keys() != {"x", "y"}:
                raise BadLine('focal_point: write {"x": 0.5, "y": 0.5}')
            item.focal_x, item.focal_y = value["x"], value["y"]
        elif (field := item._meta.get_field(name)).is_relation:
            setattr(item, field.attname, self._named(field.related_model.kind, name, value, related))
        else:
            if value is None and not field.null:
                value = field.get_default()
            if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str | None):
                raise BadLine(f"{name}: write a text")
            if isinstance(field, models.DateTimeField):
                value = read_moment(name, value)
            setattr(item, name, self._read(field, value))

    def _read(self, field: Any, value: Any) -> Any:
        """A value as its column holds it."""
        try:
            found = field.to_python(value)
        except ValidationError as error:
            raise ValidationError({field.name: error.messages}) from error
        is_whole = not isinstance(value, bool | float) or (value == found and not isinstance(value, bool))
        if isinstance(field, models.IntegerField) and not is_whole:
            raise BadLine(f"{field.name}: write a whole number")
        return found

    def _named(self, kind: str, name: str, value: Any, related: dict[str, set[uuid.UUID]] | None) -> uuid.UUID | None:
        if value is None:
            return None
        found = self.run.names.find(kind, value) if isinstance(value, str) else None
        if found is None or (related is not None and found not in related[kind]):
            raise BadLine(f'{name}: there is no {kind} "{str(value)[:64]}"')
        return found


def picture_is_new(item: Any) -> bool:
    """Whether it was given a file that is still to be stored."""
    return bool(item.file) and not item.file._committed


def foreign_keys(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def model_values(item: models.Model) -> dict:
    return {field.attname: getattr(item, field.attname) for field in item._meta.concrete_fields if field.name != "file"}


def other_names(model: type[models.Model], given: dict) -> list[str]:
    """What else leads to a line's thing: slugs, or where it has none the ids under which it came in as well."""
    own, others = OTHER_NAMES if has_slug(model) else reversed(OTHER_NAMES)
    if given.get(others):
        notice("key", f"{others} is not kept; a {model.kind} has none")
    if has_slug(model):
        return former_slugs(given)
    names = given.get(own) or []
    if not isinstance(names, list) or not all(isinstance(name, str) and 0 < len(name) <= 200 for name in names):
        raise BadLine(f"{own}: write a list of ids")
    return names
