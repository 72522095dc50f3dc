"""The whole description, made once."""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.generators import SchemaGenerator as SpectacularGenerator
from drf_spectacular.plumbing import get_doc

from cms.api import errors
from cms.api.authentication import CHALLENGE, REFUSED
from cms.api.caching import MAX_AGE, S_MAXAGE, STALE_IF_ERROR, STALE_WHILE_REVALIDATE
from cms.api.middleware import MAX_QUERY_BYTES, PREFLIGHT
from cms.api.parameters import Schema, unknown
from cms.api.renderers import OrjsonRenderer, not_acceptable
from cms.api.schema.operations import NOT_MODIFIED, PROBLEMS, header, problem_name
from cms.api.schema.shapes import ShapesSchema
from cms.api.schema.words import EXAMPLE_SLUG
from cms.publishing.models import Publication

INTRODUCTION = Path(__file__).parents[1] / "introduction.md"
OPENAPI = "3.1.0"
PARTS = ("openapi", "info", "servers", "tags", "paths", "webhooks", "components")

SOME = {"request_id": "6f1c0a94d2b87e35"}  # and not that of whoever asked for the description first
PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong, and what to do about it (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "The kind of problem.", "examples": ["/problems/unknown-parameter"]},
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "description": "The HTTP status again.", "examples": [400]},
        "detail": {"type": "string", "description": "What went wrong this time."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ProblemError"},
            "description": "One for each parameter that cannot be taken; empty for other problems.",
        },
        "request_id": {"type": "string", "description": "By this the newsroom's log knows the request."},
    },
    "required": ["type", "title", "status", "detail", "instance", "errors", "request_id"],
}
PROBLEM_ERROR: Schema = {
    "type": "object",
    "description": "One thing that is wrong, and what to write instead.",
    "properties": {
        "parameter": {"type": "string", "description": "Which query parameter."},
        "pointer": {"type": "string", "description": "Which place in the content that was sent (a JSON pointer)."},
        "code": {"type": "string", "description": "The kind of mistake, for programs."},
        "message": {"type": "string", "description": "What to do, for people."},
        "allowed": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "description": "All that could stand here, where that is a closed list.",
        },
    },
    "required": ["code", "message", "allowed"],
}
GONE_PROBLEM: Schema = {
    "description": "A problem that says why readers can no longer see something, and since when.",
    "allOf": [
        {"$ref": "#/components/schemas/Problem"},
        {
            "type": "object",
            "properties": {
                "reason": {"type": "string", "enum": Publication.Reason.values},
                "withdrawn_at": {"type": ["string", "null"], "format": "date-time"},
            },
            "required": ["reason", "withdrawn_at"],
        },
    ],
}
KEY_SCHEME: Schema = {
    "type": "http",
    "scheme": "bearer",
    "description": "`Authorization: Bearer <key>`. Keys are made at the desk, with scopes: `read`, `drafts`, `write`, "
    "`media`, `publish`. A key acts for an account and may do no more than it. Answers are `private, no-store`. A key "
    "that is not valid is 401 on every route, never taken for nobody's.",
}
PREVIEW_SCHEME: Schema = {
    "type": "http",
    "scheme": "Preview",
    "description": "`Authorization: Preview <token>`, the token being that of a preview link made at the desk, shows "
    "the working copy of one item until the link ends. The answer has `preview: true`, is `private, no-store`, and has "
    "no `ETag`. An item without a slug is asked for by its id. Any other token is 401.",
}
OF_WEBHOOKS = {"webhooks": "What is sent to an address of yours, if it is made a webhook at the desk."}
# Headers that come with a problem of its own.
HEADERS_OF = {401: "WWW-Authenticate", 405: "Allow", 503: "Retry-After"}


def problems() -> dict[int, Schema]:
    """An example of each problem, in the words that are answered."""
    wrong = unknown("sectoin", ["byline", "count", "cursor", "fields", "section", "topic"])
    details = {
        401: REFUSED,
        404: errors.NOTHING,
        405: errors.use(PREFLIGHT["Allow"].split(", ")),
        406: not_acceptable([OrjsonRenderer.media_type]),
        410: errors.WITHDRAWN,
        414: errors.too_long(MAX_QUERY_BYTES),
        500: errors.OURS,
        503: errors.NO_DATABASE,
    }
    gone: dict[int, dict[str, Any]] = {410: {"reason": "error", "withdrawn_at": "2026-02-21T08:00:00Z"}}
    examples = {
        status: errors.problem(status, *errors.TITLES[status], text, "/api/v1/", **{**SOME, **gone.get(status, {})})
        for status, text in details.items()
    }
    title = errors.PARAMETER_TITLES[wrong.code]
    return {
        400: errors.problem(400, wrong.code, title, str(wrong.detail), "/api/v1/", [wrong.error], **SOME),
        **examples,
    }


