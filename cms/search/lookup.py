"""Asking an index: FTS5 on SQLite, a tsvector on PostgreSQL; the same rows in the same order.

Both are handed words that are stemmed and marked already. FTS5 goes through an index backwards and stops where a page
is full. PostgreSQL finds all, in a narrow table, and puts what it found in order; it is kept from walking through the
order instead, which it would do in the hope of finding something soon, and read the whole archive where it is mistaken.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cms.search import expressions
from cms.search.expressions import Expression, Word
from cms.search.models import DeskEntry, Entry

Parameters = list[Any]

MOST_SPELT = 100  # terms that begin alike, of which each is looked up
MOST_READ = 2000  # entries that have all words of a phrase, and are read for it; the first in the order


@dataclass(frozen=True)
class Conditions:
    """What else must hold of what is found, beside its words."""

    at: datetime | None = None  # readers must see it then
    last_place: int | None = None
    kinds: tuple[str, ...] = ()  # of one of these
    is_published: bool = False  # a publication, and nothing that many share
    phrases: tuple[tuple[tuple[str, ...], bool], ...] = ()  # texts, one of which is to stand in the terms, or none
    rows: QuerySet | None = None  # among these, each of which tells by `column` which entry it is of
    column: str = ""


@dataclass(frozen=True)
class Stretch:
    """A part of an order: so many, below or above a key."""

    limit: int
    below: int | None = None
    above: int | None = None
    is_ascending: bool = False
    offset: int = 0


@dataclass
class Statement:
    """SQL with its values."""

    sql: str
    values: Parameters = field(default_factory=list)


def select(columns: str, expression: Expression, conditions: Conditions, stretch: Stretch) -> Statement:
    """The entries of one lookup that stand in a stretch, newest first unless turned round."""
    where, values = _where(conditions)
    if stretch.below is not None:
        where, values = [*where, "e.id < %s"], [*values, stretch.below]
    if stretch.above is not None:
        where, values = [*where, "e.id > %s"], [*values, stretch.above]
    order = f"{_key()} {'ASC' if stretch.is_ascending else 'DESC'}"
    statement = _found(columns, expression, conditions, order, (where, values))
    statement.sql += " LIMIT %s OFFSET %s"
    statement.values += [stretch.limit, stretch.offset]
    return statement


def count(expression: Expression, conditions: Conditions) -> int:
    statement = _found("e.id", expression, conditions, f"{_key()} DESC", _where(conditions))
    if not conditions.phrases:
        statement.sql = statement.sql.rpartition(" ORDER BY ")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({statement.sql}) AS found", statement.values)  # noqa: S608 - ours
        return int(cursor.fetchone()[0])


def _found(
    columns: str, expression: Expression, conditions: Conditions, order: str, limits: tuple[list[str], Parameters]
) -> Statement:
    """What is found, in an order. Phrases are looked for in the first of what has all their words."""
    where, values = limits
    source, asked = _source(Entry._meta.db_table, expression, needs_terms="e.terms" in columns)
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    if not conditions.phrases:
        sql = f"SELECT {columns} FROM {source}{condition} ORDER BY {order}"  # noqa: S608 - ours
        return Statement(_joined(sql), [*asked, *values])
    narrow = ", ".join(f"e.{column}" for column in _columns(Entry._meta.db_table) if column != "terms")
    first = f"SELECT {narrow} FROM {source}{condition} ORDER BY {order} LIMIT {MOST_READ}"  # noqa: S608 - ours
    phrases, texts = _phrases(conditions)
    table = Entry._meta.db_table
    there = f"EXISTS (SELECT 1 FROM {table} whole WHERE whole.id = e.id AND {phrases})"  # noqa: S608 - ours
    # They come in their order. Asked for it once more, SQLite would look for phrases in all of them and sort them.
    again = "" if _is_sqlite() else f" ORDER BY {order}"
    sql = f"SELECT {columns} FROM ({_joined(first)}) e WHERE {there}{again}"  # noqa: S608 - ours
    return Statement(sql, [*asked, *values, *texts])


def _phrases(conditions: Conditions) -> tuple[str, Parameters]:
    """That an entry has these phrases, or has them not."""
    position = "instr(whole.terms, %s)" if _is_sqlite() else "position(%s in whole.terms)"
    where = []
    for ways, is_wanted in conditions.phrases:
        there = " OR ".join(f"{position} > 0" for _ in ways)
        where.append(f"({there})" if is_wanted else f"NOT ({there})")
    return " AND ".join(where), [way for ways, _is_wanted in conditions.phrases for way in ways]


def together(statements: Sequence[Statement]) -> list[tuple]:
    """The rows of several lookups, in one question to the database."""
    if not statements:
        return []
    sql = " UNION ALL ".join(f"SELECT * FROM ({statement.sql}) AS part{n}" for n, statement in enumerate(statements))  # noqa: S608 - ours
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for statement in statements for value in statement.values])
        return list(cursor.fetchall())


def keys_found(table: type[Entry | DeskEntry], expression: Expression) -> Statement:
    """The keys of all that is found, for a condition on the table of what they are the keys of."""
    source, asked = _source(table._meta.db_table, expression)
    return Statement(_joined(f"SELECT e.key FROM {source}"), asked)  # noqa: S608 - ours


def beginnings(table: type[Entry | DeskEntry], texts: Iterable[str]) -> dict[str, Expression]:
    """What finds the terms of an index that begin with each of these.

    FTS5 puts all that it finds by a beginning in order before it gives the first. So it is given the terms, where they
    are few enough, each of which it goes through only as far as a page needs.
    """
    found: dict[str, Expression] = {text: Word(text, is_beginning=True) for text in texts}
    if not found or not _is_sqlite():
        return found
    terms = f"{table._meta.db_table}_terms"
    statements = [
        Statement(
            f"SELECT {place}, term FROM {terms} WHERE term >= %s AND term < %s LIMIT {MOST_SPELT + 1}",  # noqa: S608 - ours
            [text, f"{text}\U0010ffff"],
        )
        for place, text in enumerate(found)
    ]
    spelt: dict[int, list[Expression]] = defaultdict(list)
    for place, term in together(statements):
        spelt[place].append(Word(term))
    known = {text: spelt[place] for place, text in enumerate(found) if 0 < len(spelt[place]) <= MOST_SPELT}
    return found | {text: expressions.either(words) for text, words in known.items()}


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _key() -> str:
    """What FTS5 knows to be its own order."""
    return "f.rowid" if _is_sqlite() else "e.id"


def _joined(sql: str) -> str:
    return sql.replace("e.id <", "f.rowid <").replace("e.id >", "f.rowid >") if _is_sqlite() else sql


def _source(table: str, expression: Expression, *, needs_terms: bool = False) -> tuple[str, Parameters]:
    """What an expression finds in an index, as a table `e`."""
    if _is_sqlite():
        # The full-text index leads, in its own order; each of its rows is looked up in the table.
        source = f"{table}_words f CROSS JOIN {table} e ON e.id = f.rowid AND {table}_words MATCH %s"
        return source, [expressions.for_sqlite(expression)]
    columns = [column for column in _columns(table) if needs_terms or column != "terms"]
    inner = f"SELECT {', '.join(columns)} FROM {table} WHERE vector @@ %s::tsquery OFFSET 0"  # noqa: S608 - ours
    return f"({inner}) e", [expressions.for_postgresql(expression)]


def _columns(table: str) -> list[str]:
    model = Entry if table == Entry._meta.db_table else DeskEntry
    return [str(column.column) for column in model._meta.concrete_fields]


def _where(conditions: Conditions) -> tuple[list[str], Parameters]:
    where: list[str] = []
    values: Parameters = []
    if conditions.at is not None:
        where.append("(e.live_until IS NULL OR e.live_until > %s)")
        values.append(connection.ops.adapt_datetimefield_value(conditions.at))
    if conditions.last_place is not None:
        where.append("e.place <= %s")
        values.append(conditions.last_place)
    if conditions.kinds:
        where.append(f"e.kind IN ({', '.join(['%s'] * len(conditions.kinds))})")
        values += conditions.kinds
    if conditions.is_published:
        where.append("e.publication IS NOT NULL")
    if conditions.rows is not None:
        sql, given = _correlated(conditions.rows, conditions.column)
        where.append(f"EXISTS ({sql})")
        values += given
    return where, values


def _correlated(rows: QuerySet, column: str) -> tuple[str, Parameters]:
    """The rows that an entry is of, as SQL."""
    quote = connection.ops.quote_name
    table = quote(rows.model._meta.db_table)
    key = quote(rows.model._meta.pk.column)
    own = rows.order_by().extra(where=[f"{table}.{key} = e.{column}"]).values("pk")  # noqa: S610 - names of our own
    sql, given = own.query.get_compiler(connection=connection).as_sql()
    return sql, list(given)
