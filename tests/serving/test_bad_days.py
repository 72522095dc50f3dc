"""What readers and editors see while the database hangs, is locked, or has no room left."""

import contextlib
import errno
import gc
import select
import socket
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction

from cms.database import patience
from cms.publishing.models import Edition
from cms.serving import faults
from deploy import rehearse
from newsroom.models import Topic
from tests.factories import make_article, make_topic, publish
from tests.serving import free_port, until

TOPIC = {
    "name": "Flood",
    "slug": "flood",
    "type": "keyword",
    "description": "A long text,\nin <two> lines",
    "same_as": "",
}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}

of_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="other databases have no such lock")
of_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="other databases are no servers")


@pytest.fixture
def editor(client, settings):
    settings.DATABASE_TIMEOUT = 1
    client.raise_request_exception = False
    client.force_login(User.objects.create_superuser("editor", password="a long password"))
    return client


@contextmanager
def locked():
    """Meanwhile another process holds what everybody who writes must have."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Edition.objects.select_for_update())
            held.set()
            done.wait(60)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    yield
    done.set()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_stops_no_reader_and_costs_no_text(editor, api):
    publish(make_article(slug="vote"))
    topic = make_topic("Flood", description="As it was")
    with locked():
        began = time.monotonic()
        page = editor.post(f"/admin/newsroom/topic/{topic.pk}/change/", TOPIC, headers=BROWSER)
        script = editor.post(f"/admin/newsroom/topic/{topic.pk}/change/", TOPIC, headers={"Accept": "*/*"})
        assert time.monotonic() - began < 10
        assert api.slugs("articles/?page_size=7") == ["vote"]

    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (503, "5", "no-store")
    assert 'name="description" value="A long text,\nin &lt;two&gt; lines"' in page.content.decode()
    assert page["X-Request-ID"] in page.content.decode()
    assert script.status_code == 503
    assert script.json() == {
        "error": "The database does not answer; try again in a few seconds.",
        "status": 503,
        "request_id": script["X-Request-ID"],
    }
    assert Topic.objects.get().description == "As it was"
    assert editor.post(f"/admin/newsroom/topic/{topic.pk}/change/", TOPIC, headers=BROWSER).status_code == 302


@of_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_said_to_editors_and_uploads_and_stops_no_reader(editor, api):
    publish(make_article(slug="vote"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # what other tests have left is room as well
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    try:
        with contextlib.suppress(OperationalError):
            for number in range(1000):
                make_topic(f"Topic {number}", description="x" * 900)
        long = {**TOPIC, "description": "A long text. " * 76}
        page = editor.post("/admin/newsroom/topic/add/", long, headers=BROWSER)
        picture = SimpleUploadedFile("a.jpg", b"x" * 100_000)
        upload = editor.post("/admin/newsroom/topic/add/", {**long, "file": picture}, headers={"Accept": "*/*"})
        assert api.slugs("articles/") == ["vote"]
    finally:
        connection.close()

    assert (page.status_code, upload.status_code) == (507, 507)
    assert "The disk is full" in page.content.decode()
    assert "A long text. A long text." in page.content.decode()
    assert "Send again" in page.content.decode()
    assert upload.json()["error"].startswith("The disk is full")


@pytest.mark.django_db(transaction=True)
def test_a_password_is_never_kept_in_a_page(client):
    client.raise_request_exception = False
    User.objects.create_superuser("editor", password="a long password")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_tries RENAME TO access_tries_gone")
    try:
        page = client.post("/admin/login/", {"username": "editor", "password": "secret-word"}, headers=BROWSER)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE access_tries_gone RENAME TO access_tries")
    assert page.status_code >= 500
    assert "secret-word" not in page.content.decode()


def test_whoever_writes_finds_room_and_readers_find_threads():
    room = patience.Room()
    with room.taken(2) as first, room.taken(2) as second, room.taken(2) as third:
        assert (first, second, third) == (True, True, False)
    with room.taken(2) as later:
        assert later


@of_sqlite
@pytest.mark.django_db(transaction=True)
def test_of_many_writers_half_the_threads_wait_and_the_others_hear_at_once(settings):
    settings.THREADS = 4
    waited = []

    def write():
        began = time.monotonic()
        with patience.waiting_at_most(2), pytest.raises(OperationalError), transaction.atomic():
            pass
        waited.append(time.monotonic() - began)
        connection.close()

    with locked():
        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(waited) == 4
    assert [seconds > 2 for seconds in sorted(waited)] == [False, False, True, True]


class Hanging:
    """A line to the database that can fall silent, while its ends stay open."""

    def __init__(self, host, port):
        self.there, self.is_silent = (host, port), False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=[here], daemon=True).start()

    def _pass_on(self, here):
        suppressed = contextlib.suppress(ConnectionError)  # one of them has gone
        with suppressed, closing(here), closing(socket.create_connection(self.there)) as there:
            while True:
                ready, _, _ = select.select([here, there], [], [], 0.05)
                for end in [] if self.is_silent else ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    (there if end is here else here).sendall(data)


@pytest.fixture
def hanging():
    ours = connection.settings_dict
    line = Hanging(ours["HOST"] or "localhost", int(ours["PORT"] or 5432))
    other = connections.create_connection("default")
    other.settings_dict = {**ours, "HOST": "127.0.0.1", "PORT": line.port}
    yield line, other
    line.is_silent = False
    other.close()
    line.listener.close()


@of_postgresql
@pytest.mark.django_db
def test_a_database_that_hangs_is_given_up_in_time_and_found_again(hanging):
    line, other = hanging

    def ask():
        with other.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
            return cursor.fetchone()

    with patience.waiting_at_most(2):
        assert ask() == ("2s", "1800ms")
    line.is_silent = True
    began = time.monotonic()
    with patience.waiting_at_most(2):
        for _ in range(3):
            with pytest.raises(OperationalError):
                ask()
    other.close()
    with patience.waiting_at_most(2), pytest.raises(OperationalError, match="of late"):
        ask()  # another request, which is not to wait as well
    assert time.monotonic() - began < 6  # and not two seconds for each of the four
    line.is_silent = False
    time.sleep(patience.TRIED_EVERY)
    other.close()
    with patience.waiting_at_most(2):
        assert ask() == ("2s", "1800ms")


@of_postgresql
@pytest.mark.django_db
def test_what_takes_too_long_is_ended_and_does_not_pass_for_a_database_that_hangs(settings, hanging):
    """Behind a pooler the server keeps no limits of ours, and is asked to end it."""
    _line, other = hanging
    settings.DATABASE_POOLED = True

    def ask(sql):
        with patience.waiting_at_most(0.5), other.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()

    backend = ask("SELECT pg_backend_pid()")
    with pytest.raises(OperationalError, match="canceling"):
        ask("SELECT pg_sleep(20)")
    assert ask("SELECT pg_backend_pid()") == backend


@of_postgresql
def test_threads_keep_their_connections_to_the_database(server):
    its = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"

    def connected():
        with connection.cursor() as cursor:
            cursor.execute(its, [f"server at {server.port}"])
            return {pid for (pid,) in cursor.fetchall()}

    for number in range(10):
        server.get(f"/api/v1/feed/?page_size={number + 1}")
    before = connected()
    for number in range(30):
        server.get(f"/api/v1/feed/?page_size={number + 20}")

    after = connected()
    assert before <= after
    assert len(after) <= 2 + 1  # its two threads, and the one that watches


@of_postgresql
@pytest.mark.django_db
def test_a_command_waits_as_long_as_it_takes_and_a_pooled_server_is_told_nothing(settings, hanging):
    _line, other = hanging
    with other.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    other.close()
    settings.DATABASE_POOLED = True
    with patience.waiting_at_most(2), other.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.fixture
def pooled(hanging, settings, tmp_path):
    """The line, a PgBouncer whose way to the database it is, and a connection that goes through both."""
    if not rehearse.pgbouncer():
        pytest.skip("there is no pgbouncer")
    settings.DATABASE_POOLED = True
    line, other = hanging
    ours, port = connection.settings_dict, free_port()
    server = f"postgres://{ours['USER']}:{ours['PASSWORD']}@127.0.0.1:{line.port}"
    (tmp_path / "pgbouncer.ini").write_text(rehearse.pooler_settings(port, server))
    with (tmp_path / "log").open("w") as log:
        pooler = subprocess.Popen([rehearse.pgbouncer(), tmp_path / "pgbouncer.ini"], stdout=log, stderr=log)
    rehearse.wait_for_port(port)
    other.settings_dict = {**other.settings_dict, "PORT": port, "OPTIONS": {}}
    yield line, pooler, other
    line.is_silent = False
    pooler.terminate()
    pooler.wait(20)


@pytest.mark.programs
@of_postgresql
@pytest.mark.django_db
def test_a_pooler_outlives_a_database_that_hangs_and_so_do_those_behind_it(pooled):
    """PgBouncer 1.18 ends where somebody breaks off what they asked to be ended (pgbouncer/pgbouncer#801)."""
    line, pooler, other = pooled

    def ask(sql="SELECT 1"):
        with patience.waiting_at_most(1), other.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()

    assert ask() == (1,)
    with pytest.raises(OperationalError, match="canceling"):
        ask("SELECT pg_sleep(20)")
    assert ask() == (1,)
    line.is_silent = True
    began = time.monotonic()
    with pytest.raises(OperationalError, match="not answer in time"):
        ask()
    assert time.monotonic() - began < 5
    other.close()
    gc.collect()  # of what the error held
    time.sleep(0.5)
    line.is_silent = False

    def answer():
        try:
            return ask()
        except OperationalError:
            other.close()

    until(answer, (1,))
    assert pooler.poll() is None


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (OSError(errno.EDQUOT, "Quota exceeded"), 507),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (OperationalError("it hangs"), 503),
        (ValueError("ours"), 500),
        (None, 500),
    ],
)
def test_what_kind_of_fault_it_is(error, status):
    assert faults.of(error).status == status


def test_a_full_disk_is_known_behind_another_error():
    error = ValueError("The form cannot be read.")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert faults.of(error).status == 507


@of_sqlite
@pytest.mark.django_db
def test_a_database_beside_which_nothing_can_be_written_is_read_all_the_same(tmp_path):
    """As on a disk that was full already when the server started."""
    other = connections.create_connection("default")
    other.settings_dict = {**connection.settings_dict, "NAME": str(tmp_path / "full.sqlite3")}

    def run(sql):
        with other.cursor() as cursor:
            return cursor.execute(sql).fetchall()

    run("CREATE TABLE stories (slug TEXT)")
    run("INSERT INTO stories VALUES ('vote')")
    other.close()
    (tmp_path / "full.sqlite3-shm").mkdir()

    assert run("SELECT slug FROM stories") == [("vote",)]
    with pytest.raises(OperationalError):
        run("INSERT INTO stories VALUES ('later')")

    (tmp_path / "full.sqlite3-shm").rmdir()
    other.close_if_unusable_or_obsolete()  # as before each request
    run("INSERT INTO stories VALUES ('later')")
    assert run("SELECT slug FROM stories") == [("vote",), ("later",)]
    other.close()
