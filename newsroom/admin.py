"""The newsroom's pages at the desk."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.publishing.admin import AddedRowsFormSet, DeskAdmin, PublishableAdmin, RowsInline, StateFilter
from newsroom import models
from newsroom.forms import ArticleForm, BlurbForm, BylineForm, SectionForm, TopicForm, VideoForm, reading_copy
from newsroom.widgets import PhotoSelect


class LanguageFilter(admin.SimpleListFilter):
    """The languages of what was saved last; all of them would need a look at the whole archive."""

    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        newest = model_admin.model.objects.order_by("-modified_at").values_list("language", flat=True)[:500]
        return [(language, language) for language in sorted(set(newest))]

    def queryset(self, request, queryset):
        return queryset.filter(language=self.value()) if self.value() else queryset


class PhotosMixin:
    """Photos are chosen with a preview."""

    photo_fields: tuple[str, ...] = ()

    @property
    def editable_related(self):
        return self.photo_fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.photo_fields:
            kwargs["widget"] = PhotoSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class BylineInline(RowsInline):
    fields = ["byline", "role", "position"]
    autocomplete_fields = ["byline"]


class ArticleBylineInline(BylineInline):
    model = models.ArticleByline


class VideoBylineInline(BylineInline):
    model = models.VideoByline


class BlurbBylineInline(BylineInline):
    model = models.BlurbByline


class RelatedInline(RowsInline):
    model = models.RelatedArticle
    fk_name = "article"
    fields = ["related", "position"]
    autocomplete_fields = ["related"]


class CorrectionForm(forms.ModelForm):
    class Meta:
        model = models.Correction
        fields = ["type", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class CorrectionInline(admin.StackedInline):
    """Corrections are added here, and never edited: those that stand are shown above."""

    model = models.Correction
    form = CorrectionForm
    formset = AddedRowsFormSet
    template = "newsroom/corrections.html"
    extra = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("corrections")

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def get_formset(self, request, obj=None, **kwargs):
        self.standing = list(obj.placed_corrections.all()) if obj else []
        return super().get_formset(request, obj, **kwargs)


class WrittenAdmin(PhotosMixin, PublishableAdmin):
    autocomplete_fields = ["section", "topics"]
    list_select_related = ["section"]
    written_first = "headline"

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A new item can be written at once: what comes first has the focus."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and self.written_first in form.base_fields:
            form.base_fields[self.written_first].widget.attrs["autofocus"] = True
        return form


@admin.register(models.Article)
class ArticleAdmin(WrittenAdmin):
    form = ArticleForm
    inlines = [ArticleBylineInline, RelatedInline, CorrectionInline]
    list_display = ["headline_or_untitled", "section", "state", "last_saved", "printed_date"]
    list_defer = ["body", "seo"]
    only_added = ("corrections",)
    list_filter = [StateFilter, "section", "genre", LanguageFilter, "stage", "breaking"]
    search_fields = ["headline", "slug", "placed_bylines__byline__name"]
    autocomplete_fields = [*WrittenAdmin.autocomplete_fields, "lead_video", "translation_of"]
    photo_fields = ("lead_photo",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "headline",
                    "kicker",
                    "standfirst",
                    "body",
                    "lead_photo",
                    "lead_photo_caption",
                    "lead_photo_alt_text",
                ]
            },
        ),
        (None, {"fields": ["section", "topics", "breaking"]}),
        (
            gettext_lazy("Address, language, genre"),
            {
                "classes": ["collapse"],
                "fields": ["slug", "dateline", "genre", "language", "translation_of", "lead_video", "stage"],
            },
        ),
        (
            gettext_lazy("Search engines"),
            {"classes": ["collapse"], "fields": ["seo_title", "seo_description", "seo_canonical_url"]},
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = [name if name != "body" else "text" for name in fieldsets[0][1]["fields"]]
        return [(None, {"fields": shown}), *fieldsets[1:-1]]

    @admin.display(description=gettext_lazy("body"))
    def text(self, article):
        return reading_copy(article.body)

    @admin.display(description=gettext_lazy("headline"), ordering="headline")
    def headline_or_untitled(self, article):
        return str(article)


@admin.register(models.Blurb)
class BlurbAdmin(WrittenAdmin):
    form = BlurbForm
    written_first = "text_html"
    inlines = [BlurbBylineInline]
    list_display = ["__str__", "section", "state", "last_saved", "printed_date"]
    list_filter = [StateFilter, "section", LanguageFilter, "breaking"]
    search_fields = ["text_html", "label", "placed_bylines__byline__name"]
    autocomplete_fields = [*WrittenAdmin.autocomplete_fields, "article", "video"]
    photo_fields = ("photo",)
    fieldsets = [
        (None, {"fields": ["text_html", "label", "photo"]}),
        (None, {"fields": ["section", "article", "video", "topics", "breaking"]}),
        (
            gettext_lazy("Source, language"),
            {"classes": ["collapse"], "fields": ["source_name", "source_url", "language"]},
        ),
    ]


@admin.register(models.Video)
class VideoAdmin(WrittenAdmin):
    form = VideoForm
    inlines = [VideoBylineInline]
    list_display = ["__str__", "section", "state", "last_saved", "printed_date"]
    list_defer = ["transcript"]
    list_filter = [StateFilter, "section", LanguageFilter]
    search_fields = ["headline", "slug", "placed_bylines__byline__name"]
    photo_fields = ("poster",)
    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "provider_url", "poster", ("credit_line", "duration_seconds")]}),
        (None, {"fields": ["section", "topics", "label"]}),
        (gettext_lazy("Captions and transcript"), {"classes": ["collapse"], "fields": ["transcript"]}),
        (
            gettext_lazy("Address, language, rights"),
            {"classes": ["collapse"], "fields": ["slug", "language", "copyright_notice"]},
        ),
    ]


@admin.register(models.Section)
class SectionAdmin(DeskAdmin):
    form = SectionForm
    list_display = ["name", "parent", "position", "slug"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "description", "parent", "position"]


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(models.Topic.objects.filter(merged_into=None), label=gettext_lazy("Merge into"))

    def __init__(self, *args, admin_site, **kwargs):
        super().__init__(*args, **kwargs)
        field = models.Topic.merged_into.field
        self.fields["into"].widget = AutocompleteSelect(field, admin_site)
        self.fields["into"].widget.choices = self.fields["into"].choices


@admin.register(models.Topic)
class TopicAdmin(DeskAdmin):
    form = TopicForm
    list_display = ["name", "type", "slug"]
    list_filter = ["type"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "type", "description", "same_as"]
    actions = ["merge"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(merged_into=None)

    @admin.action(description=gettext_lazy("Merge into another topic…"), permissions=["change"])
    def merge(self, request, queryset):
        """Asks for the topic to merge into, then moves every use."""
        form = MergeForm(request.POST if "merge" in request.POST else None, admin_site=self.admin_site)
        if form.is_valid():
            into = form.cleaned_data["into"]
            merged = 0
            for topic in queryset.exclude(pk=into.pk):
                try:
                    topic.merge_into(into)
                except ValidationError as error:
                    self.message_user(request, f"{topic}: {' '.join(error.messages)}", messages.ERROR)
                else:
                    merged += 1
            text = ngettext(
                "%(number)d topic merged into %(into)s.", "%(number)d topics merged into %(into)s.", merged
            ) % {"number": merged, "into": into}
            self.message_user(request, text, messages.SUCCESS if merged else messages.INFO)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Merge topics"),
            "topics": queryset,
            "form": form,
            "media": self.media + form.media,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "newsroom/merge_topics.html", context)


@admin.register(models.Byline)
class BylineAdmin(PhotosMixin, DeskAdmin):
    form = BylineForm
    list_display = ["name", "job_title", "type", "slug"]
    list_filter = ["type"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    photo_fields = ("portrait",)
    fields = ["name", "slug", "job_title", "type", "bio_html", "portrait", "email", "links", "user"]
