"""The newsroom's pages at the desk."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.desk.editing.choosing import MadeHereMixin, NamedMixin, SearchedChoice
from cms.desk.editing.items import PublishableAdmin
from cms.desk.editing.rows import AddedRowsFormSet, RowsInline, goes_with_its_item
from cms.desk.lists.change_lists import FAR, SearchedFilter
from cms.desk.pages import SharedAdmin
from cms.desk.words import moment_in_words
from cms.publishing.fields import fold
from cms.publishing.models import Publication
from media import films
from media.library import thumbnails
from media.widgets import PhotoChooser
from newsroom import models
from newsroom.amending import BreakingMixin, TopicsMixin
from newsroom.body import in_short
from newsroom.cards import CardsMixin
from newsroom.fetching import FILLED, fetch
from newsroom.forms import (
    FILM,
    ArticleForm,
    BlurbForm,
    BylineForm,
    SectionForm,
    TopicForm,
    TrackForm,
    TracksFormSet,
    VideoForm,
    converted,
    converting_once,
    reading_copy,
    with_untouched,
)
from newsroom.panels import RIGHTS_WARNING
from newsroom.quick import QuickMixin
from newsroom.serializers import CorrectionSerializer, file_path

MOST_WORDS = 8  # of a search


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
    """Photos are chosen in their library."""

    photo_fields: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.photo_fields:
            may_view = any(request.user.has_perm(f"media.{verb}_photo") for verb in ("view", "change"))
            may_add = may_view and request.user.has_perm("media.add_photo")
            field.widget = PhotoChooser(admin_site=self.admin_site.name, may_view=may_view, may_add=may_add)
        return field


class TextMixin:
    """What has a text, of which some may not be kept: what was pasted without the editor's help, say."""

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if left_out := getattr(form, "left_out", []):
            text = _("This could not be kept, and is left out of the text: %(what)s.") % {"what": in_short(left_out)}
            self.message_user(request, text, messages.WARNING)
            request.is_filled = True  # with a text that is not quite the one on the page


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

    has_view_permission = has_add_permission = has_change_permission = goes_with_its_item

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def get_formset(self, request, obj=None, **kwargs):
        self.standing = list(obj.placed_corrections.all()) if obj else []
        if self.standing:
            publication = Publication.objects.filter(kind=obj.kind, key=obj.pk).select_related("version").first()
            is_live = publication is not None and publication.is_live
            public = (publication.version.data.get("corrections") or []) if is_live else []
            for correction in self.standing:
                correction.is_public = CorrectionSerializer().to_representation(correction) in public
        return super().get_formset(request, obj, **kwargs)


class WrittenAdmin(TopicsMixin, PhotosMixin, PublishableAdmin):
    autocomplete_fields = ["section", "topics"]
    list_select_related = ["section"]
    written_first = "headline"
    actions = ["withdraw_selected", "assign_selected", "add_topic", "take_topic"]

    def look_up(self, items):
        super().look_up(items)
        for item in items:
            item.thumb = ""

    def look_up_rows(self, items):
        """What a list shows besides: a small picture, with one statement for all."""
        column = f"{self.photo_fields[0]}_id"
        found = thumbnails([getattr(item, column) for item in items if getattr(item, column)])
        for item in items:
            item.thumb = found.get(getattr(item, column), "")

    @admin.display(description=gettext_lazy("what"))
    def what(self, item):
        """The line that a row is read by: its kicker, its headline, whether it is breaking."""
        mark = ""
        if hasattr(item, "breaking"):
            hidden = "" if item.breaking else mark_safe(" hidden")
            mark = format_html('<strong class="breaking-mark"{}>{}</strong>', hidden, _("Breaking"))
        kicker = getattr(item, "kicker", "")
        kicker = format_html('<span class="row-kicker">{}</span>', kicker) if kicker else ""
        thumb = format_html('<img class="row-thumb" src="{}" alt="" loading="lazy">', item.thumb) if item.thumb else ""
        return format_html('{}<span class="row-title">{}{}<span>{}</span></span>', thumb, mark, kicker, str(item))

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A new item can be written at once: what comes first has the focus."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is None and self.written_first in form.base_fields:
            form.base_fields[self.written_first].widget.attrs["autofocus"] = True
        return form

    def get_search_results(self, request, queryset, search_term):
        """Every word must occur in what the item is called, or in the name of somebody it is by; case is no matter."""
        found = self.model.objects.order_by("-modified_at", "-pk")
        for word in fold(search_term.replace("\x00", "")).split()[:MOST_WORDS]:
            named = models.Byline.objects.filter(folded_name__contains=word)
            rows = self.model.placed_bylines.rel.related_model.objects.filter(byline__in=named.values("pk"))
            by = Q(pk__in=rows.values(self.model.kind)) if named.exists() else Q()
            found = found.filter(Q(search_text__contains=word) | by)
        return (queryset.filter(pk__in=found.values("pk")[:FAR]) if search_term.strip() else queryset), False


