"""The server: what may hold a connection, and what may take a thread."""

import asyncio
import contextlib
import hashlib
import resource
import signal
import statistics
import threading
import time
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client

from cms import server
from cms.serving.answers import FilePart, send
from cms.serving.requests import WAITED
from media.models import Photo
from tests.factories import make_article, make_film, make_photo, make_video, publish
from tests.media.pictures import sizes_of
from tests.serving import Protocol, run, until

pytestmark = pytest.mark.apart  # the server holds connections before anything is asked
HEAD = b"GET /api/v1/feed/ HTTP/1.1\r\nHost: loc"
POST = b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n0123456789"


def status_of(answer):
    return int(answer.split()[1])


def seconds(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def test_twelve_hundred_that_say_nothing_or_half_of_it_keep_no_reader_waiting(server):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    publish(make_article(slug="one"))
    server.get("/api/v1/articles/")
    with contextlib.ExitStack() as connections:
        for sent in [b"", HEAD, POST]:
            for _ in range(400):
                connections.enter_context(server.connect(sent))
        waits = [seconds(lambda: server.get("/api/v1/articles/")) for _ in range(9)]
        uncached = [seconds(lambda n=n: server.get(f"/api/v1/articles/?page_size={n + 1}")) for n in range(9)]
        assert server.get("/healthz").json() == {"status": "alive"}
        assert server.get("/admin/login/").status == 200

    # Who waited for one of them would do so for the two seconds that a body has, and for others before it.
    assert statistics.median(waits) < 1.5
    assert statistics.median(uncached) < 1.5


def test_half_a_body_is_answered_408_when_its_time_is_over(server):
    with server.connect(POST) as connected:
        begun = time.perf_counter()
        assert status_of(connected.recv(1000)) == 408
        assert 1.5 < time.perf_counter() - begun < 20


def test_a_body_that_goes_on_coming_is_given_its_time(server):
    body = b"username=" + b"x" * 60_000
    head = f"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    with server.connect(head.encode()) as connected:
        for start in range(0, len(body), 10_000):
            connected.sendall(body[start : start + 10_000])
            time.sleep(0.5)  # in all more than the two seconds that a body has at first
        assert status_of(connected.recv(1000)) == 403  # Django's answer, to a form without its token


def test_half_a_form_whose_sender_has_gone_is_not_taken_for_a_whole_one(start):
    server = start(ACCESS_LOG="1")
    body = urlencode({"username": "ann", "password": "a long one", "next": "/admin/"})
    head = f"POST /admin/half/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    server.connect((head + body[:-3]).encode()).close()
    time.sleep(0.5)
    server.ask("POST", "/admin/whole/", body, host="localhost", content_type="application/x-www-form-urlencoded")

    until(lambda: "POST /admin/whole/ 403" in server.said(), True)  # the line may not be written yet
    assert "POST /admin/half/" not in server.said()


def test_who_waited_long_for_a_thread_is_told_so_and_does_not_wait_for_the_database_as_long_again(within, settings):
    settings.DATABASE_TIMEOUT = 1.8
    application = within.application
    patiences = []

    async def ask():
        busy = [application.run(lambda _: time.sleep(1.2), {}) for _ in range(settings.THREADS)]
        soon = [application.run(lambda environ: patiences.append(environ[WAITED]), {})]
        busy_again = [application.run(lambda _: time.sleep(1.2), {}) for _ in range(settings.THREADS)]
        late = [application.run(lambda _: "done", {})]
        return await asyncio.gather(*busy, *soon, *busy_again, *late, return_exceptions=True)

    *_others, late = run(ask())

    assert (type(late).__name__, late.status) == ("Refused", 503)
    assert [1 < waited < 1.8 for waited in patiences] == [True]


def answers_to_many_at_once(application, number, seconds):
    async def ask():
        asked = [application.run(lambda _: time.sleep(seconds), {}) for _ in range(number)]
        return await asyncio.gather(*asked, return_exceptions=True)

    return [getattr(answer, "status", 200) for answer in run(ask())]


def test_many_who_come_at_once_are_all_answered(within, settings):
    settings.DATABASE_TIMEOUT = 60
    assert set(answers_to_many_at_once(within.application, settings.THREADS * 100, 0.001)) == {200}


def test_where_more_ask_all_the_while_than_can_be_answered_some_are_answered_soon(within, settings, monkeypatch):
    monkeypatch.setattr(server, "RUSH", -1.0)
    monkeypatch.setattr(server, "SOON", 0.3)
    settings.DATABASE_TIMEOUT = 60
    statuses = answers_to_many_at_once(within.application, settings.THREADS * 10, 0.2)

    assert statuses[: settings.THREADS] == [200] * settings.THREADS
    assert statuses[-settings.THREADS * 7 :] == [503] * settings.THREADS * 7


WAITS = b"Expect: 100-continue\r\n\r\n"
ODD = [
    (b"GET http://evil.example/api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET http://localhost:81/api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET http://localhost@evil.example/api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET http://localhost/api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
    (b"GET http://evil.example/api/v1/feed/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
    (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
    (b"GET /api/v1/feed/ HTTP/1.1\r\n\r\n", 400),
    (b"GET /api/v1/feed/ HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
    (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /api/v1/feed%ff/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /api/v1/feed// HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /api/v1/feed/?x=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /healthz HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", 200),
    (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    (b"DELETE /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"PUT /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 400_000 + b"\r\n\r\n", 431),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: \xff\xfe\r\n\r\n", 401),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nAuthorization:\r\n\r\n", 401),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 200),
    (b"GET /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200),
    (b"POST /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n" + WAITS, 413),
    (b"POST /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n", 400),
    (b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n", 411),
    (b"POST /api/v1/feed/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 411),
    (
        b"POST /admin/ HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\nContent-Length: 5000000\r\n" + WAITS,
        403,
    ),
]


def test_odd_requests_get_what_they_deserve(server):
    server.get("/api/v1/feed/")  # so that there is something to be had from the cache

    assert [(sent[:99], status_of(server.raw(sent))) for sent, _ in ODD] == [
        (sent[:99], status) for sent, status in ODD
    ]


def test_what_is_refused_before_django_is_a_problem_under_the_api(server):
    answer = server.ask("POST", "/api/v1/feed/", b"x" * 1_500_000, host="localhost")

    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == {
        "request_id": answer.headers["x-request-id"],
        "type": "/problems/too-large",
        "title": "The request is too large",
        "status": 413,
        "detail": "Send at most 1 MB.",
        "instance": "/api/v1/feed/",
        "errors": [],
    }


def test_a_header_with_an_underscore_is_not_there(server):
    tag = server.get("/api/v1/feed/").headers["etag"].encode()
    asked = (
        b"GET /api/v1/feed/?page_size=%d HTTP/1.1\r\nHost: localhost\r\nIf_None_Match: %s\r\nAuthori_zation: x\r\n\r\n"
    )

    assert [status_of(server.raw(asked % (size, tag))) for size in (20, 20, 21)] == [200, 200, 200]


def test_wrong_passwords_are_slowed_down_whatever_underscores_say(server):
    User.objects.create_user("ann", password="right horse battery", is_staff=True)

    def guess(number):
        page = server.get("/admin/login/")
        cookie = page.headers["set-cookie"].split(";")[0]
        token = cookie.partition("=")[2]
        body = f"username=ann&password=wrong&csrfmiddlewaretoken={token}"
        sent = (
            "POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: {cookie}\r\nX_Forwarded_For: 192.0.2.{number}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        return b"seconds" in server.raw(sent.encode())

    assert [guess(number) for number in range(7)][-1]


def desk(server):
    """The cookies of somebody who is logged in."""
    client = Client()
    client.force_login(User.objects.create_superuser("editor"))
    return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def test_large_bodies_are_taken_from_those_who_are_logged_in(server):
    cookies = desk(server)
    film = b"x" * 3_000_000

    assert server.ask("POST", "/admin/", film, host="localhost", **cookies).status == 403  # by Django, for its token
    assert server.ask("POST", "/admin/", film, host="localhost", Cookie="sessionid=made-up").status == 403
    assert server.ask("POST", "/", film, host="localhost", **cookies).status == 413


def test_a_size_of_a_photo_comes_whole(server):
    photo = make_photo()
    publish(make_article(slug="pictured", lead_photo=photo))
    path = sizes_of(Photo.objects.get(pk=photo.pk))[0].address
    answer = server.get(path)

    assert answer.status == 200
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.body[:3] == b"\xff\xd8\xff"
    head = server.ask("HEAD", path, host="localhost")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", answer.headers["content-length"])


def test_those_who_stop_reading_a_film_keep_nobody_waiting(server):
    video = make_video(slug="film", file=make_film())
    publish(video)
    source = server.get("/api/v1/videos/film/").json()["sources"][0]["url"]
    path = source.removeprefix("http://localhost:8000")
    whole = server.get(path)
    part = server.get(path, range="bytes=10-19")

    assert hashlib.sha256(whole.body).hexdigest()[:10] in path or whole.status == 200
    assert (part.status, part.body) == (206, whole.body[10:20])
    with contextlib.ExitStack() as readers:
        for _ in range(20):
            readers.enter_context(server.connect(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()))
        time.sleep(0.3)
        assert server.get(path).body == whole.body
        assert server.get("/api/v1/videos/").status == 200  # and does not wait until one of them goes on


def test_the_description_of_the_api_can_be_asked_for_by_many_at_once(start):
    server = start(THREADS="8")
    statuses = []
    asking = [
        threading.Thread(target=lambda path=path: statuses.append(server.get(path).status))
        for path in ["/api/v1/schema/", "/api/v1/schema/?format=yaml", "/api/v1/feed/", "/api/v1/articles/?fields=slug"]
        * 4
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    assert statuses == [200] * 16


def test_it_ends_when_it_is_told_to_and_finishes_what_it_answers(start):
    publish(make_article(slug="one"))
    server = start()
    statuses = []

    def ask(number):
        with contextlib.suppress(ConnectionRefusedError):  # it had ended before
            statuses.append(server.get(f"/api/v1/feed/?page_size={number}").status)

    asking = [threading.Thread(target=ask, args=[number]) for number in range(1, 21)]
    for thread in asking:
        thread.start()
    until(lambda: len(statuses) > 0, True)
    server.stop()
    for thread in asking:
        thread.join()

    assert server.process.returncode == 0
    assert statuses.count(200) >= 1
    assert set(statuses) == {200}


def test_what_is_half_sent_is_finished_while_it_stops_and_who_comes_then_is_turned_away(start):
    """So a proxy goes to another process at once, and need not wonder whether this one has done it."""
    server = start()
    head = "POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nConnection: close\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"

    def is_turned_away():
        try:
            server.connect().close()
        except ConnectionRefusedError:
            return True
        return False

    with server.connect(f"{head}user".encode()) as half:
        assert server.get("/healthz").status == 200
        server.process.send_signal(signal.SIGTERM)
        until(is_turned_away, True, seconds=15)
        assert server.process.poll() is None
        half.sendall(b"name=ann")
        assert status_of(half.recv(1000)) == 403  # Django's answer, to a form without its token
    assert server.process.wait(60) == 0


def test_browser_that_has_a_script_already_is_told_so(tmp_path):
    """WhiteNoise answers it by a file with nothing in it, of which granian sends no part."""
    file = tmp_path / "nothing"
    file.touch()
    protocol = Protocol()
    send(protocol, 304, [("etag", '"a"')], FilePart(str(file), 0, 0))
    assert (protocol.status, protocol.headers, protocol.body) == (304, {"etag": '"a"'}, b"")
