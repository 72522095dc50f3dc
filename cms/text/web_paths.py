"""Where the front end shows things: paths with names in braces, filled in and recognised.

`/{section}/{yyyy}/{mm}/{slug}` is such a path. Between two slashes stands a name alone, or a text with names in it; a
name alone that there is nothing for is left out with its slash: a story without a section is at `/2026/11/its-slug`.
"""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from urllib.parse import quote, unquote

PARTS = {
    "slug": r"[^/]+",  # or the id of what has no slug
    "id": r"[0-9a-fA-F-]{32,36}",
    "yyyy": r"[0-9]{4}",
    "mm": r"[0-9]{2}",
    "dd": r"[0-9]{2}",
}
LINKED = r"[^/]+"  # any other: the slug of something that the thing is linked to, which not everything is
NAME = re.compile(r"\{([^{}/]*)\}")
WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
STRANGE = re.compile(r"[\s?#\\%\x00-\x1f\x7f]|//")


class WebPath:
    """A path with names in braces; an empty one is nowhere."""

    def __init__(self, text: str):
        self.text = text

    @cached_property
    def parts(self) -> list[str]:
        return NAME.findall(self.text)

    def fill(self, values: Mapping[str, object]) -> str:
        """The path of one thing, percent-encoded."""
        shown = {name: quote(str(values.get(name) or "")) for name in self.parts}
        return "".join(segment.format_map(shown) for segment, alone in self._segments if not alone or shown[alone])

    @cached_property
    def _segments(self) -> list[tuple[str, str]]:
        """What stands between the slashes, each with the one before it, and the name that stands there alone."""
        segments = self.text.split("/")[1:]
        return [
            (f"/{quote(segment, safe='{}')}", name[1] if (name := NAME.fullmatch(segment)) else "")
            for segment in segments
        ]

    def match(self, path: str) -> dict[str, str] | None:
        """What stands in the places of the names in a path, with or without a slash at its end."""
        found = _pattern(self.text).fullmatch(unquote(path)) if self.text else None
        return {name: value for name, value in found.groupdict().items() if value} if found else None

    def mistake(self) -> str:
        """What is wrong with it, in words that end a sentence; empty: nothing."""
        rest = NAME.sub("", self.text)
        strange = next((name for name in self.parts if not WORD.fullmatch(name)), None)
        twice = next((name for name in self.parts if self.parts.count(name) > 1), None)
        joined = next((name for name in self.parts if name not in PARTS and not self._is_alone(name)), None)
        if not self.text.startswith("/") or self.text.startswith("//"):
            return "begin it with a slash, one"
        if "{" in rest or "}" in rest:
            return "close its braces"
        if strange is not None:
            return f"there is no {{{strange}}}: write words such as {', '.join(f'{{{name}}}' for name in PARTS)}"
        if not {"slug", "id"}.intersection(self.parts):
            return "write {slug} or {id} in it, by which the thing is known"
        if twice:
            return f"write {{{twice}}} once"
        if joined:
            return f"write {{{joined}}} between two slashes, since not everything has one"
        if STRANGE.search(self.text):
            return "write a path alone: no spaces, no ?, # or %, and no empty part"
        return ""

    def _is_alone(self, name: str) -> bool:
        return f"{{{name}}}" in self.text.split("/")


@lru_cache(100)
def _pattern(text: str) -> re.Pattern[str]:
    """What recognises the paths that a text with names makes."""
    made = ""
    for segment in text.rstrip("/").split("/")[1:]:
        name = NAME.fullmatch(segment)
        if name and name[1] not in PARTS:
            made += f"(?:/(?P<{name[1]}>{LINKED}))?"
            continue
        at, written = 0, ""
        for found in NAME.finditer(segment):
            written += f"{re.escape(segment[at : found.start()])}(?P<{found[1]}>{PARTS[found[1]]})"
            at = found.end()
        made += f"/{written}{re.escape(segment[at:])}"
    return re.compile(f"{made}/?")
