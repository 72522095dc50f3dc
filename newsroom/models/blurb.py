"""The short items of the news feed."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.database.fields import SearchTextField, WebAddressField
from media.models import Photo
from newsroom.body import clean_flow, plain
from newsroom.models.article import Article
from newsroom.models.credits import Credit
from newsroom.models.video import Video
from newsroom.models.written import MOST_SEARCHED, Written


class Blurb(Written):
    """A short item of the news feed, without a headline."""

    kind = "blurb"
    needs_approval = False  # it is written and out within a minute

    title = models.CharField(
        _("title"), max_length=200, blank=True, help_text=_("The line above an update of a live story.")
    )
    text_html = models.TextField(_("text"), max_length=4000, blank=True, help_text=_("Under 1,000 characters."))
    label = models.CharField(_("label"), max_length=100, blank=True, default="News Feed")
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo"))
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("story"),
        help_text=_("The story that it leads to."),
    )
    video = models.ForeignKey(Video, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("video"))
    source_name = models.CharField(_("source"), max_length=200, blank=True)
    source_url = WebAddressField(_("source's address"), max_length=500, blank=True)
    breaking = models.BooleanField(_("breaking"), default=False)
    is_key = models.BooleanField(
        _("key event"), default=False, help_text=_("The live story lists it among the most important.")
    )
    is_pinned = models.BooleanField(
        _("pinned"), default=False, help_text=_("It stands above the other updates of the live story.")
    )
    search_text = SearchTextField(sources=["title", "text_html", "label"], most=MOST_SEARCHED)

    class Meta(Written.Meta):
        indexes = [
            *Written.Meta.indexes,
            models.Index(fields=["-modified_at", "-id"], condition=Q(breaking=True), name="blurb_breaking"),
        ]
        verbose_name = _("blurb")
        verbose_name_plural = _("blurbs")
        ordering = ["-modified_at"]
        permissions = [
            ("change_any_blurb", _("Can change blurbs of others")),
            ("approve_blurb", _("Can approve blurbs")),
            ("send_back_blurb", _("Can send blurbs back to be written on")),
            ("publish_blurb", _("Can publish, schedule and update blurbs")),
            ("withdraw_blurb", _("Can withdraw blurbs")),
        ]

    def __str__(self):
        return self.title or Truncator(plain(self.text_html)).chars(100) or gettext("Empty blurb")

    def clean(self):
        super().clean()
        self.text_html = clean_flow(self.text_html)
        if len(plain(self.text_html)) >= 1000:
            raise ValidationError(
                {"text_html": gettext("Write fewer than 1,000 characters; a longer text is an article.")}
            )


class BlurbByline(Credit):
    blurb = models.ForeignKey(Blurb, models.CASCADE, related_name="placed_bylines")
