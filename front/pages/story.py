"""What is read by itself: a story, a live story, a film, a blurb."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse

from front import addresses
from front.api import Answer
from front.pages import blocks, errors, films, lists
from front.paper import Paper
from front.showing import Page, show

Json = dict[str, Any]
UPDATES = 30  # of a live story, at first
NEXT = 4


def article(request: HttpRequest, paper: Paper, answer: Answer, *, is_private: bool = False) -> HttpResponse:
    """A story; one that is told as it happens has its updates."""
    story = answer.json
    is_live = bool(story.get("live"))
    values = {**_common(paper, answer), **_lead(paper, story), **_body(paper, story)}
    label = story["kicker"] or paper.words["genres"].get(story["genre"] or "", "")
    values["label"] = "" if story["breaking"] and label.lower() == paper.words["breaking"].lower() else label
    values["series"] = [_part(paper, part) for part in story.get("series") or []]
    values |= _next(paper, story, is_private)
    if is_live:
        place = {name: value for name in ("cursor", "page") if (value := request.GET.get(name))}
        updates = paper.ask("articles", story["slug"], "updates", page_size=UPDATES, **place)
        if updates.status == 400:
            return errors.bad(request, paper)
        values |= _live(paper, story, updates)
    page = Page(
        "live" if is_live else "story",
        "live" if is_live else "story",
        values,
        [answer],
        _head(request, paper, story, "articles", is_private=is_private),
        is_private=is_private,
    )
    return show(request, page, paper)


def video(request: HttpRequest, paper: Paper, answer: Answer, *, is_private: bool = False) -> HttpResponse:
    film = answer.json
    values = {
        **_common(paper, answer),
        "film": films.shown(paper, film),
        "label": film["label"] or paper.words["video"],
        "players": films.player(film),
        "paywall": _paywall(paper, film),
        **_next(paper, film, is_private, kind="videos"),
    }
    head = _head(request, paper, film, "videos", is_private=is_private)
    return show(request, Page("video", "video", values, [answer], head, is_private=is_private), paper)


def blurb(request: HttpRequest, paper: Paper, answer: Answer, *, is_private: bool = False) -> HttpResponse:
    told = answer.json
    to = told["article"] or told["video"]
    values = {
        **_common(paper, answer),
        "lead": paper.view.picture(told["photo"], "text"),
        "to": paper.view.item(to, "small") if to else None,
        "label": told["label"] or paper.words["news_feed"],
    }
    text = told["text"]
    title = told.get("title") or (text if len(text) <= 70 else f"{text[:69].rsplit(' ', 1)[0]}…")
    head = {
        "title": title,
        "description": text,
        "canonical": told["web_url"],
        "card": {**_card(told, title, text), "image": _file(told["photo"])},
    }
    return show(request, Page("blurb", "blurb", values, [answer], head, is_private=is_private), paper)


def _common(paper: Paper, answer: Answer) -> Json:
    """What everything has that is read by itself."""
    told = answer.json
    view = paper.view
    section = told["section"]
    corrections = [_correction(paper, each) for each in told.get("corrections") or []]
    translations = [
        {"href": view.href(each["web_url"]), "language": each["language"], "name": _language(each["language"])}
        for each in told.get("translations") or []
    ]
    parts, after = _byline(paper, told)
    return {
        **view.item(told, "story"),
        "etag": answer.headers.get("ETag", ""),
        "section": {"href": _path(paper, "section", section["slug"]), "name": section["name"]} if section else None,
        "topics": [{"href": _path(paper, "topic", each["slug"]), "name": each["name"]} for each in told["topics"]],
        "has_topics": bool(told["topics"]),
        "byline_parts": parts,
        "byline_after": after,
        "updated": view.moment(told["updated_at"]) if _is_later(told) else "",
        "corrections": corrections,
        "has_corrections": bool(corrections),
        "translations": translations,
        "has_translations": bool(translations),
        "ai": _ai(paper, told.get("ai_use")),
        "paywall": "",
        "next": [],
        "has_next": False,
        "title": told.get("title") or "",
    }


def _path(paper: Paper, kind: str, slug: str) -> str:
    return addresses.path_of(kind, slug)


def _is_later(told: Json) -> bool:
    """Whether it was changed in another minute than it came out: the seconds are the machine's."""
    return bool(told["updated_at"] and told["published_at"] and told["updated_at"][:16] > told["published_at"][:16])


def _byline(paper: Paper, told: Json) -> tuple[list[Json], str]:
    """The line as it is printed, each name in it leading to its page."""
    line: str = told["byline"] or ""
    parts = []
    rest = line
    for each in told["bylines"]:
        before, name, after = rest.partition(each["name"])
        if name:
            parts.append({"before": before, "name": each["name"], "href": _path(paper, "byline", each["slug"])})
            rest = after
    return parts, rest


def _correction(paper: Paper, told: Json) -> Json:
    label = paper.words["correction_types"].get(told["type"], paper.words["corrections"])
    return {**told, "label": label, "moment": paper.view.moment(told["published_at"])}


LANGUAGES = {"en": "English", "uk": "Українська", "de": "Deutsch", "fr": "Français", "pl": "Polski", "es": "Español"}


def _language(code: str) -> str:
    return LANGUAGES.get(code.split("-")[0], code)


