"""Rows and files that are dear to make: made by the first test of a round that asks, and copied for all others."""

import os
import pickle
import shutil

from django.apps import apps
from django.db import connection, models, transaction

from tests import factories
from tests.databases import alone

ROOM = 1_000_000  # numbers that each world has, for what it makes


class Worlds:
    """Those of a round. `folder` is the same for all its processes."""

    def __init__(self, folder):
        self.folder = folder
        self.known = {}

    def put_back(self, make, uploads):
        """What `make` answers, with the rows and files that it makes."""
        name = f"{make.__module__}.{make.__qualname__}"
        if "<" in name:  # others have the same one, or it makes what a test gave it
            raise ValueError(f"{name} names no world: have a function of a module make it.")
        world = self.folder / name
        is_new = name not in self.known
        if is_new:
            number = self._number(world)
            with alone(world / "lock"):
                if not (world / "rows").exists():
                    return self._make(make, world, number, uploads)
            self.known[name] = pickle.loads((world / "rows").read_bytes())
        rows, filled_before, result = self.known[name]
        with transaction.atomic():  # rows may point at others that come after them
            for table, content in rows.items():
                write_rows(table, content, replace=table in filled_before)
        if is_new:
            keep_keys_from_being_given(rows)
        shutil.copytree(world / "files", uploads, dirs_exist_ok=True)
        return pickle.loads(result)

    def _number(self, world):
        """Which world of the round it is. It is given its folder."""
        self.folder.mkdir(exist_ok=True)
        with alone(self.folder / "lock"):
            world.mkdir(exist_ok=True)
            mark = world / "number"
            if not mark.exists():
                mark.write_text(str(sum(each.is_dir() for each in self.folder.iterdir())))
            return int(mark.read_text())

    def _make(self, make, world, number, uploads):
        before = all_rows()
        with factories.numbered_from(ROOM * number):
            result = make()
        rows = dict(changed(before, all_rows()))
        (world / "files").mkdir(exist_ok=True)
        if uploads.exists():
            shutil.copytree(uploads, world / "files", dirs_exist_ok=True)
        made = rows, before.keys() & rows.keys(), pickle.dumps(result)
        (world / "rows.new").write_bytes(pickle.dumps(made))
        os.replace(world / "rows.new", world / "rows")  # whole, or not there
        self.known[world.name] = made
        return result


def all_rows():
    """The rows of each table that has some, in the database's own form: on PostgreSQL as text."""
    tables = all_tables()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table})' for table in tables)}")
        filled = [table for table, is_filled in zip(tables, cursor.fetchone(), strict=True) if is_filled]
        if connection.vendor == "sqlite":
            return {table: cursor.execute(f"SELECT * FROM {table}").fetchall() for table in filled}
        return {table: copied(cursor, table) for table in filled}


def all_models():
    return apps.get_models(include_auto_created=True)


def table_of(model):
    return connection.ops.quote_name(model._meta.db_table)


def all_tables():
    return [table_of(model) for model in all_models()]


def copied(cursor, table):
    with cursor.copy(f"COPY {table} TO STDOUT") as copying:
        return b"".join(copying)


def changed(before, after):
    """The tables that are not as they were, each with its rows afterwards."""
    return [(table, after.get(table)) for table in all_tables() if before.get(table) != after.get(table)]


def write_rows(table, rows, *, replace):
    with connection.cursor() as cursor:
        if replace:
            cursor.execute(f"DELETE FROM {table}")
        if not rows:
            return
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
        else:
            with cursor.copy(f"COPY {table} FROM STDIN") as copying:
                copying.write(rows)


def keep_keys_from_being_given(rows):
    """Have the sequences of PostgreSQL go on behind the keys that another process's rows have."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in all_models():
            key, table = model._meta.pk, table_of(model)
            if table in rows and isinstance(key, models.AutoField | models.BigAutoField):
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key.column])
                (sequence,) = cursor.fetchone()
                highest = f"(SELECT max({key.column}) FROM {table}), (SELECT last_value FROM {sequence})"
                cursor.execute(f"SELECT setval(%s, GREATEST({highest}, 1))", [sequence])
