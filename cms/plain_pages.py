"""Pages at the newsroom's own address, for people who come to it with a browser, where no front end is served."""

import contextlib
import uuid
from functools import cache
from pathlib import Path
from urllib.parse import quote

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from cms.content import masthead
from cms.delivery import stored
from cms.delivery.feeds import contents as feeds
from cms.publishing import kinds, reading, slugs
from cms.publishing.models import Publication
from cms.publishing.reading import Moment

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


@require_safe
def published_page(request: HttpRequest, path: str) -> HttpResponse:
    """What is live, plainly, at the address that is shown after publishing, until a front end shows it.

    Whoever publishes a first story follows that address before anything else stands there.
    """
    if settings.FRONT_URL != settings.PUBLIC_URL:
        raise Http404
    now = reading.now()
    publication = _shown_at(f"{settings.FRONT_URL}{quote(request.path)}", now)
    rows = stored.read([publication.pk], now, "document") if publication else {}
    if publication is None or not rows or not rows[publication.pk].json:
        raise Http404
    item = orjson.loads(rows[publication.pk].json)
    if kinds.in_web_url(publication.kind, f"{settings.FRONT_URL}{quote(request.path)}") != _name_in(item):
        return HttpResponseRedirect(item["web_url"])
    site_name, kind = masthead.current().name, kinds.publishable_named(publication.kind)
    context = {
        "site_name": site_name,
        "title": kind.title(item) or site_name,
        "item": item,
        "template": [kind.preview_template(), "previews/any_kind.html"],
        "published_at": parse_datetime(item.get("published_at") or ""),
        "updated_at": parse_datetime(item.get("updated_at") or ""),
    }
    response = render(request, "desk/published.html", context)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _name_in(item: dict) -> str:
    return kinds.in_web_url(item["kind"], item["web_url"])


def _shown_at(address: str, now: Moment) -> Publication | None:
    """What is live and shown at an address, or was when it had another slug."""
    for kind in kinds.publishable():
        name = kinds.in_web_url(kind.Meta.kind, address)
        if not name:
            continue
        key = slugs.owner(kind.Meta.kind, name)
        with contextlib.suppress(ValueError):
            key = key or uuid.UUID(name)
        live = Publication.objects.visible(now.at).filter(kind=kind.Meta.kind)
        publication = live.filter(key=key).first() if key else live.filter(slug=name).first()
        if publication:
            return publication
    return None
