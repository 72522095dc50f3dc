"""What the ids and slugs in a file mean."""

import uuid

from django.db import models

from cms.publishing import registry

NAMES = uuid.UUID("0a4d3c56-3f7b-5c0e-8d3a-2b9f6f1f9e01")


def key_from_id(name: str) -> uuid.UUID:
    """An id's UUID: itself, or made from any other string."""
    try:
        return uuid.UUID(name)
    except ValueError:
        return uuid.uuid5(NAMES, name)


class Names:
    """What ids and slugs mean: in the file first, then in the database."""

    def __init__(self):
        self.known: dict[tuple[str, str], uuid.UUID | None] = {}

    def find(self, kind: str, name: str) -> uuid.UUID | None:
        if (kind, name) not in self.known:
            self.known[kind, name] = self._in_database(kind, name)
        return self.known[kind, name]

    def _in_database(self, kind: str, name: str) -> uuid.UUID | None:
        model = registry.serializer_of(kind).Meta.model
        by_slug = slugs_on_desk(model, [name]) if has_slug(model) and "\x00" not in name else {}
        if name in by_slug:
            return by_slug[name]
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
