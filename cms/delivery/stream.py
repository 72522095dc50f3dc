"""The changes as Server-Sent Events: how each is written, and the answer that tells what there is so far.

Our own server goes on with it (waiting.py); under any other the answer ends, and a browser's EventSource asks again by
itself, with the last event that it had.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from cms.api import caching
from cms.api.caching import Holds
from cms.api.changes import ChangeSerializer, changes_after
from cms.api.parameters import Schema, described
from cms.api.views import PublicViewSet
from cms.publishing.models import Change

LAST_EVENT = "Last-Event-ID"
MEDIA_TYPE = "text/event-stream"
MOST = 250  # events of one answer, some 75 kB: so much may lie before a reader who takes nothing
ASK_AGAIN = 5000  # milliseconds after which a browser asks again where the answer has ended
GO_ON = 100  # and where there is more to be had at once
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the second is nginx's: send it on as it comes


def events(changes: Iterable[Change]) -> list[tuple[int, bytes]]:
    """Each change as an event, beside its edition."""
    show = ChangeSerializer().to_representation
    return [(change.edition, _event(show(change))) for change in changes]


def _event(row: dict[str, Any]) -> bytes:
    return f"id: {row['edition']}\nevent: {row['action']}\n".encode() + b"data: " + orjson.dumps(row) + b"\n\n"


def beginning(edition: int, retry: int) -> bytes:
    """What stands before the events: without data it is none itself, but from now on a browser knows where it is."""
    return f"retry: {retry}\nid: {edition}\n\n".encode()


class EventStreamRenderer(BaseRenderer):
    """Names the media type; what is refused is written as everywhere."""

    media_type, format, charset = MEDIA_TYPE, "events", None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data or b""


class ChangesStreamViewSet(PublicViewSet):
    """The changes as they happen, as Server-Sent Events."""

    path = "changes"
    takes_format = False
    renderer_classes = [EventStreamRenderer]
    serializer_class = ChangeSerializer
    queryset = Change.objects.order_by("edition")
    also_takes = LAST_EVENT

    @extend_schema(
        operation_id="streamChanges",
        summary="What changes, as it happens",
        description="Server-Sent Events, without end: `id` is the edition, `event` the action, `data` a row of "
        "`/api/v1/changes/` as JSON. Without `after` and `Last-Event-ID` it begins now. Every 15 seconds at least "
        "there is a line, a comment where nothing happens. A browser's `EventSource` comes again by itself and goes "
        "on where it was.",
        parameters=[
            OpenApiParameter(
                LAST_EVENT,
                OpenApiTypes.INT,
                OpenApiParameter.HEADER,
                description="The id of the last event that you had, as a browser sends it by itself. It takes the "
                "place of `after`.",
            )
        ],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def stream(self, request: Request) -> HttpResponse:
        """What has happened since; then it ends."""
        moment = self.moment
        asked = request.headers.get(LAST_EVENT, "").strip() or self.query.get("after")
        after = moment.edition if not asked else changes_after(asked, moment)
        told = events(self.get_queryset().filter(edition__gt=after, edition__lte=moment.edition)[:MOST])
        last = told[-1][0] if told else after
        retry = GO_ON if last < moment.edition else ASK_AGAIN
        content = beginning(after, retry) + b"".join(event for _, event in told)
        response = HttpResponse(content, content_type=MEDIA_TYPE, headers={**HEADERS, LAST_EVENT: str(last)})
        response.headers["ETag"] = caching.weak(hashlib.sha256(content).hexdigest()[:24])
        response.headers["X-Edition"] = str(moment.edition)
        if moment.is_current:
            holds = Holds(moment.edition, moment.changed, None, is_poll=True, is_once=True)
            response.holds = holds  # type: ignore[attr-defined]  # for the server, which keeps it
        return response

    @classmethod
    def get_schema_operation_parameters(cls, action: str) -> list[Schema]:
        schema = {"type": "integer", "minimum": 0}
        return [described("after", schema, "Begin behind this edition; 0 with the first that there was.")]
