"""Players of other sites, as they are written: frames, old plug-ins, and the elements of AMP."""

import re
from typing import TYPE_CHECKING, Any

from newsroom.body.elements import says_nothing
from newsroom.body.lines import Marks
from newsroom.body.pieces import player

if TYPE_CHECKING:
    from newsroom.body.reading import Reader


def frame(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    names = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cmp-src", "data-original")
    addresses = [url for name in names if (url := (values.get(name) or "").strip()) and url != "about:blank"]
    for url in addresses:
        if made := player(f"https:{url}" if url.startswith("//") else url, values.get("title") or ""):
            made.title = "" if says_nothing(made.title) else made.title
            reader.end()
            reader.pieces.append(made)
            return
    reader.line.append((" ", ()))
    reader.lose("iframe", addresses[0] if addresses else "")


def old_player(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """<object> and <embed>, as players were written once."""
    addresses = [values.get("data"), values.get("src")]
    for inner in node.css("param, embed, iframe"):
        told = inner.attributes
        addresses += [told.get("src")] + ([told.get("value")] if told.get("name") in {"movie", "src"} else [])
    for url in filter(None, addresses):
        if made := player(f"https:{url}" if url.startswith("//") else url):
            reader.end()
            reader.pieces.append(made)
            return
    reader.line.append((" ", ()))
    kind = "picture" if re.search(r"\.(?:svg|png|jpe?g|gif)$", (addresses[0] or "").lower()) else "object"
    reader.lose(kind, next(filter(None, addresses), ""))


def amp_player(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    key = values.get("data-videoid") or values.get("videoid") or ""
    host = "https://vimeo.com/" if "vimeo" in node.tag else "https://www.youtube.com/watch?v="
    if made := player(host + key):
        reader.end()
        reader.pieces.append(made)
    else:
        reader.children(node, marks)
