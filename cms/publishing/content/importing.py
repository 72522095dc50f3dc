"""Content in and out as NDJSON: one object a line, the same both ways (docs/operators.md has the format).

An import reads the file twice: first to learn what it holds, so that lines may refer to later ones, then kind by kind,
in batches of one transaction each. A bad line is left out alone, and said.
"""

import logging
import uuid
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, models, transaction
from rest_framework import serializers

from cms.publishing import press, registry
from cms.publishing.content.lines import (
    LONGEST_LINE,
    MOMENTS,
    STATE_KEYS,
    BadLine,
    parse,
    read_moment,
    said,
)
from cms.publishing.content.names import NAMES, Names, has_slug, key_from_id, slugs_on_desk
from cms.publishing.links import is_link
from cms.publishing.models import Publication, Version

logger = logging.getLogger(__name__)

BATCH = 200


@dataclass
class Line:
    """A checked line, ready to be stored."""

    number: int
    key: uuid.UUID
    given: dict
    data: dict  # the snapshot
    moments: dict[str, datetime | None]
    working_copy: dict | None = None

    @property
    def is_published(self) -> bool:
        return self.given.get("status") == "published"

    def has_ended(self, now: datetime) -> bool:
        return bool(self.moments.get("live_until")) and self.moments["live_until"] <= now

    def is_down(self, now: datetime) -> bool:
        """Whether readers must not have it any more."""
        return self.given.get("status") == "draft" or (self.is_published and self.has_ended(now))


