"""The environment, read. What is wrong with a variable is noted, so that one complaint names all."""

import contextlib
import ipaddress
import json
import os
import re
import secrets
import stat
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from cms.text.web_paths import WebPath

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
SHORTEST_KEY = 32  # characters: whoever guesses it is any editor
ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
_mistakes: list[str] = []


def mistake(text: str) -> None:
    """Note what is wrong, and go on with the default: all is named at once."""
    _mistakes.append(text)


def stop_at_mistakes() -> None:
    """Refuse to start where anything was wrong."""
    mistakes, _mistakes[:] = list(_mistakes), []
    if mistakes:
        raise ImproperlyConfigured("Galley cannot start:\n" + "\n".join(f"  - {text}" for text in mistakes))


def without_login(url: str) -> str:
    """An address as it may be shown: mistakes end up in logs."""
    return re.sub(r"//[^/@]*@", "//...@", url)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    """What is parted by commas or spaces."""
    return text(name).replace(",", " ").split()


def flag(name: str) -> bool:
    value = text(name, "0").lower()
    if value not in {"0", "1", "false", "true", "no", "yes"}:
        mistake(f"{name} is {value!r}; write 1 or 0.")
    return value in {"1", "true", "yes"}


def one_of(name: str, values: list[str]) -> str:
    """One of these values, the first where nothing is said."""
    value = text(name, values[0])
    if value in values:
        return value
    choices = f"one of {', '.join(values)}" if len(values) > 2 else " or ".join(values)
    mistake(f"{name} is {value!r}; write {choices}.")
    return values[0]


def desk_language(name: str, languages: dict[str, str]) -> str:
    value = text(name, "en").lower()
    if value.split("-")[0] in languages:
        return value
    mistake(f"{name} is {value!r}; the desk speaks English and Ukrainian: write {' or '.join(languages)}.")
    return "en"


def language(name: str, default: str) -> str:
    value = text(name, default)
    if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        return value
    mistake(f"{name} is {value!r}; write a code such as en, uk or pt-BR.")
    return "en"


def port(name: str, default: str) -> str:
    value = text(name, default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        mistake(f"{name} is {value!r}; write a number from 1 to 65535.")
        return default
    return value


def number(name: str, default: int, most: int = 9_999_999) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 0 < int(value) <= most):
        up_to = f" up to {most}" if most < 9_999_999 else ""
        mistake(f"{name} is {value!r}; write a number such as {default}{up_to}.")
        return default
    return int(value)


def address(name: str, default: str) -> str:
    """An address of this computer to serve on."""
    value = text(name, default)
    try:
        return str(ipaddress.ip_address(value.strip("[]")))
    except ValueError:
        if value == "localhost":
            return "127.0.0.1"
    mistake(f"{name} is {value!r}; write an address of this computer: 127.0.0.1, or 0.0.0.0 for all that it has.")
    return default


def token(name: str) -> str:
    """A word that nobody guesses; empty: there is none."""
    value = text(name)
    if value and not re.fullmatch(r"[\x21-\x7e]{16,}", value):
        mistake(f"{name} is too short or has spaces in it; write 16 characters or more, such as openssl rand -hex 16.")
    return value


def site_url(name: str, default: str) -> str:
    """The address of a host: Galley's own pages are at paths of their own below it."""
    value = url(name, default)
    if urlsplit(value).path:
        mistake(f"{name} is {value!r}; leave out what follows the host: Galley is not served below a path.")
        return default
    return value


