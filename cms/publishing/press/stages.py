"""How far an item has come on its way through the newsroom, and whose it is to write."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms import permissions
from cms.publishing.models import Act, Stage
from cms.publishing.press import edition
from cms.publishing.press.act import Printing, name_of

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

Verb = Act.Verb


def submit(item: "Publishable", by: Any = None, note: str = "") -> None:
    """Say that an item is ready for review."""
    _move(item, by, "change", Stage.REVIEW, Verb.SUBMITTED, note)


def approve(item: "Publishable", by: Any = None, note: str = "") -> None:
    """Say that an item may go before readers, as it stands."""
    _move(item, by, "approve", Stage.APPROVED, Verb.APPROVED, note)


def send_back(item: "Publishable", note: str, by: Any = None) -> None:
    """Ask for more work on an item, and say which."""
    if not note.strip():
        raise ValidationError(_("Write what needs doing."))
    _move(item, by, "send_back", Stage.WRITING, Verb.SENT_BACK, note.strip())


def _move(item: "Publishable", by: Any, verb: str, stage: str, act: str, note: str) -> None:
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, verb, item)
        if item.stage != stage:
            put_into(printing, item, stage, act, by, note)


def put_into(
    printing: Printing, item: "Publishable", stage: str, verb: str = "", by: Any = None, note: str = ""
) -> None:
    """Put an item into a stage, and into the log under a verb if there is one."""
    type(item)._default_manager.filter(pk=item.pk).update(stage=stage)
    item.stage = stage
    if verb:
        printing.note(verb, item.kind, item.pk, item.head, by, note)


def assign(item: "Publishable", to: Any, by: Any = None) -> None:
    """Say whose an item is to write; nobody's, where `to` is none."""
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, "change", item)
        type(item)._default_manager.filter(pk=item.pk).update(assignee=to)
        item.assignee = to
        printing.note(Verb.ASSIGNED, item.kind, item.pk, item.head, by, name_of(to) or Act.NOBODY)
