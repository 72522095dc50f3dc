"""Background work: many may do it, one that fails holds up nobody, and it ends when it is told to."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import call_command

from cms import background
from cms.publishing import reading
from cms.publishing import tasks as own_tasks
from cms.publishing.models import Publication
from tests.factories import make_article, make_photo, publish

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def tasks(monkeypatch):
    tasks = {}
    monkeypatch.setattr(background, "_tasks", tasks)
    return tasks


def working(tasks):
    """Work in another thread; returns what ends it."""
    stop = threading.Event()
    thread = threading.Thread(target=background.work, args=[stop])
    thread.start()

    def end():
        stop.set()
        background.wake()
        thread.join(10)
        assert not thread.is_alive()

    return end


def test_task_is_asked_until_there_is_no_more(tasks):
    left = [1, 2, 3]
    tasks["some"] = lambda: bool(left.pop() if left else False)
    background.run_all()
    assert left == []


@pytest.mark.django_db(transaction=True)
def test_task_that_fails_holds_up_no_other(tasks, caplog):
    done = threading.Event()

    def bad():
        raise RuntimeError("The disk is full")

    tasks["bad"], tasks["good"] = bad, lambda: bool(done.set())
    end = working(tasks)
    assert done.wait(10)
    end()
    assert "The task bad failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_what_is_new_is_begun_at_once(tasks, monkeypatch):
    monkeypatch.setattr(background, "PAUSE", 60)
    looked = threading.Semaphore(0)
    tasks["look"] = lambda: bool(looked.release())
    end = working(tasks)
    assert looked.acquire(timeout=10)
    background.wake()
    assert looked.acquire(timeout=10)
    end()


@pytest.mark.django_db
def test_missing_json_is_made():
    publish(make_article())
    reading.clear_all()

    background.run_all()

    assert not Publication.objects.filter(rendering="").exists()


@pytest.mark.django_db
def test_document_that_cannot_be_made_holds_up_no_other(monkeypatch, caplog):
    articles = [publish(make_article()) for _ in range(3)]
    reading.clear_all()
    fill = reading.fill

    def fill_but_one(pks, moment):
        if articles[1].publication.pk in pks:
            raise ValueError("strange")
        return fill(pks, moment)

    monkeypatch.setattr(reading, "fill", fill_but_one)
    monkeypatch.setattr(own_tasks, "_refused", {})
    background.run_all()

    missing = Publication.objects.filter(rendering="")
    assert list(missing) == [articles[1].publication]
    assert "cannot be rendered" in caplog.text


@pytest.mark.django_db
def test_command_does_what_there_is_and_ends(monkeypatch):
    monkeypatch.setattr("media.photos.images.FORMATS", {"jpg": "image/jpeg"})
    photo = make_photo(width=700, height=500)

    call_command("worker", "--once")

    photo.refresh_from_db()
    assert photo.sizes_widths["original"] == [320, 640]


def test_web_process_works_only_where_it_is_to(settings, monkeypatch):
    started = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    settings.BACKGROUND_WORK = "worker"
    background.InWebProcess().start()
    assert started == []
    settings.BACKGROUND_WORK = "web"
    process = background.InWebProcess()
    process.start()
    process.start()
    assert started == ["background"]


def test_worker_ends_when_told_to(another_database, tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": another_database}
    command = [sys.executable, "manage.py", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    with worker:
        assert worker.stdout.readline() == "Working.\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
