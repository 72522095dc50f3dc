"""What elements of HTML say of themselves, by their names, classes and styles, whichever program wrote them."""

import re
from typing import Any

from newsroom.body.lines import Marks

MARK = {
    "strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "dfn": "em", "var": "em", "code": "code",
    "kbd": "code", "samp": "code", "tt": "code", "sub": "sub", "sup": "sup", "s": "s", "strike": "s", "del": "s",
}  # fmt: skip
HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "hl1": 2, "hl2": 2}  # the last two of NITF
LARGEST_ICON = 64  # pixels of a drawing that is a sign and no picture
AROUND_SIGNS = re.compile(r"\s*([:;])\s*")
HIDDEN = re.compile(r"display:none|mso-hide:all|mso-list:ignore|mso-element:comment|visibility:hidden")
# What the style of a page keeps from those who see it, what works a player, and comments on a text.
HIDDEN_CLASSES = frozenset({
    "screen-reader-text", "sr-only", "visually-hidden", "hide-text", "katex-html", "msocomanchor",
    "mw-editsection", "lty-playbtn",
    "kg-audio-player", "kg-audio-hide", "kg-video-overlay", "kg-video-player-container", "kg-file-card-icon",
    "kg-signup-card-success", "kg-signup-card-error", "kg-signup-card-button",
})  # fmt: skip
ASKS_FOR_A_NUMBER = re.compile(r"(?:[(\[{§№#$€£/–—-]|(?<!\d)\d{1,2}\.)$")  # "§5", "(2)"; a year with a point does not
FEW = 20  # neighbours that a look at a sign goes past
IN_LINE = frozenset({*MARK, "a", "span", "font", "u", "small"})
BLOCK_ID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
DOCS_CLASS = re.compile(r"(?<![\w.-])\.(c\d{1,5})\{([^{}]{0,1000})\}")
DOCS_LOOKS = re.compile(r"font-weight:[67]00|font-style:italic|line-through|vertical-align:su")
DASHES = re.compile(r"^[\s\u00a0]*(?:[—–―-]{1,3}[\s\u00a0]*)?")


def block_id(values: dict) -> str:
    """The id of a block of ours that an element stands for; others keep their own things under the same name."""
    value = values.get("data-id") or ""
    return value if BLOCK_ID.fullmatch(value) else ""


def with_mark(marks: Marks, mark: str) -> Marks:
    return marks if mark in marks else (*marks, mark)


def style_of(values: dict) -> str:
    style = values.get("style")
    return f";{AROUND_SIGNS.sub(_sign_alone, style.lower()).strip()}" if style else ""


def _sign_alone(found: re.Match) -> str:
    return found[1]


def styled(marks: Marks, tag: str, style: str) -> Marks:
    """The marks of an element by its name and its looks."""
    own = MARK.get(tag, "")
    if style:
        if re.search(r";font-weight:(?:normal|[1-4]00|lighter)", style):
            # Google Docs puts everything into a bold that is none.
            marks = tuple(mark for mark in marks if mark != "strong")
            own = "" if own == "strong" else own
        elif re.search(r";font-weight:(?:bold|[6-9]00)", style) and tag not in HEADINGS:
            marks = with_mark(marks, "strong")
        if ";font-style:normal" in style:
            marks = tuple(mark for mark in marks if mark != "em")
            own = "" if own == "em" else own
        elif re.search(r";font-style:(?:italic|oblique)", style):
            marks = with_mark(marks, "em")
        if re.search(r";text-decoration[^;]*:[^;]*line-through", style):
            marks = with_mark(marks, "s")
        if own not in {"sub", "sup"}:
            if ";vertical-align:super" in style:
                marks = with_mark(marks, "sup")
            elif ";vertical-align:sub" in style:
                marks = with_mark(marks, "sub")
    return with_mark(marks, own) if own else marks


