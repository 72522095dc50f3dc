"""The rows of every table as lines of JSON, alike on SQLite and PostgreSQL."""

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

BATCH = 500
# A backup of a session would let back in whoever has logged out since.
LEFT_OUT: set[type[models.Model]] = {Session}


def tables() -> list[type[models.Model]]:
    """The models of all tables that a backup holds."""
    installed = apps.get_models(include_auto_created=True)
    return [model for model in installed if model._meta.managed and not model._meta.proxy and model not in LEFT_OUT]


def columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@contextmanager
def snapshot() -> Iterator[None]:
    """Meanwhile everything that is read is of one moment, whatever others write; and nobody waits for it."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # from here on nothing changes
                yield
            finally:
                cursor.execute("ROLLBACK")
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


# Out


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table, a JSON list each, in the order of their keys; few of them in memory at a time."""
    key = model._meta.pk
    names = [field.attname for field in columns(model)]
    place = names.index(key.attname)
    rows = model._base_manager.order_by(key.attname).values_list(*names)
    batch = list(rows[:BATCH])
    while batch:
        yield from (orjson.dumps(row, _text, option=orjson.OPT_APPEND_NEWLINE) for row in batch)
        batch = list(rows.filter(**{f"{key.attname}__gt": batch[-1][place]})[:BATCH])


def _text(value: Any) -> str:
    """What JSON has no form for."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return str(value)


def sequences() -> dict[str, int]:
    """The last key that each table gave, which may be gone: no other row is to get it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return dict(cursor.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        numbers = {}
        for table, column in _counted():
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
            if name := cursor.fetchone()[0]:
                cursor.execute(f"SELECT last_value FROM {name} WHERE is_called")  # noqa: S608 - quoted by the server
                if row := cursor.fetchone():
                    numbers[table] = row[0]
        return numbers


def _counted() -> Iterator[tuple[str, str]]:
    """The tables whose keys the database gives, and the columns of these."""
    for model in tables():
        key = model._meta.pk
        if isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField) and key.column:
            yield model._meta.db_table, key.column


# In


def clear() -> None:
    """Empty every table, those that are left out as well."""
    quote = connection.ops.quote_name
    names = [quote(model._meta.db_table) for model in [*tables(), *LEFT_OUT]]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in names:
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - names of our own tables
        else:
            connection.check_constraints()  # of what was written in this transaction before
            cursor.execute(f"TRUNCATE {', '.join(names)}")


def fill(model: type[models.Model], written: Iterable[bytes]) -> int:
    """Write rows into a table as they were. Returns how many."""
    fields = columns(model)
    readers = [_reader(field) for field in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - our own names
    number = 0
    with connection.cursor() as cursor:
        for batch in _batches(written):
            cursor.executemany(
                statement,
                [[read(value) for read, value in zip(readers, row, strict=True)] for row in map(orjson.loads, batch)],
            )
            number += len(batch)
    return number


def _batches(written: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in written:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _reader(field: Any) -> Callable[[Any], Any]:
    """What makes of a value in a line what this database's driver takes."""
    typed = field
    while typed.is_relation:
        typed = typed.target_field
    if isinstance(typed, models.JSONField):
        return lambda value: _json(field, value)
    if hasattr(typed, "from_db_value"):  # JSON in a text
        return lambda value: typed.get_db_prep_save(value, connection)
    if isinstance(typed, models.BinaryField):
        return lambda value: None if value is None else typed.get_db_prep_save(base64.b64decode(value), connection)
    plain = models.CharField | models.TextField | models.FileField | models.IntegerField | models.FloatField
    if isinstance(typed, plain | models.BooleanField):
        return lambda value: value  # as it was: cleaning is for what editors write
    return lambda value: None if value is None else typed.get_db_prep_save(typed.to_python(value), connection)


def _json(field: models.JSONField, value: Any) -> Any:
    if value is None and field.null:
        return None
    return connection.ops.adapt_json_value(value, field.encoder)


def restore_sequences(last: dict[str, int]) -> None:
    """Let each table go on behind the last key that it gave."""
    with connection.cursor() as cursor:
        for table, column in _counted():
            quoted = connection.ops.quote_name(table)
            quoted_column = connection.ops.quote_name(column)
            cursor.execute(f"SELECT MAX({quoted_column}) FROM {quoted}")  # noqa: S608 - names of our own tables
            number = max(last.get(table, 0), cursor.fetchone()[0] or 0)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                if number:
                    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
            else:
                statement = "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)"
                cursor.execute(statement, [quoted, column, number or 1, bool(number)])


def first_filled(made_by_migrations: set[str]) -> str:
    """The name of a table that somebody has written to; empty where nobody has."""
    for model in tables():
        if model._meta.label not in made_by_migrations and model._base_manager.exists():
            return model._meta.label
    return ""
