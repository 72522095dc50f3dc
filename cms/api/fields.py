"""Which fields readers' JSON has, as a tree read from the serializers, and the choice among them that `fields` is."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import msgspec
import orjson
from rest_framework import serializers

from cms.api import hints
from cms.api.errors import BadParameter
from cms.api.parameters import bad
from cms.content.serializers import LinkField, LinksField
from cms.publishing import kinds

FieldTree = dict[str, "FieldTree | None"]  # {field: what is below it, or None}
Serializer = type[serializers.BaseSerializer]

ALWAYS = ("kind", "id", "slug")
MOST_CHOICES = 64  # of fields, of which each has a class, that the collector of garbage has to pass


def names_shown(serializer: Any) -> tuple[str, ...]:
    """The fields of a serializer, or of its class, that readers see; a part of its own (see `part_of`)."""
    names = getattr(serializer, "names_shown", None) or getattr(getattr(serializer, "Meta", None), "fields", None)
    return tuple(names or (serializer() if isinstance(serializer, type) else serializer).fields)


@cache
def part_of(serializer: type[kinds.Kind], names: tuple[str, ...] | None) -> Any:
    """The serializer of a part of a kind's fields: a card, or what other things show of it."""
    if names is None or names == tuple(serializer.Meta.fields):
        return serializer
    base = serializer.__name__.removesuffix("Serializer")
    name = f"{base}{'Card' if serializer.is_publishable else 'Link'}Serializer"
    return type(name, (serializer,), {"names_shown": names, "__doc__": None})


def card_of(serializer: Any) -> Any:
    """The serializer of what lists show of a kind."""
    card_fields = getattr(getattr(serializer, "Meta", None), "card_fields", None)
    return part_of(serializer, tuple(card_fields)) if card_fields else serializer


def linked(field: LinkField) -> Any:
    """The serializer of what stands in a link's place."""
    target: Any = kinds.named(field.kind)
    if target.is_publishable:
        is_in_detail = field.whole_in_details and not hasattr(field.parent, "names_shown")
        return target if field.whole or is_in_detail else card_of(target)
    return part_of(target, tuple(getattr(target.Meta, "link_fields", target.Meta.fields)))


@cache
def tree_of(serializer: Serializer) -> FieldTree:
    """The fields of a serializer's answers."""
    fields = serializer().fields  # type: ignore[attr-defined] # the base of all has none, those in use do
    tree = {name: _below(serializer, name, fields[name]) for name in names_shown(serializer)}
    return {**tree, "edition": None} if getattr(serializer, "is_publishable", False) else tree


def _below(owner: type, name: str, field: Any) -> FieldTree | None:
    if shape := getattr(field, "shape", None):
        return tree_of(shape)
    if getattr(field, "is_of_any_kind", False):  # a list of whatever the feed shows
        return {name: below for kind in kinds.in_feed() for name, below in tree_of(card_of(kind)).items()}
    if isinstance(field, LinksField):
        return tree_of(linked(field.child)) | dict.fromkeys(field.child.placement)
    if isinstance(field, LinkField):
        return tree_of(linked(field))
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        return _below(owner, name, field.child)
    if isinstance(field, serializers.Serializer):
        return tree_of(type(field))
    if isinstance(field, serializers.SerializerMethodField):
        shape = getattr(getattr(owner, f"get_{name}", None), "shape", None)
        return tree_of(shape) if shape else None
    return None


Details = Callable[[], Mapping[str, FieldTree]]


def choose(paths: list[str], tree: FieldTree, details: Details = dict) -> FieldTree:
    """`headline,lead_photo.src` as {"headline": None, "lead_photo": {"src": None}}.

    `details` has the fields that things show at addresses of their own: whoever asks a list for one is told where.
    """
    chosen: FieldTree = {}
    for path in paths:
        below: FieldTree | None = tree
        place = chosen
        *ways, last = path.split(".")
        for name in [*ways, last]:
            if below is None or name not in below:
                raise _no_field(path, name, below or {}, details())
            below = below[name]
        for name in ways:
            inner = place.setdefault(name, {})
            if inner is None:
                break  # the whole of it was asked for already
            place = inner
        else:
            place[last] = None
    return _in_order(chosen, tree)


def _in_order(chosen: FieldTree, tree: FieldTree) -> FieldTree:
    """In the order in which a list's fields are told, however they were asked for."""
    return {name: chosen[name] for name in tree if name in chosen}


def _no_field(path: str, name: str, known: FieldTree, details: Mapping[str, FieldTree]) -> BadParameter:
    """What is wrong with a field: another is meant, or it stands in details alone."""
    first = path.partition(".")[0]
    if first not in known and (places := [where for where, tree in details.items() if name == first and first in tree]):
        text = f"Lists do not show {path[:64]!r}; ask {hints.listed(places)} for it, one by one."
        return bad("fields", text, known)
    near = hints.nearest(name, known, of_fields=True)
    return bad("fields", f"There is no field {path[:64]!r}.{f' Did you mean {near!r}?' if near else ''}", known)


def pick(data: Any, chosen: FieldTree | None) -> Any:
    """Only the chosen fields, and always kind, id and slug where there are any. What has no fields stays as it is."""
    if chosen is None:
        return data
    if isinstance(data, list):
        return [pick(element, chosen) for element in data]
    if not isinstance(data, dict):
        return data
    return {name: pick(value, chosen.get(name)) for name, value in data.items() if name in chosen or name in ALWAYS}


def picker(chosen: FieldTree) -> Callable[[str], orjson.Fragment]:
    """The same of kept JSON, of which the others are passed over and not read."""
    names = (*ALWAYS, *(name for name in chosen if name not in ALWAYS))
    read = _reader(names).decode
    parts = [(f"field_{place}", below) for place, name in enumerate(names) if (below := chosen.get(name))]

    def picked(written: str) -> orjson.Fragment:
        thing = read(written)
        for field, below in parts:
            if (part := getattr(thing, field)) is not msgspec.UNSET:
                setattr(thing, field, pick(orjson.loads(bytes(part)), below))
        return orjson.Fragment(msgspec.json.encode(thing))

    return picked


@lru_cache(maxsize=MOST_CHOICES)
def _reader(names: tuple[str, ...]) -> msgspec.json.Decoder:
    """Reads what has these fields, their values as they are written. What it does not have is left out."""
    fields = [
        (f"field_{place}", msgspec.Raw, msgspec.field(name=name, default=msgspec.UNSET))
        for place, name in enumerate(names)
    ]
    return msgspec.json.Decoder(msgspec.defstruct("Chosen", fields, gc=False))
