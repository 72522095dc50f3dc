"""What a tool is: its name, what it takes, who may use it, and what it does.

What it takes is told in the plainest JSON Schema there is, an object of texts, numbers, yes and no, and lists of texts:
clients drop tools, or whole servers, over anything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cms.api.models import Key
from cms.mcp.asking import Api, Refused
from cms.publishing import kinds

Schema = dict[str, Any]
YES_AND_NO = {"true": True, "false": False}


@dataclass(frozen=True)
class Caller:
    """Whoever uses a tool."""

    api: Api
    key: Key | None = None


@dataclass(frozen=True)
class Said:
    """What a tool says: words, and where they are the text of data, the data."""

    text: str
    data: dict | None = None


@dataclass(frozen=True)
class Tool:
    name: str
    title: str
    description: str  # in which {kinds} stands for whatever lists there are
    takes: Callable[[Key | None], Mapping[str, Schema]]  # by name; what a key adds to them
    act: Callable[[Caller, dict[str, Any]], Said]
    required: tuple[str, ...] = ()
    scope: str = ""  # of a key that may use it; empty: anybody may
    may: Callable[[Any], bool] = field(default=lambda account: True)  # whether an account can use it at all
    writes: bool = False
    is_seen: bool = False  # by readers, what it does

    def is_for(self, key: Key | None) -> bool:
        """Whether somebody may use it: a key with the scope, and an account that can."""
        return not self.scope or (key is not None and key.may(self.scope) and self.may(key.account))

    def told(self, key: Key | None) -> dict:
        """The tool as clients are told of it."""
        schema = {
            "type": "object",
            "properties": dict(self.takes(key)),
            "required": list(self.required),
            "additionalProperties": False,
        }
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description.replace("{kinds}", ", ".join(kind.Meta.path for kind in kinds.listed())),
            "inputSchema": schema,
            "annotations": self.annotations,
        }

    @cached_property
    def annotations(self) -> dict:
        """What it does to the world, for clients that ask their user before. None of it loses anything for good."""
        hints = {"title": self.title, "readOnlyHint": not self.writes, "openWorldHint": False}
        return {**hints, "destructiveHint": self.is_seen, "idempotentHint": self.is_seen} if self.writes else hints

    def use(self, caller: Caller, given: Any) -> Said:
        """Do it. Raises Refused, with what to do about it."""
        if not self.is_for(caller.key):
            raise Refused(self._refusal(caller.key))
        return self.act(caller, checked(given, self.takes(caller.key), self.required))

    def _refusal(self, key: Key | None) -> str:
        if key is None:
            return f'{self.name} needs a key with the scope "{self.scope}", sent as "Authorization: Bearer ...".'
        if not key.may(self.scope):
            return f'This key lacks the scope "{self.scope}", which {self.name} needs. Ask the newsroom for one.'
        return f"The account of this key may not do that ({self.name}). Ask the newsroom for the right."


def checked(given: Any, takes: Mapping[str, Schema], required: tuple[str, ...]) -> dict[str, Any]:
    """What was given to a tool, as its schema has it. Models write numbers as texts and lists with commas: let them."""
    if not isinstance(given, dict):
        raise Refused("The arguments are to be an object.")
    for name in given:
        if name not in takes:
            raise Refused(f"There is no argument {str(name)[:64]!r}. It takes: {', '.join(takes)}.")
    values = {name: _read(name, value, takes[name]) for name, value in given.items() if value is not None}
    if missing := [name for name in required if values.get(name, "") == ""]:
        raise Refused(f"Give {' and '.join(missing)}.")
    return values


def _read(name: str, value: Any, schema: Schema) -> Any:
    kind = schema["type"]
    if kind == "array":
        members = value.split(",") if isinstance(value, str) else value
        if isinstance(members, list) and all(isinstance(member, str | int) for member in members):
            texts = [str(member).strip() for member in members]
            return [_allowed(name, text, schema.get("items", {})) for text in texts if text]
    elif kind == "string" and isinstance(value, str | int | float) and not isinstance(value, bool):
        return _allowed(name, str(value).strip(), schema)
    elif kind == "integer" and not isinstance(value, bool):
        if isinstance(value, int | str) and str(value).strip().lstrip("-").isdecimal() and len(str(value)) < 19:
            return int(value)
    elif kind == "boolean" and (isinstance(value, bool) or str(value).lower() in YES_AND_NO):
        return value if isinstance(value, bool) else YES_AND_NO[value.lower()]
    elif kind == "object" and isinstance(value, dict):
        return value
    raise Refused(f"{name}: give {WORDS[kind]}.")


def _allowed(name: str, text: str, schema: Schema) -> str:
    if "enum" in schema and text not in schema["enum"]:
        raise Refused(f"{name}: {text[:64]!r} is none of {', '.join(schema['enum'])}.")
    return text


WORDS = {
    "array": "a list of texts",
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
}
