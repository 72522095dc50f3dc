"""What falls due: go-lives, scheduled updates, ends, ends of rights."""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import QuerySet

from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Act, Change, Edition, Publication
from cms.publishing.press import releasing
from cms.publishing.press.act import Printing, attempt
from cms.publishing.press.mentions import clear
from cms.publishing.press.taking_down import take_down
from cms.publishing.press.terms import Release

logger = logging.getLogger(__name__)

PUT_OFF = timedelta(minutes=5)


def next_due(edition: Edition) -> datetime | None:
    """When the next thing falls due; none: never."""
    moments = [at for asked in (_next_release, _next_end) for (at,) in statements.found(asked)]
    moments += filter(None, (serializer.next_end(edition.turned_at) for serializer in kinds.shared()))
    return min(moments, default=None)


def _next_release() -> QuerySet:
    return Publication.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at")[:1]


def _next_end() -> QuerySet:
    ending = Publication.objects.filter(place__isnull=False, live_until__isnull=False)
    return ending.order_by("live_until").values_list("live_until")[:1]


def release_due(printing: Printing) -> None:
    """Do all that fell due since this was last done."""
    edition = printing.edition
    if not edition.next_change_at or edition.next_change_at > printing.now:
        return
    _release_scheduled(printing)
    _end_publications(printing)
    _end_shared(printing)
    edition.turned_at = printing.now


def _release_scheduled(printing: Printing) -> None:
    scheduled = Publication.objects.filter(next_at__lte=printing.now).select_related("next_version")
    by_kind = defaultdict(list)
    for publication in scheduled.order_by("next_at", "pk"):
        if publication.next_version:  # which it has: the database sees to it
            by_kind[publication.kind].append(Release(publication.next_version, at=publication.next_at))
    for kind, releases in by_kind.items():
        _release_or_put_off(printing, kind, releases)


def _release_or_put_off(printing: Printing, kind: str, releases: list[Release]) -> None:
    """Release what is due; one that the database refuses is put off, and keeps nobody from publishing."""
    try:
        with attempt():
            releasing.go_live(printing, kind, releases)
            for release in releases:
                printing.note(Act.Verb.WENT_LIVE, kind, release.version.key, release.version, at=release.at)
    except DatabaseError:
        if len(releases) > 1:
            for release in releases:
                _release_or_put_off(printing, kind, [release])
            return
        key = releases[0].version.key
        logger.exception("%s %s could not go live; trying again in %s", kind, key, PUT_OFF)
        Publication.objects.filter(kind=kind, key=key).update(next_at=printing.now + PUT_OFF)


def _end_publications(printing: Printing) -> None:
    """Take down what has come to its end; what is scheduled for later still comes."""
    over = Publication.objects.filter(place__isnull=False, live_until__lte=printing.now).order_by("live_until", "pk")
    ended = list(over.select_related("version"))
    take_down(printing, ended, Publication.Reason.EXPIRED, is_due=True)
    for publication in ended:
        at = publication.live_until
        printing.note(Act.Verb.EXPIRED, publication.kind, publication.key, publication.version, at=at)


def _end_shared(printing: Printing) -> None:
    for serializer in kinds.shared():
        kind = serializer.Meta.kind
        gone = serializer.ended(printing.edition.turned_at, printing.now)
        for row in gone:
            slug, end = getattr(row, "slug", ""), serializer.end_of(row)
            printing.change(kind, row.pk, Change.Action.WITHDRAWN, slug, end)
        clear(printing, [(kind, row.pk) for row in gone])
