"""Asking an index: FTS5 on SQLite, a tsvector on PostgreSQL; the same rows in the same order.

Both are handed words that are stemmed and marked already. FTS5 goes through an index backwards and stops where a page
is full. PostgreSQL finds all, in a narrow table, and puts what it found in order; it is kept from walking through the
order instead, which it would do in the hope of finding something soon, and read the whole archive where it is mistaken.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from cms.search import expressions
from cms.search.expressions import Expression, LookedUp, Word
from cms.search.models import DeskEntry, Entry

Parameters = list[Any]

MOST_SPELT = 100  # terms that begin alike, of which each is looked up
# Each term is sought behind the one before it, and of what has it nothing is read: told by rows, FTS5 counts all that.
# No term has the first of all characters in it.
SPELT = """
    WITH RECURSIVE each(term) AS (
        SELECT (SELECT term FROM {0} WHERE term >= %s AND term <= %s LIMIT 1)
        UNION ALL
        SELECT (SELECT term FROM {0} WHERE term >= each.term || char(1) AND term <= %s LIMIT 1)
        FROM each WHERE each.term IS NOT NULL
    )
    SELECT term FROM each WHERE term IS NOT NULL LIMIT {1}
"""
MOST_READ = 2000  # entries that have all words of a phrase, and are read for it; the first in the order


@dataclass
class Statement:
    """SQL with its values."""

    sql: str
    values: Parameters = field(default_factory=list)


class Part(NamedTuple):
    """Rows that a statement looks up before all else, under a name by which the rest of it has them."""

    name: str
    columns: str
    statement: Statement


class Phrase(NamedTuple):
    """Texts, one of which is to stand in the terms of what is found, or none."""

    ways: tuple[str, ...]
    is_wanted: bool = True
    also: str = ""  # a part, any of whose terms does as well


@dataclass(frozen=True)
class Conditions:
    """What else must hold of what is found, beside its words."""

    at: datetime | None = None  # readers must see it then
    last_place: int | None = None
    kinds: tuple[str, ...] = ()  # of one of these
    is_published: bool = False  # a publication, and nothing that many share
    phrases: tuple[Phrase, ...] = ()
    rows: QuerySet | None = None  # among these, each of which tells by `column` which entry it is of
    column: str = ""


@dataclass(frozen=True)
class Stretch:
    """A part of an order: so many, below or above a key. What is no number is what SQL tells of parts."""

    limit: int | Statement
    below: int | Statement | None = None
    above: int | Statement | None = None
    is_ascending: bool = False
    offset: int = 0


def select(columns: str, expression: Expression, conditions: Conditions, stretch: Stretch) -> Statement:
    """The entries of one lookup that stand in a stretch, newest first unless turned round."""
    where, values = _where(conditions)
    for compare, key in (("<", stretch.below), (">", stretch.above)):
        if key is not None:
            bound = _told(key)
            where, values = [*where, f"e.id {compare} {bound.sql}"], [*values, *bound.values]
    order = f"{_key()} {'ASC' if stretch.is_ascending else 'DESC'}"
    statement = _found(columns, expression, conditions, order, (where, values))
    limit = _told(stretch.limit)
    statement.sql += f" LIMIT {limit.sql} OFFSET %s"
    statement.values += [*limit.values, stretch.offset]
    return statement


def _told(number: int | Statement) -> Statement:
    return number if isinstance(number, Statement) else Statement("%s", [number])


def all_found(columns: str, expression: Expression, conditions: Conditions) -> Statement:
    """All entries of one lookup, in no order."""
    statement = _found(columns, expression, conditions, f"{_key()} DESC", _where(conditions))
    if not conditions.phrases:
        statement.sql = statement.sql.rpartition(" ORDER BY ")[0]
    return statement


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
    again = "" if is_sqlite() else f" ORDER BY {order}"
    sql = f"SELECT {columns} FROM ({_joined(first)}) e WHERE {there}{again}"  # noqa: S608 - ours
    return Statement(sql, [*asked, *values, *texts])


def _phrases(conditions: Conditions) -> tuple[str, Parameters]:
    """That an entry has these phrases, or has them not."""
    position = "instr(whole.terms, {})" if is_sqlite() else "position({} in whole.terms)"
    where = []
    for phrase in conditions.phrases:
        there = [f"{position.format('%s')} > 0" for _ in phrase.ways]
        if phrase.also:
            inside = position.format("' ' || term || ' '")
            there.append(f"EXISTS (SELECT 1 FROM {phrase.also} WHERE {inside} > 0)")  # noqa: S608 - ours
        where.append(f"{'' if phrase.is_wanted else 'NOT '}({' OR '.join(there)})")
    return " AND ".join(where), [way for phrase in conditions.phrases for way in phrase.ways]


def rows_of(statement: Statement, parts: Sequence[Part] = ()) -> list[tuple]:
    whole = beginning_with(parts, statement)
    with connection.cursor() as cursor:
        cursor.execute(whole.sql, whole.values)
        return list(cursor.fetchall())


def all_of(statements: Sequence[Statement]) -> Statement:
    """The rows of several lookups, one lookup after the other."""
    sql = " UNION ALL ".join(f"SELECT * FROM ({statement.sql}) AS part{n}" for n, statement in enumerate(statements))  # noqa: S608 - ours
    return Statement(sql, [value for statement in statements for value in statement.values])


def beginning_with(parts: Sequence[Part], statement: Statement) -> Statement:
    """A statement that looks up these parts before all else."""
    if not parts:
        return statement
    first = ", ".join(f"{part.name}({part.columns}) AS MATERIALIZED ({part.statement.sql})" for part in parts)
    values = [value for part in parts for value in part.statement.values]
    return Statement(f"WITH {first} {statement.sql}", [*values, *statement.values])


def keys_found(table: type[Entry | DeskEntry], expression: Expression, parts: Sequence[Part] = ()) -> Statement:
    """The keys of all that is found, for a condition on the table of what they are the keys of."""
    source, asked = _source(table._meta.db_table, expression)
    return beginning_with(parts, Statement(_joined(f"SELECT e.key FROM {source}"), asked))  # noqa: S608 - ours


def beginning(table: type[Entry | DeskEntry], text: str, parts: list[Part]) -> Expression:
    """What finds the terms of an index that begin so. What it takes to know them goes to the parts.

    FTS5 puts all that it finds by a beginning in order before it gives the first. So it is given the terms, where they
    are few enough, each of which it goes through only as far as a page needs.
    """
    word = Word(text, is_beginning=True)
    if not is_sqlite():
        return word
    sql, last = SPELT.format(f"{table._meta.db_table}_terms", MOST_SPELT + 1), f"{text}\U0010ffff"
    part = Part(f"spelt{len(parts)}", "term", Statement(sql, [text, last, last]))
    parts.append(part)
    return LookedUp(part.name, word)


def mark_of_key(sign: str) -> str:
    """The mark of what an entry is of, as a column."""
    plain = "e.key" if is_sqlite() else "replace(e.key::text, '-', '')"
    return f"'{sign}' || substr({plain}, 1, 16)"


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _key() -> str:
    """What FTS5 knows to be its own order."""
    return "f.rowid" if is_sqlite() else "e.id"


def _joined(sql: str) -> str:
    return sql.replace("e.id <", "f.rowid <").replace("e.id >", "f.rowid >") if is_sqlite() else sql


def _source(table: str, expression: Expression, *, needs_terms: bool = False) -> tuple[str, Parameters]:
    """What an expression finds in an index, as a table `e`."""
    asked = _asked(expression)
    if is_sqlite():
        # The full-text index leads, in its own order; each of its rows is looked up in the table.
        source = f"{table}_words f CROSS JOIN {table} e ON e.id = f.rowid AND {table}_words MATCH ({asked.sql})"
        return source, asked.values
    columns = [column for column in _columns(table) if needs_terms or column != "terms"]
    inner = f"SELECT {', '.join(columns)} FROM {table} WHERE vector @@ ({asked.sql})::tsquery OFFSET 0"  # noqa: S608 - ours
    return f"({inner}) e", asked.values


def _asked(expression: Expression) -> Statement:
    """An expression as a text: where something is looked up for it, put together by the database."""
    spelling = expressions.FTS5 if is_sqlite() else expressions.TSQUERY
    sql, values = [], []
    for piece in expressions.written(expression, spelling):
        if isinstance(piece, LookedUp):
            sql.append(_spelt_out(piece, spelling))
            values.append(spelling.of_word(piece.otherwise))
        else:
            sql.append("%s")
            values.append(piece)
    return Statement(" || ".join(sql), values)


def _spelt_out(looked_up: LookedUp, spelling: expressions.Spelling) -> str:
    """The terms of a part, any of which is to be found, where they are not too many. (No term has a quote in it.)"""
    listed = "group_concat" if is_sqlite() else "string_agg"
    quote = spelling.word[0].replace("'", "''")
    terms = f"{listed}('{quote}' || term || '{quote}', '{spelling.any}')"
    counted = f"CASE WHEN COUNT(*) BETWEEN 1 AND {MOST_SPELT} THEN {terms} ELSE %s END"
    return f"(SELECT {counted} FROM {looked_up.part})"  # noqa: S608 - ours


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