def is_hidden(values: dict, style: str) -> bool:
    return (
        ("hidden" in values and values["hidden"] != "until-found")
        or "fallback" in values  # of AMP, where a player fails
        or bool(style and HIDDEN.search(style))
        or not HIDDEN_CLASSES.isdisjoint((values.get("class") or "").split())
    )


def is_block_by_class(values: dict) -> bool:
    """Parts of a bookmark's card, which are lines by the style of their page alone (Ghost, Medium)."""
    name = values.get("class")
    return bool(name) and (name.startswith("kg-bookmark-") or "markup--mixtapeEmbed-em" in name)


def touches_another(node: Any) -> bool:
    """Whether a link or a date stands right behind another one; parts of one link, as Word writes them, are one."""
    before = node.prev
    if before is None or not before.is_element_node or before.tag not in {"a", "time"}:
        return False
    told, its = before.attributes, node.attributes
    return before.tag != node.tag or any(told.get(name) != its.get(name) for name in ("href", "class"))


def is_comment(node: Any) -> bool:
    """Whether an element says something of the text; Google Docs puts these below it when it exports one."""
    first = node.child
    link = first.child if first is not None and first.is_element_node and first.tag == "p" else None
    return link is not None and link.is_element_node and (link.attributes.get("href") or "").startswith("#cmnt_ref")


def touches_a_word(node: Any, side: str = "prev") -> bool:
    """Whether text stands beside a node without a blank; signs behind it are none, nor what a number belongs to."""
    beside = getattr(node, side)
    if beside is None or not beside.is_text_node:
        return False
    text = beside.text_content
    return text[:1].isalnum() if side == "next" else bool(text[-1:].strip()) and not ASKS_FOR_A_NUMBER.search(text[-4:])


def is_sign(values: dict) -> bool:
    """A picture that stands for a character."""
    return bool(re.search(r"\b(?:emoji|wp-smiley|emojione|twemoji)\b", values.get("class") or "")) and bool(
        values.get("alt")
    )


def is_pixel(values: dict) -> bool:
    return values.get("width") in {"0", "1"} and values.get("height") in {"0", "1"}


def address_of(node: Any, tag: str, values: dict) -> str:
    """Where a picture, a film or a sound lies; where it is loaded late, by what it has then."""
    source = node.css_first("source") if tag in {"audio", "video", "picture"} else None
    told = [values, source.attributes] if source is not None else [values]
    names = ("src", "url", "data-entity-uuid", "data-src", "data-lazy-src", "data-original")
    addresses = [value for its in told for name in names if (value := its.get(name))]
    sizes = [words[0] for its in told for name in ("srcset", "data-srcset") if (words := (its.get(name) or "").split())]
    real = [address for address in (*addresses, *sizes) if not address.startswith("data:")]
    return next(iter(real or addresses), "")


def neighbour(node: Any, side: str) -> Any:
    """The element beside a node, blanks apart."""
    other = getattr(node, side)
    while other is not None and other.is_text_node and not other.text_content.strip():
        other = getattr(other, side)
    return other if other is not None and other.is_element_node else None


def is_icon(values: dict) -> bool:
    sides = [number_of(values.get(side)) for side in ("width", "height")]
    is_small = all(side is not None and side <= LARGEST_ICON for side in sides)
    return is_small or values.get("aria-hidden") == "true" or "icon" in (values.get("class") or "")


def says_nothing(title: str) -> bool:
    return bool(re.fullmatch(r"(?:youtube|vimeo|dailymotion|tiktok|embedded)? ?(?:video)? ?(?:player)?", title.lower()))


def level_of(tag: str, values: dict) -> int:
    """The level of what is a heading by its style in Word, or by its role; 0 of anything else."""
    if values.get("role") == "heading":
        return min(4, max(2, number_of(values.get("aria-level")) or 2))
    match = re.search(r"\bMso(?:Title|Heading(\d))\b", values.get("class") or "") if tag == "p" else None
    return min(4, max(2, int(match[1] or 2))) if match else 0


