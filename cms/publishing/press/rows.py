"""Publications as rows: found, saved, rid of what was scheduled; and working copies marked as retired."""

import uuid
from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from cms.database import statements
from cms.database.bulk import update_rows
from cms.publishing import kinds
from cms.publishing.models import Publication


def known_or_new(kind: str, keys: list[uuid.UUID]) -> list[Publication]:
    """The publications of these items, in this order; a new one, not saved, for each that has none."""
    known = {publication.key: publication for publication in statements.objects(_known, kind, keys)}
    return [known.get(key) or Publication(kind=kind, key=key) for key in keys]


def _known(kind: str, keys: Collection[uuid.UUID]) -> QuerySet:
    return Publication.objects.filter(kind=kind, key__in=keys)


def save(publications: list[Publication]) -> None:
    known = [publication for publication in publications if publication.pk]
    Publication.objects.bulk_create([publication for publication in publications if not publication.pk])
    fields = [field.name for field in Publication._meta.concrete_fields if field.name not in {"id", "kind", "key"}]
    update_rows(known, fields)


def cancel(publications: Iterable[Publication]) -> None:
    """Forget what these were to bring later; those that have brought nothing yet go."""
    for publication in publications:
        publication.next_version = publication.next_at = None
        if publication.version_id:
            publication.save(update_fields=["next_version", "next_at"])
        else:
            publication.delete()


def retire(kind: str, keys: list[uuid.UUID], *, retired: bool) -> None:
    """Say of working copies whether they are retired, so that others may take their slugs."""
    if statements.values(kinds.named(kind).Meta.model, ["pk"], pk__in=keys, is_retired=not retired):
        kinds.rows(kind, keys).exclude(is_retired=retired).update(is_retired=retired)
