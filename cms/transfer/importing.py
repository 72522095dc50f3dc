"""Content in and out as NDJSON: one object a line, the same both ways (docs/operators.md has the format).

An import reads the file twice: first to learn what it holds, so that lines may refer to later ones, then kind by kind,
in batches of one transaction each. A bad line is left out alone, and said, whatever is wrong with it.
"""

import logging
import uuid
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction

from cms import notices
from cms.notices import Notice, notice
from cms.publishing import kinds, press, slugs, working
from cms.publishing.links import is_link, things
from cms.publishing.models import Address, Publication, Version
from cms.text import spelling, texts
from cms.transfer.lines import LONGEST_LINE, MOMENTS, STATE_KEYS, BadLine, parse, raw_lines, read_moment, said
from cms.transfer.names import Names, former_slugs, has_slug, is_reachable, key_from_id, slugs_on_desk
from cms.transfer.report import Report, name_of
from cms.transfer.sharing import Sharing

logger = logging.getLogger(__name__)

BATCH = 500


@dataclass
class Line:
    """A checked line, ready to be stored."""

    number: int
    key: uuid.UUID
    given: dict
    status: str  # that the line gives, or that the item has: "published" where it is live or scheduled
    data: dict  # the snapshot
    moments: dict[str, datetime | None]
    working_copy: dict  # what the desk goes on with
    rights_end: datetime | None = None
    version: Version | None = None  # that has these data already, once there is one
    later: dict | None = None  # the snapshot of what is scheduled besides, and stays so
    later_at: datetime | None = None
    later_version: Version | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def is_published(self) -> bool:
        return self.status == "published"

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

    def __init__(self, serializer: type[Any], keys: list[uuid.UUID | None], at: datetime):
        self.at = at
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
        self.report = Report()
        self.refused: set[int] = set()
        self.total = self.done = 0
        self.kinds = {serializer.Meta.kind for serializer in kinds.all()}
        self.files_of: dict[int, list[str]] = {}  # by line, what it had stored
        self.new_files: set[str] = set()
        self.unfinished: dict[str, list[uuid.UUID]] = defaultdict(list)  # stored before what they point at was
        self.readers = {serializer.Meta.kind: serializer.reading(self.names) for serializer in kinds.publishable()}

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
        for serializer in kinds.all():
            kind = serializer.Meta.kind
            lines = self._lines(file, kind, offsets.get(kind, array("Q")))
            if serializer.is_shared:
                Sharing(self, serializer).take(lines)
            elif serializer.is_publishable:
                self._publish_all(serializer, lines)
            self.names.finish(kind)
        for kind, keys in self.unfinished.items():
            self._finish(kinds.named(kind), keys)
        for serializer in kinds.all():
            self._say_lost_slugs(serializer)
        self._drop_unused_files()

    # Learning what is there

    def _learn(self, file: BinaryIO) -> dict[str, array]:
        """Note what each line is known by, and where the lines of each kind begin."""
        offsets: dict[str, array] = defaultdict(lambda: array("Q"))
        for number, start, line in raw_lines(file):
            if not line.strip():
                continue
            self.total += 1
            given = glance(line)
            kind = given.get("kind") if isinstance(given, dict) else None
            if not isinstance(kind, str) or kind not in self.kinds:
                self.complain(number, given if isinstance(given, dict) else {}, refusal(line))
                continue
            offsets[kind].extend((number, start))
            self._learn_names(kind, given)
        self.names.settle()
        return offsets

    def _learn_names(self, kind: str, given: dict) -> None:
        name, slug = texts.clean(given.get("id")), texts.clean(given.get("slug"))
        slug = spelling.normalised(slug) if isinstance(slug, str) else ""
        if slug:
            self.names.note_own_slug(kind, slug)
        if isinstance(name, str) and name:
            key = key_from_id(name)
            for alias in {name, str(key), slug or name}:
                self.names.note(kind, alias, key)
        elif slug:
            self.names.note_slug(kind, slug)

    def _lines(self, file: BinaryIO, kind: str, offsets: array) -> Iterator[tuple[int, dict]]:
        for at in range(0, len(offsets), 2):
            number, start = offsets[at], offsets[at + 1]
            file.seek(start)
            line = file.readline()
            try:
                yield number, parse(line)
            except BadLine as error:
                self.complain(number, glance(line), error)

    # What is said, and what a line is known by

    def complain(self, number: int, given: dict, error: Exception) -> None:
        """Leave a line out, and say why. Without the database there is nothing to go on with."""
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise error
        self.refused.add(number)
        kind = given.get("kind")
        if isinstance(kind, str) and kind in self.kinds and (key := self.key_or_none(given)):
            self.names.refuse(kind, key)
        self.report.complain(name_of(number, given), said(error))
        self.step()

    def count(self, number: int, given: dict, heard: Iterable[Notice]) -> None:
        """Count a line as taken, and say what of it was not."""
        self.report.taken[given["kind"]] += 1
        self.report.notice(name_of(number, given), heard)
        self.step()

    def step(self) -> None:
        self.done += 1
        self.progress(self.done, self.total)

    def key_of(self, given: dict) -> uuid.UUID:
        for name in ("id", "slug"):
            if given.get(name) is not None:
                if not isinstance(given[name], str) or not given[name]:
                    raise BadLine(f"{name}: write a text")
                return self.names.in_file(given["kind"], given[name]) or key_from_id(given[name])
        raise BadLine("give it an id or a slug")

    def key_or_none(self, given: dict) -> uuid.UUID | None:
        """The same; none where the line does not say, which it is told when it is read."""
        try:
            return self.key_of(given)
        except BadLine:
            return None

    def beside(self, name: str, value: Any) -> BinaryIO:
        """A file in the folder of the lines."""
        folder = self.path.parent.resolve()
        path = (folder / str(value)).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise BadLine(f'{name}: there is no "{str(value)[:64]}" in the folder of the import')
        return path.open("rb")

    def batches(self, lines: Iterable[tuple[int, dict]]) -> Iterator[list[tuple[int, dict]]]:
        """Lines in lists of BATCH, one of each thing in a list: a second line of it is to find what the first says."""
        batch: list[tuple[int, dict]] = []
        keys: set[uuid.UUID | None] = set()
        for number, given in lines:
            key = self.key_or_none(given)
            if len(batch) == BATCH or (key and key in keys):
                yield batch
                batch, keys = [], set()
            batch.append((number, given))
            keys.add(key)
        if batch:
            yield batch

    # What is published

    def _publish_all(self, serializer: type[Any], lines: Iterator[tuple[int, dict]]) -> None:
        for batch in self.batches(self._all_with_files(serializer, lines)):
            self._take_batch(serializer, batch)

    def _all_with_files(self, serializer: type[Any], lines: Iterator[tuple[int, dict]]) -> Iterator[tuple[int, dict]]:
        for number, given in lines:
            try:
                taken = self._with_files(serializer, number, given)
            except Exception as error:  # whatever is wrong with one is said, and the others are taken
                self.complain(number, given, error)
            else:
                yield number, taken

    def _with_files(self, serializer: type[Any], number: int, given: dict) -> dict:
        """The line with its files taken in, before the press is held up for it."""
        taken: list[str] = []

        def take(name: str, path: Any, admit: Callable) -> dict:
            with self.beside(name, path) as file:
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
            if taken:
                self.files_of[number] = taken
        return given

    def _drop_unused_files(self) -> None:
        """What was stored for lines that were then refused, and for no other."""
        kept = {name for number, names in self.files_of.items() if number not in self.refused for name in names}
        for name in self.new_files - kept:
            default_storage.delete(name)

    def _take_batch(self, serializer: type[Any], batch: list[tuple[int, dict]]) -> None:
        """All good lines of a batch in one act of the press; where one of them fails in it, each half by itself."""
        try:
            with press.printing() as printing:
                lines, refused = self._store(serializer, batch, printing)
        except Exception as error:  # whatever is wrong with one is said, and the others are taken
            middle = len(batch) // 2
            if middle:
                self._take_batch(serializer, batch[:middle])
                self._take_batch(serializer, batch[middle:])
                return
            lines, refused = [], [(*batch[0], error)]
        for number, given, error in refused:
            self.complain(number, given, error)
        for line in lines:
            self.names.note_former(serializer.Meta.kind, former_slugs(line.given), line.key, line.number)
            self.count(line.number, line.given, line.notices)

    def _read(self, serializer: type[Any], number: int, given: dict, known: "Known") -> Line:
        with notices.collecting() as heard:
            line = self._read_states(serializer, number, given, known)
            say_unkept(line, known.publications.get(line.key), known.at)
        line.notices = heard
        return line

    def _read_states(self, serializer: type[Any], number: int, given: dict, known: "Known") -> Line:
        """What a line makes of each state that the item has: before readers, scheduled, and at the desk."""
        key = self.key_of(given)
        moments = read_moments(given)
        former_slugs(given)
        own = {name: value for name, value in given.items() if name not in STATE_KEYS | {"kind", "id"}}
        item, publication = known.items.get(key), known.publications.get(key)
        head = item.head.data if item and item.head else None
        status = given.get("status") or standing(publication)
        if status == "published" and moments.get("published_at", given) is None:
            del moments["published_at"]
        stands = later = None
        if status == "published" and publication:
            is_ahead = bool(moments.get("published_at")) and moments["published_at"] > known.at
            if "status" not in given and publication.is_live and not is_ahead:
                stands, later = publication.version, publication.next_version
            else:
                # What the line leaves out stays as readers have it, or are to have it; not as somebody is writing it.
                stands = publication.version if "published_at" in moments else publication.next_version
                stands = stands or publication.version or publication.next_version
                if "published_at" not in moments and publication.next_at:
                    moments["published_at"] = publication.next_at
        former = (stands.data if stands else head) or {}
        checked = self._checked(serializer, key, own, former)
        blank = serializer.blank()
        data = self._completed(serializer, key, {**blank, **former, **checked})
        working_copy = self._completed(serializer, key, {**blank, **(head or data), **checked})
        if given.get("working_copy") is not None:
            if not isinstance(given["working_copy"], dict):
                raise BadLine("working_copy: write an object")
            written = self._checked(serializer, key, given["working_copy"], head or {})
            working_copy = self._completed(serializer, key, {**data, **written})
        line = Line(number, key, given, status, data, moments, working_copy, serializer.rights_end(data))
        line.version = next((found for found in (stands, item and item.head) if found and found.data == data), None)
        if later:
            line.later = self._completed(serializer, key, {**blank, **later.data, **checked})
            line.later_at = publication.next_at
            line.later_version = later if later.data == line.later else None
        return line

    def _checked(self, serializer: type[Any], key: uuid.UUID, own: dict, former: dict) -> dict:
        """What a line says, as a part of a snapshot. Null empties a field."""
        own = serializer.from_line(own)
        fields, blank = serializer.written(), serializer.blank()
        for name in own:
            if name not in fields:
                raise BadLine(f'there is no key "{name[:64]}"; write {", ".join(fields)}')
        own = {name: blank[name] if value is None else value for name, value in own.items()}
        part = self.readers[serializer.Meta.kind].checked(serializer.as_before(own, former))
        return serializer.without_itself(key, part)

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
    ) -> tuple[list[Line], list[tuple[int, dict, Exception]]]:
        """Check lines, and write the good ones: desk, versions, what readers get. Returns these and the bad ones."""
        kind = serializer.Meta.kind
        known = Known(serializer, [self.key_or_none(given) for _, given in batch], printing.now)
        refused: list[tuple[int, dict, Exception]] = []
        lines = []
        for number, given in batch:
            try:
                lines.append(self._read(serializer, number, given, known))
            except Exception as error:  # whatever is wrong with one is said, and the others are taken
                refused.append((number, given, error))
        obstacles = self._obstacles(serializer, lines)
        refused += [(line.number, line.given, obstacles[line.key]) for line in lines if line.key in obstacles]
        lines = [line for line in lines if line.key not in obstacles]

        items = {line.key: known.items.get(line.key) or serializer.Meta.model(pk=line.key) for line in lines}
        self._keep(serializer, [(items[line.key], line.data) for line in lines if line.version is None])
        # One that stands already may come from a run that ended before its related stories were pointed at.
        self.unfinished[kind] += [
            line.key for line in lines if line.version and any(found == kind for found, _ in things(line.data))
        ]
        for line in lines:
            line.version = line.version or items[line.key].head
        later = [line for line in lines if line.later]
        self._keep(serializer, [(items[line.key], line.later) for line in later if line.later_version is None])
        for line in later:
            line.later_version = line.later_version or items[line.key].head
        self._release_all(kind, lines, printing)
        self._note_former(kind, lines)
        self._take_down(kind, lines, printing)
        self._keep(
            serializer,
            [
                (items[line.key], line.working_copy)
                for line in lines
                if items[line.key].head is None or items[line.key].head.data != line.working_copy
            ],
        )
        return lines, refused

    def _release_all(self, kind: str, lines: list[Line], printing: press.Printing) -> None:
        """Bring before readers what is to be there, and note what is to come there later."""
        up = [line for line in lines if line.is_published and not line.has_ended(printing.now)]
        published = [self._release(line, printing.now) for line in up]
        taken = slugs.taken(kind, [release.version for release in published])
        if taken:
            raise ValidationError(next(iter(taken.values())))
        press.release(printing, kind, published)
        # What is scheduled was cancelled by that, as it is whenever something else goes live.
        later = [press.Release(line.later_version, at=line.later_at) for line in up if line.later]
        press.release(printing, kind, later)

    def _note_former(self, kind: str, lines: list[Line]) -> None:
        """Let former slugs lead to these, but those that are another's own: its line may be still to come."""
        wanted: dict[str, uuid.UUID] = {}
        for line in lines:
            for slug in filter(is_reachable, former_slugs(line.given)):
                wanted.setdefault(slug, line.key)
        model = kinds.named(kind).Meta.model
        if not wanted or not has_slug(model):
            return
        at_desk = slugs_on_desk(model, list(wanted))
        owners = {slug: self.names.whose_slug(kind, slug) or at_desk.get(slug, key) for slug, key in wanted.items()}
        press.redirect_former(kind, {slug: key for slug, key in wanted.items() if owners[slug] == key})

    def _say_lost_slugs(self, serializer: type[Any]) -> None:
        """Say which former slugs lead elsewhere now that all is in, or could never be reached."""
        kind = serializer.Meta.kind
        for wanted in self.names.former(kind):
            found = Address.objects.filter(kind=kind, slug__in=[slug for slug, _, _ in wanted])
            leading = dict(found.values_list("slug", "key"))
            for slug, key, number in wanted:
                if leading.get(slug) == key:
                    continue
                is_other = slug in leading or (has_slug(serializer.Meta.model) and is_reachable(slug))
                why = f"is another {kind}'s" if is_other else "could never be reached"
                what = Notice("old slug", f'previous_slugs: "{slug[:64]}" {why}, and is not kept')
                self.report.notice(name_of(number, {"kind": kind}), [what])

    def _keep(self, serializer: type[Any], pairs: list[tuple[Any, dict]]) -> None:
        """Write snapshots to the desk, as new versions."""
        if pairs:
            working.write_all(serializer, pairs, at_desk=self._at_desk(serializer, pairs))

    def _at_desk(self, serializer: type[Any], pairs: list[tuple[Any, dict]]) -> list[tuple[Any, dict]]:
        """What the desk has of these for now: what points at lines still to come is pointed there at the end."""
        items, snapshots = [item for item, _ in pairs], [data for _, data in pairs]
        model = serializer.Meta.model
        kind = serializer.Meta.kind
        named = [{str(key) for found, key in things(data) if found == kind} for data in snapshots]
        own = set().union(*named)
        stored = {str(key) for key in model.objects.filter(pk__in=own).values_list("pk", flat=True)}
        stored |= {str(item.pk) for item in items}
        at_desk = []
        for item, data, names in zip(items, snapshots, named, strict=True):
            missing = names - stored
            if missing:
                self.unfinished[kind].append(item.pk)
            at_desk.append((item, without_links(serializer, data, missing) if missing else data))
        return at_desk

    def _finish(self, serializer: type[Any], keys: list[uuid.UUID]) -> None:
        """Point what was stored at what was stored after it."""
        for start in range(0, len(keys), BATCH):
            self._finish_some(serializer, keys[start : start + BATCH])

    def _finish_some(self, serializer: type[Any], keys: list[uuid.UUID]) -> None:
        self.unfinished = defaultdict(list)
        try:
            with press.printing():
                items = list(serializer.Meta.model.objects.filter(pk__in=keys).select_related("head"))
                self._keep(serializer, [(item, item.head.data) for item in items])
        except Exception:  # readers have it as it is to be, and the next import tries again
            middle = len(keys) // 2
            if middle:
                self._finish_some(serializer, keys[:middle])
                self._finish_some(serializer, keys[middle:])
                return
            logger.exception("%s %s could not be pointed at what it is related to", serializer.Meta.kind, keys[0])
            what = Notice("related", "the desk does not have what it is related to; save it there")
            self.report.notice(f'{serializer.Meta.kind} "{keys[0]}"', [what])
            return
        missing = set(self.unfinished[serializer.Meta.kind])
        for item in sorted(items, key=lambda item: keys.index(item.pk)):  # in the order of the file
            if item.pk in missing:
                text = f"it names another {serializer.Meta.kind} that is not there; it is shown once that is"
                self.report.notice(name_of_item(item), [Notice("related", text)])

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
                press.note_withdrawn(line.version, reason, moments)
        for reason, group in by_reason.items():
            at = {publication.key: down[publication.key].moments.get("withdrawn_at") for publication in group}
            press.withdraw_all(printing, group, reason, at)


