"""Keeping SQLite's full-text indexes in few pieces. PostgreSQL's has one.

Each act adds a piece to FTS5's index, and each term that is looked up is looked for in each piece. By itself FTS5 lets
some twenty be: a search for a word that forty topics have in their names took fifteen times as long as of one piece. So
they are merged in the background, some pages at a time, since whoever publishes waits for each.
"""

import time

from django.db import connection, transaction

TABLES = ("search_entry_words", "search_deskentry_words")
MOST_PIECES = 8  # more than there need be
PAGES = 50  # that are written at once: a few milliseconds
BREATH = 0.03  # seconds between two steps: whoever publishes looks every 0.02 whether the database is free

_going_on: set[str] = set()
_left: dict[str, int] = {}  # the pieces of an index in which there was nothing more to merge


def tidy() -> bool:
    """Merge a little where there are many pieces. Answers whether there may be more to do."""
    if connection.vendor != "sqlite":
        return False
    return any(_merge(table) for table in TABLES)


def _merge(table: str) -> bool:
    if table not in _going_on and pieces_of(table) <= _left.get(table, 0) + MOST_PIECES:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        if table not in _going_on:  # pieces are of levels, and are merged into one of the next as soon as there are two
            cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('usermerge', 2)")  # noqa: S608 - ours
        before = connection.connection.total_changes
        cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('merge', {PAGES})")  # noqa: S608 - ours
        is_done = connection.connection.total_changes - before < 2  # as SQLite tells that there was nothing to merge
    if is_done:
        _going_on.discard(table)
        _left[table] = pieces_of(table)
    else:
        _going_on.add(table)
        time.sleep(BREATH)
    return not is_done


def pieces_of(table: str) -> int:
    """How many pieces ("segments") an index has: the record of its structure says so after a cookie and the levels."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT substr(block, 6, 1) FROM {table}_data WHERE id = 10")  # noqa: S608 - ours
        row = cursor.fetchone()
    return row[0][0] if row and row[0] else 0
