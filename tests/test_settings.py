"""How Galley starts, and what stops it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured

from cms import environment

SHOW = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
import django
django.setup()
from django.conf import settings
print(*[getattr(settings, name) for name in {names}], sep="\\n")
"""
OURS = {
    "DJANGO_ALLOW_ASYNC_UNSAFE",  # the browser tests set it
    "SECRET_KEY",
    "DEBUG",
    "DATABASE_URL",
    "PUBLIC_URL",
    "FRONT_URL",
    "PREVIEW_URL",
    "ALLOWED_HOSTS",
    "TIME_ZONE",
    "LANGUAGE_CODE",
    "CONTENT_LANGUAGE",
    "CACHE_TAG_HEADER",
    "OUTBOUND_NETWORKS",
    "PORT",
    "BIND",
    "WORKERS",
    "THREADS",
    "PUBLISH_CHECKS",
    "REQUIRE_APPROVAL",
    "REQUIRE_TWO_FACTOR",
    "SITE_NAME",
    "TRUSTED_PROXIES",
}


def run(command, folder, **variables):
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *command],
        env={**environment, "DATA_DIR": str(folder), **variables},
        cwd=Path(site.BASE_DIR),
        capture_output=True,
        text=True,
        check=False,
    )


def start(folder, *names, **variables):
    """Start with these variables; answers these settings."""
    process = run(["-c", SHOW.format(names=names)], folder, **variables)
    assert process.returncode == 0, process.stderr
    return process.stdout.splitlines()


def mistakes(folder, **variables):
    process = run(["-c", SHOW.format(names=())], folder, **variables)
    assert process.returncode != 0
    _, _, listed = process.stderr.partition("Galley cannot start:\n")
    assert listed, process.stderr
    return [line.strip().removeprefix("- ") for line in listed.strip().splitlines()]


def test_every_mistake_is_named_at_once(tmp_path):
    wrong = {
        "DEBUG": "maybe",
        "PORT": "99999",
        "BIND": "300.1.1.1",
        "WORKERS": "many",
        "THREADS": "0",
        "SECRET_KEY": "short",
        "PUBLIC_URL": "http://[bad",
        "FRONT_URL": "ftp://x",
        "ALLOWED_HOSTS": "* https://news.example.org",
        "LANGUAGE_CODE": "de",
        "CONTENT_LANGUAGE": "Klingon!",
        "TIME_ZONE": "Mars",
        "CACHE_TAG_HEADER": "X-Tags",
        "OUTBOUND_NETWORKS": "10.0.0.0/8 everywhere",
        "TRUSTED_PROXIES": "the-proxy",
        "PUBLISH_CHECKS": "ournews.checks.fine no-function",
        "REQUIRE_APPROVAL": "perhaps",
        "DATABASE_URL": "oracle://u:secret-word@host/name",
    }

    lines = mistakes(tmp_path, **wrong)

    assert [line.split()[0].rstrip(":") for line in lines] == [
        "DEBUG",
        "PORT",
        "BIND",
        "WORKERS",
        "SECRET_KEY",
        "PUBLIC_URL",
        "FRONT_URL",
        "ALLOWED_HOSTS",
        "ALLOWED_HOSTS",
        "LANGUAGE_CODE",
        "CONTENT_LANGUAGE",
        "TIME_ZONE",
        "CACHE_TAG_HEADER",
        "OUTBOUND_NETWORKS",
        "TRUSTED_PROXIES",
        "PUBLISH_CHECKS",
        "REQUIRE_APPROVAL",
        "THREADS",
        "DATABASE_URL",
    ]
    assert "secret-word" not in str(lines)
    assert all("write" in line or "name the hosts" in line for line in lines)


@pytest.mark.parametrize(
    "url",
    [
        "news",
        "https://",
        "https://a b",
        "https://u:secret-word@host",
        "https://host?x",
        "https://h:x",
        "//host",
        "javascript:x",
        "https://host/cms",
    ],
)
def test_public_address_is_a_whole_one(tmp_path, url):
    (line,) = mistakes(tmp_path, PUBLIC_URL=url)

    assert line.startswith("PUBLIC_URL is ")
    assert "secret-word" not in line


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/preview",
        "https://www.example.org/{token",
        "https://www.example.org/{token}/{story}",
        "https://www.example.org/{token.x}",
        "https://www.example.org/{}/{token}",
        "https://www.example.org/{token}/{token}",
        "https://{token}",
        "/preview/{token}",
        "ftp://www.example.org/{token}",
        "https://u:secret-word@www.example.org/{tokens}",
    ],
)
def test_previews_are_shown_at_a_whole_address_with_a_token(tmp_path, url):
    (line,) = mistakes(tmp_path, PREVIEW_URL=url)

    assert line.startswith("PREVIEW_URL is ")
    assert "secret-word" not in line


