"""A database as the migrations leave it: made once a round, and copied for every process that tests or is tested."""

import fcntl
import hashlib
import platform
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError, connection


class Migrated:
    """Made by whoever asks first. All processes of a round have the same `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        is_file = connection.vendor == "sqlite"
        self.name = str(self.folder / "migrated.sqlite3") if is_file else self.of_the_round("migrated")
        self.mark = self.folder / "is_migrated"

    def of_the_round(self, which):
        """A name that no other round on the server gives: PostgreSQL takes 63 letters of it."""
        place = hashlib.sha256(f"{platform.node()} {self.folder}".encode()).hexdigest()[:8]
        return f"test_{settings.DATABASES['default']['NAME'][:36]}_{place}_{which}"

    def copy(self, name):
        """Make a database of this name that is like it, in place of one that had the name."""
        with alone(self.folder / "migrating"):  # while a database is copied, nobody may be connected to it
            if not self.mark.exists():
                self._make()
            if connection.vendor == "sqlite":
                shutil.copy(self.name, name)
                return
            drop(name)
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"')

    def _make(self):
        former, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
        own = test["NAME"]
        test["NAME"] = self.name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        test["NAME"] = own
        use(former)
        self.mark.write_text(self.name)


@contextmanager
def alone(path):
    """One process at a time."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def url(name):
    """How another process names a database of this name."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    ours = connection.settings_dict
    return f"postgres://{ours['USER']}:{ours['PASSWORD']}@{ours['HOST']}:{ours['PORT'] or 5432}/{name}"


def use(name):
    """Have this process ask the database of this name from now on."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(name)


def drop(name):
    """Have no database of this name on the server, whoever is connected to it.

    Who cleans its tables for the server may be ended by nobody else, and is gone in a moment.
    """
    for tries_left in reversed(range(50)):
        try:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        except ProgrammingError:
            if not tries_left:
                raise
            time.sleep(0.1)


def drop_migrated(folder):
    """Leave nothing of a round behind on a server; what is a file goes with its folder."""
    mark = folder / "is_migrated"
    if mark.exists() and connection.vendor == "postgresql":
        drop(mark.read_text())
