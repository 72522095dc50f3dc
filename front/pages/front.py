"""A front that editors have arranged; for a newsroom that has arranged none, what is newest."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from front.api import Answer
from front.pages import errors, lists
from front.paper import Paper
from front.showing import Page, show

Json = dict[str, Any]
HOME = "home"
# In which place of a page the pictures of a container's cards stand.
PLACES = {"lead": "row", "row": "row", "list": "small", "strip": "strip"}
WITH_THE_LEAD, MOST_WITH_THE_LEAD = 3, 5  # headlines: its own, and those under it; the rest is a row
FEED = 8  # items beside the lead


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page."""
    return home_of(request, Paper(request))


def home_of(request: HttpRequest, paper: Paper, *, is_private: bool = False) -> HttpResponse:
    """The front page of a newspaper, such as one whose name and menus are still to come."""
    answer = paper.ask("fronts", HOME)
    arranged = answer.json if answer.status == 200 else _newest(paper)
    return _front(request, paper, arranged, answer, is_home=True, is_private=is_private)


def front(request: HttpRequest, paper: Paper, answer: Answer, *, is_private: bool = False) -> HttpResponse:
    """Another front: a page of its own for a part of the newspaper."""
    return _front(request, paper, answer.json, answer, is_home=answer.json["slug"] == HOME, is_private=is_private)


def _newest(paper: Paper) -> Json:
    """What stands on a front page that nobody has arranged: the newest stories, and films."""
    stories, films = paper.ask("articles", page_size=11), paper.ask("videos", page_size=6)
    if any(answer.status != 200 for answer in (stories, films)):
        return {"containers": []}
    rows = stories.rows
    first = next((index for index, row in enumerate(rows) if row["lead_photo"]), 0)
    rows = [*rows[first : first + 1], *rows[:first], *rows[first + 1 :]]
    cut = [("lead", rows[:7], ""), ("list", rows[7:], ""), ("strip", films.rows, paper.words["videos"])]
    return {
        "containers": [
            {"id": f"newest-{layout}", "title": title, "layout": layout, "link": None, "items": items}
            for layout, items, title in cut
        ]
    }


def _front(
    request: HttpRequest, paper: Paper, front: Json, answer: Answer, *, is_home: bool, is_private: bool = False
) -> HttpResponse:
    containers = [each for each in front["containers"] if each["items"]]
    lead = containers.pop(0) if containers and containers[0]["layout"] == "lead" else None
    running = next((each for each in containers if _is_a_feed(each)), None)
    if running:
        containers.remove(running)
    shown = len(lead["items"]) if lead and len(lead["items"]) <= MOST_WITH_THE_LEAD else WITH_THE_LEAD
    rest = lead["items"][shown:] if lead else []
    if lead and rest:
        containers.insert(
            0, {**lead, "id": f"{lead['id']}-rest", "title": "", "layout": "row", "link": None, "items": rest}
        )
    feed = paper.ask("feed", page_size=FEED) if is_home and not running else None
    if errors.broken(paper.answers[-1:]):
        return errors.unavailable(request, paper)
    values = {
        "is_home": is_home,
        "name": front.get("name") or paper.name,
        "description": front.get("description"),
        "lead": _lead(paper, lead, shown) if lead else None,
        "containers": [_container(paper, each) for each in containers],
        "nothing": not lead and not containers and not running,
        "feed": _arranged_feed(paper, running) if running else _feed(paper, feed) if feed and feed.rows else "",
        "feed_link": _link(paper, running) if running else {"href": "/feed", "label": paper.words["all_of_feed"]},
        "latest": _latest(paper, running["items"] if running else feed.rows if feed else []),
    }
    head = _head(paper, front, is_home)
    page = Page("home" if is_home else "front", "front", values, [answer], head, is_private=is_private)
    if answer.status != 200:
        page.answers = []  # that nobody has arranged the page is no answer to go by
        paper.answers.remove(answer)
    return show(request, page, paper)


def _feed(paper: Paper, feed: Answer) -> str:
    heading = {"title": paper.words["news_feed"], "href": "/feed", "id": "feed"}
    return lists.block(paper, feed, "feed_item", "/feed", **heading)


def _is_a_feed(container: Json) -> bool:
    """Whether a list is running news, which stands beside the lead with its hours: one with blurbs in it."""
    return container["layout"] == "list" and any(item["kind"] == "blurb" for item in container["items"])


def _arranged_feed(paper: Paper, container: Json) -> str:
    """A list of running news as editors arranged it, which goes on below with what its rule finds."""
    following = container.get("more")
    newest = paper.ask_for(f"{following}&page_size=1") if following else None
    goes_on = {"next": following if newest and newest.rows else None, "newer": newest and newest.json.get("newer")}
    answer = Answer(200, {"results": container["items"], **goes_on}, {})
    link = _link(paper, container)
    heading = {
        "title": container["title"] or paper.words["news_feed"],
        "href": link["href"] if link else "",
        "id": "feed",
    }
    return lists.block(paper, answer, "feed_item", "/feed", **heading, more="/feed" if goes_on["next"] else "")


def _link(paper: Paper, container: Json) -> Json | None:
    link = container["link"]
    return {"href": paper.view.href(link["url"]), "label": link["label"]} if link else None


def _latest(paper: Paper, rows: list[Json]) -> Json | None:
    """The newest item in one line, for phones, where the feed stands further down."""
    if not rows:
        return None
    newest = paper.view.item(rows[0], "small")
    return {**newest, "text": newest.get("headline") or newest.get("text") or newest["view"]["name"]}


def _lead(paper: Paper, container: Json, number: int) -> Json:
    first, *others = container["items"][:number]
    [shown] = paper.items([first], "lead")
    if shown["view"]["picture"]:
        shown["view"]["picture"]["eager"] = True
    seconds = [{**each, "view": {**each["view"], "picture": None}} for each in paper.items(others, "row")]
    return {**container, "first": shown, "seconds": seconds, "has_seconds": bool(seconds)}


def _container(paper: Paper, container: Json) -> Json:
    layout = container["layout"] if container["layout"] in PLACES else "row"
    return {
        **container,
        "layout": layout,
        f"is_{layout}": True,
        "link": _link(paper, container),
        "items": paper.items(container["items"], PLACES[layout]),
    }


def _head(paper: Paper, front: Json, is_home: bool) -> Json:
    seo: Json = front.get("seo") or {}
    address = front.get("web_url") or f"{paper.view.front_url}/"
    title = "" if is_home else seo.get("title") or front["name"]
    description = seo.get("description") or front.get("description") or paper.told.get("description")
    image = next(filter(None, (_picture(item) for each in front["containers"] for item in each["items"])), None)
    card = {"type": "website", "title": title or paper.name, "description": description, "url": address, "image": image}
    return {"title": title, "description": description, "canonical": address, "card": card}


def _picture(item: Json) -> Json | None:
    photo: Json | None = item.get("lead_photo") or item.get("photo") or item.get("poster")
    return photo if photo and photo.get("src") else None
