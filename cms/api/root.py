"""The API's first page: links to everything."""

from django.conf import settings
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api.filters import Question

ROOT = ["feed", "articles", "blurbs", "videos", "photos", "bylines", "sections", "topics", "changes", "schema"]


@api_view(["GET"])
def root(request: Request) -> Response:
    """Links to every list."""
    Question.read(request.GET.lists(), None, [], dict.fromkeys(ROOT), paging=set())
    links = {name: f"{settings.PUBLIC_URL}/api/v1/{name}/" for name in ROOT}
    return Response(links, headers={"Cache-Control": "public, max-age=3600"})
