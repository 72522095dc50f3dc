"""Content out: every item as the line, or lines, that import takes back without loss.

What cannot be exported is said, item by item, and the rest is written.
"""

import contextlib
import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from django.db import DatabaseError, models
from django.db.models.fields.files import FieldFile

from cms.content.serializers import rfc3339
from cms.files import is_stored
from cms.publishing import kinds
from cms.publishing.kinds import Kind, PublishableKind, SharedKind
from cms.publishing.links import HIDDEN, Thing, is_link
from cms.publishing.models import Address, Publication
from cms.text import spelling
from cms.transfer.copies import Copies, Unreadable
from cms.transfer.lines import Stopped
from cms.transfer.report import name_of_row, trouble_of
from cms.transfer.resolver import has_slug

logger = logging.getLogger(__name__)

CHUNK = 500


class Export:
    """One run into one file, with the files of its items in folders beside it."""

    def __init__(self, path: Path):
        self.path = path
        self.counts: Counter[str] = Counter()  # of lines, by kind
        self.complaints: list[str] = []
        self.copies = Copies(path.parent)

    def run(self) -> None:
        """Write all that can be written. Raises Stopped where nothing more can be, and leaves no part of the file."""
        unfinished = self.path.with_name(f"{self.path.name}.part")
        try:
            self.names = NamesOut()
            with unfinished.open("wb") as file:
                for serializer in kinds.all():
                    for lines in self._items(serializer):
                        file.writelines(lines)
                        self.counts[serializer.Meta.kind] += len(lines)
            unfinished.replace(self.path)
        except (OSError, DatabaseError) as error:
            raise Stopped(f"it cannot be written ({trouble_of(error)})") from error
        finally:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def complain(self, row: models.Model, why: str) -> None:
        self.complaints.append(f"{name_of_row(row)}: {why}")

    def _items(self, serializer: type[Kind]) -> Iterator[list[bytes]]:
        """The lines of each item of a kind."""
        if issubclass(serializer, SharedKind):
            yield from self._shared(serializer)
        elif issubclass(serializer, PublishableKind):
            yield from self._published(serializer)

    def _written(self, row: models.Model, lines: Callable[[], Iterable[dict]]) -> list[bytes]:
        """An item's lines as bytes; none where it cannot be read, which is said."""
        try:
            return [orjson.dumps(line) + b"\n" for line in lines()]
        except (OSError, DatabaseError):
            raise
        except Exception as error:  # whatever is wrong with one is said, and the others are written
            logger.exception("%s %s could not be exported", getattr(row, "kind", ""), row.pk)
            self.complain(row, f"it cannot be read ({type(error).__name__}: {error})"[:300])
            return []

    # What many share

    def _shared(self, serializer: type[SharedKind]) -> Iterator[list[bytes]]:
        model, kind = serializer.Meta.model, serializer.Meta.kind
        for rows in chunks(model._default_manager.order_by("pk")):
            previous = previous_slugs(kind, rows)
            for row in rows:
                if not has_slug(model) or row.redirects_to == row.pk:  # else its slug is among those that the other had
                    yield self._written(row, partial(self.shared_line, serializer, row, previous[row.pk]))

    def shared_line(self, serializer: type[SharedKind], row: Any, previous: list[str]) -> Iterator[dict]:
        line: dict[str, Any] = {"kind": serializer.Meta.kind, "id": str(row.pk)}
        for name in serializer.Meta.writable_fields:
            columns = serializer.composed_fields.get(name)
            if columns:
                parts = {part: getattr(row, column) for part, column in columns.items()}
                line[name] = None if all(value == "" for value in parts.values()) else parts
            else:
                line[name] = self._value(serializer, row, getattr(row, name))
        if previous:
            line["previous_slugs" if has_slug(serializer.Meta.model) else "previous_ids"] = previous
        yield line

    def _value(self, serializer: type[SharedKind], row: models.Model, value: Any) -> Any:
        if isinstance(value, FieldFile):
            stored = value.name or ""
            return self.copied(row, stored, f"{serializer.Meta.path}/{row.pk}{Path(stored).suffix}") if stored else None
        if isinstance(value, models.Model):
            return getattr(value, "slug", None) or str(value.pk)
        return exact(value) if isinstance(value, datetime) else value

    def copied(self, row: models.Model, stored: str, name: str) -> str:
        """The name of a copy beside the lines; where it cannot be made, of the place where it is to be put."""
        try:
            self.copies.copy(stored, name)
        except Unreadable as error:
            self.complain(
                row, f'its file {error}; bring it back and export again, or put it beside the lines as "{name}"'
            )
        return name

    # What is published

    def _published(self, serializer: type[PublishableKind]) -> Iterator[list[bytes]]:
        kind = serializer.Meta.kind
        for items in chunks(serializer.Meta.model._default_manager.select_related("head").order_by("pk")):
            publications = publications_of(kind, items)
            previous = previous_slugs(kind, items)
            for item in items:
                lines = ItemLines(self, serializer, item).lines
                yield self._written(item, partial(lines, publications.get(item.pk), previous[item.pk]))


