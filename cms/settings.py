"""Every setting of Galley. Each environment variable is read here, once; docs/operators.md explains them."""

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from cms import environment

BASE_DIR = Path(__file__).resolve().parent.parent

environment.keep_private()

DEBUG = environment.flag("DEBUG")
PORT = environment.port("PORT", "8000")
BIND = environment.address("BIND", "127.0.0.1")
WORKERS = environment.number("WORKERS", os.cpu_count() or 1, most=500)
# Where a proxy that sends files for us finds the folder of uploads (X-Accel-Redirect of nginx); empty: we send them.
ACCEL_REDIRECT = environment.inner_path("ACCEL_REDIRECT")
# Nobody but this user reads what we write; a proxy that sends files, and is of our group, reads these.
FILES_MODE, FOLDERS_MODE = (0o640, 0o750) if ACCEL_REDIRECT else (0o600, 0o700)
DATA_DIR = environment.folder("DATA_DIR", BASE_DIR / "var", FOLDERS_MODE)
SECRET_KEY = environment.secret_key("SECRET_KEY", DATA_DIR)
PUBLIC_URL = environment.site_url("PUBLIC_URL", f"http://localhost:{PORT}")
FRONT_URL = environment.url("FRONT_URL", PUBLIC_URL)
# The newspaper in front/: demo, and it is served at PUBLIC_URL; none, and a page of links is.
FRONT = environment.one_of("FRONT", ["none", "demo"])
# Where search engines find the sitemaps: here, unless the front end passes them on from its own host.
SITEMAPS_URL = environment.url("SITEMAPS_URL", PUBLIC_URL)
# The apps that bring kinds, in the order in which theirs are imported: what stories point at before them.
OWN_APPS = environment.apps("OWN_APPS")
CONTENT_APPS = ["media", "newsroom", *OWN_APPS]
# Where the front end shows things, below FRONT_URL, by kind: of those that do not say it themselves.
WEB_PATHS = environment.web_paths("WEB_PATH_", environment.kinds_of(CONTENT_APPS))
# Where the front end shows a preview; none: our own page does.
PREVIEW_URL = environment.page_of_previews("PREVIEW_URL")
# What shows a preview in place of our plain page: a view's dotted name, called with the kind, the slug and the token.
PREVIEW_PAGE = "front.pages.anywhere.preview" if FRONT == "demo" else ""
SITE_NAME = environment.text("SITE_NAME", "Galley")
OWN_HOSTS = [urlsplit(PUBLIC_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", OWN_HOSTS, may_be_all=DEBUG)

# What the desk speaks; each language but English has its words in locale/. Stories are written in any.
LANGUAGES = [("en", "English"), ("uk", "Українська")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
FORMAT_MODULE_PATH = "cms.date_formats"
LANGUAGE_CODE = environment.desk_language("LANGUAGE_CODE", dict(LANGUAGES))
CONTENT_LANGUAGE = environment.language("CONTENT_LANGUAGE", LANGUAGE_CODE)
TIME_ZONE = environment.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
USE_I18N = True

# Who makes photos' sizes and other things that nobody waits for: a thread of each web process, or manage.py worker.
BACKGROUND_WORK = environment.one_of("BACKGROUND_WORK", ["web", "worker"])

# The header that names what an answer shows, for a CDN's purge by tag, and what stands between the names.
CACHE_TAG_SEPARATORS = {"Surrogate-Key": " ", "xkey": " ", "Cache-Tag": ",", "Edge-Cache-Tag": ","}
CACHE_TAG_HEADER = environment.one_of("CACHE_TAG_HEADER", list(CACHE_TAG_SEPARATORS))

# Networks within our own walls that may be asked all the same, such as a video server of the newsroom's own.
OUTBOUND_NETWORKS = environment.networks("OUTBOUND_NETWORKS", "10.20.0.0/16")
# Proxies in front of Galley whose X-Forwarded-For is believed. From anybody else it says what they like it to say.
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", "127.0.0.1 10.20.0.0/16")
# Sites whose pages may speak to /mcp from a browser, besides our own; programs and assistants need none.
MCP_ORIGINS = environment.origins("MCP_ORIGINS")
# Providers of videos besides those that newsroom/providers.py knows.
VIDEO_PROVIDERS = environment.video_providers("VIDEO_PROVIDERS")
# Before publishing: the newsroom's own checks, as dotted names of functions, and whether somebody must have approved.
PUBLISH_CHECKS = environment.dotted_names("PUBLISH_CHECKS", "ournews.checks.no_shouting")
REQUIRE_APPROVAL = environment.flag("REQUIRE_APPROVAL")
# Blocks of a story that is not free for all that everybody gets, where the desk has put no mark into it.
FREE_BLOCKS = environment.number("FREE_BLOCKS", 2, most=100)
MAX_VIDEO_MB = environment.number("MAX_VIDEO_MB", 2048)

# What cms/server.py takes: how many requests are answered at once, and how large a body may be (millions of bytes) and
# how long it may take (seconds). Below this path those who are logged in send films; they have MAX_VIDEO_MB.
THREADS = environment.number("THREADS", 4, most=500)
BODY_MB = environment.number("BODY_MB", 1)
BODY_SECONDS = environment.number("BODY_SECONDS", 30)
# How many a process holds that wait for changes, and seconds after which a stream says that it is still there.
STREAMS = environment.number("STREAMS", 2500, most=100_000)
STREAM_HEARTBEAT = environment.number("STREAM_HEARTBEAT", 15, most=600)
LARGE_BODIES_BELOW = "/admin/"
# Requests in a minute that a key may send, and an address that shows keys.
RATE_LIMIT_KEY = environment.number("RATE_LIMIT_KEY", 3000)
RATE_LIMIT_ADDRESS = environment.number("RATE_LIMIT_ADDRESS", 6000)
# Readers' answers that a process keeps ready-made, in millions of bytes, and the Redis that all processes share.
ANSWER_CACHE_MB = environment.number("ANSWER_CACHE_MB", 32)
CACHE_URL = environment.redis("CACHE_URL")

INSTALLED_APPS = [
    "cms.access",
    "cms.desk",
    "cms.leftovers",
    "cms.publishing",
    "cms.previews",
    "cms.transfer",
    "cms.backup",
    "cms.search",
    "cms.serving",
    "cms.api",
    "cms.delivery",
    *CONTENT_APPS,
    "front",
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
    "cms.serving.requests.RequestMiddleware",
    "cms.health.HealthMiddleware",
    "cms.api.middleware.PublicApiMiddleware",
    "cms.mcp.door.McpMiddleware",
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

# Told of every act's changes, and of what it saved, inside its transaction (cms/publishing/followers.py).
CHANGE_FOLLOWERS: list[str] = [
    "cms.search.indexing.follow_changes",
    "cms.delivery.followers.wake",
]
SAVE_FOLLOWERS: list[str] = ["cms.search.desk.follow_saves"]

# A line of the log for each request, and the word that whoever reads /metrics has to show; without it there is none.
ACCESS_LOG = environment.flag("ACCESS_LOG")
METRICS_TOKEN = environment.token("METRICS_TOKEN")

# How long a request waits for the database, in seconds, and whether a pooler such as PgBouncer stands before it.
DATABASE_TIMEOUT = environment.number("DATABASE_TIMEOUT", 4, most=60)
DATABASE_POOLED = environment.flag("DATABASE_POOLED")
OWN_FILE = f"sqlite:///{DATA_DIR / 'galley.sqlite3'}"
DATABASES = {"default": environment.database("DATABASE_URL", OWN_FILE, is_pooled=DATABASE_POOLED)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A second factor, by django-otp where it is installed.
TWO_FACTOR = bool(find_spec("django_otp") and find_spec("qrcode"))
REQUIRE_TWO_FACTOR = environment.flag("REQUIRE_TWO_FACTOR")
if REQUIRE_TWO_FACTOR and not TWO_FACTOR:
    environment.mistake("REQUIRE_TWO_FACTOR needs django-otp: pip install -r requirements-two-factor.txt, or write 0.")
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
UPLOADS_IN = ["originals", "sizes"]  # the folders there, or in a bucket: what else is in it is somebody else's
S3_BUCKET = environment.bucket("S3_BUCKET")
IN_BUCKET = {
    "name": S3_BUCKET,
    "folder": environment.text("S3_FOLDER").strip("/"),
    "endpoint": environment.text("S3_ENDPOINT") and environment.url("S3_ENDPOINT", ""),
    "region": environment.text("S3_REGION"),
}
STORAGES = {
    "default": {"BACKEND": "cms.buckets.Bucket", "OPTIONS": IN_BUCKET}
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "cms.statics.HashedFiles"
    },
}
if ACCEL_REDIRECT and S3_BUCKET:
    environment.mistake("ACCEL_REDIRECT has the proxy send files of a folder, and S3_BUCKET keeps them in a bucket.")
if not S3_BUCKET and any(IN_BUCKET.values()):
    environment.mistake(
        "S3_ENDPOINT, S3_REGION and S3_FOLDER say more of a bucket: name it as S3_BUCKET, or take them out."
    )
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = FILES_MODE, FOLDERS_MODE
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
    "DEFAULT_AUTHENTICATION_CLASSES": ["cms.api.authentication.KeyCredentials"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["cms.api.renderers.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "cms.api.renderers.ByFormatOrAccept",
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
    "SORT_OPERATION_PARAMETERS": False,
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

environment.stop_at_mistakes()
