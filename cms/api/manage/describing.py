"""What OpenAPI says of writing: made of each kind's own fields, as everything else below manage/."""

import inspect
from collections.abc import Mapping
from typing import Any

from django.db import models
from rest_framework import serializers

from cms.api.manage.lines import STATUSES, WITH_CHANGES, names_before
from cms.api.parameters import Schema, described
from cms.api.schema.words import told
from cms.content.serializers import LinkField, RowsField
from cms.files import StoredField
from cms.publishing import press
from cms.publishing.kinds import PublishableKind

TEXT: Schema = {"type": "string"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TEXTS: Schema = {"type": "array", "items": TEXT}
PROBLEM_WORDS = {
    400: "Something in it cannot be taken; `errors` says what, by its place in the body.",
    401: "There is no key, or one that is not valid.",
    403: "The key lacks the scope, or its account the right.",
    404: "There is nothing here.",
    405: "This method is not for here; `Allow` names those that are.",
    406: "`Accept` rules out everything that could be answered.",
    409: "It is not so that this can be done: there is one already, something uses it, or readers have had it.",
    412: "Somebody has changed it since. `newest` is how it stands, `etag` its version, `kept_aside` what you wrote.",
    413: "It is too large.",
    414: "The query is longer than 16 kB.",
    415: "It is neither JSON nor, where files are taken, a form.",
    422: "Something is to be done first; `errors` lists the checks. Or the Idempotency-Key came with another request.",
    428: "`If-Match` is missing.",
    429: "Too many requests; go on after `Retry-After` seconds.",
    500: "The fault is on the server, and has been logged.",
    503: "The database does not answer; try again after `Retry-After` seconds.",
}
ALWAYS = {400, 401, 403, 405, 406, 414, 429, 500, 503}
STATE_WORDS: dict[str, tuple[str, Schema]] = {
    "published_at": ("The date printed, or for which it is scheduled.", MOMENT),
    "updated_at": ("When readers last got another version.", MOMENT),
    "live_until": ("When readers lose it.", MOMENT),
    "scheduled_at": ("When a version goes live, or replaces the live one.", MOMENT),
    "withdrawn_at": ("Since when readers do not have it.", MOMENT),
    "withdrawn_reason": ("Why they do not.", {"type": "string", "enum": press.Reason.values}),
}
BODIES: dict[str, tuple[str, dict[str, tuple[str, Schema]], list[str]]] = {
    "publish": (
        "Bring its newest version before readers",
        {
            "published_at": ("The date to print; left out: now, or the one that it has.", MOMENT),
            "live_until": ("When it comes down by itself; null: never.", {**MOMENT, "type": ["string", "null"]}),
        },
        [],
    ),
    "schedule": (
        "Bring its newest version before readers at a moment to come",
        {
            "at": ("When; null cancels what was scheduled.", {**MOMENT, "type": ["string", "null"]}),
            "published_at": ("The date to print; left out: that moment.", MOMENT),
            "live_until": ("When it comes down by itself; null: never.", {**MOMENT, "type": ["string", "null"]}),
        },
        ["at"],
    ),
    "withdraw": (
        "Take it from readers, or cancel what was scheduled",
        {
            "reason": (
                "Why; it is told at its address.",
                {
                    "type": "string",
                    "enum": [reason for reason in press.Reason.values if reason != press.Reason.EXPIRED],
                    "default": press.Reason.WITHDRAWN,
                },
            )
        },
        [],
    ),
    "restore": (
        "Make an earlier version the working copy",
        {"version": ("Its number, which an `ETag` had.", {"type": "integer", "minimum": 1, "maximum": 10**18 - 1})},
        ["version"],
    ),
}
IF_MATCH = "The `ETag` that this change began from. Without it 428; where somebody was quicker 412."
IDEMPOTENCY = "A word of your own. The same request under the same word is done once, and answered alike for 24 hours."

# What fields of a kind's own take, and the shapes that this names: whoever has such fields says it here.
TAKEN: dict[type[serializers.Field], Schema] = {}
SHAPES: dict[str, Schema] = {}


def property_of(text: str, schema: Schema, *, nullable: bool = False) -> Schema:
    kind = schema.get("type")
    if nullable and isinstance(kind, str):
        schema = {**schema, "type": [kind, "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {"description": text, **schema}


def object_of(about: str, properties: Mapping[str, Schema], required: list[str] | None = None) -> Schema:
    schema = {"type": "object", "description": about, "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": required} if required else schema


# What a kind's lines hold


def line_properties(serializer: Any) -> dict[str, Schema]:
    """The keys of a line that can be written, each with what it takes."""
    instance = serializer.shared_instance()
    if issubclass(serializer, PublishableKind):
        fields = {name: _of_field(field) for name, field in serializer.written().items()}
        if "body" in fields and "body_html" in serializer.Meta.fields:
            fields["body_html"] = TEXT
    else:
        composed = serializer.composed_fields
        fields = {
            name: _composed(serializer.Meta.model, composed[name])
            if name in composed
            else _of_column(serializer.Meta.model, name)
            for name in serializer.Meta.writable_fields
        }
    words = {name: told(instance, name).get("description") or f"As in an import: {name}." for name in fields}
    return {name: {**schema, "description": words[name]} for name, schema in fields.items()}


def _composed(model: type[models.Model], parts: Mapping[str, str]) -> Schema:
    """What stands in several columns, as one object; null where all of them are empty."""
    columns = {part: _of_column(model, column) for part, column in parts.items()}
    texts = {part for part, schema in columns.items() if schema == TEXT}
    shown = {part: {"type": ["string", "null"]} if part in texts else schema for part, schema in columns.items()}
    required = [part for part in parts if part not in texts]
    kind: Any = "object" if required else ["object", "null"]
    return {"type": kind, "properties": shown, "required": required, "additionalProperties": False}


def _of_field(field: Any) -> Schema:
    """What a key of what is published takes."""
    if own := next((schema for kind, schema in TAKEN.items() if isinstance(field, kind)), None):
        return own
    if isinstance(field, LinkField):
        return _link(field, nullable=field.allow_null)
    if isinstance(field, RowsField):
        return {"type": "array", "items": parts_of(field.child) if _has_parts(field.child) else _item(field.child)}
    if isinstance(field, StoredField):
        return {"type": ["string", "null"]}
    if isinstance(field, serializers.ChoiceField):
        return {"type": "string", "enum": [value for value in field.choices if value != ""]}
    if _has_parts(field):
        return {**parts_of(field), "type": ["object", "null"]}
    if inspect.isclass(shape := getattr(field, "shape", None)):
        return {**parts_of(shape()), "type": ["object", "null"]}
    plain: list[tuple[Any, Schema]] = [
        (serializers.BooleanField, {"type": "boolean"}),
        (serializers.IntegerField, {"type": ["integer", "null"]}),
        (serializers.CharField, {"type": ["string", "null"]} if field.allow_null else TEXT),
        (serializers.ListField, {"type": "array", "items": _item(getattr(field, "child", None))}),
        (serializers.DateTimeField, {"type": ["string", "null"]}),
    ]
    return next((schema for kind, schema in plain if isinstance(field, kind)), {})


def _item(field: Any) -> Schema:
    """What one of a list is."""
    return _link(field, nullable=False) if isinstance(field, LinkField) else {}


def _has_parts(field: Any) -> bool:
    return isinstance(field, serializers.Serializer)


def parts_of(serializer: Any, **fixed: Schema) -> Schema:
    """An object that stands in a line, such as a correction: what each of its keys takes. Some are `fixed`."""
    properties = {}
    for name, field in serializer.fields.items():
        schema = fixed.get(name) or _of_field(field)
        words = told(serializer, name).get("description")
        properties[name] = {**schema, "description": words} if words else schema
    required = [name for name, field in serializer.fields.items() if field.required and not field.allow_null]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _link(field: LinkField, *, nullable: bool) -> Schema:
    """A slug or an id, or where a place has words of its own an object that has it."""
    none = ["null"] if nullable else []
    if not field.placement:
        return {"type": ["string", *none]} if none else TEXT
    parts = {field.kind: TEXT, **{name: {"type": ["string", "null"]} for name in field.placement}}
    placed = {"type": "object", "properties": parts, "required": [field.kind], "additionalProperties": False}
    return {"anyOf": [TEXT, placed, *([{"type": "null"}] if none else [])]}


def _of_column(model: type[models.Model], name: str) -> Schema:
    """What a key of something shared takes."""
    column: Any = model._meta.get_field(name)
    if column.is_relation or isinstance(column, models.FileField | models.DateTimeField):
        return {"type": ["string", "null"]}
    plain: list[tuple[Any, Schema]] = [
        (models.BooleanField, {"type": "boolean"}),
        (models.IntegerField, {"type": "integer"}),
        (models.FloatField, {"type": "number", "minimum": 0, "maximum": 1}),
        (models.JSONField, {"type": "array", "items": {}}),
        (models.CharField | models.TextField, TEXT),
    ]
    return next((schema for kind, schema in plain if isinstance(column, kind)), {})


def state_properties(serializer: Any) -> dict[str, Schema]:
    """What an answer says besides the line."""
    if not issubclass(serializer, PublishableKind):
        state = property_of("`live` where readers see it, else `draft`.", {"type": "string", "enum": ["draft", "live"]})
        return {"state": state}
    states = {"type": "string", "enum": [*STATUSES, WITH_CHANGES]}
    return {
        **{name: property_of(text, schema, nullable=True) for name, (text, schema) in STATE_WORDS.items()},
        "stage": property_of("How far it has come on its way through the newsroom.", TEXT),
        "state": property_of("Where it stands between the desk and the readers.", states),
        "version": property_of("The number of the version, as `ETag` has it.", {"type": ["integer", "null"]}),
    }


def components(serializer: Any) -> dict[str, Schema]:
    """The shapes of one kind: what is sent, what is answered, and a page of these."""
    name = name_of(serializer)
    line = line_properties(serializer)
    key = property_of("A UUID, or any other text, which becomes one; left out: a new one.", {**TEXT, "maxLength": 200})
    answered = {
        "kind": property_of("What kind of thing it is.", {"type": "string", "const": serializer.Meta.kind}),
        "id": property_of("Never changes.", {"type": "string", "format": "uuid"}),
        **{name: schema for name, schema in line.items() if name != "body_html"},
        **{name: property_of("What leads to it besides.", TEXTS) for name in names_before(serializer)},
        **state_properties(serializer),
        "notices": property_of("What of the request is not kept.", TEXTS),
    }
    page = {
        "next": property_of("The next page; null at the end.", {"type": ["string", "null"], "format": "uri"}),
        "results": property_of("", {"type": "array", "items": ref(f"{name}Copy")}),
    }
    is_own = issubclass(serializer, PublishableKind) and any(
        isinstance(field, tuple(TAKEN)) for field in serializer.written().values()
    )
    return {
        **(SHAPES if is_own else {}),
        f"{name}Line": object_of(f"{name}, under the names of an import's line.", {"id": key, **line}),
        f"{name}Copy": {
            **object_of(f"{name}, as it stands at the desk.", answered),
            "required": ["kind", "id", "state"],
        },
        f"{name}CopyPage": object_of(
            "A page of a list.",
            {**page, "results": {**page["results"], "description": "The page's rows."}},
            ["next", "results"],
        ),
    }


def name_of(serializer: Any) -> str:
    return serializer.Meta.kind.title().replace("_", "")


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


# What can be asked


def path_item(view: Any, path: str, actions: Mapping[str, str]) -> Schema:
    """The operations at one address."""
    return {method: _operation(view, path, action) for method, action in actions.items() if method != "head"}


def _operation(view: Any, path: str, action: str) -> Schema:
    scope = view.scopes[action]
    kind = getattr(view, "serializer_class", None)
    name = name_of(kind) if kind else ""
    summaries = {
        "list": f"Every {name.lower()} that there is, drafts included",
        "retrieve": f"One {name.lower()}, as it stands at the desk",
        "create": f"Make a {name.lower()}" if kind else "Up to 100 requests at once",
        "partial_update": "Change some of it",
        "update": "Write it whole: what is left out is emptied",
        "destroy": "Delete it, where readers have never had it"
        if _is_published(kind)
        else "Delete it, where nothing uses it",
        **{verb: summary for verb, (summary, _keys, _required) in BODIES.items()},
    }
    text = f"Wants the scope `{scope}`." if scope else "Each of the requests is asked for the scope that it wants."
    operation: Schema = {
        "operationId": f"{_verb(action)}{name or 'Batch'}{ENDS.get(action, '')}",
        "summary": summaries[action],
        "description": text,
        "tags": ["manage"],
        "security": [{"key": []}],
        "parameters": _parameters(view, path, action),
        "responses": _responses(view, action, name),
    }
    if (body := _body(view, action, name)) is not None:
        operation["requestBody"] = body
    return operation


ENDS = {"list": "Copies", "retrieve": "Copy"}  # beside listArticles and getArticle, which are readers'


def _verb(action: str) -> str:
    return {"partial_update": "change", "update": "replace", "destroy": "delete", "retrieve": "get"}.get(action, action)


def _is_published(kind: Any) -> bool:
    return bool(kind) and issubclass(kind, PublishableKind)


def _parameters(view: Any, path: str, action: str) -> list[Schema]:
    parameters: list[Schema] = []
    if "{id}" in path:
        parameters.append(
            {"in": "path", "name": "id", "required": True, "description": "Its id, or its slug.", "schema": TEXT}
        )
    if action == "list":
        statuses = {"type": "array", "items": {"type": "string", "enum": list(view.statuses)}}
        orders = {"type": "string", "enum": list(view.orderings), "default": view.orderings[0]}
        sizes = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
        parameters += [
            described("status", statuses, "Only what stands so."),
            described(
                "search",
                {**TEXT, "minLength": 1, "maxLength": 200},
                "Only what has all of these words in its headline or name.",
            ),
            described("ordering", orders, "The order of the list."),
            described("page_size", sizes, "How many at once."),
            described("cursor", TEXT, "Where the page begins; `next` has it."),
        ]
    header = {"in": "header", "required": False, "schema": TEXT}
    if action in {"partial_update", "update", "destroy"}:
        parameters.append({**header, "name": "If-Match", "description": IF_MATCH})
    if action in BODIES:
        text = "The `ETag` of the version that is meant; left out: the newest."
        parameters.append({**header, "name": "If-Match", "description": text})
    if action == "create" or action in BODIES:
        schema = {**TEXT, "minLength": 1, "maxLength": 255}
        parameters.append({**header, "name": "Idempotency-Key", "description": IDEMPOTENCY, "schema": schema})
    return parameters


def _body(view: Any, action: str, name: str) -> Schema | None:
    if action in BODIES:
        _summary, keys, required = BODIES[action]
        properties = {key: property_of(text, schema) for key, (text, schema) in keys.items()}
        content = object_of(BODIES[action][0], properties, required)
        return {"required": bool(required), "content": {"application/json": {"schema": content}}}
    if action not in {"create", "update", "partial_update"}:
        return None
    if not name:
        return {"required": True, "content": {"application/json": {"schema": BATCH}}}
    types = {"application/json": {"schema": ref(f"{name}Line")}}
    if view.takes_files:
        form = {
            "type": "object",
            "properties": {
                "data": {"description": "The keys of a line, as JSON.", **TEXT},
                "file": {"description": "The file.", "type": "string", "format": "binary"},
            },
            "additionalProperties": True,
        }
        types["multipart/form-data"] = {"schema": form}
    return {"required": True, "content": types}


BATCH: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 100,
    "items": {
        "type": "object",
        "properties": {
            "method": {"type": "string", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
            "path": {"type": "string", "description": "Below /api/v1/manage/.", "maxLength": 2000},
            "body": {"description": "As the request's own."},
            "if_match": {"type": ["string", "integer", "null"], "description": "As the header."},
        },
        "required": ["method", "path"],
        "additionalProperties": False,
    },
}
RESULTS: Schema = {
    "type": "object",
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"status": {"type": "integer"}, "body": {}},
                "required": ["status", "body"],
            },
        }
    },
    "required": ["results"],
}


