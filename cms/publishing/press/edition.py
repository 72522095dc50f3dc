"""The edition's lock, under which everything is decided and changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.database import statements
from cms.database.bulk import add_rows, update_rows
from cms.publishing import followers, newest
from cms.publishing.models import Edition
from cms.publishing.press import act, due, mentions

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

DELETED = "deleted"  # the code of the error that says so
DECIDED_ON = ["head_id", "stage", "made_by_id", "assignee_id", "is_retired"]  # what is read of an item before an act


@contextmanager
def printing() -> Iterator[act.Printing]:
    """One act of the press. Inside another it is part of that one."""
    running = getattr(act.running, "printing", None)
    if running:
        yield running
        return
    with transaction.atomic():
        [edition] = statements.objects(_locked)
        started = act.running.printing = act.Printing(edition, timezone.now())
        edition.turned_at = min(edition.turned_at, started.now)  # where the clock was set back, ends come once more
        try:
            due.release_due(started)
            yield started
            _finish(started)
        finally:
            act.running.printing = None


def _locked() -> QuerySet:
    return Edition.objects.select_for_update().filter(pk=1)


def _finish(printing: act.Printing) -> None:
    mentions.number_early(printing)
    add_rows(printing.changes)
    add_rows(printing.acts)
    printing.edition.next_change_at = due.next_due(printing.edition)
    update_rows([printing.edition], ["number", "turned_at", "next_change_at"])
    followers.tell(printing.changes)
    followers.tell_saved(printing.saved | {(change.kind, change.key) for change in printing.changes})
    newest.announce()


def as_it_stands(item: "Publishable") -> None:
    """Read anew, under the lock, what is decided by: who asked may have read it long before the lock was theirs."""
    if not (stored := statements.values(type(item), DECIDED_ON, pk=item.pk)):
        raise ValidationError(_("It has since been deleted."), code=DELETED)
    for name, value in zip(DECIDED_ON, stored[0], strict=True):
        setattr(item, name, value)
