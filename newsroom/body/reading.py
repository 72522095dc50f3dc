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

from newsroom import providers
from newsroom.body import bracketed, figures, formulas, listed, players, quotation, tabled
from newsroom.body.addresses import ADDRESS, clean_address, clean_text
from newsroom.body.elements import (
    FEW,
    HEADINGS,
    MARK,
    address_of,
    block_id,
    foot_of,
    is_block_by_class,
    is_comment,
    is_hidden,
    is_icon,
    is_last_in_block,
    is_pixel,
    is_sign,
    is_word_item,
    is_word_quote,
    level_of,
    looks_of,
    neighbour,
    seen_before,
    speaker_in,
    style_of,
    styled,
    touches_a_word,
    touches_another,
    with_mark,
)
from newsroom.body.lines import SPACE, Line, Marks, Run, link_mark, text_of, tidy
from newsroom.body.losses import left_out
from newsroom.body.pieces import (
    Card,
    Heading,
    LevelItem,
    Paragraph,
    Piece,
    Player,
    Quote,
    Rule,
    nested,
    plain_text,
    player,
)
from newsroom.body.shortcodes import SHORTCODE, paired
from newsroom.body.tree import body_of

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
    "caption", "figcaption", "hedline", "byline", "dateline", "block", "body.head", "body.content", "body.end",
})  # fmt: skip
BARE = frozenset({
    "body", "div", "section", "article", "main", "aside", "header", "footer", "blockquote", "center",
    "figure",
})  # fmt: skip
SHOWN_LATER = frozenset({"img", "picture", "iframe", "video", "audio"})
LEFT_OUT = {
    **dict.fromkeys(("img", "picture", "svg", "canvas", "drupal-media", "amp-img", "amp-anim"), "picture"),
    "action-text-attachment": "object",
    **dict.fromkeys(("audio", "bgsound", "amp-audio"), "audio"),
    **dict.fromkeys(("video", "amp-video"), "video"),
    **dict.fromkeys(("drupal-entity", "amp-ad", *players.OF_AMP), "object"),
    "frame": "iframe",
}
OF_TYPE = {"image": "picture", "audio": "audio", "video": "video"}
CONTROL_TAGS = frozenset(["input", "select", "textarea", "button"])
# What leads back to where a note is asked for, or to the heading that it stands in.
BACK = frozenset(["↩", "↩\ufe0e", "↩\ufe0f", "↵", "⏎", "⤴", "⤴\ufe0e", "↑", "⬆", "^", "#", "¶", "§", "🔗"])
WHITE_SPACE = re.compile(r";white-space:(pre|normal|nowrap)")
OF_A_SECTION = frozenset(["#", "¶", "§"])
TO_A_COMMENT = re.compile(r"#cmnt(?:_ref)?\d+")  # in Google Docs
NUMBER_OF_A_NOTE = re.compile(r"\[?\d{1,3}\]?")
IN_A_LINE = re.compile(r"[ \t\r\f\v\u2028\u2029]+")
BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
ALONE = re.compile(r"^[ \t\r]*(https?://\S+)[ \t\r]*$", re.MULTILINE)
DRESSING = re.compile(r"platform\.twitter\.com|platform\.x\.com|instagram\.com/embed|tiktok\.com/embed|/wp-embed\b")
MEDIA_TOKEN = re.compile(r"\[\[\{[^\[]{0,2000}?\}\]\]", re.DOTALL)  # a picture or a film in a text of Drupal 7


def pieces_of(text: str, language: str = "") -> list[Piece]:
    """HTML as pieces. `language` is what it is written in, where that is known."""
    body = body_of(text)
    if body is None:
        return []
    if "<script" in text:
        for script in body.parent.css("head > script[src]"):  # one that begins a text
            leave_out_script(script.attributes["src"] or "")
    reader = Reader(language or settings.CONTENT_LANGUAGE, paired(text))
    if "lst-kix" in text or "doc-content" in text:
        reader.looks = looks_of(text)
    return reader.inside(body, ())


def words_of(text: str) -> str:
    """The words of HTML alone. Nothing in its attributes is read: that can be HTML with more in its own."""
    body = body_of(text) if text else None
    if body is None:
        return ""
    reader = Reader("", frozenset())
    reader.words_only(body, ())
    reader.end()
    return plain_text(reader.pieces)


