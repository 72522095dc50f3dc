"""Strapi, from npm: a project as its wizard writes it, with four content types, asked through its REST API.

- SQLite (better-sqlite3), as Galley has it: all it costs is then its own process's, on the same core.
- NODE_ENV=production; the admin panel is not built, since nobody looks at it here; no line is logged for a request.
- Articles have drafts, as a newsroom needs; each is published, and Strapi keeps a draft and a published row of it.
- What a team that knows its database adds: an index on slugs and on the order. Strapi indexes relations by itself.
- Readers ask without logging in, by the public role. A list is asked for the fields that a card shows, each relation
  with its own, and for no count of all (`withCount`). Bylines are a plain relation, without a role, which is cheaper.
- It comes with no cache of answers.
- Rows come through its documents (`strapi_site/fill.js`), since what publishing keeps is its own affair.
"""

import json
import shutil
from pathlib import Path
from urllib.parse import urlencode

from bench import archive
from bench.cases import LEAF_SECTION, NUMBERED_PAGE, STORIES, STORY
from bench.filling import say
from bench.inside import HOST
from bench.peers import Peer, npm
from bench.servers import Project, Question

STRAPI = "5.54.0"
PACKAGES = {
    "@strapi/strapi": STRAPI,
    "@strapi/plugin-users-permissions": STRAPI,
    "better-sqlite3": "12.11.1",
    "react": "18.3.1",  # its panel asks for these four to be there
    "react-dom": "18.3.1",
    "react-router-dom": "6.30.4",
    "styled-components": "6.6.0",
}
COMPILED = ["better-sqlite3"]
SITE = Path(__file__).parent / "strapi_site"
SECRET = "only for the benchmark, 32 bytes"
START = ["node_modules/@strapi/strapi/bin/strapi.js", "start"]

STRING, TEXT = {"type": "string"}, {"type": "text"}
NAMED = {"slug": STRING, "name": STRING, "kind": STRING}
FIELDS = ["slug", "headline", "kicker", "standfirst", "genre", "language", "breaking", "printedAt", "photoCaption"]
SHOWN = {
    "section": ["slug", "name"],
    "topics": ["slug", "name", "kind"],
    "bylines": ["slug", "name"],
    "leadPhoto": ["alternativeText", "caption", "width", "height", "url", "formats"],
}


def prepare(folder: Path, size: int) -> Peer:
    home = folder / "strapi"
    npm.install(home, "Strapi", PACKAGES, COMPILED)
    strapi = Project("Strapi", START, environment(home), npm.node(home), home)
    if not (home / "filled").exists():
        say("Filling Strapi ...")
        write_project(home)
        strapi.run("fill.js", str(folder))
        (home / "filled").touch()
    return Peer(strapi, f"{STRAPI}, Node {npm.NODE}, SQLite", questions(size))


def environment(home: Path) -> dict[str, str]:
    return {
        "NODE_ENV": "production",
        "PUBLIC_URL": f"http://{HOST}",
        "SECRET": SECRET,
        "DATABASE_FILENAME": str(home / "strapi.sqlite3"),
        "STRAPI_TELEMETRY_DISABLED": "true",
    }


def write_project(home: Path) -> None:
    """What its wizard and its content type builder would write."""
    shutil.copytree(SITE, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (home / "strapi.sqlite3").unlink(missing_ok=True)
    (home / "public" / "uploads").mkdir(parents=True, exist_ok=True)
    for name in ("section", "topic", "byline"):
        write_type(home, name, NAMED, drafts=False)
    write_type(home, "article", article(), drafts=True, indexed=["slug", "printed_at"])


def article() -> dict[str, dict]:
    words = dict.fromkeys(("slug", "headline", "kicker", "genre", "language"), STRING)
    return words | {
        **dict.fromkeys(("standfirst", "photoCaption", "body"), TEXT),
        "breaking": {"type": "boolean", "default": False},
        "printedAt": {"type": "datetime"},  # "publishedAt" is Strapi's own: when the button was pressed
        "section": {"type": "relation", "relation": "manyToOne", "target": "api::section.section"},
        "topics": {"type": "relation", "relation": "manyToMany", "target": "api::topic.topic"},
        "bylines": {"type": "relation", "relation": "manyToMany", "target": "api::byline.byline"},
        "leadPhoto": {"type": "media", "multiple": False, "allowedTypes": ["images"]},
    }


def write_type(home: Path, name: str, attributes: dict, drafts: bool, indexed: list[str] | None = None) -> None:
    folder = home / "src" / "api" / name
    schema = {
        "kind": "collectionType",
        "collectionName": f"{name}s",
        "info": {"singularName": name, "pluralName": f"{name}s", "displayName": name.title()},
        "options": {"draftAndPublish": drafts},
        "indexes": [{"name": f"{name}s_{column}_index", "columns": [column]} for column in indexed or ["slug"]],
        "attributes": attributes,
    }
    write(folder / "content-types" / name / "schema.json", json.dumps(schema, indent=2))
    for kind, factory in {"routes": "Router", "controllers": "Controller", "services": "Service"}.items():
        made = f"require('@strapi/strapi').factories.createCore{factory}('api::{name}.{name}')"
        write(folder / kind / f"{name}.js", f"module.exports = {made};\n")


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def questions(size: int) -> dict[str, Question]:
    """The same facts as Galley is asked for, in the same order."""
    deep = min(NUMBERED_PAGE, size // 20 * 4 // 5)
    slugs = [archive.slug_of(number) for number in range(0, 10 * STORIES, 10)]
    of_section, of_topic = "filters[section][slug][$eq]", "filters[topics][slug][$eq]"
    rare = {of_section: archive.RARE_SECTION, of_topic: archive.RARE_TOPIC}
    stories = [asking([*FIELDS, "body"], 1, 1, **{"filters[slug][$eq]": slug}) for slug in slugs]
    return {
        "newest 20": Question([asking(FIELDS, 20, 1)]),
        "newest 20 of a section": Question([asking(FIELDS, 20, 1, **{of_section: LEAF_SECTION})]),
        "section and rare topic": Question([asking(FIELDS, 20, 1, **rare)]),
        "deep page": Question([asking(FIELDS, 20, deep)]),
        "newest 100": Question([asking(FIELDS, 100, 1)]),
        STORY: Question(stories),
    }


def asking(fields: list[str], size: int, page: int, **filters: str) -> str:
    parameters: list[tuple[str, object]] = [(f"fields[{place}]", name) for place, name in enumerate(fields)]
    for name, shown in SHOWN.items():
        parameters += [(f"populate[{name}][fields][{place}]", field) for place, field in enumerate(shown)]
    paging = {"pagination[page]": page, "pagination[pageSize]": size, "pagination[withCount]": "false"}
    parameters += [("sort", "printedAt:desc"), *paging.items(), *filters.items()]
    return f"/api/articles?{urlencode(parameters)}"
