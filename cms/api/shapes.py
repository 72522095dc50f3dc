"""Which fields readers' JSON has, as a tree, read from the serializers."""

from functools import cache
from typing import Any

from rest_framework import serializers

from cms.content.serializers import LinkField, LinksField
from cms.publishing import kinds

Tree = dict[str, "Tree | None"]


@cache
def tree_of(serializer_class: type[Any], names: tuple[str, ...] | None = None) -> Tree:
    """{field: None, or the tree below it} of a serializer's answers."""
    fields = serializer_class().fields
    shown = names or tuple(getattr(getattr(serializer_class, "Meta", None), "fields", fields))
    return {name: _below(serializer_class, name, fields[name]) for name in shown}


def link_shape(field: Any) -> tuple[type, tuple[str, ...] | None]:
    """What stands in a link's place: a serializer, and which of its fields."""
    target = kinds.named(field.kind)
    if target.is_publishable:
        return target, None if field.whole else tuple(target.Meta.card_fields)
    return target, tuple(getattr(target.Meta, "link_fields", target.Meta.fields))


def _below(owner: type[Any], name: str, field: serializers.Field) -> Tree | None:
    if shape := getattr(field, "shape", None):
        return tree_of(shape)
    if isinstance(field, LinksField):
        return tree_of(*link_shape(field.child)) | dict.fromkeys(field.child.placement)
    if isinstance(field, LinkField):
        return tree_of(*link_shape(field))
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return _below(owner, name, field.child)
    if isinstance(field, serializers.Serializer):
        return tree_of(type(field))
    if isinstance(field, serializers.SerializerMethodField):
        shape = getattr(getattr(owner, f"get_{name}", None), "shape", None)
        return tree_of(shape) if shape else None
    return None
