"""What follows the log of changes at once."""

from collections.abc import Sequence

from django.db import transaction

from cms import background
from cms.publishing.models import Change


def wake(_changes: Sequence[Change]) -> None:
    """Have the background look as soon as the act is written. What is to be told is in the log, and nowhere else."""
    transaction.on_commit(background.wake, robust=True)
