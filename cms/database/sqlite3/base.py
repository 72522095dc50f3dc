"""SQLite, whose lock is waited for in the open: with patience, and never by so many that readers find no thread.

SQLite itself waits a quarter of a second. What cannot begin by then has changed nothing, and is tried again.
"""

import sqlite3
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.sqlite3 import base

from cms.database import patience

NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}

_room = patience.Room()


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
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
    only_reads = False

    def create_cursor(self, name: Any = None) -> Any:
        return self.connection.cursor(factory=Cursor)

    def connect(self) -> None:
        """Open the file. Where the disk is too full even for that, it is opened for one request, to read alone.

        SQLite begins by making two small files beside its own. Where it cannot, nobody else writes either; and what
        they would have held (a former process that was killed) may not be passed over.
        """
        self.only_reads = False
        try:
            super().connect()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in NO_ROOM or self._has_unwritten():
                raise
            self.only_reads = True
            super().connect()
            self.close_at = time.monotonic()

    def close_if_unusable_or_obsolete(self) -> None:
        """Open the file anew after an error: a connection that was made on a full disk never writes."""
        if self.errors_occurred and not self.in_atomic_block:
            self.close()
        super().close_if_unusable_or_obsolete()

    def _has_unwritten(self) -> bool:
        log = Path(f"{self.settings_dict['NAME']}-wal")
        return not Path(self.settings_dict["NAME"]).exists() or (log.exists() and log.stat().st_size > 0)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if self.only_reads:
            self.init_commands: list[str] = []
            params.update(database=f"{Path(params['database']).absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        return params
