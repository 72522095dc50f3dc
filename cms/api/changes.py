"""The log of changes: what readers see changed, edition after edition."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api.caching import Answer
from cms.api.fields import pick
from cms.api.pagination import PageSizePagination, not_ahead
from cms.api.parameters import Schema, described, whole_number
from cms.api.views import PublicViewSet
from cms.content.serializers import api_url_of, rfc3339
from cms.publishing import kinds
from cms.publishing.models import Change
from cms.publishing.reading import Moment

MAX_CHANGES = 1000
MAX_EDITION = 10**10 - 1
LONGEST_WAIT = 25  # seconds: shorter than what proxies and browsers take for a server that has gone


class ChangeSerializer(serializers.Serializer):
    """What happened to one thing that readers see."""

    edition = serializers.IntegerField(help_text="Its number: each change is an edition of its own.")
    action = serializers.ChoiceField(Change.Action.values, help_text="What readers saw happen.")
    kind = serializers.CharField(help_text="What kind of thing changed.")
    id = serializers.UUIDField(help_text="Its id, which never changes.")
    slug = serializers.CharField(allow_null=True, help_text="Null for what has none, and where the law wants it so.")
    url = serializers.URLField(allow_null=True, help_text="Its address in this API.")
    at = serializers.DateTimeField(help_text="When.")
    previous_slug = serializers.CharField(allow_null=True, help_text="Where the change gave it another slug.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        names = [kind.Meta.kind for kind in kinds.all() if kind.Meta.path]
        return {**fields, "kind": serializers.ChoiceField(names, help_text=fields["kind"].help_text)}

    def to_representation(self, instance: Change) -> dict:
        """(Without the fields, which take three times as long; a page has up to a thousand.)"""
        kind = kinds.named(instance.kind)
        has_slug = any(field.name == "slug" for field in kind.Meta.model._meta.fields)
        name = instance.slug if has_slug else instance.key
        return {
            "edition": instance.edition,
            "action": instance.action,
            "kind": instance.kind,
            "id": str(instance.key),
            "slug": instance.slug or None,
            "url": api_url_of(kind, name) if name else None,
            "at": rfc3339(instance.at),
            "previous_slug": instance.previous_slug or None,
        }


def changes_after(written: str, moment: Moment) -> int:
    """The edition that `after` names: one that there has been."""
    edition = whole_number("after", written, 0, MAX_EDITION)
    not_ahead("after", edition, moment)
    return edition


class ChangesPagination(PageSizePagination):
    """The changes after an edition, oldest first. `next` is never null: it goes on from the last of them."""

    page_size, max_page_size = 100, MAX_CHANGES

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.begin(view)
        if "wait" in self.query:
            whole_number("wait", self.query["wait"], 1, LONGEST_WAIT)
        written, self.edition = self.query.get("after", "0"), view.moment.edition
        self.after = changes_after(written, view.moment)
        rows = list(queryset.filter(edition__gt=self.after, edition__lte=self.edition)[: self.page_size])
        self.last = rows[-1].edition if rows else self.after
        return rows

    def get_paginated_response(self, data: Any) -> Answer:
        return Answer({"edition": self.edition, "next": self.link(after=self.last), "results": data})

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        schema = {"type": "integer", "minimum": 0, "default": 0}
        after = described("after", schema, "Changes after this edition; 0 for all.")
        seconds: Schema = {"type": "integer", "minimum": 1, "maximum": LONGEST_WAIT}
        text = "Where there is nothing yet, answer when something happens, or when so many seconds have passed."
        return [*super().get_schema_operation_parameters(view), after, described("wait", seconds, text)]

    def get_paginated_response_schema(self, schema: Schema) -> Schema:
        following = "What comes after these; never null, so ask again later."
        return {
            "type": "object",
            "description": "Changes, oldest first.",
            "properties": {
                "edition": {"type": "integer", "description": "The newest edition there is."},
                "next": {"type": "string", "format": "uri", "description": following},
                "results": {**schema, "description": "The changes, by their edition."},
            },
            "required": ["edition", "next", "results"],
        }


class ChangesViewSet(PublicViewSet):
    """What changed, in order, withdrawals included: for static builds, mirrors and pollers.

    Begin with `after=0` and follow `next`; an empty answer is up to date, and its `next` is where to ask again later.
    """

    path = "changes"
    queryset = Change.objects.order_by("edition")
    serializer_class = ChangeSerializer
    pagination_class = ChangesPagination

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.get_serializer(self.get_page(), many=True).data
        return self.get_paginated_response([pick(row, self.fields) for row in rows])