class ItemLines:
    """The lines of one item of what is published."""

    def __init__(self, export: Export, serializer: type[PublishableKind], item: Any):
        self.export, self.item = export, item
        self.serializer = serializer

    def lines(self, publication: Publication | None, previous: list[str]) -> list[dict]:
        """Its line; a second one where something is to go live later."""
        at_desk = self.item.head.data if self.item.head else self.serializer.snapshot(self.item)
        lines: list[dict] = []
        last: dict | None = None
        if publication and publication.version:
            last = publication.version.data
            lines.append({**self.line(last), **state_of(publication)})
        if publication and publication.next_version:
            last = publication.next_version.data
            at = {"published_at": rfc3339(publication.next_at), "live_until": exact(publication.asked_until)}
            lines.append({**self.line(last), "status": "published", **at})
        if last is None:
            last = at_desk
            lines.append({**self.line(last), "status": "draft"})
        if at_desk != last:
            lines[-1]["working_copy"] = self._content(at_desk)
        if former := [slug for slug in previous if slug != last.get("slug")]:
            lines[0]["previous_slugs"] = former
        return lines

    def line(self, data: dict) -> dict:
        return {"kind": self.item.kind, "id": str(self.item.pk), **self._content(data)}

    def _content(self, data: dict) -> dict:
        content = self._unlinked(data)
        return {name: None if self._is_own_group(data[name]) else value for name, value in content.items()}

    def _is_own_group(self, value: Any) -> bool:
        """Whether it links to the group that the item itself has begun, which goes without saying."""
        return is_link(value) and value.get("id") == str(self.item.pk) and kinds.named(value["link"]).is_group

    def _unlinked(self, data: Any) -> Any:
        """Data with every link as import writes it: a slug or an id, with its placement where there is one.

        What points at something deleted goes as it goes for readers: alone it becomes null; in a list it goes, with
        the element that held it.
        """
        if is_link(data):
            return self.export.names.of(data)
        if is_stored(data):
            return self._copied(data["stored"])
        if isinstance(data, dict):
            named = {name: self._unlinked(value) for name, value in data.items()}
            return {name: None if value is HIDDEN else value for name, value in named.items()}
        if isinstance(data, list):
            return [named for value in data if (named := self._element(value)) is not HIDDEN]
        return data

    def _element(self, value: Any) -> Any:
        if isinstance(value, dict) and not is_link(value):
            named = {name: self._unlinked(inner) for name, inner in value.items()}
            is_lost = any(inner is HIDDEN or (inner == [] and value[name]) for name, inner in named.items())
            return HIDDEN if is_lost else named
        return self._unlinked(value)

    def _copied(self, stored: str) -> str:
        """A file of a version goes under its own name into a folder of the name that it has among the uploads."""
        folder, name = stored.rsplit("/", 3)[-3], stored.rsplit("/", 1)[-1]
        return self.export.copied(self.item, stored, f"{folder}/{name}")


