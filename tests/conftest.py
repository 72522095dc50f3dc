import contextlib
import copy
import gc
import hashlib
import importlib
import itertools
import os
import re
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import time_machine
from django.conf import settings as site
from django.db import connection, connections, transaction
from django.template import RequestContext, Template
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

from media.darkroom import LOOKING, Darkroom
from tests import databases, factories
from tests.worlds import Worlds, all_rows, changed, write_rows

# Tests of the server load what serves; its background work would go on in the midst of all others.
site.BACKGROUND_WORK = "worker"
site.STORAGES = {
    **site.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The same examples each time: what is found by chance stops whoever lands something else. HYPOTHESIS_PROFILE=default
# seeks new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
# Whoever asks for one of these drives a browser, has processes of Galley's running on a database, or asks a program.
WITH_OTHER_PROGRAMS = {"chromium", "mother", "another_database", "exiftool"}
HERE = Path(__file__).parent
_tests = itertools.count(1)
# Where such tests stand: all over these folders, and elsewhere in files that say so.
PLACES_OF_PROGRAMS = {HERE / "browser", HERE / "serving"}
WORDS_OF_PROGRAMS = re.compile("|".join(["programs", *WITH_OTHER_PROGRAMS]))
# The paper's pages are made of the API's answers, other forms of readers' JSON, what assistants send is read before any
# row is, programs of others read the description, what is said of a text is said of the text. How an answer travels
# does not depend on what it shows, nor what a code opens on where it is kept; the page of a video is a story's
# with other fields; and pages that lead nowhere lead there from any database. Whatever rows come from is shown to be
# alike by the API's tests.
SAYS_NOTHING_OF_ROWS = {
    *(HERE / "access" / f"test_{name}.py" for name in ("pages", "two_factor")),
    *(HERE / "api" / f"test_{name}.py" for name in ("formats", "http", "openapi_tools", "schema")),
    HERE / "desk" / "test_pages_videos.py",
    *(HERE / "front" / f"test_{name}.py" for name in ("arranged", "pages", "weight")),
    *(HERE / "mcp" / f"test_{name}.py" for name in ("door", "protocol")),
    *(HERE / "newsroom" / f"test_{name}.py" for name in ("cases", "checks")),
    HERE / "newsroom" / "body" / "test_conversion.py",
    *(
        HERE / "newsroom" / "formats" / f"test_{name}.py"
        for name in ("incoming", "jsonld", "mail", "markdown", "ninjs")
    ),
}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Nobody cuts the power in a test, so neither database waits for the disk; and none compiles what is asked once."""
    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        hasty = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
        database["OPTIONS"]["init_command"] = hasty
    else:
        database["OPTIONS"]["options"] = "-c synchronous_commit=off -c jit=off"


@pytest.fixture(scope="session")
def round_s_folder(tmp_path_factory):
    """A folder that all processes of a round have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def migrated(django_test_environment, django_db_modify_db_settings, round_s_folder):
    """A database as the migrations leave it; `migrated.copy(name)` makes another one like it."""
    return databases.Migrated(round_s_folder)


@pytest.fixture(scope="session")
def django_db_setup(migrated, django_db_blocker, tmp_path_factory):
    """A database of this process's own; SQLite in a file, as in a real newsroom: in memory all threads would share it.

    After a test that commits the tables hold what the migrations left in them, so that any test may come next.
    Django would empty all of them and have the apps make their rows anew, which takes longer than most tests. It is
    done once nobody else is busy: a page that was just closed may have asked for something still.
    """
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            own = tmp_path_factory.mktemp("database") / "galley.sqlite3"
        else:
            own = migrated.of_the_round(os.environ.get("PYTEST_XDIST_WORKER", "own"))
        migrated.copy(own)
        databases.use(own)
        rows_of_migrations = all_rows()

    def put_back(_test):
        wait_while(others, "AND state <> 'idle'")
        with transaction.atomic():
            for table, rows in changed(all_rows(), rows_of_migrations):
                write_rows(table, rows, replace=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield
    with django_db_blocker.unblock():
        wait_while(others)  # a browser that closes holds a thread of the server for a moment
        connection.close()
        if connection.vendor == "sqlite":
            own.unlink()
        else:
            databases.drop(own)


def pytest_sessionfinish(session):
    """Once all processes of a round are through, what they copied goes: its mark is with whoever began the round."""
    with session.config.stash[blocking_manager_key].unblock():
        databases.drop_migrated(session.config._tmp_path_factory.getbasetemp())


@pytest.fixture
def another_database(migrated, django_db_blocker, tmp_path):
    """The address of a database with nothing but what migrations make, for processes of their own."""
    is_file = connection.vendor == "sqlite"
    name = tmp_path / "another.sqlite3" if is_file else f"galley_another_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        migrated.copy(name)
    yield databases.url(name)
    if not is_file:
        with django_db_blocker.unblock():
            databases.drop(name)


def wait_while(ask, *arguments, seconds=30):
    ends = time.monotonic() + seconds
    while ask(*arguments) and time.monotonic() < ends:
        time.sleep(0.02)


def others(which=""):
    """Whether others are connected to the tests' database. Nobody asks SQLite."""
    if connection.vendor != "postgresql":
        return False
    others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {others} {which})")
        return cursor.fetchone()[0]


def pytest_collection(session):
    """Each process of a round begins to read the tests at another place, and finds what others have compiled.

    Compiling them with their assertions taken apart is most of reading them for the first time. What cannot be read
    is told when pytest reads all of it in its order.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    number, processes = int(os.environ["PYTEST_XDIST_WORKER"][2:]), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    files = sorted(file for place in session.config.args for file in Path(place).rglob("test_*.py"))
    start = len(files) * number // processes
    for file in [*files[start:], *files[:start]]:
        if pytest_ignore_collect(file, session.config):
            continue
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(file.resolve().relative_to(HERE.parent).with_suffix("").parts))


def pytest_ignore_collect(collection_path, config):
    """In the rounds of other programs no file is read that asks none: to read all takes longer than many a test."""
    if config.option.markexpr.startswith("programs") and collection_path.name.startswith("test_"):
        return None if may_ask_programs(collection_path) else True
    return None


def may_ask_programs(path):
    return not PLACES_OF_PROGRAMS.isdisjoint(path.parents) or bool(WORDS_OF_PROGRAMS.search(path.read_text()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what the rounds of tests/suite.py are told by.

    `programs` is what drives a browser or starts other processes: it waits for them, and has rounds of its own. It
    depends on more than our code, as what has a server's clocks and threads does: such a test may fail once, and says
    so. `apart` is what asks for no database, or for one of which it says nothing, as a page in a browser does: it is
    not run on the second one.
    """
    asking = {"db", "transactional_db", "live_server"}
    for item in items:
        if not WITH_OTHER_PROGRAMS.isdisjoint(item.fixturenames):
            item.add_marker("programs")
        is_late = item.get_closest_marker("programs") or HERE / "serving" in item.path.parents
        if item.get_closest_marker("programs") and not may_ask_programs(item.path):
            raise pytest.UsageError(f"{item.path} asks other programs and does not say so: see may_ask_programs.")
        if not item.get_closest_marker("django_db") and asking.isdisjoint(item.fixturenames):
            item.add_marker("apart")
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
        if item.path in SAYS_NOTHING_OF_ROWS or item.get_closest_marker("browser"):
            item.add_marker("apart")
        if is_late and not item.get_closest_marker("flaky"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter):
    """What failed once and passed when it was done again stops nothing, and is told with all that is known of it."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"Failed, and was done again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(autouse=True)
def settings_of_its_own():
    """What an earlier test's newsroom was called is not remembered, nor what its settings made of its release."""
    from cms.content import masthead
    from cms.publishing import rendering

    masthead.forget()
    rendering.fingerprint.cache_clear()
    rendering.shown_as_it_is.cache_clear()


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path_factory):
    """Every test writes its files into a folder of its own, which is there once it has one.

    It is not in `tmp_path`: before pytest makes that one, it reads the names of those of all tests before.
    """
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "uploads" / str(next(_tests))
    return settings.MEDIA_ROOT