def _responses(view: Any, action: str, name: str) -> Schema:
    limits = {header: {"$ref": f"#/components/headers/{header}"} for header in ("RateLimit", "RateLimit-Policy")}
    tagged = {**limits, "ETag": {"$ref": "#/components/headers/ETag"}}
    if action == "destroy":
        good: Schema = {"204": {"description": "It is deleted.", "headers": limits}}
    else:
        shape = RESULTS if not name else ref(f"{name}CopyPage" if action == "list" else f"{name}Copy")
        status, headers = (
            ("201", tagged) if action == "create" and name else ("200", limits if action == "list" else tagged)
        )
        content = {"application/json": {"schema": shape}}
        good = {status: {"description": "How it stands now.", "headers": headers, "content": content}}
    problems = set(ALWAYS)
    if name and action not in {"list", "create"}:
        problems.add(404)
    if action != "list" and action != "retrieve":
        problems |= {409, 413, 415}
    if action in {"partial_update", "update", "destroy"}:
        problems |= {412, 428}
    if action in BODIES:
        problems |= {412, 422}
    if action == "create":
        problems.add(422)
    return {**good, **{str(status): problem(status) for status in sorted(problems)}}


def problem(status: int) -> Schema:
    content = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": PROBLEM_WORDS[status], "content": {"application/problem+json": content}}
