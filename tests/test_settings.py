"""How Galley starts, and what stops it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site

SHOW = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
from django.conf import settings
settings.DEBUG  # reads them all
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
    assert start(folder, "SECRET_KEY", SECRET_KEY="given") == ["given"]


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
