"""Where an item stands between the desk and the readers."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.desk.moments import in_brief
from cms.publishing import kinds
from cms.publishing.models import Publication

if TYPE_CHECKING:
    from cms.content.publishable import Publishable


def statuses(items: Iterable["Publishable"]) -> list["Status"]:
    """Where each of these stands: one query, and two a kind for all addresses once one of them is asked for."""
    items = list(items)
    rows = Publication.objects.filter(kind__in={item.kind for item in items}, key__in=[item.pk for item in items])
    publications = {(row.kind, row.key): row for row in rows.defer("card", "document")} if items else {}
    addresses = Addresses(publications.values())
    return [Status(publications.get((item.kind, item.pk)), item.head_id, addresses) for item in items]


class Addresses:
    """Where the front end shows what is live of these, looked up for all of a kind when one is asked for."""

    def __init__(self, publications: Iterable[Publication]):
        self.publications = list(publications)
        self._of_kind: dict[str, dict[uuid.UUID, str]] = {}

    def of(self, publication: Publication) -> str:
        kind = publication.kind
        if kind not in self._of_kind:
            live = [row for row in self.publications if row.kind == kind and row.is_live]
            self._of_kind[kind] = kinds.publishable_named(kind).web_urls_of(live)
        return self._of_kind[kind][publication.key]


class Status:
    """Where an item stands between the desk and the readers, in an editor's words."""

    def __init__(self, publication: Publication | None, head_id: int | None, addresses: Addresses):
        now = timezone.now()
        self.publication, self._addresses = publication, addresses
        self.is_live = bool(
            publication and publication.is_live and (publication.live_until is None or publication.live_until > now)
        )
        self.next_at = publication.next_at if publication else None
        self.has_changes = bool(self.is_live and publication and publication.version_id != head_id)
        self.is_later_than_scheduled = bool(self.next_at and publication and publication.next_version_id != head_id)
        self.was_live = bool(publication and publication.version_id and not self.is_live)

    @property
    def name(self) -> str:
        if self.is_live:
            return "live"
        if self.next_at:
            return "scheduled"
        return "withdrawn" if self.was_live else "draft"

    def __str__(self) -> str:
        if self.next_at:
            when = {"when": in_brief(self.next_at)}
            text = _("Live, update scheduled for %(when)s") if self.is_live else _("Scheduled for %(when)s")
            return text % when
        if self.is_live:
            return _("Live, with unpublished changes") if self.has_changes else _("Live")
        return _("Withdrawn") if self.was_live else _("Draft")

    @property
    def addresses(self) -> dict[str, str]:
        """Where readers find it: at the front end, and in the API."""
        if not self.is_live or not self.publication:
            return {}
        kind = kinds.publishable_named(self.publication.kind)
        return {
            "web": self._addresses.of(self.publication),
            "api": kind.shared_instance().get_url(self.publication, {}),
        }

    @property
    def details(self) -> Iterable[str]:
        """What the state in one word leaves open."""
        publication = self.publication
        if not publication:
            return
        if self.is_live and publication.published_at:
            yield _("published %(when)s") % {"when": in_brief(publication.published_at)}
            if publication.live_until:
                yield _("comes down %(when)s") % {"when": in_brief(publication.live_until)}
        if self.is_later_than_scheduled:
            yield _("an earlier version is scheduled")
        if self.was_live and not self.next_at and publication.withdrawn_at:
            reason = publication.get_withdrawn_reason_display()
            yield f"{in_brief(publication.withdrawn_at)}, {reason.lower()}"
