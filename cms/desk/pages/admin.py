"""The pages of what the desk looks after: each with its list, its form and its deletion."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from cms.desk import menu
from cms.desk.lists.change_lists import BriefPaginator
from cms.desk.moments import MomentField, MomentInput
from cms.desk.pages.choosing import ChoicesMixin, SelectionMixin
from cms.desk.pages.deleting import DeletingMixin
from cms.desk.pages.merging import MergingMixin
from cms.desk.pages.rows import only_add
from cms.publishing import press


class DeskAdmin(ChoicesMixin, SelectionMixin, DeletingMixin, admin.ModelAdmin):
    """Deletes through the models, which know what must stay, and says what to do instead."""

    change_form_template = "desk/shared_form.html"
    show_full_result_count = False
    paginator = BriefPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER  # each count would read the archive
    empty_value_display = ""

    editable_related: tuple[str, ...] = ()

    class Media:
        css = {"all": ["desk/desk.css"]}
        js = [
            "desk/desk.js",
            "desk/previews.js",
            "desk/moments.js",
            "publishing/letters.js",
            "publishing/slugs.js",
        ]

    def delete_queryset(self, request, queryset):
        with press.printing():
            for obj in queryset:
                obj.delete()

    def delete_view(self, request, object_id, extra_context=None):
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        try:
            with press.printing():
                return super().delete_view(request, object_id, extra_context)
        except models.ProtectedError as error:
            self.message_user(request, str(error.args[0]), messages.ERROR)
            return HttpResponseRedirect(self.address("change", object_id))

    formfield_overrides = {
        models.URLField: {"widget": forms.URLInput(attrs={"class": "vURLField"})},
        models.DateTimeField: {"form_class": MomentField, "widget": MomentInput},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return only_add(super().formfield_for_dbfield(db_field, request, **kwargs), self.editable_related)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context.setdefault("show_save_and_add_another", add)
        context["adminform"].form.label_suffix = ""  # a label stands above its field
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        title = menu.name_of(self.model)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except models.ProtectedError as error:
            self.message_user(request, str(error.args[0]), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_inline_formsets(self, request, formsets, inline_instances, obj=None):
        inlines = super().get_inline_formsets(request, formsets, inline_instances, obj)
        for inline in inlines:  # a byline is no proper name: Django would offer another Byline
            name = str(inline.opts.verbose_name)
            data = json.loads(inline.inline_formset_data())
            data["options"]["addText"] = data["options"]["addText"].replace(capfirst(name), name)
            inline.inline_formset_data = json.dumps(data)
        return inlines

    def page(self, route: str, name: str, view: Callable) -> URLPattern:
        """A page of the desk, below the list's address, for whoever has an account."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=name)

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)


class SharedAdmin(MergingMixin, DeskAdmin):
    """What many items point at."""
