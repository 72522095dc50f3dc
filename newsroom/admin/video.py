"""Videos at the desk."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.desk.lists.change_lists import SearchedFilter
from cms.desk.pages.page_state import page_state
from cms.desk.pages.rows import RowsInline
from cms.desk.words import moment_in_words
from cms.uploads import was_too_large
from media.videos import gate
from newsroom import models
from newsroom.admin.credits import BylineInline
from newsroom.admin.video_facts import FILLED, fetch
from newsroom.admin.written import AI_USE, LanguageFilter, WrittenAdmin
from newsroom.arranging.putting import PuttingMixin
from newsroom.forms.film import FILM
from newsroom.forms.track import TrackForm, TracksFormSet
from newsroom.forms.video import VideoForm
from newsroom.panels import RIGHTS_WARNING
from newsroom.serializers import file_path


class VideoBylineInline(BylineInline):
    model = models.VideoByline


class TrackInline(RowsInline):
    model = models.VideoTrack
    form = TrackForm
    formset = TracksFormSet
    is_looked_at = False  # reading a track stores its file
    fields = ["kind", "language", "label", "upload", "text", "url", "stored"]


class RightsFilter(admin.SimpleListFilter):
    title = gettext_lazy("rights")
    parameter_name = "rights"

    def lookups(self, request, model_admin):
        return [("ending", _("Ending within two weeks")), ("ended", _("Ended"))]

    def queryset(self, request, queryset):
        now = timezone.now()
        conditions = {
            "ending": Q(usable_until__gt=now, usable_until__lte=now + RIGHTS_WARNING),
            "ended": Q(usable_until__lte=now),
        }
        return queryset.filter(conditions[self.value()]) if self.value() in conditions else queryset


@admin.register(models.Video)
class VideoAdmin(PuttingMixin, WrittenAdmin):
    form = VideoForm
    written_first = "provider_url"
    inlines = [VideoBylineInline, TrackInline]
    list_display = [*WrittenAdmin.list_display, "rights_end"]
    list_defer = ["transcript"]
    list_filter = [("section", SearchedFilter), LanguageFilter, RightsFilter]
    search_fields = ["search_text"]
    search_help_text = gettext_lazy("Search headlines, standfirsts, transcripts and names")
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
        (None, {"fields": ["section", "topics", "label", "access"]}),
        (gettext_lazy("Rights"), {"fields": ["usable_until", "copyright_notice"]}),
        (gettext_lazy("Address, language"), {"classes": ["collapse"], "fields": ["slug", "language"]}),
        AI_USE,
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
        if not video.usable_until:
            return ""
        return _("rights until %(when)s") % {"when": moment_in_words(video.usable_until)}

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
            film, _is_new = gate.admit(sent)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=gate.STATUS[error.error_list[0].code])
        token = signing.dumps(dict(film), salt=FILM)
        facts = {name: film[name] for name in ("type", "width", "height", "seconds")}
        return JsonResponse({"token": token, **facts, "notices": film.notices})

    def _sent(self, request):
        sent = request.FILES.get("file_upload")
        if was_too_large(request):
            raise gate.too_large()
        return sent

    def _take_film(self, request):
        """Put a film that came with the page in the place of its token."""
        try:
            if (sent := self._sent(request)) is None:
                return
            film, _is_new = gate.admit(sent)
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
        page_state(request).is_filled = True
        request.POST = request.POST.copy()
        for name, value in values.items():
            request.POST[name] = str(value)

    def _warn_of_rights(self, request, video):
        now = timezone.now()
        if video.usable_until and video.usable_until <= now + RIGHTS_WARNING:
            text = _("The rights ended on %(when)s.") if video.usable_until <= now else _("The rights end on %(when)s.")
            text += " " + _("From then on no reader sees the video, in any story.")
            self.message_user(request, text % {"when": moment_in_words(video.usable_until)}, messages.WARNING)
