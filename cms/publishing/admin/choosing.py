"""Choices and selections that no page of ours has sent: what is not even an id names nothing, and breaks nothing."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import _get_foreign_key
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.publishing.admin.words import name_of


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


class Chosen(NamedTuple):
    """One thing that a page has chosen, and in which field of what it has sent."""

    name: str
    sent: str
    key: str  # the same, as the database has it
    model: type[models.Model]
    row: str  # of the row in which it was chosen, what its names begin with


def without_deleted(page: Any, request: HttpRequest) -> list[str]:
    """Take out of what a page has sent what was deleted while it was open: all else can be saved. Answers what it was.

    What was merged into another meanwhile gives its place to that one.
    """
    by_model: dict[Any, list[Chosen]] = defaultdict(list)
    for chosen in _choices(page, request):
        by_model[chosen.model].append(chosen)
    posted, said = request.POST.copy(), []
    for model, choices in by_model.items():
        rows = model._default_manager.filter(pk__in={chosen.key for chosen in choices})
        is_merged = hasattr(model, "at_last")
        stands = {str(row.pk): str(row.at_last().pk) for row in rows} if is_merged else {}
        stands = stands or {str(key): str(key) for key in rows.values_list("pk", flat=True)}
        for chosen in choices:
            if (now := stands.get(chosen.key)) == chosen.sent:
                continue
            others = [key for key in posted.getlist(chosen.name) if key not in (chosen.sent, now)]
            posted.setlist(chosen.name, [*others, now] if now else others)
            if chosen.row and not now:
                posted[f"{chosen.row}-DELETE"] = "on"
            if not now:
                said.append(what_was_deleted(model, chosen.key))
    request.POST = posted  # type: ignore[assignment]  # as the page would have sent it by now
    return list(dict.fromkeys(said))


def leave_out_deleted(page: Any, request: HttpRequest) -> None:
    """The same before a save, which says it."""
    if said := without_deleted(page, request):
        page.message_user(request, " ".join(said), messages.WARNING)


def _choices(page: Any, request: HttpRequest) -> Iterator[Chosen]:
    fields = [*page.model._meta.concrete_fields, *page.model._meta.many_to_many]
    related = {field.name: field.related_model for field in fields if field.is_relation and field.editable}
    in_rows = {}
    for inline in page.get_inline_instances(request):
        owner = _get_foreign_key(page.model, inline.model, fk_name=inline.fk_name)
        prefix = owner.remote_field.get_accessor_name(model=inline.model)
        fields = [field for field in inline.model._meta.concrete_fields if field.is_relation and field is not owner]
        in_rows[prefix] = {field.name: field.related_model for field in fields}
    for name in request.POST:
        prefix, _dash, rest = name.partition("-")
        number, _dash, own = rest.partition("-")
        row = f"{prefix}-{number}" if prefix in in_rows and number.isdecimal() else ""
        model = in_rows[prefix].get(own) if row else related.get(name)
        if model:
            for sent in request.POST.getlist(name):
                if sent and is_key(sent, model):
                    yield Chosen(name, sent, str(model._meta.pk.to_python(sent)), model, row)


def what_was_deleted(model: type[models.Model], key: str) -> str:
    """That something was deleted, with its name where the desk's log has it."""
    words = {"kind": capfirst(model._meta.verbose_name)}
    kind = ContentType.objects.get_for_model(model)
    entry = LogEntry.objects.filter(content_type=kind, object_id=key, action_flag=DELETION).order_by("-pk").first()
    if entry is None:
        return _("%(kind)s: it has been deleted meanwhile, and is left out.") % words
    words |= {"name": entry.object_repr, "who": name_of(entry.user)}
    return _('%(kind)s "%(name)s": %(who)s has deleted it meanwhile, and it is left out.') % words


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
