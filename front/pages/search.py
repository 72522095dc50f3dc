"""What a reader searched for."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from front.pages import errors, lists
from front.paper import Paper
from front.showing import Page, show

AT_ONCE = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Stories, blurbs and films with the words; where there are none, what may have been meant."""
    paper = Paper(request)
    asked = request.GET.get("q", "").strip()
    values: dict[str, Any] = {
        "q": asked,
        "asked": bool(asked),
        "complaint": "",
        "list": "",
        "meant": None,
        "has_results": False,
    }
    if asked:
        place = {name: value for name in ("cursor", "page") if (value := request.GET.get(name))}
        results = paper.ask("feed", search=asked, page_size=AT_ONCE, **place)
        if results.status == 400 and not place:
            values["complaint"], values["asked"] = _complaint(results.json), False
        elif results.status != 200:
            return errors.of(request, paper, results)
        else:
            meant = results.json.get("did_you_mean")
            values["has_results"] = bool(results.rows)
            if meant:
                values["meant"] = {"text": meant["search"], "href": f"/search?{urlencode({'q': meant['search']})}"}
            if results.rows:
                address = f"/search?{urlencode({'q': asked})}"
                values["list"] = lists.block(paper, results, "search_item", address, label=paper.words["search"])
    head = {"title": f"{paper.words['search']}: {asked}" if asked else paper.words["search"], "robots": "noindex"}
    return show(request, Page("search", "search", values, [], head), paper)


def _complaint(problem: dict[str, Any]) -> str:
    """What the API says of a search that it does not take: too long, or no word in it."""
    errors_ = problem.get("errors") or []
    return str(errors_[0]["message"] if errors_ else problem.get("detail") or "")
