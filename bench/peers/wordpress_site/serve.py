"""WordPress as it is served: MariaDB, php-fpm and nginx, as processes of this one, apart from the machine's own.

`python -m bench.peers.wordpress_site.serve HOME`, with PORT in the environment, until it is told to end.
"""

import getpass
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SITE = Path(__file__).parent
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
SECONDS = 60  # to start or to end, at most


def main(home: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    values = {"run": home / "run", "site": home / "site", "port": os.environ["PORT"], "user": getpass.getuser()}
    for name in ("php-fpm.conf", "nginx.conf"):
        (home / "run" / name).write_text((SITE / name).read_text().format(**values))
    with database(home), running(php(home)), running(nginx(home)):
        signal.pause()


@contextmanager
def database(home: Path) -> Iterator[None]:
    """MariaDB with its own folder, for nobody but this user, on a socket of its own."""
    socket = home / "run" / "db"
    own = ["--no-defaults", f"--datadir={home / 'data'}", f"--user={getpass.getuser()}"]
    places = [f"--socket={socket}", "--skip-networking", f"--pid-file={home / 'run' / 'db.pid'}"]
    log = f"--log-error={home / 'run' / 'db.log'}"
    os.environ["GALLEY_BENCH_DB"] = str(socket)
    with running([program("mariadbd"), *own, *places, log]):
        until(socket.exists)
        yield


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def php(home: Path) -> list[str]:
    as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
    return [program("php-fpm*"), "--fpm-config", str(home / "run" / "php-fpm.conf"), *as_root]


def nginx(home: Path) -> list[str]:
    until((home / "run" / "php.sock").exists)
    return [program("nginx"), "-p", str(home / "run"), "-c", str(home / "run" / "nginx.conf")]


def program(pattern: str) -> str:
    """Where a program is whose name may end in its version; nothing where it is not."""
    for place in PLACES.split(os.pathsep):
        for file in sorted(Path(place).glob(pattern)) if place else []:
            if os.access(file, os.X_OK):
                return str(file)
    return ""


def until(is_so) -> None:
    for _ in range(SECONDS * 20):
        if is_so():
            return
        time.sleep(0.05)
    raise SystemExit("WordPress did not start.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
