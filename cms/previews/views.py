"""The page that shows a preview where the newsroom has named none of its own.

A link to it is /preview/#token. What stands behind the # is never sent with a request: no access log or proxy keeps
it, no Referer passes it on, and a robot that looks at links in messages gets an empty page. A script hands the token
over in a header, once, and gets a cookie in exchange, which opens this one preview until an hour after the last look,
and is sent nowhere else. Each look asks whether the link still lives. The address bar then holds an id, which opens
nothing for anybody else.
"""

import re
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.content import masthead
from cms.previews import previews
from cms.publishing import kinds
from cms.publishing.models import PreviewLink

COOKIE = "preview"
COOKIE_LASTS = 3600  # seconds
HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' {site}; media-src 'self' {site}; {more}"
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PLAYER = re.compile(r'<iframe[^>]* src="(https?://[\w.:-]+)')


def policy(more: str = "") -> str:
    return POLICY.format(site=settings.PUBLIC_URL, more=more)


@csrf_exempt  # a token is needed for it, and whoever has that may see the preview
@require_http_methods(["GET", "HEAD", "POST"])
def open_preview(request: HttpRequest) -> HttpResponse:
    """Takes the token of a link, by a script, and gives leave to see its page."""
    if request.method != "POST":
        more = "script-src 'self'; connect-src 'self'; "
        headers = {**HEADERS, "Content-Security-Policy": policy(more)}
        return _with(headers, render(request, "previews/preview_open.html", {"site_name": masthead.current().name}))
    link = previews.find(previews.token_in(request.headers.get("Authorization", "")))
    if link is None:
        headers = {**HEADERS, "WWW-Authenticate": 'Preview realm="preview"'}
        return _with(headers, JsonResponse({"address": None}, status=401))
    address = reverse("preview", args=[link.pk])
    response = JsonResponse({"address": address})
    _give_cookie(response, link)
    return _with(HEADERS, response)


@require_safe
def preview_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The preview, to whoever has just opened its link."""
    held = request.get_signed_cookie(COOKIE, None, salt=_salt(pk), max_age=COOKIE_LASTS)
    link = previews.living(pk) if held == pk.hex else None
    preview = previews.look(link) if link else None
    if preview is None:
        headers = {**HEADERS, "Content-Security-Policy": policy()}
        page = render(request, "previews/preview_ended.html", {"site_name": masthead.current().name}, status=404)
        return _with(headers, page)
    if response := _shown_by_the_front(request, preview):
        return response
    link, item = preview.link, preview.document()
    kind = kinds.publishable_named(link.kind)
    players = sorted(set(PLAYER.findall(f"{item.get('body_html')}{(item.get('embed') or {}).get('html')}")))
    more = f"frame-src {' '.join(players)}; " if players else ""
    context = {
        "title": kind.title(item) or masthead.current().name,
        "item": item,
        "template": [kind.preview_template(), "previews/any_kind.html"],
        "preview": preview,
        "link": link,
        "published_at": parse_datetime(item.get("published_at") or ""),
        "updated_at": parse_datetime(item.get("updated_at") or ""),
    }
    response = render(request, "previews/preview.html", context)
    _give_cookie(response, link)
    previews.note_use(link)
    return _with({**HEADERS, "Content-Security-Policy": policy(more)}, response)


def _shown_by_the_front(request: HttpRequest, preview: previews.Preview) -> HttpResponse | None:
    """The preview as the front end beside us shows it, which asks the API by the token as any other would; none: it has
    no page of this kind."""
    if not settings.PREVIEW_PAGE:
        return None
    link, name = preview.link, preview.publication.slug or str(preview.link.key)
    show = import_string(settings.PREVIEW_PAGE)
    response: HttpResponse | None = show(request, link.kind, name, previews.token_of(link))
    if response is None:
        return None
    _give_cookie(response, link)
    previews.note_use(link)
    return _with(HEADERS, response)


def _salt(pk: uuid.UUID) -> str:
    return f"preview page {pk}"


def _give_cookie(response: HttpResponse, link: PreviewLink) -> None:
    response.set_signed_cookie(
        COOKIE,
        link.pk.hex,
        salt=_salt(link.pk),
        max_age=COOKIE_LASTS,
        path=reverse("preview", args=[link.pk]),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Strict",
    )


def _with(headers: dict[str, str], response: HttpResponse) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response
