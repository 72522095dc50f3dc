"""A body as HTML for readers."""

from django.utils.html import escape

from media.photos.markup import picture
from newsroom.body.pieces import list_html


def body_html(blocks: list[dict]) -> str:
    """A body whose links have been expanded, as HTML for a page."""
    return "".join(SHOWN[block["type"]](block) for block in blocks)


def _paragraph(block):
    return f"<p>{block['html']}</p>"


def _heading(block):
    return f"<h{block['level']}>{block['html']}</h{block['level']}>"


def _quote(block):
    footer = f"<footer>{escape(block['attribution'])}</footer>" if block["attribution"] else ""
    name = ' class="pullquote"' if block["type"] == "pullquote" else ""
    return f"<blockquote{name}>{block['html']}{footer}</blockquote>"


def _table(block):
    caption = f"<caption>{escape(block['caption'])}</caption>" if block["caption"] else ""
    heads, rows = block["rows"][: block["header_rows"]], block["rows"][block["header_rows"] :]
    head = "".join(f"<tr>{_column_heads(row)}</tr>" for row in heads)
    body = "".join(f"<tr>{_row(row, block['header_columns'])}</tr>" for row in rows)
    parts = [f"<thead>{head}</thead>" if head else "", f"<tbody>{body}</tbody>" if body else ""]
    return f"<table>{caption}{''.join(parts)}</table>"


def _column_heads(cells):
    return "".join(f'<th scope="col">{cell}</th>' for cell in cells)


def _row(cells, header_columns):
    heads = "".join(f'<th scope="row">{cell}</th>' for cell in cells[:header_columns])
    return heads + "".join(f"<td>{cell}</td>" for cell in cells[header_columns:])


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
        shown = player(video)
    elif video.get("embed"):
        shown = video["embed"]["html"]
    else:  # a provider that the site had once
        shown = figure(video["poster"]) if video["poster"] else ""
    credit = f' <span class="credit">{escape(video["credit_line"])}</span>' if video.get("credit_line") else ""
    return f'<figure class="video">{shown}<figcaption>{escape(video["headline"])}{credit}</figcaption></figure>'


def player(video: dict) -> str:
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
    "list": list_html,
    "quote": _quote,
    "pullquote": _quote,
    "table": _table,
    "photo": lambda block: figure(block["photo"]),
    "gallery": lambda block: f'<div class="gallery">{"".join(map(figure, block["photos"]))}</div>',
    "video": _video,
    "related": _related,
    "embed": _embed,
    "factbox": _factbox,
    "divider": lambda block: "<hr>",
    "paywall": lambda block: "",
}
