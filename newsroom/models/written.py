"""What articles, blurbs and videos have in common at the desk."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.publishable import Publishable
from cms.database.fields import SlugField
from media.ai_use import AiUse
from newsroom.models.byline import Byline
from newsroom.models.languages import content_language
from newsroom.models.section import Section
from newsroom.models.slugged import Slugged, one_desk_item_a_slug
from newsroom.models.topic import Topic

__all__ = ["MOST_SEARCHED", "Headlined", "Written", "one_desk_item_a_slug"]

MOST_SEARCHED = 2400  # bytes: PostgreSQL's indexes hold rows up to 2,700


class Written(AiUse, Publishable):
    """What articles, blurbs and videos have in common at the desk."""

    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("section"), db_index=False
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    language = models.CharField(
        _("language"), max_length=35, default=content_language, help_text=_("A code such as en, uk or en-GB.")
    )

    class Meta(Publishable.Meta):
        abstract = True
        indexes = [
            *Publishable.Meta.indexes,
            models.Index(fields=["section", "-modified_at", "-id"], name="%(class)s_in_section"),
            models.Index(fields=["language", "-modified_at", "-id"], name="%(class)s_in_language"),
            # A search reads this from end to end, and no text of any item.
            models.Index(fields=["-modified_at", "-id", "search_text"], name="%(class)s_searched"),
        ]

    @classmethod
    def keys_of(cls, user):
        credited = cls.placed_bylines.rel.related_model.objects.filter(byline__user=user)
        return super().keys_of(user).union(credited.order_by().values(cls.kind))

    def is_of(self, user):
        """A byline that is being taken off counts until the next save is kept."""
        if super().is_of(user):
            return True
        byline = Byline.objects.filter(user=user).first()
        if byline is None:
            return False
        kept = self.head.data.get("bylines") or [] if self.head else []
        return self.placed_bylines.filter(byline=byline).exists() or str(byline.pk) in [link["id"] for link in kept]


class Headlined(Slugged, Written):
    """What has a headline, and a slug made from it."""

    headline = models.CharField(_("headline"), max_length=300, blank=True)
    slug = SlugField(
        _("slug"),
        max_length=200,
        blank=True,
        help_text=_("The last part of its address. Left empty, it is made from the headline."),
    )
    standfirst = models.TextField(
        _("standfirst"), max_length=1000, blank=True, help_text=_("One or two sentences under the headline.")
    )

    class Meta(Written.Meta):
        abstract = True

    def __str__(self):
        return self.headline or gettext("Untitled")
