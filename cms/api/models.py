"""Who may come in by the API with more than a reader's rights."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.access import addresses
from cms.publishing import press
from cms.publishing.models import Act
from cms.text.texts import PlainTexts


class Scope(models.TextChoices):
    """What a key is good for, as far as its account may do it."""

    READ = "read", gettext_lazy("Read: the whole of what readers pay or register for")
    DRAFTS = "drafts", gettext_lazy("Drafts: see working copies and what is scheduled")
    WRITE = "write", gettext_lazy("Write: make, change and delete drafts, sections, topics, bylines")
    MEDIA = "media", gettext_lazy("Media: upload pictures and change what is said of them")
    PUBLISH = "publish", gettext_lazy("Publish: publish, schedule and withdraw")


class KeyQuerySet(models.QuerySet):
    def alive(self, at: datetime) -> Self:
        """Keys that open something at a moment. They end with their account."""
        lasting = models.Q(expires_at=None) | models.Q(expires_at__gt=at)
        return self.filter(lasting, revoked_at=None, account__is_active=True)


class Key(PlainTexts):
    """Leave to act for an account by the API, no further than its scopes. Of the key itself only a hash is kept."""

    name = models.CharField(
        gettext_lazy("name"),
        max_length=100,
        help_text=gettext_lazy("What uses it, such as “Wire desk”. The history and the log name it."),
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=gettext_lazy("account"),
        help_text=gettext_lazy("The key may do no more than this account, and ends with it."),
    )
    scopes = models.JSONField(gettext_lazy("scopes"), default=list)
    networks = models.JSONField(
        gettext_lazy("addresses"),
        default=list,
        blank=True,
        help_text=gettext_lazy("Only from these, such as 192.0.2.7 or 198.51.100.0/24. Empty: from anywhere."),
    )
    expires_at = models.DateTimeField(
        gettext_lazy("ends"), null=True, blank=True, help_text=gettext_lazy("Empty: when it is revoked.")
    )
    key_hash = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the key.")
    shown = models.CharField(max_length=30, editable=False, help_text="The beginning of the key, to know it by.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(gettext_lazy("made"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    last_used_at = models.DateTimeField(gettext_lazy("last used"), null=True, editable=False)
    last_used_from = models.CharField(max_length=45, blank=True, editable=False)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("key")
        verbose_name_plural = gettext_lazy("keys")
        ordering = ["-id"]
        default_permissions = ("add", "change", "view")

    def __str__(self) -> str:
        return self.name

    def may(self, scope: str) -> bool:
        """Whether it is good for something, such as "drafts"."""
        return scope in self.scopes

    def is_alive(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at) and self.account.is_active

    def is_taken_from(self, address: str) -> bool:
        """Whether it opens anything to who comes from an address."""
        return not self.networks or addresses.is_within(address, self.networks)

    def clean(self) -> None:
        super().clean()
        wrong = [scope for scope in self.scopes if scope not in Scope.values]
        if wrong or not self.scopes:
            text = _("Choose at least one of %(scopes)s.") % {"scopes": ", ".join(Scope.values)}
            raise ValidationError({"scopes": text})
        if self._state.adding and self.expires_at and self.expires_at <= timezone.now():
            raise ValidationError({"expires_at": _("That moment has passed; choose a later one.")})
        self.scopes = [scope for scope in Scope.values if scope in self.scopes]
        self.networks = [self._network(text) for text in self.networks]

    def _network(self, text: str) -> str:
        try:
            return addresses.as_network(text)
        except ValueError as error:
            words = _("%(text)s is no address and no network; write one such as 198.51.100.0/24.")
            raise ValidationError({"networks": words % {"text": text[:64]}}) from error

    def revoke(self, by: Any = None) -> None:
        """End it for good."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = timezone.now(), by
            with transaction.atomic():
                self.save(update_fields=["revoked_at", "revoked_by"])
                self.note(Act.Verb.KEY_REVOKED, by)

    def note(self, verb: str, by: Any) -> None:
        """Put into the log what was done with it."""
        Act.objects.create(
            verb=verb,
            kind=Act.ACCOUNT,
            key=uuid.UUID(int=self.account_id),
            title=press.name_of(self.account)[:200],
            by=by,
            by_name=press.signature_of(by),
            note=self.name,
        )


class Answered(models.Model):
    """What was answered to a request that may come again, under the word that its sender has given it."""

    key = models.ForeignKey(Key, models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=64, help_text="SHA-256 of the Idempotency-Key.")
    asked = models.CharField(max_length=64, help_text="SHA-256 of what was sent.")
    status = models.PositiveSmallIntegerField(default=0, help_text="0: it is being answered.")
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="one_answer_a_word")]

    def __str__(self) -> str:
        return f"{self.status} at {self.at}"


class Spent(models.Model):
    """How many requests of a key, or from an address, have come in the minute that is counted."""

    name = models.CharField(max_length=100, primary_key=True)
    minute = models.BigIntegerField(db_index=True)
    number = models.IntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} of {self.name}"
