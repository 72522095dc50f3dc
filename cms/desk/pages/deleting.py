"""What keeps something from being deleted, told in the time of a page, however much points at it.

Django's own pages read and name all that would go with a thing, or keeps it: of a section, a whole archive.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.admin.utils import quote
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

MOST_NAMED = 20
AT_ONCE = 200
KEEPS, GOES = {models.PROTECT, models.RESTRICT}, {models.CASCADE}


class DeletingMixin:
    """Of the pages that delete: they name some of what keeps a thing, and nothing of what goes with it."""

    delete_confirmation_template = "desk/delete.html"
    delete_selected_confirmation_template = "desk/delete_selected.html"

    def why_not_delete(self, obj: models.Model) -> str:
        """What keeps something from being deleted, in words; empty when nothing does."""
        return ""

    def what_keeps(self, obj: models.Model) -> Iterator[models.Model]:
        """What has to let go of it first: no more than is named."""
        for field in pointing(self.model, KEEPS):
            rows = field.model._base_manager.filter(**{field.name: obj.pk})
            yield from (owner_of(row, field) for row in rows[: MOST_NAMED + 1])

    def get_deleted_objects(self, objs: Sequence[models.Model], request: HttpRequest) -> tuple:
        """As Django asks for them: what goes, how much of it, what is not theirs to delete, what keeps them."""
        objs = list(objs[: AT_ONCE + 1])
        if len(objs) > AT_ONCE:
            return [], {}, set(), [_("Choose at most %(number)d at once.") % {"number": AT_ONCE}]
        lacking = {str(self.opts.verbose_name) for obj in objs if not self.has_delete_permission(request, obj)}
        lacking |= set(self._not_theirs(request, objs))
        kept = [line for obj in objs for line in self._kept(obj, is_one=len(objs) == 1)]
        return [str(obj) for obj in objs], {self.opts.verbose_name_plural: len(objs)}, lacking, kept

    def _not_theirs(self, request: HttpRequest, objs: list[models.Model]) -> Iterator[str]:
        """What would go with these, and has pages of its own that do not let somebody delete it."""
        for field in pointing(self.model, GOES):
            if not self.admin_site.is_registered(field.model):
                continue
            theirs = self.admin_site.get_model_admin(field.model)
            goes = field.model._base_manager.filter(**{f"{field.name}__in": [obj.pk for obj in objs]})
            if not theirs.has_delete_permission(request) and goes.exists():
                yield str(field.model._meta.verbose_name)

    def _kept(self, obj: models.Model, *, is_one: bool) -> list[Any]:
        reason = self.why_not_delete(obj)
        rows = list(dict.fromkeys(self.what_keeps(obj)))
        if not reason and not rows:
            return []
        links: list[Any] = [self._linked(row) for row in rows[:MOST_NAMED]]
        if len(rows) > MOST_NAMED:
            links.append(_("and others"))
        if is_one:
            return [reason, *links] if reason else links
        named = format_html("{}: {}", obj, reason) if reason else str(obj)
        return [named, links] if links else [named]  # which a list of lists shows below it

    def _linked(self, row: models.Model) -> SafeString:
        kind = capfirst(row._meta.verbose_name)
        if not self.admin_site.is_registered(type(row)):
            return format_html("{}: {}", kind, row)
        name = f"{self.admin_site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
        return format_html('{}: <a href="{}">{}</a>', kind, reverse(name, args=[quote(row.pk)]), row)


def pointing(model: type[models.Model], on_delete: set[Callable]) -> Iterator[Any]:
    """The columns of others that point at rows of a model, and do this when one is deleted."""
    for relation in model._meta.get_fields(include_hidden=True):
        is_of_others = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        if is_of_others and relation.on_delete in on_delete:
            yield relation.field


def owner_of(row: models.Model, field: Any) -> models.Model:
    """Of a row that belongs to an item, such as a byline's place on a story, the item; else the row itself."""
    for other in row._meta.concrete_fields:
        is_owner = other.is_relation and other is not field and other.remote_field.on_delete is models.CASCADE
        if is_owner and (owner := getattr(row, other.name)):
            return owner
    return row
