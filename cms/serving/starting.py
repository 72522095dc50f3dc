"""Starting the server: what must be so before, and the process that keeps the workers alive."""

import logging
import socket
import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import Error, connection, connections
from django.db.migrations.executor import MigrationExecutor
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from cms.publishing import rendering
from cms.serving import metrics

logger = logging.getLogger(__name__)

SHORTEST_LIFE = 5.0  # seconds; who dies sooner is followed after a pause
PAUSE = 1.0
CONNECTIONS = 1500  # of each process, besides those that are held until something changes


class CannotStart(Exception):
    """What is in the way, in words for an operator."""


def demand_port() -> None:
    """See that nobody else serves here: two servers on one port would share the readers between them, unasked."""
    family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
    try:
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((settings.BIND, int(settings.PORT)))
            listener.listen()
    except OSError as error:
        place = f"port {settings.PORT} of {settings.BIND}"
        raise CannotStart(
            f"Galley cannot serve on {place} ({error.strerror}). Choose another PORT or BIND, or stop what is there."
        ) from error


def bring_up_to_date() -> None:
    """Migrate. A database that takes no writes is served as it is, where there is nothing to migrate."""
    try:
        try:
            call_command("migrate", verbosity=0)
            rendering.take_over()
        except (Error, OSError) as error:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise
            logger.warning("The database takes no writes at present; readers are served all the same: %s", error)
    except (Error, OSError) as error:
        raise CannotStart(f"The database cannot be used: {str(error).strip()}") from error
    finally:
        connections.close_all()  # processes must never share one


def is_without_accounts() -> bool:
    """Whether nobody could log in at the desk: a newsroom that was just made."""
    try:
        return not get_user_model().objects.filter(is_staff=True, is_active=True).exists()
    except Error:
        return False  # a database that does not answer is another matter


class _Forgetful(dict):
    """Remembers nothing: granian gives up where it knows of a worker that it has just started anew."""

    def __setitem__(self, key: Any, value: Any) -> None:
        return None


class Server(Granian):  # type: ignore[valid-type, misc]  # one of two classes, by how Python was built
    """granian, which ends when a worker dies twice within seconds, and overlooks one of two that die at once."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.respawned_wrks = _Forgetful()
        self.last_death = 0.0

    def _respawn_workers(self, workers: Any, *args: Any, **options: Any) -> None:
        if options:  # asked for, one after the other, and none has died
            super()._respawn_workers(workers, *args, **options)
            return
        if time.monotonic() - self.last_death < SHORTEST_LIFE:
            time.sleep(PAUSE)
        self.last_death = time.monotonic()
        while (dead := [worker for worker in self.wrks if not worker.is_alive()]) and not self.interrupt_signal:
            for worker in dead:
                metrics.forget(worker.inner.pid)
            super()._respawn_workers([worker.idx for worker in dead], *args)


def serve() -> None:
    """Serve until told to stop. What is being answered then is finished."""
    metrics.clear()
    Server(
        "cms.server:application",
        address=settings.BIND,
        port=int(settings.PORT),
        interface=Interfaces.RSGI,
        workers=settings.WORKERS,
        http=HTTPModes.http1,
        websockets=False,
        backlog=4096,
        backpressure=settings.STREAMS + CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=20_000, max_buffer_size=65_536),
        workers_kill_timeout=30,
        respawn_failed_workers=True,
        log_dictconfig=settings.LOGGING,
    ).serve()
