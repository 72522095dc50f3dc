import copy
import os
import shutil
import threading
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.auth.models import User
from django.core.signals import request_finished, request_started
from django.db import connection, connections, transaction
from django.test import Client, TransactionTestCase

from media.darkroom import LOOKING

# Tests of the server load what serves; its background work would go on in the midst of all others.
site.BACKGROUND_WORK = "worker"
# What drives a browser or another process depends on more than our code: it may fail once, and the summary says so.
HERE = Path(__file__).parent
WITH_OTHER_PROGRAMS = [HERE / "browser", HERE / "deploy", HERE / "serving", HERE / "publishing" / "test_processes.py"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file, as in a real newsroom: in memory all threads would share one connection.

    Nobody cuts the power in a test, so neither database waits for the disk.
    """
    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "galley.sqlite3")
        hasty = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        database["OPTIONS"]["init_command"] = hasty
    else:
        database["OPTIONS"]["options"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After a test that commits the tables hold what the migrations left in them, so that any test may come next.

    Django would empty all of them and have the apps make their rows anew, which takes longer than most tests. It is
    done once nobody else is busy: a page that was just closed may have asked for something still.
    """
    with django_db_blocker.unblock():
        migrated = {table: rows for table, rows in all_rows() if rows}

    def put_back(_test):
        until = time.monotonic() + 10
        while time.monotonic() < until and others_at_work():
            time.sleep(0.02)
        with transaction.atomic():
            for table, rows in all_rows():
                if rows != migrated.get(table, rows[:0]):
                    write_rows(table, migrated.get(table), replace=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


def others_at_work():
    if connection.vendor != "postgresql":
        return False
    others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {others} AND state <> 'idle')")
        return cursor.fetchone()[0]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What asks for no database is marked `apart`: the round on the second database leaves it out."""
    asking = {"db", "transactional_db", "live_server"}
    for item in items:
        if any(item.path.is_relative_to(place) for place in WITH_OTHER_PROGRAMS):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if not item.get_closest_marker("django_db") and asking.isdisjoint(item.fixturenames):
            item.add_marker("apart")


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    """Every test writes its files into a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return settings.MEDIA_ROOT


@pytest.fixture(scope="session", autouse=True)
def quick_hashing():
    """Passwords are hashed in no time, and not in half a second each: how well Django does it is not ours to test."""
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def patience():
    """A picture may take longer by the clock on a busy machine. What it may take of a processor stays."""
    LOOKING["seconds"] *= 20


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """What `once` made: its result, its rows, and the folder that its files are in."""
    return {}


@pytest.fixture
def once(db, uploads, made, tmp_path_factory):
    """`once(make)` makes rows and files for the first test that asks, and puts copies of them back for all others.

    For what is dear to make. It must be alone with the database: what others made before it is not noted, and rows
    that took its keys are an error. Each test gets copies of its own, so none sees what another one did to them.
    """

    def put_back(make):
        if make not in made:
            before = {table: rows for table, rows in all_rows() if rows}
            result = make()
            rows = {table: rows for table, rows in all_rows() if rows != before.get(table, rows[:0])}
            folder = tmp_path_factory.mktemp("made")
            if uploads.exists():
                shutil.copytree(uploads, folder, dirs_exist_ok=True)
            made[make] = (copy.deepcopy(result), rows, before.keys() & rows.keys(), folder)
            return result
        result, rows, filled_before, folder = made[make]
        for table, content in rows.items():
            write_rows(table, content, replace=table in filled_before)
        shutil.copytree(folder, uploads, dirs_exist_ok=True)
        return copy.deepcopy(result)

    return put_back


def all_rows():
    """The rows of each table, in the database's own form: on PostgreSQL as text."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            if connection.vendor == "sqlite":
                yield table, cursor.execute(f"SELECT * FROM {table}").fetchall()
            else:
                with cursor.copy(f"COPY {table} TO STDOUT") as copying:
                    rows = b"".join(copying)
                yield table, rows


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


@pytest.fixture
def api():
    """`api("feed/?page_size=2")` answers a response's JSON; `.get()` the response itself."""
    return Api()


class Api:
    def __init__(self):
        self.client = Client()

    def get(self, path, **headers):
        path = path if path.startswith(("http://", "https://", "/")) else f"/api/v1/{path}"
        return self.client.get(path, headers=headers)

    def __call__(self, path, **headers):
        response = self.get(path, **headers)
        assert response.status_code == 200, (path, response.status_code, response.content[:500])
        return response.json()

    def slugs(self, path):
        return [row["slug"] for row in self(path)["results"]]

    def walk(self, path):
        """Every row of a list, page after page."""
        rows = []
        while path:
            page = self(path)
            rows += page["results"]
            path = page["next"]
        return rows


@pytest.fixture
def within(transactional_db, settings):
    """The server's application, called in this process."""
    settings.BACKGROUND_WORK = "worker"
    from cms.server import Application
    from tests.serving import Within

    application = Within(Application())
    yield application
    application.close()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests; only tests that ask for it need it installed."""
    from tests.browser import CHROMIUM, sync_api

    # Playwright runs an event loop in this thread, which Django takes for a sign of asynchronous code.
    former = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(slow_mo=60, executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
    if former is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def at_rest():
    """`at_rest()` returns when the server has answered all that it was asked."""
    busy = set()

    def begin(**_):
        busy.add(threading.get_ident())

    def end(**_):
        busy.discard(threading.get_ident())

    def is_busy():
        alive = {thread.ident for thread in threading.enumerate()}
        return busy & alive - {threading.main_thread().ident}

    def wait():
        until = time.monotonic() + 10
        while is_busy() and time.monotonic() < until:
            time.sleep(0.01)

    request_started.connect(begin)
    request_finished.connect(end)
    yield wait
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def open_desk(chromium, at_rest, live_server, client):
    """`open_desk("ann")` is a page of somebody who is logged in. A script's error fails the test."""
    contexts, errors = [], []

    def open_for(name="editor", width=1440, height=900):
        user, _new = User.objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
        client.force_login(user)
        # A browser of its own: what another test left in one (a page amid loading, a lock on its cache) was met here.
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=live_server.url)
        context.set_default_timeout(90_000)  # milliseconds: a busy machine is no fault of the desk
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        client.cookies.clear()
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        contexts.append(context)
        return page

    yield open_for
    for context in contexts:
        context.close()
    at_rest()
    assert errors == []
