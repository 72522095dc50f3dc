"""Which edition is the newest, as this process has last heard of it (cms/serving/watching.py has it hear of each)."""

import threading
import time
import uuid
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from cms.database import statements
from cms.publishing.models import Change, Edition

CHANNEL = "galley_edition"  # on which PostgreSQL passes on that there is a new one


class Newest(NamedTuple):
    """An edition: its number, what it changed (a backup may bring a number back), and when the next falls due."""

    edition: int
    changed: uuid.UUID | None
    next_change_at: datetime | None
    release: str = ""  # whose JSON is kept


_lock = threading.Lock()
_newest: Newest | None = None
_asked_at = 0.0  # when the question was put that was answered so, by the clock that only goes forward


def ask() -> Newest:
    """Ask the database, by this thread's connection."""
    asked_at = time.monotonic()
    newest = Newest(*statements.rows("edition", [], _row)[0])
    note(newest, asked_at)
    return newest


def known() -> Newest | None:
    """The newest edition that this process has heard of; none before it has asked."""
    return _newest


def asked_at() -> float:
    """When the question was put that was answered so."""
    return _asked_at


def _row() -> QuerySet:
    changed = Subquery(Change.objects.filter(edition=OuterRef("number")).values("key"))
    return Edition.objects.annotate(changed=changed).values_list("number", "changed", "next_change_at", "rendering")


def note(newest: Newest, asked_at: float) -> None:
    """Of two answers the one holds that was asked for later: the other may be from before an act."""
    global _newest, _asked_at
    with _lock:
        if asked_at >= _asked_at:
            if newest != _newest:  # one object for as long as nothing changes, by which others know it again
                _newest = newest
            _asked_at = asked_at


def announce() -> None:
    """Tell of the edition that this transaction makes, once it is written: this process, and all others that listen.

    To other processes SQLite's file tells by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    transaction.on_commit(ask, robust=True)
