"""Query parameters: which there are, how often each may stand, and form fields that read their values.

A view says what it takes once, as OpenAPI writes it: its filter backends, its pagination and its own mixins each have
`get_schema_operation_parameters`. `Query.read` refuses what is not among these, so the description cannot lie.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from cms.api import hints
from cms.api.errors import BadParameter
from cms.database.fields import fold
from cms.text import moments

Schema = dict[str, Any]

MAX_MEMBERS = 100
MAX_VALUE = 10_000  # characters
UNESCAPED_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", re.ASCII)  # it arrives as a space
LEAP_SECOND = re.compile(r".{11}\d\d:\d\d:60")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
MEMBER = r"^[^,\u0000]*[^,\s\u0000][^,\u0000]*$"  # of a list: not empty, and without the comma that ends it
STRINGS: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": MEMBER},
    "minItems": 1,
    "maxItems": MAX_MEMBERS,
}
BOTH_WAYS = "With commas between them or repeated: `a,b` is the same as `a` and `b` given one by one."


def described(name: str, schema: Schema, description: str) -> Schema:
    """A query parameter as OpenAPI writes it. Of a list each member may stand by itself, or all with commas."""
    parameter = {"in": "query", "name": name, "description": description, "schema": schema}
    if schema.get("type") != "array":
        return parameter
    return {**parameter, "description": f"{description} {BOTH_WAYS}", "style": "form", "explode": True}


class Query:
    """A request's parameters, each of them known and written as it may be."""

    def __init__(self, values: dict[str, list[str]], several: frozenset[str]):
        self.values, self.several = values, several
        self._members: dict[str, list[str]] = {}

    @classmethod
    def read(cls, sent: Iterable[tuple[str, list[str]]], allowed: Mapping[str, bool]) -> "Query":
        """What was sent. `allowed` are the parameters that there are, and whether each takes several values."""
        values = dict(sent)
        for name, written in values.items():
            if name not in allowed:
                raise unknown(name, allowed)
            if len(written) > 1 and not allowed[name]:
                raise BadParameter(name, "repeated-parameter", f"Give {name} once.")
            for value in written:
                if not value.strip():
                    raise bad(name, f"{name} is empty; give it a value or leave it out.")
                if len(value) > MAX_VALUE:
                    raise bad(name, "This value is too long.")
        return cls(values, frozenset(name for name in values if allowed[name]))

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __getitem__(self, name: str) -> str:
        """The value of a parameter that stands once."""
        return self.values[name][0]

    def get(self, name: str, default: str = "") -> str:
        return self.values[name][0] if name in self.values else default

    def members(self, name: str) -> list[str]:
        """The values of a parameter, each once, however the list of them was written."""
        if name not in self.several:
            return self.values[name]
        if name not in self._members:
            self._members[name] = members(name, self.values[name])
        return self._members[name]

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """All of it as it was sent, for links that repeat it."""
        return [(name, value) for name, written in self.values.items() for value in written]


def bad(name: str, message: str, allowed: Iterable[str] | None = None) -> BadParameter:
    return BadParameter(name, "invalid-parameter", message, sorted(allowed) if allowed else None)


def unknown(name: str, allowed: Iterable[str]) -> BadParameter:
    """Another is meant, or it belongs elsewhere."""
    near = hints.nearest(name, allowed)
    if near:
        hint = f". Did you mean {near!r}?"
    elif places := hints.places_of(name):
        hint = f"; {hints.listed(places)} {'takes' if len(places) == 1 else 'take'} it."
    else:
        hint = ". See /api/docs/."
    message = f"There is no parameter {name[:64]!r} here{hint}"
    return BadParameter(name, "unknown-parameter", message, sorted(allowed))


def members(name: str, written: list[str]) -> list[str]:
    """The members of a list that stands with commas, repeated, or both; each once."""
    parts = [value.split(",") for value in written]
    listed = dict.fromkeys(member.strip() for part in parts for member in part)
    if sum(map(len, parts)) > MAX_MEMBERS:
        raise bad(name, f"List at most {MAX_MEMBERS} values.")
    if "" in listed:
        raise bad(name, "A value in this list is empty; leave out the comma beside it.")
    return list(listed)


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """A value of a closed list."""
    if value not in allowed:
        raise none_of(name, value, allowed)
    return value


