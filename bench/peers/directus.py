"""Directus, from npm: an items API over tables that are made through its own API, as its Studio makes them.

- SQLite, as Galley has it: all it costs is then its own process's, on the same core.
- What a team that knows its database adds: indexes on slugs, on the order and on both sides of each relation.
- Readers ask without logging in, by the public policy, for what has the status "published": a policy of its own with
  that rule needs a licence.
- A list is asked for the fields that a card shows, and for no count of all. A lead photo is a row of its own library
  of files, its credit the title, its alternative text the description.
- Its cache of answers (CACHE_ENABLED, in memory, emptied by each change) is on. "Made anew" asks it with
  `Cache-Control: no-store`, which it is told to respect; "kept" asks it without.
- It answers 503 when its event loop has no rest (PRESSURE_LIMITER_ENABLED), which is a server under a benchmark: off.
- Rows come by SQL into its tables, since its API would take long for the same rows. No change is logged for a row, and
  none is looked up when one is read.
"""

from pathlib import Path
from urllib.parse import urlencode

from bench import archive
from bench.cases import LEAF_SECTION, NUMBERED_PAGE, STORIES, STORY
from bench.filling import say
from bench.inside import HOST
from bench.peers import Peer, npm
from bench.peers.directus_site import rows, tables
from bench.servers import Project, Question

PACKAGES = {"directus": "12.4.0"}
COMPILED = ["sqlite3", "isolated-vm"]
TOKEN = "only-for-the-benchmark-0123456789"
CARD = [
    *("slug", "headline", "kicker", "standfirst", "genre", "language", "breaking", "published_at", "photo_caption"),
    *("section.slug", "section.name", "topics.topics_id.slug", "topics.topics_id.name", "topics.topics_id.type"),
    *("bylines.role", "bylines.bylines_id.slug", "bylines.bylines_id.name"),
    *("lead_photo.id", "lead_photo.title", "lead_photo.description", "lead_photo.width", "lead_photo.height"),
]
NOT_KEPT = {"Cache-Control": "no-store"}


def prepare(folder: Path, size: int) -> Peer:
    home = folder / "directus"
    npm.install(home, "Directus", PACKAGES, COMPILED)
    directus = Project("Directus", ["node_modules/directus/cli.js", "start"], environment(home), npm.node(home), home)
    if not (home / "filled").exists():
        say("Filling Directus ...")
        (home / "directus.sqlite3").unlink(missing_ok=True)
        for name in ("uploads", "extensions"):
            (home / name).mkdir(exist_ok=True)
        directus.run("node_modules/directus/cli.js", "bootstrap")
        directus.start()
        try:
            tables.make(f"http://127.0.0.1:{directus.port}", TOKEN)
        finally:
            directus.stop()
        rows.insert(folder, home / "directus.sqlite3", home / "uploads")
        (home / "filled").touch()
    asked = questions(size)
    anew = {case: Question(question.paths, NOT_KEPT) for case, question in asked.items()}
    about = f"{PACKAGES['directus']}, Node {npm.NODE}, SQLite"
    return Peer(directus, about, anew, {case: asked[case] for case in asked if case != "section and rare topic"})


def environment(home: Path) -> dict[str, str]:
    return {
        "NODE_ENV": "production",
        "HOST": "127.0.0.1",
        "PUBLIC_URL": f"http://{HOST}",
        "KEY": "only-for-the-benchmark",
        "SECRET": TOKEN * 2,
        "ADMIN_EMAIL": "admin@example.com",
        "ADMIN_PASSWORD": TOKEN,
        "ADMIN_TOKEN": TOKEN,
        "DB_CLIENT": "sqlite3",
        "DB_FILENAME": str(home / "directus.sqlite3"),
        "STORAGE_LOCATIONS": "local",
        "STORAGE_LOCAL_ROOT": str(home / "uploads"),
        "EXTENSIONS_PATH": str(home / "extensions"),
        "CACHE_ENABLED": "true",
        "CACHE_STORE": "memory",
        "CACHE_AUTO_PURGE": "true",
        "CACHE_SKIP_ALLOWED": "true",
        "PRESSURE_LIMITER_ENABLED": "false",
        "TELEMETRY": "false",
        "LOG_LEVEL": "warn",
        "LOG_STYLE": "raw",
    }


def questions(size: int) -> dict[str, Question]:
    """The same facts as Galley is asked for, in the same order."""
    deep = min(NUMBERED_PAGE, size // 20 * 4 // 5)
    slugs = [archive.slug_of(number) for number in range(0, 10 * STORIES, 10)]
    of_section, of_topic = "filter[section][slug][_eq]", "filter[topics][topics_id][slug][_eq]"
    return {
        "newest 20": Question([newest(limit=20)]),
        "newest 20 of a section": Question([newest(limit=20, **{of_section: LEAF_SECTION})]),
        "section and rare topic": Question(
            [newest(limit=20, **{of_section: archive.RARE_SECTION, of_topic: archive.RARE_TOPIC})]
        ),
        "deep page": Question([newest(limit=20, page=deep)]),
        "newest 100": Question([newest(limit=100)]),
        STORY: Question([asking(fields=",".join([*CARD, "body"]), limit=1, **{"filter[slug][_eq]": s}) for s in slugs]),
    }


def newest(**parameters: object) -> str:
    return asking(fields=",".join(CARD), sort="-published_at", **{"filter[status][_eq]": "published"}, **parameters)


def asking(**parameters: object) -> str:
    return f"/items/articles?{urlencode(parameters, safe=',')}"
