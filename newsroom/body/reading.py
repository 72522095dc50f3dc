"""HTML, from wherever it comes, read into pieces: the one place that knows what other programs write.

The tree is built as browsers build it (lexbor, through selectolax), so tags in the wrong order, tables with text
between their rows and paragraphs that nobody closed are here what their readers saw. What is not for readers is not
read; what is, and cannot be kept, is said (losses.py).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.conf import settings
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from newsroom import providers
from newsroom.body import quotation
from newsroom.body.addresses import clean_address, clean_text
from newsroom.body.elements import (
    HEADINGS,
    MARK,
    docs_level,
    foot_of,
    is_block_by_class,
    is_hidden,
    is_icon,
    is_pixel,
    is_sign,
    is_word_item,
    number_of,
    quill_level,
    says_nothing,
    skips_numbers,
    speaker_in,
    style_of,
    styled,
    touches_another,
    with_mark,
    word_heading,
)
from newsroom.body.lines import SPACE, Line, Marks, Run, link_mark, text_of, tidy
from newsroom.body.losses import left_out
from newsroom.body.pieces import (
    LONGEST_CAPTION,
    LONGEST_NAME,
    Card,
    Grid,
    Heading,
    LevelItem,
    Listing,
    Paragraph,
    Piece,
    Player,
    Quote,
    Rule,
    nested,
    plain_text,
    player,
)
from newsroom.body.shortcodes import SHORTCODE, Around
from newsroom.body.tables import Cell, Table

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")
DEEPEST = 80  # elements in elements; below that only the words are read
# What readers never see as text. (A <noscript> and an <iframe> hold what stands in for what our readers get.)
UNSEEN = frozenset({
    "script", "style", "template", "noscript", "title", "head", "meta", "link", "base", "xml", "noframes",
    "noembed", "rp", "param", "source", "track", "map", "area", "colgroup", "col", "datalist", "annotation",
    "annotation-xml",
})  # fmt: skip
UNREAD = UNSEEN | {"iframe", "audio", "video", "svg", "canvas", "object", "select", "textarea", "button"}
BLOCK = frozenset({
    "address", "article", "aside", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "footer", "form", "header", "hgroup", "html", "legend", "li", "main", "menu", "nav",
    "optgroup", "p", "search", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "td", "th",
    "caption", "figcaption",
})  # fmt: skip
BARE = frozenset({
    "body", "div", "section", "article", "main", "aside", "header", "footer", "blockquote", "center",
    "figure",
})  # fmt: skip
LEFT_OUT = {"img": "picture", "svg": "picture", "canvas": "picture", "audio": "audio", "bgsound": "audio",
            "video": "video", "frame": "iframe", "drupal-media": "picture", "drupal-entity": "object",
            "amp-img": "picture", "amp-anim": "picture", "amp-video": "video", "amp-audio": "audio", "amp-ad": "object",
            "amp-twitter": "object", "amp-instagram": "object", "amp-facebook": "object"}  # fmt: skip
CONTROL_TAGS = frozenset(["input", "select", "textarea", "button"])
BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
ALONE = re.compile(r"^[ \t\r]*(https?://\S+)[ \t\r]*$", re.MULTILINE)
ADDRESS = re.compile(r"(?:https?:)?//\S+")
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
WORD_SIGN = re.compile(r"^\s*\(?(\d{1,3}|[a-z]|[ivxlc]+)[.)]", re.I)
PLAIN_SIGN = re.compile(r"^(?:[·•o§▪–-]|\(?(?:\d{1,3}|[a-z])[.)])[\s\u00a0]+")
DRESSING = re.compile(r"platform\.twitter\.com|platform\.x\.com|instagram\.com/embed|tiktok\.com/embed|/wp-embed\b")
MEDIA_TOKEN = re.compile(r"\[\[\{[^\[]{0,2000}?\}\]\]", re.DOTALL)  # a picture or a film in a text of Drupal 7


def pieces_of(text: str, language: str = "") -> list[Piece]:
    """HTML as pieces. `language` is what it is written in, where that is known."""
    body = _tree(CONTROLS.sub("", text))
    if body is None:
        return []
    if "<script" in text:
        for script in body.parent.css("head > script[src]"):  # one that begins a text
            leave_out_script(script.attributes["src"] or "")
    reader = Reader(language or settings.CONTENT_LANGUAGE)
    return reader.inside(body, ())


def leave_out_script(address: str) -> None:
    """Say that a script is left out, unless it only dresses what is kept without it."""
    if address and not DRESSING.search(address):
        left_out("script", address)


def _tree(text: str) -> Any:
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


class Reader:
    """Walks a tree. `pieces` is what was read of the element that is open, `line` the text since its last piece."""

    def __init__(self, language: str):
        self.languages = [language]
        self.quotations = 0
        self.pieces: list[Piece] = []
        self.line: list[Run] = []
        self.depth = self.told_depth = 0
        self.is_bare = True  # blank lines in the text part paragraphs
        self.is_preformatted = False
        self.forms = 0
        self.captions: list[list[Piece]] | None = None  # of the figure that is open
        self.lost: list[tuple[str, str]] | None = None  # in that figure

    # Elements

    def inside(self, node: Any, marks: Marks, *, is_bare: bool = True) -> list[Piece]:
        """What stands in an element, by itself."""
        outer = self.pieces, self.line, self.is_bare
        self.pieces, self.line, self.is_bare = [], [], is_bare
        self.children(node, marks)
        self.end()
        pieces = nested(self.pieces)
        self.pieces, self.line, self.is_bare = outer
        return pieces

    def children(self, node: Any, marks: Marks) -> None:
        if self.depth >= DEEPEST:
            self.words_only(node, marks)
            return
        self.depth += 1
        child = node.child
        while child is not None:
            if child.is_text_node:
                self.text(child.text_content, marks)
            elif child.is_element_node:
                self.element(child, child.tag, marks)
            child = child.next
        self.depth -= 1

    def words_only(self, node: Any, marks: Marks) -> None:
        """The text of what stands too deep to be read one by one."""
        waiting = [node.child]
        while waiting:
            child = waiting.pop()
            if child is None:
                self.end()  # an element ended
                continue
            if child.next is not None:
                waiting.append(child.next)
            if child.is_text_node:
                self.text(child.text_content, marks)
            elif child.is_element_node and child.tag not in UNREAD and child.child is not None:
                if child.tag not in MARK and child.tag not in {"a", "span", "font", "u"}:
                    self.end()
                    waiting.append(None)
                waiting.append(child.child)

    def element(self, node: Any, tag: str, marks: Marks) -> None:
        if tag in MARK and not node.attrs:
            self.children(node, with_mark(marks, MARK[tag]))
        elif tag == "br":
            self.line.append(("\n", marks))
        elif tag == "p" and not node.attrs:
            self.block(node, tag, marks)
        elif tag not in UNSEEN:
            self.told(node, tag, marks)
        elif tag == "script":
            leave_out_script(node.attributes.get("src") or "")

    def told(self, node: Any, tag: str, marks: Marks) -> None:
        """An element that says more than its name."""
        values = node.attributes
        style = style_of(values)
        if is_hidden(values, style):
            return
        marks = styled(marks, tag, style)
        if self.told_depth >= DEEPEST:
            self.words_only(node, marks)
            return
        with self._inside_of(values):
            if tag == "a":
                self.link(node, values, marks)
            elif special := SPECIAL.get(tag) or _of_class(values):
                special(self, node, values, marks)
            elif tag in LEFT_OUT:
                self.leave_out(node, tag, values)
            elif tag in CONTROL_TAGS:
                self.control(node, tag, values)
            elif tag in BLOCK or "display:block" in style or is_block_by_class(values):
                self.block(node, tag, marks, values)
            else:
                self.children(node, marks)

    @contextmanager
    def _inside_of(self, values: dict) -> Iterator[None]:
        language = values.get("lang")
        if language:
            self.languages.append(language)
        self.told_depth += 1
        yield
        self.told_depth -= 1
        if language:
            self.languages.pop()

    # Text

    def text(self, data: str, marks: Marks) -> None:
        if "[[{" in data and "}]]" in data:
            for token in MEDIA_TOKEN.findall(data):
                self.lose("object", token)
            data = MEDIA_TOKEN.sub(" ", data)
        if "[" in data and SHORTCODE.search(data):
            self.text_with_shortcodes(data, marks)
            return
        if self.is_preformatted:
            self.line.append((data.replace("\r", "").replace("\t", " "), marks))
            return
        if self.is_bare and "\n" in data:
            if "://" in data and ALONE.search(data):
                self.text_with_addresses(data, marks)
                return
            first, *more = BLANK_LINE.split(data)
            self.line.append((SPACE.sub(" ", first), marks))
            for part in more:
                self.end()
                self.line.append((SPACE.sub(" ", part), marks))
            return
        if "://" in data:
            data = clean_text(data)
        self.line.append((SPACE.sub(" ", data), marks))

    def text_with_addresses(self, data: str, marks: Marks) -> None:
        """Bare text in which a line is the address of a player and nothing else."""
        done = 0
        for match in ALONE.finditer(data):
            if providers.find(match[1]) and (made := player(match[1])):
                self.text(data[done : match.start()].rstrip("\n"), marks)
                self.end()
                self.pieces.append(made)
                done = match.end()
        rest = data[done:]
        if done == 0:
            for number, part in enumerate(BLANK_LINE.split(rest)):
                if number:
                    self.end()
                self.line.append((SPACE.sub(" ", clean_text(part)), marks))
        else:
            self.text(rest, marks)

    def text_with_shortcodes(self, data: str, marks: Marks) -> None:
        done = 0
        tokens = list(SHORTCODE.finditer(data))
        around = Around.of(data)
        embeds = {match.start(): match for match in re.finditer(r"\[embed[^\]]*\]\s*(\S{1,2000}?)\s*\[/embed\]", data)}
        for match in tokens:
            if match.start() < done or not around.has_shortcode(match):
                continue
            self._between(data[done : match.start()], marks)
            done = match.end()
            if match[1] and match[5]:  # [[name]] is how one writes the name itself
                self.line.append((f"[{match[0][2:-2]}]", marks))
            elif embed := embeds.get(match.start()):
                done = embed.end()
                self.address(embed[1], marks)
            else:
                self.shortcode(match, marks)
        self._between(data[done:], marks)

    def _between(self, text: str, marks: Marks) -> None:
        if not text:
            return
        if SHORTCODE.search(text):
            self.line.append((SPACE.sub(" ", clean_text(text)), marks))
        else:
            self.text(text, marks)

    def shortcode(self, found: re.Match, marks: Marks) -> None:
        name = found[3].lower()
        self.end()  # what it encloses stands by itself
        if found[2]:
            return
        if name in {"caption", "wp_caption"}:
            if caption := re.search(r"\scaption=(\"[^\"]*\"|'[^']*')", found[4]):
                self.line.append((caption[1][1:-1], marks))
                self.end()
            return
        address = re.search(r"https?://[^\s\"'\]]+", found[4])
        if address and (made := player(address[0])):
            self.pieces.append(made)
        else:
            left_out("shortcode", found[0])

    def address(self, url: str, marks: Marks) -> None:
        """An address that is meant to be shown as what it leads to."""
        self.end()
        url = f"https:{url}" if url.startswith("//") else url
        if made := player(url):
            self.pieces.append(made)
        elif address := clean_address(url):
            self.line.append((address, with_mark(marks, link_mark(address))))
            self.end()
            left_out("embed", address)

    # Lines

    def end(self, level: int = 0, block_id: str = "") -> None:
        """The line ends; it is a paragraph or a heading."""
        runs, self.line = self.line, []
        if not runs:
            return
        for line in tidy(runs):
            made: Piece
            if level:
                made = Heading(level, line, block_id)
            elif not block_id and len(line) == 1 and ADDRESS.fullmatch(line[0][0]) and (found := self._alone(line)):
                made = found  # the desk offers a player for an address, and keeps what somebody leaves as it is
            else:
                made = Paragraph(line, block_id)
            self.pieces.append(made)
            block_id = ""

    def _alone(self, line: Line) -> Player | None:
        text = text_of(line)
        return player(f"https:{text}" if text.startswith("//") else text, line=line)

    def block(self, node: Any, tag: str, marks: Marks, values: dict | None = None) -> None:
        """An element that begins and ends a line."""
        self.end()
        values = values or {}
        if card := values.get("data-block"):
            self.card(card)
            return
        if tag == "p" and (level := word_heading(values)):
            self.heading(node, level, values, marks)
        elif tag == "p" and is_word_item(values):
            self.word_item(node, values, marks)
        else:
            is_bare, self.is_bare = self.is_bare, tag in BARE
            if tag == "dt":
                marks = with_mark(marks, "strong")
            self.children(node, marks)
            self.end(block_id=values.get("data-id") or "")
            self.is_bare = is_bare

    def card(self, value: str) -> None:
        try:
            block = orjson.loads(value)
        except orjson.JSONDecodeError:
            block = None
        if isinstance(block, dict):
            self.pieces.append(Card(block))
        else:
            left_out("block", value)

    def heading(self, node: Any, level: int, values: dict, marks: Marks) -> None:
        self.end()
        is_bare, self.is_bare = self.is_bare, False
        before = len(self.pieces)
        self.children(node, marks)
        self.end(level, values.get("data-id") or "")
        if any(isinstance(piece, Paragraph) for piece in self.pieces[before:]):  # blocks in a heading
            self.pieces[before:] = [
                Heading(level, piece.line, piece.block_id) if isinstance(piece, Paragraph) else piece
                for piece in self.pieces[before:]
            ]
        self.is_bare = is_bare

    def preformatted(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        before, self.is_preformatted = self.is_preformatted, True
        self.children(node, marks)
        self.is_preformatted = before
        self.end()

    def rule(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        self.pieces.append(Rule(values.get("data-id") or ""))

    # Links and what stands in a line

    def link(self, node: Any, values: dict, marks: Marks) -> None:
        href = (values.get("href") or "").strip()
        address = clean_address(href) if href else None
        marks = tuple(mark for mark in marks if not mark.startswith("a "))
        if address:
            marks = (*marks, link_mark(address))
        if is_block_by_class(values):
            self.end()
        elif touches_another(node):
            self.line.append((" ", ()))
        before = len(self.line), len(self.pieces)
        self.children(node, marks)
        if href and not address and before != (len(self.line), len(self.pieces)):
            left_out("link", href)
        if is_block_by_class(values):
            self.end()

    def date(self, node: Any, values: dict, marks: Marks) -> None:
        """A <time> right behind another element, which is set apart by the style of its page alone (WordPress)."""
        if touches_another(node):
            self.line.append((" ", ()))
        self.children(node, marks)

    def quotation(self, node: Any, values: dict, marks: Marks) -> None:
        pair = quotation.marks_of(self.languages[-1], self.quotations)
        self.quotations += 1
        self.line.append((pair[0], marks))
        self.children(node, marks)
        self.line.append((pair[1], marks))
        self.quotations -= 1

    def fraction(self, node: Any, values: dict, marks: Marks) -> None:
        """A fraction of MathML, whose figures would run together."""
        for number, child in enumerate(node.iter()):
            if number:
                self.line.append(("/", marks))
            self._operand(child, marks)

    def root(self, node: Any, values: dict, marks: Marks) -> None:
        """A root of MathML, its index first."""
        parts = list(node.iter())
        if node.tag == "mroot" and len(parts) == 2:
            self.element(parts[1], parts[1].tag, with_mark(marks, "sup"))
            parts = parts[:1]
        self.line.append(("√", marks))
        if len(parts) == 1:
            self._operand(parts[0], marks)
        else:
            self.in_brackets(node, marks)

    def _operand(self, node: Any, marks: Marks) -> None:
        """A part of a formula that its place holds together, in brackets where text alone would not."""
        if sum(1 for _child in node.iter()) > 1:
            self.in_brackets(node, marks)
        else:
            self.element(node, node.tag, marks)

    def in_brackets(self, node: Any, marks: Marks) -> None:
        self.line.append(("(", marks))
        self.children(node, marks)
        self.line.append((")", marks))

    def raised(self, node: Any, values: dict, marks: Marks) -> None:
        """A base of MathML with what stands above or below it."""
        scripts = {"msup": ["sup"], "mover": ["sup"], "msub": ["sub"], "munder": ["sub"]}.get(node.tag, ["sub", "sup"])
        for child, own in zip(node.iter(), [None, *scripts], strict=False):
            self.element(child, child.tag, with_mark(marks, own) if own else marks)

    def each_apart(self, node: Any, values: dict, marks: Marks) -> None:
        for child in node.iter():
            self.line.append((" ", marks))
            self.element(child, child.tag, marks)

    def apart(self, node: Any, values: dict, marks: Marks) -> None:
        self.line.append((" ", marks))
        self.children(node, marks)
        self.line.append((" ", marks))

    def ruby_text(self, node: Any, values: dict, marks: Marks) -> None:
        self.in_brackets(node, marks)

    # What cannot be kept

    def lose(self, kind: str, what: str = "") -> None:
        if self.lost is None:
            left_out(kind, what)
        else:
            self.lost.append((kind, what))

    def leave_out(self, node: Any, tag: str, values: dict) -> None:
        if tag == "img":
            if is_sign(values):
                self.line.append((values.get("alt") or "", ()))
                return
            if is_pixel(values):
                return
        elif tag == "svg" and (is_icon(values) or node.parent.tag == "button"):
            return
        source = node.css_first("source[src]") if tag in {"audio", "video"} else None
        address = (
            values.get("src")
            or values.get("data-entity-uuid")
            or (source.attributes.get("src") if source else "")
            or ""
        )
        if address.startswith("data:"):
            address = values.get("data-src") or values.get("data-lazy-src") or values.get("data-original") or address
        url = f"https:{address}" if address.startswith("//") else address
        if tag in {"video", "frame"} and (made := player(url)):
            self.end()
            self.pieces.append(made)
            return
        kind = LEFT_OUT[tag]
        self.lose(kind, address or (values.get("alt") or "" if tag == "img" else ""))
        self.line.append((" ", ()))

    def control(self, node: Any, tag: str, values: dict) -> None:
        self.line.append((" ", ()))
        if self.forms or values.get("type") == "hidden" or (tag == "button" and not node.text(strip=True)):
            return
        self.lose("form", values.get("name") or (node.text(strip=True) if tag == "button" else ""))

    def form(self, node: Any, values: dict, marks: Marks) -> None:
        self.lose("form", values.get("action") or "")
        self.forms += 1
        self.block(node, "form", marks, values)
        self.forms -= 1

    def frame(self, node: Any, values: dict, marks: Marks) -> None:
        names = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cmp-src", "data-original")
        addresses = [url for name in names if (url := (values.get(name) or "").strip()) and url != "about:blank"]
        for url in addresses:
            if made := player(f"https:{url}" if url.startswith("//") else url, values.get("title") or ""):
                made.title = "" if says_nothing(made.title) else made.title
                self.end()
                self.pieces.append(made)
                return
        self.line.append((" ", ()))
        self.lose("iframe", addresses[0] if addresses else "")

    def old_player(self, node: Any, values: dict, marks: Marks) -> None:
        """<object> and <embed>, as players were written once."""
        addresses = [values.get("data"), values.get("src")]
        for inner in node.css("param, embed, iframe"):
            told = inner.attributes
            addresses += [told.get("src")] + ([told.get("value")] if told.get("name") in {"movie", "src"} else [])
        for url in filter(None, addresses):
            if made := player(f"https:{url}" if url.startswith("//") else url):
                self.end()
                self.pieces.append(made)
                return
        self.line.append((" ", ()))
        kind = "picture" if re.search(r"\.(?:svg|png|jpe?g|gif)$", (addresses[0] or "").lower()) else "object"
        self.lose(kind, next(filter(None, addresses), ""))

    def amp_player(self, node: Any, values: dict, marks: Marks) -> None:
        key = values.get("data-videoid") or values.get("videoid") or ""
        host = "https://vimeo.com/" if "vimeo" in node.tag else "https://www.youtube.com/watch?v="
        if made := player(host + key):
            self.end()
            self.pieces.append(made)
        else:
            self.children(node, marks)

    # Figures

    def figure(self, node: Any, values: dict, marks: Marks) -> None:
        """What a figure shows, its caption with it. That of a picture which is left out goes into what is said."""
        self.end()
        outer = self.captions, self.lost
        self.captions, self.lost = [], []
        pieces = self.inside(node, marks)
        captions, lost = [piece for found in self.captions for piece in found], self.lost
        self.captions, self.lost = outer
        text = plain_text(captions)
        name = values.get("class") or ""
        if not pieces and lost:
            for kind, what in lost:
                left_out(kind, what, text)
                text = ""
            return
        for kind, what in lost:
            left_out(kind, what)
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
        self._shown_addresses(pieces, name)
        self.pieces += pieces

    def _shown_addresses(self, pieces: list[Piece], name: str) -> None:
        """An address alone that was shown as a post elsewhere becomes a link to it."""
        if "embed" not in name:
            return
        for piece in pieces:
            if isinstance(piece, Paragraph) and ADDRESS.fullmatch(url := text_of(piece.line)):
                address = clean_address(url)
                if address and not any(marks for _text, marks in piece.line):
                    piece.line = [(address, (link_mark(address),))]
                    left_out("embed", address)

    def caption(self, node: Any, values: dict, marks: Marks) -> None:
        if self.captions is None:
            self.block(node, "figcaption", marks, values)
            return
        self.end()
        self.captions.append(self.inside(node, marks, is_bare=False))

    # Lists

    def listing(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        is_ordered = node.tag == "ol"
        outer, outer_depth = self.pieces, docs_level(values)
        self.pieces = []
        items, levels, number = self._items(node, marks)
        self.pieces = outer
        start = number_of(values.get("start"))
        start = next((found for found in (start, number) if found is not None), 1)
        if is_ordered and ("reversed" in values or skips_numbers(node, start)):
            left_out("numbering", text_of(items[0][0].line) if items and isinstance(items[0][0], Paragraph) else "")
        if outer_depth or any(levels):
            deep = [outer_depth + level for level in levels]
            self.pieces += [LevelItem(at, is_ordered, item, start) for at, item in zip(deep, items, strict=True)]
        elif items:
            self.pieces.append(Listing(is_ordered, start, items, values.get("data-id") or ""))

    def _items(self, node: Any, marks: Marks) -> tuple[list[list[Piece]], list[int], int | None]:
        """The items of a list, how deep each says that it stands, and the number that the first has.

        What is in no item (Google Docs writes so what stands deeper) belongs to the item before.
        """
        items: list[list[Piece]] = []
        levels: list[int] = []
        number = None
        child = node.child
        while child is not None:
            if child.is_element_node and child.tag == "li":
                self._take_loose(items, levels)
                told = child.attributes
                if not is_hidden(told, style_of(told)):
                    number = number if items else number_of(told.get("value"))
                    items.append(self.inside(child, styled(marks, "li", style_of(told)), is_bare=False))
                    levels.append(quill_level(told))
            elif child.is_element_node:
                self.element(child, child.tag, marks)
            elif child.is_text_node:
                self.text(child.text_content, marks)
            child = child.next
        self._take_loose(items, levels)
        return items, levels, number

    def _take_loose(self, items: list[list[Piece]], levels: list[int]) -> None:
        self.end()
        loose, self.pieces = nested(self.pieces), []
        if loose and items:
            items[-1] += loose
        elif loose:
            items.append(loose)
            levels.append(0)

    def word_item(self, node: Any, values: dict, marks: Marks) -> None:
        """Word has no lists on the clipboard, but paragraphs that say that they are items."""
        sign = ""
        for inner in node.css("[style]"):
            if "mso-list:ignore" in style_of(inner.attributes):
                sign = inner.text()
                break
        pieces = self.inside(node, marks, is_bare=False)
        if not sign and pieces and isinstance(pieces[0], Paragraph):
            text, its = pieces[0].line[0]
            if match := PLAIN_SIGN.match(text):
                sign = match[0]
                pieces[0].line[0] = (text[match.end() :], its)
        if pieces:
            match = re.search(r"level(\d)", style_of(values))
            number = WORD_SIGN.match(sign)
            start = int(number[1]) if number and number[1].isdigit() else 1
            is_ordered = bool(number) and sign.strip().lower() not in {"o"}
            self.pieces.append(LevelItem(int(match[1]) if match else 1, is_ordered, pieces, start))

    # Quotes

    def quote(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        page = values.get("cite") or values.get("data-instgrm-permalink") or ""
        name = values.get("class") or ""
        if page and "embed" in name and (made := player(page)):
            self.pieces.append(made)
            return
        attribution = values.get("data-attribution") or ""
        foot = None if attribution else foot_of(node)
        if foot is not None:
            attribution = speaker_in(plain_text(self.inside(foot, marks, is_bare=False)))
            foot.decompose()
        pieces = self.inside(node, marks)
        is_pull = "data-pull" in values or "pullquote" in name
        self.pieces.append(Quote(pieces, attribution, is_pull, values.get("data-id") or ""))

    # Tables

    def table(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        rows, headed, captions = self._rows(node, marks)
        cells = [cell for row in rows for cell in row]
        is_ours = "data-id" in values or "data-caption" in values
        is_layout = not is_ours and (
            values.get("role") in {"presentation", "none"} or any(_holds_more(c.pieces) for c in cells)
        )
        if is_layout:
            self.pieces += captions
            self.pieces += [piece for cell in cells for piece in cell.pieces]
            return
        grid = Table(rows, headed, is_strict=is_ours).grid()
        if grid is None or (not is_ours and len(grid.rows) == len(grid.rows[0]) == 1):
            self.pieces += captions
            self.pieces += grid.rows[0][0] if grid else []
            return
        caption = values.get("data-caption") or plain_text(captions)
        if len(caption) > LONGEST_CAPTION and not is_ours:
            self.pieces += captions
            caption = ""
        grid.caption = caption
        grid.block_id = values.get("data-id") or ""
        self.pieces.append(grid)

    def _rows(self, table: Any, marks: Marks) -> tuple[list[list["Cell"]], int, list[Piece]]:
        """The rows of a table, its foot last; how many of them are its head; and its caption."""
        head: list[list[Cell]] = []
        body: list[list[Cell]] = []
        foot: list[list[Cell]] = []
        captions: list[Piece] = []
        child = table.child
        while child is not None:
            if child.is_element_node and child.tag in {"thead", "tbody", "tfoot"}:
                part = {"thead": body or head, "tfoot": foot}.get(child.tag, body)
                inner = child.child
                while inner is not None:
                    if inner.is_element_node and inner.tag == "tr":
                        part.append(self._cells(inner, marks))
                    inner = inner.next
            elif child.is_element_node and child.tag == "caption":
                captions += self.inside(child, marks, is_bare=False)
            child = child.next
        return [*head, *body, *foot], len(head), captions

    def _cells(self, row: Any, marks: Marks) -> list["Cell"]:
        cells = []
        child = row.child
        while child is not None:
            if child.is_element_node and child.tag in {"td", "th"}:
                values = child.attributes
                if not is_hidden(values, style := style_of(values)):
                    pieces = self.inside(child, styled(marks, child.tag, style), is_bare=False)
                    pieces = [piece for piece in pieces if not isinstance(piece, Rule)]
                    across, down = number_of(values.get("colspan")), number_of(values.get("rowspan"))
                    cells.append(Cell(pieces, child.tag == "th", across or 1, 1 if down is None else down))
            child = child.next
        return cells


def _holds_more(pieces: list[Piece]) -> bool:
    """Whether a cell holds what makes its table a means of setting out a page."""
    return any(
        isinstance(piece, Grid | Card) or (isinstance(piece, Player) and not piece.line) for piece in pieces
    ) or (len(pieces) > 1 and isinstance(pieces[0], Heading))


def _of_class(values: dict) -> Any:
    """A figure, or its caption, from before there were elements for them (WordPress)."""
    names = (values.get("class") or "").split()
    if "wp-caption" in names:
        return Reader.figure
    if "wp-caption-text" in names:
        return Reader.caption
    return Reader.quote if "pullquote" in names else None


def _heading(tag: str) -> Any:
    return lambda reader, node, values, marks: reader.heading(node, HEADINGS[tag], values, marks)


SPECIAL = {
    **{tag: _heading(tag) for tag in HEADINGS},
    "hr": Reader.rule,
    "pre": Reader.preformatted,
    "listing": Reader.preformatted,
    "xmp": Reader.preformatted,
    "plaintext": Reader.preformatted,
    "ul": Reader.listing,
    "ol": Reader.listing,
    "menu": Reader.listing,
    "dir": Reader.listing,
    "blockquote": Reader.quote,
    "table": Reader.table,
    "figure": Reader.figure,
    "figcaption": Reader.caption,
    "q": Reader.quotation,
    "time": Reader.date,
    "rt": Reader.ruby_text,
    "mfrac": Reader.fraction,
    "msup": Reader.raised,
    "msub": Reader.raised,
    "msubsup": Reader.raised,
    "munder": Reader.raised,
    "mover": Reader.raised,
    "munderover": Reader.raised,
    "msqrt": Reader.root,
    "mroot": Reader.root,
    "mmultiscripts": Reader.each_apart,
    "mtd": Reader.apart,
    "mo": Reader.apart,
    "option": Reader.apart,
    "form": Reader.form,
    "iframe": Reader.frame,
    "amp-iframe": Reader.frame,
    "object": Reader.old_player,
    "embed": Reader.old_player,
    "applet": Reader.old_player,
    "amp-youtube": Reader.amp_player,
    "lite-youtube": Reader.amp_player,
    "amp-vimeo": Reader.amp_player,
    "lite-vimeo": Reader.amp_player,
}
