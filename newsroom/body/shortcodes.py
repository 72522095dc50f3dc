"""Which words in square brackets are shortcodes of WordPress and its like, and which a desk's own remarks."""

import re
from dataclasses import dataclass

# Names that are shortcodes without having a value; any name with one is.
SHORTCODES = frozenset({
    "gallery", "caption", "wp_caption", "embed", "audio", "video", "playlist", "youtube", "vimeo",
    "soundcloud", "spotify", "instagram", "twitter", "tweet", "facebook", "map", "googlemaps", "contact-form",
    "contact-form-7", "wpforms", "gravityform", "ninja_form", "formidable", "mc4wp_form", "newsletter_form",
    "poll", "slideshow", "slider", "rev_slider", "ngg_images", "nggallery", "slideshare", "scribd", "wpvideo",
    "videopress", "flickr", "dailymotion", "ted", "tiktok", "iframe", "button", "quote", "pullquote",
    "recipe", "toc", "ad", "ads", "sharethis", "follow",
})  # fmt: skip
NOTES = frozenset({"footnote", "ref", "fn", "efn_note", "mfn"})  # that stand in the text, to be read below it
OF_A_LINE = frozenset({
    "dropcap", "drop_cap", "highlight", "tooltip", "abbr", "sub", "sup", "color", "span", "popup", "glossary",
    "su_dropcap", "su_highlight", "su_tooltip", "su_label", "su_popup",
})  # fmt: skip
REMARKS = frozenset({"sic", "video", "audio", "quote", "button", "follow", "map", "ad", "ads"})  # of a desk's too
OPENING = re.compile(r"\[([a-zA-Z][\w-]{1,40})")
CLOSING = re.compile(r"\[/([a-zA-Z][\w-]{1,40})\]")
SHORTCODE = re.compile(
    r"(\[?)\[(/?)([a-zA-Z][\w-]{1,40})"
    r"((?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[“”″][^“”″]*[“”″]|[^\s\]\"']+)|\s+(?:\"[^\"]*\"|https?://[^\s\]]+))*)"
    r"\s*/?\](\]?)"
)


def paired(text: str) -> frozenset[str]:
    """Words in square brackets that are opened and closed in a text, whatever stands between."""
    return frozenset(OPENING.findall(text)) & frozenset(CLOSING.findall(text)) if "[/" in text else frozenset()


@dataclass(slots=True)
class Around:
    """A text with words in square brackets, looked through once: which are shortcodes shows in what stands around."""

    paired: frozenset[str]  # in all of the text that it is a part of
    opened: set[str]
    closed: dict[str, int]  # where each ends for the last time
    start: int  # of what is no blank
    end: int

    @classmethod
    def of(cls, data: str, paired: frozenset[str]) -> "Around":
        closed = {found[1]: found.start() for found in CLOSING.finditer(data)}
        return cls(paired, set(OPENING.findall(data)), closed, len(data) - len(data.lstrip()), len(data.rstrip()))

    def has_shortcode(self, found: re.Match) -> bool:
        name = found[3].lower()
        if name in SHORTCODES or "=" in found[4]:
            return not (name in REMARKS and not found[4] and not self._stands_alone(found))
        return (
            found[3] in self.paired
            or bool(found[2] and found[3] in self.opened)
            or self._is_closed_after(found)
            or (bool(found[2]) and ("_" in name or "-" in name))
        )

    def is_of_a_line(self, found: re.Match) -> bool:
        """Whether a shortcode goes around words of a line: by its name, or as it touches others."""
        name, text = found[3].lower(), found.string
        if name in OF_A_LINE or name in NOTES or name in SHORTCODES:
            return name not in SHORTCODES
        if found[2]:
            return text[found.end() : found.end() + 1].isalnum()
        return text[max(0, found.start() - 1) : found.start()].isalnum() and self._is_closed_after(found)

    def _is_closed_after(self, found: re.Match) -> bool:
        return self.closed.get(found[3], -1) >= found.end()

    def _stands_alone(self, found: re.Match) -> bool:
        """Whether nothing else is on its line; "[video]" in a sentence is a remark of the desk's."""
        return found[3] in self.closed or (found.start() <= self.start and found.end() >= self.end)
