"""A large archive without importing it: one that was imported, written again and again with older dates, by SQL.

Copies are whole: the working copy, its version, its publication with all that it mentions, its addresses and changes.
What they relate to are the copies beside them. Only the JSON is not made yet, as after an import: whoever reads an old
story first makes it. SQLite alone, where a file can be copied.
"""

import re
import shutil
import sqlite3
import time
from pathlib import Path

from bench.archive import APART

BATCH = 20  # copies in one transaction
PIECE = 256_000_000  # bytes of the search index's own memory: a copy is one piece of it, and not one of every megabyte

# Nearly all of it is SQLite's own work: a function of ours would be called a million times for every 10,000 stories.
KEY = ":prefix || substr({0}, 9)"
DATE = "datetime({}, :earlier)"
NUMBER = "{} + :copy * :stride"
SLUG = "{} || '-' || :copy"
OPENING, LINK = '{"slug":"', '"link":"article","id":"'  # as a version begins, and as it names another story
SLUG_ENDS = f"instr(substr({{0}}, {len(OPENING) + 1}), '\"') + {len(OPENING) - 1}"
NAMED = f"substr({{0}}, 1, {SLUG_ENDS}) || '-' || :copy || substr({{0}}, {SLUG_ENDS} + 1)"
DATA = f"CASE WHEN instr({{0}}, '{LINK}') THEN moved_links({NAMED}, :prefix) ELSE {NAMED} END"
LINKED = re.compile(rf"({LINK})[0-9a-f]{{8}}")
INDEX = "search_entry"  # whose keys fall with the dates, so that copies stand before what is copied
PLACE_IN_SEARCH = "{} - (:seconds << 24)"  # later ones have higher keys, see cms/search/ranking.py

# By table: what becomes of a column in a copy; all others stay as they are.
TABLES: dict[str, dict[str, str]] = {
    "publishing_version": {"id": NUMBER, "key": KEY, "data": DATA},
    "newsroom_article": {"id": KEY, "slug": SLUG, "head_id": NUMBER, "search_text": SLUG},
    "newsroom_article_topics": {"id": NUMBER, "article_id": KEY},
    "newsroom_articlebyline": {"id": NUMBER, "article_id": KEY},
    "newsroom_relatedarticle": {"id": NUMBER, "article_id": KEY, "related_id": KEY},
    "publishing_publication": {
        **dict.fromkeys(["id", "version_id", "place", "edition"], NUMBER),
        **dict.fromkeys(["published_at", "updated_at", "live_from"], DATE),
        **dict.fromkeys(["card", "document", "rendering"], "''"),
        "key": KEY,
        "slug": SLUG,
    },
    "publishing_reference": {
        **dict.fromkeys(["id", "publication_id"], NUMBER),
        **dict.fromkeys(["published_at", "updated_at"], DATE),
        "key": f"CASE WHEN kind IN ('article', 'translations') THEN {KEY} ELSE {{0}} END",
    },
    "publishing_address": {"id": NUMBER, "key": KEY, "slug": SLUG},
    "publishing_change": {"edition": NUMBER, "key": KEY, "slug": SLUG},
    INDEX: {"id": PLACE_IN_SEARCH, "key": KEY, "publication": NUMBER, "place": NUMBER},
}


def grow(imported: Path, grown: Path, articles: int, size: int) -> float:
    """Make an archive of a size from one of fewer articles; the seconds that it took."""
    begun = time.perf_counter()
    shutil.copytree(imported, grown, dirs_exist_ok=True)
    database = sqlite3.connect(grown / "galley.sqlite3", isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "threads=2"):
        database.execute(f"PRAGMA {setting}")
    copier = Copier(database, articles)
    indexes = copier.drop_indexes()
    database.execute(f"INSERT INTO {INDEX}_words({INDEX}_words, rank) VALUES ('hashsize', {PIECE}), ('automerge', 0)")
    copies = size // articles
    for first in range(1, copies, BATCH):
        database.execute("BEGIN")
        for copy in range(first, min(first + BATCH, copies)):
            copier.copy(copy)
        database.execute("COMMIT")
    database.execute("UPDATE publishing_edition SET number = (SELECT max(edition) FROM publishing_change)")
    for index in indexes:
        database.execute(index)
    database.execute(f"INSERT INTO {INDEX}_words({INDEX}_words) VALUES ('optimize')")  # as rebuild_search leaves it
    database.execute(f"DELETE FROM {INDEX}_words_config WHERE k IN ('hashsize', 'automerge')")
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    return time.perf_counter() - begun


class Copier:
    """Writes the first stories of a database once more."""

    def __init__(self, database: sqlite3.Connection, articles: int):
        self.database, self.articles = database, articles
        database.create_function("moved_links", 2, lambda data, prefix: LINKED.sub(rf"\g<1>{prefix}", data))
        self.rows = {table: self.last_row(table) for table in TABLES if table != INDEX}
        self.oldest = database.execute(f"SELECT min(id) FROM {INDEX} WHERE kind = 'article'").fetchone()[0]
        self.statements = [self.statement(table) for table in TABLES]
        self.stride = max(self.rows.values())

    def last_row(self, table: str) -> int:
        return self.database.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]

    def statement(self, table: str) -> str:
        columns = [row[1] for row in self.database.execute(f"PRAGMA table_info({table})")]
        values = [TABLES[table].get(column, "{}").format(f'"{column}"') for column in columns]
        names = ", ".join(f'"{column}"' for column in columns)
        of_articles = {"publishing_address", "publishing_change", INDEX} & {table} and "AND kind = 'article'"
        first = f"id >= {self.oldest}" if table == INDEX else f"rowid <= {self.rows[table]}"
        found = f"FROM {table} WHERE {first} {of_articles or ''}"
        return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} {found}"

    def drop_indexes(self) -> list[str]:
        """They are made at the end, which is quicker by far; what makes them."""
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
        indexes = [row for table in TABLES for row in self.database.execute(named, [table])]
        for name, _ in indexes:
            self.database.execute(f'DROP INDEX "{name}"')
        return [sql for _, sql in indexes]

    def copy(self, number: int) -> None:
        minutes = int(APART.total_seconds()) // 60 * self.articles * number
        moved = {"seconds": 60 * minutes, "earlier": f"-{minutes} minutes"}
        values = {"copy": number, "prefix": f"{number:08x}", "stride": self.stride, **moved}
        for statement in self.statements:
            self.database.execute(statement, values)
