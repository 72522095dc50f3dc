"""The JSON that is kept of what is published, for whatever leaves by another door than the API."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import Subquery

from cms.publishing import reading
from cms.publishing.models import Change, Publication
from cms.publishing.reading import Moment

COLUMNS = ("pk", "kind", "key", "published_at", "rendering", "shows_until", "changed_at")


class Stored(NamedTuple):
    """What is kept of an item: its JSON, and when something in that ends."""

    kind: str
    key: uuid.UUID
    published_at: datetime
    rendering: str
    ends_at: datetime | None
    changed_at: datetime | None  # when readers last saw anything change, this or another
    json: str  # empty: it cannot be shown, which is in the log


def read(pks: Sequence[int], now: Moment, part: Literal["card", "document"]) -> dict[int, Stored]:
    """The JSON of these, for lists or whole, in their order; made anew where it was thrown away.

    What readers see no more is left out.
    """
    if not pks:
        return {}
    texts = ["document", "card"] if part == "document" else ["card"]
    changed = Subquery(Change.objects.filter(edition=now.edition).values("at"))
    stored = Publication.objects.visible(now.at).filter(pk__in=pks).annotate(changed_at=changed)
    rows = {}
    for pk, kind, key, published_at, rendering, ends_at, changed_at, *written in stored.values_list(*COLUMNS, *texts):
        whole = next(filter(None, written), "")  # of what is no more than its card, that is all there is
        rows[pk] = Stored(kind, key, published_at, rendering, ends_at, changed_at, whole)
    missing = [pk for pk, row in rows.items() if reading.is_stale(row.rendering, row.ends_at, now)]
    filled = reading.fill(missing, now) if missing else {}
    for pk in missing:
        row = rows.pop(pk)
        if publication := filled.get(pk):
            whole = part == "document" and publication.document
            rows[pk] = row._replace(ends_at=publication.shows_until, json=whole or publication.card)
    return {pk: rows[pk] for pk in pks if pk in rows}


def changed_at(now: Moment, rows: Iterable[Stored] = ()) -> datetime | None:
    """When readers last saw anything change; none where that cannot be told. What was read just now says it already.

    It dates whatever a moment's answers are made of: what has left one of them is no longer in it to be dated.
    """
    if not now.is_current:
        return None
    for row in rows:
        return row.changed_at
    return Change.objects.filter(edition=now.edition).values_list("at", flat=True).first()