def problem_response(status: int, example: Schema) -> Schema:
    name = "GoneProblem" if status == 410 else "Problem"
    content = {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
    answer: Schema = {"description": PROBLEMS[status], "content": {"application/problem+json": content}}
    if status in HEADERS_OF:
        answer["headers"] = {HEADERS_OF[status]: header(HEADERS_OF[status])}
    return answer


def responses() -> Schema:
    """The answers that many operations share."""
    labels = ["ETag", "X-Edition", "Cache-Control"]
    return {
        "NotModified": {"description": NOT_MODIFIED, "headers": {name: header(name) for name in labels}},
        "Moved": {
            "description": "A former slug; `Location` has the address of today, your query with it.",
            "headers": {"Location": header("Location")},
        },
        **{problem_name(status): problem_response(status, example) for status, example in problems().items()},
    }


def headers() -> Schema:
    """Every header that answers carry, by its name."""
    ages = f"public, max-age={MAX_AGE}, s-maxage={S_MAXAGE}, stale-while-revalidate={STALE_WHILE_REVALIDATE}"
    texts = {
        "ETag": (
            "Send it back as `If-None-Match`, and nothing new is answered by 304.",
            'W/"5f1c0d2bd79c1a6e84f7"',
        ),
        "X-Edition": (
            "The number of the edition that the answer was made from; see `/api/v1/changes/`.",
            4711,
        ),
        "Cache-Control": (
            "How long the answer may be kept. Cut so that no cache outlives an embargo, an expiry or a licence.",
            f"{ages}, stale-if-error={STALE_IF_ERROR}",
        ),
        settings.CACHE_TAG_HEADER: ("Names what the answer shows, for a CDN's purge by tag.", "feed p17 p16"),
        "Last-Modified": ("When the answer last became another one.", "Fri, 20 Feb 2026 13:05:00 GMT"),
        "Location": ("The address of today.", f"{settings.PUBLIC_URL}/api/v1/articles/{EXAMPLE_SLUG}/"),
        "Allow": ("The methods that are answered.", PREFLIGHT["Allow"]),
        "Retry-After": ("Seconds to wait.", 5),
        "RateLimit": ("How many requests are left, and for how many seconds.", '"key";r=2999;t=42'),
        "RateLimit-Policy": ("How many requests there may be in how many seconds.", '"key";q=3000;w=60'),
        "WWW-Authenticate": ("The schemes that there are: keys and previews.", CHALLENGE),
    }
    return {
        name: {
            "description": text,
            "schema": {"type": "integer" if isinstance(example, int) else "string"},
            "example": example,
        }
        for name, (text, example) in texts.items()
    }


GROUP = re.compile(r"\(\?P<name>[^)]*\)")


def described_by_themselves() -> tuple[Schema, ...]:
    """The addresses whose views describe them, and the shapes that these name: what is written."""
    paths, shapes = dict[str, Schema](), dict[str, Any]()
    for pattern in get_resolver().url_patterns:
        view: Any = pattern.callback
        describe = getattr(getattr(view, "cls", None), "described", None)
        if describe:
            written = pattern.pattern.regex.pattern.removeprefix("^").removesuffix("/?$")
            path = f"/{GROUP.sub('{id}', written)}/"
            paths[path], named = describe(path, view.actions)
            shapes |= named
    return tuple(orjson.loads(orjson.dumps([paths, shapes])))  # no part is another's, as YAML would say of it


def places() -> dict[str, str]:
    """What the API has, in the order in which it is served, each with what it is."""
    views: list[Any] = [getattr(pattern.callback, "cls", None) for pattern in get_resolver().url_patterns]
    described: dict[str, str] = {}
    for view in views:
        if hasattr(view, "parameters_of"):
            described.setdefault(view.path, get_doc(view).partition("\n")[0])
    return described | {"manage": "Writing, and what is at the desk, for keys."}


_webhooks: list[Callable[[ShapesSchema], Schema]] = []


def tell_webhooks(make: Callable[[ShapesSchema], Schema]) -> None:
    """Describe the messages that are sent to others: by name, a path item each, its shapes kept as components."""
    _webhooks.append(make)


class SchemaGenerator(SpectacularGenerator):
    """The whole document, in the order in which the API is served."""

    def parse(self, request: Any, public: bool) -> Schema:
        """All operations, and what is sent by itself: both before the components that they name are listed."""
        paths: Schema = super().parse(request, public)
        shapes = ShapesSchema()
        shapes.registry = self.registry
        told = {name: item for make in _webhooks for name, item in make(shapes).items()}
        self.webhooks: Schema = orjson.loads(orjson.dumps(told))  # no part is another's, as YAML would say of it
        return paths

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:
        autodiscover_modules("schema")  # what each app tells of its fields
        document: Schema = super().get_schema(request, public)
        own_paths, own_shapes = described_by_themselves()
        schemas = {
            **own_shapes,
            **document.get("components", {}).get("schemas", {}),
            "Problem": PROBLEM,
            "ProblemError": PROBLEM_ERROR,
            "GoneProblem": GONE_PROBLEM,
        }
        described = places()
        order = list(described)
        paths = sorted(document["paths"].items(), key=lambda pair: (order.index(pair[1]["get"]["tags"][0]), pair[0]))
        introduction = INTRODUCTION.read_text().replace("https://news.example.org", settings.PUBLIC_URL)
        return {
            "openapi": OPENAPI,
            "info": {**document["info"], "description": introduction},
            "servers": [{"url": settings.PUBLIC_URL}],
            "tags": [{"name": name, "description": text} for name, text in {**described, **OF_WEBHOOKS}.items()],
            "paths": {**dict(paths), **own_paths},
            "webhooks": self.webhooks,
            "components": {
                "headers": headers(),
                "responses": responses(),
                "schemas": dict(sorted(schemas.items())),
                "securitySchemes": {"key": KEY_SCHEME, "preview": PREVIEW_SCHEME},
            },
        }


_documents: dict[str, Schema] = {}
_making = threading.Lock()


def document(public_url: str) -> Schema:
    """The description of the API at an address, made once: by one request, while the others wait for it.

    drf-spectacular loads its parts when they are first used, and trips over another thread that does the same.
    """
    with _making:
        if public_url not in _documents:
            _documents[public_url] = SchemaGenerator().get_schema(public=True)
        return _documents[public_url]
