"""Sections at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.pages.admin import SharedAdmin
from cms.desk.pages.choosing import NamedMixin
from newsroom import models
from newsroom.forms.section import SectionForm


@admin.register(models.Section)
class SectionAdmin(NamedMixin, SharedAdmin):
    form = SectionForm
    list_display = ["name", "parent", "position", "slug"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    search_help_text = gettext_lazy("Search sections by name")
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "description", "parent", "position", "needs_byline"]

    class Media:
        css = {"all": ["newsroom/lists.css"]}

    def get_search_results(self, request, queryset, search_term):
        sections, may_repeat = super().get_search_results(request, queryset, search_term)
        return sections.select_related("parent"), may_repeat

    def noted_in_choices(self, section):
        """Sections of one name stand below different ones."""
        return str(section.parent) if section.parent else ""
