"""Many rows at once, where Django's bulk_update would cost more than all the rest (a CASE for every value)."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], names: Iterable[str], rows: Iterable[tuple]) -> None:
    """Write new rows, given as the values of these fields, without making a model instance of each."""
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    values = [list(row) for row in rows]
    if not values:
        return
    for place, field in enumerate(fields):  # a column at a time: most of its values stand in many rows
        prepared = {value: field.get_db_prep_save(value, connection) for value in {row[place] for row in values}}
        for row in values:
            row[place] = prepared[row[place]]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        # As below: the statement holds names of our own only.
        statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - see above
        cursor.executemany(statement, values)


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
