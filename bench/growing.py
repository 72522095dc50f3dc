"""A large archive without importing it: one that was imported, written again and again with older dates, by SQL.

Copies are whole: the working copy, its version, its publication with all that it mentions, its addresses and changes.
What they relate to are the copies beside them. Only the JSON is not made yet, as after an import: whoever reads an old
story first makes it. SQLite alone, where a file can be copied.

Each table is written by one statement, from its rows in memory. Meanwhile another thread makes the index of all words
in a file of its own: SQLite writes to a file one after the other, and that index is a third of the work.
"""

import re
import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from bench.archive import APART

FILE = "galley.sqlite3"
PIECE = 64_000_000  # bytes of the index of all words that are put in order in memory, and not every megabyte

# All of it is SQLite's own work: a function of ours would be called by the million, and keep the other thread waiting.
KEY = "prefix || substr({0}, 9)"
DATE = "datetime({0}, earlier)"
NUMBER = "{0} + further"
SLUG = "{0} || '-' || copy"
COPY_HERE, PREFIX_HERE = "\x01", "\x02"  # where versions differ: no JSON has these letters
DATA = f"replace(replace({{0}}, '{COPY_HERE}', copy), '{PREFIX_HERE}', prefix)"
INDEX, WORDS = "search_entry", "search_entry_words"
PLACE_IN_SEARCH = "{0} - (seconds << 24)"  # later ones have higher keys, see cms/search/ranking.py

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
OF_ARTICLES = {"publishing_address", "publishing_change", INDEX}  # and of others, which are not copied
# What becomes of a column before its table is copied, whatever the table.
ONCE = {**dict.fromkeys(["card", "document", "rendering"], "''"), "data": "marked(data)"}
OPENING = re.compile(r'^\{"slug":"[^"]*')  # of a version
LINK = re.compile(r'(?<="link":"article","id":")[0-9a-f]{8}')  # in it, to another story


def grow(imported: Path, grown: Path, articles: int, size: int) -> float:
    """Make an archive of a size from one of fewer articles; the seconds that it took."""
    begun = time.perf_counter()
    shutil.copytree(imported, grown, dirs_exist_ok=True)
    copies, words = size // articles, grown / "words.sqlite3"
    words.unlink(missing_ok=True)  # of a run that was broken off
    with ThreadPoolExecutor() as beside:
        indexed = beside.submit(index_words, imported / FILE, words, articles, copies)
        with closing(opened(grown / FILE, imported / FILE, articles, copies)) as database:
            for table in TABLES:
                indexes = drop_indexes(database, table)  # made after the rows, which is quicker by far
                write_copies(database, table)
                for index in indexes:
                    database.execute(index)
            database.execute("UPDATE publishing_edition SET number = (SELECT max(edition) FROM publishing_change)")
            indexed.result()
            take_words(database, words)
            database.execute("PRAGMA main.journal_mode=WAL")
    words.unlink()
    return time.perf_counter() - begun


def opened(file: Path, imported: Path, articles: int, copies: int) -> sqlite3.Connection:
    """A database to copy into, with what is copied and, for each copy, what the expressions above speak of."""
    database = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-250000", "threads=2"):
        database.execute(f"PRAGMA main.{setting}")
    database.execute("ATTACH ? AS imported", [str(imported)])
    database.execute("ATTACH ':memory:' AS memory")
    database.execute("CREATE TABLE memory.copies (copy INTEGER PRIMARY KEY, prefix, further, seconds, earlier)")
    numbered = TABLES.keys() - {INDEX}
    stride = max(database.execute(f"SELECT max(rowid) FROM imported.{table}").fetchone()[0] or 0 for table in numbered)
    minutes = int(APART.total_seconds()) // 60 * articles
    database.executemany(
        "INSERT INTO copies VALUES (?, ?, ?, ?, ?)",
        [(n, f"{n:08x}", n * stride, n * minutes * 60, f"-{n * minutes} minutes") for n in range(1, copies)],
    )
    database.create_function("marked", 1, marked)
    return database


def marked(data: str) -> str:
    """A version's JSON with marks where the number and the prefix of a copy come."""
    return LINK.sub(PREFIX_HERE, OPENING.sub(rf"\g<0>-{COPY_HERE}", data))


def drop_indexes(database: sqlite3.Connection, table: str) -> list[str]:
    """Leave a table bare, without triggers too; the statements that make all of it again."""
    named = "SELECT type, name, sql FROM main.sqlite_master WHERE type <> 'table' AND sql IS NOT NULL AND tbl_name = ?"
    dropped = database.execute(named, [table]).fetchall()
    for kind, name, _ in dropped:
        database.execute(f'DROP {kind} main."{name}"')
    return [sql for _, _, sql in dropped]


def write_copies(database: sqlite3.Connection, table: str) -> None:
    """Write all copies of a table's rows, which are read from memory."""
    columns = [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")]
    once = ", ".join(f'{ONCE.get(column, column)} AS "{column}"' for column in columns)
    of_articles = "WHERE kind = 'article'" if table in OF_ARTICLES else ""
    database.execute(f"CREATE TABLE memory.originals AS SELECT {once} FROM imported.{table} {of_articles}")
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(TABLES[table].get(column, "{0}").format(f'"{column}"') for column in columns)
    database.execute(f"INSERT INTO main.{table} ({names}) SELECT {values} FROM copies CROSS JOIN originals")
    database.execute("DROP TABLE memory.originals")


def index_words(imported: Path, file: Path, articles: int, copies: int) -> None:
    """Make the index of all words in a file of its own, as rebuild_search leaves it."""
    with closing(opened(file, imported, articles, copies)) as database:
        made = "SELECT sql FROM imported.sqlite_master WHERE name = ?"
        database.execute(database.execute(made, [WORDS]).fetchone()[0])
        for name, value in {"hashsize": PIECE, "automerge": 0, "crisismerge": 1000}.items():  # one merge, at the end
            database.execute(f"INSERT INTO {WORDS}({WORDS}, rank) VALUES (?, ?)", [name, value])
        entries = f"SELECT id, terms FROM imported.{INDEX}"
        database.execute(f"CREATE TABLE memory.originals AS {entries} WHERE kind = 'article' ORDER BY id")
        # In the order of their keys: at each that is lower than the last, all there is in memory would be written.
        moved = f"SELECT {PLACE_IN_SEARCH.format('id')}, terms FROM copies CROSS JOIN originals"
        order = "ORDER BY copy DESC, originals.rowid"
        for rows in (f"{moved} {order}", f"{entries} ORDER BY id"):
            database.execute(f"INSERT INTO {WORDS}(rowid, terms) {rows}")
        database.execute(f"INSERT INTO {WORDS}({WORDS}) VALUES ('optimize')")


def take_words(database: sqlite3.Connection, file: Path) -> None:
    """Put the index of all words in the place of the imported one."""
    database.execute("ATTACH ? AS aside", [str(file)])
    for table in (f"{WORDS}_data", f"{WORDS}_idx"):
        database.execute(f"DELETE FROM main.{table}")
        database.execute(f"INSERT INTO main.{table} SELECT * FROM aside.{table}")
    database.execute("DETACH aside")
