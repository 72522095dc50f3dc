"""What stands outside the news: About, Imprint."""

from django.http import HttpRequest, HttpResponse

from front.api import Answer
from front.pages import blocks
from front.paper import Paper
from front.showing import Page, show


def page(request: HttpRequest, paper: Paper, answer: Answer, *, is_private: bool = False) -> HttpResponse:
    told = answer.json
    values = {**told, "blocks": blocks.shown(paper, told["body"]), "updated": paper.view.moment(told["updated_at"])}
    values["players"] = blocks.players(told["body"])
    seo = told["seo"]
    title, description = seo["title"] or told["title"], seo["description"] or told["standfirst"]
    head = {
        "title": title,
        "description": description,
        "canonical": "" if is_private else told["web_url"],
        "card": {"type": "website", "title": title, "description": description, "url": told["web_url"], "image": None},
    }
    return show(request, Page("page", "page", values, [answer], head, is_private=is_private), paper)
