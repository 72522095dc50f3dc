"""The API's own description: OpenAPI 3.1, read from the views, filters and serializers that answer.

Serializers are written for what comes in from the desk; here they are read for what goes out: every key is there, a
blank text is null, and a link is what stands in its place (shapes.link_shape). What code cannot tell - what a field
means, an example of it - an app tells in its schema.py.
"""

import threading
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator as SpectacularGenerator
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.plumbing import ComponentIdentity, ResolvedComponent, append_meta, get_doc
from rest_framework import serializers

from cms.api import errors, shapes
from cms.api.authentication import REFUSAL
from cms.api.filters import STRINGS
from cms.content.serializers import KindSerializer, LinkField, PublishableSerializer
from cms.publishing import kinds
from cms.publishing.models import Change

Schema = dict[str, Any]

INTRODUCTION = Path(__file__).with_name("introduction.md")
OPENAPI = "3.1.0"
LARGEST_INTEGER = 2**31 - 2  # a model's own bounds go further, and are another database's


# What an app tells of its fields

_told: dict[type, dict[str, Schema]] = {}
_about: dict[type, str] = {}


def says(description: str, example: Any = None, **schema: Any) -> Schema:
    """What readers of the description are told of a field. `nullable` and the rest win over what the code says."""
    examples = {} if example is None else {"examples": [example]}
    return {"description": description, **examples, **schema}


def tell(serializer: type[Any], about: str = "", **fields: Schema) -> None:
    """Describe a serializer, and its fields, which its descendants have too."""
    _told.setdefault(serializer, {}).update(fields)
    if about:
        _about[serializer] = about


def told(serializer: Any, name: str) -> Schema:
    for owner in type(serializer).__mro__:
        if name in _told.get(owner, {}):
            return _told[owner][name]
    return {}


tell(
    KindSerializer,
    id=says("Never changes.", "0b9ff5a2-3d3c-4f39-9a3e-1f9a2f6d3d10", format="uuid"),
    slug=says("The last part of its address; an old one leads here too.", "flood-barrier-vote", nullable=False),
    url=says("Its address in this API.", format="uri", nullable=False),
    web_url=says("Where the front end shows it.", format="uri", nullable=False),
)
tell(
    PublishableSerializer,
    published_at=says("The date to print and to sort by.", "2026-02-20T11:30:00Z", format="date-time"),
    updated_at=says("When readers last got another version of it.", "2026-02-20T13:05:00Z", format="date-time"),
)


@cache
def variant(serializer: type[Any], names: tuple[str, ...] | None) -> type:
    """The serializer of a part of the fields: a card, or what others show of it."""
    meta = serializer.Meta
    if names is None or names == tuple(meta.fields):
        return serializer
    base = serializer.__name__.removesuffix("Serializer")
    ending, what = ("Card", "as lists show it") if serializer.is_publishable else ("Link", "as other things show it")
    kind = type(f"{base}{ending}Serializer", (serializer,), {"shown_names": names})
    tell(kind, f"{about(serializer).split('.')[0]}, {what}.")
    return kind


def about(serializer: type[Any]) -> str:
    return _about.get(serializer) or get_doc(serializer)


# What answers with which status

PROBLEMS = {
    400: ("BadRequest", "A parameter, its value, or the query itself cannot be taken. `errors` says which, and why."),
    401: ("Unauthorized", "The `Authorization` sent is not valid. Public reading needs none."),
    404: ("NotFound", "There is nothing here: never was, not yet, or past the last page."),
    405: ("MethodNotAllowed", "Only GET, HEAD and OPTIONS are answered."),
    406: ("NotAcceptable", "`Accept` rules out everything that could be answered."),
    410: ("Gone", "Readers could see it once; it was withdrawn, or has expired."),
    414: ("AddressTooLong", "The query is longer than 16 kB."),
    500: ("InternalError", "The fault is on the server, and has been logged."),
    503: ("Unavailable", "The database does not answer; try again after `Retry-After` seconds."),
}
NOT_MODIFIED = "You have this answer already: `If-None-Match` names it, or it is older than `If-Modified-Since`."
MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
ALWAYS_POSSIBLE = [400, 401, 405, 406, 414, 500, 503]

