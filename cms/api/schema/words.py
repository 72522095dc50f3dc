"""What code cannot tell - what a field means, an example of it - an app tells in its schema.py."""

from typing import Any

from drf_spectacular.plumbing import get_doc
from rest_framework.serializers import BaseSerializer

from cms.api.parameters import Schema
from cms.content.serializers import KindSerializer, PublishableSerializer

EXAMPLE_SLUG = "flood-barrier-vote"

_told: dict[type, dict[str, Schema]] = {}
_about: dict[type, str] = {}


def says(description: str, example: Any = None, **schema: Any) -> Schema:
    """What readers of the description are told of a field. `nullable` and the rest win over what the code says."""
    examples = {} if example is None else {"examples": [example]}
    return {"description": description, **examples, **schema}


def tell(serializer: type[BaseSerializer], about: str = "", **fields: Schema) -> None:
    """Describe a serializer, and its fields, which its descendants have too."""
    _told.setdefault(serializer, {}).update(fields)
    if about:
        _about[serializer] = about


def told(serializer: Any, name: str) -> Schema:
    """What was told of a field of a serializer, or of one that it descends from."""
    for owner in type(serializer).__mro__:
        if name in _told.get(owner, {}):
            return _told[owner][name]
    return {}


def about(serializer: Any) -> str:
    """What was told of a serializer; of a part of its fields, what that is."""
    if "names_shown" in vars(serializer):
        what = "as lists show it" if serializer.is_publishable else "as other things show it"
        return f"{about(serializer.__base__).split('.')[0]}, {what}."
    return _about.get(serializer) or get_doc(serializer)


tell(
    KindSerializer,
    id=says("Never changes.", "0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10", format="uuid"),
    slug=says("The last part of its address; an old one leads here too.", EXAMPLE_SLUG, nullable=False),
    url=says("Its address in this API.", format="uri", nullable=False),
    web_url=says("Where the front end shows it.", format="uri", nullable=False),
)
tell(
    PublishableSerializer,
    published_at=says("The date to print and to sort by.", "2026-02-20T11:30:00Z", format="date-time"),
    updated_at=says("When readers last got another version of it.", "2026-02-20T13:05:00Z", format="date-time"),
)
