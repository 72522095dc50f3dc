"""A newsroom on this computer as deploy/ describes it, before it is one: nginx, two web processes, a worker, PostgreSQL
and Redis, each a process, with the demo's stories. Where there is a PgBouncer, it stands before PostgreSQL.

    python -m deploy.rehearse

says where it is, and ends with Ctrl+C. REHEARSAL_DATABASE_URL names a PostgreSQL server, by a role that may create
databases; without it one is looked for at postgres://galley:galley@localhost/galley. The rehearsal makes a database of
its own there, and drops it at the end.
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LOCAL = "postgres://galley:galley@localhost:5432/galley"
FOR_ROOT = "/usr/sbin:/usr/local/sbin"
PATIENCE = 60  # seconds for anything to start
MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    include {folder}/mime.types;
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/none;
    uwsgi_temp_path {folder}/none;
    scgi_temp_path {folder}/none;
    include {folder}/galley.conf;
}}
"""


class Rehearsal:
    """Everything running, for as long as `with Rehearsal() as house:` lasts. `house.url` is nginx's address."""

    def __init__(self, folder: Path, database_server: str):
        self.folder, self.database_server = folder, database_server
        self.port, self.redis_port, self.pooler_port, *self.web_ports = free_ports(5)
        self.url = f"http://localhost:{self.port}"
        self.database = f"galley_rehearsal_{secrets.token_hex(4)}"
        self.welcome = ""  # the demo's addresses and login
        self.web: list[subprocess.Popen] = []
        self.others: list[subprocess.Popen] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": self.database_url(),
            "DATABASE_POOLED": "1" if pgbouncer() else "0",
            "CACHE_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "PUBLIC_URL": self.url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "TRUSTED_PROXIES": "127.0.0.1",
            "ACCEL_REDIRECT": "/uploads/",
            "BACKGROUND_WORK": "worker",
            "DATABASE_TIMEOUT": "20",  # a computer that starts all of this is busy
            "DEBUG": "0",
        }

    def __enter__(self) -> "Rehearsal":
        (self.folder / "data").mkdir()
        try:
            self.ask_server(f'CREATE DATABASE "{self.database}"')
            if pgbouncer():
                self.others.append(self.start_pooler())
            with ThreadPoolExecutor() as hands:
                gathered = hands.submit(self.manage, "collectstatic", "--noinput", "--verbosity", "0")
                self.manage("migrate", "--verbosity", "0")
                loaded = hands.submit(self.manage, "load_demo")
                self.others.append(self.start("redis-server", "--port", str(self.redis_port), "--save", ""))
                gathered.result()
                self.web += hands.map(self.start_web, self.web_ports)
                self.welcome = loaded.result()
            self.others.append(self.start(sys.executable, "manage.py", "worker"))
            self.others.append(self.start_nginx())
            wait_for(f"{self.url}/readyz")
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def database_url(self) -> str:
        """The database as Galley is told of it: behind the pooler, where there is one."""
        server = urlsplit(self.database_server)
        if pgbouncer():
            return f"postgres://{server.username}:{server.password}@127.0.0.1:{self.pooler_port}/{self.database}"
        return urlunsplit(server._replace(path=f"/{self.database}"))

    def manage(self, *arguments: str) -> str:
        """Run one of manage.py's commands, and give what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def start(self, *command: str, **environment: str) -> subprocess.Popen:
        with (self.folder / f"{Path(command[0]).name}.log").open("a") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env={**self.environment, **environment}, stdout=log, stderr=subprocess.STDOUT
            )

    def replace_web(self, number: int) -> None:
        """One of the web processes stopped, and another started in its place, as for a new release."""
        self.web[number].terminate()
        self.web[number].wait(40)
        self.web[number] = self.start_web(self.web_ports[number])

    def start_web(self, port: int) -> subprocess.Popen:
        process = self.start(sys.executable, "manage.py", "serve", PORT=str(port), BIND="127.0.0.1", WORKERS="1")
        wait_for(f"http://127.0.0.1:{port}/readyz")
        return process

    def start_pooler(self) -> subprocess.Popen:
        path = self.folder / "pgbouncer.ini"
        path.write_text(pooler_settings(self.pooler_port, self.database_server))
        process = self.start(str(pgbouncer()), str(path))
        wait_for_port(self.pooler_port)
        return process

    def start_nginx(self) -> subprocess.Popen:
        values = {
            "GALLEY_SERVERS": " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in self.web_ports),
            "GALLEY_LISTEN": str(self.port),
            "GALLEY_HOST": "localhost",
            "GALLEY_DATA": str(self.folder / "data"),
            "GALLEY_CACHE": str(self.folder / "cache"),
        }
        (self.folder / "galley.conf").write_text(filled("nginx/galley.conf.template", values))
        (self.folder / "mime.types").write_text("types { text/css css; text/javascript js; image/svg+xml svg; }\n")
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))
        return self.start(nginx(), "-c", str(self.folder / "nginx.conf"))

    def end(self) -> None:
        for process in [*reversed(self.others), *self.web]:
            process.terminate()
        for process in [*self.others, *self.web]:
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
        with contextlib.suppress(Exception):  # it may never have been made
            self.ask_server(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def ask_server(self, statement: str) -> None:
        import psycopg  # needed by whoever rehearses alone

        with psycopg.connect(self.database_server, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)


def nginx() -> str:
    """Where nginx is; Debian keeps it where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path=FOR_ROOT) or "nginx"


def pgbouncer() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path=FOR_ROOT)


def pooler_settings(port: int, database_server: str) -> str:
    """What PgBouncer is told. Whoever comes in is let in as the role of this address: who is who is not tried here."""
    server = urlsplit(database_server)
    values = {
        "GALLEY_DATABASES": f"* = host={server.hostname} port={server.port or 5432} "
        f"user='{server.username}' password='{server.password}'",
        "GALLEY_POOLER": str(port),
        "GALLEY_AUTH": "any",
        "GALLEY_USERS": "",
        "GALLEY_ACCOUNT": "nobody" if os.geteuid() == 0 else "",
    }
    return filled("pgbouncer/pgbouncer.ini.template", values)


def filled(template: str, values: dict[str, str]) -> str:
    """A file of deploy/ with its ${GALLEY_...} filled in."""
    return re.sub(r"\$\{(GALLEY_\w+)\}", lambda found: values[found[1]], (HERE / template).read_text())


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens at now, below those that a system gives to whoever asks for any."""
    free: list[int] = []
    for port in range(10_000 + os.getpid() % 200 * 100 + 50, 32_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.append(port)
        if len(free) == number:
            break
    return free


def wait_for(url: str) -> None:
    """Until it answers 200."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if time.monotonic() > until:
                raise RuntimeError(f"Nothing answers at {url}: {error}") from error
            time.sleep(0.1)


def wait_for_port(port: int) -> None:
    """Until somebody listens there."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except OSError as error:
            if time.monotonic() > until:
                raise RuntimeError(f"Nothing listens at port {port}: {error}") from error
            time.sleep(0.05)


@contextlib.contextmanager
def rehearsal(database_server: str) -> Iterator[Rehearsal]:
    with (
        tempfile.TemporaryDirectory(prefix="galley-rehearsal-") as folder,
        Rehearsal(Path(folder), database_server) as on,
    ):
        yield on


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with rehearsal(os.environ.get("REHEARSAL_DATABASE_URL", LOCAL)) as house:
        print(house.welcome, "\nCtrl+C ends it.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while all(process.poll() is None for process in [*house.web, *house.others]):
                time.sleep(1)


if __name__ == "__main__":
    main()
