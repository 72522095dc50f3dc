"""How Galley starts, and what stops it."""

import importlib
import os
import runpy
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from cms import environment
from cms.publishing import kinds

SHOW = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings"
from django.conf import settings
settings.DEBUG  # reads them all
"""
SET_UP = SHOW + "import django\ndjango.setup()  # each app, and what it has from settings\n"
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
    "ACCEL_REDIRECT",
}


def read(folder, **variables):
    """Every setting, as a process reads them that starts with these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OURS:
            patch.delenv(name, raising=False)
        for name, value in {"DATA_DIR": str(folder), **variables}.items():
            patch.setenv(name, value)
        return runpy.run_path(str(site.BASE_DIR / "cms" / "settings.py"))


def start(folder, *names, **variables):
    """Start with these variables; answers these settings."""
    settings = read(folder, **variables)
    return [str(settings[name]) for name in names]


def mistakes(folder, **variables):
    with pytest.raises(ImproperlyConfigured) as stopped:
        read(folder, **variables)
    return listed(str(stopped.value))


def mistakes_of_kinds(apps):
    """What stops the start once settings are read, and each app says which kinds it brings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "_kinds", dict(kinds._kinds))
        with pytest.raises(ImproperlyConfigured) as stopped:
            kinds.load(apps)
    return listed(str(stopped.value))


def listed(text):
    first, *lines = text.strip().splitlines()
    assert first == "Galley cannot start:"
    return [line.strip().removeprefix("- ") for line in lines]


def run(command, folder, **variables):
    """The same in a process of its own, as an operator starts one."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *command],
        env={**environment, "DATA_DIR": str(folder), **variables},
        cwd=Path(site.BASE_DIR),
        capture_output=True,
        text=True,
        check=False,
    )


def mistakes_of_process(script, folder, **variables):
    process = run(["-c", script], folder, **variables)
    assert process.returncode != 0
    _, _, told = process.stderr.rpartition("ImproperlyConfigured: ")
    return listed(told)


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
        "ACCEL_REDIRECT": "uploads",
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
        "ACCEL_REDIRECT",
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


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("articles/{slug}", "begin it with a slash, one"),
        ("//articles/{slug}", "begin it with a slash, one"),
        ("https://news.example.org/{slug}", "begin it with a slash, one"),
        ("/articles/{headline}", "write {slug} or {id} in it"),
        ("/{a headline}/{slug}", "there is no {a headline}"),
        ("/articles/{}", "there is no {}"),
        ("/articles/{slug.x}", "there is no {slug.x}"),
        ("/{section}/{yyyy}", "write {slug} or {id} in it"),
        ("/articles", "write {slug} or {id} in it"),
        ("/articles/{slug", "close its braces"),
        ("/articles/{{slug}}", "close its braces"),
        ("/{slug}/{slug}", "write {slug} once"),
        ("/in-{section}/{slug}", "write {section} between two slashes"),
        ("/articles/?id={id}", "write a path alone"),
        ("/articles/#{slug}", "write a path alone"),
        ("/articles//{slug}", "write a path alone"),
        ("/my articles/{slug}", "write a path alone"),
    ],
)
def test_site_s_address_of_a_story_is_a_path_that_names_it(tmp_path, path, advice):
    (line,) = mistakes(tmp_path, WEB_PATH_ARTICLE=path)

    assert line.startswith(f"WEB_PATH_ARTICLE is {path!r}; {advice}")


def test_site_s_address_of_no_kind_is_named_with_those_that_there_are(tmp_path):
    (line,) = mistakes(tmp_path, WEB_PATH_STORY="/{slug}")

    assert line.startswith("WEB_PATH_STORY is of no kind; write one of WEB_PATH_PHOTO, WEB_PATH_SECTION, ")


@pytest.mark.programs
def test_site_s_address_cannot_hold_what_the_kind_has_not(tmp_path):
    paths = {"WEB_PATH_TOPIC": "/{section}/{slug}", "WEB_PATH_ARTICLE": "/{show}/{slug}"}

    lines = mistakes_of_process(SET_UP, tmp_path, **paths)

    assert lines == [
        "WEB_PATH_ARTICLE has {show}, which no article has; write {slug}, {id}, {yyyy}, {mm}, {dd}, {section}.",
        "WEB_PATH_TOPIC has {section}, which no topic has; write {slug}, {id}.",
    ]


