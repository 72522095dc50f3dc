"""What is remembered of those who could not log in."""

from django.db import models


class Tries(models.Model):
    """How often somebody has tried a wrong password or code of late, and how long they wait for it.

    The name is a digest: people type their passwords into the wrong field, and nobody is to read them here.
    """

    name = models.CharField(max_length=64, primary_key=True)
    number = models.IntegerField(default=0)
    waits_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.number} tries"
