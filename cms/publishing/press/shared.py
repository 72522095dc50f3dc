"""What many share: a change of it shows at once, wherever it is mentioned."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _

from cms.publishing import kinds
from cms.publishing.models import Address, Change
from cms.publishing.press import addresses, mentions
from cms.publishing.press.act import Printing

if TYPE_CHECKING:
    from cms.content.shared import Shared

Action = Change.Action


def change_shared(printing: Printing, kind: str, rows: list[Any], added: set[uuid.UUID] | None = None) -> None:
    """These were saved: let their slugs lead to them, and render again what mentions them."""
    serializer = kinds.shared_named(kind)
    addresses.redirect(kind, {row.slug: row.redirects_to for row in rows if getattr(row, "slug", "")})
    keys = [row.pk for row in rows]
    printing.saved.update((kind, key) for key in keys)
    known = serializer.Meta.model.objects.filter(pk__in=keys)
    public = set(known.public(printing.now).values_list("pk", flat=True))
    mentioned = public | set(known.mentioned(printing.now).values_list("pk", flat=True))
    if not serializer.is_always_public:
        serializer.first_seen(dict.fromkeys(public, printing.now))
    for row in rows:
        if row.pk in mentioned:
            action = Action.UPDATED if row.pk in public else Action.WITHDRAWN
            action = Action.PUBLISHED if row.pk in (added or ()) else action
            printing.change(kind, row.pk, action, getattr(row, "slug", ""))
    mentions.clear(printing, [(kind, key) for key in keys])


def remove_shared(printing: Printing, kind: str, row: "Shared") -> None:
    """This is about to be deleted, which only what nothing live mentions can be."""
    if type(row).objects.filter(pk=row.pk).mentioned(printing.now).exists():
        raise models.ProtectedError(_("Something live still uses it."), {row})
    Address.objects.filter(kind=kind, key=row.pk).delete()
    printing.saved.add((kind, row.pk))
    if kinds.shared_named(kind).is_always_public:
        printing.change(kind, row.pk, Action.WITHDRAWN, getattr(row, "slug", ""))
