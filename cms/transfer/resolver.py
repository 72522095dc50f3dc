"""Which things the ids and slugs in a file mean."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol

from django.db import models

from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Address
from cms.text import spelling, texts
from cms.transfer.lines import BadLine

NAMES = uuid.UUID("0a4d3c56-3f7b-5c0e-8d3a-2b9f6f1f9e01")


def key_from_id(name: str) -> uuid.UUID:
    """An id's UUID: itself, or made from any other string."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return uuid.uuid5(NAMES, name)


class Names(Protocol):
    """Finds things by id or slug."""

    def find(self, kind: str, name: str) -> uuid.UUID | None: ...


class Resolver:
    """What ids and slugs mean: in the file first, then in the database.

    What the file holds is kept in a database of its own, in a temporary file, so that a million lines take no memory.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("", check_same_thread=False)
        self._file.execute("CREATE TABLE names (kind, name, id BLOB, PRIMARY KEY (kind, name)) WITHOUT ROWID")
        self._file.execute("CREATE TABLE slugs (kind, slug, PRIMARY KEY (kind, slug)) WITHOUT ROWID")
        self._file.execute("CREATE TABLE former (kind, slug, id BLOB, line INTEGER, PRIMARY KEY (kind, slug, id))")
        self._file.execute("CREATE TABLE refused (kind, id BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID")
        self._done: set[str] = set()  # kinds of which all lines are taken or refused
        self._find_often = lru_cache(20_000)(self._find)

    # What the file holds

    def learn(self, given: dict) -> None:
        """Note what a line is known by."""
        kind, name, slug = given["kind"], texts.clean(given.get("id")), texts.clean(given.get("slug"))
        if kinds.named(kind).is_single:
            return  # known without
        slug = spelling.normalised(slug) if isinstance(slug, str) else ""
        if slug:
            self._file.execute("INSERT OR IGNORE INTO slugs VALUES (?, ?)", (kind, slug))
        if isinstance(name, str) and name:
            key = key_from_id(name)
            for alias in {name, str(key), slug or name}:
                self._note(kind, alias, key)
        elif slug:  # whose that is, `settle` finds out
            self._file.execute("INSERT OR IGNORE INTO names VALUES (?, ?, NULL)", (kind, slug))

    def _note(self, kind: str, name: str, key: uuid.UUID) -> None:
        self._file.execute("INSERT OR REPLACE INTO names VALUES (?, ?, ?)", (kind, name, key.bytes))

    def settle(self) -> None:
        """Once all lines are noted: a slug means what has it at the desk, or something new."""
        for serializer in kinds.all():
            kind, model = serializer.Meta.kind, serializer.Meta.model
            unknown = "SELECT name FROM names WHERE kind = ? AND id IS NULL LIMIT 500"
            while slugs := [slug for (slug,) in self._file.execute(unknown, (kind,))]:
                on_desk = slugs_on_desk(model, slugs) if has_slug(model) else {}
                for slug in slugs:
                    self._note(kind, slug, on_desk.get(slug) or uuid.uuid5(NAMES, f"{kind}/{slug}"))

    def refuse(self, kind: str, key: uuid.UUID) -> None:
        """That a line of something could not be taken, so that its name may mean nothing in the end."""
        self._file.execute("INSERT OR IGNORE INTO refused VALUES (?, ?)", (kind, key.bytes))

    def finish(self, kind: str) -> None:
        """Once all lines of a kind are taken: what was refused, and is not at the desk, is not there."""
        self._done.add(kind)
        self._find_often.cache_clear()

    def lead(self, kind: str, name: str, key: uuid.UUID) -> None:
        """Let a name mean what came in under another one."""
        self._note(kind, name, key)
        self._find_often.cache_clear()

    def note_former(self, kind: str, slugs: Iterable[str], key: uuid.UUID, line: int) -> None:
        """That a line of the file wants former slugs to lead to it."""
        rows = [(kind, slug, key.bytes, line) for slug in slugs]
        self._file.executemany("INSERT OR IGNORE INTO former VALUES (?, ?, ?, ?)", rows)

    def former(self, kind: str) -> Iterator[list[tuple[str, uuid.UUID, int]]]:
        """The former slugs that lines of one kind want, with whose they are to be, some at a time."""
        asked = "SELECT slug, id, line FROM former WHERE kind = ? ORDER BY line, slug"
        rows = self._file.execute(asked, (kind,))
        while some := rows.fetchmany(500):
            yield [(slug, uuid.UUID(bytes=key), line) for slug, key, line in some]

    # What a name means

    def key_of(self, given: dict) -> uuid.UUID:
        """The key of what a line is of."""
        if kinds.named(given["kind"]).is_single:
            return kinds.SINGLE
        for name in ("id", "slug"):
            if given.get(name) is not None:
                if not isinstance(given[name], str) or not given[name]:
                    raise BadLine(f"{name}: write a text")
                return self.in_file(given["kind"], given[name]) or key_from_id(given[name])
        raise BadLine("give it an id or a slug")

    def key_or_none(self, given: dict) -> uuid.UUID | None:
        """The same; none where the line does not say, which it is told when it is read."""
        try:
            return self.key_of(given)
        except BadLine:
            return None

    def whose_slug(self, kind: str, slug: str) -> uuid.UUID | None:
        """Which line of the file has a slug, as its own."""
        row = self._file.execute("SELECT 1 FROM slugs WHERE kind = ? AND slug = ?", (kind, slug)).fetchone()
        return self.in_file(kind, slug) if row else None

    def in_file(self, kind: str, name: str) -> uuid.UUID | None:
        """What a name means among the lines, however its accents and capitals are written."""
        asked = "SELECT id FROM names WHERE kind = ? AND name = ?"
        row = self._file.execute(asked, (kind, name)).fetchone()
        if row is None and (spelt := spelling.normalised(name)) != name:
            row = self._file.execute(asked, (kind, spelt)).fetchone()
        return uuid.UUID(bytes=row[0]) if row else None

    def find(self, kind: str, name: str) -> uuid.UUID | None:
        """Which thing a name means; none where it means nothing."""
        return self._find_often(kind, name)

    def _find(self, kind: str, name: str) -> uuid.UUID | None:
        key = self.in_file(kind, name)
        return key if key and self._is_there(kind, key) else find_stored(kind, name)

    def _is_there(self, kind: str, key: uuid.UUID) -> bool:
        if kind not in self._done:
            return True
        asked = "SELECT 1 FROM refused WHERE kind = ? AND id = ?"
        is_refused = self._file.execute(asked, (kind, key.bytes)).fetchone()
        return not is_refused or kinds.named(kind).Meta.model._default_manager.filter(pk=key).exists()


class StoredNames:
    """What ids and slugs mean in the database, where there is no file."""

    def find(self, kind: str, name: str) -> uuid.UUID | None:
        return find_stored(kind, name)


def find_stored(kind: str, name: str) -> uuid.UUID | None:
    """Which thing a name means in the database; none where it means nothing."""
    model = kinds.named(kind).Meta.model
    spellings = spelling.spellings(name) if has_slug(model) and "\x00" not in name else []
    by_slug = slugs_on_desk(model, spellings) if spellings else {}
    for spelt in spellings:
        if spelt in by_slug:
            return by_slug[spelt]
    key = key_from_id(name)
    if model._default_manager.filter(pk=key).exists():
        return key
    # What came in under this id as well leads there, as a former slug does.
    return Address.objects.filter(kind=kind, slug=str(key)).values_list("key", flat=True).first()


def has_slug(model: type[models.Model]) -> bool:
    return any(field.name == "slug" for field in model._meta.concrete_fields)


def slugs_on_desk(model: type[models.Model], slugs: list[str]) -> dict[str, uuid.UUID]:
    """Whose these slugs are; what was withdrawn gives way to what was not."""
    if not slugs:
        return {}
    values: list = []
    asked = statements.take_out(slugs, values, texts=True)
    return dict(statements.rows(("slugs on desk", model, asked), values, lambda: _on_desk(model, asked)))


def _on_desk(model: type[models.Model], slugs: Iterable[str]) -> models.QuerySet:
    rows: models.QuerySet = model._default_manager.filter(slug__in=slugs)
    if hasattr(model, "is_retired"):
        rows = rows.order_by("-is_retired")
    return rows.values_list("slug", "pk")
