"""Who is told of changes: endpoints, what was tried to tell them, and what is to be sent to one of them once more.

What is to be told is not written down a second time: an endpoint remembers how far in the log of changes it has come.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.delivery import seals
from cms.publishing.models import Edition

FORMER_SIGNS = timedelta(hours=24)


class EndpointQuerySet(models.QuerySet):
    def due(self, at: datetime) -> Self:
        """Those for which there is something to do now, and that nobody has in hand."""
        newest = Subquery(Edition.objects.filter(pk=1).values("number"))
        has_news = Q(is_on=True, after__lt=newest) & (Q(next_try_at=None) | Q(next_try_at__lte=at))
        asked_for = Exists(Resend.objects.filter(endpoint=OuterRef("pk")))
        return self.filter(has_news | asked_for).filter(Q(claimed_until=None) | Q(claimed_until__lte=at))

    def stopped(self) -> Self:
        """Those that were turned off without anybody wanting it."""
        return self.filter(is_on=False).exclude(off_reason="")

    def failing(self) -> Self:
        return self.filter(is_on=True, tries__gt=0)


class Endpoint(models.Model):
    """Somebody who is told of what changes for readers: how, of what, and how far they have come."""

    class Off(models.TextChoices):
        GONE = "gone", _("it answered that it is gone (410)")
        FAILED = "failed", _("every try failed, for three days")
        UNREADABLE = "unreadable", _("its secret cannot be read: SECRET_KEY is another one")

    name = models.CharField(_("name"), max_length=100)
    receiver = models.CharField(_("what it is"), max_length=20)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    site = models.CharField(_("service or zone"), max_length=100, blank=True)
    events = models.JSONField(_("of what it is told"), default=list, blank=True, help_text="Empty: of everything.")
    kinds = models.JSONField(_("kinds"), default=list, blank=True, help_text="Of publications; empty: of all.")
    only = models.JSONField(
        _("only"), default=list, blank=True, help_text="[kind, id] of what has to be mentioned; empty: no matter what."
    )

    # As cms/delivery/seals.py seals them; they are never shown again.
    secret = models.TextField(blank=True)
    former_secret = models.TextField(blank=True, help_text="That what is sent is signed with as well, for a day.")
    former_until = models.DateTimeField(null=True)
    token = models.TextField(blank=True)

    is_on = models.BooleanField(_("on"), default=True)
    off_reason = models.CharField(max_length=20, choices=Off, blank=True, help_text="Empty: somebody turned it off.")
    off_at = models.DateTimeField(null=True)

    after = models.BigIntegerField(default=0, help_text="The edition up to which it has been told.")
    mark = models.CharField(max_length=2000, blank=True, help_text="How far it has come within the next piece.")
    tries = models.IntegerField(default=0, help_text="How often the next piece was tried in vain.")
    next_try_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When it last took something.")
    claimed_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True, help_text="When others may take over who has it in hand.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def rotate(self) -> str:
        """Give it a new secret, which is told this once. The former one signs as well for a day."""
        secret = seals.new_secret()
        self.former_secret, self.former_until = self.secret, timezone.now() + FORMER_SIGNS
        self.secret = seals.seal(secret)
        self.save(update_fields=["secret", "former_secret", "former_until"])
        return secret

    def is_due(self, at: datetime) -> bool:
        return self.is_on and (self.next_try_at is None or self.next_try_at <= at)


class Resend(models.Model):
    """One message that somebody wants to be sent now, once: an edition's once more, or a test."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="resends")
    edition = models.BigIntegerField(null=True, help_text="None: a test.")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.edition or 'A test'} for {self.endpoint_id}"


class Attempt(models.Model):
    """That something was sent to an endpoint, and what came of it."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, db_index=False, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    message = models.CharField(max_length=60, blank=True, help_text="Its webhook-id.")
    what = models.CharField(max_length=60, blank=True, help_text="The type of the event; empty: several at once.")
    first_edition = models.BigIntegerField(null=True)
    last_edition = models.BigIntegerField(null=True)
    changes = models.IntegerField(default=1)
    number = models.IntegerField(default=1, help_text="Which try it was.")
    seconds = models.FloatField(default=0)
    is_taken = models.BooleanField(default=False)
    status = models.IntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True, help_text="Its first bytes, without our secrets.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why there was no answer.")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["endpoint", "-id"], name="attempts_of_an_endpoint")]

    def __str__(self) -> str:
        return f"{self.what or self.changes}: {self.status or self.problem}"
