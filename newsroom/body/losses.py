"""What of an HTML text cannot be kept, in words: for the report of an import, and for whoever saves at the desk."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms.notices import Notice, notice

LONGEST = 200  # characters of what a notice names
LONGEST_CAPTION = 1000  # of the words below it, which are nowhere else

SENTENCES = {
    "picture": _("A picture is left out"),
    "audio": _("An audio clip is left out"),
    "video": _("A video is left out"),
    "iframe": _("An unknown player (iframe) is left out"),
    "embed": _("An unknown embed is kept as a link"),
    "object": _("An embedded object is left out"),
    "form": _("A form is left out; the text between its fields is kept"),
    "script": _("A script is left out"),
    "shortcode": _("A shortcode is left out"),
    "link": _("A link that leads to no web page is left out; its text is kept"),
    "block": _("A block that is not valid JSON is left out"),
    "words": _("A text is empty, and the words beside it are left out"),
    "numbering": _("A list that counts down or skips numbers is numbered one by one here"),
}
NAMES = {
    "picture": _("pictures"),
    "audio": _("audio clips"),
    "video": _("videos"),
    "iframe": _("players (iframe)"),
    "embed": _("embeds"),
    "object": _("objects"),
    "form": _("forms"),
    "script": _("scripts"),
    "shortcode": _("shortcodes"),
    "link": _("links"),
    "block": _("blocks"),
    "words": _("words beside empty texts"),
    "numbering": _("numberings of lists"),
}


def left_out(kind: str, what: str = "", caption: str = "") -> None:
    """Say that something is not kept, by its name or its address and the words below it."""
    if what.startswith("data:"):
        what = f"{what[:30]}…"
    what = " ".join(what[: 2 * LONGEST].split())  # a notice is one line
    caption = caption if len(caption) <= LONGEST_CAPTION else f"{caption[:LONGEST_CAPTION]}…"
    named = ", ".join(part for part in (what[:LONGEST], f"“{caption}”" if caption else "") if part)
    sentence: Any = SENTENCES[kind]
    notice(kind, format_lazy("{}: {}", sentence, named) if named else sentence)


def in_short(notices: Iterable[Notice]) -> str:
    """What was left out, by kind and number: "pictures (2), links (1)"."""
    counted = Counter(said.kind for said in notices)
    return ", ".join(f"{NAMES.get(kind, kind)} ({number})" for kind, number in counted.items())
