"""What a line says of something shared, put into its columns."""

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import models

from cms.content.shared import Shared
from cms.notices import notice
from cms.publishing.kinds import SharedKind
from cms.transfer.lines import BadLine, former_slugs, notice_entities, read_moment
from cms.transfer.resolver import Names, has_slug

Related = Mapping[str, set[uuid.UUID]]  # those that are there, by kind

OTHER_NAMES = ("previous_slugs", "previous_ids")


class LineFiller:
    """Fills the items of one kind from lines."""

    def __init__(self, serializer: type[SharedKind], names: Names):
        self.names, self.kind, self.model = names, serializer.Meta.kind, serializer.Meta.model
        self.writable, self.composed = serializer.Meta.writable_fields, serializer.composed_fields
        self.has_file = "file" in self.writable

    def fill(self, item: Shared, given: dict, related: Related | None = None) -> None:
        """Put what a line says on an item, but its file. With `related`, what it names has to be among these."""
        for name, value in given.items():
            if name not in {"kind", "id", *OTHER_NAMES} and not (name == "file" and self.has_file):
                self._set(item, name, value, related)
        self.other_names(given)

    def other_names(self, given: dict) -> list[str]:
        """What else leads to a line's thing: slugs, or where it has none the ids under which it came in as well."""
        own, others = OTHER_NAMES if has_slug(self.model) else reversed(OTHER_NAMES)
        if given.get(others):
            notice("key", f"{others} is not kept; a {self.kind} has none")
        if has_slug(self.model):
            return former_slugs(given)
        names = given.get(own) or []
        if not isinstance(names, list) or not all(isinstance(name, str) and 0 < len(name) <= 200 for name in names):
            raise BadLine(f"{own}: write a list of ids")
        return names

    def _set(self, item: Shared, name: str, value: Any, related: Related | None) -> None:
        if name not in self.writable:
            raise BadLine(f"{name[:64]}: There is no such key; write {', '.join(self.writable)}.")
        if name in self.composed:
            self._set_parts(item, name, value)
            return
        field: Any = self.model._meta.get_field(name)
        if field.is_relation:
            setattr(item, field.attname, self._named(field.related_model.kind, name, value, related))
            return
        if value is None and not field.null:
            value = field.get_default()
        if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str | None):
            raise BadLine(f"{name}: write a text")
        if isinstance(field, models.DateTimeField):
            value = read_moment(name, value)
        notice_entities(name, value)
        setattr(item, name, read_value(field, value))

    def _set_parts(self, item: Shared, name: str, value: Any) -> None:
        """An object whose keys are columns of their own."""
        columns = self.composed[name]
        usual = {part: default_of(self.model, column) for part, column in columns.items()}
        may_be_left_out = {part for part, blank in usual.items() if blank == ""}
        value = dict.fromkeys(may_be_left_out) if value is None and may_be_left_out == columns.keys() else value
        if not isinstance(value, dict) or value.keys() | may_be_left_out != columns.keys():
            raise BadLine(f"{name}: write {orjson.dumps(usual).decode()}")
        for part, column in columns.items():
            given = value.get(part)
            if part in may_be_left_out and not isinstance(given, str | None):
                raise BadLine(f"{name}: write a text as its {part}")
            setattr(item, column, usual[part] if given is None else given)

    def _named(self, kind: str, name: str, value: Any, related: Related | None) -> uuid.UUID | None:
        if value is None:
            return None
        key = self.names.find(kind, value) if isinstance(value, str) else None
        if key is None or (related is not None and key not in related[kind]):
            raise BadLine(f'{name}: there is no {kind} "{str(value)[:64]}"')
        return key


def read_value(field: Any, value: Any) -> Any:
    """A value as its column holds it."""
    try:
        read = field.to_python(value)
    except ValidationError as error:
        raise ValidationError({field.name: error.messages}) from error
    is_whole = not isinstance(value, bool | float) or (value == read and not isinstance(value, bool))
    if isinstance(field, models.IntegerField) and not is_whole:
        raise BadLine(f"{field.name}: write a whole number")
    return read


def default_of(model: type[models.Model], column: str) -> Any:
    field: Any = model._meta.get_field(column)
    return field.get_default()


def foreign_keys(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


def column_values(item: models.Model) -> dict[str, Any]:
    """The columns of an item as they are now, but for its file."""
    return {field.attname: getattr(item, field.attname) for field in item._meta.concrete_fields if field.name != "file"}
