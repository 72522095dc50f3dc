"""Content out: every item as the line, or lines, that import takes back without loss."""

import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.files.storage import default_storage
from django.db import models

from cms.content.serializers import rfc3339
from cms.files import is_stored
from cms.publishing import kinds
from cms.publishing.links import HIDDEN, is_link
from cms.publishing.models import Address, Publication, Version
from cms.text import spelling
from cms.transfer.names import has_slug

CHUNK = 500


class Export:
    """One run into one file, pictures into the folder "photos" beside it, videos and their captions likewise."""

    def __init__(self, path: Path):
        self.path = path
        self.counts: dict[str, int] = defaultdict(int)
        self.slugs: dict[str, dict[str, str]] = {}  # of what many share: by kind and id
        self.copied: set[str] = set()
        self.ids: dict[str, set[str]] = {}  # of what has no slug, or one that may change hands

    def run(self) -> None:
        unfinished = self.path.with_name(f"{self.path.name}.part")
        with unfinished.open("wb") as file:
            for serializer in kinds.all():
                kind, model = serializer.Meta.kind, serializer.Meta.model
                if serializer.is_shared and has_slug(model):
                    self.slugs[kind] = slugs_by_id(model)
                else:
                    self.ids[kind] = {str(key) for key in model.objects.values_list("pk", flat=True)}
            for serializer in kinds.all():
                if not serializer.is_group:
                    for line in self._lines(serializer):
                        file.write(orjson.dumps(line) + b"\n")
                        self.counts[serializer.Meta.kind] += 1
        unfinished.replace(self.path)

    def _lines(self, serializer: type[Any]) -> Iterator[dict]:
        return self._shared(serializer) if serializer.is_shared else self._published(serializer)

    # What many share

    def _shared(self, serializer: type[Any]) -> Iterator[dict]:
        model, kind = serializer.Meta.model, serializer.Meta.kind
        for rows in chunks(model.objects.order_by("pk")):
            previous = previous_slugs(kind, rows)
            for row in rows:
                if has_slug(model) and row.redirects_to != row.pk:
                    continue  # it was merged: its slug stands among those that the other had before
                line: dict[str, Any] = {"kind": kind, "id": str(row.pk)}
                for name in serializer.Meta.writable_fields:
                    line[name] = self._value(row, name)
                if previous[row.pk]:
                    line["previous_slugs" if has_slug(model) else "previous_ids"] = previous[row.pk]
                yield line

    def _value(self, row: models.Model, name: str) -> Any:
        if name == "focal_point":
            return {"x": row.focal_x, "y": row.focal_y}
        if name == "file":
            return self._copy(row)
        value = getattr(row, name)
        if isinstance(value, models.Model):
            return getattr(value, "slug", None) or str(value.pk)
        return exact(value) if isinstance(value, datetime) else value

    def _copy(self, row: models.Model) -> str:
        """Put a picture into the folder, under a name of its own."""
        name = f"photos/{row.pk}.{row.extension}"
        target = self.path.parent / name
        target.parent.mkdir(exist_ok=True)
        with default_storage.open(row.file.name) as original, target.open("wb") as copy:
            shutil.copyfileobj(original, copy)
        return name

    def _copy_stored(self, stored: str) -> str:
        """Put a file of a version beside the lines, under its own name; one that several use, once."""
        folder, name = stored.rsplit("/", 3)[-3], stored.rsplit("/", 1)[-1]
        target = self.path.parent / folder / name
        target.parent.mkdir(exist_ok=True)
        if stored not in self.copied:
            with default_storage.open(stored) as original, target.open("wb") as copy:
                shutil.copyfileobj(original, copy)
            self.copied.add(stored)
        return f"{folder}/{name}"

    # What is published

    def _published(self, serializer: type[Any]) -> Iterator[dict]:
        kind = serializer.Meta.kind
        for items in chunks(serializer.Meta.model.objects.select_related("head").order_by("pk")):
            keys = [item.pk for item in items]
            found = Publication.objects.filter(kind=kind, key__in=keys).select_related("version", "next_version")
            publications = {publication.key: publication for publication in found.defer("card", "document")}
            previous = previous_slugs(kind, items)
            for item in items:
                yield from self._states(item, publications.get(item.pk), previous[item.pk])

    def _states(self, item: models.Model, publication: Publication | None, previous: list[str]) -> Iterator[dict]:
        """An item's line; a second one where something is to go live later."""
        lines: list[dict] = []
        last: Version | None = None
        if publication and publication.version:
            last = publication.version
            line = self._line(item, last)
            line["status"] = "published" if publication.is_live else "draft"
            line["published_at"] = rfc3339(publication.published_at)
            line["updated_at"] = rfc3339(publication.updated_at)
            line["live_until"] = exact(publication.asked_until)
            if not publication.is_live:
                line["withdrawn_at"] = rfc3339(publication.withdrawn_at)
                line["withdrawn_reason"] = publication.withdrawn_reason
            lines.append(line)
        if publication and publication.next_version:
            last = publication.next_version
            at = {"published_at": rfc3339(publication.next_at), "live_until": exact(publication.asked_until)}
            lines.append({**self._line(item, last), "status": "published", **at})
        if last is None:
            last = item.head
            lines.append({**self._line(item, last), "status": "draft"})
        if item.head_id != last.pk:
            lines[-1]["working_copy"] = self._content(item, item.head)
        if former := [slug for slug in previous if slug != last.data.get("slug")]:
            lines[0]["previous_slugs"] = former
        yield from lines

    def _line(self, item: models.Model, version: Version) -> dict:
        return {"kind": item.kind, "id": str(item.pk), **self._content(item, version)}

    def _content(self, item: models.Model, version: Version) -> dict:
        content = self._unlinked(version.data)
        if content.get("translation_of") == str(item.pk):
            content["translation_of"] = None
        return content

    def _unlinked(self, data: Any) -> Any:
        """Data with every link as import writes it: a slug or an id, with its placement where there is one.

        What points at something deleted goes as it goes for readers: alone it becomes null; in a list it goes, with
        the element that held it.
        """
        if is_link(data):
            return self._name(data)
        if is_stored(data):
            return self._copy_stored(data["stored"])
        if isinstance(data, dict):
            named = {name: self._unlinked(value) for name, value in data.items()}
            return {name: None if value is HIDDEN else value for name, value in named.items()}
        if isinstance(data, list):
            return [named for value in data if (named := self._element(value)) is not HIDDEN]
        return data

    def _element(self, value: Any) -> Any:
        if isinstance(value, dict) and not is_link(value):
            named = {name: self._unlinked(inner) for name, inner in value.items()}
            return HIDDEN if any(inner is HIDDEN or inner == [] for inner in named.values()) else named
        return self._unlinked(value)

    def _name(self, link: dict) -> Any:
        kind, key = link["link"], link.get("id")
        if key not in (self.slugs[kind] if kind in self.slugs else self.ids.get(kind, ())):
            return HIDDEN
        name = self.slugs[kind][key] if kind in self.slugs else key
        placed = {field: value for field, value in link.items() if field not in {"link", "id", "whole"} and value}
        return {kind: name, **placed} if placed else name


