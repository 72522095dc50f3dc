"""SQLite, whose lock is waited for in the open: with patience, and never by so many that readers find no thread.

SQLite itself waits a quarter of a second. What cannot begin by then has changed nothing, and is tried again.
"""

import sqlite3
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import base

from cms.databases import patience

_room = patience.Room()


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query, params=None):
        try:
            return super().execute(query, params)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
        return self._execute_later(query, params)

    def _execute_later(self, query: str, params: Any) -> Any:
        asking = patience.current()
        if asking is None:
            return self._try_for(patience.FOR_COMMANDS, query, params)
        with _room.taken(max(1, settings.THREADS // 2)) as has_room:
            try:
                return self._try_for(asking.seconds if has_room and not asking.is_over else 0, query, params)
            except sqlite3.OperationalError:
                asking.is_over = True
                raise

    def _try_for(self, seconds: float, query: str, params: Any) -> Any:
        for _ in patience.until(seconds):
            try:
                return super().execute(query, params)
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
        raise sqlite3.OperationalError("The database is locked by somebody who writes.")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY}


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name=None):
        return self.connection.cursor(factory=Cursor)
