"""Files that nothing leads to any more are deleted: at once where it can be done, else in the background.

Each is noted before. So none is forgotten by a process that is killed, or because the storage does not answer. Whoever
stores the same content again takes the note away first, and waits for who is about to delete it. And whoever has files
is asked once more before: a note may be carried out days later.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cms import files
from cms.database import patience
from cms.database.bulk import insert_rows
from cms.leftovers.models import Leftover

logger = logging.getLogger(__name__)

AT_ONCE = 10  # in one transaction: SQLite lets nobody else write meanwhile
HELD_FOR = 1.0  # seconds until no other is begun in it
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(days=1)

_holders: list[Callable[[list[str]], Iterable[str]]] = []


def spare(held: Callable[[list[str]], Iterable[str]]) -> None:
    """Name what says which of some files something has by now, so that they stay.

    A server of a former release takes no note away when it stores the same content again.
    """
    _holders.append(held)


def delete(names: Iterable[str]) -> None:
    """Delete files, once it is sure that nothing leads to them."""
    names = sorted(set(names))
    due_at = timezone.now() + FIRST_REST
    if names:
        with transaction.atomic():
            rows = [(name, due_at, 0) for name in names]
            insert_rows(Leftover, ["name", "due_at", "attempts"], rows, renewing="name")
            transaction.on_commit(partial(_delete_now, names), robust=True)


def take_back(names: Iterable[str]) -> None:
    """Delete what was stored for nothing: at once, as that holds whatever becomes of the act that it was stored for.

    What cannot be deleted is noted, unless that is undone with the act. Then the log alone has it.
    """
    left = sorted(set(names))
    try:
        while left:
            default_storage.delete(left[0])
            del left[0]
    except OSError as error:
        logger.warning("These files were stored for nothing, and stay for now (%s): %s", error, ", ".join(left))
        with suppress(Error):
            delete(left)


def keep(file: files.Readable, name: str) -> bool:
    """Store a file under a name that its content made, and which it keeps; whether it was new."""
    noted = Leftover.objects.filter(name=name)
    if noted.exists():
        noted.delete()
    return files.keep(file, name)


def delete_some() -> bool:
    """Delete some files that are due; whether there may be more."""
    due = Leftover.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
    return due.exists() and _delete(due)


def count() -> int:
    """How many files are still to be deleted."""
    return Leftover.objects.count()


def _delete_now(names: list[str]) -> None:
    for start in range(0, len(names), AT_ONCE):
        untried = Leftover.objects.filter(name__in=names[start : start + AT_ONCE], attempts=0)
        while untried.exists():
            if not _delete(untried):
                return  # the background does the rest


def _delete(noted: QuerySet[Leftover]) -> bool:
    """Delete the first of those that are still noted, and that nobody else is deleting; whether any went."""
    unhurried = patience.current() is None
    with patience.waiting_at_most(settings.DATABASE_TIMEOUT) if unhurried else nullcontext():
        if error := _silence():
            _put_off(list(noted[:AT_ONCE]), error)
            return False
        with transaction.atomic():
            return _delete_locked(list(noted.select_for_update(skip_locked=True)[:AT_ONCE]))


def _silence() -> OSError | None:
    """What is said by a storage that does not answer. It is waited for before any lock is taken, and not under it.

    A folder is asked for, as a file may be refused for what it is.
    """
    try:
        default_storage.exists(settings.UPLOADS_IN[0])
    except OSError as error:
        return error
    return None


def _delete_locked(rows: list[Leftover]) -> bool:
    """Delete files while nobody can store the same; whether any went. Those that take too long are left as they are."""
    names = [row.name for row in rows]
    held = {name for holder in _holders for name in holder(names)}
    gone, refused, error = [], [], None
    end = time.monotonic() + HELD_FOR
    for row in rows:
        try:
            if row.name not in held:
                default_storage.delete(row.name)
            gone.append(row.name)
        except OSError as refusal:
            refused.append(row)
            error = refusal
        if time.monotonic() >= end:
            break
    Leftover.objects.filter(name__in=gone).delete()
    if error:
        _put_off(refused, error)
    return bool(gone)


def _put_off(rows: list[Leftover], error: OSError) -> None:
    """Try these again later, and later each time."""
    for row in rows:
        rest = min(FIRST_REST * 2 ** min(row.attempts, 20), LONGEST_REST)
        row.due_at, row.attempts = timezone.now() + rest, row.attempts + 1
    Leftover.objects.bulk_update(rows, ["due_at", "attempts"])
    names = ", ".join(row.name for row in rows)
    logger.warning("These files cannot be deleted at present, and are tried again (%s): %s", error, names)
