"""Content in and out as NDJSON: one object a line, the same both ways (docs/operators.md has the format).

An import reads the file twice: first to learn what it holds, so that lines may refer to later ones, then kind by kind,
in batches of one transaction each. A bad line is left out alone, and said.
"""

import logging
import uuid
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, models, transaction
from rest_framework import serializers

from cms.publishing import press, registry, slugs, spelling, texts
from cms.publishing.content.lines import (
    LONGEST_LINE,
    MOMENTS,
    STATE_KEYS,
    BadLine,
    parse,
    read_moment,
    said,
)
from cms.publishing.content.names import Names, key_from_id
from cms.publishing.links import is_link
from cms.publishing.models import Publication, Version

logger = logging.getLogger(__name__)

BATCH = 500
# What a line that cannot be taken raises: our words, the rules' words, or what a database makes of a strange value.
REFUSALS = (
    BadLine,
    ValidationError,
    serializers.ValidationError,
    IntegrityError,
    DataError,
    OSError,
    TypeError,
    ValueError,
    OverflowError,
)


@dataclass
class Line:
    """A checked line, ready to be stored."""

    number: int
    key: uuid.UUID
    given: dict
    data: dict  # the snapshot
    moments: dict[str, datetime | None]
    working_copy: dict  # what the desk goes on with
    rights_end: datetime | None = None
    version: Version | None = None  # that has these data already, once there is one

    @property
    def is_published(self) -> bool:
        return self.given.get("status") == "published"

    @property
    def ends_at(self) -> datetime | None:
        return min((end for end in (self.moments.get("live_until"), self.rights_end) if end), default=None)

    def has_ended(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_down(self, now: datetime) -> bool:
        """Whether readers must not have it any more."""
        return self.given.get("status") == "draft" or (self.is_published and self.has_ended(now))


class Known:
    """What the desk and the readers have of some items before their lines are taken, read under the press's lock."""

    def __init__(self, serializer: type[Any], keys: list[uuid.UUID | None]):
        found = [key for key in keys if key]
        self.items = serializer.Meta.model.objects.select_related("head").in_bulk(found)
        publications = Publication.objects.filter(kind=serializer.Meta.kind, key__in=found)
        publications = publications.select_related("version", "next_version").defer("card", "document")
        self.publications = {publication.key: publication for publication in publications}


class Import:
    """One run over one file."""

    def __init__(self, path: Path, *, is_dry_run: bool = False, progress: Callable[[int, int], None] | None = None):
        self.path = path
        self.is_dry_run = is_dry_run
        self.progress = progress or (lambda done, total: None)
        self.names = Names()
        self.mistakes: list[str] = []
        self.refused: set[int] = set()
        self.counts: dict[str, int] = defaultdict(int)
        self.total = self.done = 0
        self.picture: BinaryIO | None = None  # the file that is being read, to be closed whatever becomes of it
        self.files_of: dict[int, list[str]] = {}  # by line, what it had stored
        self.new_files: set[str] = set()
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
                self._share_all(serializer, lines)
            elif serializer.is_publishable:
                self._publish_all(serializer, lines)
        for kind, keys in self.unfinished.items():
            self._finish(registry.serializer_of(kind), keys)
        self._drop_unused_files()

    # Learning what is there

    def _learn(self, file: BinaryIO) -> dict[str, array]:
        """Note what each line is known by, and where the lines of each kind begin."""
        offsets: dict[str, array] = defaultdict(lambda: array("Q"))
        position = 0
        for number, line in enumerate(file, 1):
            start, position = position, position + len(line)
            if not line.strip():
                continue
            self.total += 1
            given = glance(line)
            kind = given.get("kind") if isinstance(given, dict) else None
            if not isinstance(kind, str) or kind not in {found.Meta.kind for found in registry.known()}:
                self._complain(number, given if isinstance(given, dict) else {}, refusal(line))
                continue
            offsets[kind].extend((number, start))
            name, slug = texts.clean(given.get("id")), texts.clean(given.get("slug"))
            if isinstance(name, str) and name:
                key = key_from_id(name)
                for alias in {name, str(key), spelling.normalised(slug) if isinstance(slug, str) else name}:
                    self.names.note(kind, alias, key)
            elif isinstance(slug, str) and slug:
                self.names.note_slug(kind, spelling.normalised(slug))
        self.names.settle()
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
        self.refused.add(number)
        self.mistakes.append(f"line {number}{str(what)[:200]}: {said(error)}")
        self._step()

    def _step(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)

    # What many share

    def _share_all(self, serializer: type[Any], lines: Iterator[tuple[int, dict]]) -> None:
        """Many lines in one act of the press; those with a file one by one, for its sizes take a second to make."""
        if "parent" in serializer.Meta.writable_fields:
            lines = parents_first(lines)
        while batch := list(islice(lines, 1 if "file" in serializer.Meta.writable_fields else BATCH)):
            with press.printing() if len(batch) > 1 else nullcontext():
                for number, given in batch:
                    self._attempt(serializer, number, given)

    def _attempt(self, serializer: type[Any], number: int, given: dict) -> None:
        try:
            with press.attempt():
                self._share(serializer, given)
        except REFUSALS as error:
            self._complain(number, given, error)
        else:
            self.counts[serializer.Meta.kind] += 1
            self._step()

    def _share(self, serializer: type[Any], given: dict) -> None:
        model = serializer.Meta.model
        key = self._key(given)
        item = model.objects.filter(pk=key).first() or model(pk=key)
        before = model_values(item)
        item.said = frozenset(given)  # what a line says stands, though it be nothing
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
        self.picture = self._beside("file", value)
        item.file = File(self.picture, name=Path(str(value)).name)

    def _beside(self, name: str, value: Any) -> BinaryIO:
        """A file in the folder of the lines."""
        folder = self.path.parent.resolve()
        path = (folder / str(value)).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise BadLine(f'{name}: there is no "{str(value)[:64]}" in the folder of the import')
        return path.open("rb")

    def _key(self, given: dict) -> uuid.UUID:
        for name in ("id", "slug"):
            if given.get(name) is not None:
                if not isinstance(given[name], str) or not given[name]:
                    raise BadLine(f"{name}: write a text")
                return self.names.in_file(given["kind"], given[name]) or key_from_id(given[name])
        raise BadLine("give it an id or a slug")

    # What is published

    def _publish_all(self, serializer: type[Any], lines: Iterator[tuple[int, dict]]) -> None:
        batch: list[tuple[int, dict]] = []
        keys: set[uuid.UUID | None] = set()
        for number, given in lines:
            try:
                key = self._key(given)
            except BadLine:
                key = None  # which is said when it is read
            try:
                given = self._with_files(serializer, number, given)
            except REFUSALS as error:
                self._complain(number, given, error)
                continue
            if len(batch) == BATCH or (key and key in keys):
                self._take_batch(serializer, batch)
                batch, keys = [], set()
            batch.append((number, given))
            keys.add(key)
        self._take_batch(serializer, batch)

    def _with_files(self, serializer: type[Any], number: int, given: dict) -> dict:
        """The line with its files taken in, before the press is held up for it."""
        taken: list[str] = []

        def take(name: str, path: Any, admit: Callable) -> dict:
            with self._beside(name, path) as file:
                stored, is_new = admit(file, is_dry_run=self.is_dry_run)
            taken.append(stored["stored"])
            if is_new:
                self.new_files.add(stored["stored"])
            return stored

        try:
            given = serializer.take_files(given, take)
            if isinstance(copy := given.get("working_copy"), dict):
                given = {**given, "working_copy": serializer.take_files(copy, take)}
        finally:
            self.files_of[number] = taken
        return given

    def _drop_unused_files(self) -> None:
        """What was stored for lines that were then refused, and for no other."""
        kept = {name for number, names in self.files_of.items() if number not in self.refused for name in names}
        for name in self.new_files - kept:
            default_storage.delete(name)

    def _take_batch(self, serializer: type[Any], batch: list[tuple[int, dict]]) -> None:
        """All good lines of a batch in one act of the press; where two of them disagree, one by one."""
        try:
            with press.printing() as printing:
                refused = self._store(serializer, batch, printing)
        except REFUSALS as error:
            if len(batch) > 1:
                for line in batch:
                    self._take_batch(serializer, [line])
                return
            refused = [(*batch[0], error)]
        for number, given, error in refused:
            self._complain(number, given, error)
        for _ in range(len(batch) - len(refused)):
            self.counts[serializer.Meta.kind] += 1
            self._step()

    def _read(self, serializer: type[Any], number: int, given: dict, known: "Known") -> Line:
        key = self._key(given)
        moments = {name: read_moment(name, given[name]) for name in given if name in MOMENTS}
        if "status" in given and given["status"] not in ("draft", "published"):
            raise BadLine('status: write "draft" or "published"')
        reason = given.get("withdrawn_reason")
        if reason is not None and reason not in press.Reason.values:
            raise BadLine(f"withdrawn_reason: write one of {', '.join(press.Reason.values)}")
        if "published_at" in moments and moments["published_at"] is None and given.get("status") == "published":
            del moments["published_at"]
        former_slugs(given)
        own = {name: value for name, value in given.items() if name not in STATE_KEYS | {"kind", "id"}}
        item, publication = known.items.get(key), known.publications.get(key)
        head = item.head.data if item and item.head else None
        stands = None
        if given.get("status") == "published" and publication:
            # What the line leaves out stays as readers have it, or are to have it; not as somebody is writing it.
            stands = publication.version if "published_at" in moments else publication.next_version
            stands = stands or publication.version or publication.next_version
            if "published_at" not in moments and publication.next_at:
                moments["published_at"] = publication.next_at
        checked = self._checked(serializer, own)
        blank = serializer.blank()
        data = self._completed(serializer, key, {**blank, **((stands.data if stands else head) or {}), **checked})
        working_copy = self._completed(serializer, key, {**blank, **(head or data), **checked})
        if given.get("working_copy") is not None:
            if not isinstance(given["working_copy"], dict):
                raise BadLine("working_copy: write an object")
            written = self._checked(serializer, given["working_copy"])
            working_copy = self._completed(serializer, key, {**data, **written})
        line = Line(number, key, given, data, moments, working_copy, serializer.rights_end(data))
        line.version = next((found for found in (stands, item and item.head) if found and found.data == data), None)
        return line

    def _checked(self, serializer: type[Any], own: dict) -> dict:
        """What a line says, as a part of a snapshot. Null empties a field."""
        own = serializer.from_line(own)
        fields, blank = serializer.written(), serializer.blank()
        for name in own:
            if name not in fields:
                raise BadLine(f'there is no key "{name[:64]}"; write {", ".join(fields)}')
        own = {name: blank[name] if value is None else value for name, value in own.items()}
        return self.readers[serializer.Meta.kind].run_validation(own)

    def _completed(self, serializer: type[Any], key: uuid.UUID, data: dict) -> dict:
        serializer.complete(key, data)
        return data

    def _obstacles(self, serializer: type[Any], lines: list[Line]) -> dict[uuid.UUID, BadLine]:
        published = [line for line in lines if line.is_published]
        found = press.obstacles(serializer.Meta.kind, [line.data for line in published])
        return {
            line.key: BadLine(f"it cannot be published: {' '.join(messages)}")
            for line, messages in zip(published, found, strict=True)
            if messages
        }

    def _store(
        self, serializer: type[Any], batch: list[tuple[int, dict]], printing: press.Printing
    ) -> list[tuple[int, dict, Exception]]:
        """Check lines, and write the good ones: desk, versions, and what readers get. Returns the bad ones."""
        kind = serializer.Meta.kind
        known = Known(serializer, [self._key_or_none(given) for _, given in batch])
        refused: list[tuple[int, dict, Exception]] = []
        lines = []
        for number, given in batch:
            try:
                lines.append(self._read(serializer, number, given, known))
            except REFUSALS as error:
                refused.append((number, given, error))
        obstacles = self._obstacles(serializer, lines)
        refused += [(line.number, line.given, obstacles[line.key]) for line in lines if line.key in obstacles]
        lines = [line for line in lines if line.key not in obstacles]

        items = {line.key: known.items.get(line.key) or serializer.Meta.model(pk=line.key) for line in lines}
        self._keep(serializer, [(items[line.key], line.data) for line in lines if line.version is None])
        # One that stands already may come from a run that ended before its related stories were pointed at.
        self.unfinished[kind] += [
            line.key for line in lines if line.version and any(own_kind_links(serializer, line.data))
        ]
        for line in lines:
            line.version = line.version or items[line.key].head
        published = [
            self._release(line, printing.now)
            for line in lines
            if line.is_published and not line.has_ended(printing.now)
        ]
        taken = slugs.taken(kind, [release.version for release in published])
        if taken:
            raise ValidationError(next(iter(taken.values())))
        printing.release(kind, published)
        printing.note_addresses(kind, {slug: line.key for line in lines for slug in former_slugs(line.given)})
        self._take_down(kind, lines, printing)
        self._keep(
            serializer,
            [
                (items[line.key], line.working_copy)
                for line in lines
                if items[line.key].head is None or items[line.key].head.data != line.working_copy
            ],
        )
        return refused

    def _key_or_none(self, given: dict) -> uuid.UUID | None:
        try:
            return self._key(given)
        except BadLine:
            return None

    def _keep(self, serializer: type[Any], pairs: list[tuple[models.Model, dict]]) -> None:
        """Write snapshots to the desk, as new versions."""
        if pairs:
            self._to_desk(serializer, [item for item, _ in pairs], [data for _, data in pairs])
            press.keep(pairs)

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
            self.unfinished = defaultdict(list)
            with press.printing():
                chunk = serializer.Meta.model.objects.filter(pk__in=keys[start : start + BATCH])
                items = list(chunk.select_related("head"))
                self._to_desk(serializer, items, [item.head.data for item in items])
            if self.unfinished:
                logger.warning(
                    "%d items point at lines that could not be taken", len(self.unfinished[serializer.Meta.kind])
                )

    def _release(self, line: Line, now: datetime) -> press.Release:
        published_at = line.moments.get("published_at")
        is_ahead = published_at is not None and published_at > now
        return press.Release(
            line.version,
            at=published_at,
            published_at=None if is_ahead else published_at,
            updated_at=line.moments.get("updated_at"),
            live_until=line.moments.get("live_until", press.KEEP),
        )

    def _take_down(self, kind: str, lines: list[Line], printing: press.Printing) -> None:
        """Withdraw what is live and no longer to be; note of what is new that it was live once."""
        down = {line.key: line for line in lines if line.is_down(printing.now)}
        known = {found.key: found for found in Publication.objects.filter(kind=kind, key__in=down)}
        by_reason: dict[str, list] = defaultdict(list)
        for key, line in down.items():
            reason = line.given.get("withdrawn_reason") or press.Reason.WITHDRAWN
            moments = line.moments
            if line.is_published:
                reason, moments = press.Reason.EXPIRED, {**moments, "withdrawn_at": line.ends_at}
            if key in known:
                by_reason[reason].append(known[key])
            elif moments.get("withdrawn_at"):
                printing.note_withdrawn(line.version, reason, moments)
        for reason, group in by_reason.items():
            at = {publication.key: down[publication.key].moments.get("withdrawn_at") for publication in group}
            printing.withdraw(group, reason, at)


def glance(line: bytes) -> Any:
    """What a line holds, read fast; what cannot be read so gets a closer look."""
    try:
        return orjson.loads(line) if len(line) <= LONGEST_LINE else None
    except orjson.JSONDecodeError:
        try:
            return parse(line)  # which leaves out half a character
        except BadLine:
            return None


def refusal(line: bytes) -> BadLine:
    """What is wrong with a line that is of no known kind."""
    try:
        given = parse(line)
    except BadLine as error:
        return error
    kinds = ", ".join(serializer.Meta.kind for serializer in registry.known() if not serializer.is_group)
    return BadLine(f"kind: {str(given.get('kind'))[:64]!r} is none of {kinds}")


def former_slugs(given: dict) -> list[str]:
    slugs = given.get("previous_slugs") or []
    if not isinstance(slugs, list) or not all(isinstance(slug, str) and slug.strip() for slug in slugs):
        raise BadLine("previous_slugs: write a list of slugs")
    slugs = [spelling.normalised(slug) for slug in slugs]
    if any(len(slug) > 200 for slug in slugs):
        raise BadLine("previous_slugs: write a list of slugs, each of up to 200 characters")
    return slugs


def model_values(item: models.Model) -> dict:
    return {field.attname: getattr(item, field.attname) for field in item._meta.concrete_fields if field.name != "file"}


def parents_first(lines: Iterator[tuple[int, dict]]) -> Iterator[tuple[int, dict]]:
    """Lines of a tree so that a parent comes before its children."""
    waiting = list(lines)
    names = {str(given.get("slug")) for _, given in waiting}
    done: set[str] = set()
    while waiting:
        ready: list[tuple[int, dict]] = []
        later: list[tuple[int, dict]] = []
        for line in waiting:
            parent = str(line[1].get("parent"))
            (ready if parent in done or parent not in names else later).append(line)
        ready, later = (ready, later) if ready else (later, [])  # a ring, which is refused when it is checked
        done |= {str(given.get("slug")) for _, given in ready}
        yield from ready
        waiting = later


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
