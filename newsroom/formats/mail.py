"""HTML as mail programs show it: tables for the layout, styles on each element, JPEGs, absolute addresses, no scripts.

Outlook draws with Word: it knows widths as attributes of cells and pictures, borders and paddings of cells, and little
else. Gmail drops a message's own styles where it is forwarded, and cuts what is longer than 102 kB. So nothing depends
on the few rules in the head. In the dark a program either inverts all colours or takes the head's; one that does
neither shows ink on the white that stands behind it.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from django.conf import settings

from cms.api.formats import Shown
from cms.content import masthead as ours
from cms.text.directions import direction
from media.photos.markup import jpeg
from newsroom.body.pieces import list_html
from newsroom.formats import around
from newsroom.serializers.written import ai_words, correction_name

WIDTH = 600  # pixels
EDGE = 24
INNER = WIDTH - 2 * EDGE
SHARP = 2  # pixels of a file for each that is shown
CARD_CROP = "16x9"
LONGEST_PREHEADER = 150
MOST_UPDATES = 20  # of a live story: Gmail cuts what is long

FONT = "font-family:Georgia,'Times New Roman',serif;"
SANS = "font-family:Helvetica,Arial,sans-serif;"
INK, PALE, LINE, LINK, BOX, PAPER = "#1b1b1b", "#5f5f5f", "#c9c9c9", "#0b5394", "#f2f2f2", "#ffffff"
STYLES = {
    "p": f"margin:0 0 16px 0;{FONT}font-size:17px;line-height:26px;color:{INK};",
    "li": f"margin:0 0 6px 0;{FONT}font-size:17px;line-height:26px;color:{INK};",
    "ul": "margin:0 0 16px 0;padding:0 0 0 24px;",
    "ol": "margin:0 0 16px 0;padding:0 0 0 24px;",
    "a": f"color:{LINK};text-decoration:underline;",
    "code": "font-family:Menlo,Consolas,monospace;font-size:15px;",
    "small": f"margin:6px 0 16px 0;{SANS}font-size:13px;line-height:18px;color:{PALE};",
    "h1": f"margin:0 0 12px 0;{FONT}font-size:30px;line-height:36px;font-weight:bold;color:{INK};",
    "h2": f"margin:24px 0 12px 0;{FONT}font-size:23px;line-height:29px;font-weight:bold;color:{INK};",
    "title": f"margin:0 0 12px 0;{FONT}font-size:23px;line-height:29px;font-weight:bold;color:{INK};",
    "h3": f"margin:24px 0 12px 0;{FONT}font-size:19px;line-height:25px;font-weight:bold;color:{INK};",
    "h4": f"margin:24px 0 12px 0;{FONT}font-size:17px;line-height:24px;font-weight:bold;color:{INK};",
    "kicker": f"margin:0 0 6px 0;{SANS}font-size:13px;line-height:18px;font-weight:bold;color:{PALE};",
    "lead": f"margin:0 0 16px 0;{FONT}font-size:19px;line-height:28px;color:{INK};",
    "cell": f"padding:6px 8px;border:1px solid {LINE};{SANS}font-size:14px;line-height:20px;color:{INK};",
}
CLASSES = {"small": "pale", "kicker": "pale"}  # for the head's rules
TAGS = re.compile(r"<(p|li|ul|ol|a|code)(?=[\s>])")
HEAD = """<!doctype html>
<html lang="{language}" dir="{dir}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (max-width: 620px) {{ .page {{ width: 100% !important; }} }}
@media (prefers-color-scheme: dark) {{
  body, .page, .around {{ background-color: #121212 !important; }}
  .box {{ background-color: #262626 !important; }}
  p, h1, h2, h3, h4, li, td, th, h1 a, h2 a, .name a {{ color: #ededed !important; }}
  .pale {{ color: #a9a9a9 !important; }}
  a {{ color: #8ab4f8 !important; }}
}}
</style>
</head>
<body style="margin:0;padding:0;word-spacing:normal;background-color:{paper};-webkit-text-size-adjust:100%;">
"""
# Behind the preheader, so that a program does not fill its line with the beginning of the text.
FILLER = "&#847;&zwnj;&nbsp;" * 60


def message(title: str, preheader: str, language: str, rows: Iterable[str]) -> bytes:
    """A whole message: a table as wide as mail programs like it, a row for each part."""
    dir_ = direction(language)
    head = HEAD.format(language=escape(language), dir=dir_, title=escape(title), paper=PAPER)
    hidden = (
        "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;"
    )
    white = f"background-color:{PAPER};"
    body = "".join(f"<tr>{row}</tr>\n" for row in rows)
    around = table(f"width:100%;{white}", width="100%", name="around")
    inside = table(f"width:{WIDTH}px;max-width:100%;{white}", width=str(WIDTH), name="page", dir=dir_)
    return (
        f'{head}<div style="{hidden}">{escape(shortened(preheader))}{FILLER}</div>\n'
        f'{around}<tr><td align="center" style="padding:0;">\n{inside}\n{body}</table>\n'
        "</td></tr></table>\n</body>\n</html>\n"
    ).encode()


def shortened(text: str) -> str:
    if len(text) <= LONGEST_PREHEADER:
        return text
    return f"{text[:LONGEST_PREHEADER].rpartition(' ')[0] or text[:LONGEST_PREHEADER]}…"


def table(style: str = "", **attributes: str) -> str:
    """The beginning of a table that lays out, and says nothing."""
    name = f' class="{attributes.pop("name")}"' if "name" in attributes else ""
    more = "".join(f' {attribute}="{value}"' for attribute, value in attributes.items())
    return f'<table role="presentation" border="0" cellpadding="0" cellspacing="0"{name}{more} style="{style}">'


def cell(content: str, style: str = "", lang: str = "") -> str:
    """A row's one cell."""
    dir_ = direction(lang)
    side = "right" if dir_ == "rtl" else "left"  # which Outlook asks for, whatever dir says
    language = f' lang="{escape(lang)}" dir="{dir_}" align="{side}"' if lang else ""
    return f'<td{language} style="padding:0 {EDGE}px;{style}">{content}</td>'


def element(tag: str, content: str, style: str = "") -> str:
    name = f' class="{CLASSES[style]}"' if style in CLASSES else ""
    return f'<{tag}{name} style="{STYLES[style or tag]}">{content}</{tag}>' if content else ""


def styled(html: str) -> str:
    """HTML of a body, each element with its style. (A `<` that is text is written `&lt;` there.)"""
    return TAGS.sub(lambda tag: f'{tag[0]} style="{STYLES[tag[1]]}"', html)


def anchor(address: str, content: str, style: str = "") -> str:
    return f'<a href="{escape(address)}" style="{style or STYLES["a"]}">{content}</a>'


# Pictures


def photo(value: dict, *, address: str = "", crop: str = "original", note: str | None = None) -> str:
    """A picture with its credit; without a file of it the credit alone is no use, and its description stands."""
    file = jpeg(value, INNER * SHARP, crop)
    alt = escape(value["alt_text"] or "")
    if file is None:
        image = element("p", alt)
    else:
        width = min(INNER, file.width)
        height = max(1, round(file.height * width / file.width))
        image = (
            f'<img src="{escape(file.url)}" alt="{alt}" width="{width}" height="{height}" border="0" '
            f'style="display:block;width:100%;max-width:{width}px;height:auto;border:0;outline:none;">'
        )
        image = anchor(address, image) if address else image
    words = value["caption"] if note is None else note
    return image + element(
        "p", " ".join(filter(None, [escape(words or ""), escape(value["credit_line"] or "")])), "small"
    )


def video(value: dict) -> str:
    """A film's picture, which leads to the page where it plays."""
    poster = photo(value["poster"], address=value["web_url"], note="") if value["poster"] else ""
    name = element("p", anchor(value["web_url"], f"&#9654; {escape(value['headline'])}"))
    return poster + name + element("p", escape(value.get("credit_line") or ""), "small")


# Blocks


def blocks(body: list[dict]) -> str:
    return "".join(BLOCKS[block["type"]](block) for block in body)


def box(content: str, style: str, name: str = "") -> str:
    """What stands apart from the text."""
    named = f' class="{name}"' if name else ""
    opened = table("width:100%;margin:0 0 16px 0;", width="100%")
    return f'{opened}<tr><td{named} style="{style}">{content}</td></tr></table>'


def quote(block: dict) -> str:
    speaker = element("p", f"— {escape(block['attribution'])}", "small") if block["attribution"] else ""
    edge = f"padding:0 16px;border-left:3px solid {LINE};border-right:0;"
    return box(f"{styled(block['html'])}{speaker}", edge)


def data_table(block: dict) -> str:
    rows = []
    for number, row in enumerate(block["rows"]):
        heads = len(row) if number < block["header_rows"] else block["header_columns"]
        cells = [
            _data_cell(content, column < heads, number < block["header_rows"]) for column, content in enumerate(row)
        ]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    caption = element("p", escape(block["caption"] or ""), "small")
    style = "width:100%;margin:0 0 16px 0;border-collapse:collapse;"
    opened = f'<table border="0" cellpadding="0" cellspacing="0" width="100%" style="{style}">'
    return f"{caption}{opened}{''.join(rows)}</table>"


def _data_cell(content: str, is_head: bool, is_above: bool) -> str:
    if not is_head:
        return f'<td valign="top" style="{STYLES["cell"]}">{styled(content)}</td>'
    scope = "col" if is_above else "row"
    style = f"{STYLES['cell']}font-weight:bold;text-align:inherit;"
    return f'<th scope="{scope}" valign="top" style="{style}">{styled(content)}</th>'


def factbox(block: dict) -> str:
    title = element("h3", escape(block["title"] or ""))
    style = f"padding:16px;background-color:{BOX};border:1px solid {LINE};"
    return box(f"{title}{styled(block['html'])}", style, "box")


def paragraph(address: str, words: str) -> str:
    return element("p", anchor(address, escape(words)))


RULE = box("&nbsp;", f"border-top:1px solid {LINE};font-size:1px;line-height:1px;")
BLOCKS = {
    "paragraph": lambda block: element("p", styled(block["html"])),
    "heading": lambda block: element(f"h{block['level']}", styled(block["html"])),
    "list": lambda block: styled(list_html(block)),
    "quote": quote,
    "pullquote": quote,
    "table": data_table,
    "photo": lambda block: photo(block["photo"]),
    "gallery": lambda block: "".join(map(photo, block["photos"])),
    "video": lambda block: video(block["video"]),
    "related": lambda block: paragraph(block["article"]["web_url"], block["article"]["headline"]),
    "embed": lambda block: paragraph(block["url"], block["title"] or block["url"]),
    "factbox": factbox,
    "divider": lambda block: RULE,
}


# One thing


def masthead() -> str:
    name = anchor(f"{settings.FRONT_URL}/", escape(ours.known().name), f"color:{INK};text-decoration:none;")
    words = f'<span class="name">{name}</span>'
    return cell(element("p", words, "kicker"), "padding-top:24px;padding-bottom:12px;")


def article(shown: Shown) -> bytes:
    document = shown.document
    lead_photo, lead_video = document["lead_photo"], document["lead_video"]
    parts = [
        element("p", escape(document["kicker"] or ""), "kicker"),
        element("h1", heading_link(document)),
        element("p", escape(document["standfirst"] or ""), "lead"),
        element("p", escape(by(document)), "small"),
        video(lead_video) if lead_video else photo(lead_photo) if lead_photo else "",
        blocks(with_dateline(document)),
        *map(_update, around.update_cards(shown)[:MOST_UPDATES]),
        *(correction(note, document["language"]) for note in document["corrections"]),
        element("p", escape(ai_words(document)), "small"),
        "".join(paragraph(other["web_url"], other["headline"]) for other in document["related"]),
    ]
    return one(document, document["headline"], document["standfirst"] or "", parts)


def _update(card: dict) -> str:
    """An update of a live story: when it was, and its title, above its text."""
    at = f"{card['published_at'][:10]} {card['published_at'][11:16]} UTC"
    parts = [
        element("h3", escape(card["title"] or "")),
        element("p", escape(at), "small"),
        photo(card["photo"]) if card["photo"] else "",
        styled(card["text_html"] or ""),
    ]
    return "".join(parts)


def one(document: dict, title: str, preheader: str, parts: Iterable[str]) -> bytes:
    rows = [masthead(), cell("".join(parts), "padding-bottom:24px;", document["language"])]
    return message(title, preheader, document["language"], rows)


def heading_link(document: dict) -> str:
    return anchor(document["web_url"], escape(document["headline"]), f"color:{INK};text-decoration:none;")


def by(document: dict) -> str:
    """Who has written it, and when."""
    return " · ".join(filter(None, [document.get("byline"), (document["published_at"] or "")[:10]]))


def with_dateline(document: dict) -> list[dict]:
    """The body, with the place that a story is from before its first words."""
    first, *others = document["body"] or [None]
    if not (first and document["dateline"] and first["type"] == "paragraph"):
        return document["body"]
    return [{**first, "html": f"{escape(document['dateline'])} — {first['html']}"}, *others]


def correction(note: dict, language: str) -> str:
    name = f"{escape(correction_name(note['type'], language))}, {note['published_at'][:10]}:"
    words = f"<strong>{name}</strong> {escape(note['text'])}"
    return box(element("p", words), f"padding:16px 16px 0 16px;border:1px solid {LINE};")


def blurb(shown: Shown) -> bytes:
    document = shown.document
    text = document["text"]
    return one(document, document.get("title") or shortened(text), text, [_blurb(document)])


def _blurb(document: dict) -> str:
    source, story = document["source"], document["article"]
    parts = [
        element("p", escape(document["label"] or ""), "kicker"),
        element("h2", escape(document["title"] or ""), "title"),
        photo(document["photo"]) if document["photo"] else "",
        styled(document["text_html"] or ""),
        video(document["video"]) if document["video"] else "",
        paragraph(source["url"], source["name"]) if source and source["url"] else "",
        paragraph(story["web_url"], story["headline"]) if story else "",
        element("p", escape(by(document)), "small"),
        element("p", escape(ai_words(document)), "small"),
    ]
    return "".join(parts)


def film(shown: Shown) -> bytes:
    document = shown.document
    transcript = document["transcript_html"]
    parts = [
        element("p", escape(document["label"] or ""), "kicker"),
        element("h1", heading_link(document)),
        element("p", escape(document["standfirst"] or ""), "lead"),
        element("p", escape(by(document)), "small"),
        video(document),
        styled(transcript) if transcript else "",
        element("p", escape(ai_words(document)), "small"),
    ]
    return one(document, document["headline"], document["standfirst"] or "", parts)


# A newsletter


def newsletter(cards: Sequence[dict]) -> bytes:
    """The cards of a list, one below the other."""
    languages = [language_of(card) for card in cards] or [ours.known().language]
    language = max(dict.fromkeys(languages), key=languages.count)
    names = [card.get("headline") or card.get("text") or "" for card in cards]
    rows = [masthead(), *(row for card in cards for row in (_ruled(), _card(card)))]
    return message(ours.known().name, " · ".join(filter(None, names[:3])), language, [*rows, _foot()])


def language_of(card: dict) -> str:
    return card.get("language") or settings.CONTENT_LANGUAGE


def _ruled() -> str:
    return cell(RULE)


def _foot() -> str:
    return cell(
        element("p", anchor(f"{settings.FRONT_URL}/", escape(ours.known().name)), "small"), "padding-bottom:24px;"
    )


def _card(card: dict) -> str:
    """A card of any kind: a blurb's text, or what has a headline with its picture."""
    if "text_html" in card:
        return cell(_blurb(card), "", language_of(card))
    picture = card.get("lead_photo") or (card.get("lead_video") or {}).get("poster") or card.get("poster")
    parts = [
        photo(picture, address=card["web_url"], crop=CARD_CROP, note="") if picture else "",
        element("p", escape(card.get("kicker") or card.get("label") or ""), "kicker"),
        element("h2", heading_link(card), "title"),
        element("p", escape(card.get("standfirst") or "")),
        element("p", escape(by(card)), "small"),
    ]
    return cell("".join(parts), "", language_of(card))