def name_of_item(item: Any) -> str:
    return f'{item.kind} "{getattr(item, "slug", "") or item.pk}"'


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
    names = ", ".join(serializer.Meta.kind for serializer in kinds.all() if not serializer.is_group)
    return BadLine(f"kind: {str(given.get('kind'))[:64]!r} is none of {names}")


def standing(publication: Publication | None) -> str:
    """The status of an item, in the words of a line: what is scheduled is published, at a time to come."""
    return "published" if publication and (publication.is_live or publication.next_at) else "draft"


def read_moments(given: dict) -> dict[str, datetime | None]:
    """The times that a line gives, its other words about its state being checked as well."""
    if "status" in given and given["status"] not in ("draft", "published"):
        raise BadLine('status: write "draft" or "published"')
    reason = given.get("withdrawn_reason")
    if reason is not None and reason not in press.Reason.values:
        raise BadLine(f"withdrawn_reason: write one of {', '.join(press.Reason.values)}")
    return {name: read_moment(name, given[name]) for name in given if name in MOMENTS}


def say_unkept(line: Line, publication: Publication | None, now: datetime) -> None:
    """Say what a line tells of a state that the item is not in."""
    given = {name for name in STATE_KEYS - {"status", "previous_slugs", "working_copy"} if line.given.get(name)}
    if line.is_published:
        unkept, state = given & {"withdrawn_at", "withdrawn_reason"}, "published"
        if (published_at := line.moments.get("published_at")) and published_at > now:
            unkept |= given & {"updated_at"}
    elif "withdrawn_at" in given:  # which tells of the time when it was live
        return
    else:
        unkept, state = given & {"published_at", "updated_at", "live_until"}, "a draft"
        if publication:  # what it had as long as it was live, it has still
            had = {"live_until": publication.asked_until}
            unkept = {name for name in unkept if had.get(name, getattr(publication, name)) != line.moments[name]}
    for name in sorted(unkept):
        notice("key", f"{name} is not kept, since the item is {state}")


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
