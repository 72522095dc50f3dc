"""A body at the desk for those who may not write it."""

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from newsroom.body import WRITTEN, body_in_shape, plain
from newsroom.body.cards import Cards
from newsroom.body.mending import whole


def reading_copy(blocks: list[dict]) -> SafeString:
    """A body for those who may read it at the desk and not write."""
    blocks = whole(blocks)
    cards = Cards(blocks)
    lines: list[str] = []
    for block in body_in_shape(blocks):
        if block["type"] == "list":
            lines += lines_of_list(block)
        elif block["type"] == "table":
            lines += [block["caption"]] if block["caption"] else []
            lines += [" | ".join(map(plain, row)) for row in block["rows"]]
        elif block["type"] in WRITTEN:
            lines.append(" — ".join(filter(None, [plain(block.get("html", "")), block.get("attribution")])))
        else:
            lines.append(f"[{cards(block)['label']}]")
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def lines_of_list(listing: dict, indent: str = "") -> Iterable[str]:
    """A list as lines of text, what stands in an item set in below it."""
    for number, item in enumerate(listing["items"], listing["start"]):
        sign = f"{number}." if listing["ordered"] else "•"
        yield f"{indent}{sign} {plain(item['html'])}"
        if item["list"]:
            yield from lines_of_list(item["list"], f"{indent}\u2003")
