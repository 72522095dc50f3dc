"""Which addresses there are below manage/: of every kind that has a place in the API, a new one's by itself."""

from collections.abc import Mapping
from typing import Any

from cms.api.manage.published import PublishedView
from cms.api.manage.shared import SharedFileView, SharedView
from cms.api.manage.views import KindView
from cms.publishing import kinds
from cms.publishing.kinds import PublishableKind

VERBS = ("publish", "schedule", "withdraw", "restore")


def view_of(serializer: Any) -> type[KindView]:
    """The view that a kind is written by: a new kind has one by itself."""
    if issubclass(serializer, PublishableKind):
        base: type[KindView] = PublishedView
    else:
        base = SharedFileView if "file" in serializer.Meta.writable_fields else SharedView
    return type(f"Manage{serializer.Meta.kind.title()}", (base,), {"serializer_class": serializer})


def managed() -> dict[str, type[KindView]]:
    """The view of each kind, by its place in the API."""
    return {kind.Meta.path: view_of(kind) for kind in kinds.listed()}


def routes(view: type[KindView]) -> Mapping[str, Any]:
    """What there is below a kind's address, and which methods each answers."""
    one: Any = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
    verbs = {f"/(?P<name>[^/]+)/{verb}": {"post": verb} for verb in VERBS if hasattr(view, verb)}
    return {"": {"get": "list", "post": "create"}, r"/(?P<name>[^/]+)": one, **verbs}
