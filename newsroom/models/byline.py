"""Who is named for what is written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.content.shared import Named
from cms.database.fields import FoldedField
from cms.publishing import press
from media.models import Photo
from newsroom.body import clean_flow
from newsroom.models.web_addresses import check_labelled_links


class Byline(Named):
    """A contributor with a page: a person or an agency. The user account behind it is never shown."""

    kind = "byline"

    class Type(models.TextChoices):
        STAFF = "staff", _("Staff")
        FREELANCE = "freelance", _("Freelance")
        AGENCY = "agency", _("Agency")
        COLLECTIVE = "collective", _("Collective")

    folded_name = FoldedField(source="name")
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.STAFF)
    bio_html = models.TextField(_("about"), max_length=5000, blank=True)
    portrait = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="portrait_of", verbose_name=_("portrait")
    )
    email = models.EmailField(_("email"), blank=True, help_text=_("Printed for readers."))
    links = models.JSONField(_("links"), default=list, blank=True, validators=[check_labelled_links])
    user = models.OneToOneField(
        "auth.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        verbose_name=_("user"),
        help_text=_("Who logs in as this contributor. Never shown to readers."),
    )

    class Meta(Named.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")

    def clean(self):
        self.bio_html = clean_flow(self.bio_html)

    def save(self, *args, **kwargs):
        with press.printing() as printing:
            former = Byline.objects.filter(pk=self.pk).values_list("portrait", flat=True).first()
            super().save(*args, **kwargs)
            if former != self.portrait_id:
                press.record_references_again(printing, self.kind, [self.pk])
