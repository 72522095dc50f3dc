"""What programs are told of an item: the keys of an import's line, and where it stands."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cms.content.serializers import rfc3339
from cms.publishing.kinds import Kind, PublishableKind, SharedKind
from cms.publishing.links import things
from cms.publishing.models import Publication
from cms.transfer.exporting import Export, ItemLines, NamesOut, exact, previous_slugs, publications_of
from cms.transfer.resolver import has_slug

DRAFT, SCHEDULED, LIVE, WITHDRAWN = STATUSES = ("draft", "scheduled", "live", "withdrawn")
WITH_CHANGES = "live with changes"
# What an answer says besides a line, or of how the item stands before readers: its acts change it, and no write.
TOLD = frozenset(
    {"kind", "id", "state", "version", "stage", "scheduled_at", "notices", "status", "previous_slugs", "previous_ids"}
    | {"published_at", "updated_at", "live_until", "withdrawn_at", "withdrawn_reason"}
)


class Told(Export):
    """Lines for one answer: nothing is copied, a file is only named."""

    def __init__(self, snapshots: Any = ()):
        self.names = NamesOut(things(snapshots))

    def copied(self, row: models.Model, stored: str, name: str) -> str:
        return name


def state_of(publication: Publication | None, head: int | None, now: datetime) -> str:
    """Where an item stands between the desk and the readers, in a word."""
    if publication is None:
        return DRAFT
    if publication.is_live and (publication.live_until is None or publication.live_until > now):
        return LIVE if publication.version_id == head else WITH_CHANGES
    if publication.next_at:
        return SCHEDULED
    return WITHDRAWN if publication.version_id else DRAFT


def with_status(rows: Any, kind: str, statuses: Iterable[str], now: datetime) -> Any:
    """Those of a kind's items that are in one of these states."""
    publications = Publication.objects.filter(kind=kind, key=OuterRef("pk"))
    live = publications.filter(Q(live_until=None) | Q(live_until__gt=now), place__isnull=False)
    scheduled = publications.filter(next_at__isnull=False)
    gone = publications.filter(version__isnull=False)
    is_in = {
        LIVE: Q(Exists(live)),
        SCHEDULED: Q(Exists(scheduled)) & ~Q(Exists(live)),
        WITHDRAWN: Q(Exists(gone)) & ~Q(Exists(live)) & ~Q(Exists(scheduled)),
        DRAFT: ~Q(Exists(live)) & ~Q(Exists(scheduled)) & ~Q(Exists(gone)),
    }
    wanted = Q()
    for status in statuses:
        wanted |= is_in[status]
    return rows.filter(wanted)


def published_lines(serializer: type[PublishableKind], items: Sequence[Any], now: datetime) -> list[dict]:
    """The working copies of some items of one kind, in a fixed number of queries."""
    snapshots = [item.head.data if item.head else serializer.snapshot(item) for item in items]
    told = Told(snapshots)
    publications = publications_of(serializer.Meta.kind, list(items))
    previous = previous_slugs(serializer.Meta.kind, list(items))
    lines = []
    for item, data in zip(items, snapshots, strict=True):
        publication = publications.get(item.pk)
        line = ItemLines(told, serializer, item).line({**serializer.blank(), **data})
        before = dict.fromkeys(names_before(serializer), previous[item.pk])
        lines.append({**line, **before, **_standing(item, publication, now)})
    return lines


def names_before(serializer: type[Kind]) -> list[str]:
    """What a line calls that which leads to a thing besides its slug or its id."""
    if has_slug(serializer.Meta.model):
        return ["previous_slugs"]
    return ["previous_ids"] if issubclass(serializer, SharedKind) else []


def _standing(item: Any, publication: Publication | None, now: datetime) -> dict:
    state = state_of(publication, item.head_id, now)
    was = publication or Publication()
    return {
        "published_at": rfc3339(was.next_at if state == SCHEDULED else was.published_at),
        "updated_at": rfc3339(was.updated_at),
        "live_until": exact(was.asked_until),
        "scheduled_at": rfc3339(was.next_at),
        "withdrawn_at": rfc3339(was.withdrawn_at),
        "withdrawn_reason": was.withdrawn_reason or None,
        "stage": item.stage,
        "state": state,
        "version": item.head_id,
    }


def tag_of_version(number: int | None) -> str:
    return f'"{number or 0}"'


def shared_lines(serializer: type[SharedKind], rows: Sequence[Any], now: datetime) -> list[dict]:
    """What some things say that many items share, and whether readers see them."""
    told = Told()
    previous = previous_slugs(serializer.Meta.kind, list(rows))
    keys = [row.pk for row in rows]
    public = set(serializer.Meta.model.objects.filter(pk__in=keys).public(now).values_list("pk", flat=True))
    lines = []
    for row in rows:
        (line,) = told.shared_line(serializer, row, [])
        before = dict.fromkeys(names_before(serializer), previous[row.pk])
        lines.append({**line, **before, "state": LIVE if row.pk in public else DRAFT})
    return lines


def tag_of_row(serializer: type[SharedKind], row: Any) -> str:
    """Names what somebody has seen of a thing that has no versions: another one, once anything of it is changed."""
    composed = serializer.composed_fields
    columns = [
        column for name in serializer.Meta.writable_fields for column in composed.get(name, {name: name}).values()
    ]
    values = {name: str(getattr(row, row._meta.get_field(name).attname)) for name in columns}
    return f'"{hashlib.sha256(orjson.dumps(values)).hexdigest()[:24]}"'
