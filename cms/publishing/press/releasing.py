"""Releasing: versions come before readers, now or at a moment to come, many of one kind at once."""

from datetime import datetime

from cms.publishing.models import Change, Publication
from cms.publishing.press import addresses, mentions, rows
from cms.publishing.press.act import Printing, whole_seconds
from cms.publishing.press.terms import KEEP, Release, end_of, terms_of

Action = Change.Action
Pairs = list[tuple[Publication, Release]]


def release(
    printing: Printing, kind: str, releases: list[Release], known: list[Publication] | None = None
) -> list[Publication]:
    """Bring versions of one kind before readers; those of a moment to come are noted for it.

    `known` are their publications, in this order, where they have been read under the lock.
    """
    publications = known or rows.known_or_new(kind, [release.version.key for release in releases])
    pairs = list(zip(publications, releases, strict=True))
    later = [pair for pair in pairs if pair[1].at and pair[1].at > printing.now]
    _schedule(printing, kind, later)
    _release_now(printing, kind, [pair for pair in pairs if not (pair[1].at and pair[1].at > printing.now)])
    return publications


def go_live(printing: Printing, kind: str, releases: list[Release]) -> None:
    """Bring versions of one kind before readers whose moment has come."""
    publications = rows.known_or_new(kind, [release.version.key for release in releases])
    _release_now(printing, kind, [*zip(publications, addresses.give_way(kind, releases), strict=True)], is_due=True)


def _schedule(printing: Printing, kind: str, pairs: Pairs) -> None:
    for publication, release in pairs:
        publication.next_version = release.version
        publication.next_at = whole_seconds(release.at) if release.at else None
        if release.live_until is not KEEP and release.live_until != publication.asked_until:
            _put_end(printing, publication, release.live_until)  # the end is the story's, whichever text it has then
    publications = [publication for publication, _ in pairs]
    rows.save(publications)
    changed = [publication.key for publication in publications if publication.edition == printing.edition.number]
    mentions.clear(printing, [(kind, key) for key in changed])


def _release_now(printing: Printing, kind: str, pairs: Pairs, *, is_due: bool = False) -> None:
    """Point publications at their versions. What is there already, to the letter, changes nothing."""
    released = [publication for publication, release in pairs if _point(printing, publication, release, is_due=is_due)]
    if not released:
        return
    moved = [publication for publication in released if publication.place == publication.edition]
    rows.save(released)
    addresses.redirect(kind, {publication.slug: publication.key for publication in released if publication.slug})
    mentions.record_references(printing, kind, released, is_due=is_due)
    rows.retire(kind, [publication.key for publication in moved], retired=False)


def _point(printing: Printing, publication: Publication, release: Release, *, is_due: bool) -> bool:
    """Whether that changes anything for readers."""
    terms = terms_of(publication, release, printing.now, is_due=is_due)
    if terms.change_nothing(publication, release):
        if publication.next_at:
            rows.cancel([publication])
        return False
    previous_slug = "" if publication.withdrawn_reason == Publication.Reason.LEGAL else publication.slug
    number = printing.change(
        publication.kind,
        publication.key,
        Action.UPDATED if publication.is_live else Action.PUBLISHED,
        terms.slug,
        terms.at if is_due else printing.now,
        previous_slug if previous_slug != terms.slug else "",
    )
    if not terms.leave_place(publication):
        publication.place = number
    terms.put_on(publication)
    publication.edition = number
    return True


def set_end(printing: Printing, publication: Publication, until: datetime | None) -> bool:
    """Let a publication end at a moment, or at none; whether that is a change."""
    if until == publication.asked_until:
        return False
    _put_end(printing, publication, until)
    rows.save([publication])
    mentions.clear(printing, [(publication.kind, publication.key)])
    return True


def _put_end(printing: Printing, publication: Publication, until: datetime | None) -> None:
    publication.asked_until = until
    publication.live_until = end_of(until, publication.version)
    if publication.is_live:
        publication.edition = printing.change(publication.kind, publication.key, Action.UPDATED, publication.slug)
        publication.clear()
