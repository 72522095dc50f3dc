"""A body as HTML for the editor, and back: the form that the editor's scripts are written against.

Blocks stand one after another, each with its id in `data-id`:

- `<p>`, `<h2>` to `<h4>` and `<hr>`: a paragraph, a heading, a divider; inline HTML in them.
- `<ul>`, or `<ol start="5">` where it begins with another number than 1: a list. An item is `<li><p>text</p></li>`,
  with the list in it after the paragraph: `<li><p>text</p><ul><li>...</li></ul></li>`.
- `<blockquote data-attribution="who says it" data-pull="yes">`: a quote, or with `data-pull` a pull quote. In it stand
  `<p>`, `<ul>` and `<ol>`. Both attributes are left out where there is nothing to say. (A `<footer>` or `<cite>` at
  its end, as a pasted page has it, is read as the attribution too.)
- `<table data-caption="text"><tbody><tr><th><p>a</p></th><td><p>b</p></td></tr>...</tbody></table>`: a table. Cells
  that are heads are `<th>`: the first rows of nothing but `<th>` are its `header_rows`, and the first columns of
  nothing but `<th>` in all other rows its `header_columns`. No cell spans others.
- Every other block is a card, `<div data-block="JSON" data-shown="JSON">`, whose fields change the JSON of the block
  and nothing else. `data-shown` is what the card shows beside the block itself; it never comes back.

The way back is the way of all HTML (conversion.py), which knows these attributes.
"""

from collections.abc import Callable

import orjson
from django.utils.html import escape

from newsroom.body.pieces import list_html
from newsroom.body.shapes import in_shape

WRITTEN = {"paragraph", "heading", "list", "quote", "pullquote", "table", "divider"}


def editor_html(blocks: list[dict], show: Callable[[dict], dict]) -> str:
    """A body for the editor. `show(block)` is what a card shows beside the block itself."""
    return "".join(_written(in_shape(block), show) for block in blocks)


def _written(block: dict, show: Callable[[dict], dict]) -> str:
    kind = block["type"]
    name = f' data-id="{escape(block["id"])}"'
    if kind not in WRITTEN:
        value, shown = (escape(orjson.dumps(data).decode()) for data in (block, show(block)))
        return f'<div data-block="{value}" data-shown="{shown}"><span></span></div>'
    if kind == "divider":
        return f"<hr{name}>"
    if kind == "list":
        written = list_html(block, "p")
        return f"{written[:3]}{name}{written[3:]}"
    if kind == "table":
        return _table(block, name)
    if kind in {"quote", "pullquote"}:
        attribution = f' data-attribution="{escape(block["attribution"])}"' if block["attribution"] else ""
        pull = ' data-pull="yes"' if kind == "pullquote" else ""
        return f"<blockquote{name}{attribution}{pull}>{block['html']}</blockquote>"
    tag = "p" if kind == "paragraph" else f"h{block['level']}"
    return f"<{tag}{name}>{block['html']}</{tag}>"


def _table(block: dict, name: str) -> str:
    caption = f' data-caption="{escape(block["caption"])}"' if block["caption"] else ""
    rows = []
    for number, row in enumerate(block["rows"]):
        heads = len(row) if number < block["header_rows"] else block["header_columns"]
        tags = ["th" if column < heads else "td" for column in range(len(row))]
        rows.append("".join(f"<{tag}><p>{cell}</p></{tag}>" for tag, cell in zip(tags, row, strict=True)))
    return f"<table{name}{caption}><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
