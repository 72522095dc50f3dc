"""Blurbs at the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from cms.desk.lists.change_lists import SearchedFilter
from newsroom import models
from newsroom.admin.amending import BreakingMixin
from newsroom.admin.credits import BylineInline
from newsroom.admin.quick_blurb import QuickMixin
from newsroom.admin.texts import TextMixin
from newsroom.admin.written import AI_USE, LanguageFilter, WrittenAdmin
from newsroom.arranging.putting import PuttingMixin
from newsroom.forms.blurb import BlurbForm


class BlurbBylineInline(BylineInline):
    model = models.BlurbByline


@admin.register(models.Blurb)
class BlurbAdmin(PuttingMixin, TextMixin, QuickMixin, BreakingMixin, WrittenAdmin):
    form = BlurbForm
    actions = [*WrittenAdmin.actions, "breaking_off"]
    written_first = "text_html"
    inlines = [BlurbBylineInline]
    list_filter = [("section", SearchedFilter), LanguageFilter, "breaking"]
    search_fields = ["search_text"]
    search_help_text = gettext_lazy("Search the text and names")
    autocomplete_fields = [*WrittenAdmin.autocomplete_fields, "article", "video"]
    photo_fields = ("photo",)
    fieldsets = [
        (None, {"fields": ["text_html", "label", "photo"]}),
        (None, {"fields": ["section", "article", "video", "topics", "breaking"]}),
        (
            gettext_lazy("Source, language"),
            {"classes": ["collapse"], "fields": ["source_name", "source_url", "language"]},
        ),
        AI_USE,
    ]

    def get_fieldsets(self, request, obj=None):
        """What only updates of a live story have stands there alone."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not is_update(obj):
            return fieldsets
        own = (gettext_lazy("In the live story"), {"fields": ["title", "is_key", "is_pinned"]})
        return [*fieldsets[:2], own, *fieldsets[2:]]


def is_update(blurb):
    """Whether it points at a live story, or says of itself what only those do that point at one."""
    is_of_a_live_one = blurb.article_id and blurb.article.genre == models.Article.Genre.LIVE
    return bool(is_of_a_live_one or blurb.title or blurb.is_key or blurb.is_pinned)
