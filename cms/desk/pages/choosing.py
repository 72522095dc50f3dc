"""What is chosen by searching: the best match first, what there is not yet made on the spot by those who may.

A choice or a selection that no page of ours has sent, what is not even an id, names nothing and breaks nothing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, Value, When
from django.forms.models import _get_foreign_key
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Script

from cms.database.fields import fold
from cms.desk.ids import is_key
from cms.desk.words import name_of
from cms.publishing import press, slugs
from cms.text import letters

MOST_WORDS = 8  # of a search
SCRIPT = Media(css={"all": ["desk/choosing.css"]}, js=[Script("desk/choosing.js", defer=True)])


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
    posted, notes = request.POST.copy(), []
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
            if not now and model is page.model and chosen.key == request.POST.get("key"):
                notes.append(
                    _("%(kind)s: it names itself, which is left out.") % {"kind": capfirst(model._meta.verbose_name)}
                )
            elif not now:
                notes.append(what_was_deleted(model, chosen.key))
    request.POST = posted  # type: ignore[assignment]  # as the page would have sent it by now
    return list(dict.fromkeys(notes))


def leave_out_deleted(page: Any, request: HttpRequest) -> None:
    """The same before a save, which says it."""
    if notes := without_deleted(page, request):
        page.message_user(request, " ".join(notes), messages.WARNING)


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
        return _("%(kind)s: left out, as it has since been deleted.") % words
    words |= {"name": entry.object_repr, "who": name_of(entry.user)}
    return _('%(kind)s "%(name)s": left out, as %(who)s has since deleted it.') % words


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
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__contains": word})
    return condition


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
            row = next((row for row in rows if row.redirects_to == row.pk), None)
            return row or self.model._default_manager.get(pk=rows[0].redirects_to), False
        made = self.model(name=name)
        made.slug = self._free_slug(name) or f"{self.model.kind}-{str(made.pk)[:8]}"
        made.full_clean()
        made.save()
        self.log_addition(request, made, [{"added": {}}])
        return made, True

    def _free_slug(self, name: str) -> str:
        """The slug of a name, or the first of slug-2, slug-3 ... that is free."""
        wanted = letters.slug_from(name, settings.CONTENT_LANGUAGE, 80)
        tried, number = wanted, 1
        while wanted and slugs.owner(self.model.kind, tried):
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
