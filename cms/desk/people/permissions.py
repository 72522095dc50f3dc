"""Permissions as they are chosen at the desk: by what they are about, in the menu's order, each a box to tick."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.forms.models import ModelChoiceIterator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.desk import menu

VERBS = {"add": _("can add"), "change": _("can change"), "delete": _("can delete"), "view": _("can see")}


def verb_in_words(permission: Permission) -> str:
    verb, _sign, kind = permission.codename.partition("_")
    is_stock = verb in VERBS and kind == permission.content_type.model
    return str(VERBS[verb]) if is_stock else gettext(permission.name)


def permission_in_words(permission: Permission) -> str:
    return f"{permission.content_type.name}: {verb_in_words(permission)}"


class ByThing(ModelChoiceIterator):
    """What has a place in the menu, in its order; then the rest, of which nobody has to know much."""

    def __iter__(self) -> Iterator:
        groups: dict[tuple, list] = {}
        for permission in self.queryset.select_related("content_type").order_by("content_type__model", "pk"):
            groups.setdefault(self._thing(permission), []).append(self.choice(permission))
        for (*_place, name), choices in sorted(groups.items()):
            yield name, choices

    def _thing(self, permission: Permission) -> tuple:
        """Where it stands, and what it is called."""
        model = permission.content_type.model_class()
        if model is None or not admin.site.is_registered(model):
            return 9, 0, gettext("Others")
        place = menu.place_of(model)
        return (*((place.group, place.position) if place else (8, 0)), capfirst(str(menu.name_of(model))))


class PermissionsWidget(forms.CheckboxSelectMultiple):
    template_name = "desk/permissions.html"


class PermissionsField(forms.ModelMultipleChoiceField):
    widget = PermissionsWidget
    iterator = ByThing

    def label_from_instance(self, obj: Any) -> str:
        return capfirst(verb_in_words(obj).removeprefix("can ").removeprefix("Can "))
