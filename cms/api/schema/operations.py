"""One operation: what can be asked at an address, and what is answered.

Parameters come from where DRF users look for them: filter backends, the pagination class, the view's own mixins.
"""

from typing import Any

from django.conf import settings
from drf_spectacular.plumbing import append_meta, force_instance, get_doc
from drf_spectacular.utils import PolymorphicProxySerializer

from cms.api import errors
from cms.api.fields import card_of
from cms.api.parameters import Schema
from cms.api.renderers import FormatRenderer
from cms.api.schema.shapes import ShapesSchema
from cms.api.schema.words import EXAMPLE_SLUG
from cms.api.searching import MeantSerializer

# The problems that each address may answer with, by their status: what that means.
PROBLEMS = {
    400: "A parameter, its value, or the query itself cannot be taken. `errors` says which, and why.",
    401: "The `Authorization` sent is not valid. Public reading needs none.",
    404: "There is nothing here: never was, not yet, or past the last page.",
    405: "Only GET, HEAD and OPTIONS are answered.",
    406: "`Accept` rules out everything that could be answered.",
    410: "Readers could see it once; it was withdrawn, or has expired.",
    414: "The query is longer than 16 kB.",
    500: "The fault is on the server, and has been logged.",
    503: "The database does not answer; try again after `Retry-After` seconds.",
}
ALWAYS_POSSIBLE = [400, 401, 405, 406, 414, 500, 503]
A_PAGE_AT_A_TIME = "A page at a time: follow `next` until it is null."
BY_ITS_ADDRESS = "The whole of it. `url` of every card and link leads here."
NOT_MODIFIED = "You have this answer already: `If-None-Match` names it, or it is older than `If-Modified-Since`."


def header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def response(name: str) -> Schema:
    return {"$ref": f"#/components/responses/{name}"}


class AutoSchema(ShapesSchema):
    """One operation, as drf-spectacular sees it, with the answers that all have."""

    view: Any

    @property
    def is_list(self) -> bool:
        return self.view.action == "list"

    @property
    def is_one(self) -> bool:
        """Whether it is of one thing, among several that it is told apart from by its address."""
        return "{" in self.path and not self.is_list

    @property
    def is_below(self) -> bool:
        """Whether it is a list that belongs to one thing."""
        return "{" in self.path and self.is_list

    @property
    def is_published(self) -> bool:
        kind = self.view.serializer_class
        return getattr(kind, "is_publishable", False) and (self.is_one or kind.is_single)

    @property
    def name(self) -> str:
        """The component of one thing."""
        return self._get_serializer_name(force_instance(self.view.serializer_class), "response")

    def get_operation_id(self) -> str:
        if self.is_list:
            return f"list{self.view.path.title()}"
        return f"get{self.name}"

    def get_summary(self) -> str:
        if self.is_list:
            return get_doc(type(self.view)).split("\n")[0].rstrip(".")
        return f"One {self.name.lower()}"

    def get_description(self) -> str:  # type: ignore[override] # the stubs know DRF's own generator
        if not self.is_list:
            return BY_ITS_ADDRESS if self.is_one else self.get_summary()
        return get_doc(type(self.view)).partition("\n")[2].strip() or A_PAGE_AT_A_TIME

    def get_tags(self) -> list[str]:
        return [self.view.path]

    def get_auth(self) -> list[Schema]:
        return [{}, {"key": []}, *([{"preview": []}] if self.is_published else [])]

    # Questions

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        of_id: Schema = {"schema": {"type": "string", "format": "uuid"}, "description": "Its id."}
        text = "Its slug, or its id. A former slug, and one in other capitals, is answered by 308."
        of_slug: Schema = {"schema": {"type": "string"}, "description": text}
        return [
            {"in": "path", "name": name, "required": True, **(of_id if name == "id" else of_slug)} for name in variables
        ]

    def _get_format_parameters(self) -> list[Schema]:
        return self.view.get_schema_operation_parameters(self.view.action)

    # Answers

    def get_response_serializers(self) -> Any:
        if self.view.serializer_class:
            return self.view.get_serializer_class()
        cards = {serializer.Meta.kind: card_of(serializer) for serializer in self.view.shown_classes()}
        return PolymorphicProxySerializer(f"{self.view.path.title()}Item", cards, "kind")

    def _get_paginator(self) -> Any:
        paginator = super()._get_paginator()
        if paginator:
            paginator.base_url = f"{settings.PUBLIC_URL}{self.path}".replace("{slug}", EXAMPLE_SLUG)
            paginator.is_searched = self.view.is_searched
            if paginator.is_searched:
                if not getattr(self.view, "shown_classes", None):  # what is published says so itself
                    paginator.match_schema = {"type": "object", "properties": {"match": self.match()}}
                meant = "Where a search finds nothing: what may have been meant; else null. Only with `search`."
                paginator.meant_schema = append_meta(
                    self.shape(MeantSerializer()), {"description": meant, "nullable": True}
                )
        return paginator

    def get_paginated_name(self, serializer_name: str) -> str:
        if self.is_below:
            return f"{self.view.path.title()}List"
        return f"{serializer_name.removesuffix('Card').removesuffix('Item')}List"

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        bodies["200"]["description"] = "What was asked for."
        for renderer in self.view.get_renderers():
            if isinstance(renderer, FormatRenderer):
                bodies["200"]["content"][renderer.media_type] = {"schema": renderer.schema}
        bodies["304"] = response("NotModified")
        if not self.view.has_edition:
            bodies["304"] = {"description": NOT_MODIFIED, "headers": bodies["200"]["headers"]}
        if (self.is_one or self.is_below) and self.view.lookup_field == "slug":
            bodies["308"] = response("Moved")
        is_numbered = self.is_list and "page" in self.view.parameters_of("list")
        problems = [
            *ALWAYS_POSSIBLE,
            *([404] if self.is_one or self.is_below or is_numbered else []),
            *([410] if (self.is_published and self.is_one) or self.is_below else []),
        ]
        return bodies | {str(status): response(problem_name(status)) for status in sorted(problems)}

    def _get_response_headers_for_code(self, status_code: str, direction: Any = "response") -> Schema:
        names = ["ETag", "Cache-Control", settings.CACHE_TAG_HEADER]
        names += ["X-Edition"] if self.view.has_edition else []
        names += ["Last-Modified"] if self.is_published else []
        return {name: header(name) for name in names}


def problem_name(status: int) -> str:
    """What the component of a problem is called: "not-found" is NotFound."""
    return errors.TITLES[status][0].title().replace("-", "")
