"""Markdown: CommonMark with GitHub's tables and strikethrough, for people and for machines that read plain text.

What a text holds must never be taken for a sign, and a mark must open and close where the rules of CommonMark allow it
(17 of them, for emphasis alone): where a `*` would stand as it is, as beside Chinese or in the middle of a word that
ends with a quotation mark, HTML's own tag is written, which Markdown knows too.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

import orjson

from cms.api.formats import Shown
from media.photos.markup import jpeg
from newsroom.body import blocks_from_html
from newsroom.formats import around
from newsroom.formats.marks import Mark, Nodes, nodes_of
from newsroom.serializers.written import ai_words, correction_name

PICTURE_WIDTH = 1280  # about as wide is the picture that is linked to
BULLETS, DELIMITERS = "-*", ".)"  # of a list, and of one that follows right upon it
LARGEST_START = 999_999_999

SPECIAL = re.compile(r"[\\`*\[\]<>|~]|&(?=#|\w+;)|_(?<![^\W_]_(?=[^\W_]))|!$")
LINE_START = re.compile(r"(?m)^([ \t]*)([#+=:-])")
NUMBER_START = re.compile(r"(?m)^([ \t]*\d{1,9})([.)])(?=\s|$)")
NEEDS_BRACKETS = re.compile(r"[\s()<>\\]|&(?=#|\w+;)|^$")
IN_BRACKETS = re.compile(r"[<>\\]|&(?=#|\w+;)")
STARS = {"strong": "**", "em": "*", "s": "~~"}
NO_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


def written(parts: Iterable[str | None]) -> bytes:
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def front_matter(values: dict) -> str:
    """What a page is about, as YAML at its head: each value as JSON, which YAML takes as it is."""
    lines = [f"{name}: {_yaml(value)}" for name, value in values.items() if value not in (None, "", [], {}, False)]
    return "\n".join(["---", *lines, "---"])


def _yaml(value: object) -> str:
    return NO_YAML.sub(lambda char: f"\\u{ord(char[0]):04x}", orjson.dumps(value).decode())


# A line of text


def text(value: str | None) -> str:
    """Plain text, none of which is a sign."""
    return line_of([" ".join((value or "").split())])


def inline(html: str, *, is_cell: bool = False, is_heading: bool = False) -> str:
    """A line of a body's HTML."""
    return line_of(nodes_of(html), break_="<br>" if is_cell or is_heading else "\\\n", is_heading=is_heading)


def line_of(nodes: Nodes, *, break_: str = "\\\n", is_heading: bool = False) -> str:
    line = Inline(break_).write(nodes)
    if is_heading:
        return re.sub(r"(#+)$", lambda found: found[0].replace("#", "\\#"), line)
    line = LINE_START.sub(r"\1\\\2", line)
    return NUMBER_START.sub(r"\1\\\2", line)


def escaped(value: str) -> str:
    return SPECIAL.sub(_backslashed, value)


def _backslashed(found: re.Match) -> str:
    return f"\\{found[0]}"


class Inline:
    """Writes the nodes of a line, minding at each mark what stands before and after it."""

    def __init__(self, break_: str):
        self.break_ = break_

    def write(self, nodes: Nodes, before: str = "", after: str = "", *, is_starred: bool = False) -> str:
        written = ""
        for number, node in enumerate(nodes):
            if isinstance(node, str):
                written += escaped(node).replace("\n", self.break_)
                continue
            following = nodes[number + 1] if number + 1 < len(nodes) else after
            next_char = "<" if isinstance(following, Mark) else escaped(following)[:1]
            written += self._mark(node, (before + written)[-1:], next_char, is_starred=is_starred)
        return written

    def _mark(self, mark: Mark, before: str, after: str, *, is_starred: bool) -> str:
        if mark.name == "a":
            return f"[{self.write(mark.inside, '[', ']', is_starred=is_starred)}]({destination(mark.href)})"
        if mark.name == "code" and all(isinstance(part, str) and "\n" not in part for part in mark.inside):
            return code(mark.text())
        stars = STARS.get(mark.name)
        if stars and not is_starred and before not in ("*", "~"):
            inside = self.write(mark.inside, stars, stars, is_starred=True)
            if opens(before, inside[:1]) and opens(after, inside[-1:]) and after not in ("*", "~"):
                return f"{stars}{inside}{stars}"
        return f"<{mark.name}>{self.write(mark.inside, '>', '<', is_starred=is_starred)}</{mark.name}>"


def opens(outside: str, inside: str) -> bool:
    """Whether stars between these characters begin or end emphasis, by every reading of the rules.

    Parsers differ in whether a symbol (a currency's, an emoji) counts as punctuation, so it has to work out either way.
    """
    if not inside or is_blank(inside):
        return False
    if not is_sign(inside):
        return True
    return not outside or is_blank(outside) or is_punctuation(outside)


def is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Zs"


