"""Public notes on what was wrong in a story."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.text.texts import PlainTexts
from newsroom.models.article import Article


class Correction(PlainTexts):
    """A dated public note on a story, added and never edited."""

    class Type(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", pgettext_lazy("kind of correction", "Update")
        RETRACTION = "retraction", _("Retraction")

    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_corrections")
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.CORRECTION)
    text = models.TextField(_("text"), max_length=2000, help_text=_("What was wrong, and what is right."))
    published_at = models.DateTimeField(_("dated"), default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["published_at", "pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self):
        return f"{self.get_type_display()}: {self.text[:60]}"
