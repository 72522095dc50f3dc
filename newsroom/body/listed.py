"""Lists, as browsers have them and as Word, Google Docs and Quill write them."""

import re
from typing import TYPE_CHECKING, Any

from newsroom.body.elements import (
    block_id,
    docs_level,
    is_hidden,
    number_of,
    office_level,
    quill_level,
    skips_numbers,
    style_of,
    styled,
)
from newsroom.body.lines import Marks, text_of
from newsroom.body.losses import left_out
from newsroom.body.pieces import LevelItem, Listing, Paragraph, Piece, nested

if TYPE_CHECKING:
    from newsroom.body.reading import Reader

Levels = list[tuple[int, bool | None]]
WORD_SIGN = re.compile(r"^\s*\(?(\d{1,3}|[a-z]|[ivxlc]+)[.)]", re.I)
PLAIN_SIGN = re.compile(r"^(?:[·•o§▪–-]|\(?(?:\d{1,3}|[a-z])[.)])[\s\u00a0]+")


def listing(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    reader.end()
    is_ordered = node.tag == "ol"
    outer, outer_depth = reader.pieces, docs_level(values)
    reader.pieces = []
    items, levels, number = _items(reader, node, marks)
    reader.pieces = outer
    start = number_of(values.get("start"))
    start = next((found for found in (start, number) if found is not None), 1)
    if is_ordered and ("reversed" in values or skips_numbers(node, start)):
        left_out("numbering", text_of(items[0][0].line) if items and isinstance(items[0][0], Paragraph) else "")
    last = reader.pieces[-1] if reader.pieces else None
    if outer_depth or any(level for level, _is_ordered in levels):
        reader.pieces += [
            LevelItem(outer_depth + level, is_ordered if own is None else own, item, start)
            for (level, own), item in zip(levels, items, strict=True)
        ]
    elif items and isinstance(last, Listing) and _goes_on(last, is_ordered, start, values):
        last.items += items
    elif items:
        reader.pieces.append(Listing(is_ordered, start, items, block_id(values)))


def _goes_on(last: Listing, is_ordered: bool, start: int, values: dict) -> bool:
    """Whether a list is the rest of the one right before it; Notion gives each item a list of its own."""
    if last.ordered != is_ordered or block_id(values):
        return False
    follows = start > 1 and start == last.start + len(last.items)
    return follows if is_ordered else "bulleted-list" in (values.get("class") or "")


def _items(reader: "Reader", node: Any, marks: Marks) -> tuple[list[list[Piece]], Levels, int | None]:
    """The items of a list, how deep each says that it stands and whether it has a number, and the first one's number.

    What is in no item (Google Docs writes so what stands deeper) belongs to the item before.
    """
    items: list[list[Piece]] = []
    levels: Levels = []
    number = None
    child = node.child
    while child is not None:
        if child.is_element_node and child.tag == "li":
            _take_loose(reader, items, levels)
            told = child.attributes
            if not is_hidden(told, style_of(told)):
                number = number if items else number_of(told.get("value"))
                items.append(reader.inside(child, styled(marks, "li", style_of(told)), is_bare=False))
                own = told["data-list"] == "ordered" if told.get("data-list") else None
                levels.append((quill_level(told) or office_level(told), own))
        elif child.is_element_node:
            reader.element(child, child.tag, marks)
        elif child.is_text_node:
            reader.text(child.text_content, marks)
        child = child.next
    _take_loose(reader, items, levels)
    return items, levels, number


def _take_loose(reader: "Reader", items: list[list[Piece]], levels: Levels) -> None:
    reader.end()
    loose, reader.pieces = nested(reader.pieces), []
    if loose and items:
        items[-1] += loose
    elif loose:
        items.append(loose)
        levels.append((0, None))


def word_item(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """Word has no lists on the clipboard, but paragraphs that say that they are items."""
    sign = ""
    for inner in node.css("[style]"):
        if "mso-list:ignore" in style_of(inner.attributes):
            sign = inner.text()
            break
    pieces = reader.inside(node, marks, is_bare=False)
    if not sign and pieces and isinstance(pieces[0], Paragraph):
        text, its = pieces[0].line[0]
        if match := PLAIN_SIGN.match(text):
            sign = match[0]
            pieces[0].line[0] = (text[match.end() :], its)
    if pieces and not sign and "mso-list" not in style_of(values):
        reader.pieces += pieces  # looks like an item, and is none
    elif pieces:
        match = re.search(r"level(\d)", style_of(values))
        number = WORD_SIGN.match(sign)
        start = int(number[1]) if number and number[1].isdigit() else 1
        is_ordered = bool(number) and sign.strip().lower() not in {"o"}
        reader.pieces.append(LevelItem(int(match[1]) if match else 1, is_ordered, pieces, start))


def note(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """A note below a text, whose number stands beside it by the style of its page alone (Substack)."""
    number = node.css_first("a.footnote-number")
    if number is None:
        reader.block(node, node.tag, marks, values)
        return
    start = number_of(number.text())
    number.decompose()
    reader.end()
    reader.pieces.append(LevelItem(1, ordered=True, pieces=reader.inside(node, marks), start=start or 1))
