"""What is said where there is nothing to show."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from front.api import Answer
from front.paper import Paper
from front.showing import Page, show

Json = dict[str, Any]


def broken(answers: Iterable[Answer]) -> bool:
    """Whether the API could not answer what it always can."""
    return any(answer.status >= 500 for answer in answers)


def not_found(request: HttpRequest, paper: Paper) -> HttpResponse:
    return _said(request, paper, 404, paper.words["not_found"], paper.words["not_found_said"])


def bad(request: HttpRequest, paper: Paper) -> HttpResponse:
    """An address whose cursor was cut off, or that asks what cannot be asked."""
    return _said(request, paper, 400, paper.words["bad"], paper.words["bad_said"])


def preview_over(request: HttpRequest, paper: Paper) -> HttpResponse:
    return _said(request, paper, 401, paper.words["preview_over"], paper.words["preview_over_said"], is_private=True)


def gone(request: HttpRequest, paper: Paper, answer: Answer) -> HttpResponse:
    """What was here once, and why it is not any more."""
    reason = paper.words["gone_reasons"].get(answer.json.get("reason") or "", "")
    at = answer.json.get("withdrawn_at")
    since = paper.words["gone_since"].replace("{moment}", paper.view.moment(at)) if at else ""
    return _said(request, paper, 410, paper.words["gone"], reason, since)


def unavailable(request: HttpRequest, paper: Paper) -> HttpResponse:
    response = _said(request, paper, 503, paper.words["broken"], paper.words["broken_said"])
    response.headers["Retry-After"] = "5"
    return response


def of(request: HttpRequest, paper: Paper, answer: Answer) -> HttpResponse:
    """The page for an answer that is not 200."""
    if answer.status == 410:
        return gone(request, paper, answer)
    if answer.status == 401:
        return preview_over(request, paper)
    if answer.status >= 500 or answer.status == 429:
        return unavailable(request, paper)
    return bad(request, paper) if answer.status == 400 else not_found(request, paper)


def _said(
    request: HttpRequest,
    paper: Paper,
    status: int,
    heading: str,
    said: str,
    since: str = "",
    *,
    is_private: bool = False,
) -> HttpResponse:
    latest = paper.ask("articles", page_size=4).rows if status in {404, 410} else []
    cards = paper.items(latest, "row")
    values = {"heading": heading, "said": said, "since": since, "next": cards, "has_next": bool(cards)}
    page = Page("error", "error", values, [], {"title": heading}, status, is_private=is_private)
    return show(request, page, paper)
