"""PostgreSQL, asked with patience.

A server that hangs keeps no time limit of its own, so requests keep theirs here, which a pooler like PgBouncer cannot
lose either. Where there is none, the server is told the limits as well: it then ends what nobody waits for any more.
"""

import contextlib
import threading
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

from cms.database import patience

POOLER_ANSWERS_IN = 60.0  # seconds: PgBouncer's cancel_wait_timeout is 10, unless somebody sets it
MARGIN = 0.25  # seconds, for the server to end by itself what takes too long
IDLE_IN_TRANSACTION = 60_000  # milliseconds: who was stopped while it holds the edition's lock stops everybody else

_watch = patience.Watch()


class GaveUp(psycopg.OperationalError):
    """The database did not answer in time."""


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        asking = patience.current()
        seconds = asking.seconds if asking else 60
        network = {
            "connect_timeout": max(2, int(seconds) - 1) if asking else 10,
            "tcp_user_timeout": int(seconds * 1000),
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        }
        return {**network, **super().get_connection_params()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection:
        asking = patience.current()
        if asking is None:
            connection = super().get_new_connection(conn_params)
        else:
            connection = _watch.ask(asking, partial(self._connect, conn_params), GaveUp)
        connection.wait = partial(_wait, connection)
        return connection

    def _connect(self, conn_params: dict) -> psycopg.Connection:
        try:
            return super().get_new_connection(conn_params)
        except psycopg.OperationalError as error:
            raise GaveUp(str(error)) from error

    def init_connection_state(self) -> None:
        super().init_connection_state()
        asking = patience.current()
        if asking and not settings.DATABASE_POOLED:
            most = int(asking.seconds * 1000)
            limits = {"statement_timeout": most, "lock_timeout": most - most // 10}
            limits["idle_in_transaction_session_timeout"] = IDLE_IN_TRANSACTION
            with self.connection.cursor() as cursor:
                cursor.execute("".join(f"SET {name} = {value};" for name, value in limits.items()))


def _wait(connection: psycopg.Connection, generator: Any, *arguments: Any, **options: Any) -> Any:
    """psycopg's own wait for an answer, as long as the request has patience."""
    asking = patience.current()
    if asking is None:
        return psycopg.Connection.wait(connection, generator, *arguments, **options)

    def ask() -> Any:
        try:
            return psycopg.Connection.wait(connection, generator, timeout=asking.seconds + MARGIN)
        except psycopg.errors._WaitTimeout:
            return _cancel(connection, generator)

    return _watch.ask(asking, ask, GaveUp)


def _cancel(connection: psycopg.Connection, generator: Any) -> Any:
    """Have the server end a statement that takes too long. Where it does not hear even that, it hangs."""
    asking = None
    try:
        if settings.DATABASE_POOLED:
            asking = _cancel_behind_pooler(connection)
        else:
            connection.cancel_safe(timeout=MARGIN)
        answer = psycopg.Connection.wait(connection, generator, timeout=MARGIN)
        if asking and asking.is_alive():  # it would end what this connection is asked next
            raise psycopg.OperationalError("The pooler has not yet passed on that the statement is to end.")
        return answer
    except psycopg.errors.QueryCanceled:
        raise
    except psycopg.OperationalError as error:
        connection.close()
        raise GaveUp("The database did not answer in time.") from error


def _cancel_behind_pooler(connection: psycopg.Connection) -> threading.Thread:
    """The same, and whoever asks for it stays until the pooler has answered, though nobody waits for them.

    Where they break off meanwhile, PgBouncer 1.18 ends, and with it the connections of all (pgbouncer/pgbouncer#801).
    """

    def cancel() -> None:
        with contextlib.suppress(psycopg.Error):
            connection.cancel_safe(timeout=POOLER_ANSWERS_IN)

    asking = threading.Thread(target=cancel, name="cancelling", daemon=True)
    asking.start()
    asking.join(MARGIN)
    return asking