def _ai(paper: Paper, told: Json | None) -> Json | None:
    level = paper.words["ai"].get((told or {}).get("level") or "")
    return {"level": level, "note": (told or {}).get("note") or ""} if level else None


def _lead(paper: Paper, story: Json) -> Json:
    """What a story opens with: its film, or its photo."""
    film = story["lead_video"]
    picture = paper.view.picture(story["lead_photo"], "story")
    if picture:
        picture["eager"] = True
    shown_film = films.shown(paper, film, titled=True) if film and (film.get("sources") or film.get("embed")) else None
    return {"film": shown_film, "lead": None if shown_film else picture}


def _body(paper: Paper, story: Json) -> Json:
    body = story["body"]
    return {
        "blocks": blocks.shown(paper, body),
        "has_text": bool(body),
        "players": blocks.players(body) + films.player(story.get("lead_video") or {}),
        "paywall": _paywall(paper, story),
    }


def _paywall(paper: Paper, told: Json) -> str:
    if told.get("is_whole", True):
        return ""
    return str(paper.words["registered" if told.get("access") == "registered" else "subscribers"])


def _part(paper: Paper, part: Json) -> Json:
    """A story's place in a series."""
    words = str(paper.words["part_of"])
    return {
        "name": part["name"],
        "href": _path(paper, "topic", part["slug"]),
        "part": words.replace("{position}", str(part["position"])).replace("{count}", str(part["count"])),
        "previous": paper.view.item(part["previous"], "small") if part["previous"] else None,
        "next": paper.view.item(part["next"], "small") if part["next"] else None,
    }


def _next(paper: Paper, told: Json, is_private: bool, kind: str = "articles") -> Json:
    """What to read next: what the desk chose, then the newest of the section."""
    chosen = list(told.get("related") or [])[:NEXT]
    if len(chosen) < NEXT:
        section = (told["section"] or {}).get("slug")
        slugs = ",".join([told["slug"], *(row["slug"] for row in chosen)])
        answer = paper.ask(kind, section=section, exclude_slug=slugs, page_size=NEXT - len(chosen))
        chosen += answer.rows
    cards = paper.items(chosen, "row")
    return {"next": cards, "has_next": bool(cards)}


def _live(paper: Paper, story: Json, updates: Answer) -> Json:
    live = story["live"]
    here = {row["id"] for row in updates.rows}
    events = [
        {
            **event,
            "hour": paper.view.hour(event["published_at"]),
            "href": f"#update-{event['id']}" if event["id"] in here else _path(paper, "blurb", event["id"]),
        }
        for event in live["key_events"]
    ]
    state = "live" if live["state"] == "live" else "ended"
    newest = max([row["updated_at"] for row in updates.rows] + [story["updated_at"]])
    heading = {"title": paper.words["updates"], "id": "updates"}
    block = lists.block(paper, updates, "update", paper.view.href(story["web_url"]), **heading)
    hooks = f'data-feed data-live data-state="{state}" data-about="{story["slug"]}" data-url="{story["url"]}"'
    return {
        "key_events": events,
        "has_key_events": bool(events),
        "updates": block.replace("data-feed", hooks, 1),
        "state": {"is_live": state == "live", "updated_at": newest, "hour": paper.view.hour(newest)},
    }


def _head(request: HttpRequest, paper: Paper, told: Json, name: str, *, is_private: bool) -> Json:
    seo: Json = told.get("seo") or {}
    title, description = seo.get("title") or told["headline"], seo.get("description") or told["standfirst"]
    image = seo.get("image") or told.get("lead_photo") or told.get("poster")
    translations = [{"language": told["language"], "web_url": told["web_url"]}, *(told.get("translations") or [])]
    return {
        "title": title,
        "description": description,
        "canonical": "" if is_private else seo.get("canonical_url") or told["web_url"],
        "languages": translations if len(translations) > 1 else [],
        "card": {**_card(told, title, description), "image": _file(image)},
        "jsonld": "" if is_private else _jsonld(paper, name, told["slug"]),
    }


def _card(told: Json, title: str, description: str) -> Json:
    return {
        "type": "video.other" if told["kind"] == "video" else "article",
        "title": title,
        "description": description,
        "url": told["web_url"],
        "published_at": told["published_at"],
        "updated_at": told["updated_at"],
    }


def _file(photo: Json | None) -> Json | None:
    """A picture for other sites' cards, in one size."""
    if not photo or not photo.get("src"):
        return None
    crop = photo["crops"].get("16x9") or {}
    fitting = [width for width in crop.get("widths") or [] if width <= 1280]
    if not fitting:
        return {"src": photo["src"], "width": photo["width"], "height": photo["height"], "alt_text": photo["alt_text"]}
    width = fitting[-1]
    address = photo["template"].replace("{crop}", "16x9").replace("{format}", "jpg").replace("{width}", str(width))
    height = round(crop["height"] * width / crop["width"])
    return {"src": address, "width": width, "height": height, "alt_text": photo["alt_text"]}


def _jsonld(paper: Paper, name: str, slug: str) -> str:
    """What search engines read, as it may stand in a page."""
    answer = paper.ask(name, slug, format="jsonld")
    text = json.dumps(answer.json, ensure_ascii=False, separators=(",", ":")) if answer.status == 200 else ""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
