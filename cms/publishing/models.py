"""What stands between the desk and the readers: versions, publications, references, changes, the edition."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from cms.database import statements
from cms.database.fields import DocumentField, FoldedField
from cms.publishing.links import Thing, things


class Stage(models.TextChoices):
    """How far a working copy has come on its way through the newsroom."""

    WRITING = "writing", _("Writing")
    REVIEW = "review", _("Ready for review")
    APPROVED = "approved", _("Approved")


class Edition(models.Model):
    """The one row that numbers everything readers can see, and that everybody who publishes locks first."""

    number = models.BigIntegerField(default=0)
    turned_at = models.DateTimeField(default=timezone.now, help_text="What fell due up to here has been done.")
    next_change_at = models.DateTimeField(null=True, help_text="When the next thing falls due.")
    rendering = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text="Of releases that run side by side the one whose JSON is kept.",
    )

    class Meta:
        constraints = [models.CheckConstraint(name="edition_is_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"Edition {self.number}"


class Version(models.Model):
    """One item of the desk as it was at one save, everything shared in it a link. Never changed."""

    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    data = DocumentField()
    created_at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    by_key = models.CharField(max_length=100, null=True, help_text="The name of the key that the author came in by.")
    base = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    is_stale = models.BooleanField(
        default=False, help_text="Saved from a page that was out of date, so kept beside the newer text."
    )
    restored_from = models.BigIntegerField(null=True, help_text="The id of the version that it took up again.")

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "-id"], name="version_history")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}, version {self.pk}"

    @cached_property
    def things(self) -> set[Thing]:
        """What it links to."""
        return things(self.data)


class PublicationQuerySet(models.QuerySet):
    def visible(self, at: datetime) -> Self:
        """Publications that readers may see at a moment.

        One that has gone live holds a place: the press gives it one when that moment comes (see press/due.py). The end
        needs nobody: it is compared here.
        """
        return self.filter(Q(live_until=None) | Q(live_until__gt=at), place__isnull=False)

    def referring_to(self, kind: str, keys: Iterable[uuid.UUID]) -> Self:
        """Publications that mention or show any of these things."""
        return self.referring_to_any({kind: keys})

    def referring_to_any(self, things: Mapping[str, Iterable[uuid.UUID]]) -> Self:
        """Publications that mention or show any of these things, whose keys are given by kind."""
        # Each half has an index of its own; asked together, SQLite would read all references there are.
        first, *others = (
            Reference.objects.filter(kind=kind, key__in=keys, is_direct=is_direct).values("publication")
            for kind, keys in things.items()
            for is_direct in (True, False)
        )
        return self.filter(pk__in=first.union(*others, all=True))


class Publication(models.Model):
    """What readers get of one item: a version, when it is theirs to see, and the JSON made from it."""

    class Reason(models.TextChoices):
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ERROR = "error", _("Published in error")
        DUPLICATE = "duplicate", _("Duplicate of another story")
        LEGAL = "legal", _("Legal reasons")
        EXPIRED = "expired", _("Expired")

    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    slug = models.CharField(max_length=200, blank=True)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")

    published_at = models.DateTimeField(null=True, help_text="The date printed and sorted by.")
    updated_at = models.DateTimeField(null=True)
    live_from = models.DateTimeField(null=True)
    live_until = models.DateTimeField(
        null=True, help_text="The end that was asked for, or that of the rights before it."
    )
    asked_until = models.DateTimeField(null=True, help_text="When the desk wants it to come down.")
    place = models.BigIntegerField(null=True, help_text="The edition that put it where it stands; none: not live.")
    sort_name = FoldedField(
        source="sort_name", null=True, default=None, help_text="Of kinds whose lists go by names: that of the version."
    )
    edition = models.BigIntegerField(default=0, help_text="The edition that last changed what readers see of it.")

    next_version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    next_at = models.DateTimeField(null=True, help_text="When next_version goes live, or replaces the live one.")

    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=20, choices=Reason, blank=True)

    # A cache of version, thrown away freely. Last, so that reading the columns before it reads little.
    shows_until = models.DateTimeField(null=True, help_text="When something shown in it comes to its end.")
    rendering = models.CharField(max_length=16, blank=True, help_text="What made the JSON; empty: make it again.")
    card = models.TextField(blank=True)
    document = models.TextField(blank=True, help_text="Empty where the card is all there is.")

    former_slug = ""  # that it still has for readers, while a preview shows it with another

    objects = PublicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_publication_an_item"),
            models.UniqueConstraint(
                fields=["kind", "slug"], condition=Q(place__isnull=False) & ~Q(slug=""), name="one_live_item_a_slug"
            ),
            models.CheckConstraint(
                name="live_has_version_and_dates",
                condition=Q(place__isnull=True)
                | Q(version__isnull=False, published_at__isnull=False, updated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="next_has_version_and_time", condition=Q(next_version__isnull=True) ^ Q(next_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["published_at", "id", "live_until", "place", "kind"],
                condition=Q(place__isnull=False),
                name="live_by_date",
            ),
            models.Index(
                fields=["kind", "published_at", "id", "live_until", "place"],
                condition=Q(place__isnull=False),
                name="live_kind_date",
            ),
            models.Index(
                fields=["updated_at", "id", "live_until", "place", "kind"],
                condition=Q(place__isnull=False),
                name="live_by_update",
            ),
            models.Index(
                fields=["kind", "updated_at", "id", "live_until", "place"],
                condition=Q(place__isnull=False),
                name="live_kind_update",
            ),
            models.Index(fields=["place"], condition=Q(place__isnull=False), name="live_by_place"),
            models.Index(  # for sitemaps, which count and date whole blocks of keys
                fields=["kind", "id", "updated_at", "live_until"],
                condition=Q(place__isnull=False),
                name="live_kind_key",
            ),
            models.Index(
                fields=["edition", "id", "kind"], condition=Q(place__isnull=False), name="live_by_edition_and_kind"
            ),
            models.Index(
                fields=["kind", "sort_name", "id"],
                condition=Q(place__isnull=False, sort_name__isnull=False),
                name="live_kind_name",
            ),
            models.Index(
                fields=["live_until"], condition=Q(live_until__isnull=False, place__isnull=False), name="ends_next"
            ),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="due_next"),
            models.Index(
                fields=["kind", "withdrawn_at"], condition=Q(withdrawn_at__isnull=False), name="last_withdrawn"
            ),
            models.Index(fields=["kind", "slug"], name="publication_slug"),
            models.Index(fields=["id"], condition=Q(place__isnull=False, rendering=""), name="to_render"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug or self.key}"

    @property
    def is_live(self) -> bool:
        return self.place is not None

    @property
    def shown(self) -> Version:
        """The version that readers get, which whatever is live has."""
        if self.version is None:
            raise LookupError(f"{self} has no version.")
        return self.version

    def clear(self) -> None:
        """Forget the JSON, which is made again when next read."""
        self.card = self.document = self.rendering = ""
        self.shows_until = None


class Reference(models.Model):
    """That a live publication mentions or shows something, carrying the publication's place in the order.

    Kind and key name the thing: a topic and its id. A section's ancestors are mentioned with it, and a closed value
    (a genre, a language) is a thing too, its key made by links.value_key(). Indirect ones come through another's card:
    they tell what to render again, and are never filtered by.
    """

    COLUMNS = ("publication", "kind", "key", "is_direct", "publication_kind", "published_at", "updated_at")

    publication = models.ForeignKey(Publication, models.CASCADE, db_index=False, related_name="references")
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    is_direct = models.BooleanField(default=True)
    publication_kind = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "kind", "key"], name="one_reference_a_thing")]
        indexes = [
            models.Index(
                fields=["kind", "key", "publication_kind", "published_at", "publication"],
                condition=Q(is_direct=True),
                name="mentions_by_date",
            ),
            models.Index(
                fields=["kind", "key", "publication_kind", "updated_at", "publication"],
                condition=Q(is_direct=True),
                name="mentions_by_update",
            ),
            models.Index(fields=["kind", "key"], condition=Q(is_direct=False), name="shown_through_others"),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} mentions {self.kind} {self.key}"

    @staticmethod
    def row(publication: Publication, kind: str, key: uuid.UUID, is_direct: bool = True) -> tuple:
        """The values of COLUMNS."""
        dates = (publication.published_at, publication.updated_at)
        return (publication.pk, kind, key, is_direct, publication.kind, *dates)

    @classmethod
    def recorded(cls, publications: Iterable[Publication], *, through_others: bool = False) -> dict[int, set[Thing]]:
        """What is recorded as mentioned by each of these, by primary key; or as mentioned and shown."""
        recorded: dict[int, set[Thing]] = defaultdict(set)
        of: dict[str, Any] = {"publication__in": [publication.pk for publication in publications]}
        of |= {} if through_others else {"is_direct": True}
        for pk, kind, key in statements.values(cls, ["publication_id", "kind", "key"], **of):
            recorded[pk].add((kind, key))
        return recorded


class Address(models.Model):
    """Which thing a slug leads to, those it had before included."""

    kind = models.CharField(max_length=20)
    slug = models.CharField(max_length=200)
    key = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="one_thing_an_address")]
        indexes = [models.Index(fields=["kind", "key"], name="addresses_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class Change(models.Model):
    """One line of the log that mirrors, pollers and caches follow. Each is an edition of its own."""

    class Action(models.TextChoices):
        PUBLISHED = "published"
        UPDATED = "updated"
        WITHDRAWN = "withdrawn"

    edition = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    action = models.CharField(max_length=10, choices=Action)
    slug = models.CharField(max_length=200, blank=True)
    previous_slug = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="changes_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.edition}: {self.kind} {self.slug or self.key} {self.action}"


class PreviewLinkQuerySet(models.QuerySet):
    def alive(self, at: datetime) -> Self:
        """Links that show something at a moment. They end with the account of whoever made them."""
        return self.filter(expires_at__gt=at, revoked_at=None).exclude(made_by__is_active=False)


class PreviewLink(models.Model):
    """Leave to see one item's working copy without an account, until it ends or is taken back (see previews.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    seed = models.BinaryField(max_length=32, help_text="Random: with the secret key it makes the token.")
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    ahead_to = models.DateTimeField(null=True, help_text="The moment that it shows; none: now.")
    last_used_at = models.DateTimeField(null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "key", "expires_at"], name="previews_of_an_item"),
            models.Index(fields=["expires_at"], name="preview_ends"),
        ]

    def __str__(self) -> str:
        return f"Preview of {self.kind} {self.key}"