def is_word_item(values: dict) -> bool:
    return bool(re.search(r"mso-list:l\d", style_of(values))) or "MsoListParagraph" in (values.get("class") or "")


def is_word_quote(values: dict) -> bool:
    return bool(re.search(r"\bMso(?:Intense)?Quote\b", values.get("class") or ""))


def looks_of(text: str) -> dict[str, str]:
    """The styles of a document's classes that say something of its letters, as Google Docs exports them."""
    return {name: f";{looks.lower()}" for name, looks in DOCS_CLASS.findall(text) if DOCS_LOOKS.search(looks)}


def docs_level(values: dict) -> int:
    """How deep a list stands in a document that Google Docs has exported, where all lists lie beside each other."""
    match = re.search(r"\blst-kix_\w+-(\d)\b", values.get("class") or "")
    return int(match[1]) + 1 if match else 0


def office_level(values: dict) -> int:
    """How deep an item stands in what Word Online copies, where each has a list of its own."""
    level = number_of(values.get("data-aria-level")) if "OutlineElement" in (values.get("class") or "") else None
    return min(9, max(0, level or 0))  # as many as Word has


def quill_level(values: dict) -> int:
    """How deep an item stands in what Quill wrote; its newer release says of each item what it is."""
    match = re.search(r"\bql-indent-(\d)\b", values.get("class") or "")
    return (int(match[1]) if match else 0) + ("data-list" in values)


def skips_numbers(listing: Any, number: int) -> bool:
    """Whether an item of a list has another number than the one before it leads to."""
    for item in listing.iter():
        if item.tag == "li":
            if number_of(item.attributes.get("value")) not in {None, number}:
                return True
            number += 1
    return False


def number_of(value: str | None) -> int | None:
    match = re.match(r"\s*([+-]?\d{1,6})", value or "", re.ASCII)
    return int(match[1]) if match else None


def speaker_in(text: str) -> str:
    return DASHES.sub("", text).strip()


def foot_of(quote: Any) -> Any:
    """The element at the end of a quote that says whose words it has."""
    last = last_seen(quote)
    while last is not None and last.is_element_node and last.tag in {"p", "div", "small"} and is_only_child(last):
        last = last_seen(last)  # <p><cite>Name</cite></p>
    if last is None or not last.is_element_node:
        return None
    if last.tag == "p" and (inner := last_seen(last)) is not None and inner.is_element_node and inner.tag == "cite":
        before = seen_before(inner)
        return inner if before is not None and before.is_element_node and before.tag == "br" else None
    if last.tag == "small":  # of Bootstrap
        before = seen_before(last)
        return last if before is not None and before.is_element_node and before.tag == "p" else None
    return last if last.tag in {"cite", "footer", "figcaption"} else None


def last_seen(node: Any) -> Any:
    child = node.last_child
    while child is not None and not _is_seen(child):
        child = child.prev
    return child


def seen_before(node: Any) -> Any:
    child = node.prev
    while child is not None and not _is_seen(child):
        child = child.prev
    return child


def is_last_in_block(node: Any) -> bool:
    """Whether nothing follows in the block of a link but other links within the page."""
    for _ in range(FEW):
        if node.next is not None:
            node = node.next
            if _is_seen(node) and not _leads_within(node):
                return node.is_element_node and node.tag not in IN_LINE
        elif node.parent is None or node.parent.tag not in IN_LINE:
            return True
        else:
            node = node.parent
    return False


def _leads_within(node: Any) -> bool:
    return node.is_element_node and node.tag == "a" and (node.attributes.get("href") or "").startswith("#")


def _is_seen(node: Any) -> bool:
    return node.is_element_node or (node.is_text_node and bool(node.text_content.strip()))


def is_only_child(node: Any) -> bool:
    """Whether one thing alone stands in an element."""
    last = last_seen(node)
    return last is not None and last.is_element_node and seen_before(last) is None and last.tag != "br"
