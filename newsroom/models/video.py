"""Videos, with what runs beside one."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.database.fields import DocumentField, SearchTextField, WebAddressField
from cms.desk.models import Autosave
from cms.publishing.models import Version
from cms.text.texts import PlainTexts
from media.models import Photo
from newsroom import providers
from newsroom.models.access import Metered
from newsroom.models.credits import Credit
from newsroom.models.languages import check_language, content_language
from newsroom.models.written import MOST_SEARCHED, Headlined, one_desk_item_a_slug


class Video(Metered, Headlined):
    """A video, ours or a provider's. It needs a poster and a credit to be published."""

    kind = "video"

    label = models.CharField(_("label"), max_length=100, blank=True, default="Video")
    provider_url = WebAddressField(
        _("address at the provider"),
        max_length=500,
        blank=True,
        validators=[providers.check],
        help_text=_("Of its page at YouTube, Vimeo or another provider, where the video is not uploaded here."),
    )
    file = DocumentField(_("file"), null=True, blank=True)
    poster = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("poster"))
    duration_seconds = models.PositiveIntegerField(
        _("duration in seconds"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    transcript = models.TextField(
        _("transcript"), max_length=100_000, blank=True, help_text=_("What is said. An empty line parts paragraphs.")
    )
    credit_line = models.CharField(
        _("credit line"), max_length=200, blank=True, help_text=_("As it must be printed: Name/Agency.")
    )
    copyright_notice = models.CharField(_("copyright notice"), max_length=500, blank=True)
    usable_until = models.DateTimeField(
        _("usable until"), null=True, blank=True, help_text=_("When the rights end, readers lose it.")
    )
    search_text = SearchTextField(sources=["headline", "slug"], most=MOST_SEARCHED)

    class Meta(Headlined.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_video_a_slug")]
        permissions = [
            ("change_any_video", _("Can change videos of others")),
            ("approve_video", _("Can approve videos")),
            ("send_back_video", _("Can send videos back to be written on")),
            ("publish_video", _("Can publish, schedule and update videos")),
            ("withdraw_video", _("Can withdraw videos")),
        ]

    def stored_files(self):
        """The names of all files that are, or were, this video's and its tracks'."""
        if self.file:
            yield self.file["stored"]
        yield from self.placed_tracks.exclude(file="").values_list("file", flat=True)
        for written in (Version, Autosave):
            for row in written.objects.filter(kind=self.kind, key=self.pk).iterator(chunk_size=50):
                yield from files_of(row.data)


def files_of(data):
    """The names of the stored files of a video's snapshot."""
    held = [data.get("file"), *(track.get("file") for track in data.get("tracks") or [])]
    return [stored["stored"] for stored in held if stored]


class VideoTrack(PlainTexts):
    """Captions beside a video, or another text that runs with it."""

    class Kind(models.TextChoices):
        CAPTIONS = "captions", _("Captions")
        SUBTITLES = "subtitles", _("Subtitles")
        DESCRIPTIONS = "descriptions", _("Descriptions")
        CHAPTERS = "chapters", _("Chapters")

    video = models.ForeignKey(Video, models.CASCADE, related_name="placed_tracks")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.CAPTIONS)
    language = models.CharField(_("language"), max_length=35, default=content_language, validators=[check_language])
    label = models.CharField(_("name"), max_length=100, help_text=_("As readers choose it: English, Українська."))
    file = models.CharField(max_length=200, blank=True, editable=False)
    url = WebAddressField(_("address"), max_length=1000, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        verbose_name = _("track")
        verbose_name_plural = _("captions")

    def __str__(self):
        return f"{self.get_kind_display()}, {self.label}"


class VideoByline(Credit):
    video = models.ForeignKey(Video, models.CASCADE, related_name="placed_bylines")
