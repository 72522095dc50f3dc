"""The terms of a release: which version, under which dates, until when. Working them out changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cms.publishing import kinds
from cms.publishing.models import Publication, Version
from cms.publishing.press.act import whole_seconds

Reason = Publication.Reason
KEEP: Any = object()  # as an end: the one that it has


@dataclass
class Release:
    """That a version is to reach the readers: now, or at a moment to come."""

    version: Version
    at: datetime | None = None
    published_at: datetime | None = None  # the date printed; none: the one it has, or the moment it goes live
    updated_at: datetime | None = None
    live_until: Any = KEEP


@dataclass(frozen=True)
class Terms:
    """How a publication stands once a release has reached its readers."""

    version: Version
    slug: str
    at: datetime  # since when readers have it, by the release
    published_at: datetime
    updated_at: datetime
    live_from: datetime | None
    asked_until: datetime | None
    live_until: datetime | None

    def leave_place(self, publication: Publication) -> bool:
        """Whether it stays where it stands in the order of lists."""
        return publication.is_live and self.published_at == publication.published_at

    def change_nothing(self, publication: Publication, release: Release) -> bool:
        """Whether readers have all of that already, to the letter."""
        is_same = publication.version_id == self.version.pk and self.asked_until == publication.asked_until
        is_dated = release.updated_at is None or whole_seconds(release.updated_at) == publication.updated_at
        ends_alike = self.live_until == publication.live_until
        return is_same and is_dated and ends_alike and self.leave_place(publication)

    def put_on(self, publication: Publication) -> None:
        """Let it stand by these terms; its numbers are the press's to give."""
        publication.version, publication.slug = self.version, self.slug
        publication.sort_name = kinds.publishable_named(self.version.kind).sort_name(self.version.data)
        publication.published_at, publication.updated_at = self.published_at, self.updated_at
        publication.live_from, publication.live_until = self.live_from, self.live_until
        publication.asked_until = self.asked_until
        publication.next_version = publication.next_at = None
        publication.withdrawn_at, publication.withdrawn_reason = None, ""
        publication.clear()


def terms_of(publication: Publication, release: Release, now: datetime, *, is_due: bool = False) -> Terms:
    """What a release makes of a publication at a moment.

    What was due has been readers' since then. A release of an earlier date that was not, of an import, is theirs now;
    and what was written elsewhere is as old as it says there: a change of it is made here, and now.
    """
    at = whole_seconds(min(release.at or now, now))
    published_at = whole_seconds(release.published_at or publication.published_at or at)
    asked_until = publication.asked_until if release.live_until is KEEP else release.live_until
    if not publication.is_live and asked_until and asked_until <= at:
        asked_until = None  # an end that has passed was that of an earlier life
    is_first_life = publication.updated_at is None
    seen_at = at if is_due or is_first_life else now
    live_from = publication.live_from
    if not publication.is_live:
        live_from = min(at, published_at) if is_first_life else whole_seconds(seen_at)
    return Terms(
        version=release.version,
        slug=release.version.data.get("slug") or "",
        at=at,
        published_at=published_at,
        updated_at=whole_seconds(
            release.updated_at or (published_at if is_first_life and at > published_at else seen_at)
        ),
        live_from=live_from,
        asked_until=asked_until,
        live_until=end_of(asked_until, release.version),
    )


def end_of(asked: datetime | None, version: Version | None) -> datetime | None:
    """When readers lose a version: at the end that the desk asked for, or at that of the rights before it."""
    rights_end = kinds.publishable_named(version.kind).rights_end(version.data) if version else None
    return min((end for end in (asked, rights_end) if end), default=None)
