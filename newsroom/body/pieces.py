"""What HTML is read into, and what is made of it: blocks, a flow of paragraphs and lists, or one line.

All three are made from the same pieces, so whatever a place cannot hold is there as its words, in their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from newsroom import providers
from newsroom.body.addresses import clean_address
from newsroom.body.lines import Line, Written, escaped, html_of, joined, link_mark, text_of

DEEPEST_LIST = 6
LONGEST_NAME = 300  # characters of who says a quote, and of an embed's title
LONGEST_CAPTION = 1000  # of a table
LONGEST_HEADING = 1000  # as HTML; what is longer is a paragraph
GAP = "\u2003"  # between the cells of a row where there can be no table


@dataclass(slots=True)
class Paragraph:
    line: Line
    block_id: str = ""


@dataclass(slots=True)
class Heading:
    level: int
    line: Line
    block_id: str = ""


@dataclass(slots=True)
class Listing:
    ordered: bool
    start: int
    items: list[list["Piece"]]
    block_id: str = ""


@dataclass(slots=True)
class LevelItem:
    """An item of a list that is not nested in the HTML but says how deep it stands."""

    level: int
    ordered: bool
    pieces: list["Piece"]
    start: int = 1


@dataclass(slots=True)
class Quote:
    pieces: list["Piece"]
    attribution: str = ""
    is_pull: bool = False
    block_id: str = ""


@dataclass(slots=True)
class Grid:
    rows: list[list[list["Piece"]]]
    header_rows: int = 0
    header_columns: int = 0
    caption: str = ""
    block_id: str = ""


@dataclass(slots=True)
class Rule:
    block_id: str = ""


@dataclass(slots=True)
class Player:
    """A page of a provider's. One that stood in the text as a bare address keeps its line."""

    url: str
    title: str = ""
    line: Line = field(default_factory=list)
    block_id: str = ""


@dataclass(slots=True)
class Card:
    """A block of the desk's own, as it is."""

    block: dict


Piece = Paragraph | Heading | Listing | LevelItem | Quote | Grid | Rule | Player | Card