_example = errors.problem
PROBLEM_EXAMPLES = {
    400: _example(
        400,
        "unknown-parameter",
        errors.PARAMETER_TITLES["unknown-parameter"],
        "There is no parameter 'sectoin' here. Did you mean 'section'?",
        "/api/v1/articles/",
        [
            {
                "parameter": "sectoin",
                "code": "unknown-parameter",
                "message": "There is no parameter 'sectoin' here. Did you mean 'section'?",
                "allowed": ["byline", "count", "cursor", "fields", "section", "topic"],
            }
        ],
    ),
    401: _example(
        401,
        *errors.TITLES[401],
        REFUSAL,
        "/api/v1/feed/",
    ),
    404: _example(404, *errors.TITLES[404], "There is nothing at this address.", "/api/v1/articles/no-such-story/"),
    405: _example(405, *errors.TITLES[405], 'Method "POST" not allowed.', "/api/v1/feed/"),
    406: _example(
        406, *errors.TITLES[406], "JSON is what there is; allow application/json in Accept.", "/api/v1/feed/"
    ),
    410: _example(
        410,
        "gone",
        "It has been withdrawn",
        "It was here and has been withdrawn.",
        "/api/v1/articles/a-mistake/",
        reason="error",
        withdrawn_at="2026-02-21T08:00:00Z",
    ),
    414: _example(414, *errors.TITLES[414], "Keep the query under 16384 bytes.", "/api/v1/feed/"),
    500: _example(500, *errors.TITLES[500], "The fault is ours and has been logged; try again later.", "/api/v1/feed/"),
    503: _example(
        503, *errors.TITLES[503], "The database does not answer; try again in a few seconds.", "/api/v1/feed/"
    ),
}

PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong, and what to do about it (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "The kind of problem.", "examples": ["/problems/unknown-parameter"]},
        "title": {"type": "string", "description": "The kind of problem in words."},
        "status": {"type": "integer", "description": "The HTTP status again.", "examples": [400]},
        "detail": {"type": "string", "description": "What went wrong this time."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "errors": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/ProblemError"},
            "description": "One for each parameter that cannot be taken; empty for other problems.",
        },
    },
    "required": ["type", "title", "status", "detail", "instance", "errors"],
}
PROBLEM_ERROR: Schema = {
    "type": "object",
    "description": "One thing that is wrong, and what to write instead.",
    "properties": {
        "parameter": {"type": "string", "description": "Which query parameter."},
        "pointer": {"type": "string", "description": "Which place in the content that was sent (a JSON pointer)."},
        "code": {"type": "string", "description": "The kind of mistake, for programs."},
        "message": {"type": "string", "description": "What to do, for people."},
        "allowed": {
            "type": ["array", "null"],
            "items": {"type": "string"},
            "description": "All that could stand here, where that is a closed list.",
        },
    },
    "required": ["code", "message", "allowed"],
}
GONE_PROBLEM: Schema = {
    "description": "A problem that says why readers can no longer see something, and since when.",
    "allOf": [
        {"$ref": "#/components/schemas/Problem"},
        {
            "type": "object",
            "properties": {
                "reason": {"type": "string", "enum": ["withdrawn", "error", "duplicate", "legal", "expired"]},
                "withdrawn_at": {"type": ["string", "null"], "format": "date-time"},
            },
            "required": ["reason", "withdrawn_at"],
        },
    ],
}


def _header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def _problem_response(status: int) -> Schema:
    schema = "GoneProblem" if status == 410 else "Problem"
    answer: Schema = {
        "description": PROBLEMS[status][1],
        "content": {
            "application/problem+json": {
                "schema": {"$ref": f"#/components/schemas/{schema}"},
                "example": PROBLEM_EXAMPLES[status],
            }
        },
    }
    named = {401: "WWW-Authenticate", 405: "Allow", 503: "Retry-After"}.get(status)
    if named:
        answer["headers"] = {named: _header(named)}
    return answer


