"""Changes as they happen: streams, and requests that wait, through the server itself."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.utils import timezone

from cms.delivery import waiting
from cms.publishing import newest, press
from cms.publishing.models import Change, Edition
from tests.factories import make_article, make_byline, make_photo, make_section, many_changes, publish, update
from tests.serving import Listener, Protocol, Scope, run

CHANGES = "/api/v1/changes/"


@pytest.fixture
def listen():
    """`listen(server)` opens a stream, which is closed after the test."""
    with contextlib.ExitStack() as opened:
        yield lambda server, path=f"{CHANGES}stream/", **headers: opened.enter_context(
            contextlib.closing(Listener(server, path, **headers))
        )


def edition(server):
    """The newest one, once the server knows it: of another process's it may hear a moment late."""
    number = Edition.objects.get().number
    wait_until(lambda: server.get(CHANGES).json()["edition"] == number)
    return number


def told(rows):
    return [(row["action"], row["kind"], row["slug"]) for row in rows]


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_who_listens_hears_what_is_published_and_nothing_from_before(server, listen):
    publish(make_article(slug="before"))
    server.get(f"{CHANGES}?after=0")  # it knows by now: a server may hear of another process's edition a moment late
    first, second = listen(server), listen(server, f"{CHANGES}stream?after=0", Accept="text/event-stream")
    assert first.headers["content-type"] == "text/event-stream"
    assert (first.headers["x-accel-buffering"], first.headers["cache-control"]) == ("no", "no-store")
    assert first.headers["access-control-allow-origin"] == "*"
    assert "content-encoding" not in first.headers

    byline = make_byline("Ada")
    article = publish(make_article(slug="vote", bylines=[byline], lead_photo=make_photo()))
    update(article, slug="ballot")
    publish(article)
    byline.name = "Ada Lovelace"
    byline.save()
    press.withdraw(article)

    rows = server.get(f"{CHANGES}?after=1").json()["results"]
    assert first.events(len(rows)) == rows
    assert [row["slug"] for row in second.events(1)] == ["before"]
    assert second.events(len(rows)) == rows
    assert set(told(rows)[-3:]) == {
        ("withdrawn", "article", "ballot"),
        ("withdrawn", "byline", "ada"),
        ("withdrawn", "photo", None),
    }


def test_what_happened_while_the_server_was_away_is_told_to_who_comes_back(start, listen):
    first = start()
    listener = listen(first)
    publish(make_article(slug="one"))
    assert listener.event()["slug"] == "one"
    first.stop()  # which ends the stream, and does not wait for its reader
    assert (listener.event(), first.process.returncode) == (None, 0)

    publish(make_article(slug="two"))
    second = start(workers=2)
    again = listen(second, f"{CHANGES}stream/?after=0", Last_Event_ID=listener.last)
    assert again.event()["slug"] == "two"
    publish(make_article(slug="three"))
    assert again.event()["slug"] == "three"


def test_who_heard_nothing_before_a_break_misses_nothing_of_it(server, listen):
    listener = listen(server)
    opening = listener.block()
    listener.close()
    publish(make_article(slug="meanwhile"))

    again = listen(server, Last_Event_ID=opening["id"])
    assert again.event()["slug"] == "meanwhile"


def test_a_long_absence_is_made_up_for_without_a_gap(server, listen):
    many_changes(1100)
    listener = listen(server, f"{CHANGES}stream/?after=0")
    many_changes(20)

    assert [row["edition"] for row in listener.events(1120)] == list(range(1, 1121))


def test_story_of_a_later_hour_is_told_when_it_comes_though_nobody_asks(server, listen):
    listener = listen(server)
    publish(make_article(slug="to-come"), at=timezone.now() + timedelta(seconds=2))

    assert listener.event()["slug"] == "to-come"


def test_two_hundred_listeners_hear_of_it_and_readers_are_answered_meanwhile(server, listen):
    publish(make_article(slug="one"))
    before = server.memory()
    listeners = [listen(server) for _ in range(200)]
    assert [listener.status for listener in listeners] == [200] * 200
    statuses = []
    reading = [
        threading.Thread(target=lambda n=n: statuses.append(server.get(f"/api/v1/feed/?page_size={n}").status))
        for n in range(1, 9)
    ]
    for thread in reading:
        thread.start()
    publish(make_article(slug="two"))

    assert {listener.event()["slug"] for listener in listeners} == {"two"}
    for thread in reading:
        thread.join()
    assert statuses == [200] * 8
    assert server.memory() - before < 20


