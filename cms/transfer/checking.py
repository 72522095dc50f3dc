"""Whether what is stored keeps to the contract of its kind: an older release may have let in what this one refuses.

Nothing is changed. What is found is named with the way to it, so that somebody can mend it at the desk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from rest_framework import serializers

from cms.files import Stored, is_stored
from cms.publishing import kinds, rendering
from cms.publishing.models import Publication
from cms.transfer.exporting import chunks
from cms.transfer.lines import flat

WORKING, LIVE, NEXT, SHARED = "working copy", "live version", "next version", "shared"
TO_DO = {
    WORKING: "open it at the desk, look through it and save it",
    LIVE: "open it at the desk, look through it and update it",
    NEXT: "open it at the desk, look through it and schedule it again",
    SHARED: "open it at the desk, mend it and save it",
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
        if serializer.is_shared:
            yield from _shared(serializer)
        elif serializer.is_publishable:
            yield from _published(serializer)


def _shared(serializer: type[Any]) -> Iterator[Fault]:
    model = serializer.Meta.model
    related = [field.name for field in model._meta.concrete_fields if field.is_relation]
    for rows in chunks(model.objects.order_by("pk")):
        for row in rows:
            name = getattr(row, "slug", "") or str(row.pk)
            for what in _complaints(lambda row=row: row.clean_fields(exclude=related)):
                yield Fault(serializer.Meta.kind, name, SHARED, what, _page(row))


def _published(serializer: type[Any]) -> Iterator[Fault]:
    kind = serializer.Meta.kind
    for items in chunks(serializer.Meta.model.objects.select_related("head").order_by("pk")):
        keys = [item.pk for item in items]
        found = Publication.objects.filter(kind=kind, key__in=keys).select_related("version", "next_version")
        publications = {publication.key: publication for publication in found.defer("card", "document")}
        for item in items:
            name = getattr(item, "slug", "") or str(item.pk)
            for state, data, publication in _states(serializer, item, publications.get(item.pk)):
                for what in [data] if isinstance(data, str) else complaints(serializer, data, publication):
                    yield Fault(kind, name, state, what, _page(item))


def _states(serializer: type[Any], item: Any, publication: Publication | None) -> Iterator[tuple]:
    """What is stored of an item, each with the publication that would show it; or why it cannot be read."""
    try:
        yield WORKING, serializer.snapshot(item), None
    except Exception as error:  # whatever is wrong with it is what is asked
        yield WORKING, f"it cannot be read ({_said(error)})", None
    if publication and publication.is_live:
        yield LIVE, publication.version.data, publication
    if publication and publication.next_version:
        yield NEXT, publication.next_version.data, None


def complaints(serializer: type[Any], data: dict, publication: Publication | None = None) -> list[str]:
    """What is wrong with a snapshot, each with the way to it."""
    fields = serializer.written()
    found = [f"{name}: it is missing" for name in fields if name not in data]
    given = {name: value for name, value in data.items() if name in fields and value is not None}
    reader = serializer(context={})
    for name, value in given.items():
        checked: dict = {}

        def check(name: str = name, value: Any = value, checked: dict = checked) -> None:
            checked.update(reader.checked({name: _as_stored(value)}))

        errors = _complaints(check)
        missing = _missing(value, checked.get(name), name, serializer.later_keys)
        found += errors or [f"{way}: it is missing" for way in missing]
    if not found and publication:
        error = rendering.failure(publication)
        found += [f"it cannot be shown to readers ({_said(error)})"] if error else []
    return found


def _complaints(check: Any) -> list[str]:
    try:
        check()
    except serializers.ValidationError as error:
        return list(flat(error.detail))
    except ValidationError as error:
        return list(flat(error.message_dict if hasattr(error, "error_dict") else error.messages))
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


def _missing(stored: Any, checked: Any, way: str, later: frozenset[str]) -> Iterator[str]:
    """The keys that what was checked has, and what is stored does not."""
    if isinstance(stored, dict) and isinstance(checked, dict):
        for name, value in checked.items():
            if name in stored:
                yield from _missing(stored[name], value, f"{way}: {name}", later)
            elif name not in later:
                yield f"{way}: {name}"
    elif isinstance(stored, list) and isinstance(checked, list) and len(stored) == len(checked):
        for number, (inner, value) in enumerate(zip(stored, checked, strict=True), 1):
            kind = f" ({inner['type']})" if isinstance(inner, dict) and isinstance(inner.get("type"), str) else ""
            yield from _missing(inner, value, f"{way}: {'block' if way == 'body' else 'row'} {number}{kind}", later)


def _page(item: models.Model) -> str:
    try:
        return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_change", args=[item.pk])
    except NoReverseMatch:
        return ""