class Import:
    """One run over one file."""

    def __init__(self, path: Path, *, is_dry_run: bool = False, progress: Callable[[int, int], None] | None = None):
        self.path = path
        self.is_dry_run = is_dry_run
        self.progress = progress or (lambda done, total: None)
        self.names = Names()
        self.mistakes: list[str] = []
        self.counts: dict[str, int] = defaultdict(int)
        self.total = self.done = 0
        self.picture: BinaryIO | None = None  # the file that is being read, to be closed whatever becomes of it
        self.unfinished: dict[str, list[uuid.UUID]] = defaultdict(list)  # stored before what they point at was
        self.readers = {
            serializer.Meta.kind: serializer(partial=True, context={"names": self.names})
            for serializer in registry.publishable()
        }

    def run(self) -> None:
        with self.path.open("rb") as file:
            if self.is_dry_run:
                with transaction.atomic():
                    self._take(file)
                    transaction.set_rollback(True)
            else:
                self._take(file)

    def _take(self, file: BinaryIO) -> None:
        offsets = self._learn(file)
        for serializer in registry.known():
            kind = serializer.Meta.kind
            lines = self._lines(file, kind, offsets.get(kind, array("Q")))
            if serializer.is_shared:
                for number, given in parents_first(lines):
                    self._attempt(
                        number, given, lambda given=given, serializer=serializer: self._share(serializer, given)
                    )
            elif serializer.is_publishable:
                self._publish_all(serializer, lines)
        for kind, keys in self.unfinished.items():
            self._finish(registry.serializer_of(kind), keys)

    # Learning what is there

    def _learn(self, file: BinaryIO) -> dict[str, array]:
        """Note what each line is known by, and where the lines of each kind begin."""
        offsets: dict[str, array] = defaultdict(lambda: array("Q"))
        by_slug: dict[str, list[str]] = defaultdict(list)
        position = 0
        for number, line in enumerate(file, 1):
            start, position = position, position + len(line)
            if not line.strip():
                continue
            self.total += 1
            try:
                given = orjson.loads(line) if len(line) <= LONGEST_LINE else None
            except orjson.JSONDecodeError:
                given = None
            kind = given.get("kind") if isinstance(given, dict) else None
            if not isinstance(kind, str) or kind not in {found.Meta.kind for found in registry.known()}:
                self._attempt(number, given if isinstance(given, dict) else {}, lambda line=line: refuse(line))
                continue
            offsets[kind].extend((number, start))
            name, slug = given.get("id"), given.get("slug")
            if isinstance(name, str) and name:
                key = key_from_id(name)
                self.names.known[kind, name] = key
                self.names.known[kind, str(key)] = key
                if isinstance(slug, str):
                    self.names.known[kind, slug] = key
            elif isinstance(slug, str) and slug and "\x00" not in slug:
                by_slug[kind].append(slug)
        for kind, slugs in by_slug.items():
            model = registry.serializer_of(kind).Meta.model
            for start in range(0, len(slugs) if has_slug(model) else 0, 500):
                chunk = [slug for slug in slugs[start : start + 500] if (kind, slug) not in self.names.known]
                found = slugs_on_desk(model, chunk)
                for slug in chunk:
                    self.names.known[kind, slug] = found.get(slug) or uuid.uuid5(NAMES, f"{kind}/{slug}")
        return offsets

    def _lines(self, file: BinaryIO, kind: str, offsets: array) -> Iterator[tuple[int, dict]]:
        for at in range(0, len(offsets), 2):
            number, start = offsets[at], offsets[at + 1]
            file.seek(start)
            try:
                yield number, parse(file.readline())
            except BadLine as error:
                self._complain(number, {"kind": kind}, error)

    def _complain(self, number: int, given: dict, error: Exception) -> None:
        name = given.get("slug") or given.get("id")
        what = (
            f', {given.get("kind", "line")} "{name}"'
            if isinstance(name, str)
            else f", {given['kind']}"
            if given.get("kind")
            else ""
        )
        self.mistakes.append(f"line {number}{str(what)[:200]}: {said(error)}")
        self._step()

    def _step(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)

    def _attempt(self, number: int, given: dict, act: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                act()
        except (BadLine, ValidationError, serializers.ValidationError, IntegrityError, OSError) as error:
            self._complain(number, given, error)
        else:
            self.counts[given["kind"]] += 1
            self._step()

    # What many share

    def _share(self, serializer: type[Any], given: dict) -> None:
        model = serializer.Meta.model
        key = self._key(given)
        item = model.objects.filter(pk=key).first() or model(pk=key)
        before = model_values(item)
        try:
            for name, value in given.items():
                if name not in {"kind", "id", "previous_slugs"}:
                    self._set(serializer, item, name, value)
            item.full_clean()
            if self.is_dry_run:
                models.Model.save_base(item, raw=True)  # the row alone, which is rolled back: no file is written
            elif item._state.adding or before != model_values(item):
                item.save()
            with press.printing() as printing:
                printing.note_addresses(serializer.Meta.kind, dict.fromkeys(former_slugs(given), item.pk))
        finally:
            if self.picture:
                self.picture.close()

    def _set(self, serializer: type[Any], item: models.Model, name: str, value: Any) -> None:
        writable = serializer.Meta.writable_fields
        if name not in writable:
            raise BadLine(f'there is no key "{name[:64]}"; write {", ".join(writable)}')
        if name == "file":
            self._set_file(item, value)
        elif name == "focal_point":
            if not isinstance(value, dict) or value.keys() != {"x", "y"}:
                raise BadLine('focal_point: write {"x": 0.5, "y": 0.5}')
            item.focal_x, item.focal_y = value["x"], value["y"]
        elif (field := item._meta.get_field(name)).is_relation:
            found = self._named(field.related_model.kind, name, value)
            setattr(item, field.attname, found)
        else:
            if value is None and not field.null:
                value = field.get_default()
            if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str | None):
                raise BadLine(f"{name}: write a text")
            setattr(item, name, field.to_python(value))

    def _named(self, kind: str, name: str, value: Any) -> uuid.UUID | None:
        if value is None:
            return None
        found = self.names.find(kind, value) if isinstance(value, str) else None
        if found is None:
            raise BadLine(f'{name}: there is no {kind} "{str(value)[:64]}"')
        return found

    def _set_file(self, item: models.Model, value: Any) -> None:
        folder = self.path.parent.resolve()
        path = (folder / str(value)).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise BadLine(f'file: there is no "{str(value)[:64]}" in the folder of the import')
        self.picture = path.open("rb")
        item.file = File(self.picture, name=path.name)

    def _key(self, given: dict) -> uuid.UUID:
        for name in ("id", "slug"):
            if given.get(name) is not None:
                if not isinstance(given[name], str) or not given[name] or "\x00" in given[name]:
                    raise BadLine(f"{name}: write a text")
                key = self.names.known.get((given["kind"], given[name]))
                return key or key_from_id(given[name])
        raise BadLine("give it an id or a slug")

    # What is published

    def _publish_all(self, serializer: type[Any], lines: Iterator[tuple[int, dict]]) -> None:
        batch: list[tuple[int, dict]] = []
        keys: set[str] = set()
        for number, given in lines:
            name = str(given.get("id") or given.get("slug"))
            if len(batch) == BATCH or name in keys:
                self._store_batch(serializer, batch)
                batch, keys = [], set()
            batch.append((number, given))
            keys.add(name)
        self._store_batch(serializer, batch)

    def _store_batch(self, serializer: type[Any], batch: list[tuple[int, dict]]) -> None:
        keys = []
        for _number, given in batch:
            try:
                keys.append(self._key(given))
            except BadLine:
                continue
        items = serializer.Meta.model.objects.in_bulk(keys)
        heads = Version.objects.in_bulk([item.head_id for item in items.values() if item.head_id])
        lines = []
        for number, given in batch:
            try:
                key = self._key(given)
                head = heads.get(items[key].head_id) if key in items else None
                lines.append(self._read(serializer, number, key, given, head.data if head else None))
            except (BadLine, serializers.ValidationError, ValidationError) as error:
                self._complain(number, given, error)
        lines = self._without_obstacles(serializer, lines)
        try:
            with transaction.atomic():
                self._store(serializer, lines, items)
        except (IntegrityError, ValidationError):  # two of them disagree: take them one by one
            for line in lines:
                fresh = serializer.Meta.model.objects.in_bulk([line.key])
                self._attempt(
                    line.number, line.given, lambda line=line, fresh=fresh: self._store(serializer, [line], fresh)
                )
            return
        for _line in lines:
            self.counts[serializer.Meta.kind] += 1
            self._step()

    def _read(self, serializer: type[Any], number: int, key: uuid.UUID, given: dict, former: dict | None) -> Line:
        moments = {name: read_moment(name, given[name]) for name in given if name in MOMENTS}
        if given.get("status", "draft") not in {"draft", "published"}:
            raise BadLine('status: write "draft" or "published"')
        reason = given.get("withdrawn_reason")
        if reason is not None and reason not in press.Reason.values:
            raise BadLine(f"withdrawn_reason: write one of {', '.join(press.Reason.values)}")
        if "published_at" in moments and moments["published_at"] is None and given.get("status") == "published":
            del moments["published_at"]
        own = {name: value for name, value in given.items() if name not in STATE_KEYS | {"kind", "id"}}
        data = self._snapshot(serializer, key, own, former or serializer.blank())
        former_slugs(given)
        working_copy = None
        if given.get("working_copy") is not None:
            if not isinstance(given["working_copy"], dict):
                raise BadLine("working_copy: write an object")
            working_copy = self._snapshot(serializer, key, given["working_copy"], data)
        return Line(number, key, given, data, moments, working_copy)

    def _snapshot(self, serializer: type[Any], key: uuid.UUID, own: dict, former: dict) -> dict:
        reader = self.readers[serializer.Meta.kind]
        own = serializer.from_line(own)
        fields = serializer.written()
        for name in own:
            if name not in fields:
                raise BadLine(f'there is no key "{name[:64]}"; write {", ".join(fields)}')
        own = {name: "" if value is None and blank_for_null(fields[name]) else value for name, value in own.items()}
        data = {**former, **reader.run_validation(own)}
        serializer.complete(serializer.Meta.model(pk=key), data)
        return data

    def _without_obstacles(self, serializer: type[Any], lines: list[Line]) -> list[Line]:
        published = [line for line in lines if line.is_published]
        found = press.obstacles(serializer.Meta.kind, [line.data for line in published])
        bad = {id(line): messages for line, messages in zip(published, found, strict=True) if messages}
        for line in published:
            if id(line) in bad:
                self._complain(line.number, line.given, BadLine(f"it cannot be published: {' '.join(bad[id(line)])}"))
        return [line for line in lines if id(line) not in bad]

    def _store(self, serializer: type[Any], lines: list[Line], items: dict) -> None:
        """One transaction: desk, versions, and what readers get of them."""
        kind = serializer.Meta.kind
        with press.printing() as printing:
            found = [items.get(line.key) or serializer.Meta.model(pk=line.key) for line in lines]
            self._to_desk(serializer, found, [line.data for line in lines])
            press.keep(list(zip(found, (line.data for line in lines), strict=True)))
            versions = Version.objects.in_bulk([item.head_id for item in found])
            published = [
                self._release(line, versions[item.head_id], printing.now)
                for item, line in zip(found, lines, strict=True)
                if line.is_published and not line.has_ended(printing.now)
            ]
            taken = printing.slugs_taken(kind, [release.version for release in published])
            if taken:
                raise ValidationError(next(iter(taken.values())))
            printing.release(kind, published)
            printing.note_addresses(kind, {slug: line.key for line in lines for slug in former_slugs(line.given)})
            self._take_down(
                kind, [(line, versions[item.head_id]) for item, line in zip(found, lines, strict=True)], printing
            )
            copies = [(item, line.working_copy) for item, line in zip(found, lines, strict=True) if line.working_copy]
            if copies:
                self._to_desk(serializer, [item for item, _ in copies], [data for _, data in copies])
                press.keep(copies)

    def _to_desk(self, serializer: type[Any], items: list, snapshots: list[dict]) -> None:
        """Write to the desk; what points at lines still to come is pointed there at the end."""
        model = serializer.Meta.model
        own = {data_link["id"] for data in snapshots for data_link in own_kind_links(serializer, data)}
        stored = {str(key) for key in model.objects.filter(pk__in=own).values_list("pk", flat=True)}
        stored |= {str(item.pk) for item in items}
        pairs = []
        for item, data in zip(items, snapshots, strict=True):
            missing = {link["id"] for link in own_kind_links(serializer, data)} - stored
            if missing:
                self.unfinished[serializer.Meta.kind].append(item.pk)
            pairs.append((item, without_links(serializer, data, missing) if missing else data))
        serializer.store(pairs)

    def _finish(self, serializer: type[Any], keys: list[uuid.UUID]) -> None:
        for start in range(0, len(keys), BATCH):
            chunk = keys[start : start + BATCH]
            items = list(serializer.Meta.model.objects.filter(pk__in=chunk).select_related("head"))
            self.unfinished = defaultdict(list)
            with transaction.atomic():
                self._to_desk(serializer, items, [item.head.data for item in items])
            if self.unfinished:
                logger.warning(
                    "%d items point at lines that could not be taken", len(self.unfinished[serializer.Meta.kind])
                )

    def _release(self, line: Line, version: Version, now: datetime) -> press.Release:
        published_at = line.moments.get("published_at")
        is_ahead = published_at is not None and published_at > now
        return press.Release(
            version,
            at=published_at,
            published_at=None if is_ahead else published_at,
            updated_at=line.moments.get("updated_at"),
            live_until=line.moments.get("live_until", press.KEEP),
        )

    def _take_down(self, kind: str, lines: list[tuple[Line, Version]], printing: press.Printing) -> None:
        """Withdraw what is live and no longer to be; note of what is new that it was live once."""
        down = {line.key: (line, version) for line, version in lines if line.is_down(printing.now)}
        known = {found.key: found for found in Publication.objects.filter(kind=kind, key__in=down)}
        by_reason: dict[str, list] = defaultdict(list)
        for key, (line, version) in down.items():
            reason = line.given.get("withdrawn_reason") or press.Reason.WITHDRAWN
            moments = line.moments
            if line.is_published:
                reason, moments = press.Reason.EXPIRED, {**moments, "withdrawn_at": moments["live_until"]}
            if key in known:
                by_reason[reason].append(known[key])
            elif moments.get("withdrawn_at"):
                printing.note_withdrawn(version, reason, moments)
        for reason, group in by_reason.items():
            at = {publication.key: down[publication.key][0].moments.get("withdrawn_at") for publication in group}
            printing.withdraw(group, reason, at)


