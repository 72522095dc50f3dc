"""Players of other sites, as they are written: frames, old plug-ins, and the elements of AMP."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from newsroom.body.elements import says_nothing
from newsroom.body.lines import Marks
from newsroom.body.pieces import Player, player

if TYPE_CHECKING:
    from newsroom.body.reading import Reader

PAGES = {
    "amp-youtube": "https://www.youtube.com/watch?v={}",
    "lite-youtube": "https://www.youtube.com/watch?v={}",
    "amp-vimeo": "https://vimeo.com/{}",
    "lite-vimeo": "https://vimeo.com/{}",
    "amp-dailymotion": "https://www.dailymotion.com/video/{}",
    "amp-twitter": "https://twitter.com/i/status/{}",
    "amp-instagram": "https://www.instagram.com/p/{}/",
    "amp-facebook": "{}",
    "oembed": "{}",
}
OF_AMP = (
    "amp-3d-gltf", "amp-3q-player", "amp-apester-media", "amp-brid-player", "amp-brightcove", "amp-embedly-card",
    "amp-facebook-page", "amp-gist", "amp-google-document-embed", "amp-imgur", "amp-jwplayer", "amp-kaltura-player",
    "amp-megaphone", "amp-ooyala-player", "amp-pinterest", "amp-playbuzz", "amp-reddit", "amp-soundcloud",
    "amp-tiktok", "amp-vine", "amp-wistia-player",
)  # fmt: skip
IDS = ("data-videoid", "videoid", "data-tweetid", "data-shortcode", "data-href", "url")
NAMES_A_PAGE = ("data-oembed-url", "data-href", "data-url", "data-video-url")
YOUTUBE_IDS = ("data-id", "data-videoid", "data-video-id", "data-youtube-id")
FILLED = frozenset({"data-attrs", "data-oembed-url"})
EMBED = re.compile(r"\b(?:embed|tweet|fb-post|fb-video|youtube-player)\b")


def frame(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    names = ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data-cmp-src", "data-original")
    addresses = [url for name in names if (url := (values.get(name) or "").strip()) and url != "about:blank"]
    for url in addresses:
        if made := player(f"https:{url}" if url.startswith("//") else url, values.get("title") or ""):
            made.title = "" if says_nothing(made.title) else made.title
            reader.end()
            reader.pieces.append(made)
            return
    reader.line.append((" ", ()))
    reader.lose("iframe", addresses[0] if addresses else "")


def old_player(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """<object> and <embed>, as players were written once."""
    if values.get("embedtype") == "image":  # of Wagtail
        reader.leave_out(node, "img", {"src": values.get("alt") or ""})
        return
    addresses = [values.get("data"), values.get("src"), values.get("url")]
    for inner in node.css("param, embed, iframe"):
        told = inner.attributes
        addresses += [told.get("src")] + ([told.get("value")] if told.get("name") in {"movie", "src"} else [])
    for url in filter(None, addresses):
        if made := player(f"https:{url}" if url.startswith("//") else url):
            reader.end()
            reader.pieces.append(made)
            return
    reader.line.append((" ", ()))
    kind = "picture" if re.search(r"\.(?:svg|png|jpe?g|gif)$", (addresses[0] or "").lower()) else "object"
    reader.lose(kind, next(filter(None, addresses), ""))


def of_the_id(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """A player, or a post, of which an element has the id alone (AMP, and what loads a player at a click)."""
    key = next(filter(None, map(values.get, IDS)), "")
    address = PAGES[node.tag].format(key) if key else ""
    if not player(address) or node.text(strip=True):
        reader.children(node, marks)
    if address:
        reader.address(address, marks)
    else:
        reader.line.append((" ", ()))
        reader.lose("object", node.tag)


def filled_by_script(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """An element that a script fills: the page that it names, where what stands in it is not what readers saw."""
    own = _page_of_json(values.get("data-attrs") or "")
    pages = [own, *(values.get(name) or "" for name in (*NAMES_A_PAGE, "data-src"))]
    if "youtube" in (values.get("class") or ""):
        pages += [PAGES["amp-youtube"].format(values[name]) for name in YOUTUBE_IDS if values.get(name)]
    pages = [f"https:{page}" if page.startswith("//") else page for page in pages]
    made = next((made for page in pages if (made := player(page))), None)
    if made:
        before = len(reader.pieces)
        if node.text(strip=True):
            reader.block(node, node.tag, marks, values)
        reader.end()
        if not any(isinstance(piece, Player) and piece.url == made.url for piece in reader.pieces[before:]):
            reader.pieces.append(made)
    elif any(child.is_element_node or child.text_content.strip() for child in _seen(node)):
        reader.block(node, node.tag, marks, values)
    elif page := next((page for page in pages[:-1] if page.startswith("http")), ""):
        reader.address(page, marks)
    else:
        reader.end()
        reader.lose("object", values.get("data-title") or values.get("id") or values.get("class") or "")


def _seen(node: Any) -> Iterator[Any]:
    """What stands in an element, comments apart."""
    return (child for child in node.iter(include_text=True) if child.is_element_node or child.is_text_node)


def _page_of_json(written: str) -> str:
    """The page in what Substack keeps of an embed."""
    try:
        told = orjson.loads(written)
    except orjson.JSONDecodeError:
        return ""
    url = told.get("url") or told.get("canonical_url") if isinstance(told, dict) else ""
    return url if isinstance(url, str) else ""


def is_filled_by_script(values: dict) -> bool:
    return bool(values.keys() & FILLED or EMBED.search(values.get("class") or ""))