def headers() -> Schema:
    """Every header that answers carry, by its name."""
    texts = {
        "ETag": (
            "Send it back as `If-None-Match`, and nothing new is answered by 304.",
            'W/"5f1c0d2bd79c1a6e84f7"',
        ),
        "X-Edition": (
            "The number of the edition that the answer was made from; see `/api/v1/changes/`.",
            4711,
        ),
        "Cache-Control": (
            "How long the answer may be kept. Cut so that no cache outlives an embargo, an expiry or a licence.",
            "public, max-age=15, s-maxage=60, stale-while-revalidate=30, stale-if-error=86400",
        ),
        settings.CACHE_TAG_HEADER: ("Names what the answer shows, for a CDN's purge by tag.", "feed p17 p16"),
        "Last-Modified": ("When the answer last became another one.", "Fri, 20 Feb 2026 13:05:00 GMT"),
        "Location": ("The address of today.", f"{settings.PUBLIC_URL}/api/v1/articles/flood-barrier-vote/"),
        "Allow": ("The methods that are answered.", "GET, HEAD, OPTIONS"),
        "Retry-After": ("Seconds to wait.", 5),
        "WWW-Authenticate": ("The one scheme that there is, for previews.", 'Preview realm="preview"'),
    }
    return {
        name: {
            "description": text,
            "schema": {"type": "integer" if isinstance(example, int) else "string"},
            "example": example,
        }
        for name, (text, example) in texts.items()
    }


def responses() -> Schema:
    """The answers that many operations share."""
    labels = ["ETag", "X-Edition", "Cache-Control"]
    return {
        "NotModified": {
            "description": NOT_MODIFIED,
            "headers": {name: _header(name) for name in labels},
        },
        "Moved": {
            "description": "A former slug; `Location` has the address of today, your query with it.",
            "headers": {"Location": _header("Location")},
        },
        **{name: _problem_response(status) for status, (name, _) in PROBLEMS.items()},
    }


PREVIEW_KEY: Schema = {
    "type": "boolean",
    "const": True,
    "description": "Only in a preview: this is the working copy, which readers do not see.",
}
PREVIEW_SCHEME: Schema = {
    "type": "http",
    "scheme": "Preview",
    "description": "`Authorization: Preview <token>`, the token being that of a preview link made at the desk, shows "
    "the working copy of one item until the link ends. The answer has `preview: true`, is `private, no-store`, and has "
    "no `ETag`. An item without a slug is asked for by its id. Any other token is 401.",
}


# Parameters

BOTH_WAYS = "With commas between them or repeated: `a,b` is the same as `a` and `b` given one by one."
WORDS: Schema = {"type": "string", "minLength": 1}
COMMON_PARAMETERS: dict[str, tuple[Schema, str]] = {
    "page_size": ({"type": "integer", "minimum": 1}, "How many results a page has."),
    "cursor": (WORDS, "Where to go on, from an earlier answer's `next`. Follow that link instead of writing this."),
    "after": (WORDS, "What is newer than an earlier answer, from its `newer`. Follow that link instead."),
    "page": (
        {"type": "integer", "minimum": 1, "maximum": 10_000},
        "A page by its number, instead of `cursor`, as far as row 10,000. Walks that must not skip or repeat "
        "anything while others publish follow `next` instead.",
    ),
    "count": ({"type": "string", "enum": ["exact"]}, "`exact` adds `count`, how many match now."),
    "fields": (
        STRINGS,
        "Only these fields; a point leads into an object: `headline,lead_photo.src`. "
        "`kind`, `id` and `slug` always stay.",
    ),
    "ordering": ({"type": "string"}, "The order; a minus turns it round."),
    "format": ({"type": "string"}, "How the answer is written."),
}


def parameter(name: str, schema: Schema, description: str) -> Schema:
    """A query parameter. Of a list each member may stand by itself, or all with commas between them: it is the same."""
    told = {"in": "query", "name": name, "description": description, "schema": schema}
    if schema.get("type") != "array":
        return told
    return {**told, "description": f"{description} {BOTH_WAYS}", "style": "form", "explode": True}