@admin.register(models.Article)
class ArticleAdmin(TextMixin, BreakingMixin, CardsMixin, WrittenAdmin):
    form = ArticleForm
    actions = [*WrittenAdmin.actions, "breaking_off"]
    inlines = [ArticleBylineInline, RelatedInline, CorrectionInline]
    list_display = ["what", "section", "state", "last_saved", "printed_date"]
    list_defer = ["body", "seo"]
    only_added = ("corrections",)
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
        (None, {"fields": ["section", "topics", "breaking"]}),
        (
            gettext_lazy("Address, language, genre"),
            {
                "classes": ["collapse"],
                "fields": ["slug", "dateline", "genre", "language", "translation_of", "lead_video"],
            },
        ),
        (
            gettext_lazy("Search engines"),
            {"classes": ["collapse"], "fields": ["seo_title", "seo_description", "seo_canonical_url"]},
        ),
    ]

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

    @admin.display(description=gettext_lazy("body"))
    def text(self, article):
        return reading_copy(article.body)


@admin.register(models.Blurb)
class BlurbAdmin(TextMixin, QuickMixin, BreakingMixin, WrittenAdmin):
    form = BlurbForm
    actions = [*WrittenAdmin.actions, "breaking_off"]
    written_first = "text_html"
    inlines = [BlurbBylineInline]
    list_display = ["what", "section", "state", "last_saved", "printed_date"]
    list_filter = [("section", SearchedFilter), LanguageFilter, "breaking"]
    search_fields = ["search_text"]
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


class TrackInline(RowsInline):
    model = models.VideoTrack
    form = TrackForm
    formset = TracksFormSet
    is_looked_at = False  # reading a track stores its file
    fields = ["kind", "language", "label", "upload", "text", "url"]


class RightsFilter(admin.SimpleListFilter):
    title = gettext_lazy("rights")
    parameter_name = "rights"

    def lookups(self, request, model_admin):
        return [("ending", _("Ending within two weeks")), ("ended", _("Ended"))]

    def queryset(self, request, queryset):
        now = timezone.now()
        found = {
            "ending": Q(usable_until__gt=now, usable_until__lte=now + RIGHTS_WARNING),
            "ended": Q(usable_until__lte=now),
        }
        return queryset.filter(found[self.value()]) if self.value() in found else queryset