def nested(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in which items that only say how deep they stand have become lists in lists."""
    made: list[Piece] = []
    open_: list[tuple[int, Listing]] = []
    for piece in pieces:
        if not isinstance(piece, LevelItem):
            open_ = []
            made.append(piece)
            continue
        while open_ and open_[-1][0] > piece.level:
            open_.pop()
        if not open_ or open_[-1][0] < piece.level:
            listing = Listing(piece.ordered, piece.start, [])
            (open_[-1][1].items[-1] if open_ else made).append(listing)
            open_.append((piece.level, listing))
        elif open_[-1][1].ordered != piece.ordered:
            level, _other = open_.pop()
            listing = Listing(piece.ordered, piece.start, [])
            (open_[-1][1].items[-1] if open_ else made).append(listing)
            open_.append((level, listing))
        open_[-1][1].items.append(list(piece.pieces))
    return made


# As lines


def lines_of(pieces: Iterable[Piece], apart: list[Piece] | None = None) -> list[Line]:
    """The text of pieces, line by line. What has no text goes to `apart`, where there is a place for it."""
    lines: list[Line] = []
    for piece in pieces:
        match piece:
            case Paragraph() | Heading():
                lines.append(piece.line)
            case Listing():
                for item in piece.items:
                    lines += lines_of(item, apart)
            case LevelItem():
                lines += lines_of(piece.pieces, apart)
            case Quote():
                lines += lines_of(piece.pieces, apart)
                if piece.attribution:
                    lines.append([(piece.attribution, ())])
            case Grid():
                if piece.caption:
                    lines.append([(piece.caption, ())])
                for row in piece.rows:
                    cells = [joined(lines_of(cell, apart), " ") for cell in row]
                    lines.append(joined([cell for cell in cells if cell], GAP))
            case Player() if piece.line:
                lines.append(piece.line)
            case Player() if apart is None:
                lines.append([(piece.title or piece.url, (link_mark(piece.url),))])
            case Player() | Card() if apart is not None:
                apart.append(piece)
    return [line for line in lines if line]


def inline_html(pieces: Iterable[Piece]) -> str:
    """Pieces as one line of text, what stood apart on lines of its own in it."""
    return html_of(joined(lines_of(pieces)))


def plain_text(pieces: Iterable[Piece]) -> str:
    return " ".join(" ".join(text_of(line) for line in lines_of(pieces)).split())


# As a flow


def flow_html(pieces: Iterable[Piece], apart: list[Piece] | None = None) -> Written:
    """Pieces as paragraphs and lists."""
    parts = []
    for piece in pieces:
        if isinstance(piece, Listing):
            value = list_value(piece, apart)
            parts.append(list_html(value) if value["items"] else "")
        elif isinstance(piece, Quote):
            parts.append(flow_html(piece.pieces, apart))
            if piece.attribution:
                parts.append(f"<p>{escaped(piece.attribution)}</p>")
        elif isinstance(piece, Heading):
            parts.append(f"<p>{html_of(_all_strong(piece.line))}</p>")
        else:
            parts += [f"<p>{html_of(line)}</p>" for line in lines_of([piece], apart)]
    return Written("".join(parts))


def _all_strong(line: Line) -> Line:
    return [(text, ("strong", *(mark for mark in marks if mark != "strong"))) for text, marks in line]


def list_html(listing: dict, inside: str = "") -> str:
    """A list with those in it as HTML, each item's text in an element (`inside`) of its own where one is asked for."""
    tag = "ol" if listing["ordered"] else "ul"
    start = f' start="{listing["start"]}"' if listing["ordered"] and listing["start"] != 1 else ""
    opened, closed = (f"<{inside}>", f"</{inside}>") if inside else ("", "")
    items = "".join(
        f"<li>{opened}{item['html']}{closed}{list_html(item['list'], inside) if item['list'] else ''}</li>"
        for item in listing["items"]
    )
    return f"<{tag}{start}>{items}</{tag}>"


# As blocks


def list_value(listing: Listing, apart: list[Piece] | None = None, depth: int = 1) -> dict:
    """{ordered, start, items}. What follows an inner list in its item is an item of its own: the order stays."""
    items: list[dict] = []
    for pieces in listing.items:
        lines: list[Line] = []
        for piece in nested(pieces):
            if not isinstance(piece, Listing):
                lines += lines_of([piece], apart)
                continue
            inner = list_value(piece, apart, depth + 1)
            if not inner["items"]:
                continue
            if lines:
                items.append({"html": html_of(joined(lines)), "list": None})
                lines = []
            if not items or depth >= DEEPEST_LIST:
                items += inner["items"]
            elif items[-1]["list"]:
                items[-1]["list"]["items"] += inner["items"]
            else:
                items[-1]["list"] = inner
        if lines:
            items.append({"html": html_of(joined(lines)), "list": None})
    return {"ordered": listing.ordered, "start": listing.start if listing.ordered else 1, "items": items}


def blocks_of(pieces: Iterable[Piece]) -> list[dict]:
    """Pieces as blocks of a body, still to be checked."""
    blocks: list[dict] = []
    for piece in pieces:
        apart: list[Piece] = []
        block = _block(piece, apart)
        if block is not None:
            block_id = getattr(piece, "block_id", "")
            blocks.append({"id": block_id, **block} if block_id else block)
        blocks += blocks_of(apart)
    return blocks


def _block(piece: Piece, apart: list[Piece]) -> dict[str, Any] | None:
    match piece:
        case Paragraph():
            return {"type": "paragraph", "html": html_of(piece.line)}
        case Heading():
            text = html_of(piece.line)
            if len(text) > LONGEST_HEADING:
                return {"type": "paragraph", "html": text}
            return {"type": "heading", "level": piece.level, "html": text}
        case Listing():
            value = list_value(piece, apart)
            return {"type": "list", **value} if value["items"] else None
        case Quote():
            return _quote(piece, apart)
        case Grid():
            rows = [[html_of(joined(lines_of(cell, apart))) for cell in row] for row in piece.rows]
            return {
                "type": "table",
                "caption": piece.caption or None,
                "header_rows": piece.header_rows,
                "header_columns": piece.header_columns,
                "rows": rows,
            }
        case Rule():
            return {"type": "divider"}
        case Player():
            return {"type": "embed", "url": piece.url, "title": piece.title or None}
        case Card():
            return dict(piece.block)
    return None


def _quote(piece: Quote, apart: list[Piece]) -> dict | None:
    text = flow_html(piece.pieces, apart)
    attribution = piece.attribution
    if len(attribution) > LONGEST_NAME or (attribution and not text):
        text, attribution = Written(f"{text}<p>{escaped(attribution)}</p>"), ""
    if not text:
        return None
    return {"type": "pullquote" if piece.is_pull else "quote", "html": text, "attribution": attribution or None}


def player(url: str, title: str = "", line: Line | None = None, block_id: str = "") -> Player | None:
    """The player of an address, where a provider is known that has it."""
    address = clean_address(providers.page_of(url))
    if not address or len(address) > 1000 or not providers.find(address):
        return None
    return Player(address, title[:LONGEST_NAME], line or [], block_id)
