"""The whole suite, on SQLite and then on PostgreSQL: `make test`. Says aloud what it could not run.

The second round is for what two databases may do differently: locks, SQL, what is unique, order, texts that one of
them refuses. What is marked `apart` is left out of it: what asks for no database (tests/conftest.py gives the mark), a
page in a browser but for what it keeps (tests/browser), who is offered which button, what is done to pictures, pages of
the newspaper, what the server does with connections, and the forms and programs of others.

TEST_DATABASE_URL names the PostgreSQL server (its role must be able to create databases). Without it, one that answers
on this computer as postgres://galley:galley@localhost/galley is taken. REQUIRE_ALL=1 makes anything missing a failure.
JOBS=4 has four tests run at once.

What drives a browser or another process and fails is done once more (tests/conftest.py), and the summary says so.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import psycopg

# Tests that wait (for a browser, for a server's seconds) leave a processor free for another one's work.
CORES = os.process_cpu_count() if hasattr(os, "process_cpu_count") else len(os.sched_getaffinity(0))
JOBS = str(CORES + (CORES + 1) // 2)
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
    failures = [run("SQLite", None)]
    if answers(url):
        failures.append(run("PostgreSQL", url))
    for name in missing:
        say(f"NOT TESTED HERE: {name}")
    return max(failures)


def run(name: str, database_url: str | None) -> int:
    """One round of the suite. Returns 0 when all is well."""
    say(f"The suite on {name}")
    # Without the last, each process that a test starts would compile Galley anew.
    unwanted = {"DATABASE_URL", "DEBUG", "PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    if database_url:
        environment["DATABASE_URL"] = database_url
    begun = time.monotonic()
    jobs = os.environ.get("JOBS", "auto")
    with tempfile.TemporaryDirectory() as folder:
        environment["DATA_DIR"] = folder
        shared_out = ["-n", JOBS if jobs == "auto" else jobs, "--dist", "worksteal"]
        command = [sys.executable, "-m", "pytest", "-q", "-rsR", "--durations=15", *shared_out]
        if database_url:
            say("Left out: what says nothing of the database, and was run above.")
            command += ["-m", "not apart"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        output = []
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            output.append(line)
        code = process.wait()
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    say(f"The suite on {name} took {minutes}:{seconds:02}.")
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
