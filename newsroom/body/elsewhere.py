"""A body as HTML for programs that show stories elsewhere: one size of each picture, and links where players stand.

They know none of a page's styles and run nothing of it; what a player's frame would tell its provider of readers is
nobody's business. A photo has its credit in small letters, as no style sets it apart there.
"""

from django.utils.html import escape

from media.photos.markup import as_picture
from newsroom.body.page import SHOWN, player


def html_elsewhere(blocks: list[dict]) -> str:
    """A body that readers get, as HTML that is shown elsewhere."""
    return "".join(SHOWN_ELSEWHERE[block["type"]](block) for block in blocks)


def figure_elsewhere(photo: dict, link: str = "") -> str:
    """A photo with its caption and its credit; nothing until it has a size to show."""
    picture = as_picture(photo)
    if picture is None:
        return ""
    image = (
        f'<img src="{escape(picture.url)}" alt="{escape(picture.alt_text)}" '
        f'width="{picture.width}" height="{picture.height}">'
    )
    if link:
        image = f'<a href="{escape(link)}">{image}</a>'
    return f"<figure>{image}{_caption(escape(picture.caption), picture.credit_line)}</figure>"


def film_elsewhere(video: dict, *, is_named: bool = True) -> str:
    """A video: its player where the film is ours, else its picture, which leads to its page."""
    if video.get("sources"):
        credit = video.get("credit_line") or ""
        name = _link(video["web_url"], video["headline"]) if is_named else ""
        return f"<figure>{player(video)}{_caption(name, credit)}</figure>"
    poster = figure_elsewhere(video["poster"], video["web_url"]) if video["poster"] else ""
    credit = f" <small>{escape(video['credit_line'])}</small>" if video.get("credit_line") else ""
    named = f"<p>{_link(video['web_url'], video['headline'])}{credit}</p>" if is_named or credit else ""
    return poster + named


def story_elsewhere(story: dict) -> str:
    """A link to a story, or to whatever has a headline and a page."""
    return f"<p>{_link(story['web_url'], story['headline'])}</p>"


def _caption(caption_html: str, credit: str) -> str:
    parts = [caption_html, f"<small>{escape(credit)}</small>" if credit else ""]
    shown = " ".join(filter(None, parts))
    return f"<figcaption>{shown}</figcaption>" if shown else ""


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text or address)}</a>'


SHOWN_ELSEWHERE = {
    **SHOWN,
    "photo": lambda block: figure_elsewhere(block["photo"]),
    "gallery": lambda block: "".join(map(figure_elsewhere, block["photos"])),
    "video": lambda block: film_elsewhere(block["video"]),
    "related": lambda block: story_elsewhere(block["article"]),
    "embed": lambda block: f"<p>{_link(block['url'], block['title'])}</p>",
}
