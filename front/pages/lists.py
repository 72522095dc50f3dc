"""Lists that go on, as every page with one has them: the feed, a section's stories, what was found."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from front.api import Answer
from front.paper import Paper
from front.templates import render

Json = dict[str, Any]
# Which class the list has, and in which place of a page its pictures stand, by the part that makes an item.
LISTS = {
    "feed_item": ("items", "small"),
    "list_item": ("rows", "list"),
    "search_item": ("rows", "list"),
    "update": ("items updates", "text"),
}


def block(paper: Paper, answer: Answer, part: str, page: str, **said: Any) -> str:
    """A list as HTML, with the hooks by which a script goes on with it.

    `page` is the address of the page that shows it, where "Show more" leads without scripts.
    """
    name, place = LISTS[part]
    items = "\n".join(render(part, {**item, "words": paper.words}).rstrip() for item in paper.items(answer.rows, place))
    following = answer.json.get("next") or ""
    values = {
        "part": part,
        "list": name,
        "items": items,
        "next": following,
        "newer": answer.json.get("newer") or "",
        "more": more(page, following),
        "id": "list",
        "words": paper.words,
        "title": "",
        "href": "",
        "label": paper.words["news_feed"],
        **said,
    }
    return render("feed_block", values)


def more(page: str, following: str) -> str:
    """The page that goes on with a list, for those without scripts: the same walk, by its cursor."""
    cursor = parse_qs(urlsplit(following).query).get("cursor")
    if not cursor:
        number = parse_qs(urlsplit(following).query).get("page")
        return f"{page}{'&' if '?' in page else '?'}{urlencode({'page': number[0]})}" if number else ""
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'cursor': cursor[0]})}"