@pytest.mark.apart
def test_who_listens_is_not_left_in_silence_and_who_takes_nothing_is_cut_off(start, listen):
    many_changes(400)
    server = start(STREAM_HEARTBEAT="1", METRICS_TOKEN="a-token-that-nobody-guesses")
    stuck = socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.connect(("127.0.0.1", server.port))
    stuck.sendall(b"GET /api/v1/changes/stream/?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    listener = listen(server)

    def measured(name):
        lines = server.get("/metrics", authorization="Bearer a-token-that-nobody-guesses").body.decode().splitlines()
        return [float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)]

    assert "id" in listener.block()
    assert [listener.block() for _ in range(2)] == [{"": ""}] * 2
    with contextlib.closing(stuck):
        wait_until(lambda: measured("galley_streams_cut_off_total") == [1])
        assert measured('galley_held{what="stream"}') == [1]
    publish(make_article(slug="still-here"))
    assert listener.event()["slug"] == "still-here"
    listener.close()
    wait_until(lambda: measured('galley_held{what="stream"}') == [0])


@pytest.mark.apart
def test_more_than_a_server_holds_are_told_to_come_again_and_those_who_go_make_room(start, listen):
    publish(make_article(slug="one"))
    server = start(STREAMS="2")
    first, _second = listen(server), listen(server)
    ended = server.get(f"{CHANGES}stream/?after=0")  # a browser gives up for good where it is refused
    waiting = server.get(f"{CHANGES}?after={edition(server)}&wait=5")

    assert (ended.status, ended.body.split(b"\n")[:4]) == (200, [b"retry: 5000", b"id: 0", b"", b"id: 1"])
    assert (waiting.status, waiting.headers["content-type"]) == (503, "application/problem+json")
    assert (waiting.headers["retry-after"], waiting.headers["access-control-allow-origin"]) == ("5", "*")
    assert server.get(CHANGES).status == 200
    first.close()

    def is_held():
        with contextlib.closing(Listener(server)) as listener:
            return listener.headers.get("transfer-encoding") == "chunked"

    wait_until(is_held)


@pytest.mark.apart
@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?after=99999", {}, 400),
        ("?after=x", {}, 400),
        ("?page_size=1", {}, 400),
        ("", {"Last-Event-ID": "99999"}, 400),
        ("", {"Last-Event-ID": "a&b=c"}, 400),
        ("", {"Authorization": "Bearer no"}, 401),
        ("", {"host": "evil.example"}, 400),
        ("/", {}, 404),
    ],
)
def test_what_cannot_be_streamed_is_a_problem_and_ends(server, query, headers, status):
    answer = server.get(f"{CHANGES}stream/{query}", **headers)

    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")


def test_who_waits_is_answered_when_something_happens(server):
    publish(make_article(slug="one"))
    after = edition(server)
    answers = []
    asking = [
        threading.Thread(target=lambda: answers.append(server.get(f"{CHANGES}?after={after}&wait=25")))
        for _ in range(9)
    ]
    began = time.monotonic()
    for thread in asking:
        thread.start()
    time.sleep(1)
    assert answers == []
    assert server.get("/api/v1/feed/?page_size=7").status == 200  # nine who wait keep neither of its two threads
    publish(make_article(slug="two"))
    for thread in asking:
        thread.join()

    assert time.monotonic() - began < 24
    assert [told(answer.json()["results"]) for answer in answers] == [[("published", "article", "two")]] * 9
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    following = answers[0].json()["next"].removeprefix("http://localhost:8000")
    assert following == f"{CHANGES}?wait=25&page_size=100&after={after + 1}"


def test_who_waits_in_vain_is_answered_when_the_time_is_over_and_waits_again(server):
    publish(make_article())
    after = edition(server)
    for _ in range(2):
        began = time.monotonic()
        answer = server.get(f"{CHANGES}?after={after}&wait=1")
        assert (answer.status, answer.json()["results"]) == (200, [])
        assert time.monotonic() - began > 0.9
    held = server.get(f"{CHANGES}?after={after}&wait=1", If_None_Match=answer.headers["etag"])
    assert (held.status, held.headers["cache-control"]) == (304, "no-store")


