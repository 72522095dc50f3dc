"""Stories, and what stands beside one."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.database.fields import DocumentField, SearchTextField
from media.models import Photo
from newsroom.models.access import Metered
from newsroom.models.credits import Credit
from newsroom.models.written import MOST_SEARCHED, Headlined, one_desk_item_a_slug


class Article(Metered, Headlined):
    """A story."""

    kind = "article"

    class Genre(models.TextChoices):
        NEWS = "news", _("News")
        ANALYSIS = "analysis", _("Analysis")
        OPINION = "opinion", _("Opinion")
        INTERVIEW = "interview", _("Interview")
        INVESTIGATION = "investigation", _("Investigation")
        EXPLAINER = "explainer", _("Explainer")
        REVIEW = "review", _("Review")
        LIVE = "live", pgettext_lazy("genre", "Live")

    kicker = models.CharField(
        _("kicker"), max_length=100, blank=True, help_text=_("The short label above the headline.")
    )
    dateline = models.CharField(
        _("dateline"), max_length=100, blank=True, help_text=_("The place it was reported from.")
    )
    genre = models.CharField(_("genre"), max_length=20, choices=Genre, default=Genre.NEWS)
    body = DocumentField(_("body"), default=list, blank=True)
    lead_photo = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead photo")
    )
    lead_photo_caption = models.TextField(
        _("caption here"), max_length=2000, blank=True, help_text=_("Left empty, the photo's own caption stands.")
    )
    lead_photo_alt_text = models.CharField(
        _("alt text here"), max_length=500, blank=True, help_text=_("Left empty, the photo's own alt text stands.")
    )
    lead_video = models.ForeignKey(
        "Video", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead video")
    )
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    breaking = models.BooleanField(_("breaking"), default=False)
    live_ended_at = models.DateTimeField(
        _("live coverage ended"), null=True, blank=True, help_text=_("Of a live story; empty while it goes on.")
    )
    seo = models.JSONField(_("search engines"), default=dict, blank=True)
    search_text = SearchTextField(sources=["headline", "slug", "kicker"], most=MOST_SEARCHED)

    class Meta(Headlined.Meta):
        indexes = [
            *Headlined.Meta.indexes,
            models.Index(fields=["genre", "-modified_at", "-id"], name="article_of_genre"),
            models.Index(fields=["-modified_at", "-id"], condition=Q(breaking=True), name="article_breaking"),
        ]
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_article_a_slug")]
        permissions = [
            ("change_any_article", _("Can change articles of others")),
            ("approve_article", _("Can approve articles")),
            ("send_back_article", _("Can send articles back to be written on")),
            ("publish_article", _("Can publish, schedule and update articles")),
            ("withdraw_article", _("Can withdraw articles")),
        ]

    def clean(self):
        super().clean()
        if self.translation_of and self.pk in (self.translation_of_id, self.translation_of.translation_of_id):
            raise ValidationError(
                {"translation_of": gettext("A story is no translation of itself; choose the original.")}
            )
        if self.translation_of and self.translation_of.translation_of_id:
            self.translation_of = self.translation_of.translation_of


class ArticleByline(Credit):
    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_bylines")


class RelatedArticle(models.Model):
    """A story that is offered beside another."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_related")
    related = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("related story"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        verbose_name = _("related story")
        verbose_name_plural = _("related stories")

    def __str__(self):
        return str(self.related)

    def clean(self):
        if self.related_id and self.related_id == self.article_id:
            raise ValidationError({"related": gettext("A story is not related to itself; choose another.")})