def leave_out_script(address: str) -> None:
    """Say that a script is left out, unless it only dresses what is kept without it."""
    if address and not DRESSING.search(address):
        left_out("script", address)


class Reader:
    """Walks a tree. `pieces` is what was read of the element that is open, `line` the text since its last piece."""

    def __init__(self, language: str, paired: frozenset[str]):
        self.paired = paired  # words in square brackets that are closed somewhere in the text
        self.languages = [language]
        self.looks: dict[str, str] = {}  # of classes, in a document that Google Docs has exported
        self.quotations = 0
        self.pieces: list[Piece] = []
        self.line: list[Run] = []
        self.depth = self.told_depth = 0
        self.is_bare = True  # blank lines in the text part paragraphs
        self.is_preformatted = False
        self.blanks = SPACE  # what is one blank; a style can keep line ends
        self.forms = 0
        self.captions: list[list[Piece]] | None = None  # of the figure that is open
        self.lost: list[tuple[str, str, str]] | None = None  # in that figure

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
            elif child.tag == "br":
                self.line.append(("\n", marks))
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
        elif tag == "noscript":
            self.stand_in(node)

    def told(self, node: Any, tag: str, marks: Marks) -> None:
        """An element that says more than its name."""
        values = node.attributes
        style = style_of(values)
        if is_hidden(values, style):
            return
        for name in dict.fromkeys((values.get("class") or "").split()) if self.looks else ():
            style += self.looks.get(name, "")
        marks = styled(marks, tag, style)
        if self.told_depth >= DEEPEST:
            self.words_only(node, marks)
            return
        with self._inside_of(values, style):
            if tag == "a":
                self.link(node, values, marks)
            elif special := SPECIAL.get(tag) or _of_class(tag, values):
                special(self, node, values, marks)
            elif tag in LEFT_OUT and (tag != "picture" or node.css_first("img") is None):
                self.leave_out(node, tag, values)
                if "-" in tag:  # one written as empty (<amp-img/>) holds what follows it: HTML knows no "/>"
                    self.children(node, marks)
            elif tag in CONTROL_TAGS:
                self.control(node, tag, values)
            elif tag in BLOCK or "display:block" in style or is_block_by_class(values):
                self.block(node, tag, marks, values)
            else:
                self.children(node, marks)

    @contextmanager
    def _inside_of(self, values: dict, style: str) -> Iterator[None]:
        language = values.get("lang")
        before = self.is_preformatted, self.blanks
        if white := WHITE_SPACE.search(style):
            keeps_lines = white[1] == "pre"
            self.is_preformatted = self.is_preformatted and keeps_lines
            self.blanks = IN_A_LINE if keeps_lines else SPACE
        if language:
            self.languages.append(language)
        self.told_depth += 1
        yield
        self.told_depth -= 1
        self.is_preformatted, self.blanks = before
        if language:
            self.languages.pop()

    # Text

    def text(self, data: str, marks: Marks) -> None:
        if "[[{" in data and "}]]" in data:
            for token in MEDIA_TOKEN.findall(data):
                self.lose("object", token)
            data = MEDIA_TOKEN.sub(" ", data)
        if "[" in data and SHORTCODE.search(data):
            bracketed.text(self, data, marks)
            return
        if self.is_preformatted:
            self.line.append((data.replace("\r", "").replace("\t", " "), marks))
            return
        if self.is_bare and "\n" in data:
            if "://" in data and ALONE.search(data):
                self.text_with_addresses(data, marks)
                return
            first, *more = BLANK_LINE.split(clean_text(data) if "://" in data else data)
            self.line.append((self.blanks.sub(" ", first), marks))
            for part in more:
                self.end()
                self.line.append((self.blanks.sub(" ", part), marks))
            return
        if "://" in data:
            data = clean_text(data)
        self.line.append((self.blanks.sub(" ", data), marks))

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
                self.line.append((self.blanks.sub(" ", clean_text(part)), marks))
        else:
            self.text(rest, marks)

    def address(self, url: str, marks: Marks) -> None:
        """An address that is meant to be shown as what it leads to."""
        self.end()
        url = f"https:{url}" if url.startswith("//") else url
        if made := player(url):
            self.pieces.append(made)
        elif address := clean_address(url):
            marks = tuple(mark for mark in marks if not mark.startswith("a "))
            self.line.append((address, (*marks, link_mark(address))))
            self.end()
            left_out("embed", address)
        else:
            self.lose("object", url)

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
        if tag == "div" and is_comment(node):
            return
        if (card := values.get("data-block")) and self.card(card):
            return
        if level := level_of(tag, values):
            self.heading(node, level, values, marks)
        elif tag == "p" and is_word_item(values):
            listed.word_item(self, node, values, marks)
        elif tag == "p" and is_word_quote(values):
            self.pieces.append(Quote(self.inside(node, marks)))
        elif tag == "li":  # without its list
            self.pieces.append(LevelItem(1, ordered=False, pieces=self.inside(node, marks, is_bare=False)))
        else:
            is_bare, self.is_bare = self.is_bare, tag in BARE
            if tag == "dt":
                marks = with_mark(marks, "strong")
            self.children(node, marks)
            self.end(block_id=block_id(values))
            self.is_bare = is_bare

    def card(self, value: str) -> bool:
        """Whether an element is a card, which is taken. Draft.js has that attribute, too: "true" for each block."""
        try:
            block = orjson.loads(value)
        except orjson.JSONDecodeError:
            left_out("block", value)
            return False
        if isinstance(block, dict):
            self.pieces.append(Card(block))
        return isinstance(block, dict)

    def heading(self, node: Any, level: int, values: dict, marks: Marks) -> None:
        self.end()
        is_bare, self.is_bare = self.is_bare, False
        before = len(self.pieces)
        self.children(node, marks)
        self.end(level, block_id(values))
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
        if values.get("class") == "section-divider" and not self.pieces:
            return  # Medium begins each text with one that is not shown
        if values.get("id") == "system-readmore":
            return  # where Joomla cuts what its lists show
        self.pieces.append(Rule(block_id(values)))

    def paywall(self, node: Any, values: dict, marks: Marks) -> None:
        self.end()
        self.pieces.append(Card({"type": "paywall"}))

    # Links and what stands in a line

    def link(self, node: Any, values: dict, marks: Marks) -> None:
        href = (values.get("href") or "").strip()
        href = f"https://{href}" if href.startswith("www.") else href
        address = clean_address(href) if href else None
        marks = tuple(mark for mark in marks if not mark.startswith("a "))
        if address:
            marks = (*marks, link_mark(address))
        if is_block_by_class(values):
            self.end()
        elif touches_another(node):
            self.line.append((" ", ()))
        if href.startswith("#"):
            words = node.text(strip=True)
            if TO_A_COMMENT.fullmatch(href) or (words in BACK and self.leads_back(node, words)):
                return
            is_number = bool(NUMBER_OF_A_NOTE.fullmatch(words))
            if is_number and touches_a_word(node):
                marks = with_mark(marks, "sup")  # by the style of its page alone (Substack, Word)
            elif is_number and not self.line and values.keys() & {"id", "name"} and touches_a_word(node, "next"):
                # of the note itself, which is where others lead
                self.children(node, marks)
                self.line.append((" ", ()))
                left_out("link", href)
                return
        before = len(self.line), len(self.pieces)
        self.children(node, marks)
        href = href or values.get("linktype") or ""  # of Wagtail, to what it knows by a number
        if href and not address and before != (len(self.line), len(self.pieces)):
            left_out("link", href)
        if is_block_by_class(values):
            self.end()

    def leads_back(self, node: Any, sign: str) -> bool:
        """Whether a sign is the last thing in its block, or the first; a section's is that in a heading alone."""
        is_first = len(self.line) < FEW and not any(text.strip() for text, _marks in self.line)
        return is_last_in_block(node) or (is_first and (sign not in OF_A_SECTION or node.parent.tag in HEADINGS))

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

    def in_brackets(self, node: Any, marks: Marks) -> None:
        self.line.append(("(", marks))
        self.children(node, marks)
        self.line.append((")", marks))

    def apart(self, node: Any, values: dict, marks: Marks) -> None:
        self.line.append((" ", marks))
        self.children(node, marks)
        self.line.append((" ", marks))

    def ruby_text(self, node: Any, values: dict, marks: Marks) -> None:
        self.in_brackets(node, marks)

    # What cannot be kept

    def stand_in(self, node: Any) -> None:
        """A picture or a player for pages without scripts: what readers saw, unless the element beside it is that."""
        for other in filter(None, (neighbour(node, "prev"), neighbour(node, "next"))):
            if other.tag in SHOWN_LATER or players.is_filled_by_script(other.attributes):
                return
        if node.parent.tag in LEFT_OUT and seen_before(node) is None:
            return  # in an element of AMP, which is said
        text = node.text()
        if "<" in text and (body := body_of(text)) is not None:
            for shown in body.css("img, iframe, video"):
                before = len(self.pieces)
                self.element(shown, shown.tag, ())
                match self.pieces[-2:]:
                    case [Player(url=one), Player(url=other)] if one == other and len(self.pieces) > before:
                        self.pieces.pop()  # shown already, by what a script loads late

    def lose(self, kind: str, what: str = "", caption: str = "") -> None:
        if self.lost is None:
            left_out(kind, what, caption)
        else:
            self.lost.append((kind, what, caption))

    def leave_out(self, node: Any, tag: str, values: dict) -> None:
        if tag == "img":
            if is_sign(values):
                self.line.append((values.get("alt") or "", ()))
                return
            if is_pixel(values):
                return
        elif tag == "svg" and (is_icon(values) or node.parent.tag == "button"):
            return
        address = address_of(node, tag, values)
        url = f"https:{address}" if address.startswith("//") else address
        if tag in {"video", "frame"} and (made := player(url)):
            self.end()
            self.pieces.append(made)
            return
        kind = LEFT_OUT[tag]
        if tag == "action-text-attachment":  # of Rails; one without an address is a mention, and there as its words
            kind = OF_TYPE.get((values.get("content-type") or "").split("/")[0], kind)
            if kind == "object" and not address and node.text(strip=True):
                return
        what = address or (values.get("alt") or "" if tag == "img" else tag if kind == "object" else "")
        caption = values.get("data-caption") or values.get("caption") or ""  # of Drupal, and of Rails
        self.lose(kind, what, words_of(caption))
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
        self.pieces.append(Quote(pieces, attribution, is_pull, block_id(values)))


