"""Sections of the site."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import connection, models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.shared import Named, SharedQuerySet
from cms.publishing import press


class SectionQuerySet(SharedQuerySet):
    def public(self, at):
        """All sections: they are the site's own shape."""
        return self


class Section(Named):
    """A part of the site, in a tree: Business, and Energy below it."""

    kind = "section"

    description = models.TextField(_("description"), max_length=1000, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    position = models.PositiveIntegerField(
        _("position"), default=0, validators=[MaxValueValidator(1_000_000)], help_text=_("Smaller numbers stand first.")
    )
    needs_byline = models.BooleanField(
        _("stories need a byline"), default=False, help_text=_("No story of this section is published without one.")
    )

    objects = SectionQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "sort_name"]

    def clean(self):
        if self.pk in self.keys_above():
            raise ValidationError({"parent": gettext("A section cannot stand below itself; choose another parent.")})

    def save(self, *args, **kwargs):
        with press.printing() as printing:
            former = Section.objects.filter(pk=self.pk).values_list("parent", flat=True).first()
            if former != self.parent_id:
                self.clean()  # once more, now that nobody else can move the sections above
            super().save(*args, **kwargs)
            if former != self.parent_id:
                press.record_references_again(printing, self.kind, [self.pk])

    def keys_above(self):
        """The ids of its parent and of all above that, read anew; a ring that stands in the database has an end too."""
        if self.parent_id is None:
            return set()
        field, table = self._meta.pk, connection.ops.quote_name(self._meta.db_table)
        rows = f"SELECT parent_id FROM {table} JOIN above USING (id) WHERE parent_id IS NOT NULL"  # noqa: S608 - our table
        sql = f"WITH RECURSIVE above(id) AS (SELECT %s UNION {rows}) SELECT id FROM above"  # noqa: S608 - the same
        with connection.cursor() as cursor:
            cursor.execute(sql, [field.get_db_prep_value(self.parent_id, connection)])
            return {field.to_python(key) for (key,) in cursor.fetchall()}
