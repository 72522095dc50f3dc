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

from cms.publishing import registry
from cms.publishing.content.names import has_slug
from cms.publishing.links import is_link
from cms.publishing.models import Address, Publication, Version
from cms.publishing.serializers import rfc3339

CHUNK = 500


class Export:
    """One run into one file, pictures into the folder "photos" beside it."""

    def __init__(self, path: Path):
        self.path = path
        self.counts: dict[str, int] = defaultdict(int)
        self.slugs: dict[str, dict[str, str]] = {}  # of what many share: by kind and id

    def run(self) -> None:
        unfinished = self.path.with_name(f"{self.path.name}.part")
        with unfinished.open("wb") as file:
            for serializer in registry.known():
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
        if has_slug(model):
            self.slugs[kind] = {}
            for row in model.objects.iterator(chunk_size=CHUNK):
                leads_to = model.objects.get(pk=row.leads_to) if row.leads_to != row.pk else row
                self.slugs[kind][str(row.pk)] = leads_to.slug
        for rows in chunks(model.objects.order_by("pk")):
            previous = previous_slugs(kind, rows)
            for row in rows:
                if has_slug(model) and row.leads_to != row.pk:
                    continue  # it was merged: its slug stands among those that the other had before
                line: dict[str, Any] = {"kind": kind, "id": str(row.pk)}
                for name in serializer.Meta.writable_fields:
                    line[name] = self._value(row, name)
                if previous[row.pk]:
                    line["previous_slugs"] = previous[row.pk]
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
            line["live_until"] = exact(publication.live_until)
            if not publication.is_live:
                line["withdrawn_at"] = rfc3339(publication.withdrawn_at)
                line["withdrawn_reason"] = publication.withdrawn_reason
            lines.append(line)
        if publication and publication.next_version:
            last = publication.next_version
            at = {"published_at": rfc3339(publication.next_at), "live_until": exact(publication.live_until)}
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
        content = {name: self._unlinked(value) for name, value in version.data.items()}
        if content.get("translation_of") == str(item.pk):
            content["translation_of"] = None
        return content

    def _unlinked(self, data: Any) -> Any:
        """Data with every link as import writes it: a slug or an id, with its placement where there is one."""
        if is_link(data):
            kind, key = data["link"], data["id"]
            name = self.slugs.get(kind, {}).get(key, key)
            placed = {field: value for field, value in data.items() if field not in {"link", "id", "whole"} and value}
            return {kind: name, **placed} if placed else name
        if isinstance(data, dict):
            return {name: self._unlinked(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self._unlinked(value) for value in data]
        return data


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
        if slug != own[key]:
            found[key].append(slug)
    return found


def exact(moment: datetime | None) -> str | None:
    """A moment with all that is known of it."""
    return moment.isoformat() if moment else None
