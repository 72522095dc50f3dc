"""What a template needs of an item that its JSON does not say: sizes of its picture, the hour, where it leads.

`static/front/view.js` is the same for browsers, function by function: what one makes the other makes too, and a test
holds both to it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
CALLED_BY = ("headline", "title", "name", "slug")  # the first that an item has is its name in lists
NARROW_SPACE = "\u00a0"
# Languages that are written from right to left.
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
NO_PATH = ("//", "/\\", "/\t", "/\n", "/\r")  # what browsers take for another host


@dataclass(frozen=True)
class View:
    """How items are shown on one page."""

    words: Json
    places: Json
    language: str
    zone: str
    front_url: str
    today: date

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def item(self, item: Json, place: str) -> Json:
        """An item of a list, with what its template needs under `view`."""
        kind = item.get("kind")
        photo = self.photo(item)
        shown: Json = {
            "name": self.name(item),
            "is_article": kind == "article",
            "is_blurb": kind == "blurb",
            "is_video": kind == "video",
            "is_live": item.get("genre") == "live" and not self.has_ended(item),
            "breaking": bool(item.get("breaking")),
            "href": self.href(item.get("web_url")),
            "hour": self.hour(item.get("published_at")),
            "moment": self.moment(item.get("published_at")),
            "minutes": self.minutes(item.get("reading_minutes")),
            "length": self.length(item.get("duration_seconds")),
            "label": self.label(item),
            "language": item.get("language") if item.get("language") != self.language else None,
            "direction": direction(item.get("language") or self.language),
            "snippet": self.snippet(item),
            "picture": self.picture(photo, place),
        }
        if kind == "blurb":
            shown["link"] = self.blurb_link(item)
        return {**item, "view": shown}

    def items(self, items: list[Json], place: str) -> list[Json]:
        return [self.item(item, place) for item in items]

    def name(self, item: Json) -> str:
        """What an item is called. A kind that the newspaper does not know may have a word of its own for that."""
        return next((item[key] for key in CALLED_BY if isinstance(item.get(key), str) and item[key]), "")

    def photo(self, item: Json) -> Json | None:
        """The picture that stands for an item, whatever its kind calls it."""
        photo: Json | None = item.get("lead_photo") or item.get("photo") or item.get("poster")
        if not photo and item.get("lead_video"):
            photo = item["lead_video"].get("poster")
        others = (value for value in item.values() if isinstance(value, dict) and value.get("kind") == "photo")
        return photo or next(others, None)

    def has_ended(self, item: Json) -> bool:
        """Whether a story was told as it happened, and is told no further."""
        return (item.get("live") or {}).get("state") == "ended"

    def blurb_link(self, blurb: Json) -> Json | None:
        """What a blurb leads to: its story, or its film."""
        target = blurb.get("article") or blurb.get("video")
        return {"href": self.href(target["web_url"]), "headline": target["headline"]} if target else None

    def label(self, item: Json) -> str:
        """What stands above an item: its own word, or what it is, or its section."""
        genre = self.words["genres"].get(item.get("genre") or "") if not self.has_ended(item) else ""
        section = (item.get("section") or {}).get("name")
        if item.get("kind") == "blurb":
            return item.get("label") or section or ""
        kicker = item.get("kicker") or ""
        if item.get("breaking") and kicker.lower() == self.words["breaking"].lower():
            kicker = ""  # it is said beside it
        if self.has_ended(item) and kicker.lower() == self.words["live"].lower():
            kicker = ""  # it was, when that was written
        return kicker or genre or section or ""

    def snippet(self, item: Json) -> str:
        """Where in a text the words stand that were searched for; empty where that says no more than the item does."""
        snippet: str = (item.get("match") or {}).get("snippet_html") or ""
        plain = snippet.replace("<mark>", "").replace("</mark>", "")
        return "" if plain in (snippet, item.get("kicker"), item.get("label")) else snippet

    def href(self, web_url: str | None) -> str:
        """An address of this site without its host, so that it holds under each name that the site has."""
        if not web_url:
            return ""
        if web_url == self.front_url:
            return "/"
        path = web_url.removeprefix(self.front_url)
        return path if path.startswith("/") and not path.startswith(NO_PATH) else web_url

    def minutes(self, minutes: int | None) -> str:
        return self.words["minutes"].replace("{n}", str(minutes)).replace(" ", NARROW_SPACE, 1) if minutes else ""

    def length(self, seconds: int | None) -> str:
        """How long a film is: 3:34, or 1:02:07."""
        if not seconds:
            return ""
        minutes, rest = divmod(seconds, 60)
        hours, left = divmod(minutes, 60)
        return f"{hours}:{left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    # Times

    def _local(self, iso: str) -> datetime:
        return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(self._zone)

    def hour(self, iso: str | None) -> str:
        """A time in a margin: today's as 16:35, the last week's with its day, any other as a day."""
        if not iso:
            return ""
        at = self._local(iso)
        days = (self.today - at.date()).days
        if days == 0:
            return f"{at:%H:%M}"
        if 0 < days < 7:
            return f"{self.words['weekdays_short'][at.weekday()]} {at:%H:%M}"
        day = f"{at.day}{NARROW_SPACE}{self.words['months_short'][at.month - 1]}"
        return day if at.year == self.today.year else f"{day} {at.year}"

    def moment(self, iso: str | None) -> str:
        """A time in full: 22 November 2026, 16:35."""
        if not iso:
            return ""
        at = self._local(iso)
        text: str = self.words["moment"]
        return self._dated(text, at).replace("{hour}", f"{at:%H:%M}")

    def day(self, at: date) -> str:
        """A day in full: Sunday, 22 November 2026."""
        return self._dated(self.words["date"], at)

    def _dated(self, text: str, at: date) -> str:
        return (
            text.replace("{weekday}", self.words["weekdays"][at.weekday()])
            .replace("{day} ", f"{at.day}{NARROW_SPACE}")
            .replace("{month}", self.words["months"][at.month - 1])
            .replace("{year}", str(at.year))
        )

    # Pictures

    def picture(self, photo: Json | None, place: str) -> Json | None:
        """A photo in one place of a page: cut as the place wants it, in every format and width that there is."""
        if not photo:
            return None
        asked = self.places[place]
        cuts = [self._cut(photo, each, each.get("most", asked["most"])) for each in asked["crops"]]
        if not all(cut["widths"] for cut in cuts):
            return None  # it has just come, and its sizes are still being made
        formats = photo["formats"]
        last = cuts[-1]
        sources = [
            self._source(photo, cut, format_)
            for cut in cuts
            for format_ in formats
            if cut is not last or format_ != formats[-1]
        ]
        return {
            "place": place,
            "sources": sources,
            "src": address(photo, last["crop"], middle(last["widths"]), formats[-1]),
            "srcset": srcset(photo, last, formats[-1]),
            "sizes": last["sizes"],
            "width": last["width"],
            "height": last["height"],
            "alt_text": photo.get("alt_text") or "",
            "caption": photo.get("caption") or "",
            "credit_line": photo.get("credit_line") or "",
            "placeholder": (photo.get("placeholder") or "") if asked.get("placeholder") else "",
        }

    def _cut(self, photo: Json, asked: Json, most: int) -> Json:
        crop = photo["crops"][asked["crop"]]
        widths = [width for width in crop["widths"] if width <= most] or crop["widths"][:1]
        width, height = crop["width"], crop["height"]
        if asked["crop"] == "original":
            width, height = photo["width"], photo["height"]
        return {**asked, "widths": widths, "width": width, "height": height}

    def _source(self, photo: Json, cut: Json, format_: str) -> Json:
        return {
            "media": cut.get("media"),
            "type": "image/jpeg" if format_ == "jpg" else f"image/{format_}",
            "srcset": srcset(photo, cut, format_),
            "sizes": cut["sizes"],
            "width": cut["width"],
            "height": cut["height"],
        }


def direction(language: str) -> str:
    """Which way a language is written, as HTML's `dir` says it."""
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def address(photo: Json, crop: str, width: int, format_: str) -> str:
    template: str = photo["template"]
    return template.replace("{crop}", crop).replace("{width}", str(width)).replace("{format}", format_)


def srcset(photo: Json, cut: Json, format_: str) -> str:
    return ", ".join(f"{address(photo, cut['crop'], width, format_)} {width}w" for width in cut["widths"])


def middle(widths: list[int]) -> int:
    """The width for programs that know nothing of `srcset`."""
    return next((width for width in widths if width >= 640), widths[-1])
