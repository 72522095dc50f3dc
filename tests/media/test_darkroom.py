"""The process that has the pixels: small, limited, started again, never left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from media import gate
from media.darkroom import LOOKING, Darkroom, Refused, darkroom
from media.photos import images
from tests.media.pictures import CORPUS, from_corpus, photo_bytes, upload

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def pictures_looked_at_once():
    """Each is looked at anew: how that is done is what is tested here."""


def look(room, name="grey.jpg"):
    with (CORPUS / name).open("rb") as file:
        asked = {"facts": {}, "focal_point": [0.5, 0.5], **images.asked(is_first=True, formats=["jpg"])}
        said = room.run("look", file, LOOKING, most=gate.MOST, **asked)
        return next(head["seen"]["width"] for head, _content in list(said) if "seen" in head)


@pytest.fixture
def room():
    room = Darkroom()
    yield room
    room.close()


def is_there(pid):
    try:
        with Path(f"/proc/{pid}/stat").open() as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


def gone(pid):
    for _ in range(200):
        if not is_there(pid):
            return True
        time.sleep(0.05)
    return False


def test_process_is_started_once(room):
    assert [look(room), look(room)] == [120, 120]
    first = room._process.pid
    look(room)
    assert room._process.pid == first


def test_killed_process_is_started_again(room):
    look(room)
    killed = room._process.pid
    os.kill(killed, signal.SIGKILL)
    assert look(room) == 120
    assert room._process.pid != killed


def test_process_killed_while_it_looks_is_asked_again(room):
    look(room)
    room._process.send_signal(signal.SIGSTOP)
    pid = room._process.pid
    threading.Timer(0.3, os.kill, [pid, signal.SIGKILL]).start()
    assert look(room) == 120


def test_process_knows_no_secrets(room, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "shhh-do-not-tell")
    monkeypatch.setenv("DATABASE_URL", "postgres://shhh")
    look(room)
    assert b"shhh" not in Path(f"/proc/{room._process.pid}/environ").read_bytes()


@pytest.mark.programs
def test_process_has_loaded_no_django(room):
    code = "import sys, media.pixels.work; print(any(name.startswith('django') for name in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_many_threads_look_at_once():
    found = []
    threads = [threading.Thread(target=lambda: found.append(look(darkroom))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [120] * 8


PARENT = textwrap.dedent("""
    import os, sys, time
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
    import django
    django.setup()
    from media import gate
    from media.darkroom import darkroom
    def look():
        with open(sys.argv[1], "rb") as file:
            return gate.admit(file).width
    look()
    mine = darkroom._process.pid
    child = os.fork()
    if child == 0:
        look()
        print("child", darkroom._process.pid, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    look()
    print("parent", mine, darkroom._process.pid == mine, flush=True)
    time.sleep(60)
""")


@pytest.mark.programs
def test_process_survives_a_fork_and_never_its_parent(tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PARENT, str(CORPUS / "grey.jpg")]
    parent = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    with parent:
        _, in_child = parent.stdout.readline().split()
        _, in_parent, is_same = parent.stdout.readline().split()
        assert (in_child != in_parent, is_same) == (True, "True")
        assert gone(int(in_child))
        assert is_there(int(in_parent))
        parent.kill()
    assert gone(int(in_parent))


def test_what_is_refused_says_why():
    with pytest.raises(Refused) as error:
        list(darkroom.run("look", upload(photo_bytes()[:500]), LOOKING, most=gate.MOST))
    assert error.value.code == "damaged"


def test_file_in_memory_and_on_disk_are_read_alike():
    with (CORPUS / "grey.jpg").open("rb") as file:
        assert gate.admit(from_corpus("grey.jpg")).checksum == gate.admit(file).checksum