class ActQuerySet(models.QuerySet):
    """Acts, to be read."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("What was done stays as it was.")

    def delete(self) -> NoReturn:
        raise TypeError("What was done is kept for ever.")


class Act(models.Model):
    """That somebody did something with an item. The press writes it, and nobody changes or deletes it.

    It names people and items as they were called then, since both may be deleted.
    """

    NOBODY = gettext_noop("nobody")
    ACCOUNT = "account"  # the kind of what is done with somebody's account, whose key is made from its id

    class Verb(models.TextChoices):
        PUBLISHED = "published", _("published")
        UPDATED = "updated", _("updated")
        SCHEDULED = "scheduled", _("scheduled")
        CANCELLED = "cancelled", _("schedule cancelled")
        WITHDRAWN = "withdrawn", _("withdrawn")
        WENT_LIVE = "went-live", _("went live as scheduled")
        EXPIRED = "expired", _("came down at its end")
        SUBMITTED = "submitted", _("ready for review")
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent-back", _("sent back")
        REOPENED = "reopened", _("changed after approval")
        ASSIGNED = "assigned", _("assigned")
        DELETED = "deleted", _("deleted")
        KEY_MADE = "key-made", _("key made")
        KEY_REVOKED = "key-revoked", _("key revoked")
        RESET_TWO_FACTOR = "two-factor-reset", _("two-factor login reset")

    at = models.DateTimeField(_("when"), default=timezone.now)
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    title = models.CharField(_("of what"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("who")
    )
    by_name = models.CharField(_("who"), max_length=200, blank=True, help_text="Empty: the system.")
    version = models.BigIntegerField(null=True, help_text="The id of the version that it was done with.")
    for_moment = models.DateTimeField(null=True, help_text="When what was scheduled goes live.")
    note = models.TextField(_("note"), blank=True)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["kind", "key", "-id"], name="acts_of_an_item"),
            models.Index(fields=["verb", "-id"], name="acts_by_verb"),
            models.Index(fields=["by", "-id"], name="acts_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.get_verb_display()} {self.title}".strip()

    @property
    def note_shown(self) -> str:
        """The note; what the press wrote itself is kept in English, and said in the language of who reads it."""
        ours = (self.Verb.WITHDRAWN, self.Verb.SCHEDULED, self.Verb.CANCELLED)
        is_ours = self.verb in ours or (self.verb == self.Verb.ASSIGNED and self.note == self.NOBODY)
        return gettext(self.note) if is_ours and self.note else self.note

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was done stays as it was.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("What was done is kept for ever.")