def refuse(line: bytes) -> None:
    """Say what is wrong with a line that is of no known kind."""
    given = parse(line)
    kinds = ", ".join(serializer.Meta.kind for serializer in registry.known() if not serializer.is_group)
    raise BadLine(f"kind: {str(given.get('kind'))[:64]!r} is none of {kinds}")


def former_slugs(given: dict) -> list[str]:
    slugs = given.get("previous_slugs") or []
    if not isinstance(slugs, list) or not all(isinstance(slug, str) and 0 < len(slug) <= 200 for slug in slugs):
        raise BadLine("previous_slugs: write a list of slugs")
    return slugs


def blank_for_null(field: serializers.Field) -> bool:
    return isinstance(field, serializers.CharField) and not field.allow_null


def model_values(item: models.Model) -> dict:
    return {field.attname: getattr(item, field.attname) for field in item._meta.concrete_fields if field.name != "file"}


def parents_first(lines: Iterator[tuple[int, dict]]) -> Iterator[tuple[int, dict]]:
    """Lines of a tree so that a parent comes before its children; others as they stand."""
    waiting = list(lines)
    slugs = {given.get("slug") for _, given in waiting if isinstance(given.get("slug"), str)}
    done: set = set()
    while waiting:
        ready = [line for line in waiting if line[1].get("parent") in done or line[1].get("parent") not in slugs]
        for line in ready or waiting:
            done.add(line[1].get("slug"))
            yield line
        waiting = [line for line in waiting if line not in ready] if ready else []


def own_kind_links(serializer: type[Any], data: dict) -> Iterator[dict]:
    """Links to the same kind that the desk keeps as keys: related stories, the story translated."""
    for name in serializer.Meta.own_kind_fields:
        value = data.get(name)
        if is_link(value):
            yield value
        elif isinstance(value, list):
            yield from value


def without_links(serializer: type[Any], data: dict, missing: set[str]) -> dict:
    kept = dict(data)
    for name in serializer.Meta.own_kind_fields:
        value = data.get(name)
        if is_link(value) and value["id"] in missing:
            kept[name] = None
        elif isinstance(value, list):
            kept[name] = [link for link in value if link["id"] not in missing]
    return kept
