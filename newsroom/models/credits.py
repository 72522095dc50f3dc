"""Bylines on an item, in their order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.models.byline import Byline


class Credit(models.Model):
    """A byline on something, in its order."""

    class Role(models.TextChoices):
        WRITER = "writer", _("Writer")
        PHOTOGRAPHER = "photographer", _("Photographer")
        EDITOR = "editor", _("Editor")
        TRANSLATOR = "translator", _("Translator")
        CONTRIBUTOR = "contributor", _("Contributor")

    byline = models.ForeignKey(Byline, models.PROTECT, related_name="+", verbose_name=_("byline"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.WRITER)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        default_permissions = ()  # it is its item's
        ordering = ["position", "pk"]
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")

    def __str__(self):
        return str(self.byline)
