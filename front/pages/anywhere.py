"""Every other address: what it is of, and whether it has become another one."""

from urllib.parse import quote, unquote, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from front import addresses
from front.addresses import Place
from front.api import Answer
from front.pages import collections, errors, front, page, story
from front.paper import Paper

PUBLISHED = {
    "article": story.article,
    "video": story.video,
    "blurb": story.blurb,
    "front": front.front,
    "page": page.page,
}
SHARED = {"section": collections.section, "topic": collections.topic, "byline": collections.byline}


@require_safe
def anywhere(request: HttpRequest, path: str) -> HttpResponse:
    """Whatever the newsroom shows at a path."""
    paper = Paper(request)
    token = request.GET.get("preview", "")
    refusal = None
    for place in addresses.places_of(quote(f"/{path}")):
        answer = _find(paper, place, token)
        if answer.status == 200:
            return _shown(request, paper, place, answer, token)
        if refusal is None or answer.status != 404:
            refusal = answer
    return errors.of(request, paper, refusal) if refusal else errors.not_found(request, paper)


def preview(request: HttpRequest, kind: str, name: str, token: str) -> HttpResponse | None:
    """What a preview's link opens, at whatever address that link is used; none: the newspaper has no such page."""
    if kind == "site":
        return front.home_of(request, Paper(request, token), is_private=True)
    if kind not in PUBLISHED:
        return None
    paper = Paper(request)
    answer = _find(paper, Place(kind, name), token)
    if answer.status != 200:
        return errors.of(request, paper, answer)
    return PUBLISHED[kind](request, paper, answer, is_private=True)


def _find(paper: Paper, place: Place, token: str) -> Answer:
    """The answer for what a path is of; where its slug has become another one, the answer of today's."""
    answer = paper.ask(addresses.LISTS[place.kind], place.name, preview=token)
    if answer.status != 308:
        return answer
    paper.answers.remove(answer)
    name = urlsplit(answer.headers["Location"]).path.rstrip("/").rpartition("/")[2]
    return paper.ask(addresses.LISTS[place.kind], unquote(name), preview=token)


def _shown(request: HttpRequest, paper: Paper, place: Place, answer: Answer, token: str) -> HttpResponse:
    if token and place.kind in PUBLISHED:
        return PUBLISHED[place.kind](request, paper, answer, is_private=True)
    canonical = paper.view.href(answer.json["web_url"])
    if canonical.startswith("/") and unquote(urlsplit(canonical).path) != request.path:
        return _redirect(request, canonical)
    if place.kind in PUBLISHED:
        return PUBLISHED[place.kind](request, paper, answer)
    return SHARED[place.kind](request, paper, answer)


def _redirect(request: HttpRequest, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING")
    response = HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    response.status_code = 308
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
