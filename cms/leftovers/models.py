"""What is to be deleted from the storage. It is noted in the database, as a storage may be away for hours."""

from django.db import models


class Leftover(models.Model):
    """A file that nothing leads to any more."""

    name = models.CharField(primary_key=True, max_length=300)
    due_at = models.DateTimeField(db_index=True, help_text="When it is tried, if nobody has deleted it by then.")
    attempts = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
