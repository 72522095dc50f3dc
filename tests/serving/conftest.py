import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT, Server


@pytest.fixture(scope="session")
def static(tmp_path_factory):
    """The desk's scripts and styles, gathered once."""
    folder = tmp_path_factory.mktemp("gathered")
    command = [sys.executable, "-W", "ignore", "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATA_DIR": str(folder)}, check=True)
    return folder / "static"


@pytest.fixture(scope="session")
def running(django_db_setup, tmp_path_factory, static):
    """The server as a process, one for all tests: what they publish stands in the database that it reads."""
    folder = tmp_path_factory.mktemp("server")
    server = Server(folder, folder / "files", static, BODY_SECONDS="2", THREADS="2").start()
    yield server
    server.stop()


@pytest.fixture
def server(running, transactional_db, uploads):
    """The same, with the files of this test."""
    link = Path(running.log.name).with_name("uploads")
    link.unlink()
    uploads.mkdir(parents=True, exist_ok=True)
    link.symlink_to(uploads)
    return running


@pytest.fixture
def start(transactional_db, uploads, tmp_path, static):
    """`start(THREADS="1")` runs another one, with settings of its own."""
    servers = []

    def start(workers=1, **variables):
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(Server(folder, uploads, static, **variables))
        return servers[-1].start(workers)

    yield start
    for server in servers:
        server.stop()