@admin.register(models.Video)
class VideoAdmin(WrittenAdmin):
    form = VideoForm
    written_first = "provider_url"
    inlines = [VideoBylineInline, TrackInline]
    list_display = ["what", "section", "state", "last_saved", "printed_date", "rights_end"]
    list_defer = ["transcript"]
    list_filter = [("section", SearchedFilter), LanguageFilter, RightsFilter]
    search_fields = ["search_text"]
    photo_fields = ("poster",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "file",
                    "provider_url",
                    "headline",
                    "standfirst",
                    "poster",
                    ("credit_line", "duration_seconds"),
                    "transcript",
                ]
            },
        ),
        (None, {"fields": ["section", "topics", "label"]}),
        (gettext_lazy("Rights"), {"fields": ["usable_until", "copyright_notice"]}),
        (gettext_lazy("Address, language"), {"classes": ["collapse"], "fields": ["slug", "language"]}),
    ]

    class Media:
        css = {"all": ["newsroom/videos.css"]}

    def get_urls(self):
        view = self.admin_site.admin_view(self.upload_view)
        return [path("upload/", view, name="newsroom_video_upload"), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        shown = ["film" if name == "file" else name for name in fieldsets[0][1]["fields"]]
        return [(None, {"fields": shown}), *fieldsets[1:]]

    @admin.display(description=gettext_lazy("file"))
    def film(self, video):
        if not video.file:
            return "–"
        return format_html('<a href="{}">{type}</a>', file_path("videos", video.pk, video.file["stored"]), **video.file)

    @admin.display(description=gettext_lazy("rights end"), ordering="usable_until")
    def rights_end(self, video):
        return moment_in_words(video.usable_until) if video.usable_until else ""

    # A film is looked into and a provider asked before anything is locked: both may take their time.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            video = self.get_object(request, unquote(object_id)) if object_id else None
            may = self.has_change_permission(request, video) if object_id else self.has_add_permission(request)
            if may:
                self._take_film(request)
                self._fetch(request, video)
        elif object_id and (video := self.get_object(request, unquote(object_id))):
            self._warn_of_rights(request, video)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def upload_view(self, request):
        """Store a film that a page sends ahead, and give it a token to save with."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request) and not self.has_change_permission(request):
            raise PermissionDenied
        try:
            sent = self._sent(request)
            if sent is None:
                raise ValidationError(_("Choose a file."), code="empty")
            film, _is_new = films.admit(sent)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=films.STATUS[error.error_list[0].code])
        token = signing.dumps(dict(film), salt=FILM)
        facts = {name: film[name] for name in ("type", "width", "height", "seconds")}
        return JsonResponse({"token": token, **facts, "notices": film.notices})

    def _sent(self, request):
        sent = request.FILES.get("file_upload")
        if getattr(request, "too_large", False):
            raise films.too_large()
        return sent

    def _take_film(self, request):
        """Put a film that came with the page in the place of its token."""
        try:
            if (sent := self._sent(request)) is None:
                return
            film, _is_new = films.admit(sent)
        except ValidationError as error:
            refused = request.FILES.get("file_upload") or SimpleUploadedFile("none", b"")
            refused.refusal = error
            request.FILES["file_upload"] = refused
            return
        self._fill_in(request, {"file": signing.dumps(dict(film), salt=FILM)})
        if not request.POST.get("duration_seconds") and film["seconds"]:
            self._fill_in(request, {"duration_seconds": film["seconds"]})
        for text in film.notices:
            self.message_user(request, text, messages.WARNING)

    def _fetch(self, request, video):
        """Ask the provider for what is empty: when told to, and when an address is new."""
        url = request.POST.get("provider_url", "").strip()
        empty = {name for name in FILLED if not request.POST.get(name, "").strip()}
        is_new = bool(url and empty) and (video is None or url != video.provider_url) and not request.POST.get("file")
        if "_fetch" not in request.POST and not is_new:
            return
        if not url:
            text = _("Write the address of the video's page at its provider, then fetch again.")
            self.message_user(request, text, messages.WARNING)
            return
        url = url if "://" in url else f"https://{url}"
        fetched = fetch(url, empty, may_add_photos=request.user.has_perm("media.add_photo"))
        self._fill_in(request, fetched.values)
        for text in fetched.said:
            self.message_user(request, text, messages.INFO if fetched.is_complete else messages.WARNING)
        if poster := fetched.poster:
            address = reverse(f"{self.admin_site.name}:media_photo_change", args=[poster.pk])
            text = _('Check the poster\'s credit ("{}"), and describe the picture: {}')
            link = format_html('<a href="{}">{}</a>', address, poster)
            self.message_user(request, format_html(text, poster.credit_line, link), messages.WARNING)

    def _fill_in(self, request, values):
        request.is_filled = True
        request.POST = request.POST.copy()
        for name, value in values.items():
            request.POST[name] = str(value)

    def _warn_of_rights(self, request, video):
        now = timezone.now()
        if video.usable_until and video.usable_until <= now + RIGHTS_WARNING:
            text = _("The rights ended on %(when)s.") if video.usable_until <= now else _("The rights end on %(when)s.")
            text += " " + _("From then on no reader sees the video, in any story.")
            self.message_user(request, text % {"when": moment_in_words(video.usable_until)}, messages.WARNING)


@admin.register(models.Section)
class SectionAdmin(NamedMixin, SharedAdmin):
    form = SectionForm
    list_display = ["name", "parent", "position", "slug"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "description", "parent", "position", "needs_byline"]

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found.select_related("parent"), may_repeat

    def noted_in_choices(self, section):
        """Sections of one name stand below different ones."""
        return str(section.parent) if section.parent else ""


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(models.Topic.objects.all(), label=gettext_lazy("Merge into"))

    def __init__(self, *args, admin_site, **kwargs):
        super().__init__(*args, **kwargs)
        field = models.Topic.merged_into.field
        self.fields["into"].widget = SearchedChoice(field, admin_site)
        self.fields["into"].widget.choices = self.fields["into"].choices


@admin.register(models.Topic)
class TopicAdmin(MadeHereMixin, SharedAdmin):
    make_words = gettext_lazy("Make a new topic: %s")
    told_words = gettext_lazy("No topic is called “%s”. Ask somebody who may make one.")
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
                    into = topic.merge_into(into)
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
class BylineAdmin(TextMixin, PhotosMixin, MadeHereMixin, SharedAdmin):
    make_words = gettext_lazy("Make a new byline: %s")
    told_words = gettext_lazy("No byline is called “%s”. Ask somebody who may make one.")
    form = BylineForm
    list_display = ["name", "job_title", "type", "slug"]
    list_filter = ["type"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    photo_fields = ("portrait",)
    fields = ["name", "slug", "job_title", "type", "bio_html", "portrait", "email", "links", "user"]
