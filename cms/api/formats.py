"""Answers in other forms than our JSON: JSON-LD, ninjs, Markdown and HTML for mail.

Each is made from readers' JSON at the request. What is to stand in it only the kind knows: its `other_formats` name a
function for each (of one thing), a list's view names one in `list_formats`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from django.utils.module_loading import import_string
from rest_framework.exceptions import NotFound
from rest_framework.renderers import BaseRenderer
from rest_framework.viewsets import GenericViewSet

from cms.api.parameters import Query, bad, one_of
from cms.api.renderers import OTHER_RENDERERS, FormatRenderer

logger = logging.getLogger(__name__)

UNSHOWABLE = "It cannot be shown at present. The newsroom's log says why."
UNSAFE = [(char.encode(), f"\\u{ord(char):04x}".encode()) for char in "<>&\u2028\u2029"]  # they stand in texts alone
OF_JSON = ("fields", "count")  # parameters that say what stands in JSON


class Shown:
    """One thing that is to be written: readers' JSON of it, the moment, and for how long what is made of it holds."""

    def __init__(
        self,
        document: dict,
        at: datetime,
        until: datetime | None = None,
        changed_at: datetime | None = None,
        *,
        is_current: bool = True,
    ):
        self.document, self.at, self.until, self.changed_at = document, at, until, changed_at
        self.is_current = is_current  # else kept JSON may show too much (see reading.Moment)

    def shows(self, until: datetime | None, changed_at: datetime | None) -> None:
        """Note that something else is shown with it: when that ends, and when it last changed."""
        self.until = min(filter(None, [self.until, until]), default=None)
        self.changed_at = max(filter(None, [self.changed_at, changed_at]), default=None)


def for_script(data: Any) -> bytes:
    """JSON that may stand in a page's <script> as it is, whatever its texts hold."""
    written = orjson.dumps(data)
    for text, escape in UNSAFE:
        written = written.replace(text, escape)
    return written


class FormatsMixin(GenericViewSet):
    """A view whose answers there are in other forms too."""

    list_formats: Mapping[str, str] = {}  # of lists: the dotted name of what writes one, by format
    query: Query

    @classmethod
    def writers(cls, action: str | None) -> Mapping[str, str]:
        """The dotted names of what writes an action's answer, by format."""
        return cls.list_formats if action == "list" else getattr(cls.serializer_class, "other_formats", {})

    @classmethod
    def renderers_of(cls, action: str | None) -> list[type[BaseRenderer]]:
        writers = cls.writers(action)
        return [*cls.renderer_classes, *(renderer for renderer in OTHER_RENDERERS if renderer.format in writers)]

    @classmethod
    def formats(cls, action: str | None) -> list[str]:
        return [renderer.format for renderer in cls.renderers_of(action)]

    def get_renderers(self) -> list[BaseRenderer]:
        return [renderer() for renderer in self.renderers_of(self.action)]

    @property
    def varies_by_accept(self) -> bool:
        """Whether Accept chooses among what this address answers."""
        if "format" in self.request.query_params:
            return False
        return any(getattr(renderer, "by_accept", False) for renderer in self.renderers_of(self.action))

    def check_format(self) -> None:
        """Refuse a format that there is not, and what chooses among JSON where another one is asked for."""
        if "format" in self.query:
            one_of("format", self.query["format"], self.formats(self.action))
        self.headers.update(getattr(self.request.accepted_renderer, "headers", {}))
        for name in OF_JSON:
            if self.is_in_other_form and name in self.query:
                form = self.request.accepted_renderer.format
                raise bad(name, f"{name} is for JSON; leave it out, or ask for format=json instead of {form}.")

    @property
    def is_in_other_form(self) -> bool:
        return isinstance(self.request.accepted_renderer, FormatRenderer)

    def written(self, shown: Shown | Sequence[dict]) -> bytes:
        """One thing, or the rows of a list, in the form that is asked for.

        Where that fails, for what an older release let in, readers are told as they are of what cannot be shown at all.
        """
        write: Callable[[Any], bytes] = import_string(self.writers(self.action)[self.request.accepted_renderer.format])
        try:
            return write(shown)
        except Exception as error:  # whatever is wrong with it
            logger.exception("%s cannot be written as %s", self.request.path, self.request.accepted_renderer.format)
            raise NotFound(UNSHOWABLE) from error
