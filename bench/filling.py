"""Getting the archives: the smallest through Galley's own import, larger ones from it by SQL (bench/growing.py)."""

import json
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import archive
from bench.growing import grow
from bench.servers import Project


def fill(folder: Path, size: int, galley: Project, yardstick: Project) -> dict[str, float]:
    """Both projects, through the doors that they have; articles a second and the import's peak of memory."""
    done = folder / "filled.json"
    if not done.exists():
        say("Writing the archive ...")
        archive.write(folder, size)
        for project in (galley, yardstick):
            project.data_dir.mkdir(parents=True, exist_ok=True)
            if project.database_url:
                make_database(project.database_url)
        say("Filling Galley ...")
        galley.run("manage.py", "migrate", "--verbosity", "0")
        galley.run("manage.py", "import_content", str(folder / "shared.ndjson"))
        imported = galley.run("manage.py", "import_content", str(folder / "articles.ndjson"))
        galley.run("manage.py", "render")
        galley.run("manage.py", "worker", "--once")  # what is done in the background after an import
        page = galley.tell("bench.inside", [("/api/v1/photos/?page_size=100", {})])[0]
        (folder / "photos.json").write_text(json.dumps(page["body"]["results"]))
        say("Filling the yardstick ...")
        filled = yardstick.run("-m", "bench.yardstick.fill", str(folder))
        figures = {
            "imported a second": size / imported.seconds,
            "MB": imported.megabytes,
            "filled a second": size / filled.seconds,
        }
        done.write_text(json.dumps(figures))
    return json.loads(done.read_text())


def enlarge(folder: Path, size: int, galley: Project, smallest: Project, articles: int) -> dict[str, float]:
    """Galley alone, with a larger archive; the seconds that it took."""
    done = folder / "filled.json"
    if not done.exists():
        say(f"Growing the archive to {size:,} ...")
        folder.mkdir(parents=True, exist_ok=True)
        seconds = grow(smallest.data_dir, galley.data_dir, articles, size)
        done.write_text(json.dumps({"seconds": seconds}))
    return json.loads(done.read_text())


def say(message: str) -> None:
    print(message, flush=True)


def make_database(url: str) -> None:
    import psycopg

    parts = urlsplit(url)
    name = psycopg.sql.Identifier(parts.path.lstrip("/"))
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
