"""How answers are written."""

import re
from collections.abc import Iterable
from typing import Any

import orjson
import yaml
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

NOT_JSON = "JSON is what there is; allow application/json in Accept."
REFUSAL = re.compile(r";q=0(\.0*)?(;|$)")


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


class AlwaysJson(BaseContentNegotiation):
    """Whatever Accept says, the answer is ours, unless it rules out JSON by name. Never HTML.

    Among the renderers of a view `format` chooses; whether there is such a one, the view looks.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        accepted = {}
        for part in request._request.META.get("HTTP_ACCEPT", "").lower().split(","):
            media_type, _, parameters = part.replace(" ", "").partition(";")
            accepted[media_type] = not REFUSAL.search(f";{parameters}")
        for media_type in ("application/json", "application/*", "*/*"):  # the most exact word counts
            if media_type in accepted:
                if not accepted[media_type]:
                    raise NotAcceptable(NOT_JSON)
                break
        usual, *others = renderers
        asked = request.query_params.get("format") if others else None
        chosen = next((renderer for renderer in others if renderer.format == asked), usual)
        return chosen, chosen.media_type