def test_preview_address_is_taken_as_it_is(tmp_path):
    url = "https://www.example.org/p/{kind}/{slug}?id={id}#{token}"

    assert start(tmp_path, "PREVIEW_URL", PREVIEW_URL=url) == [url]


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:p@h/n", "postgres://u:secret-word@h:port/n"])
def test_database_is_one_of_the_two(tmp_path, url):
    (line,) = mistakes(tmp_path, DATABASE_URL=url)

    assert line == "DATABASE_URL: write postgres://user:password@host:5432/name or sqlite:////path/to/file."


def test_secret_key_is_made_once_and_for_nobody_else_to_read(tmp_path):
    folder = tmp_path / "new"
    (first,) = start(folder, "SECRET_KEY")
    (second,) = start(folder, "SECRET_KEY")

    assert len(first) >= 50
    assert first == second
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert start(tmp_path / "other", "SECRET_KEY") != [first]
    given = "given-and-long-enough-to-sign-with"
    assert start(folder, "SECRET_KEY", SECRET_KEY=given) == [given]


def test_a_key_that_can_be_guessed_is_refused_and_not_repeated(tmp_path):
    (line,) = mistakes(tmp_path, SECRET_KEY="a-secret-of-31-characters-only-")
    assert line == "SECRET_KEY has 31 characters; write at least 32, such as openssl rand -base64 48."
    (tmp_path / "secret_key").write_text("made by hand\n")
    (line,) = mistakes(tmp_path)
    assert line.startswith(f"The key in {tmp_path / 'secret_key'} has 12 characters")


@pytest.mark.parametrize("bind", ["300.1.1.1", "example.org", "127.0.0.1:8000", "*", "127.1", "::1::"])
def test_what_is_no_address_of_a_computer_is_not_served_on(monkeypatch, bind):
    monkeypatch.setenv("BIND", bind)
    assert environment.address("BIND", "127.0.0.1") == "127.0.0.1"
    with pytest.raises(ImproperlyConfigured, match="BIND is '"):
        environment.stop_at_mistakes()


@pytest.mark.parametrize(("bind", "address"), [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("[::1]", "::1")])
def test_addresses_of_a_computer_are_taken(monkeypatch, bind, address):
    monkeypatch.setenv("BIND", bind)
    assert environment.address("BIND", "") == address


@pytest.mark.parametrize("command", ["serve", "backup"])
def test_whoever_starts_it_sees_mistakes_and_no_traceback(tmp_path, command):
    process = run(["manage.py", command], tmp_path, PORT="x", WORKERS="many")
    assert process.returncode == 1
    assert process.stderr.splitlines() == [
        "Galley cannot start:",
        "  - PORT is 'x'; write a number from 1 to 65535.",
        f"  - WORKERS is 'many'; write a number such as {os.cpu_count()} up to 500.",
    ]


def test_what_is_kept_is_for_nobody_else_to_read(tmp_path):
    """What an earlier release left open is closed, and what is made later is closed from the first."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    (folder / "galley.sqlite3").touch(mode=0o644)
    make = "from django.db import connection as c; c.cursor().execute('CREATE TABLE t (x)'); import os; "
    make += (
        "from django.core.files.storage import default_storage as s; from django.core.files.base import ContentFile; "
    )
    make += "s.save('originals/ab/1.jpg', ContentFile(b'x')); print(*os.listdir(os.environ['DATA_DIR']))"
    process = run(["-c", SHOW.format(names=()) + make], folder)
    assert {"galley.sqlite3", "galley.sqlite3-wal", "galley.sqlite3-shm"} <= set(process.stdout.split()), process.stderr
    modes = {path.relative_to(folder): stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {oct(mode) for path, mode in modes.items() if (folder / path).is_dir()} == {"0o700"}
    assert {oct(mode) for path, mode in modes.items() if (folder / path).is_file()} == {"0o600"}


def test_empty_secret_key_file_is_named(tmp_path):
    (tmp_path / "secret_key").write_text("")

    (line,) = mistakes(tmp_path)

    assert line.startswith(f"{tmp_path / 'secret_key'} is empty; delete it")


def test_safe_without_any_variable(tmp_path):
    shown = start(tmp_path, "DEBUG", "ALLOWED_HOSTS", "PUBLIC_URL", "TIME_ZONE", "SESSION_COOKIE_SECURE")

    assert shown == [
        "False",
        "['localhost', 'localhost', '127.0.0.1', '[::1]']",
        "http://localhost:8000",
        "UTC",
        "False",
    ]


def test_https_follows_from_the_public_address(tmp_path):
    shown = start(
        tmp_path,
        "ALLOWED_HOSTS",
        "FRONT_URL",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        PUBLIC_URL="https://cms.example.org/",
    )

    hosts = "['cms.example.org', 'localhost', '127.0.0.1', '[::1]']"
    assert shown == [hosts, "https://cms.example.org", "True", "True", "31536000"]


@pytest.mark.parametrize("variables", [{}, {"PUBLIC_URL": "https://news.example.org"}])
def test_django_s_own_check_for_deployment_is_clean(tmp_path, variables):
    process = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], tmp_path, **variables)

    assert (process.returncode, "no issues" in process.stdout + process.stderr) == (0, True)
