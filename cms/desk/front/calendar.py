"""What is going to happen by itself: items that go live, are updated or come down at a moment to come."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cms.publishing import kinds
from cms.publishing.models import Publication, PublicationQuerySet

MOST = 500


class Happening(NamedTuple):
    at: datetime
    what: str  # "live", "update" or "down"
    publication: Publication


def of_kinds(wanted: Iterable[str]) -> PublicationQuerySet:
    """Those of some kinds. All kinds are no condition: it would lead a database away from the indexes by date."""
    names = set(wanted)
    if names >= {serializer.Meta.kind for serializer in kinds.publishable()}:
        return Publication.objects.all()
    return Publication.objects.filter(kind__in=sorted(names))


def happenings(wanted: Iterable[str], since: datetime, until: datetime, most: int = MOST) -> list[Happening]:
    """What happens from one moment to another, the earliest first; each part of it by an index of its own."""
    rows = of_kinds(wanted).defer("card", "document")
    due = rows.filter(next_at__isnull=False)
    starts = due.filter(next_at__gte=since, next_at__lt=until).order_by("next_at", "pk")[:most]
    ends = rows.filter(place__isnull=False, live_until__isnull=False, live_until__gte=since, live_until__lt=until)
    later = due.filter(place=None, live_until__gte=since, live_until__lt=until)
    happening = [Happening(row.next_at, "update" if is_up(row) else "live", row) for row in starts]
    happening += [Happening(row.live_until, "down", row) for row in ends.order_by("live_until", "pk")[:most]]
    happening += [Happening(row.live_until, "down", row) for row in later.order_by("next_at", "pk")[:most]]
    return sorted(happening, key=lambda one: (one.at, one.publication.pk))[:most]


def is_up(publication: Publication) -> bool:
    """Whether readers still see it when what is scheduled falls due."""
    end = publication.live_until
    return publication.is_live and not (end and publication.next_at and end <= publication.next_at)
