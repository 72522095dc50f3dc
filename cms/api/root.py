"""The API's own pages: the first one, its description for programs, and the one for people."""

import hashlib
from functools import cache

import orjson
import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api import caching, schema
from cms.api.errors import plain_problem
from cms.api.filters import Question, pick
from cms.api.middleware import PREFLIGHT
from cms.api.views import PublicViewSet
from cms.publishing import kinds, reading
from cms.publishing.reading import Moment


def root() -> list[str]:
    """What the API's first page leads to."""
    return ["feed", *(kind.Meta.path for kind in kinds.served()), "changes", "schema"]


class RootViewSet(PublicViewSet):
    """Links to everything."""

    path = "root"
    formats = ()
    answer_component = "Root"

    @extend_schema(operation_id="getRoot", summary="Links to every list")
    def retrieve(self, request: Request) -> Response:
        question = Question.read(request.GET.lists(), None, [], dict.fromkeys(root()), paging=set())
        links = {name: f"{settings.PUBLIC_URL}/api/v1/{name}/" for name in root()}
        return self.answer(request, reading.now(), lambda: caching.Shown(pick(links, question.fields), []))


class WrittenRenderer(BaseRenderer):
    """For what was written as bytes already."""

    format = "yaml"
    charset = None

    def __init__(self, media_type: str):
        self.media_type = media_type

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


class SchemaViewSet(PublicViewSet):
    """This description, for programs: OpenAPI 3.1."""

    path = "schema"
    formats = ("json", "yaml")
    has_edition = False
    answer_component = "OpenApi"

    @extend_schema(operation_id="getSchema", summary="This description, as OpenAPI 3.1")
    def retrieve(self, request: Request) -> Response:
        known = schema.document(settings.PUBLIC_URL)
        question = Question.read(request.GET.lists(), None, [], dict.fromkeys(known), set(), self.formats)
        form = question.values.get("format", "json")
        is_whole = question.fields is None
        written = whole(settings.PUBLIC_URL, form) if is_whole else write(pick(known, question.fields), form)
        headers = {
            "ETag": caching.weak(hashlib.blake2b(written, digest_size=12).hexdigest()),
            "Cache-Control": caching.cache_control(Moment(0, now(), None, True)),
            settings.CACHE_TAG_HEADER: self.path,
        }
        if caching.is_held(request._request, headers["ETag"]):
            return Response(status=304, headers=headers)
        request.accepted_renderer = WrittenRenderer(f"application/{form}")
        request.accepted_media_type = request.accepted_renderer.media_type
        return Response(written, headers=headers)


def write(document: dict, form: str) -> bytes:
    if form == "yaml":
        return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120).encode()
    return orjson.dumps(document)


@cache
def whole(public_url: str, form: str) -> bytes:
    """The whole description, written once."""
    return write(schema.document(public_url), form)


# The page for people loads nothing from elsewhere. Swagger UI sets styles by itself and draws its icons as data: URIs.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' {api}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs(request: HttpRequest) -> HttpResponse:
    """The description for people."""
    if request.method not in {"GET", "HEAD"}:
        response = plain_problem(
            request, 405, f"Method {request.method[:64]!r} is not allowed; this is a page to read."
        )
        response.headers["Allow"] = PREFLIGHT["Allow"]
        return response
    headers = {
        "Content-Security-Policy": DOCS_POLICY.format(api=settings.PUBLIC_URL),
        "Cache-Control": "public, max-age=60, s-maxage=300",
    }
    page = render(request, "api/docs.html", {"site": settings.SITE_NAME})
    for name, value in headers.items():
        page.headers[name] = value
    return page
