"""The page at the newsroom's own address, for people who come to it with a browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """The site's name, and the way to the desk, the API and its docs."""
    response = render(request, "publishing/front_page.html", {"site_name": settings.SITE_NAME})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
