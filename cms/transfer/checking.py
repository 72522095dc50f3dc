"""Whether what is stored keeps to the contract of its kind: an older release may have let in what this one refuses.

Nothing is changed. What is found is named with the way to it, so that somebody can mend it at the desk.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import DatabaseError, models
from django.db.models.fields.files import FieldFile
from django.urls import NoReverseMatch, reverse
from rest_framework import serializers

from cms.content.publishable import Publishable
from cms.content.shared import Shared
from cms.files import Stored, is_stored
from cms.publishing import kinds, rendering
from cms.publishing.kinds import PublishableKind, SharedKind
from cms.publishing.models import Publication
from cms.transfer.exporting import chunks, publications_of
from cms.transfer.report import flat, trouble_of

WORKING, LIVE, NEXT, SHARED, FILE = "working copy", "live version", "next version", "shared", "file"
TO_DO = {
    WORKING: "open it at the desk, look through it and save it",
    LIVE: "open it at the desk, look through it and update it",
    NEXT: "open it at the desk, look through it and schedule it again",
    SHARED: "open it at the desk, mend it and save it",
    FILE: "bring it back from a backup of the uploads, or open it at the desk and send the file again",
}


@dataclass(frozen=True)
class Fault:
    """Something stored that this release would refuse."""

    kind: str
    name: str  # its slug, or its id
    state: str
    what: str  # with the way to it within the data
    page: str = ""  # of the desk

    def __str__(self) -> str:
        where = f" ({self.page})" if self.page else ""
        return f'{self.kind} "{self.name}", {self.state}: {self.what}; {TO_DO[self.state]}{where}'


def faults() -> Iterator[Fault]:
    """All that is found, item by item."""
    for serializer in kinds.all():
        if issubclass(serializer, SharedKind):
            yield from _shared(serializer)
        elif issubclass(serializer, PublishableKind):
            yield from _published(serializer)


def _fault(row: Any, state: str, what: str) -> Fault:
    return Fault(row.kind, getattr(row, "slug", "") or str(row.pk), state, what, _page(row))


def _shared(serializer: type[SharedKind]) -> Iterator[Fault]:
    model = serializer.Meta.model
    related = [field.name for field in model._meta.concrete_fields if field.is_relation]
    for rows in chunks(model._default_manager.order_by("pk")):
        for row in rows:
            for what in _complaints(partial(row.clean_fields, exclude=related)):
                yield _fault(row, SHARED, what)
            for name in _own_files(row):
                for what in _file_complaints(name):
                    yield _fault(row, FILE, what)


def _own_files(row: Shared) -> Iterator[str]:
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, FieldFile) and value.name:
            yield value.name


def _published(serializer: type[PublishableKind]) -> Iterator[Fault]:
    kind = serializer.Meta.kind
    for items in chunks(serializer.Meta.model._default_manager.select_related("head").order_by("pk")):
        publications = publications_of(kind, items)
        for item in items:
            files: set[str] = set()
            for state, data, publication in _states(serializer, item, publications.get(item.pk)):
                for what in [data] if isinstance(data, str) else complaints(serializer, data, publication):
                    yield _fault(item, state, what)
                files |= stored_in(data)
            for what in (what for name in sorted(files) for what in _file_complaints(name)):
                yield _fault(item, FILE, what)


def _states(
    serializer: type[PublishableKind], item: Publishable, publication: Publication | None
) -> Iterator[tuple[str, Any, Publication | None]]:
    """What is stored of an item, each with the publication that would show it; or why it cannot be read."""
    try:
        yield WORKING, serializer.snapshot(item), None
    except Exception as error:  # whatever is wrong with it is what is asked
        yield WORKING, f"it cannot be read ({_said(error)})", None
    if publication and publication.is_live and publication.version:
        yield LIVE, publication.version.data, publication
    if publication and publication.next_version:
        yield NEXT, publication.next_version.data, None


def stored_in(data: Any) -> set[str]:
    """The names of the files that a snapshot holds."""
    if is_stored(data):
        return {data["stored"]} if isinstance(data["stored"], str) else set()
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return set().union(*(stored_in(value) for value in inner))


def _file_complaints(name: str) -> list[str]:
    """Why a file cannot be had, if it can't."""
    try:
        return [] if default_storage.exists(name) else [f"{name} is not among the uploads"]
    except Exception as error:  # storages have errors of their own
        return [f"{name} cannot be asked for ({trouble_of(error)})"]


def complaints(serializer: type[PublishableKind], data: dict, publication: Publication | None = None) -> list[str]:
    """What is wrong with a snapshot, each with the way to it."""
    fields = serializer.written()
    wrong = [f"{name}: it is missing" for name in fields if name not in data and name not in serializer.later_keys]
    given = {name: value for name, value in data.items() if name in fields and value is not None}
    reader = serializer.shared_instance()
    for name, value in given.items():
        checked: dict[str, Any] = {}
        errors = _complaints(partial(_check, reader, name, value, checked))
        element = getattr(fields[name], "element", "row")
        missing = _missing(value, checked.get(name), name, serializer.later_keys, element)
        wrong += errors or [f"{way}: it is missing" for way in missing]
    if not wrong and publication:
        error = rendering.failure(publication)
        wrong += [f"it cannot be shown to readers ({_said(error)})"] if error else []
    return wrong


def _check(reader: PublishableKind, name: str, value: Any, checked: dict[str, Any]) -> None:
    checked.update(reader.checked({name: _as_stored(value)}))


def _complaints(check: Callable[[], object]) -> list[str]:
    try:
        check()
    except serializers.ValidationError as error:
        return list(flat(error.detail))
    except ValidationError as error:
        return list(flat(error.message_dict if hasattr(error, "error_dict") else error.messages))
    except DatabaseError:
        raise
    except Exception as error:  # whatever is wrong with it is what is asked
        return [f"it cannot be read ({_said(error)})"]
    return []


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _as_stored(value: Any) -> Any:
    """A value whose files have passed their gate when they were stored."""
    if isinstance(value, dict):
        inner = {name: _as_stored(inner) for name, inner in value.items()}
        return Stored(inner) if is_stored(value) else inner
    return [_as_stored(inner) for inner in value] if isinstance(value, list) else value


def _missing(stored: Any, checked: Any, way: str, later: frozenset[str], element: str) -> Iterator[str]:
    """The keys that what was checked has, and what is stored does not. `element`: what one of a list is called."""
    if isinstance(stored, dict) and isinstance(checked, dict):
        for name, value in checked.items():
            if name in stored:
                yield from _missing(stored[name], value, f"{way}: {name}", later, "row")
            elif name not in later:
                yield f"{way}: {name}"
    elif isinstance(stored, list) and isinstance(checked, list) and len(stored) == len(checked):
        for number, (inner, value) in enumerate(zip(stored, checked, strict=True), 1):
            kind = f" ({inner['type']})" if isinstance(inner, dict) and isinstance(inner.get("type"), str) else ""
            yield from _missing(inner, value, f"{way}: {element} {number}{kind}", later, "row")


def _page(item: models.Model) -> str:
    try:
        return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])
    except NoReverseMatch:
        return ""