def slugs_by_id(model: type[models.Model]) -> dict[str, str]:
    """The slug that each of these is to be known by: of what was merged, the other's."""
    slugs = {row.pk: row.slug for row in model.objects.iterator(chunk_size=CHUNK)}
    return {str(row.pk): slugs[row.redirects_to] for row in model.objects.iterator(chunk_size=CHUNK)}


def chunks(rows: models.QuerySet) -> Iterator[list]:
    """Rows in lists of CHUNK, by primary key, so that memory stays flat and no cursor stays open."""
    after: uuid.UUID | None = None
    while True:
        found = list((rows if after is None else rows.filter(pk__gt=after))[:CHUNK])
        if not found:
            return
        yield found
        after = found[-1].pk


def previous_slugs(kind: str, rows: list[models.Model]) -> dict[uuid.UUID, list[str]]:
    """The slugs that lead to each of these besides its own."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    own = {row.pk: getattr(row, "slug", "") for row in rows}
    for key, slug in Address.objects.filter(kind=kind, key__in=own).order_by("slug").values_list("key", "slug"):
        if slug not in {own[key], spelling.key(own[key])}:
            found[key].append(slug)
    return found


def exact(moment: datetime | None) -> str | None:
    """A moment with all that is known of it."""
    return moment.isoformat() if moment else None
