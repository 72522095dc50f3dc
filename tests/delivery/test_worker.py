"""Many endpoints at once, workers that are killed, and what watches them."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as site
from django.db import connection

from cms import background
from cms.delivery import crew, gauges, sending
from cms.delivery.models import Endpoint
from cms.publishing import press
from cms.publishing.models import Change, Edition
from tests.delivery import make_endpoint, tell
from tests.factories import make_article, publish

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.django_db(transaction=True)
def test_slow_receiver_holds_up_nobody_else(server):
    """The slow one answers once all others have been told."""
    others_are_told = threading.Event()
    slow = make_endpoint(f"{server.url}/slow", events=["publication.published"])
    others = [make_endpoint(f"{server.url}/{number}", events=["publication.published"]) for number in range(4)]
    publish(make_article())
    server.answers = [lambda handler: answer_when(handler, others_are_told)] * 5

    crew.hire()
    for _ in range(5):
        assert server.arrived.acquire(timeout=30)
    assert {received.path for received in server.received} == {"/slow", "/0", "/1", "/2", "/3"}
    others_are_told.set()
    crew.wait()
    newest = Change.objects.latest("edition").edition
    assert set(Endpoint.objects.values_list("after", flat=True)) == {newest}
    assert (slow.tries, len(others)) == (0, 4)


def answer_when(handler, event):
    if handler.path == "/slow":
        event.wait(30)
    handler.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


@pytest.mark.django_db(transaction=True)
def test_those_with_much_to_be_told_take_turns_with_those_who_wait(server, monkeypatch):
    """With threads for one alone, and none of them failing: the one who waited longest is the next."""
    monkeypatch.setattr(crew, "MOST", 1)
    monkeypatch.setattr(crew, "TURN", 0)
    for name in ("first", "second"):
        make_endpoint(f"{server.url}/{name}", events=["publication.published"])
    for _ in range(3):
        publish(make_article())

    for _ in range(8):
        crew.hire()
        crew.wait()
    assert [received.path for received in server.received] == ["/first", "/second"] * 3


@pytest.mark.django_db(transaction=True)
def test_many_hands_tell_each_message_once_and_in_order(server):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    for _ in range(10):
        publish(make_article())

    threads = [threading.Thread(target=hand, args=[endpoint.pk]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert server.editions == sorted(set(server.editions))
    assert len(server.editions) == 10


def hand(pk):
    try:
        for _ in range(3):
            sending.tell(pk)
    finally:
        connection.close()


@pytest.mark.programs
@pytest.mark.django_db(transaction=True)
def test_worker_is_killed_a_story_is_published_it_starts_and_the_message_comes_once(server, tmp_path):
    endpoint = make_endpoint(server.url, events=["publication.published"])
    hangs = threading.Event()
    server.answers = [lambda handler: hangs.wait(60)]
    first = publish(make_article())
    worker = start_worker(tmp_path)
    assert server.arrived.acquire(timeout=60)
    worker.kill()  # in the midst of the first message
    worker.wait(30)
    hangs.set()
    second = publish(make_article())
    Endpoint.objects.update(claimed_until=None)  # which it is half a minute later

    worker = start_worker(tmp_path)
    for _ in range(2):
        assert server.arrived.acquire(timeout=60)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0

    ids = [event["data"]["id"] for event in server.events]
    assert ids == [str(first.pk), str(first.pk), str(second.pk)]
    assert server.received[0].headers["webhook-id"] == server.received[1].headers["webhook-id"]
    endpoint.refresh_from_db()
    assert (endpoint.claimed_by, endpoint.after) == (None, Edition.objects.get(pk=1).number)


def start_worker(folder):
    """`manage.py worker` on the database of the tests."""
    ours = connection.settings_dict
    url = (
        f"sqlite:///{ours['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{ours['USER']}:{ours['PASSWORD']}@{ours['HOST']}:{ours['PORT'] or 5432}/{ours['NAME']}"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": site.SECRET_KEY,
        "OUTBOUND_NETWORKS": "127.0.0.1/32",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


@pytest.mark.django_db(transaction=True)
def test_worker_once_ends_when_all_is_told(server):
    make_endpoint(server.url)
    publish(make_article())
    background.run_all()

    assert server.editions == list(Change.objects.order_by("edition").values_list("edition", flat=True))


@pytest.mark.django_db
def test_act_that_fails_tells_nobody(server, django_capture_on_commit_callbacks):
    endpoint = make_endpoint(server.url)
    with pytest.raises(RuntimeError):
        publish_and_fail()
    tell(endpoint)

    assert server.received == []


def publish_and_fail():
    with press.printing():
        publish(make_article())
        raise RuntimeError("The power is out")


@pytest.mark.django_db
def test_metrics_tell_how_much_waits_and_for_how_long(server):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as clock:
        make_endpoint(server.url, name="Front end")
        make_endpoint(server.url, name="Gone", is_on=False, off_reason="gone")
        publish(make_article())
        clock.shift(90)
        values = {
            (metric.name, sample.labels.get("endpoint", "")): sample.value
            for metric in gauges.of_endpoints()
            for sample in metric.samples
        }
    waiting = Change.objects.count()
    assert values == {
        ("galley_webhook_waiting", "Front end"): waiting,
        ("galley_webhook_oldest_seconds", "Front end"): 90,
        ("galley_webhook_failed_tries", "Front end"): 0,
        ("galley_webhooks_stopped", ""): 1,
    }
    assert background.waiting()["webhooks"] == waiting
