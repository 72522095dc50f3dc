"""How answers are written."""

import re

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer

REFUSAL = re.compile(r";q=0(\.0*)?(;|$)")


class OrjsonRenderer(BaseRenderer):
    """JSON. Stored documents go through as they are, as orjson.Fragment."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return b"" if data is None else orjson.dumps(data)


class ProblemRenderer(OrjsonRenderer):
    media_type = "application/problem+json"


class AlwaysJson(BaseContentNegotiation):
    """Whatever Accept says, the answer is ours, unless it rules out JSON by name. Never HTML."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        said = {}
        for part in request.headers.get("Accept", "").lower().split(","):
            media_type, _, parameters = part.replace(" ", "").partition(";")
            said[media_type] = not REFUSAL.search(f";{parameters}")
        for media_type in ("application/json", "application/*", "*/*"):  # the most exact word counts
            if media_type in said:
                if not said[media_type]:
                    raise NotAcceptable("JSON is what there is; allow application/json in Accept.")
                break
        return renderers[0], renderers[0].media_type