def test_who_waits_does_so_though_the_numbers_went_back_since_the_last_look(within, monkeypatch):
    """As after a backup is restored: those who were there a moment ago knew of a later edition than there is."""
    monkeypatch.setattr(waiting, "LOOK_EVERY", 2.0)
    first = publish(make_article(slug="one"))
    publish(make_article(slug="two"))

    async def wait(after, seconds):
        protocol = Protocol()
        began = time.monotonic()
        await within.application.__rsgi__(Scope("GET", f"{CHANGES}?after={after}&wait={seconds}", {}), protocol)
        return protocol, time.monotonic() - began

    def go_back():
        Change.objects.filter(edition=2).delete()
        Edition.objects.update(number=1)
        newest.ask()
        connections.close_all()

    def go_on():
        update(first, headline="Another")
        publish(first)
        connections.close_all()

    async def one_after_the_other():
        await wait(2, 1)
        await asyncio.to_thread(go_back)
        in_vain, seconds = await wait(1, 1)
        asked = asyncio.ensure_future(wait(1, 25))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(go_on)
        return in_vain, seconds, (await asked)[0]

    in_vain, seconds, answered = run(one_after_the_other())
    assert (in_vain.status, in_vain.json()["results"]) == (200, [])
    assert seconds > 0.9
    assert told(answered.json()["results"]) == [("updated", "article", "one")]


def test_who_need_not_wait_does_not(server):
    publish(make_article(slug="one"))

    assert server.get(f"{CHANGES}?after=0&wait=25").json()["results"][-1]["slug"] == "one"
    assert [server.get(f"{CHANGES}?after=0&{query}").status for query in ("wait=0", "wait=26", "wait=a", "wait=")] == [
        400
    ] * 4
    assert server.get(f"{CHANGES}?after=99999&wait=25").status == 400


def test_what_is_withdrawn_for_legal_reasons_leaves_no_slug_to_who_comes_late(server, listen):
    article = publish(make_article(slug="libel"))
    press.withdraw(article, "legal")
    rows = listen(server, f"{CHANGES}stream/?after=0").events(2)

    assert told(rows) == [("published", "article", None), ("withdrawn", "article", None)]
    make_section("World")


@pytest.mark.browser
def test_a_browsers_own_eventsource_hears_all_though_the_process_dies_between(start, chromium):
    """A page of another host, as it is with most front ends."""
    server = start()
    context = chromium.new_context()
    with contextlib.closing(context):
        page = context.new_page()
        page.evaluate(
            """(address) => {
                window.heard = [];
                window.opened = 0;
                const stream = new EventSource(address);
                stream.onopen = () => (window.opened += 1);
                for (const action of ["published", "updated", "withdrawn"]) {
                    stream.addEventListener(action, (event) => {
                        const change = JSON.parse(event.data);
                        window.heard.push([event.type, change.kind, change.slug, Number(event.lastEventId)]);
                    });
                }
            }""",
            f"http://localhost:{server.port}{CHANGES}stream/",
        )
        wait_until(lambda: page.evaluate("window.opened") == 1)
        first = publish(make_article(slug="first"))
        wait_until(lambda: page.evaluate("window.heard.length") == 1)

        workers = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True)
        for worker in workers.stdout.split():
            os.kill(int(worker), signal.SIGKILL)
        publish(make_article(slug="meanwhile"))
        press.withdraw(first)
        wait_until(lambda: page.evaluate("window.heard.length") == 3)

        heard = page.evaluate("window.heard")
    assert heard == [
        ["published", "article", "first", 1],
        ["published", "article", "meanwhile", 2],
        ["withdrawn", "article", "first", 3],
    ]


def test_all_who_follow_are_told_the_same_in_the_same_order_while_several_publish(server, listen):
    publish(make_article())
    start = edition(server)
    steady = listen(server)
    restless, followed, numbers = [], [], range(3)

    def publishes(number):
        for n in range(6):
            article = publish(make_article(slug=f"s-{number}-{n}", body=[]))
            if n % 2:
                press.withdraw(article)
        connection.close()

    def comes_and_goes():
        last = str(start)
        while len(restless) < 27:
            with contextlib.closing(Listener(server, Last_Event_ID=last)) as listener:
                restless.append(listener.event())
                last = listener.last

    def waits():
        path = f"{CHANGES}?after={start}&wait=5"
        while len(followed) < 27:
            page = server.get(path).json()
            followed.extend(page["results"])
            path = page["next"].removeprefix("http://localhost:8000")

    acts = [partial(publishes, number) for number in numbers]
    threads = [threading.Thread(target=act) for act in [*acts, comes_and_goes, waits]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rows = server.get(f"{CHANGES}?after={start}").json()["results"]
    assert [row["edition"] for row in rows] == list(range(start + 1, start + 28))
    assert steady.events(27) == rows
    assert restless == rows
    assert followed == rows
