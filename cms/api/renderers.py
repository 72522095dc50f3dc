"""How answers are written."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import orjson
import yaml
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OrjsonRenderer(BaseRenderer):
    """JSON. Stored documents go through as they are, as orjson.Fragment."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class YamlRenderer(BaseRenderer):
    media_type = "application/yaml"
    format = "yaml"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120).encode()


class ProblemRenderer(OrjsonRenderer):
    media_type = "application/problem+json"


class FormatRenderer(BaseRenderer):
    """One thing, or a list, in a form of its own. Whoever makes it hands it over as bytes (see formats.py)."""

    by_accept = True  # whether Accept may ask for it, as well as `format`
    headers: dict[str, str] = {}
    schema: dict[str, Any] = {"type": "string"}  # as OpenAPI tells of it

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data or b""


class JsonLdRenderer(FormatRenderer):
    """What search engines read: schema.org as JSON-LD."""

    media_type = "application/ld+json"
    format = "jsonld"
    charset = None
    schema = {
        "type": "object",
        "description": "schema.org as JSON-LD, which may stand in a page's script element as it is.",
        "properties": {"@context": {"type": "string", "const": "https://schema.org"}, "@type": {"type": "string"}},
        "required": ["@context", "@type"],
    }


class NinjsRenderer(FormatRenderer):
    """What news systems give each other: ninjs by IPTC, which has no media type of its own on IANA's list."""

    media_type = "application/vnd.iptc.ninjs+json"
    format = "ninjs"
    charset = None
    schema = {
        "type": "object",
        "description": "IPTC ninjs 3.1: http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        "properties": {"uri": {"type": "string", "format": "uri"}},
        "required": ["uri"],
    }


class MarkdownRenderer(FormatRenderer):
    """Plain text for people and machines."""

    media_type = "text/markdown"
    format = "md"
    charset = "utf-8"
    schema = {"type": "string", "description": "Markdown (CommonMark, with GitHub's tables), with YAML at its head."}


class EmailRenderer(FormatRenderer):
    """HTML as mail programs show it. Accept never gives HTML: a browser that follows a link names it too."""

    media_type = "text/html"
    format = "email"
    charset = "utf-8"
    by_accept = False
    schema = {"type": "string", "description": "HTML for mail programs."}
    # It is looked at in a browser, too, at an address beside the desk's.
    headers = {
        "Content-Security-Policy": "sandbox allow-popups; default-src 'none'; img-src * data:; "
        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }


OTHER_RENDERERS: tuple[type[FormatRenderer], ...] = (JsonLdRenderer, NinjsRenderer, MarkdownRenderer, EmailRenderer)
NEGOTIABLE = [OrjsonRenderer.media_type, *(each.media_type for each in OTHER_RENDERERS if each.by_accept)]


LONGEST_ACCEPT = 1000  # characters that are looked at


def wanted(accept: str) -> tuple[str, ...]:
    """What an Accept allows of all that can be asked for by it, the best liked first.

    One that names nothing of it, as a browser's or an RSS reader's does, gets JSON: only who says so goes without. Of
    what is liked alike, what is named goes before what a wildcard lets through, and then what is named first.
    """
    return _wanted(accept[:LONGEST_ACCEPT])


@lru_cache(maxsize=1000)
def _wanted(accept: str) -> tuple[str, ...]:
    liked: dict[str, tuple[float, int]] = {}  # by media range: how much, and where it stands
    for place, part in enumerate(accept.lower().split(",")):
        media_range, *parameters = part.replace(" ", "").replace("\t", "").split(";")
        if media_range:
            liked[media_range] = _quality(parameters), place
    ranked = []
    for order, media_type in enumerate(NEGOTIABLE):
        ranges = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")  # the most exact word counts
        exactness, found = next(((2 - n, liked[name]) for n, name in enumerate(ranges) if name in liked), (-1, None))
        if found is None and media_type == OrjsonRenderer.media_type and not liked.keys() & set(NEGOTIABLE):
            exactness, found = 0, (0.0001, 0)
        if found and found[0] > 0:
            place = found[1] if exactness == 2 else 0
            ranked.append((-found[0], -exactness, place, order, media_type))
    forms = [media_type for *_, media_type in sorted(ranked)]
    usual = OrjsonRenderer.media_type
    return tuple(forms[: forms.index(usual) + 1] if usual in forms else forms)  # JSON there is everywhere


def is_for_json(accept: str) -> bool:
    """Whether an Accept means JSON wherever it is sent, as nearly all do."""
    return wanted(accept)[:1] == (OrjsonRenderer.media_type,)


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                return 1.0
    return 1.0


class ByFormatOrAccept(BaseContentNegotiation):
    """`format` chooses; without it Accept does, among what it may. Whether there is such a format, the view looks.

    Whatever else Accept says, the answer is JSON, unless it rules that out by name. Never HTML.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        usual = renderers[0]
        if asked := request.query_params.get("format"):
            chosen = next((renderer for renderer in renderers if renderer.format == asked), usual)
            return chosen, chosen.media_type
        if usual.media_type not in NEGOTIABLE:
            return usual, usual.media_type  # the one form that this address has, as a stream's
        there = {each.media_type: each for each in renderers if each is usual or getattr(each, "by_accept", False)}
        for media_type in wanted(request._request.META.get("HTTP_ACCEPT", "")):
            if media_type in there:
                return there[media_type], media_type
        raise NotAcceptable(not_acceptable(there))


def not_acceptable(media_types: Iterable[str]) -> str:
    """What to do where Accept rules out all that there is."""
    first, *others = media_types
    if not others:
        return f"JSON is what there is; allow {first} in Accept."
    return f"Allow one of these in Accept: {', '.join([first, *others])}."
