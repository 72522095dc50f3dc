"""From HTML to what a body holds. Every door leads through here: the desk, a paste, an import, the API."""

import html
import re

from newsroom.body.addresses import clean_address
from newsroom.body.lines import BLANKS, EDGES, NOTHING, escaped
from newsroom.body.pieces import blocks_of, flow_html, inline_html
from newsroom.body.reading import pieces_of
from newsroom.body.tree import without_controls

# HTML that may be clean already: a text with the marks of a line, and links to addresses without a query.
CLEAN = re.compile(
    r"(?:[^<>&\[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\uf0a7\uf0b7\uf0d8\ufeff\ufffc\ufffe\uffff:]++"
    r"|:(?!//)|&(?:amp|lt|gt);|<br>"
    r'|</?(?:strong|em|code|sub|sup|s)>|<a href="https?://[^"<>&?#\s]+">|</a>)*+'
)
# How Ghost marks where the free part of a text ends, and how the editor does.
MEMBERS_ONLY = re.compile(r"<!--\s*members-only\s*-->")
PAYWALL = '<div data-block="{&quot;type&quot;:&quot;paywall&quot;}"></div>'
# HTML of which each sign is written as text, as a feed has it; something in it ends.
ESCAPED = re.compile(
    r"\s*&lt;(?:p|div|h[1-6]|ul|ol|blockquote|figure|table|article|section)\b(?=[^<>]*&lt;/)[^<>]*$", re.I
)
MARKS = re.compile(r'<(/?)(a|strong|em|code|sub|sup|s)(?: href="([^"]*)")?>')
UNTIDY = re.compile(r"<(\w+)[^>]*></\1>|</(\w+)><\2\b|>[ \u00a0]+</|<br></|<\w+[^>]*><br>|><a |<a [^>]*>[^<]*<br>")
LOOSE_BLANKS = re.compile("[ \u00a0]{2}|[ \u00a0]\n|\n[ \u00a0]|\n\n|^[ \u00a0\n\u200b\u2060]|[ \u00a0\n\u200b\u2060]$")
TELLING = re.compile(r"[<&\[\t\r\n\f\v\u2028\u2029]|://")


def blocks_from_html(text: str, language: str = "") -> list[dict]:
    """The blocks of a body, still to be checked, from the editor's HTML or from a page's."""
    if ESCAPED.match(text):
        text = html.unescape(text)
    return blocks_of(pieces_of(MEMBERS_ONLY.sub(PAYWALL, text), language))


def clean_inline(text: str) -> str:
    """HTML of one line of text: only links, emphasis, code, sub, sup, s and line breaks are left."""
    if not TELLING.search(text):
        text = BLANKS.sub(" ", without_controls(text)).strip(EDGES)
        return escaped(text) if text.strip(NOTHING) else ""
    return text if is_clean(text) else str(inline_html(pieces_of(text)))


def is_clean(text: str) -> bool:
    """Whether HTML of one line is as it would be written; of some that is, it is not seen. Reading takes longer."""
    if not CLEAN.fullmatch(text) or UNTIDY.search(text):
        return False
    shown = MARKS.sub("", text).replace("<br>", "\n")
    if LOOSE_BLANKS.search(shown) or not shown.strip(NOTHING):
        return False
    open_: list[str] = []
    for closes, name, address in MARKS.findall(text):
        if closes:
            if not open_ or open_.pop() != name:
                return False
        elif name in open_ or (address and clean_address(address) != address):
            return False
        else:
            open_.append(name)
    return not open_


def clean_flow(text: str) -> str:
    """The same, with paragraphs and lists. Bare text becomes a paragraph."""
    return str(flow_html(pieces_of(text)))
