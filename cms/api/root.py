"""The API's own pages: the first one, its description for programs, and the one for people."""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api import caching, schema
from cms.api.caching import Answer
from cms.api.errors import plain_problem
from cms.api.fields import FieldTree, pick
from cms.api.middleware import PREFLIGHT
from cms.api.renderers import OrjsonRenderer, YamlRenderer
from cms.api.views import PublicViewSet
from cms.content import masthead
from cms.publishing import kinds


def root() -> dict[str, str]:
    """What the API's first page leads to, and where that is."""
    names = ["feed", *(kind.Meta.path for kind in kinds.served()), "changes"]
    return {**{name: name for name in names}, "stream": "changes/stream", "schema": "schema"}


class RootSerializer(serializers.Serializer):
    """The address of every list."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: serializers.URLField() for name in root()}


class RootViewSet(PublicViewSet):
    """Links to everything."""

    path = "root"
    serializer_class = RootSerializer
    takes_format = False

    @extend_schema(operation_id="getRoot", summary="Links to every list")
    def retrieve(self, request: Request) -> Response:
        links = {name: f"{settings.PUBLIC_URL}/api/v1/{path}/" for name, path in root().items()}
        return Answer(pick(links, self.fields))


class OpenApiSerializer(serializers.Serializer):
    """This description."""

    openapi = serializers.ChoiceField([schema.OPENAPI], help_text="Its version.")


class SchemaViewSet(PublicViewSet):
    """This description, for programs: OpenAPI 3.1."""

    path = "schema"
    serializer_class = OpenApiSerializer
    renderer_classes = [OrjsonRenderer, YamlRenderer]
    has_edition = False

    @extend_schema(operation_id="getSchema", summary="This description, as OpenAPI 3.1")
    def retrieve(self, request: Request) -> HttpResponse:
        renderer: Any = type(request.accepted_renderer)
        description = schema.document(settings.PUBLIC_URL)
        content = whole(settings.PUBLIC_URL, renderer)
        if self.fields is not None:
            content = renderer().render(pick(description, self.fields))
        headers = {
            "ETag": caching.weak(hashlib.blake2b(content, digest_size=12).hexdigest()),
            "Cache-Control": caching.cache_control(now(), None),
            settings.CACHE_TAG_HEADER: self.path,
        }
        if caching.is_held(request._request, headers["ETag"]):
            return Response(status=304, headers=headers)
        return HttpResponse(content, content_type=renderer.media_type, headers=headers)

    def field_tree(self) -> FieldTree:
        return dict.fromkeys(schema.PARTS)


@cache
def whole(public_url: str, renderer: Any) -> bytes:
    """The whole description, written once."""
    return renderer().render(schema.document(public_url))


# The page for people loads nothing from elsewhere. Swagger UI sets styles by itself and draws its icons as data: URIs.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' {api}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def docs(request: HttpRequest) -> HttpResponse:
    """The description for people."""
    if request.method not in {"GET", "HEAD"}:
        response = plain_problem(
            request, 405, f"Method {(request.method or '')[:64]!r} is not allowed; this is a page to read."
        )
        response.headers["Allow"] = PREFLIGHT["Allow"]
        return response
    headers = {
        "Content-Security-Policy": DOCS_POLICY.format(api=settings.PUBLIC_URL),
        "Cache-Control": "public, max-age=60, s-maxage=300",
    }
    page = render(request, "api/docs.html", {"site": masthead.current().name})
    for name, value in headers.items():
        page.headers[name] = value
    return page
