"""The page at the newsroom's own address, for people who come to it with a browser."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.delivery.feeds import contents as feeds
from cms.publishing import masthead

ICON = Path(__file__).parent / "desk/static/desk/icon.svg"


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for unbidden, where a page names no icon: JSON, a picture."""
    headers = {"Cache-Control": "public, max-age=604800", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(_icon(), content_type="image/svg+xml", headers=headers)


@cache
def _icon() -> bytes:
    return ICON.read_bytes()


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    """The site's name, and the way to the desk, the API and its docs."""
    name = masthead.current().name
    response = render(request, "desk/front_page.html", {"site_name": name, "feeds": feeds.listed(name)})
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
