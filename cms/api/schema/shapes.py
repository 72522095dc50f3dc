"""How serializers become schemas.

Serializers are written for what comes in from the desk; here they are read for what goes out: every key is there, a
blank text is null, and a link is what stands in its place (fields.linked).
"""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.plumbing import ComponentIdentity, ResolvedComponent, append_meta
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from cms.api.fields import card_of, linked, names_shown
from cms.api.parameters import Schema
from cms.api.schema.words import about, told
from cms.api.searching import MatchSerializer
from cms.content.serializers import LinkField
from cms.publishing import kinds

LARGEST_INTEGER = 2**31 - 2  # a model's own bounds go further, and are another database's
PREVIEW_KEY: Schema = {
    "type": "boolean",
    "const": True,
    "description": "Only in a preview: this is the working copy, which readers do not see.",
}


EDITION_KEY: Schema = {
    "type": "integer",
    "description": "Only in lists that are asked with `changed_after`: the edition that last changed it.",
}


class ShapesSchema(SpectacularAutoSchema):
    """The part of an operation that is about what stands in JSON."""

    def register(self, name: str, schema: Schema) -> Schema:
        """Keep a schema as a component, and hand back a reference to it."""
        component = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, ComponentIdentity(name))
        self.registry.register_on_missing(component)
        return component.ref

    def shape(self, serializer: Any) -> Schema:
        """A reference to the component of a serializer."""
        return self.resolve_serializer(serializer, "response").ref

    def match(self) -> Schema:
        return append_meta(self.shape(MatchSerializer()), {"description": "Only with `search`."})

    def union(self, name: str, key: str, members: dict[str, Any], description: str) -> Schema:
        """One of several shapes, told apart by a key."""
        refs = {value: self.shape(serializer) for value, serializer in members.items()}
        mapping = {value: ref["$ref"] for value, ref in refs.items()}
        discriminator = {"propertyName": key, "mapping": mapping}
        union = {"description": description, "oneOf": list(refs.values()), "discriminator": discriminator}
        return self.register(name, union)

    def get_serializer_identity(self, serializer: Any, direction: str) -> Any:
        name = self._get_serializer_name(serializer, direction)
        if isinstance(serializer, PolymorphicProxySerializer):
            return ComponentIdentity(name)
        return ComponentIdentity((name, names_shown(serializer)))

    def _map_serializer(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> Schema:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        return {"description": "`kind` says which it is.", **schema} if "oneOf" in schema else schema

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        properties = {}
        for name in names_shown(serializer):
            properties[name] = self._map_serializer_field(serializer.fields[name], direction)
        required = list(properties)
        if getattr(serializer, "is_publishable", False) and required == list(serializer.Meta.fields):
            properties["preview"] = PREVIEW_KEY
        if getattr(serializer, "is_publishable", False) and not serializer.is_single:
            properties |= {"edition": EDITION_KEY, "match": self.match()}
        return {
            "type": "object",
            "description": about(type(serializer)),
            "properties": properties,
            "required": required,
        }

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Schema:
        own = dict(told(field.parent, field.field_name)) if field.field_name else {}
        words: Schema = {name: own.pop(name) for name in ("description", "examples") if name in own}
        nullable = own.pop("nullable", None)
        if "type" in own:
            schema: Schema = own
        else:
            schema = self._map(field, direction, bypass_extensions) | own
        schema.pop("x-spec-enum-id", None)
        if nullable and "null" not in schema.get("type", []):
            schema = append_meta(schema, {"nullable": True})
        if "enum" in schema:
            none = [None] if "null" in schema["type"] else []
            schema["enum"] = [value for value in schema["enum"] if value not in {"", None}] + none
        return append_meta(schema, words)

    def _map(self, field: Any, direction: str, bypass_extensions: bool) -> Schema:
        if getattr(field, "is_of_any_kind", False):
            cards = {kind.Meta.kind: card_of(kind) for kind in kinds.in_feed()}
            return {"type": "array", "items": self.union("AnyCard", "kind", cards, "`kind` says which it is.")}
        method = getattr(field.parent, f"get_{field.field_name}", None)
        shape = getattr(field, "shape", None) or getattr(method, "shape", None)
        if not shape:
            return super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.SerializerMethodField):
            made = self._map_response_type_hint(method)
        else:
            is_list = isinstance(field, serializers.ListField)
            made = {"type": "array" if is_list else "object", "nullable": field.allow_null and not is_list}
        if made["type"] == "array":
            return {"type": "array", "items": self.shape(shape)}
        return append_meta(self.shape(shape), {"nullable": made.get("nullable", False)})

    def _get_serializer_field_meta(self, field: Any, direction: str) -> Schema:
        """Its words, and whether it may be null. (Lengths and defaults are for what is sent in.)"""
        in_list = isinstance(field.parent, serializers.ListField | serializers.ListSerializer)
        is_list = isinstance(field, serializers.ListField | serializers.ListSerializer)
        may_be_blank = getattr(field, "allow_blank", False) and not in_list
        nullable = (field.allow_null or may_be_blank) and not is_list
        if field.field_name and told(field.parent, field.field_name).get("nullable") is False:
            nullable = False
        words = {"description": str(field.help_text)} if field.help_text else {}
        return {**words, "nullable": True} if nullable else words

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        """Validators are for what is sent in."""

    def _insert_min_max(self, field: Any, content: Schema) -> None:
        super()._insert_min_max(field, content)
        if content.get("maximum", 0) > LARGEST_INTEGER:
            del content["maximum"]


class LinkExtension(OpenApiSerializerFieldExtension):
    """A link is described as what readers get in its place."""

    target_class = LinkField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> Schema:
        return auto_schema.shape(linked(self.target))
