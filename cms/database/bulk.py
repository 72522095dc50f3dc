"""Many rows at once, where Django's bulk_update would cost more than all the rest (a CASE for every value)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

ROOM = 128 * 1024  # kB, for the time of one statement


def insert_rows(model: type[models.Model], names: Iterable[str], rows: Iterable[tuple], renewing: str = "") -> None:
    """Write new rows, given as the values of these fields, without making a model instance of each.

    With `renewing` a row that is there already, by the field of that name, is written over but for its created_at.
    """
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    values = [list(row) for row in rows]
    if not values:
        return
    for place, field in enumerate(fields):
        for row, prepared in zip(values, _prepared(field, [row[place] for row in values]), strict=True):
            row[place] = prepared
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # As below: the statement holds names of our own only.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - see above
    if renewing:
        written = [quote(field.column) for field in fields if field.name not in {renewing, "created_at"}]
        renewed = ", ".join(f"{column} = EXCLUDED.{column}" for column in written)
        statement += f" ON CONFLICT ({quote(renewing)}) DO UPDATE SET {renewed}"
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


@contextmanager
def changing_many() -> Iterator[None]:
    """Let SQLite hold in memory what a statement changes in very many rows.

    With the little room that a thread has it writes the same pages of the indexes out and reads them in, over and over.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = {-ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {usual}")


def add_rows(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model. Keys that the database makes are not told."""
    if rows:
        fields = [field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.AutoField)]
        values = [tuple(field.pre_save(row, add=True) for field in fields) for row in rows]
        insert_rows(type(rows[0]), [field.name for field in fields], values)


def delete_rows(model: type[models.Model], names: Sequence[str], values: Iterable[tuple]) -> None:
    """Delete the rows that have these values in these fields, which nothing else points at."""
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    where = " AND ".join(f"{quote(field.column)} = %s" for field in fields)
    given = [
        [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)] for row in values
    ]
    if given:
        with connection.cursor() as cursor:
            # As below: the statement holds names of our own only.
            cursor.executemany(f"DELETE FROM {quote(model._meta.db_table)} WHERE {where}", given)  # noqa: S608 - above


def save_rows(rows: Iterable[models.Model]) -> None:
    """Save whole rows of one model that know their keys, new ones and others."""
    rows = list(rows)
    if not rows:
        return
    model = type(rows[0])
    fields: list[Any] = list(model._meta.concrete_fields)
    names = [field.name for field in fields]
    values = [tuple(field.pre_save(row, add=True) for field in fields) for row in rows]
    insert_rows(model, names, values, renewing=model._meta.pk.name)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _prepared(field: Any, values: list[Any]) -> list[Any]:
    """What the database is given for the values of a column, most of which stand in many rows."""
    try:
        known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    except TypeError:  # lists and dictionaries
        return [field.get_db_prep_save(value, connection) for value in values]
    return [known[value] for value in values]


def update_rows(rows: Iterable[models.Model], names: Iterable[str]) -> None:
    """Write these fields of these rows, one UPDATE a row, sent together."""
    rows = list(rows)
    if not rows:
        return
    meta = rows[0]._meta
    quote = connection.ops.quote_name
    fields: list[Any] = [meta.get_field(name) for name in names]
    key: Any = meta.pk
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in [*fields, key]] for row in rows
    ]
    with connection.cursor() as cursor:
        # Only names of our own tables and columns stand in the statement; every value is a parameter.
        statement = f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(key.column)} = %s"  # noqa: S608 - see above
        cursor.executemany(statement, values)
