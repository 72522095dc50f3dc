"""Who may read the whole of something."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    FREE = "free", _("Everyone")
    REGISTERED = "registered", _("Registered readers")
    SUBSCRIBER = "subscriber", _("Subscribers")


class Metered(models.Model):
    """What not everybody may have the whole of."""

    access = models.CharField(
        _("who can read all of it"),
        max_length=20,
        choices=Access,
        default=Access.FREE,
        help_text=_("Others get the opening only."),
    )

    class Meta:
        abstract = True
