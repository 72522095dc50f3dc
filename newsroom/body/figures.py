"""Figures: what one shows, and its caption with it."""

from typing import TYPE_CHECKING, Any

from newsroom.body.addresses import ADDRESS, clean_address
from newsroom.body.elements import speaker_in
from newsroom.body.lines import Marks, link_mark, text_of
from newsroom.body.losses import left_out
from newsroom.body.pieces import (
    LONGEST_CAPTION,
    LONGEST_NAME,
    Grid,
    Paragraph,
    Piece,
    Player,
    Quote,
    plain_text,
)

if TYPE_CHECKING:
    from newsroom.body.reading import Reader


def figure(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """What a figure shows, its caption with it. That of a picture which is left out goes into what is said."""
    reader.end()
    outer = reader.captions, reader.lost
    reader.captions, reader.lost = [], []
    pieces = reader.inside(node, marks)
    captions, lost = [piece for found in reader.captions for piece in found], reader.lost
    reader.captions, reader.lost = outer
    text = plain_text(captions)
    name = values.get("class") or ""
    if not pieces and lost:
        for kind, what, own in lost:
            left_out(kind, what, " ".join(dict.fromkeys(filter(None, (own, text)))))
            text = ""
        return
    for kind, what, own in lost:
        left_out(kind, what, own)
    shown = [piece for piece in pieces if not isinstance(piece, Paragraph)]
    main = shown[0] if len(shown) == 1 else None
    if isinstance(main, Quote) and "pullquote" in name:
        main.is_pull = True
    if text and isinstance(main, Grid) and not main.caption and len(text) <= LONGEST_CAPTION:
        main.caption = text
    elif text and isinstance(main, Player) and not main.line and len(text) <= LONGEST_NAME:
        main.title = text  # what readers saw below it; a player's own title they did not
    elif text and isinstance(main, Quote) and not main.attribution:
        main.attribution = speaker_in(text)
    else:
        pieces += captions
    _shown_addresses(reader, pieces, name)
    reader.pieces += pieces


def _shown_addresses(reader: "Reader", pieces: list[Piece], name: str) -> None:
    """An address alone that was shown as a post elsewhere becomes a link to it."""
    if "embed" not in name:
        return
    for piece in pieces:
        if isinstance(piece, Paragraph) and ADDRESS.fullmatch(url := text_of(piece.line)):
            address = clean_address(url)
            if address and not any(marks for _text, marks in piece.line):
                piece.line = [(address, (link_mark(address),))]
                left_out("embed", address)


def caption(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    if reader.captions is None:
        reader.block(node, "figcaption", marks, values)
        return
    reader.end()
    reader.captions.append(reader.inside(node, marks, is_bare=False))


def reference(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """What shows a picture in NITF; HTML takes what follows it for its content."""
    reader.lose("picture", values.get("source") or "")
    reader.children(node, marks)
