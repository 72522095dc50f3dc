"""Withdrawing: readers lose an item, now or at a moment said beforehand; or what was scheduled is called off."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import permissions
from cms.publishing import rendering
from cms.publishing.models import Act, Publication
from cms.publishing.press import edition, releasing, rows, taking_down
from cms.publishing.press.act import in_english

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

Verb = Act.Verb
Reason = Publication.Reason
COMES_DOWN, NO_END = gettext_lazy("to come down"), gettext_lazy("no longer set to come down")


def withdraw(item: "Publishable", reason: str = Reason.WITHDRAWN, by: Any = None) -> Publication | None:
    """Take an item from the readers, or cancel the date on which it would have reached them."""
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, "withdraw", item)
        publication = Publication.objects.filter(kind=item.kind, key=item.pk).first()
        if publication:
            number, was_due = printing.edition.number, publication.next_at
            taking_down.withdraw_all(printing, [publication], reason)
            if printing.edition.number > number:
                note = in_english(Reason(reason).label)
                printing.note(Verb.WITHDRAWN, item.kind, item.pk, publication.version, by, note)
            elif was_due:
                printing.note(Verb.CANCELLED, item.kind, item.pk, item.head, by)
            item.refresh_from_db(fields=["is_retired"])
        return publication


def end(item: "Publishable", until: datetime | None, by: Any = None) -> Publication:
    """Say until when readers have an item that is live, and change nothing else of it; none: as long as it is wanted.

    It is a withdrawal that is said beforehand, and for those who may withdraw. What waits to be published goes on
    waiting.
    """
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, "withdraw", item)
        publication = Publication.objects.filter(kind=item.kind, key=item.pk).select_related("version").first()
        if publication is None or not publication.is_live:
            raise ValidationError(_("It is not live."))
        if until and until <= printing.now:
            raise ValidationError(_("That moment has passed; choose a later one, or press Withdraw."))
        if until and publication.next_at and until <= publication.next_at:
            raise ValidationError(
                _("An update is scheduled for after it comes down. Cancel the schedule, or move one.")
            )
        number = printing.edition.number
        if releasing.set_end(printing, publication, until):
            verb, note = (Verb.SCHEDULED, COMES_DOWN) if until else (Verb.CANCELLED, NO_END)
            version = publication.version
            printing.note(verb, item.kind, item.pk, version, by, in_english(note), for_moment=until)
        if printing.edition.number > number:
            rendering.keep_under_lock(printing.edition, [publication], rendering.render([publication], printing.now))
        return publication


def cancel_schedule(item: "Publishable", by: Any = None) -> None:
    """Forget what was to go live later; what is live stays so."""
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, "publish", item)
        scheduled = Publication.objects.filter(kind=item.kind, key=item.pk, next_at__isnull=False)
        if scheduled:
            rows.cancel(scheduled)
            printing.note(Verb.CANCELLED, item.kind, item.pk, item.head, by)
