"""What the desk's models have in common: a working copy, which readers never see."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.publishing import press
from cms.publishing.models import PreviewLink, Publication, Version


class Publishable(models.Model):
    """The working copy of something that is published: saving it shows nothing to readers."""

    kind = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    head = models.ForeignKey(
        Version, models.SET_NULL, null=True, editable=False, related_name="+", help_text="The version last saved."
    )
    is_retired = models.BooleanField(
        default=False, editable=False, help_text="Withdrawn or expired: others may take its slug."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    modified_at = models.DateTimeField(_("last saved"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def publication(self):
        """What readers have of it, or none."""
        return Publication.objects.filter(kind=self.kind, key=self.pk).first()

    def obstacles(self):
        """What keeps its last saved version from being published, in words for an editor."""
        return press.obstacles(self.kind, [self.head.data])[0] if self.head else []

    def delete(self, *args, **kwargs):
        """Delete the working copy. What readers have must be withdrawn first; that it was there is not forgotten."""
        with press.printing():
            publication = self.publication
            if publication and publication.is_live:
                raise models.ProtectedError(gettext("It is live. Withdraw it first, then delete it."), {self})
            press.cancel_schedule(self)
            PreviewLink.objects.filter(kind=self.kind, key=self.pk).delete()
            return super().delete(*args, **kwargs)
