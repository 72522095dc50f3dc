"""How answers are written."""

import orjson
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer


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
        refused = [part.strip() for part in request.headers.get("Accept", "").lower().split(",")]
        for part in refused:
            media_type, _, parameters = part.partition(";")
            if media_type.strip() in {"application/json", "*/*"} and parameters.replace(" ", "") in {"q=0", "q=0.0"}:
                raise NotAcceptable("JSON is what there is; allow application/json in Accept.")
        return renderers[0], renderers[0].media_type