def url(name: str, default: str) -> str:
    """A whole address without a slash at its end."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        is_whole = False
    if not is_whole or parts.username or parts.query or parts.fragment or any(char.isspace() for char in value):
        mistake(f"{name} is {without_login(value)!r}; write a whole address such as https://news.example.org.")
        return default
    return value


def page_of_previews(name: str) -> str:
    """Where the front end shows a preview, its address with names in braces; empty: it has no such page."""
    value = text(name)
    if not value or _is_page_of_previews(value):
        return value
    mistake(
        f"{name} is {without_login(value)!r}; write an address with {{token}} in it, and if you like "
        "{kind}, {slug} and {id}, such as https://news.example.org/preview/{kind}/{id}#{token}."
    )
    return ""


def _is_page_of_previews(value: str) -> bool:
    try:
        parts = urlsplit(value.format_map({"kind": "a", "slug": "b", "id": "c", "token": "the-token"}))
    except (ValueError, LookupError, AttributeError):  # braces that do not close, or with another name in them
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and not parts.username
        and value.count("{token}") == 1
        and "the-token" not in parts.netloc
        and not any(char.isspace() for char in value)
    )


def hosts(name: str, default: list[str], *, may_be_all: bool) -> list[str]:
    names = words(name) or default
    if "*" in names and not may_be_all:
        mistake(f"{name} is '*'; name the hosts that this site answers to.")
    for host in names:
        if "/" in host or "@" in host:
            mistake(f"{name} has {without_login(host)!r}; write host names alone, such as news.example.org.")
    return names


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    if value in available_timezones():
        return value
    mistake(f"{name} is {value!r}; write a name such as Europe/Kyiv.")
    return default


def networks(name: str, example: str) -> list[Network]:
    parsed = []
    for value in words(name):
        try:
            parsed.append(ipaddress.ip_network(value))
        except ValueError:
            mistake(f"{name} has {value!r}; write addresses or networks such as {example}.")
    return parsed


def origins(name: str) -> list[str]:
    """Sites as browsers name them: a scheme and a host, with a port where it is not the usual one."""
    named = words(name)
    for value in named:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?", value):
            mistake(f"{name} has {value!r}; write sites such as https://chat.example.org, without a path.")
    return named


def inner_path(name: str) -> str:
    """The path of a place that only the proxy in front can reach, with its slashes; empty: there is none."""
    value = text(name)
    if not value or re.fullmatch(r"/([\w.-]+/)+", value, re.ASCII):
        return value
    mistake(f"{name} is {value!r}; write a path with a slash at both ends, such as /uploads/.")
    return ""


def dotted_names(name: str, example: str) -> list[str]:
    names = words(name)
    for value in names:
        if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", value):
            mistake(f"{name} has {value!r}; write dotted names of functions, such as {example}.")
    return names


def apps(name: str) -> list[str]:
    """Apps of the newsroom's own, by their dotted names."""
    names = []
    for value in words(name):
        try:
            is_there = bool(re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", value) and find_spec(value))
        except ImportError:  # what it stands in is not there either
            is_there = False
        if is_there:
            names.append(value)
        else:
            mistake(f"{name} has {value!r}; write dotted names of apps that Python finds, such as ournews.podcasts.")
    return names


def kinds_of(content_apps: list[str]) -> list[str]:
    """The names of the kinds that apps list in their kinds.py."""
    names: list[str] = []
    for app in content_apps:
        if find_spec(f"{app}.kinds"):
            try:
                names += import_module(f"{app}.kinds").KINDS
            except Exception as problem:  # whatever it does; it is read before anything else is there
                mistake(f"{app}.kinds cannot be read ({problem}); write a dictionary KINDS in it, and import nothing.")
    return names


def web_paths(prefix: str, kinds: list[str]) -> dict[str, str]:
    """Where the front end shows each kind, of those that are said: WEB_PATH_ARTICLE and its like."""
    by_variable = {prefix + kind.upper(): kind for kind in kinds}
    paths = {}
    for name in sorted(variable for variable in os.environ if variable.startswith(prefix)):
        value = text(name)
        if name not in by_variable:
            mistake(f"{name} is of no kind; write one of {', '.join(by_variable)}.")
        elif wrong := value and WebPath(value).mistake():
            mistake(f"{name} is {value!r}; {wrong}.")
        elif value:
            paths[by_variable[name]] = value
    return paths


def video_providers(name: str) -> list[dict[str, Any]]:
    """Providers of videos besides those that are known, as JSON."""
    try:
        providers = json.loads(text(name, "[]"))
        for provider in providers:
            _check_provider(provider)
    except (ValueError, TypeError, KeyError, AttributeError):
        mistake(
            f'{name}: write [{{"name": "tube", "pages": ["https://tube.example.org/w/{{id}}"], "player": '
            '"https://tube.example.org/videos/embed/{id}", "oembed": "https://tube.example.org/services/oembed"}].'
        )
        return []
    return providers


def _check_provider(provider: dict[str, Any]) -> None:
    addresses = [*provider["pages"], provider["player"], provider.get("oembed", "https://none")]
    if not re.fullmatch(r"[a-z0-9-]{1,50}", provider["name"]) or isinstance(provider["pages"], str):
        raise ValueError
    if not all(re.match(r"https?://[\w.-]+(:\d+)?", address) for address in addresses):
        raise ValueError
    if not all("{id}" in address for address in addresses[:-1]):
        raise ValueError


def database(name: str, default: str, *, is_pooled: bool = False) -> dict[str, Any]:
    """Django's settings of one database."""
    try:
        parsed = dj_database_url.parse(text(name, default), conn_max_age=600, conn_health_checks=True)
        if parsed["ENGINE"] not in ENGINES:
            raise ValueError
    except (ValueError, dj_database_url.ParseError):
        mistake(f"{name}: write postgres://user:password@host:5432/name or sqlite:////path/to/file.")
        return {}
    if parsed["ENGINE"] == "django.db.backends.postgresql":
        return {**parsed, "ENGINE": "cms.database.postgresql", "DISABLE_SERVER_SIDE_CURSORS": is_pooled}
    # Writers queue up at BEGIN instead of failing half-way, and readers never wait for them. Never mmap_size:
    # SQLite before 3.51.3 can corrupt a WAL database with it. Each thread has a page cache of its own: 8 MB hold the
    # upper pages of every index, and the system's own cache holds the rest.
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.25, "init_command": pragmas}
    for ending in ("", "-wal", "-shm"):
        _close_to_others(Path(f"{parsed['NAME']}{ending}"), 0o600)
    return {**parsed, "ENGINE": "cms.database.sqlite3", "OPTIONS": options, "CONN_HEALTH_CHECKS": False}


