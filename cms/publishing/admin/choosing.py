"""Choices and selections that no page of ours has sent: what is not even an id names nothing, and breaks nothing."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models


def is_key(value: Any, model: type[models.Model]) -> bool:
    """Whether a text can be the id of something of this model; the database fails at one that cannot."""
    field = model._meta.pk
    try:
        field.run_validators(field.to_python(value))
    except ValidationError:
        return False
    return True


class SearchedChoice(AutocompleteSelect):
    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if is_key(key, self.choices.queryset.model)], attrs)


class SearchedChoices(AutocompleteSelectMultiple):
    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if is_key(key, self.choices.queryset.model)], attrs)


class ChoicesMixin:
    """Of a page or its rows: what is chosen by searching."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedChoice(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedChoices(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class SelectionMixin:
    """Of a list: the rows that something is done with."""

    def response_action(self, request, queryset):
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in keys if is_key(key, self.model)])
        return super().response_action(request, queryset)
