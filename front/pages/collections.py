"""Pages of what belongs together: a section's stories, what is said of a topic, what somebody wrote, the whole feed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from front.api import Answer
from front.pages import errors, lists
from front.paper import Paper
from front.showing import Page, show

Json = dict[str, Any]
AT_ONCE = 20
FEEDS = {"rss": "application/rss+xml"}


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The News Feed: everything, the newest first."""
    paper = Paper(request)
    rows = paper.ask("feed", page_size=AT_ONCE, **_place(request))
    name = paper.words["news_feed"]
    head = {"title": name, "canonical": f"{paper.view.front_url}/feed", "card": _card(name, None, "/feed", paper)}
    return _page(request, paper, "feed", rows, "feed_item", {"heading": name}, head)


def section(request: HttpRequest, paper: Paper, answer: Answer) -> HttpResponse:
    """A section's stories and films, those of the sections in it included."""
    told = answer.json
    parent = told["parent"]
    values = {
        **_named(told),
        "above": {"href": paper.view.href(parent.get("web_url")), "label": parent["name"]} if parent else None,
        "children": [
            {"href": _sibling(paper, told, child["slug"]), "name": child["name"]} for child in told["children"]
        ],
        "has_children": bool(told["children"]),
    }
    return _collection(request, paper, "section", told, values, "sections", kind="article,video", section=told["slug"])


def topic(request: HttpRequest, paper: Paper, answer: Answer) -> HttpResponse:
    """All that is said of a topic, blurbs included."""
    told = answer.json
    values = {**_named(told), "above": {"href": "", "label": paper.words["topics"]}}
    return _collection(request, paper, "topic", told, values, "topics", topic=told["slug"])


def byline(request: HttpRequest, paper: Paper, answer: Answer) -> HttpResponse:
    """Who somebody is, and what they wrote."""
    told = answer.json
    links = list(told["links"])
    if told["email"]:
        links.append({"label": told["email"], "url": f"mailto:{told['email']}"})
    values = {
        "heading": told["name"],
        "above": {"href": "", "label": told["job_title"] or paper.words["job"]},
        "bio_html": told["bio_html"],
        "portrait": paper.view.picture(told["portrait"], "portrait"),
        "links": links,
        "has_links": bool(links),
    }
    return _collection(request, paper, "byline", told, values, "bylines", byline=told["slug"])


def _named(told: Json) -> Json:
    return {"heading": told["name"], "description": told["description"]}


def _sibling(paper: Paper, section: Json, slug: str) -> str:
    """Where another section is, as this one's address has it."""
    before, _, after = paper.view.href(section["web_url"]).rpartition(section["slug"])
    return f"{before}{slug}{after}"


def _place(request: HttpRequest) -> dict[str, str]:
    return {name: value for name in ("cursor", "page") if (value := request.GET.get(name))}


def _collection(
    request: HttpRequest, paper: Paper, name: str, told: Json, values: Json, feeds: str, **asked: str
) -> HttpResponse:
    rows = paper.ask("feed", page_size=AT_ONCE, **asked, **_place(request))
    title = f"{told['name']} · {paper.name}"
    rss = {"type": FEEDS["rss"], "title": title, "url": f"/feeds/{feeds}/{told['slug']}.rss"}
    description = told.get("description") or ""
    address = paper.view.href(told["web_url"])
    head = {
        "title": told["name"],
        "description": description,
        "canonical": told["web_url"],
        "feeds": [rss],
        "card": _card(told["name"], description, address, paper),
    }
    return _page(request, paper, name, rows, "list_item", values, head)


def _page(
    request: HttpRequest, paper: Paper, name: str, rows: Answer, part: str, values: Json, head: Json
) -> HttpResponse:
    if rows.status != 200:
        return errors.of(request, paper, rows)
    if _place(request):
        head["robots"] = "noindex"
    listed = lists.block(paper, rows, part, request.path, label=values["heading"])
    values = {**values, "list": listed, "nothing": not rows.rows}
    return show(request, Page(name, "list", values, [], head), paper)


def _card(title: str, description: str | None, path: str, paper: Paper) -> Json:
    address = path if path.startswith("http") else f"{paper.view.front_url}{path}"
    return {"type": "website", "title": title, "description": description, "url": address, "image": None}