def is_sign(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def is_punctuation(char: str) -> bool:
    return (char.isascii() and is_sign(char)) or unicodedata.category(char)[0] == "P"


def code(value: str) -> str:
    longest = max(map(len, re.findall("`+", value)), default=0)
    fence = "`" * (longest + 1)
    needs_room = value[:1] in "` " or value[-1:] in "` "
    room = " " if needs_room and value.strip(" ") else ""
    return f"{fence}{room}{value}{room}{fence}"


def destination(address: str) -> str:
    """An address of a link; in angle brackets where a bare one would end too early."""
    if NEEDS_BRACKETS.search(address):
        return f"<{IN_BRACKETS.sub(_backslashed, address.replace(' ', '%20'))}>"
    return address


def link(label: str, address: str) -> str:
    return f"[{text(label)}]({destination(address)})"


# Blocks


class Blocks:
    """Writes the blocks of a body, minding what stands before each: two lists in a row must not become one."""

    def __init__(self) -> None:
        self.lists = 0  # that follow right upon each other

    def write(self, blocks: list[dict]) -> list[str]:
        written = []
        for block in blocks:
            self.lists = self.lists + 1 if block["type"] == "list" else 0
            if part := BLOCKS[block["type"]](self, block):
                written.append(part)
        return written


def flow(html: str) -> list[str]:
    """Paragraphs and lists."""
    return Blocks().write(blocks_from_html(html))


def listing(value: dict, variant: int = 0) -> str:
    lines = []
    number = value["start"]
    for item in value["items"]:
        if value["ordered"] and 0 <= number <= LARGEST_START:
            sign = f"{number}{DELIMITERS[variant % 2]} "
        elif value["ordered"]:  # which no list can begin with
            sign = f"{BULLETS[variant % 2]} {number}\\. ".replace(" -", " \\-")
        else:
            sign = f"{BULLETS[variant % 2]} "
        indent = " " * (len(sign) if value["ordered"] and 0 <= number <= LARGEST_START else 2)
        content = inline(item["html"])
        if item["list"]:
            # A list that begins with another number than 1 is none right below a text.
            starts_anew = item["list"]["ordered"] and item["list"]["start"] != 1
            content += ("\n\n" if starts_anew else "\n") + listing(item["list"])
        lines.append(sign + content.replace("\n", f"\n{indent}"))
        number += 1
    return re.sub(r"(?m)^ +$", "", "\n".join(lines))


def quoted(parts: list[str]) -> str:
    return "\n".join(f"> {line}".rstrip() for line in "\n\n".join(parts).split("\n"))


def quote(block: dict) -> str:
    speaker = [f"— {text(block['attribution'])}"] if block["attribution"] else []
    return quoted([*flow(block["html"]), *speaker])


def table(block: dict) -> str:
    heads = block["header_rows"]
    width = len(block["rows"][0])
    rows = [
        [
            _cell(cell, is_strong=number > 0 and (number < heads or column < block["header_columns"]))
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(block["rows"])
    ]
    if not heads:
        if block["header_columns"]:
            rows[0] = [
                _cell(cell, is_strong=column < block["header_columns"]) for column, cell in enumerate(block["rows"][0])
            ]
        rows.insert(0, [""] * width)
    lines = [f"| {' | '.join(row)} |" for row in [rows[0], ["---"] * width, *rows[1:]]]
    return "\n\n".join(filter(None, [text(block["caption"]), "\n".join(lines)]))


def _cell(html: str, *, is_strong: bool) -> str:
    nodes = nodes_of(html)
    if is_strong and nodes:
        nodes = [Mark("strong", inside=nodes)]
    # (In a table a bar ends a cell even within code.)
    return re.sub(r"(?<!\\)\|", r"\\|", Inline("<br>").write(nodes))


def photo(value: dict) -> str:
    """A picture, and below it what it shows and who is to be named for it."""
    file = jpeg(value, PICTURE_WIDTH)
    image = f"![{text(value['alt_text'])}]({destination(file.url)})" if file else ""
    return "\n\n".join(filter(None, [image, caption(value["caption"], value["credit_line"])]))


def caption(words: str | None, credit: str | None) -> str:
    return " ".join(filter(None, [text(words), credit and f"({text(credit)})"]))


def video(value: dict) -> str:
    name = link(f"▶ {value['headline']}", value["web_url"])
    credit = value.get("credit_line") or (value["poster"] or {}).get("credit_line")
    return f"{name} ({text(credit)})" if credit else name


BLOCKS: dict[str, Callable[[Blocks, dict], str]] = {
    "paragraph": lambda _, block: inline(block["html"]),
    "heading": lambda _, block: f"{'#' * block['level']} {inline(block['html'], is_heading=True)}",
    "list": lambda blocks, block: listing(block, blocks.lists - 1),
    "quote": lambda _, block: quote(block),
    "pullquote": lambda _, block: quote(block),
    "table": lambda _, block: table(block),
    "photo": lambda _, block: photo(block["photo"]),
    "gallery": lambda _, block: "\n\n".join(map(photo, block["photos"])),
    "video": lambda _, block: video(block["video"]),
    "related": lambda _, block: link(block["article"]["headline"], block["article"]["web_url"]),
    "embed": lambda _, block: link(block["title"] or block["url"], block["url"]),
    "factbox": lambda _, block: quoted(
        [*([f"**{text(block['title'])}**"] if block["title"] else []), *flow(block["html"])]
    ),
    "divider": lambda _, block: "---",
}


# Whole things


def common(document: dict) -> dict:
    """What the front matter says of whatever is published."""
    section = document["section"]
    return {
        "kicker": document.get("kicker"),
        "byline": document["byline"],
        "authors": [byline["name"] for byline in document["bylines"]],
        "date": document["published_at"],
        "updated": document["updated_at"],
        "url": document["web_url"],
        "language": document["language"],
        "section": section and section["name"],
        "topics": [topic["name"] for topic in document["topics"]],
        "ai_use": ai_words(document),
        "preview": document.get("preview"),
    }


def credits_of(photos: Iterable[dict | None], *others: str | None) -> list[str]:
    """Everybody who is named for what is seen, each once."""
    return list(dict.fromkeys(filter(None, [*(photo["credit_line"] for photo in photos if photo), *others])))


def article(shown: Shown) -> bytes:
    document = shown.document
    lead_video = document["lead_video"]
    photos, film_credits = [document["lead_photo"]], [lead_video and lead_video.get("credit_line")]
    for block in document["body"]:
        photos += [block.get("photo"), *(block.get("photos") or [])]
        film_credits.append((block.get("video") or {}).get("credit_line"))
    head = {
        "title": document["headline"],
        "description": document["standfirst"],
        **common(document),
        "genre": document["genre"],
        "dateline": document["dateline"],
        "words": document["word_count"],
        "credits": credits_of(photos, *film_credits),
    }
    return written([
        front_matter(head),
        f"# {line_of([document['headline']], is_heading=True)}",
        text(document["standfirst"]),
        document["lead_photo"] and photo(document["lead_photo"]),
        lead_video and video(lead_video),
        *body(document),
        *(part for update in around.update_cards(shown) for part in _update(update)),
        *(correction(note, document["language"]) for note in document["corrections"]),
        *(link(other["headline"], other["web_url"]) for other in document["related"]),
    ])  # fmt: skip


def body(document: dict) -> list[str]:
    """The body, with the place that a story is from before its first words."""
    blocks = Blocks().write(document["body"])
    if document["dateline"] and document["body"] and document["body"][0]["type"] == "paragraph":
        first = document["body"][0]
        blocks[:1] = [line_of([f"{document['dateline']} — ", *nodes_of(first["html"])])]
    return blocks


def _update(card: dict) -> list[str | None]:
    """An update of a live story: when it was, and its title, above its text."""
    at = f"{card['published_at'][:10]} {card['published_at'][11:16]} UTC"
    title = f" — {line_of([card['title']], is_heading=True)}" if card["title"] else ""
    return [f"## {at}{title}", *flow(card["text_html"] or ""), card["photo"] and photo(card["photo"])]


def correction(note: dict, language: str) -> str:
    return f"**{text(correction_name(note['type'], language))}, {note['published_at'][:10]}:** {text(note['text'])}"


def blurb(shown: Shown) -> bytes:
    document = shown.document
    source, story, film = document["source"], document["article"], document["video"]
    head = {
        "title": document.get("title"),
        "label": document["label"],
        **common(document),
        "source": source and source["name"],
        "credits": credits_of([document["photo"], film and film["poster"]]),
    }
    return written([
        front_matter(head),
        *flow(document["text_html"]),
        document["photo"] and photo(document["photo"]),
        film and video(film),
        source and source["url"] and link(source["name"], source["url"]),
        story and link(story["headline"], story["web_url"]),
    ])  # fmt: skip


def film(shown: Shown) -> bytes:
    document = shown.document
    head = {
        "title": document["headline"],
        "label": document["label"],
        "description": document["standfirst"],
        **common(document),
        "seconds": document["duration_seconds"],
        "credits": credits_of([document["poster"]], document["credit_line"]),
    }
    files = [source["url"] for source in document["sources"]] or [(document["embed"] or {}).get("url")]
    return written([
        front_matter(head),
        f"# {line_of([document['headline']], is_heading=True)}",
        text(document["standfirst"]),
        document["poster"] and photo(document["poster"]),
        *(f"{link('▶ ' + document['headline'], url)} ({text(document['credit_line'])})" for url in files if url),
        *(flow(document["transcript_html"]) if document["transcript_html"] else []),
    ])  # fmt: skip


def byline(shown: Shown) -> bytes:
    document = shown.document
    portrait = document["portrait"]
    head = {
        "title": document["name"],
        "job": document["job_title"],
        "url": document["web_url"],
        "credits": credits_of([portrait]),
    }
    return written([
        front_matter(head),
        f"# {line_of([document['name']], is_heading=True)}",
        text(document["job_title"]),
        portrait and photo(portrait),
        *flow(document["bio_html"] or ""),
        *(f"- {link(each['label'], each['url'])}" for each in document["links"] or []),
        document["email"] and link(document["email"], f"mailto:{document['email']}"),
    ])  # fmt: skip