def pytest_collection_finish():
    """What stands once all is imported stands to the end: looking through it again and again finds no garbage.

    The addresses are among it, as they are without a newspaper: read first by a test that has one, they would keep it.
    """
    importlib.import_module(site.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def pages_alone_keep_what_they_show(django_test_environment):
    """`response.context` is the page's, and holds nothing of the hundreds of widgets and small templates in it.

    The test client keeps a copy of the context of each: a third of the time of a page of the desk.
    """

    def render(template, context):
        if context.template is template and isinstance(context, RequestContext):
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashing():
    """Passwords are hashed in no time, and not in half a second each: how well Django does it is not ours to test."""
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def patience():
    """A picture may take longer by the clock on a busy machine. What it may take of a processor stays."""
    LOOKING["seconds"] *= 20


@pytest.fixture(scope="session")
def told_of_pictures():
    """What the process that has the pixels said, by what it was asked and of which bytes."""
    return {}


@pytest.fixture(autouse=True)
def pictures_looked_at_once(monkeypatch, told_of_pictures):
    """What the very same is asked of the very same picture is answered as it was before: that process is pure.

    The pictures that tests make are the same from test to test. What is refused is asked each time.
    """
    ask = Darkroom.run

    def run(room, job, original, limits, **asked):
        original.seek(0)
        question = job, hashlib.sha256(original.read()).digest(), repr((limits, asked))
        original.seek(0)
        if question in told_of_pictures:
            yield from copy.deepcopy(told_of_pictures[question])
            return
        told = []
        for said in ask(room, job, original, limits, **asked):
            told.append(copy.deepcopy(said))
            yield said
        if sum(len(content) for _head, content in told) < 1_000_000:
            told_of_pictures[question] = told

    monkeypatch.setattr(Darkroom, "run", run)
    with factories.pictures_numbered_from(1):
        yield


@pytest.fixture(scope="session")
def worlds(round_s_folder):
    return Worlds(round_s_folder / "worlds")


@pytest.fixture
def once(db, uploads, worlds):
    """`once(make)` makes rows and files for the first test that asks, and puts copies of them back for all others.

    For what is dear to make. It must be alone with the database: what others made before it is not noted, and rows
    that took its keys are an error. Each test gets copies of its own, so none sees what another one did to them.
    """
    return lambda make: worlds.put_back(make, uploads)


@pytest.fixture
def noon():
    """Noon in the midst of a month, at which a test stays: no midnight comes, and nothing falls due by itself."""
    with time_machine.travel(datetime(2026, 6, 17, 12, tzinfo=UTC), tick=False):
        yield timezone.now()


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


@pytest.fixture(scope="session")
def mother():
    """What forks processes of Galley is started by the first of them, and ends with the last test."""
    from tests.serving import Mother

    yield Mother
    if Mother.own:
        Mother.own.end()


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
    from tests.browser import CHROMIUM, sync_api

    # Threads of one process instead of three: what each page has to tell the others takes a tenth of its time.
    together = ["--in-process-gpu", "--enable-features=NetworkServiceInProcess2"]
    # Playwright runs an event loop in this thread, which Django takes for a sign of asynchronous code.
    former = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            slow_mo=60,  # what a hand does is never done in no time
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--process-per-site", *together],
        )
        yield browser
        browser.close()
    if former is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
