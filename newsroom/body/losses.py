"""What of an HTML text cannot be kept, in words: for the report of an import, and for whoever saves at the desk."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cms.publishing.notices import Notice, notice

LONGEST = 200  # characters of what a notice names

SENTENCES = {
    "picture": _("A picture is left out"),
    "audio": _("An audio clip is left out"),
    "video": _("A video is left out"),
    "iframe": _("An unknown player (iframe) is left out"),
    "embed": _("An unknown embed is kept as a link"),
    "object": _("An embedded object is left out"),
    "form": _("A form is left out; its text is kept"),
    "script": _("A script is left out"),
    "shortcode": _("A shortcode is left out"),
    "link": _("A link that leads to no web page is left out; its text is kept"),
    "block": _("A block that is not valid JSON is left out"),
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
}


def left_out(kind: str, what: str = "", caption: str = "") -> None:
    """Say that something is not kept, by its name or its address and the words below it."""
    if what.startswith("data:"):
        what = f"{what[:30]}…"
    named = ", ".join(part for part in (what[:LONGEST], f"“{caption[:LONGEST]}”" if caption else "") if part)
    sentence: Any = SENTENCES[kind]
    notice(kind, format_lazy("{}: {}", sentence, named) if named else sentence)


def in_short(notices: Iterable[Notice]) -> str:
    """What was left out, by kind and number: "pictures (2), links (1)"."""
    counted = Counter(said.kind for said in notices)
    return ", ".join(f"{NAMES.get(kind, kind)} ({number})" for kind, number in counted.items())
