"""What every page has: the newsroom's name, its menus, the language and the clock by which times are written."""

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone

from front import api, templates
from front.api import Answer
from front.view import View, direction

if TYPE_CHECKING:
    from front.showing import Page

Json = dict[str, Any]
STYLES = ["desk/fonts.css", "front/front.css"]
FONTS = ["desk/fonts/source-serif-4-latin.woff2", "desk/fonts/inter-latin.woff2"]


class Paper:
    """The newspaper as one request finds it."""

    def __init__(self, request: HttpRequest, preview: str = ""):
        """With the token of a preview of the site it has the name and the menus that are still to come."""
        self.request = request
        self.answers: list[Answer] = []
        self._lives: dict[str, Json | None] = {}
        self.told = self.ask("site", preview=preview).json
        self.language: str = self.told.get("language") or settings.CONTENT_LANGUAGE
        self.zone: str = self.told.get("time_zone") or settings.TIME_ZONE
        self.words = templates.words(self.language)
        today = timezone.now().astimezone(ZoneInfo(self.zone)).date()
        self.view = View(self.words, templates.places(), self.language, self.zone, settings.FRONT_URL, today)
        menus: Json = self.told.get("menus") or {}
        self._menu: list[Json] = menus.get("main") or self._sections()
        self._footer: list[Json] = menus.get("footer") or []

    @property
    def name(self) -> str:
        return self.told.get("name") or settings.SITE_NAME

    def ask(self, name: str, *parts: str, preview: str = "", **parameters: object) -> Answer:
        """An answer of the API that the page is made of."""
        return self.ask_for(api.path_of(name, *parts, **parameters), preview)

    def ask_for(self, address: str, preview: str = "") -> Answer:
        """The same, by an address that the API has given."""
        answer = api.ask(self.request, address, preview)
        self.answers.append(answer)
        return answer

    def items(self, rows: list[Json], place: str) -> list[Json]:
        """Items of a list, as templates need them."""
        return self.view.items([self._with_live(row) for row in rows], place)

    def _with_live(self, row: Json) -> Json:
        """A live story with whether it has ended: lists do not tell, and it is to be asked for by itself."""
        if row.get("genre") != "live" or "live" in row:
            return row
        slug = row["slug"]
        if slug not in self._lives:
            self._lives[slug] = self.ask("articles", slug, fields="live.state").json.get("live")
        return {**row, "live": self._lives[slug]}

    def site(self, page: "Page") -> Json:
        """The newsroom, for the head and the foot of a page."""
        return {
            "name": self.name,
            "description": self.told.get("description"),
            "menu": self._entries(self._menu),
            "footer": self._entries(self._footer),
            "social": self.told.get("social") or [],
            "usage_policy": self.told.get("usage_policy") or {},
            "logo": self._logo(self.told.get("logo")),
        }

    def _sections(self) -> list[Json]:
        """The sections, for a newsroom that has made no menu."""
        rows = self.ask("sections", page_size=100).rows
        return [
            {"label": row["name"], "url": row["web_url"], "children": []} for row in rows if row.get("parent") is None
        ]

    def _logo(self, photo: Json | None) -> Json | None:
        """The newsroom's own picture, which the name stands beside."""
        if not photo or not photo.get("src"):
            return None
        return {"src": photo["src"], "width": photo["width"], "height": photo["height"], "credit": photo["credit_line"]}

    def _entries(self, entries: list[Json]) -> list[Json]:
        path = self.request.path.rstrip("/")
        return [
            {
                "label": entry["label"],
                "href": (href := self.view.href(entry["url"])),
                "is_current": href.rstrip("/") == path and path != "",
                "children": self._entries(entry.get("children") or []),
                "has_children": bool(entry.get("children")),
            }
            for entry in entries
            if entry.get("url")
        ]

    def head(self, page: "Page") -> Json:
        """What stands in the head of a page, and on its `<html>`."""
        feeds = self.told.get("feeds") or []
        title = page.head.get("title")
        return {
            "name": page.name,
            "language": self.language,
            "direction": direction(self.language),
            "api": api.ROOT,
            "parts": f"/parts/{self.digest}.json",
            "edition": self.edition,
            "styles": [static(name) for name in STYLES],
            "fonts": [static(name) for name in FONTS],
            "icon": static("desk/icon.svg"),
            "script": static("front/main.js"),
            "is_home": page.name == "home",
            "is_preview": page.is_private,
            "robots": "noindex" if page.is_private or page.status != 200 else "",
            "date": self.view.day(self.view.today),
            **page.head,
            "title": f"{title} · {self.name}" if title else self.name,
            "feeds": [*page.head.get("feeds", []), *feeds],
            "feed": (page.head.get("feeds") or feeds or [None])[0],
        }

    @property
    def edition(self) -> str:
        """The edition that all which is shown is of: the newsroom may have gone on between two answers."""
        editions = [int(answer.headers["X-Edition"]) for answer in self.answers if "X-Edition" in answer.headers]
        return str(min(editions, default=""))

    @cached_property
    def browser_paper(self) -> bytes:
        """What browsers make HTML with, as JSON."""
        return json.dumps(templates.paper(self.language, self.zone), ensure_ascii=False).encode()

    @property
    def digest(self) -> str:
        return _digest(self.language, self.zone, settings.FRONT_URL)


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join([templates.version(), *parts]).encode(), digest_size=8).hexdigest()
