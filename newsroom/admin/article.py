"""Stories at the desk."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from js_asset import Script

from cms.desk.lists.change_lists import SearchedFilter
from newsroom import models
from newsroom.admin.amending import BreakingMixin
from newsroom.admin.body import BodyMixin
from newsroom.admin.correction import CorrectionInline
from newsroom.admin.credits import BylineInline
from newsroom.admin.live import LiveMixin
from newsroom.admin.related import AlikeMixin, RelatedInline
from newsroom.admin.texts import TextMixin
from newsroom.admin.written import AI_USE, LanguageFilter, WrittenAdmin
from newsroom.arranging.putting import PuttingMixin
from newsroom.body.cards import CardsMixin
from newsroom.forms.article import ArticleForm


class ArticleBylineInline(BylineInline):
    model = models.ArticleByline


@admin.register(models.Article)
class ArticleAdmin(LiveMixin, PuttingMixin, AlikeMixin, BodyMixin, TextMixin, BreakingMixin, CardsMixin, WrittenAdmin):
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
        css = {"all": ["newsroom/live_story.css"]}
        js = ["newsroom/alike.js", Script("newsroom/live_story.js", type="module")]

    def page_acts(self, request, item, can_save):
        if can_save:
            yield {"name": "find", "label": _("Find and replace"), "shortcut": "Ctrl H"}
        yield from super().page_acts(request, item, can_save)