def none_of(name: str, value: str, allowed: Iterable[str]) -> BadParameter:
    near = hints.nearest_value(value, allowed)
    hint = f" Did you mean {near!r}?" if near else f" Write one of {', '.join(allowed)}."
    return bad(name, f"{value[:64]!r} is none of the values of {name}.{hint}", allowed)


def whole_number(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= most:
        raise bad(name, f"Write a whole number from {least} to {most}.")
    return int(value)


# How the values of filters are read: form fields, as django-filter asks them


class OneField(forms.Field):
    """One value, which is a text."""

    takes_several = False
    schema: Schema = {"type": "string", "pattern": r"\S"}

    def clean(self, value: list[str]) -> Any:
        return super().clean(value[0])


class NumberField(OneField):
    """A whole number, 0 or more."""

    schema = {"type": "integer", "minimum": 0}

    def to_python(self, value: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,10}", value):
            raise ValidationError("Write a whole number, such as 0.")
        return int(value)


class FoldedField(OneField):
    """A text without its capitals and accents. Of these alone nothing would be left, which everything contains."""

    def to_python(self, value: Any) -> str:
        folded = fold(value).strip()
        if not folded:
            raise ValidationError("Write at least one letter or digit.")
        return folded


class MomentField(OneField):
    """An RFC 3339 time, or a date; without a zone, in the site's. A leap second is none: no item has one.

    Of a time that the site's clocks show twice, the first; one that they skip is counted as if they did not.
    """

    schema = {"type": "string", "format": "date-time"}

    def to_python(self, value: Any) -> datetime:
        try:
            if value != value.strip() or LEAP_SECOND.match(value):
                raise ValueError
            return moments.read(UNESCAPED_PLUS.sub(r"\1+\2", value))
        except (ValueError, OverflowError):
            raise ValidationError("Write a time such as 2026-02-20T11:30:00Z, or a date such as 2026-02-20.") from None


class SeveralField(forms.Field):
    """Several values: with commas between them, or repeated."""

    takes_several = True

    def __init__(self, *, most: int = MAX_MEMBERS, **kwargs: Any):
        super().__init__(**kwargs)
        self.most = most

    @property
    def schema(self) -> Schema:
        return {**STRINGS, "maxItems": self.most}


class LanguagesField(SeveralField):
    """Language tags."""

    @property
    def schema(self) -> Schema:
        return {**super().schema, "items": {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"}}

    def validate(self, value: list[str]) -> None:
        for tag in value:
            if not LANGUAGE.fullmatch(tag):
                raise ValidationError(f"{tag[:64]!r} is no language tag; write one such as en or en-GB.")


class ClosedField(SeveralField):
    """Values of a closed list, which may be a function: of kinds it is known only when all apps are ready."""

    def __init__(self, *, choices: Iterable[str] | Callable[[], Iterable[str]], **kwargs: Any):
        super().__init__(**kwargs)
        self._choices = choices if callable(choices) else list(choices)

    @property
    def choices(self) -> list[str]:
        return list(self._choices() if callable(self._choices) else self._choices)

    @property
    def schema(self) -> Schema:
        return {"type": "array", "items": {"type": "string", "enum": self.choices}, "minItems": 1}

    def validate(self, value: list[str]) -> None:
        choices = self.choices
        for each in value:
            if each not in choices:
                raise NotAmong(each, choices)


class FlagField(OneField):
    """`true` or `false`."""

    schema = {"type": "boolean"}

    def to_python(self, value: Any) -> bool:
        if value not in FLAGS:
            raise NotAmong(value, FLAGS)
        return FLAGS[value]


FLAGS = {"true": True, "false": False}


class NotAmong(ValidationError):
    """A value that is not on a closed list."""

    def __init__(self, value: str, allowed: Iterable[str]):
        super().__init__("is none of these values", "invalid_choice")
        self.value, self.allowed = value, allowed


def read(name: str, field: forms.Field, values: list[str]) -> Any:
    """What a form field makes of a parameter's values."""
    try:
        return field.clean(values)
    except NotAmong as error:
        raise none_of(name, error.value, error.allowed) from None
    except ValidationError as error:
        raise bad(name, str(error.message)) from None