def test_site_s_address_cannot_be_of_what_has_none(settings):
    settings.WEB_PATHS = {"photo": "/photos/{id}"}

    (line,) = mistakes_of_kinds(settings.CONTENT_APPS)

    assert line == "WEB_PATH_PHOTO cannot be: the API names no page of a photo; write nothing there."


def test_site_s_addresses_are_taken_from_the_environment(tmp_path):
    path = "/{section}/{yyyy}/{mm}/{slug}"

    assert start(tmp_path, "WEB_PATHS", WEB_PATH_ARTICLE=path, WEB_PATH_BLURB=" ") == [str({"article": path})]


def test_app_of_the_newsroom_s_own_is_one_that_is_there(tmp_path):
    (line,) = mistakes(tmp_path, OWN_APPS="nowhere.at-all")

    assert line.startswith("OWN_APPS has 'nowhere.at-all'; write dotted names of apps")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('KINDS = {"Pod cast": "a.B"}', "ours.kinds has 'Pod cast', which is no name for a kind: write up to 20"),
        (
            'KINDS = {"podcast": "ours.none.B"}',
            "ours.kinds has 'podcast', whose ours.none.B cannot be imported (",
        ),
        (
            'KINDS = {"podcast": "pathlib.Path"}',
            "ours.kinds has 'podcast', whose pathlib.Path is no serializer of a kind.",
        ),
        (
            'KINDS = {"podcast": "newsroom.serializers.TopicSerializer"}',
            "ours.kinds has 'podcast', whose newsroom.serializers.TopicSerializer is called 'topic' in its Meta.",
        ),
    ],
)
def test_list_of_kinds_that_cannot_be_taken_is_said_in_words(ours, written, told):
    ours.write_text(written)

    (line,) = mistakes_of_kinds(["ours"])

    assert line.startswith(told)


@pytest.fixture
def ours(tmp_path, monkeypatch):
    """The kinds.py of an app that Python finds."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "ours" / "kinds.py"
    for name in ("ours", "ours.kinds"):
        sys.modules.pop(name, None)
    importlib.invalidate_caches()


@pytest.mark.programs
@pytest.mark.parametrize("written", ["from newsroom.models import Topic", ""])
def test_list_of_kinds_that_cannot_be_read_is_said_in_words(tmp_path, ours, written):
    """In a process of its own: here the models are there already, and there they are not yet."""
    ours.write_text(written)

    (line,) = mistakes_of_process(SHOW, tmp_path, OWN_APPS="ours", PYTHONPATH=str(tmp_path))

    assert line.startswith("ours.kinds cannot be read (")


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


@pytest.mark.programs
@pytest.mark.parametrize("command", ["serve", "backup"])
def test_whoever_starts_it_sees_mistakes_and_no_traceback(tmp_path, command):
    process = run(["manage.py", command], tmp_path, PORT="x", WORKERS="many")
    assert process.returncode == 1
    assert process.stderr.splitlines() == [
        "Galley cannot start:",
        "  - PORT is 'x'; write a number from 1 to 65535.",
        f"  - WORKERS is 'many'; write a number such as {os.cpu_count()} up to 500.",
    ]


@pytest.mark.programs
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
    process = run(["-c", SHOW + make], folder)
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
def test_django_s_own_check_for_deployment_is_clean(tmp_path, settings, variables, capsys):
    shown = {name: value for name, value in read(tmp_path, **variables).items() if name.isupper()}
    for name in shown.keys() - {"DATABASES"}:
        if shown[name] != getattr(settings, name):
            setattr(settings, name, shown[name])

    call_command("check", deploy=True, fail_level="WARNING")

    assert "no issues" in capsys.readouterr().out


def test_a_bucket_is_named_by_its_name_and_no_proxy_sends_its_files(tmp_path):
    assert mistakes(tmp_path, S3_BUCKET="s3://uploads", S3_ENDPOINT="minio:9000", ACCEL_REDIRECT="/uploads/") == [
        "S3_BUCKET is 's3://uploads'; write the name of a bucket alone, and its server as S3_ENDPOINT.",
        "S3_ENDPOINT is 'minio:9000'; write a whole address such as https://news.example.org.",
        "ACCEL_REDIRECT has the proxy send files of a folder, and S3_BUCKET keeps them in a bucket.",
    ]


def test_what_says_more_of_a_bucket_is_not_passed_over_where_its_name_is_misspelt(tmp_path):
    assert mistakes(tmp_path, S3_BUCKETS="uploads", S3_REGION="eu-central-1") == [
        "S3_ENDPOINT, S3_REGION and S3_FOLDER say more of a bucket: name it as S3_BUCKET, or take them out."
    ]
