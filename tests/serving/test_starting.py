"""What an operator sees of `manage.py serve`."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from cms.serving import starting
from tests.serving import free_port


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def serve(tmp_path):
    """`serve(PORT=...)` starts a server on a new database."""
    started = []

    def start(**variables):
        own = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "BACKGROUND_WORK": "worker", "PUBLIC_URL": ""}
        environment = {**os.environ, **own, **{name: str(value) for name, value in variables.items()}}
        log = open(tmp_path / "log", "w+")  # noqa: SIM115 - closed below
        command = [sys.executable, "manage.py", "serve"]
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)
        started.append((process, log))
        return process

    yield start
    for process, log in started:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def ask(port, path="/readyz", seconds=60, **headers):
    """The first answer that is no refusal."""
    end = time.monotonic() + seconds
    while True:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
            with urllib.request.urlopen(request, timeout=10) as response:
                response.text = response.read().decode()
                return response
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > end:
                return error
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.1)


def all_are_counted(port, number):
    """Whether each of so many readers is, whichever process answers whom, and whichever tells of it."""
    asked = [ask(port, "/api/v1/articles/", Host="news.org") for _ in range(number)]
    assert {response.headers["Strict-Transport-Security"] for response in asked} == {"max-age=31536000"}
    assert len({response.headers["X-Request-ID"] for response in asked}) == number
    told = ask(port, "/metrics", Authorization="Bearer a-word-of-many-letters").text
    counted = re.findall(r'galley_requests_total\{method="GET",route="api articles",status="200"\} (\S+)', told)
    kept = re.findall(r'galley_cache_answers_total\{result="(?:hit|miss)"\} (\S+)', told)
    assert "galley_edition 0.0" in told
    return counted == [f"{number}.0"] and sum(map(float, kept)) == number


def children(process):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


@pytest.mark.programs
def test_a_port_that_somebody_serves_on_is_refused(tmp_path, serve):
    """Another newsroom's server lets its own processes share the port, and must not share it with ours."""
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve(PORT=port).wait(60) == 1
    assert (tmp_path / "log").read_text() == (
        f"CommandError: Galley cannot serve on port {port} of 127.0.0.1 (Address already in use). "
        "Choose another PORT or BIND, or stop what is there.\n"
    )


@pytest.mark.programs
def test_a_database_that_is_not_there_is_said_without_a_traceback(tmp_path, serve, port):
    assert serve(PORT=port, DATABASE_URL="postgres://nobody:secret-word@127.0.0.1:1/nothing").wait(60) == 1
    log = (tmp_path / "log").read_text()
    assert log.startswith("CommandError: The database cannot be used: ")
    assert "Traceback" not in log
    assert "secret-word" not in log


@pytest.mark.django_db
def test_a_newsroom_in_which_nobody_can_log_in_says_so(django_user_model):
    django_user_model.objects.create_user("reader", is_staff=False)
    django_user_model.objects.create_user("gone", is_staff=True, is_active=False)
    assert starting.is_without_accounts()
    django_user_model.objects.create_superuser("ann")
    assert not starting.is_without_accounts()


@pytest.mark.programs
def test_it_outlives_its_workers_however_often_they_die_and_ends_when_told_to(tmp_path, serve, port):
    server = serve(
        PORT=port, WORKERS=2, METRICS_TOKEN="a-word-of-many-letters", ACCESS_LOG=1, PUBLIC_URL="https://news.org"
    )
    assert ask(port).status == 200
    assert all_are_counted(port, 20)
    first = children(server)
    for _ in range(2):
        for pid in children(server):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        assert ask(port).status == 200
    deadline = time.monotonic() + 30
    while len(children(server)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(children(server)) == 2
    assert not set(first) & set(children(server))

    server.terminate()

    assert server.wait(40) == 0
    _serving, nobody, *lines = (tmp_path / "log").read_text().splitlines()
    assert nobody == "Nobody can log in at the desk yet. Make an account: manage.py createsuperuser"
    logged = [json.loads(line) for line in lines]  # each is JSON, the server's own included
    requests = [line for line in logged if line["message"] == "GET /api/v1/articles/ 200"]
    assert len({line["request_id"] for line in requests}) == 20
    assert "_granian" in {line["logger"] for line in logged}
