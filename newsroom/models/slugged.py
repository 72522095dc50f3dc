"""What has a slug at the desk, the last part of its address."""

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.publishing import press, slugs
from cms.text.letters import slug_from


class Slugged(models.Model):
    """What has a slug, made of what it is called where nobody has written one."""

    called_by = "headline"  # the field that says what it is called

    class Meta:
        abstract = True

    def validate_constraints(self, exclude=None):
        """That its slug is taken is said at the slug."""
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

    def clean(self):
        super().clean()
        called = getattr(self, self.called_by)
        language = getattr(self, "language", settings.CONTENT_LANGUAGE)
        if not self.slug and (proposed := slug_from(called, language)):
            self.slug = press.free_slug(self.kind, proposed, self.pk)


def one_desk_item_a_slug(name):
    return models.UniqueConstraint(
        fields=["slug"],
        condition=Q(is_retired=False) & ~Q(slug=""),
        name=name,
        violation_error_message=_("Another one has this slug already; choose another."),
        violation_error_code="slug_taken",
    )
