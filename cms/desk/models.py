"""What the desk keeps for those who work at it: who has a page open, and what was written and is not saved yet."""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone

from cms.database.fields import DocumentField
from cms.publishing.models import Version


class Autosave(models.Model):
    """A page as it stood while it was written, right or wrong, and not saved yet. Its writer sees it, and nobody else.

    An opened page has one, which the next takes the place of; it goes once that page is saved.
    """

    kind = models.CharField(max_length=20)
    key = models.UUIDField(help_text="Of the item, which may be still to be saved.")
    page = models.UUIDField(help_text="The opened page that it was written on.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    base = models.ForeignKey(
        Version,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="The version that the page started from.",
    )
    data = DocumentField(help_text="The snapshot that saving it would make.")
    written = DocumentField(help_text="The page's fields.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["author", "kind", "-created_at"], name="autosaves_of_a_writer"),
            models.Index(fields=["created_at"], name="autosaves_by_age"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}, as {self.author} wrote it"

    @property
    def fields(self) -> QueryDict:
        """The page's fields, as its browser would send them."""
        fields = QueryDict(mutable=True)
        for name, value in self.written:
            fields.appendlist(name, value)
        fields["key"], fields["page"] = str(self.key), str(self.page)
        return fields


class Presence(models.Model):
    """That somebody has an item's page open. It ends by itself where the page falls silent (see people/)."""

    page = models.UUIDField(primary_key=True, editable=False, help_text="Which page of theirs; it names itself.")
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    writing_at = models.DateTimeField(null=True, help_text="When the text on it was last seen to change.")
    taken_at = models.DateTimeField(null=True, help_text="When somebody else took over; none: nobody has.")
    taken_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "publishing_presence"  # where it was before the desk had tables of its own
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "key"], name="pages_of_an_item"),
            models.Index(fields=["expires_at"], name="pages_that_end"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}, open at {self.user}"
