"""Collections, their relations, and who may read them: through Directus's own API, in the order that its Studio has."""

import json
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

NAMED = ["sections", "topics", "bylines"]
TEXTS = ["headline", "kicker", "genre", "language", "status"]


def make(server: str, token: str) -> None:
    ask = partial(answer, server, token)
    for name in NAMED:
        fields = [unique("slug"), column("name"), column("type", is_nullable=True)]
        ask("POST", "/collections", collection(name, fields))
    ask("POST", "/collections", collection("articles", articles()))
    ask("POST", "/collections", collection("articles_topics", joining("topics_id")))
    ask("POST", "/collections", collection("articles_bylines", [*joining("bylines_id"), column("role")]))
    for relation in relations():
        ask("POST", "/relations", relation)
    public = ask("GET", "/access?filter[role][_null]=true&filter[user][_null]=true&fields=policy")[0]["policy"]
    for name in [*NAMED, "articles", "articles_topics", "articles_bylines", "directus_files"]:
        permission = {"policy": public, "collection": name, "action": "read", "fields": ["*"]}
        ask("POST", "/permissions", permission)


def answer(server: str, token: str, method: str, path: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = json.dumps(body).encode() if body else None
    try:
        with urlopen(Request(f"{server}{path}", data, headers, method=method)) as response:
            return json.load(response)["data"]
    except HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.code}: {error.read().decode()}") from error


def collection(name: str, fields: list[dict]) -> dict:
    number = column("id", "integer", is_primary_key=True, has_auto_increment=True)
    return {"collection": name, "schema": {}, "meta": {"accountability": None}, "fields": [number, *fields]}


def column(name: str, kind: str = "string", **schema: object) -> dict:
    return {"field": name, "type": kind, "meta": {}, "schema": {"is_nullable": False, **schema}}


def unique(name: str) -> dict:
    return column(name, is_unique=True, is_indexed=True)


def link(name: str, kind: str = "integer") -> dict:
    return column(name, kind, is_nullable=True, is_indexed=True)


def alias(name: str) -> dict:
    return {"field": name, "type": "alias", "meta": {"special": ["m2m"], "interface": "list-m2m"}, "schema": None}


def articles() -> list[dict]:
    return [
        unique("slug"),
        *map(column, TEXTS),
        *(column(name, "text") for name in ("standfirst", "photo_caption", "body")),
        column("breaking", "boolean", default_value=False) | {"meta": {"special": ["cast-boolean"]}},
        column("published_at", "timestamp", is_indexed=True),
        link("section"),
        link("lead_photo", "uuid"),
        alias("topics"),
        alias("bylines"),
    ]


def joining(other: str) -> list[dict]:
    return [link("articles_id"), link(other), column("sort", "integer")]


def relations() -> list[dict]:
    made = [relation("articles", "section", "sections"), relation("articles", "lead_photo", "directus_files")]
    for name in ("topics", "bylines"):
        junction = f"articles_{name}"
        ours = {"one_field": name, "junction_field": f"{name}_id", "sort_field": "sort"}
        made.append(relation(junction, "articles_id", "articles", **ours))
        made.append(relation(junction, f"{name}_id", name, junction_field="articles_id"))
    return made


def relation(collection: str, field: str, related: str, **meta: str) -> dict:
    schema = {"on_delete": "SET NULL"}
    return {"collection": collection, "field": field, "related_collection": related, "meta": meta, "schema": schema}
