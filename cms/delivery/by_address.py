"""What is asked for by its address alone, beside the API: Accept means nothing there, nor do parameters.

(But for the search that a feed is of.)
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from cms.api import caching
from cms.api.middleware import meant_by_door


class WrittenRenderer(BaseRenderer):
    """Bytes that are written already."""

    media_type = "*/*"
    format = "written"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data or b""


class ByAddress(BaseContentNegotiation):
    """The form stands in the address, so that Accept has nothing to choose."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Door(caching.EditionMixin):
    """What is asked for by its address alone, and written in the one form that this names."""

    schema = None  # it is no part of the API
    renderer_classes = [WrittenRenderer]
    content_negotiation_class = ByAddress
    is_poll = False  # whatever the parameters say

    tags: tuple[str, ...] = ()  # what a cache may purge all of these by, besides what purges the merged list

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.path = "feed"  # what is published, re-timed or withdrawn changes these as it changes that list

    @cached_property
    def meant(self) -> str:
        """What of the query means something here, as it was written."""
        return meant_by_door(self.request.path, self.request.META.get("QUERY_STRING", ""))

    @cached_property
    def question(self) -> bytes:
        return caching.question_of_address(self.request._request, self.meant)

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed_methods)}
