"""Watching for the newest edition, at next to no cost: for whoever has no time to ask the database for each reader.

On SQLite a kept connection tells whether anything was written since, in microseconds. On PostgreSQL a thread listens,
and looks every tenth of a second in any case: that long may another process's edition go unnoticed, and no longer. The
process that publishes knows at once.
"""

import contextlib
import logging
import math
import os
import sqlite3
import threading
import time
import uuid
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.db import connection, connections

from cms.publishing import newest
from cms.publishing.models import Change, Edition
from cms.publishing.newest import Newest

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds, on PostgreSQL
SURE_FOR = 1.0  # seconds after a look: a busy process may look late, and a database that hangs is noticed by this
FILE_LOOKED_AT_EVERY = 1.0  # seconds: a database that was restored is another file of the same name


class Sight(NamedTuple):
    """The newest edition as this process knows it."""

    newest: Newest | None
    age: float  # seconds since the database last said so; 0: it has just said so, or it may be taken as if
    at: datetime  # when it was looked


NONE = Sight(None, math.inf, datetime.min.replace(tzinfo=UTC))  # before the first look


def watch() -> None:
    """Begin to watch, in a thread where the database is PostgreSQL. SQLite is looked at when somebody asks."""
    if not _is_file():
        threading.Thread(target=_listen, name="newest edition", daemon=True).start()


def look() -> Sight:
    """The newest edition. It waits neither for the database nor for a lock on it."""
    at = datetime.now(UTC)
    is_file = _is_file()
    if is_file and (seen := _file.look()):
        return Sight(seen, 0.0, at)
    age = time.monotonic() - max(newest.asked_at(), _file.said_at)
    return Sight(newest.known(), 0.0 if age < SURE_FOR and not is_file else age, at)


@cache
def _is_file() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def _listen() -> None:
    """PostgreSQL: hear of each edition, and look now and then all the same (a pooler passes no NOTIFY on)."""
    while True:
        try:
            connection.ensure_connection()
            if not settings.DATABASE_POOLED:  # it would go on listening for whoever gets the pooler's connection next
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {newest.CHANNEL}")
            while True:
                newest.ask()
                for _ in connection.connection.notifies(timeout=LOOK_EVERY, stop_after=1):
                    pass
        except Exception as error:  # it comes back when the database does
            logger.warning("The newest edition cannot be watched (%s); trying again", type(error).__name__)
            with contextlib.suppress(Exception):
                connection.close()
            time.sleep(SURE_FOR)


class _File:
    """SQLite's file, by a connection that does nothing but look. Whoever uses it is one thread: the event loop."""

    def __init__(self) -> None:
        self.connection: sqlite3.Connection | None = None
        self.version = 0
        self.newest: Newest | None = None  # which the file said at that version
        self.inode: tuple[int, int] | None = None
        self.sql = ""
        self.stood_at = self.said_at = 0.0

    def look(self) -> Newest | None:
        """The newest edition; none when the file does not say."""
        asked_at = time.monotonic()
        try:
            opened = self.connection
            if opened is None or asked_at - self.stood_at > FILE_LOOKED_AT_EVERY:
                opened = self._opened_anew_if_other(asked_at)
            version = opened.execute("PRAGMA data_version").fetchone()[0]
            # A thread may have asked before an act and say so after it: then the file is asked once more.
            if version != self.version or newest.known() is not self.newest:
                said = _read(opened.execute(self.sql).fetchone())
                newest.note(said, asked_at)
                known = newest.known()
                self.version, self.newest = version, known if known == said else None
            self.said_at = asked_at
        except (sqlite3.Error, OSError, TypeError):  # gone, locked, or not migrated yet
            self.close()
            return None
        return newest.known()

    def _opened_anew_if_other(self, now: float) -> sqlite3.Connection:
        name = str(connections["default"].settings_dict["NAME"])
        status = os.stat(name)
        if self.inode != (status.st_dev, status.st_ino) or self.connection is None:
            self.close()
            # Only to look: it waits for nobody, and makes no file where there is none.
            self.connection = sqlite3.connect(
                f"file:{name}?mode=rw", uri=True, timeout=0, isolation_level=None, check_same_thread=False
            )
            self.connection.execute("PRAGMA cache_size=-64")
            self.inode = (status.st_dev, status.st_ino)
            edition, change = Edition._meta.db_table, Change._meta.db_table
            # Names of our own tables alone are put in.
            self.sql = (
                f"SELECT number, (SELECT key FROM {change} WHERE edition = number), next_change_at, "  # noqa: S608
                f"rendering FROM {edition} WHERE id = 1"
            )
        self.stood_at = now
        return self.connection

    def close(self) -> None:
        if self.connection:
            with contextlib.suppress(sqlite3.Error):
                self.connection.close()
        self.connection, self.version, self.inode = None, 0, None


def _read(row: tuple[int, str | None, str | None, str]) -> Newest:
    number, changed, due, release = row
    return Newest(
        number,
        uuid.UUID(changed) if changed else None,
        datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None,
        release,
    )


_file = _File()