def keep_private() -> None:
    """Let nobody else on this computer read what this process writes from now on."""
    os.umask(0o077)


def redis(name: str) -> str:
    """The address of a Redis; empty: there is none."""
    return _of_library(name, "redis", "redis", r"(rediss?|unix)://\S+", "write redis://user:password@host:6379/0.")


def bucket(name: str) -> str:
    """The name of a bucket; empty: there is none."""
    advice = "write the name of a bucket alone, and its server as S3_ENDPOINT."
    return _of_library(name, "boto3", "s3", r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", advice)


def _of_library(name: str, library: str, requirements: str, pattern: str, advice: str) -> str:
    """What may be left out, and needs a library where it is not."""
    value = text(name)
    if value and not re.fullmatch(pattern, value):
        mistake(f"{name} is {without_login(value)!r}; {advice}")
    elif value and not find_spec(library):
        mistake(f"{name} needs a library: pip install -r requirements-{requirements}.txt, or take it out.")
    return value


def folder(name: str, default: Path, mode: int = 0o700) -> Path:
    """A folder that is there, made where it was not, and closed to others where it is this user's."""
    path = Path(text(name, str(default))).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        mistake(f"{name} {path} cannot be made ({error.strerror}); set {name} to a folder that can.")
    _close_to_others(path, mode)
    return path


def _close_to_others(path: Path, mode: int) -> None:
    """Give a file or folder of an earlier release the mode that it should have."""
    with contextlib.suppress(OSError):  # not there, on a disk that takes no writes, or without such rights
        status = path.stat()
        is_other = stat.S_IMODE(status.st_mode) & 0o077 != mode & 0o077 and not status.st_mode & stat.S_ISVTX
        if is_other and status.st_uid == os.geteuid():
            path.chmod(mode)


def secret_key(name: str, data_dir: Path) -> str:
    """The key that was given, or the one in the data folder: made on first need, and readable by this user only."""
    given = text(name)
    key = given or _stored_secret_key(name, data_dir)
    if key and len(key) < SHORTEST_KEY:
        of = name if given else f"The key in {data_dir / 'secret_key'}"
        mistake(f"{of} has {len(key)} characters; write at least {SHORTEST_KEY}, such as openssl rand -base64 48.")
    return key


def _stored_secret_key(name: str, data_dir: Path) -> str:
    path = data_dir / "secret_key"
    try:
        # Made by an earlier start, or by another process just now, it is taken as it is.
        with contextlib.suppress(FileExistsError), open(os.open(path, NEW_FILE, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        for _ in range(20):
            if key := path.read_text().strip():
                break
            time.sleep(0.05)  # that other process has yet to write it
    except OSError as error:
        mistake(f"DATA_DIR {data_dir} cannot be used ({error.strerror}); set DATA_DIR, or {name}.")
        return ""
    if not key:
        mistake(f"{path} is empty; delete it and a new key is made, or set {name}.")
    return key
