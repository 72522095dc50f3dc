"""Foreseeing: how publications will stand at a moment to come. Nothing is changed, and nothing of it is to be saved."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from cms.publishing.models import Publication, Version
from cms.publishing.press.terms import Release, terms_of


def foreseen(publications: models.QuerySet, at: datetime) -> list[Publication]:
    """Those of these that readers will see at a moment, as they will stand then."""
    rows = publications.filter(Q(place__isnull=False) | Q(next_at__lte=at))
    rows = rows.select_related("version", "next_version").defer("card", "document")
    return [row for row in rows if foresee(row, at)]


def foresee(publication: Publication, at: datetime) -> bool:
    """Let a publication stand as it will at a moment if nobody acts until then; whether readers see it."""
    if publication.next_at and publication.next_at <= at and publication.next_version:
        if publication.live_until and publication.live_until <= publication.next_at:
            publication.place = None  # it ends, and comes again
        as_released(publication, publication.next_version, publication.next_at)
    return publication.is_live and (publication.live_until is None or publication.live_until > at)


def as_released(publication: Publication, version: Version, at: datetime) -> None:
    """Let a publication stand as if this version of it were released at a moment."""
    if publication.is_live and publication.version_id == version.pk:
        return
    terms_of(publication, Release(version, at=at), at).put_on(publication)
    if publication.place is None:
        publication.place = publication.edition  # no edition has given it one, and it is live all the same
