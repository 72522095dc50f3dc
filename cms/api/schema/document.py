"""The whole description, made once."""

import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.generators import SchemaGenerator as SpectacularGenerator

from cms.api import errors
from cms.api.authentication import REFUSED
from cms.api.caching import MAX_AGE, S_MAXAGE, STALE_IF_ERROR, STALE_WHILE_REVALIDATE
from cms.api.middleware import MAX_QUERY_BYTES, PREFLIGHT
from cms.api.parameters import Schema, unknown
from cms.api.renderers import NOT_JSON
from cms.api.schema.operations import NOT_MODIFIED, PROBLEMS, header, problem_name
from cms.publishing.models import Publication

INTRODUCTION = Path(__file__).parents[1] / "introduction.md"
OPENAPI = "3.1.0"

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
PREVIEW_SCHEME: Schema = {
    "type": "http",
    "scheme": "Preview",
    "description": "`Authorization: Preview <token>`, the token being that of a preview link made at the desk, shows "
    "the working copy of one item until the link ends. The answer has `preview: true`, is `private, no-store`, and has "
    "no `ETag`. An item without a slug is asked for by its id. Any other token is 401.",
}
# Headers that come with a problem of its own.
HEADERS_OF = {401: "WWW-Authenticate", 405: "Allow", 503: "Retry-After"}


def problems() -> dict[int, Schema]:
    """An example of each problem, in the words that are answered."""
    wrong = unknown("sectoin", ["byline", "count", "cursor", "fields", "section", "topic"])
    details = {
        401: REFUSED,
        404: errors.NOTHING,
        405: errors.use(PREFLIGHT["Allow"].split(", ")),
        406: NOT_JSON,
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
        "Location": ("The address of today.", f"{settings.PUBLIC_URL}/api/v1/articles/flood-barrier-vote/"),
        "Allow": ("The methods that are answered.", PREFLIGHT["Allow"]),
        "Retry-After": ("Seconds to wait.", 5),
        "WWW-Authenticate": ("The one scheme that there is, for previews.", 'Preview realm="preview"'),
    }
    return {
        name: {
            "description": text,
            "schema": {"type": "integer" if isinstance(example, int) else "string"},
            "example": example,
        }
        for name, (text, example) in texts.items()
    }


def places() -> list[str]:
    """What the API has, in the order in which it is served."""
    views: list[Any] = [getattr(pattern.callback, "cls", None) for pattern in get_resolver().url_patterns]
    return list(dict.fromkeys(view.path for view in views if hasattr(view, "parameters_of")))


class SchemaGenerator(SpectacularGenerator):
    """The whole document, in the order in which the API is served."""

    def get_schema(self, request: Any = None, public: bool = False) -> Schema:
        autodiscover_modules("schema")  # what each app tells of its fields
        document: Schema = super().get_schema(request, public)
        schemas = {
            **document.get("components", {}).get("schemas", {}),
            "Problem": PROBLEM,
            "ProblemError": PROBLEM_ERROR,
            "GoneProblem": GONE_PROBLEM,
        }
        order = places()
        paths = sorted(document["paths"].items(), key=lambda pair: (order.index(pair[1]["get"]["tags"][0]), pair[0]))
        introduction = INTRODUCTION.read_text().replace("https://news.example.org", settings.PUBLIC_URL)
        return {
            "openapi": OPENAPI,
            "info": {**document["info"], "description": introduction},
            "servers": [{"url": settings.PUBLIC_URL}],
            "tags": [{"name": name} for name in order],
            "paths": dict(paths),
            "components": {
                "headers": headers(),
                "responses": responses(),
                "schemas": dict(sorted(schemas.items())),
                "securitySchemes": {"preview": PREVIEW_SCHEME},
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
