"""What the ids and slugs in a file mean."""

import sqlite3
import uuid
from functools import lru_cache

from django.db import models

from cms.publishing import registry, spelling

NAMES = uuid.UUID("0a4d3c56-3f7b-5c0e-8d3a-2b9f6f1f9e01")


def key_from_id(name: str) -> uuid.UUID:
    """An id's UUID: itself, or made from any other string."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return uuid.uuid5(NAMES, name)


class Names:
    """What ids and slugs mean: in the file first, then in the database.

    What the file holds is kept in a database of its own, in a temporary file, so that a million lines take no memory.
    """

    def __init__(self):
        self._file = sqlite3.connect("", check_same_thread=False)
        self._file.execute("CREATE TABLE names (kind, name, id BLOB, PRIMARY KEY (kind, name)) WITHOUT ROWID")
        self.find = lru_cache(20_000)(self._find)

    def note(self, kind: str, name: str, key: uuid.UUID) -> None:
        """That a line of the file goes by a name."""
        self._file.execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", (kind, name, key.bytes))

    def note_slug(self, kind: str, slug: str) -> None:
        """That a line is known by its slug alone; whose that is, `settle` finds out."""
        self._file.execute("INSERT OR IGNORE INTO names VALUES (?, ?, NULL)", (kind, slug))

    def settle(self) -> None:
        """Once all lines are noted: a slug means what has it at the desk, or something new."""
        for serializer in registry.known():
            kind, model = serializer.Meta.kind, serializer.Meta.model
            unknown = "SELECT name FROM names WHERE kind = ? AND id IS NULL LIMIT 500"
            while slugs := [slug for (slug,) in self._file.execute(unknown, (kind,))]:
                known = slugs_on_desk(model, slugs) if has_slug(model) else {}
                for slug in slugs:
                    self.note(kind, slug, known.get(slug) or uuid.uuid5(NAMES, f"{kind}/{slug}"))

    def in_file(self, kind: str, name: str) -> uuid.UUID | None:
        for spelt in dict.fromkeys((name, spelling.normalised(name))):
            row = self._file.execute("SELECT id FROM names WHERE kind = ? AND name = ?", (kind, spelt)).fetchone()
            if row:
                return uuid.UUID(bytes=row[0])
        return None

    def _find(self, kind: str, name: str) -> uuid.UUID | None:
        return self.in_file(kind, name) or self._in_database(kind, name)

    def _in_database(self, kind: str, name: str) -> uuid.UUID | None:
        model = registry.serializer_of(kind).Meta.model
        spellings = spelling.spellings(name) if has_slug(model) and "\x00" not in name else []
        by_slug = slugs_on_desk(model, spellings) if spellings else {}
        for spelt in spellings:
            if spelt in by_slug:
                return by_slug[spelt]
        key = key_from_id(name)
        return key if model.objects.filter(pk=key).exists() else None


def has_slug(model: type[models.Model]) -> bool:
    return any(field.name == "slug" for field in model._meta.concrete_fields)


def slugs_on_desk(model: type[models.Model], slugs: list[str]) -> dict[str, uuid.UUID]:
    """Whose these slugs are; what was withdrawn gives way to what was not."""
    rows = model.objects.filter(slug__in=slugs)
    if hasattr(model, "is_retired"):
        rows = rows.order_by("-is_retired")
    return dict(rows.values_list("slug", "pk"))
