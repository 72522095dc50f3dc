"""The rows of both indexes. The databases' own full-text indexes follow these rows by themselves (see migrations/)."""

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """The words by which readers find one thing that is live: of a publication, or of what many share.

    Its key is its place in the order, so that an index read backwards is a list, newest first (see ranking.py).
    """

    COLUMNS = ("id", "kind", "key", "publication", "language", "live_until", "place", "is_stale", "terms")

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    publication = models.BigIntegerField(null=True, unique=True, help_text="The key of one; none: of what many share.")
    language = models.CharField(max_length=35, blank=True, help_text="By whose rules its words were stemmed.")
    live_until = models.DateTimeField(null=True)
    place = models.BigIntegerField(default=0, help_text="That of its publication.")
    is_stale = models.BooleanField(default=False, help_text="What it was made from has changed; it is made again soon.")
    terms = models.TextField(help_text="Its words, as they were stemmed, with blanks between; then marked ones.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_entry_a_thing")]
        indexes = [models.Index(fields=["id"], condition=Q(is_stale=True), name="entry_stale")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Language(models.Model):
    """A language in which something was indexed: a question's words are stemmed in all of them."""

    code = models.CharField(primary_key=True, max_length=35)

    def __str__(self) -> str:
        return self.code


class DeskEntry(models.Model):
    """The words by which the desk finds a working copy that readers do not have so, or a photo of the library."""

    COLUMNS = ("kind", "key", "terms")

    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    terms = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_desk_entry_a_thing")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Build(models.Model):
    """How far the indexes have been made of what was there before them. One row; none: there was nothing."""

    step = models.PositiveSmallIntegerField(default=0, help_text="Of building.steps(): which comes next.")
    after = models.CharField(max_length=40, blank=True, help_text="The key that this step has come to.")
    is_complete = models.BooleanField(default=False)

    def __str__(self) -> str:
        return "complete" if self.is_complete else f"step {self.step}"
