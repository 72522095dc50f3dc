"""Every setting of Galley. Each environment variable is read here, once; docs/operators.md explains them."""

import contextlib
import ipaddress
import json
import os
import re
import secrets
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
BASE_DIR = Path(__file__).resolve().parent.parent
mistakes: list[str] = []


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_flag(name: str, *, default: bool = False) -> bool:
    value = env(name, "1" if default else "0").lower()
    if value not in {"0", "1", "false", "true", "no", "yes"}:
        mistakes.append(f"{name} is {value!r}; write 1 or 0.")
    return value in {"1", "true", "yes"}


def env_url(name: str, default: str) -> str:
    value = env(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        is_whole = False
    if not is_whole or parts.username or parts.query or parts.fragment or any(char.isspace() for char in value):
        mistakes.append(f"{name} is {without_login(value)!r}; write a whole address such as https://news.example.org.")
        return default
    return value


def without_login(url: str) -> str:
    """An address as it may be shown: mistakes end up in logs."""
    return re.sub(r"//[^/@]*@", "//...@", url)


def env_port(name: str, default: str) -> str:
    value = env(name, default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        mistakes.append(f"{name} is {value!r}; write a number from 1 to 65535.")
    return value


def env_number(name: str, default: str) -> int:
    value = env(name, default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 10_000_000):
        mistakes.append(f"{name} is {value!r}; write a number such as {default}.")
        return int(default)
    return int(value)


def stored_secret_key() -> str:
    """The key in DATA_DIR, made on first need and readable by this user only."""
    path = DATA_DIR / "secret_key"
    try:
        # Made by an earlier start, or by another process just now, it is taken as it is.
        with contextlib.suppress(FileExistsError), open(os.open(path, NEW_FILE, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        for _ in range(20):
            if key := path.read_text().strip():
                break
            time.sleep(0.05)  # that other process has yet to write it
    except OSError as error:
        mistakes.append(f"DATA_DIR {DATA_DIR} cannot be used ({error.strerror}); set DATA_DIR, or SECRET_KEY.")
        return ""
    if not key:
        mistakes.append(f"{path} is empty; delete it and a new key is made, or set SECRET_KEY.")
    return key


DEBUG = env_flag("DEBUG")
PORT = env_port("PORT", "8000")
DATA_DIR = Path(env("DATA_DIR", str(BASE_DIR / "var"))).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    mistakes.append(f"DATA_DIR {DATA_DIR} cannot be made ({error.strerror}); set DATA_DIR to a folder that can.")
SECRET_KEY = env("SECRET_KEY") or stored_secret_key()
PUBLIC_URL = env_url("PUBLIC_URL", f"http://localhost:{PORT}")
FRONT_URL = env_url("FRONT_URL", PUBLIC_URL)
# Where the front end shows each kind of thing, below FRONT_URL; {} is the slug, or the id of what has none.
WEB_PATHS = {
    "article": "/articles/{}",
    "blurb": "/blurbs/{}",
    "video": "/videos/{}",
    "byline": "/bylines/{}",
    "section": "/sections/{}",
    "topic": "/topics/{}",
}
# Where the front end shows a preview; none: our own page does.
PREVIEW_URL = env("PREVIEW_URL")
if PREVIEW_URL:
    try:
        shown_at = urlsplit(PREVIEW_URL.format_map({"kind": "a", "slug": "b", "id": "c", "token": "the-token"}))
        is_page = shown_at.scheme in {"http", "https"} and bool(shown_at.hostname) and not shown_at.username
        is_page = is_page and PREVIEW_URL.count("{token}") == 1 and "the-token" not in shown_at.netloc
        is_page = is_page and not any(char.isspace() for char in PREVIEW_URL)
    except (ValueError, LookupError, AttributeError):  # braces that do not close, or with another name in them
        is_page = False
    if not is_page:
        mistakes.append(
            f"PREVIEW_URL is {without_login(PREVIEW_URL)!r}; write an address with {{token}} in it, and if you like "
            "{kind}, {slug} and {id}, such as https://news.example.org/preview/{kind}/{id}#{token}."
        )
        PREVIEW_URL = ""
SITE_NAME = env("SITE_NAME", "Galley")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env("ALLOWED_HOSTS").replace(",", " ").split() or [urlsplit(PUBLIC_URL).hostname or "", *LOCAL_HOSTS]
if "*" in ALLOWED_HOSTS and not DEBUG:
    mistakes.append("ALLOWED_HOSTS is '*'; name the hosts that this site answers to.")

for host in ALLOWED_HOSTS:
    if "/" in host or "@" in host:
        mistakes.append(f"ALLOWED_HOSTS has {without_login(host)!r}; write host names alone, such as news.example.org.")

# What the desk speaks; each language but English has its words in locale/. Stories are written in any.
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
FORMAT_MODULE_PATH = "cms.formats"
LANGUAGE_CODE = env("LANGUAGE_CODE", "en").lower()
if LANGUAGE_CODE.split("-")[0] not in dict(LANGUAGES):
    mistakes.append(f"LANGUAGE_CODE is {LANGUAGE_CODE!r}; the desk speaks English and Ukrainian: write en or uk.")
    LANGUAGE_CODE = "en"
CONTENT_LANGUAGE = env("CONTENT_LANGUAGE", LANGUAGE_CODE)
if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", CONTENT_LANGUAGE):
    mistakes.append(f"CONTENT_LANGUAGE is {CONTENT_LANGUAGE!r}; write a code such as en, uk or pt-BR.")
    CONTENT_LANGUAGE = "en"
TIME_ZONE = env("TIME_ZONE", "UTC")
if TIME_ZONE not in available_timezones():
    mistakes.append(f"TIME_ZONE is {TIME_ZONE!r}; write a name such as Europe/Kyiv.")
    TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# Who makes photos' sizes and other things that nobody waits for: a thread of each web process, or manage.py worker.
BACKGROUND_WORK = env("BACKGROUND_WORK", "web")
if BACKGROUND_WORK not in {"web", "worker"}:
    mistakes.append(f"BACKGROUND_WORK is {BACKGROUND_WORK!r}; write web or worker.")

# The header that names what an answer shows, for a CDN's purge by tag, and what stands between the names.
CACHE_TAG_HEADER = env("CACHE_TAG_HEADER", "Surrogate-Key")
CACHE_TAG_SEPARATORS = {"Surrogate-Key": " ", "xkey": " ", "Cache-Tag": ",", "Edge-Cache-Tag": ","}
if CACHE_TAG_HEADER not in CACHE_TAG_SEPARATORS:
    mistakes.append(f"CACHE_TAG_HEADER is {CACHE_TAG_HEADER!r}; write one of {', '.join(CACHE_TAG_SEPARATORS)}.")

# Networks within our own walls that may be asked all the same, such as a video server of the newsroom's own.
OUTBOUND_NETWORKS = []
for network in env("OUTBOUND_NETWORKS").replace(",", " ").split():
    try:
        OUTBOUND_NETWORKS.append(ipaddress.ip_network(network))
    except ValueError:
        mistakes.append(f"OUTBOUND_NETWORKS has {network!r}; write addresses or networks such as 10.20.0.0/16.")

# Proxies in front of Galley whose X-Forwarded-For is believed. From anybody else it says what they like it to say.
TRUSTED_PROXIES = []
for network in env("TRUSTED_PROXIES").replace(",", " ").split():
    try:
        TRUSTED_PROXIES.append(ipaddress.ip_network(network))
    except ValueError:
        mistakes.append(f"TRUSTED_PROXIES has {network!r}; write addresses or networks such as 127.0.0.1 10.20.0.0/16.")

# Providers of videos besides those that newsroom/providers.py knows.
try:
    VIDEO_PROVIDERS = json.loads(env("VIDEO_PROVIDERS", "[]"))
    for provider in VIDEO_PROVIDERS:
        addresses = [*provider["pages"], provider["player"], provider.get("oembed", "https://none")]
        if not re.fullmatch(r"[a-z0-9-]{1,50}", provider["name"]) or isinstance(provider["pages"], str):
            raise ValueError
        if not all(re.match(r"https?://[\w.-]+(:\d+)?", address) for address in addresses):
            raise ValueError
        if not all("{id}" in address for address in addresses[:-1]):
            raise ValueError
except (ValueError, TypeError, KeyError, AttributeError):
    mistakes.append(
        'VIDEO_PROVIDERS: write [{"name": "tube", "pages": ["https://tube.example.org/w/{id}"], '
        '"player": "https://tube.example.org/videos/embed/{id}", "oembed": "https://tube.example.org/services/oembed"}].'
    )
    VIDEO_PROVIDERS = []
# Before publishing: the newsroom's own checks, as dotted names of functions, and whether somebody must have approved.
PUBLISH_CHECKS = env("PUBLISH_CHECKS").replace(",", " ").split()
for name in PUBLISH_CHECKS:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", name):
        mistakes.append(
            f"PUBLISH_CHECKS has {name!r}; write dotted names of functions, such as ournews.checks.no_shouting."
        )
REQUIRE_APPROVAL = env_flag("REQUIRE_APPROVAL")
MAX_VIDEO_MB = env_number("MAX_VIDEO_MB", "2048")

INSTALLED_APPS = [
    "cms.access",
    "cms.publishing",
    "cms.api",
    "media",  # before newsroom: what stories point at is imported before them
    "newsroom",
    "django_prose_editor",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cms.health.HealthMiddleware",
    "cms.api.middleware.PublicApiMiddleware",
    "cms.access.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms.access.sessions.StayingMiddleware",
    "cms.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

try:
    DATABASES = {
        "default": dj_database_url.parse(
            env("DATABASE_URL", f"sqlite:///{DATA_DIR / 'galley.sqlite3'}"),
            conn_max_age=600,
            conn_health_checks=True,
        )
    }
    if DATABASES["default"]["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ValueError
except (ValueError, dj_database_url.ParseError):
    mistakes.append("DATABASE_URL: write postgres://user:password@host:5432/name or sqlite:////path/to/file.")
    DATABASES = {}
for database in DATABASES.values():
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue up at BEGIN instead of failing half-way, and readers never wait for them. Never mmap_size:
        # SQLite before 3.51.3 can corrupt a WAL database with it.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
        }
        database["CONN_HEALTH_CHECKS"] = False
    else:
        database["OPTIONS"] = {**database.get("OPTIONS", {}), "connect_timeout": 5}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A second factor, by django-otp where it is installed.
TWO_FACTOR = bool(find_spec("django_otp") and find_spec("qrcode"))
REQUIRE_TWO_FACTOR = env_flag("REQUIRE_TWO_FACTOR")
if REQUIRE_TWO_FACTOR and not TWO_FACTOR:
    mistakes.append("REQUIRE_TWO_FACTOR needs django-otp: pip install -r requirements-two-factor.txt, or write 0.")
if TWO_FACTOR:
    # Before cms.access, which takes its pages from the desk.
    INSTALLED_APPS[:0] = ["django_otp", "django_otp.plugins.otp_totp", "django_otp.plugins.otp_static"]
    MIDDLEWARE += ["cms.access.twofactor_views.TwoFactorMiddleware"]
    OTP_TOTP_ISSUER = SITE_NAME
    OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # Galley slows down itself, and locks out nobody

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "cms.uploads.DeskUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

IS_HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # the proxy that holds the certificate redirects; /healthz must answer plain HTTP
# After the last day at the desk, see cms/access/sessions.py: a laptop that is lost is not in for long.
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = IS_HTTPS, True, "Lax"
LANGUAGE_COOKIE_AGE = 366 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # says nothing about hosts that are not Galley's
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # plain HTTP on a laptop is a documented way to run; HSTS follows from PUBLIC_URL
    "security.W005",  # see SECURE_HSTS_INCLUDE_SUBDOMAINS
    "security.W008",  # see SECURE_SSL_REDIRECT
    "security.W012",  # session cookies are secure as soon as PUBLIC_URL is https
    "security.W016",  # so are CSRF cookies
    "security.W021",  # preloading is the domain owner's decision
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["cms.api.authentication.NoCredentials"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["cms.api.renderers.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cms.api.renderers.AlwaysJson",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "cms.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "cms.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    "NON_FIELD_ERRORS_KEY": "__all__",
}

SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME}: the public API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "cms.api.schema.SchemaGenerator",
    "POSTPROCESSING_HOOKS": [],  # enums stay where they are used
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # the desk's labels, in the desk's language
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "cms.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

if mistakes:
    raise ImproperlyConfigured("Galley cannot start:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))
