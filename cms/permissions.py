"""Who may do what with an item. The press, the desk's pages and their buttons all ask here.

A verb is a permission of the kind (`publish_article`), which a group or a user has. Whoever may change, publish or
delete does so with items of their own; those who `change_any` with everybody's.
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

OF_OWN = frozenset({"change", "publish", "delete"})


def has(user: Any, verb: str, model: models.Model | type[models.Model]) -> bool:
    """Whether somebody has a permission for a kind. Nobody (none) is the system itself: commands, an import."""
    opts = model._meta
    return user is None or user.has_perm(f"{opts.app_label}.{verb}_{opts.model_name}")


def may(user: Any, verb: str, item: "Publishable") -> bool:
    """Whether somebody may do something with one item."""
    if user is None:
        return True
    if not has(user, verb, item):
        return False
    return verb not in OF_OWN or has(user, "change_any", item) or item.is_of(user)


def demand(user: Any, verb: str, item: "Publishable") -> None:
    if not may(user, verb, item):
        text = _('You may not do that with "%(item)s" (%(verb)s).')
        raise PermissionDenied(text % {"item": item, "verb": f"{verb}_{item._meta.model_name}"})
