"""Taking down: what readers lose, by somebody's will or at its end, many at once."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from cms.publishing.models import Change, PreviewLink, Publication, Version
from cms.publishing.press import addresses, mentions, rows
from cms.publishing.press.act import Printing, whole_seconds

Reason = Publication.Reason
Moments = Mapping[uuid.UUID, datetime | None]


def withdraw_all(
    printing: Printing, publications: list[Publication], reason: str, moments: Moments | None = None
) -> None:
    """Take these from the readers, and cancel what was to come; with moments by key to note as the time when it was."""
    rows.cancel([publication for publication in publications if publication.next_at])
    take_down(printing, publications, reason, moments)


def take_down(
    printing: Printing,
    publications: list[Publication],
    reason: str,
    moments: Moments | None = None,
    *,
    is_due: bool = False,
) -> None:
    """Take from the readers what is live of these; what is scheduled still comes."""
    live = [publication for publication in publications if publication.is_live]
    if reason == Reason.LEGAL:  # what was withdrawn for a lesser reason is to be forgotten as well
        live += [gone for gone in publications if gone.withdrawn_at and gone.withdrawn_reason != reason]
    for publication in live:
        at = publication.live_until if reason == Reason.EXPIRED and publication.live_until else printing.now
        at = (moments or {}).get(publication.key) or publication.withdrawn_at or at
        slug = "" if reason == Reason.LEGAL else publication.slug
        seen_at = at if is_due else printing.now  # whatever is noted as the time when it was
        number = printing.change(publication.kind, publication.key, Change.Action.WITHDRAWN, slug, seen_at)
        publication.place, publication.edition = None, number
        publication.withdrawn_at, publication.withdrawn_reason = whole_seconds(at), reason
        publication.clear()
    rows.save(live)
    by_kind = defaultdict(list)
    for publication in live:
        by_kind[publication.kind].append(publication)
    for kind, group in by_kind.items():
        keys = [publication.key for publication in group]
        mentions.record_references(printing, kind, group)
        rows.retire(kind, keys, retired=True)
        if reason == Reason.LEGAL:
            _forget(printing, kind, keys)


def _forget(printing: Printing, kind: str, keys: list[uuid.UUID]) -> None:
    """Leave readers no trace of what may not be known: no slug in the log of changes, and no preview."""
    Change.objects.filter(kind=kind, key__in=keys).update(slug="", previous_slug="")
    PreviewLink.objects.alive(printing.now).filter(kind=kind, key__in=keys).update(revoked_at=printing.now)
    printing.forget_slugs(kind, keys)


def note_withdrawn(version: Version, reason: str, moments: dict[str, datetime]) -> None:
    """Record, for what comes from another site, that it was live there once: no reader sees it here."""
    slug = version.data.get("slug") or ""
    Publication.objects.create(
        kind=version.kind,
        key=version.key,
        version=version,
        slug=slug,
        published_at=moments.get("published_at"),
        updated_at=moments.get("updated_at") or moments.get("published_at"),
        withdrawn_at=whole_seconds(moments["withdrawn_at"]),
        withdrawn_reason=reason,
    )
    rows.retire(version.kind, [version.key], retired=True)
    if slug:
        addresses.redirect_former(version.kind, {slug: version.key})
