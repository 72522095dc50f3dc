"""The whole suite, in four rounds: `make test`. Says aloud what it could not run, and how long each round took.

- SQLite: all that runs in a process of its own. Most faults show here.
- Browsers: what drives one.
- Other programs: what has servers, workers or many threads of ours at once, or asks npm, nginx, exiftool, schemathesis
  or a bucket. It carries the mark `programs`, as browsers do, which tests/conftest.py gives to whatever asks for one of
  them or for a database of other processes; a test that starts a process itself says so. What of it says something of
  the database is done on SQLite and then on PostgreSQL.
- PostgreSQL: the first round again, for what two databases may do differently: locks, SQL, what is unique, order, texts
  that one of them refuses.

What is marked `apart` is not run on PostgreSQL: what asks for no database (tests/conftest.py gives the mark), what a
page does in a browser (what is kept when several save at once is asked without one, in tests/desk), who is offered
which button, what is done to pictures, pages of the newspaper, what the server does with connections, what is shared in
Redis, and the forms and programs of others.

TEST_DATABASE_URL names the PostgreSQL server (its role must be able to create databases). Without it, one that answers
on this computer as postgres://galley:galley@localhost/galley is taken. REQUIRE_ALL=1 makes anything missing a failure.
JOBS=4 has four tests run at once. `pytest tests` by hand has all of them in one round, on the database of DATABASE_URL.

What drives a browser or another process and fails is done once more (tests/conftest.py), and the summary says so.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psycopg

CORES = os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
# Tests that wait (for a browser, for a server's seconds) leave a processor free for another one's work: three at once
# keep two cores busy for 98 % of a round, and each more reads Galley and starts a browser of its own.
JOBS = CORES + (CORES + 1) // 2
LOCAL = "postgres://galley:galley@localhost:5432/galley"
CHROMIA = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"]
PATH = os.environ.get("PATH", "") + ":/usr/sbin"  # where Debian keeps nginx
# What a few tests ask of SQLite only is no want of anything; every other skip is for something this computer lacks.
LACKING = re.compile(r"^SKIPPED(?!.*other databases)", re.M)
TOOLS = {
    next(filter(os.path.exists, CHROMIA), CHROMIA[-1]): "the desk in a browser (there is no chromium)",
    "exiftool": "that exiftool finds the credit in every size of a photo (there is no exiftool)",
    "ffprobe": "that a film is what ffprobe finds in it (there is no ffprobe)",
    "npm": "the description of the API with others' tools (there is no npm)",
    "nginx": "a deployment as deploy/ describes it, all of it running (there is no nginx)",
    "pgbouncer": "a deployment behind PgBouncer (there is no pgbouncer)",
    "redis-server": "what needs Redis (there is no redis-server)",
    "xgettext": "that translators are given every word of the desk (there is no xgettext)",
}


@dataclass
class Leg:
    """What marks choose of the suite, and where it is run."""

    marks: str
    is_on_postgresql: bool = False


ROUNDS = {
    "SQLite": [Leg("not programs")],
    "Browsers": [Leg("programs and browser")],
    "Other programs": [Leg("programs and not browser"), Leg("programs and not apart", is_on_postgresql=True)],
    "PostgreSQL": [Leg("not programs and not apart", is_on_postgresql=True)],
}


def main() -> int:
    must_have_all = os.environ.get("REQUIRE_ALL") == "1"
    missing = []
    url = os.environ.get("TEST_DATABASE_URL", LOCAL)
    if not answers(url):
        missing.append(f"PostgreSQL (nothing answers at {without_password(url)}; set TEST_DATABASE_URL)")
    missing += [what for tool, what in TOOLS.items() if not shutil.which(tool, path=PATH)]
    for name in missing:
        say(f"NOT TESTED HERE: {name}")
    if missing and must_have_all:
        return 1
    if answers(url):
        os.environ["REHEARSAL_DATABASE_URL"] = url
    failures = [run_round(name, legs, url if answers(url) else None) for name, legs in ROUNDS.items()]
    for name in missing:
        say(f"NOT TESTED HERE: {name}")
    return max(failures)


def run_round(name: str, legs: list[Leg], postgresql: str | None) -> int:
    """Run one round, on each of its databases that there is. Returns 0 when all is well."""
    legs = [leg for leg in legs if postgresql or not leg.is_on_postgresql]
    if not legs:
        return 0
    say(f"The suite: {name}")
    begun = time.monotonic()
    code = max([run(leg, postgresql) for leg in legs])
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    say(f"The suite: {name} took {minutes}:{seconds:02}.")
    return code


def run(leg: Leg, postgresql: str | None) -> int:
    """Run what these marks choose, on one database. Returns 0 when all is well."""
    say(f"On {'PostgreSQL' if leg.is_on_postgresql else 'SQLite'}: {leg.marks}")
    # Without the last, each process that a test starts would compile Galley anew.
    unwanted = {"DATABASE_URL", "DEBUG", "PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    if leg.is_on_postgresql:
        environment["DATABASE_URL"] = postgresql
    jobs = os.environ.get("JOBS", "auto").replace("auto", str(JOBS))
    with tempfile.TemporaryDirectory() as folder:
        environment["DATA_DIR"] = folder
        shared_out = ["-n", jobs, "--dist", "worksteal"]
        command = [sys.executable, "-m", "pytest", "-q", "-rsR", "--durations=15", *shared_out, "-m", leg.marks]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        output = []
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            output.append(line)
        code = process.wait()
    if os.environ.get("REQUIRE_ALL") == "1" and LACKING.search("".join(output)):
        say("A test was skipped for want of something, and here none may be.")
        return 1
    return code


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def without_password(url: str) -> str:
    return re.sub(r":[^:@/]*@", "@", url)


def say(text: str) -> None:
    sys.stdout.write(f"\n== {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
