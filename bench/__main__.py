"""python -m bench: fills an archive into Galley and into the yardstick, asks both the same, prints what it took.

It informs and judges nothing: it ends with 0 whatever comes out, and says loudly what misses its aim.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import archive
from bench.report import print_growth, print_table, print_verdict
from bench.servers import ROOT, Project, Spent

RUNS = 3
ARTICLES = "/api/v1/articles/"
LISTS = ["newest 20", "filtered 20", "page by number", "page by cursor", "100 with topics", "100, three fields"]
CASES = [*LISTS, "story by slug", "conditional, 304"]
STORIES = 100
NUMBERED_PAGE = 400


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="10000,200000", help="how many articles, with commas between")
    parser.add_argument("--seconds", type=float, default=3, help="for each case, three times")
    parser.add_argument("--database", default="sqlite", help="sqlite, or postgres://user:password@host/name")
    parser.add_argument("--folder", type=Path, help="where to work; what is filled there already is used again")
    parser.add_argument("--keep", action="store_true", help="leave the archives for another run with --folder")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="galley-bench-"))
    sizes = [int(size) for size in options.sizes.split(",")]
    seen = {}
    try:
        for size in sizes:
            seen[size] = bench(folder.resolve() / str(size), size, options.seconds, options.database)
    finally:
        if not options.keep and not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
    if len(sizes) > 1:
        print_growth(seen[sizes[0]][0], seen[sizes[-1]][0], sizes[0], sizes[-1], CASES)
    print_verdict(seen, CASES, LISTS)
    if options.keep:
        print(f"The archives stay in {folder}; --folder {folder} uses them again.")


def bench(folder: Path, size: int, seconds: float, database: str) -> tuple[Project, Project]:
    """Both projects over one archive, measured."""
    folder.mkdir(parents=True, exist_ok=True)
    galley = Project("Galley", "cms.settings", "cms.wsgi:application", folder / "galley")
    yardstick = Project(
        "yardstick", "bench.yardstick.settings", "bench.yardstick.wsgi:application", folder / "yardstick"
    )
    if database != "sqlite":
        galley.database_url = database_url(database, f"galley_{size}")
        yardstick.database_url = database_url(database, f"yardstick_{size}")
    print(f"\n== {size:,} articles ==", flush=True)
    fill(folder, size, galley, yardstick, database)
    asked = {project.name: addresses(project, size) for project in (galley, yardstick)}
    looks = {project.name: look_all(project, asked[project.name]) for project in (galley, yardstick)}
    differing = [case for case in LISTS if slugs(looks["Galley"][case]) != slugs(looks["yardstick"][case])]
    if differing:
        print(f"!! NOT THE SAME ARTICLES in: {', '.join(differing)}")
    try:
        for project in (galley, yardstick):
            project.start()
        for case in CASES:
            print(f"Measuring {case} ...", file=sys.stderr, flush=True)
            for _ in range(RUNS):
                for project in (galley, yardstick):
                    paths, headers = asked[project.name][case]
                    project.measure(case, paths, headers, looks[project.name][case]["status"], seconds)
    finally:
        for project in (galley, yardstick):
            project.stop()
    print_table(galley, yardstick, looks, CASES)
    return galley, yardstick


# Filling


def fill(folder: Path, size: int, galley: Project, yardstick: Project, database: str) -> None:
    done = folder / "filled.json"
    if not done.exists():
        print("Writing the archive ...", flush=True)
        archive.write(folder, size)
        for project in (galley, yardstick):
            project.data_dir.mkdir(exist_ok=True)
            if project.database_url:
                make_database(database, project.database_url)
        print("Filling Galley ...", flush=True)
        galley.command("manage.py", "migrate", "--verbosity", "0")
        galley.command("manage.py", "import_content", str(folder / "shared.ndjson"))
        imported = galley.command("manage.py", "import_content", str(folder / "articles.ndjson"))
        rendered = galley.command("manage.py", "render")
        if galley.database_url:
            galley.command(
                "-c",
                "import django; django.setup(); from django.db import connection as c; c.cursor().execute('ANALYZE')",
            )
        page = galley.look(("/api/v1/photos/?page_size=100", {}))[0]
        (folder / "photos.json").write_text(json.dumps(page["body"]["results"]))
        print("Filling the yardstick ...", flush=True)
        filled = yardstick.command("-m", "bench.yardstick.fill", str(folder))
        figures = {"imported": vars(imported), "rendered": vars(rendered), "filled": vars(filled)}
        done.write_text(json.dumps(figures))
    figures = {name: Spent(**spent) for name, spent in json.loads(done.read_text()).items()}
    for name, verb in (
        ("imported", "Galley, import_content"),
        ("rendered", "Galley, render"),
        ("filled", "yardstick, bulk_create"),
    ):
        spent = figures[name]
        print(
            f"{verb}: {size / spent.seconds:,.0f} articles/s, {spent.seconds:,.0f} s, at most {spent.megabytes:,.0f} MB"
        )


def database_url(url: str, suffix: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_{suffix}"))


def make_database(server: str, url: str) -> None:
    import psycopg

    name = urlsplit(url).path.lstrip("/")
    with psycopg.connect(urlunsplit(urlsplit(server)._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(psycopg.sql.Identifier(name)))
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


# Asking


def addresses(project: Project, size: int) -> dict[str, tuple[list[str], dict]]:
    """What each case asks for: addresses to go through in turn, and headers."""
    page = min(NUMBERED_PAGE, size // 20 * 4 // 5)
    numbered = f"{ARTICLES}?page={page}"
    cursor, fields = numbered, ""
    newest = project.look((ARTICLES, {}))[0]
    if project.name == "Galley":
        cursor = project.look(({"from": ARTICLES, "pages": page - 1}, {}))[0]["path"]
        fields = "&fields=slug,headline,topics"
    return {
        "newest 20": ([ARTICLES], {}),
        "filtered 20": ([f"{ARTICLES}?section={archive.RARE_SECTION}&topic={archive.RARE_TOPIC}"], {}),
        "page by number": ([numbered], {}),
        "page by cursor": ([cursor], {}),
        "100 with topics": ([f"{ARTICLES}?page_size=100"], {}),
        "100, three fields": ([f"{ARTICLES}?page_size=100{fields}"], {}),
        "story by slug": (
            [f"{ARTICLES}{archive.slug_of(number * size // STORIES)}/" for number in range(STORIES)],
            {},
        ),
        "conditional, 304": ([ARTICLES], {"If-None-Match": newest["etag"]}),
    }


def look_all(project: Project, asked: dict[str, tuple[list[str], dict]]) -> dict[str, dict]:
    """Each case once, inside: SQL statements, bytes, body. Galley renders then what it has not."""
    paths = [(case, path, headers) for case, (paths, headers) in asked.items() for path in paths]
    found = project.look(*((path, headers) for _, path, headers in paths))
    looks: dict[str, dict] = {}
    for (case, _, _), look in zip(paths, found, strict=True):
        looks.setdefault(case, look)
    return looks


def slugs(look: dict) -> list[str]:
    return [row["slug"] for row in look["body"]["results"]]


if __name__ == "__main__":
    if not (ROOT / "manage.py").exists():
        raise SystemExit("Run it in Galley's own folder.")
    main()
