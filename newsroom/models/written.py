"""What articles, blurbs and videos have in common at the desk."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.publishable import Publishable
from cms.database.fields import SlugField
from cms.publishing import press, slugs
from cms.text.letters import slug_from
from media.ai_use import AiUse
from newsroom.models.byline import Byline
from newsroom.models.languages import content_language
from newsroom.models.section import Section
from newsroom.models.topic import Topic

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


class SlugSaidWhereItIs(models.Model):
    """What has a slug of its own: that it is taken is said at the slug."""

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        if "slug" not in (exclude or ()):
            slugs.differs_by_more_than_case(self)
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            rows = [row for rows in error.update_error_dict({}).values() for row in rows]
            taken = [row for row in rows if row.code == "slug_taken"]
            if not taken or "slug" in (exclude or ()):
                raise
            others = [row for row in rows if row.code != "slug_taken"]
            raise ValidationError({"slug": taken, **({NON_FIELD_ERRORS: others} if others else {})}) from error


class Headlined(SlugSaidWhereItIs, Written):
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

    def clean(self):
        super().clean()
        if not self.slug and (proposed := slug_from(self.headline, self.language)):
            self.slug = press.free_slug(self.kind, proposed, self.pk)


def one_desk_item_a_slug(name):
    return models.UniqueConstraint(
        fields=["slug"],
        condition=Q(is_retired=False) & ~Q(slug=""),
        name=name,
        violation_error_message=_("Another one has this slug already; choose another."),
        violation_error_code="slug_taken",
    )