def _of_class(tag: str, values: dict) -> Any:
    """A figure, or its caption, from before there were elements for them (WordPress); or what a script fills."""
    names = (values.get("class") or "").split()
    if "wp-caption" in names:
        return figures.figure
    if "wp-caption-text" in names or "tr-caption" in names:
        return figures.caption
    if "pullquote" in names:
        return Reader.quote
    if tag == "div" and "footnote" in names:
        return listed.note
    if "paywall-jump" in names:  # of Substack
        return Reader.paywall
    return players.filled_by_script if tag in {"div", "section"} and players.is_filled_by_script(values) else None


def _table(reader: Reader, node: Any, values: dict, marks: Marks) -> None:
    """A table; or a picture and its caption, which Blogger writes as one."""
    is_picture = "tr-caption-container" in (values.get("class") or "")
    (figures.figure if is_picture else tabled.table)(reader, node, values, marks)


def _heading(tag: str) -> Any:
    return lambda reader, node, values, marks: reader.heading(node, HEADINGS[tag], values, marks)


SPECIAL = {
    **{tag: _heading(tag) for tag in HEADINGS},
    "hr": Reader.rule,
    "pre": Reader.preformatted,
    "listing": Reader.preformatted,
    "xmp": Reader.preformatted,
    "plaintext": Reader.preformatted,
    "ul": listed.listing,
    "ol": listed.listing,
    "menu": listed.listing,
    "dir": listed.listing,
    "blockquote": Reader.quote,
    "table": _table,
    "figure": figures.figure,
    "figcaption": figures.caption,
    "media": figures.figure,  # these are of NITF
    "media-caption": figures.caption,
    "media-reference": figures.reference,
    "q": Reader.quotation,
    "time": Reader.date,
    "rt": Reader.ruby_text,
    "mfrac": formulas.fraction,
    "msup": formulas.raised,
    "msub": formulas.raised,
    "msubsup": formulas.raised,
    "munder": formulas.raised,
    "mover": formulas.raised,
    "munderover": formulas.raised,
    "msqrt": formulas.root,
    "mroot": formulas.root,
    "mmultiscripts": formulas.each_apart,
    "mtd": Reader.apart,
    "mo": Reader.apart,
    "option": Reader.apart,
    "form": Reader.form,
    "iframe": players.frame,
    "amp-iframe": players.frame,
    "object": players.old_player,
    "embed": players.old_player,
    "applet": players.old_player,
    **dict.fromkeys(players.PAGES, players.of_the_id),
}
