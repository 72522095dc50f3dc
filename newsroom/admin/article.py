"""Stories at the desk."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.lists.change_lists import SearchedFilter
from newsroom import models
from newsroom.admin.amending import BreakingMixin
from newsroom.admin.correction import CorrectionInline
from newsroom.admin.credits import BylineInline
from newsroom.admin.related import AlikeMixin, RelatedInline
from newsroom.admin.texts import TextMixin
from newsroom.admin.written import AI_USE, LanguageFilter, WrittenAdmin
from newsroom.body.cards import CardsMixin
from newsroom.body.form_field import converted, converting_once, with_untouched
from newsroom.body.reading_copy import reading_copy
from newsroom.forms.article import ArticleForm


class ArticleBylineInline(BylineInline):
    model = models.ArticleByline


@admin.register(models.Article)
class ArticleAdmin(AlikeMixin, TextMixin, BreakingMixin, CardsMixin, WrittenAdmin):
    form = ArticleForm
    actions = [*WrittenAdmin.actions, "breaking_off"]
    inlines = [ArticleBylineInline, RelatedInline, CorrectionInline]
    list_defer = ["body", "seo"]
    list_filter = [("section", SearchedFilter), "genre", LanguageFilter, "breaking"]
    search_fields = ["search_text"]
    autocomplete_fields = [*WrittenAdmin.autocomplete_fields, "lead_video", "translation_of"]
    photo_fields = ("lead_photo",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "kicker",
                    "headline",
                    "standfirst",
                    "lead_photo",
                    "lead_photo_caption",
                    "lead_photo_alt_text",
                    "body",
                ]
            },
        ),
        (None, {"fields": ["section", "topics", "breaking", "access"]}),
        (
            gettext_lazy("Address, language, genre"),
            {
                "classes": ["collapse"],
                "fields": ["slug", "dateline", "genre", "language", "translation_of", "lead_video"],
            },
        ),
        AI_USE,
        (
            gettext_lazy("Search engines"),
            {"classes": ["collapse"], "fields": ["seo_title", "seo_description", "seo_canonical_url"]},
        ),
    ]

    class Media:
        js = ["newsroom/alike.js"]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with converting_once():
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_ready(self, request, object_id):
        """Convert the body, which takes longer than all else of a save."""
        article = self.get_object(request, unquote(object_id)) if object_id else None
        with_untouched(converted(request.POST.get("body", "")), article.body if article else [])

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [name if name != "body" else "text" for name in fieldsets[0][1]["fields"]]
        return [(None, {"fields": shown}), *fieldsets[1:-1]]

    def page_acts(self, request, item, can_save):
        if can_save:
            yield {"name": "find", "label": _("Find and replace"), "shortcut": "Ctrl H"}
        yield from super().page_acts(request, item, can_save)

    @admin.display(description=gettext_lazy("body"))
    def text(self, article):
        return reading_copy(article.body)
