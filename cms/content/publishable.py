"""What the desk's models have in common: a working copy, which readers never see."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms import permissions
from cms.publishing import press
from cms.publishing.models import Act, PreviewLink, Publication, Stage, Version
from cms.text.texts import PlainTexts


class Publishable(PlainTexts):
    """The working copy of something that is published: saving it shows nothing to readers."""

    kind = ""
    needs_approval = True  # whether publishing asks for the stage

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    head = models.ForeignKey(
        Version, models.SET_NULL, null=True, editable=False, related_name="+", help_text="The version last saved."
    )
    is_retired = models.BooleanField(
        default=False, editable=False, help_text="Withdrawn or expired: others may take its slug."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    modified_at = models.DateTimeField(_("last saved"), default=timezone.now, editable=False)

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.WRITING, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("assigned to"),
    )
    desk_note = models.TextField(
        _("note for the desk"), max_length=5000, blank=True, help_text=_("For colleagues. Readers never see it.")
    )

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["-modified_at", "-id"], name="%(class)s_last_saved"),
            models.Index(fields=["-modified_at", "-id"], condition=Q(stage=Stage.REVIEW), name="%(class)s_for_review"),
            # Nobody known made most of an archive: without the conditions a planner would think little of these.
            models.Index(
                fields=["made_by", "-modified_at"], condition=Q(made_by__isnull=False), name="%(class)s_made_by"
            ),
            models.Index(
                fields=["assignee", "-modified_at"], condition=Q(assignee__isnull=False), name="%(class)s_assigned"
            ),
        ]

    @property
    def publication(self) -> Publication | None:
        """What readers have of it, or none."""
        return Publication.objects.filter(kind=self.kind, key=self.pk).first()

    @classmethod
    def keys_of(cls, user: Any) -> models.QuerySet:
        """The ids of what is somebody's: what they made, or are to write."""
        made, assigned = cls._default_manager.filter(made_by=user), cls._default_manager.filter(assignee=user)
        return made.order_by().values("pk").union(assigned.order_by().values("pk"))

    def is_of(self, user: Any) -> bool:
        """Whether it is somebody's own: made by them, or theirs to write."""
        return user.pk in (self.made_by_id, self.assignee_id)

    @property
    def stage_verb(self) -> Act.Verb | None:
        """What brought it into its stage."""
        return {Stage.REVIEW: Act.Verb.SUBMITTED, Stage.APPROVED: Act.Verb.APPROVED}.get(Stage(self.stage))

    def obstacles(self) -> list[str]:
        """What keeps its last saved version from being published, in words for an editor."""
        return press.obstacles(self.kind, [self.head.data])[0] if self.head else []

    def delete(self, *args: Any, by: Any = None, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the working copy. What readers have must be withdrawn first; that it was there is not forgotten."""
        with press.printing() as printing:
            if not type(self)._default_manager.filter(pk=self.pk).exists():
                return 0, {}  # somebody else has deleted it meanwhile
            press.as_it_stands(self)
            permissions.demand(by, "delete", self)
            publication = self.publication
            if publication and publication.is_live:
                raise models.ProtectedError(gettext("It is live. Withdraw it first, then delete it."), {self})
            press.cancel(Publication.objects.filter(kind=self.kind, key=self.pk, next_at__isnull=False))
            printing.note(Act.Verb.DELETED, self.kind, self.pk, self.head, by)
            printing.saved.add((self.kind, self.pk))
            PreviewLink.objects.filter(kind=self.kind, key=self.pk).delete()
            return super().delete(*args, **kwargs)
