"""A body as HTML: for readers, and for the editor and back."""

import html
from collections.abc import Callable
from html.parser import HTMLParser

import nh3
import orjson
from django.utils.html import escape

from media.markup import picture
from newsroom.body import INLINE_TAGS, clean_inline


def body_html(blocks: list[dict]) -> str:
    """A body whose links have been expanded, as HTML for a page."""
    return "".join(SHOWN[block["type"]](block) for block in blocks)


def _paragraph(block):
    return f"<p>{block['html']}</p>"


def _heading(block):
    return f"<h{block['level']}>{block['html']}</h{block['level']}>"


def _list(block):
    tag = "ol" if block["ordered"] else "ul"
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in block['items'])}</{tag}>"


def _quote(block):
    footer = f"<footer>{escape(block['attribution'])}</footer>" if block.get("attribution") else ""
    name = ' class="pullquote"' if block["type"] == "pullquote" else ""
    return f"<blockquote{name}><p>{block['html']}</p>{footer}</blockquote>"


def figure(photo: dict) -> str:
    """A photo with its caption and its credit."""
    caption = f"{escape(photo['caption'])} " if photo["caption"] else ""
    return (
        f"<figure>{picture(photo)}"
        f'<figcaption>{caption}<span class="credit">{escape(photo["credit_line"])}</span></figcaption></figure>'
    )


def _video(block):
    video = block["video"]
    if video.get("sources"):
        player = _player(video)
    elif video.get("embed"):
        player = video["embed"]["html"]
    else:  # a provider that the site had once
        player = figure(video["poster"]) if video["poster"] else ""
    credit = f' <span class="credit">{escape(video["credit_line"])}</span>' if video.get("credit_line") else ""
    return f'<figure class="video">{player}<figcaption>{escape(video["headline"])}{credit}</figcaption></figure>'


def _player(video: dict) -> str:
    """A video of ours, of which nothing is loaded before it is played."""
    width, height = video["sources"][0]["width"], video["sources"][0]["height"]
    poster = f' poster="{escape(video["poster"]["src"])}"' if video["poster"] and video["poster"]["src"] else ""
    sources = "".join(
        f'<source src="{escape(source["url"])}" type="{escape(source["type"])}">' for source in video["sources"]
    )
    tracks = "".join(
        f'<track kind="{escape(track["kind"])}" srclang="{escape(track["language"])}" '
        f'label="{escape(track["label"])}" src="{escape(track["url"])}">'
        for track in video["tracks"]
    )
    return (
        f'<video controls playsinline preload="none" crossorigin="anonymous" width="{width}" height="{height}"{poster}>'
        f"{sources}{tracks}</video>"
    )


def _related(block):
    article = block["article"]
    return f'<aside class="related"><a href="{escape(article["web_url"])}">{escape(article["headline"])}</a></aside>'


def _embed(block):
    name = escape(block["title"] or block["url"])
    caption = f'<figcaption><a href="{escape(block["url"])}">{name}</a></figcaption>'
    return f'<figure class="embed">{block["html"] or ""}{caption}</figure>'


def _factbox(block):
    title = f"<h3>{escape(block['title'])}</h3>" if block.get("title") else ""
    return f'<aside class="factbox">{title}{block["html"]}</aside>'


SHOWN = {
    "paragraph": _paragraph,
    "heading": _heading,
    "list": _list,
    "quote": _quote,
    "pullquote": _quote,
    "photo": lambda block: figure(block["photo"]),
    "gallery": lambda block: f'<div class="gallery">{"".join(map(figure, block["photos"]))}</div>',
    "video": _video,
    "related": _related,
    "embed": _embed,
    "factbox": _factbox,
    "divider": lambda block: "<hr>",
}

# The editor writes paragraphs, headings, lists, quotes and dividers as HTML. Every other block stands in it as a card,
# <div data-block="JSON">, whose fields change that JSON and nothing else.

WRITTEN = {"paragraph", "heading", "list", "quote", "pullquote", "divider"}


def editor_html(blocks: list[dict], show: Callable[[dict], dict]) -> str:
    """A body for the editor. `show(block)` is what a card shows beside the block itself; it never comes back."""
    parts = []
    for block in blocks:
        if block["type"] not in WRITTEN:
            value = escape(orjson.dumps(block).decode())
            shown = escape(orjson.dumps(show(block)).decode())
            parts.append(f'<div data-block="{value}" data-shown="{shown}"><span></span></div>')
            continue
        name = f' data-id="{escape(block["id"])}"'
        if block["type"] == "paragraph":
            parts.append(f"<p{name}>{block['html']}</p>")
        elif block["type"] == "heading":
            parts.append(f"<h{block['level']}{name}>{block['html']}</h{block['level']}>")
        elif block["type"] == "list":
            tag = "ol" if block["ordered"] else "ul"
            items = "".join(f"<li><p>{item}</p></li>" for item in block["items"])
            parts.append(f"<{tag}{name}>{items}</{tag}>")
        elif block["type"] in {"quote", "pullquote"}:
            attribution = f' data-attribution="{escape(block["attribution"])}"' if block.get("attribution") else ""
            pull = ' data-pull="yes"' if block["type"] == "pullquote" else ""
            parts.append(f"<blockquote{name}{attribution}{pull}><p>{block['html']}</p></blockquote>")
        else:
            parts.append(f"<hr{name}>")
    return "".join(parts)