class NamesOut:
    """What things are called in lines: by their slugs, which many share, or by their ids.

    Of all things that there are, or of those that some data link to.
    """

    def __init__(self, linked: Iterable[Thing] | None = None) -> None:
        self.slugs: dict[str, dict[str, str]] = {}  # of what many share: by kind and id
        self.ids: dict[str, set[str]] = {}  # of what has no slug, or one that may change hands
        wanted: dict[str, set[uuid.UUID]] = defaultdict(set)
        for kind, key in linked or ():
            wanted[kind].add(key)
        for serializer in kinds.all():
            kind, model = serializer.Meta.kind, serializer.Meta.model
            if linked is not None and kind not in wanted:
                continue
            rows = (
                model._default_manager.all() if linked is None else model._default_manager.filter(pk__in=wanted[kind])
            )
            if issubclass(serializer, SharedKind) and has_slug(model):
                self.slugs[kind] = slugs_by_id(rows)
            else:
                self.ids[kind] = {str(key) for key in rows.values_list("pk", flat=True)}

    def of(self, link: dict) -> Any:
        """A link, as a line writes it; HIDDEN where what it points at is not there."""
        kind, key = link["link"], str(link.get("id"))
        if key not in (self.slugs[kind] if kind in self.slugs else self.ids.get(kind, ())):
            return HIDDEN
        name = self.slugs[kind][key] if kind in self.slugs else key
        placed = {field: value for field, value in link.items() if field not in {"link", "id", "whole"} and value}
        return {kind: name, **placed} if placed else name


def slugs_by_id(rows: Any) -> dict[str, str]:
    """The slug that each of these is to be known by: of what was merged, the other's."""
    goals = {row.pk: (row.redirects_to, row.slug) for row in rows.iterator(chunk_size=CHUNK)}
    missing = {goal for goal, _slug in goals.values()} - goals.keys()
    others = dict(rows.model._default_manager.filter(pk__in=missing).values_list("pk", "slug")) if missing else {}
    return {str(key): goals[goal][1] if goal in goals else others[goal] for key, (goal, _slug) in goals.items()}


def publications_of(kind: str, items: list[Any]) -> dict[uuid.UUID, Publication]:
    rows = Publication.objects.filter(kind=kind, key__in=[item.pk for item in items])
    rows = rows.select_related("version", "next_version").defer("card", "document")
    return {publication.key: publication for publication in rows}


def state_of(publication: Publication) -> dict[str, Any]:
    """What a line says of how an item stands before readers."""
    state = {
        "status": "published" if publication.is_live else "draft",
        "published_at": rfc3339(publication.published_at),
        "updated_at": rfc3339(publication.updated_at),
        "live_until": exact(publication.asked_until),
    }
    if not publication.is_live:
        state["withdrawn_at"] = rfc3339(publication.withdrawn_at)
        state["withdrawn_reason"] = publication.withdrawn_reason
    return state


def chunks(rows: models.QuerySet) -> Iterator[list]:
    """Rows in lists of CHUNK, by primary key, so that memory stays flat and no cursor stays open."""
    after: uuid.UUID | None = None
    while True:
        chunk = list((rows if after is None else rows.filter(pk__gt=after))[:CHUNK])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].pk


def previous_slugs(kind: str, rows: list[models.Model]) -> dict[uuid.UUID, list[str]]:
    """The slugs that lead to each of these besides its own."""
    slugs: dict[uuid.UUID, list[str]] = defaultdict(list)
    own = {row.pk: getattr(row, "slug", "") for row in rows}
    for key, slug in Address.objects.filter(kind=kind, key__in=own).order_by("slug").values_list("key", "slug"):
        if slug not in {own[key], spelling.key(own[key])}:
            slugs[key].append(slug)
    return slugs


def exact(moment: datetime | None) -> str | None:
    """A moment with all that is known of it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
