"""The tree of a text in HTML, as browsers build it."""

import re
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from cms.text import texts

ODD = re.compile("[\x80-\x9f\uf0a7\uf0b7\uf0d8]")
WORDS_BULLETS = {0xF0A7: "▪", 0xF0B7: "•", 0xF0D8: "▸"}
OF_WINDOWS = {**texts.OF_WINDOWS, 0x85: "…", 0x9B: "›", **WORDS_BULLETS}
CDATA = "<![CDATA["
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffc\ufffe\uffff]")
CONTROLS_BY_NUMBER = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|127|65279|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|7f|feff|fff[ef])(?![\da-f]));?",
    re.I,
)
STRAY_CELL = re.compile(r"<(/?)(?:t[dhr]|tbody|thead|tfoot)(?:\s[^<>]*)?>", re.I)
# Tags that browsers pass over where they do not belong, or lift text out of a table for: what touches them must not
# run together.
PARTING = re.compile(
    r"<(?:(?:table|caption|thead|tbody|tfoot|tr|t[dh]|form)\b"
    r"|/(?:table|caption|thead|tbody|tfoot|tr|t[dh]|form|d[tdl]|li|legend|p|div|section|article)\s*>)",
    re.I,
)
BLANK_OR_TAG = frozenset(["", " ", "\n", "\t", "\r", "<", ">"])
FRAMESET = re.compile(r"</?(?:frameset|frame)\b[^>]*>", re.I)


def without_controls(text: str) -> str:
    """Text without what no text needs and PostgreSQL or XML refuse, and with what Windows' and Word's signs mean."""
    return CONTROLS.sub("", text.translate(OF_WINDOWS) if ODD.search(text) else text)


def body_of(text: str) -> Any:
    """The body of a text, whose parts do not run together; none where there is nothing."""
    text = without_controls(text)
    if "&#" in text:
        text = CONTROLS_BY_NUMBER.sub("", text)
    if CDATA in text:
        before, *parts = text.split(CDATA)
        text = before + "".join(part.replace("]]>", "", 1) for part in parts)
    if "<t" in text or "<T" in text:
        tags = [] if "<table" in text.lower() else list(STRAY_CELL.finditer(text))
        if tags:  # cells without a table: a browser would run their text together
            start, end = tags[0].start(), tags[-1].end() if tags[-1][1] else len(text)
            text = f"{text[:start]}<table>{text[start:end]}</table>{text[end:]}"
    parser = _parsed(PARTING.sub(_parted, text))
    if parser.body is None:
        parser = _parsed(FRAMESET.sub(" ", text))
    return parser.body


def _parted(found: re.Match) -> str:
    """A tag with a blank between it and the text that touches it from outside."""
    tag, text = found[0], found.string
    if tag[1] == "/":
        return f"{tag} " if text[found.end() : found.end() + 1] not in BLANK_OR_TAG else tag
    return f" {tag}" if text[max(0, found.start() - 1) : found.start()] not in BLANK_OR_TAG else tag


def _parsed(text: str) -> LexborHTMLParser:
    return LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS, scripting=True)
