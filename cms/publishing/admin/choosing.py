"""What is chosen by searching: the best match first, what there is not yet made on the spot by those who may.

A choice or a selection that no page of ours has sent, what is not even an id, names nothing and breaks nothing.
"""

import unicodedata
from typing import Any

from django import forms
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, Value, When
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy
from js_asset import Script

from cms.publishing import press
from cms.publishing.fields import fold
from cms.publishing.models import Address

MOST_WORDS = 8  # of a search
SCRIPT = Media(css={"all": ["publishing/choosing.css"]}, js=[Script("publishing/choosing.js", defer=True)])


def is_key(value: Any, model: type[models.Model]) -> bool:
    """Whether a text can be the id of something of this model; the database fails at one that cannot."""
    field = model._meta.pk
    try:
        field.run_validators(field.to_python(value))
    except ValidationError:
        return False
    return True


class SearchedChoice(AutocompleteSelect):
    @property
    def media(self):
        return super().media + SCRIPT

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if is_key(key, self.choices.queryset.model)], attrs)


class SearchedChoices(AutocompleteSelectMultiple):
    @property
    def media(self):
        return super().media + SCRIPT

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if is_key(key, self.choices.queryset.model)], attrs)


class ChoicesMixin:
    """Of a page or its rows: what is chosen by searching."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            offer = making_offer(request, self.admin_site, db_field.remote_field.model)
            kwargs.setdefault("widget", SearchedChoice(db_field, self.admin_site, attrs=offer))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            offer = making_offer(request, self.admin_site, db_field.remote_field.model)
            kwargs.setdefault("widget", SearchedChoices(db_field, self.admin_site, attrs=offer))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class DeskAutocompleteView(AutocompleteJsonView):
    """What a field that is searched in is answered. Where names repeat, each result says what it belongs to."""

    def process_request(self, request):
        request.GET = request.GET.copy()
        request.GET["term"] = request.GET.get("term", "").replace("\x00", "")
        return super().process_request(request)

    def serialize_result(self, obj, to_field_name):
        result = super().serialize_result(obj, to_field_name)
        note = getattr(self.model_admin, "noted_in_choices", lambda _found: "")(obj)
        return {**result, "note": note} if note else result


def best_named(queryset: models.QuerySet, search_term: str, fields: tuple[str, ...] = ("sort_name", "slug")) -> Any:
    """Those in whose folded name, or slug, all words occur: first what is called just so, then what begins so."""
    words = fold(search_term.replace("\x00", "")).split()
    name, *_others = fields
    for word in words[:MOST_WORDS]:
        queryset = queryset.filter(*[_any_contains(fields, word)])
    if not words:
        return queryset
    text = " ".join(words)
    rank = Case(
        When(**{name: text}, then=Value(0)),
        When(**{f"{name}__startswith": f"{text} "}, then=Value(1)),
        When(**{f"{name}__startswith": text}, then=Value(2)),
        When(**{f"{name}__contains": f" {text}"}, then=Value(3)),
        default=Value(4),
    )
    return queryset.order_by(rank, name, "pk")


def _any_contains(fields: tuple[str, ...], word: str) -> Q:
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__contains": word})
    return found


class NamedMixin:
    """Of what has a name and a slug, and is searched by them, whatever their case and accents."""

    def get_search_results(self, request, queryset, search_term):
        return best_named(queryset, search_term), False


class MadeHereMixin(NamedMixin):
    """Of what can be made where it is chosen, by its name alone: found instead, where there is one called so."""

    make_words: Any = gettext_lazy("Make a new one: %s")
    told_words: Any = gettext_lazy("Nothing is called “%s”. Ask somebody who may make it.")

    def get_urls(self):
        return [self.page("make/", "make", self.make_view), *super().get_urls()]

    def make_view(self, request):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sent = unicodedata.normalize("NFC", request.POST.get("name", ""))
        name = " ".join(sent.split())
        if not self.has_add_permission(request):
            return JsonResponse({"error": str(self.told_words) % name[:200]}, status=403)
        try:
            name = forms.CharField(max_length=self.model._meta.get_field("name").max_length).clean(name)
            with press.printing():  # whoever makes the same at once waits, and finds it
                made, is_new = self._found_or_made(request, name)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=400)
        return JsonResponse({"id": str(made.pk), "text": str(made), "is_new": is_new})

    def _found_or_made(self, request: HttpRequest, name: str) -> tuple[Any, bool]:
        """What is called so already, whatever its case and accents; something merged is what it was merged into."""
        rows = list(self.model._default_manager.filter(sort_name=fold(name)[:400]).order_by("slug"))
        if rows:
            row = next((row for row in rows if row.leads_to == row.pk), None)
            return row or self.model._default_manager.get(pk=rows[0].leads_to), False
        made = self.model(name=name)
        made.slug = self._free_slug(name) or f"{self.model.kind}-{str(made.pk)[:8]}"
        made.full_clean()
        made.save()
        self.log_addition(request, made, [{"added": {}}])
        return made, True

    def _free_slug(self, name: str) -> str:
        """The slug of a name, or the first of slug-2, slug-3 ... that is free."""
        wanted = slugify(name, allow_unicode=True)[:80].strip("-")
        rows, addresses = self.model._default_manager, Address.objects.filter(kind=self.model.kind)
        tried, number = wanted, 1
        while wanted and (rows.filter(slug=tried).exists() or addresses.filter(slug=tried).exists()):
            number += 1
            tried = f"{wanted}-{number}"
        return tried


def making_offer(request: HttpRequest, admin_site: Any, model: type[models.Model]) -> dict[str, str]:
    """For a field: where what it does not find can be made, and in which words; or who is told that others make it."""
    try:
        theirs = admin_site.get_model_admin(model)
    except NotRegistered:
        return {}
    if not isinstance(theirs, MadeHereMixin):
        return {}
    if not theirs.has_add_permission(request):
        return {"data-told": str(theirs.told_words)}
    opts = model._meta
    address = reverse(f"{admin_site.name}:{opts.app_label}_{opts.model_name}_make")
    return {"data-make": address, "data-make-words": str(theirs.make_words)}


class SelectionMixin:
    """Of a list: the rows that something is done with."""

    def response_action(self, request, queryset):
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in keys if is_key(key, self.model)])
        return super().response_action(request, queryset)