class AutoSchema(SpectacularAutoSchema):
    """One operation: what can be asked at an address, and what is answered."""

    @property
    def is_list(self) -> bool:
        return self.view.action == "list"

    @property
    def name(self) -> str:
        """The component that the operation answers with, or lists."""
        return shown_by(self.view)[0].__name__.removesuffix("Serializer")

    def get_operation_id(self) -> str:
        return f"list{self.view.path.title()}" if self.is_list else f"get{self.name}"

    def get_summary(self) -> str:
        return get_doc(type(self.view)).split("\n")[0].rstrip(".") if self.is_list else f"One {self.name.lower()}"

    def get_description(self) -> str:
        return get_doc(type(self.view)).partition("\n")[2].strip() if self.is_list else ""

    def get_tags(self) -> list[str]:
        return [self.view.path]

    def get_auth(self) -> list[Schema]:
        return [{}, {"preview": []}] if self.has_preview else []

    @property
    def has_preview(self) -> bool:
        return not self.is_list and bool(getattr(self.view, "serializer_class", None)) and shown_is_published(self.view)

    # Questions

    def _get_parameters(self) -> list[Schema]:
        view = self.view
        found = [self._path_parameter()] if "{" in self.path else []
        filterset = getattr(view, "filterset_class", None) if self.is_list else None
        filters = filterset.base_filters if filterset else {}
        declared = sorted(filters.items(), key=lambda pair: pair[1].schema.get("format") == "date-time")  # dates last
        found += [self._filter(*pair) for pair in declared]
        return found + [self._common(name) for name in COMMON_PARAMETERS if name in self._common_names()]

    def _path_parameter(self) -> Schema:
        name = path_name(self.view)
        schema: Schema = {"type": "string", "format": "uuid"} if name == "id" else {"type": "string"}
        text = "Its id." if name == "id" else "Its slug. A former one, and one in other capitals, is answered by 308."
        return {"in": "path", "name": name, "required": True, "description": text, "schema": schema}

    def _filter(self, name: str, declared: Any) -> Schema:
        return parameter(name, declared.schema, declared.help)

    def _common_names(self) -> set[str]:
        view = self.view
        names = {"fields"} | set(view.paging if self.is_list else ())
        if self.is_list and getattr(view, "orderings", None):
            names.add("ordering")
        if not self.is_list and view.formats:
            names.add("format")
        return names

    def _common(self, name: str) -> Schema:
        schema, text = COMMON_PARAMETERS[name]
        if name == "page_size":
            schema = {**schema, "maximum": self.view.max_page_size, "default": self.view.page_size}
        elif name == "ordering":
            orderings = list(self.view.orderings)
            schema = {**schema, "enum": orderings, "default": orderings[0]}
        elif name == "format":
            schema = {**schema, "enum": list(self.view.formats), "default": self.view.formats[0]}
        elif name == "after" and self.view.path == "changes":
            schema, text = {"type": "integer", "minimum": 0, "default": 0}, "Changes after this edition; 0 for all."
        return parameter(name, schema, text)

    # Answers

    def _get_response_bodies(self, direction="response") -> Schema:
        is_one = "{" in self.path
        is_published = is_one and shown_by(self.view)[0].is_publishable
        names = ["ETag", "Cache-Control", settings.CACHE_TAG_HEADER]
        names += ["X-Edition"] if self.view.has_edition else []
        names += ["Last-Modified"] if is_published else []
        forms = ["json"] if self.is_list else self.view.formats or ["json"]
        found: Schema = {
            "200": {
                "description": "What was asked for.",
                "headers": {name: _header(name) for name in names},
                "content": {MEDIA_TYPES[form]: {"schema": self._answer()} for form in forms},
            },
            "304": {"$ref": "#/components/responses/NotModified"},
        }
        if not self.view.has_edition:
            found["304"] = {"description": NOT_MODIFIED, "headers": found["200"]["headers"]}
        problems = [*ALWAYS_POSSIBLE, *([404] if is_one or "page" in self.view.paging else [])]
        problems += [410] if is_published else []
        if is_one and path_name(self.view) == "slug":
            found["308"] = {"$ref": "#/components/responses/Moved"}
        for status in sorted(problems):
            found[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
        return found

    def _answer(self) -> Schema:
        if self.view.answer_component:
            return {"$ref": f"#/components/schemas/{self.view.answer_component}"}
        shown = shown_by(self.view)
        return self._list(shown) if self.is_list else self.shape(shown[0])

    def _list(self, shown: list) -> Schema:
        cards = [
            variant(serializer, tuple(serializer.Meta.card_fields)) if serializer.is_publishable else serializer
            for serializer in shown
        ]
        if len(cards) == 1:
            name, item = f"{self.name}List", self.shape(cards[0])
        else:
            place = self.view.path.title()
            members = {card.Meta.kind: card for card in cards}
            name, item = f"{place}List", self.union(f"{place}Item", "kind", members, "`kind` says which it is.")
        address = f"{settings.PUBLIC_URL}{self.path}"
        self.register(name, envelope(item, address, has_newer="after" in self.view.paging))
        return {"$ref": f"#/components/schemas/{name}"}

    def register(self, name: str, schema: Schema) -> None:
        kept = ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, ComponentIdentity(name))
        self.registry.register_on_missing(kept)

    def union(self, name: str, key: str, members: dict[str, type[Any]], description: str) -> Schema:
        """One of several shapes, told apart by a key."""
        refs = {value: self.shape(serializer) for value, serializer in members.items()}
        mapping = {value: ref["$ref"] for value, ref in refs.items()}
        schema = {
            "description": description,
            "oneOf": list(refs.values()),
            "discriminator": {"propertyName": key, "mapping": mapping},
        }
        self.register(name, schema)
        return {"$ref": f"#/components/schemas/{name}"}

    def shape(self, serializer: Any, names: tuple[str, ...] | None = None) -> Schema:
        """A reference to the component of a serializer, or of a part of its fields."""
        return self.resolve_serializer(variant(serializer, names) if names else serializer, "response").ref

    def get_serializer_identity(self, serializer, direction):
        return ComponentIdentity((self._get_serializer_name(serializer, direction), tuple(shown_names(serializer))))

    def _map_basic_serializer(self, serializer, direction):
        properties = {}
        for name in shown_names(serializer):
            properties[name] = self._map_serializer_field(serializer.fields[name], direction)
        required = list(properties)
        if getattr(serializer, "is_publishable", False) and required == list(serializer.Meta.fields):
            properties["preview"] = PREVIEW_KEY
        return {
            "type": "object",
            "description": about(type(serializer)),
            "properties": properties,
            "required": required,
        }

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        own = dict(told(field.parent, field.field_name)) if field.field_name else {}
        words = {name: own.pop(name) for name in ("description", "examples") if name in own}
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

    def _map(self, field, direction, bypass_extensions):
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

    def _get_serializer_field_meta(self, field, direction):
        """Whether it may be null. (Lengths and defaults are for what is sent in.)"""
        in_list = isinstance(field.parent, serializers.ListField | serializers.ListSerializer)
        is_list = isinstance(field, serializers.ListField | serializers.ListSerializer)
        may_be_blank = getattr(field, "allow_blank", False) and not in_list
        nullable = (field.allow_null or may_be_blank) and not is_list
        if field.field_name and told(field.parent, field.field_name).get("nullable") is False:
            nullable = False
        return {"nullable": True} if nullable else {}

    def _insert_field_validators(self, field, schema):
        """Validators are for what is sent in."""

    def _insert_min_max(self, field, content):
        super()._insert_min_max(field, content)
        if content.get("maximum", 0) > LARGEST_INTEGER:
            del content["maximum"]


