import fcntl
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from cms import settings as site
from tests.serving import Server


@pytest.fixture(scope="session")
def static(tmp_path_factory):
    """The desk's scripts and styles, gathered by the first of a round's processes that asks for them."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "gathered"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "all").exists():
            with override_settings(STATIC_ROOT=folder / "static", STORAGES=site.STORAGES):
                call_command("collectstatic", interactive=False, verbosity=0)
            (folder / "all").touch()
    return folder / "static"


@pytest.fixture(scope="session")
def running(django_db_setup, tmp_path_factory, static, mother):
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
def start(transactional_db, uploads, tmp_path, static, mother):
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
