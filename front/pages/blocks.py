"""The blocks of a text, each under the name of its kind, as templates ask for them."""

from typing import Any

from django.utils.html import escape

from front.pages import films
from front.paper import Paper

Json = dict[str, Any]


def shown(paper: Paper, body: list[Json]) -> list[Json]:
    """What a text is made of. A block of a kind that the newspaper does not know is passed over."""
    return [{f"as_{block['type']}": SHOWN[block["type"]](paper, block)} for block in body if block["type"] in SHOWN]


def players(body: list[Json]) -> str:
    """The players in a text, whose sites its page has to let in."""
    embeds = [block.get("html") or "" for block in body if block["type"] == "embed"]
    return "".join(embeds + [films.player(block["video"]) for block in body if block["type"] == "video"])


def _as_it_is(paper: Paper, block: Json) -> Json:
    return block


def _list(paper: Paper, block: Json) -> Json:
    return {"list_html": list_html(block)}


def list_html(block: Json) -> str:
    """A list, with those in it: the one thing here that has no bottom."""
    tag = "ol" if block["ordered"] else "ul"
    start = f' start="{int(block["start"])}"' if block["ordered"] and (block.get("start") or 1) != 1 else ""
    items = "".join(
        f"<li>{item['html']}{list_html(item['list']) if item.get('list') else ''}</li>" for item in block["items"]
    )
    return f"<{tag}{start}>{items}</{tag}>"


def _table(paper: Paper, block: Json) -> Json:
    heads, rows = block["rows"][: block["header_rows"]], block["rows"][block["header_rows"] :]
    columns = block["header_columns"]
    return {
        "caption": block["caption"],
        "has_heads": bool(heads),
        "heads": [{"cells": [{"html": cell} for cell in row]} for row in heads],
        "rows": [
            {"cells": [{"html": cell, "is_head": index < columns} for index, cell in enumerate(row)]} for row in rows
        ],
    }


def _photo(paper: Paper, block: Json) -> Json | None:
    return paper.view.picture(block["photo"], "text")


def _gallery(paper: Paper, block: Json) -> Json:
    pictures = [paper.view.picture(photo, "gallery") for photo in block["photos"]]
    return {"photos": [picture for picture in pictures if picture]}


def _video(paper: Paper, block: Json) -> Json:
    return films.shown(paper, block["video"], titled=True)


def _related(paper: Paper, block: Json) -> Json:
    return paper.view.item(block["article"], "small")


def _embed(paper: Paper, block: Json) -> Json:
    return {**block, "said": films.said(paper, block["provider"])}


def _audio(paper: Paper, block: Json) -> Json | None:
    audio = block["audio"] or {}
    address = next((source["url"] for source in audio.get("sources") or []), audio.get("src") or audio.get("file"))
    return {"url": address, "title": audio.get("headline") or audio.get("title") or ""} if address else None


def _factbox(paper: Paper, block: Json) -> Json:
    return {"title": block.get("title") or "", "html": block["html"]}


def _divider(paper: Paper, block: Json) -> Json:
    return {"id": escape(block["id"])}


SHOWN = {
    "paragraph": _as_it_is,
    "heading": _as_it_is,
    "list": _list,
    "quote": _as_it_is,
    "pullquote": _as_it_is,
    "table": _table,
    "photo": _photo,
    "gallery": _gallery,
    "video": _video,
    "audio": _audio,
    "related": _related,
    "embed": _embed,
    "factbox": _factbox,
    "divider": _divider,
}
