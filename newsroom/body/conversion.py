"""From HTML to what a body holds. Every door leads through here: the desk, a paste, an import, the API."""

import re

from newsroom.body.lines import BLANKS, escaped
from newsroom.body.pieces import blocks_of, flow_html, inline_html
from newsroom.body.reading import CONTROLS, pieces_of

# What plain text may hold that is not to be kept letter by letter.
TELLING = re.compile(r"[<&\[\t\r\n\f\v\u2028\u2029]|://")


def without_controls(text: str) -> str:
    """Text without the characters that no text needs and PostgreSQL or XML refuse."""
    return CONTROLS.sub("", text)


def blocks_from_html(text: str, language: str = "") -> list[dict]:
    """The blocks of a body, still to be checked, from the editor's HTML or from a page's."""
    return blocks_of(pieces_of(text, language))


def clean_inline(text: str) -> str:
    """HTML of one line of text: only links, emphasis, code, sub, sup, s and line breaks are left."""
    if TELLING.search(text):
        return inline_html(pieces_of(text))
    text = BLANKS.sub(" ", CONTROLS.sub("", text)).strip(" \u00a0")
    return escaped(text) if text.strip("\u200b\u200c\u200d\u2060\u00ad") else ""


def clean_flow(text: str) -> str:
    """The same, with paragraphs and lists. Bare text becomes a paragraph."""
    return flow_html(pieces_of(text))