def blocks_from_html(text: str) -> list[dict]:
    """Blocks, still to be checked, from the editor's HTML or from a page's. A card that is no JSON is left out."""
    parser = _BlockParser()
    parser.feed(_page.clean(text))
    parser.close()
    parser.end_text()
    return parser.blocks


_ATTRIBUTES = {tag: {"data-id"} for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "hr")}
_page = nh3.Cleaner(
    tags=INLINE_TAGS
    | {
        "b",
        "i",
        "del",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "cite",
        "footer",
        "hr",
        "div",
    },
    attributes={
        **_ATTRIBUTES,
        "a": {"href"},
        "blockquote": {"data-id", "data-attribution", "data-pull"},
        "div": {"data-block"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_PLAIN = {"b": "strong", "i": "em", "del": "s"}


class _BlockParser(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks: list[dict] = []
        self.inline: list[str] = []
        self.open: dict | None = None  # the heading, list or quote that text belongs to
        self.depth = 0  # of lists in lists
        self.block_id: str | None = None
        self.in_attribution = False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag in INLINE_TAGS or tag in _PLAIN:
            name = _PLAIN.get(tag, tag)
            href = f' href="{html.escape(values["href"])}"' if values.get("href") else ""
            self.inline.append(f"<{name}{href}>")
        elif tag in {"ul", "ol"}:
            self.end_text()
            self.depth += 1
            if self.depth == 1:
                self._close()  # a quote that it stands in, and which goes no further
                self.open = {"type": "list", "ordered": tag == "ol", "items": [], **_id(values)}
        elif tag == "blockquote":
            self.end_text()
            self._close()  # a quote or a list around it
            attribution = values.get("data-attribution") or ""
            kind = "pullquote" if "data-pull" in values else "quote"
            self.open = {"type": kind, "html": "", "attribution": attribution, **_id(values)}
        elif tag in {"cite", "footer"} and self.open and self.open["type"] != "list":
            self.end_text()
            self.in_attribution = True
        elif tag == "div" and values.get("data-block"):
            self.end_text()
            self._add_card(values["data-block"])
        elif tag == "hr":
            self.end_text()
            self.blocks.append({"type": "divider", **_id(values)})
        else:  # p, headings, li, plain div: each begins a new line of text
            self.end_text()
            self.block_id = values.get("data-id")

    def handle_endtag(self, tag):
        if tag in INLINE_TAGS or tag in _PLAIN:
            if tag != "br":
                self.inline.append(f"</{_PLAIN.get(tag, tag)}>")
        elif tag in {"ul", "ol"}:
            self.end_text()
            self.depth = max(0, self.depth - 1)
            if self.depth == 0:
                self._close()
        elif tag == "blockquote":
            self.end_text()
            self._close()
        elif tag in {"cite", "footer"}:
            self.end_text()
            self.in_attribution = False
        elif len(tag) == 2 and tag[0] == "h" and tag != "hr":
            self.end_text(level=min(4, max(2, int(tag[1]))))
        else:
            self.end_text()

    def handle_data(self, data):
        self.inline.append(html.escape(data, quote=False))

    def end_text(self, level: int = 0):
        """What was written since the last block began becomes a block, or part of the open one."""
        text = clean_inline("".join(self.inline))
        self.inline = []
        block_id, self.block_id = self.block_id, None
        if not text:
            return
        if self.open is None:
            kind = {"type": "heading", "level": level} if level else {"type": "paragraph"}
            self.blocks.append({**kind, "html": text, **({"id": block_id} if block_id else {})})
        elif self.open["type"] == "list":
            self.open["items"].append(text)
        elif self.in_attribution:
            self.open["attribution"] = html.unescape(nh3.clean(text, tags=set()))
        else:
            self.open["html"] = f"{self.open['html']}<br>{text}" if self.open["html"] else text

    def _close(self):
        block, self.open = self.open, None
        if block and (block.get("items") or block.get("html")):
            self.blocks.append(block)

    def _add_card(self, value: str):
        try:
            block = orjson.loads(value)
        except orjson.JSONDecodeError:
            return
        if isinstance(block, dict):
            self.blocks.append(block)


def _id(values: dict) -> dict:
    return {"id": values["data-id"]} if values.get("data-id") else {}