def shown_by(view: Any) -> list[type[Any]]:
    """The serializers of what a view shows."""
    return list(getattr(view, "serializers", None) or [view.serializer_class])


def shown_is_published(view: Any) -> bool:
    return all(serializer.is_publishable for serializer in shown_by(view))


def shown_names(serializer: Any) -> tuple[str, ...]:
    """A serializer's fields that readers see."""
    names = getattr(serializer, "shown_names", None) or getattr(getattr(serializer, "Meta", None), "fields", None)
    return tuple(names or serializer.fields)


def path_name(view: Any) -> str:
    """What the last part of a detail's address is."""
    return "slug" if "slug" in shown_by(view)[0].Meta.fields else "id"


def envelope(item: Schema, address: str, *, has_newer: bool) -> Schema:
    """A page of a list."""
    link: Schema = {"type": ["string", "null"], "format": "uri"}
    newer = (
        "What has come, or has taken a new place, since the first page of this walk: ask for it now and then, to say "
    )
    newer += '"3 new stories". Null with `page`, `search` and orderings other than by `published_at`.'
    if not has_newer:
        newer = "Always null here: only lists of what is published have it."
    return {
        "type": "object",
        "description": "One page of a list.",
        "properties": {
            "next": {
                **link,
                "description": 'The next page, for "Show more"; null on the last. Follow it as it is.',
                "examples": [f"{address}?page_size=20&cursor=nd3dmT0Ks-I0cpgkWzMwNywi"],
            },
            "newer": {
                **link,
                "description": newer,
                "examples": [f"{address}?page_size=20&after=MqAMJHVuEt5sArcKMzA3" if has_newer else None],
            },
            "results": {"type": "array", "items": item, "description": "In the order that was asked for."},
            "count": {"type": "integer", "description": "How many match now. Only with `count=exact`."},
        },
        "required": ["next", "newer", "results"],
    }


class LinkExtension(OpenApiSerializerFieldExtension):
    """A link is described as what readers get in its place."""

    target_class = LinkField
    match_subclasses = True

    def map_serializer_field(self, auto_schema, direction):
        return auto_schema.shape(*shapes.link_shape(self.target))


# The whole

CHANGE_WORDS: dict[str, Schema] = {
    "edition": {"type": "integer", "description": "Its number: each change is an edition of its own."},
    "action": {"type": "string", "enum": Change.Action.values, "description": "What readers saw happen."},
    "kind": {"type": "string", "description": "What kind of thing changed."},
    "id": {"type": "string", "format": "uuid", "description": "Its id, which never changes."},
    "slug": {"type": ["string", "null"], "description": "Null for what has none, and where the law wants it so."},
    "url": {"type": ["string", "null"], "format": "uri", "description": "Its address in this API."},
    "at": {"type": "string", "format": "date-time", "description": "When."},
    "previous_slug": {"type": ["string", "null"], "description": "Where the change gave it another slug."},
}


def own_schemas() -> Schema:
    """The shapes that no serializer makes."""
    from cms.api.root import root

    names = [serializer.Meta.kind for serializer in kinds.all() if serializer.Meta.path]
    change = {**CHANGE_WORDS, "kind": {**CHANGE_WORDS["kind"], "enum": names}}
    link = {"type": "string", "format": "uri"}
    return {
        "Change": whole_object("What happened to one thing that readers see.", change),
        "ChangeList": whole_object(
            "Changes, oldest first.",
            {
                "edition": {"type": "integer", "description": "The newest edition there is."},
                "next": {**link, "description": "What comes after these; never null, so ask again later."},
                "results": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Change"},
                    "description": "The changes, by their edition.",
                },
            },
        ),
        "Root": whole_object("The address of every list.", dict.fromkeys(root(), link)),
        "OpenApi": {
            "type": "object",
            "description": "This description.",
            "properties": {"openapi": {"type": "string", "const": OPENAPI, "description": "Its version."}},
            "required": ["openapi"],
        },
        "Problem": PROBLEM,
        "ProblemError": PROBLEM_ERROR,
        "GoneProblem": GONE_PROBLEM,
    }


def whole_object(description: str, properties: Schema) -> Schema:
    return {"type": "object", "description": description, "properties": properties, "required": list(properties)}


class SchemaGenerator(SpectacularGenerator):
    """The whole document, in the order of the API's first page."""

    def coerce_path(self, path, method, view):
        path = super().coerce_path(path, method, view)
        return path.replace("{name}", f"{{{path_name(view)}}}") if "{name}" in path else path

    def get_schema(self, request=None, public=False):
        from cms.api.root import root

        autodiscover_modules("schema")  # what each app tells of its fields
        found = super().get_schema(request, public)
        components = found.get("components", {})
        components["schemas"] = dict(sorted((components.get("schemas", {}) | own_schemas()).items()))
        order = ["root", *root()]
        paths = sorted(found["paths"].items(), key=lambda pair: (order.index(pair[1]["get"]["tags"][0]), pair[0]))
        introduction = INTRODUCTION.read_text().replace("https://news.example.org", settings.PUBLIC_URL)
        return {
            "openapi": OPENAPI,
            "info": {**found["info"], "description": introduction},
            "servers": [{"url": settings.PUBLIC_URL}],
            "tags": [{"name": name} for name in order],
            "paths": dict(paths),
            "components": {
                "headers": headers(),
                "responses": responses(),
                "schemas": components["schemas"],
                "securitySchemes": {"preview": PREVIEW_SCHEME},
            },
        }


_documents: dict[str, Schema] = {}
_making = threading.Lock()


def document(public_url: str) -> Schema:
    """The description of the API at an address, made once: by one request, while the others wait for it.

    drf-spectacular loads its parts when they are first used, and trips over another thread that does the same.
    """
    with _making:
        if public_url not in _documents:
            _documents[public_url] = SchemaGenerator().get_schema(public=True)
        return _documents[public_url]
