"""Wagtail, from PyPI into an environment of its own: pages of its API v2, as a competent team would set them up.

- SQLite, set up as Galley sets it up; one process of granian with one thread of Python, as plain DRF has.
- What a list shows is fetched at once, which Wagtail leaves to its user; an index on the order.
- It counts all pages for each list, and cannot be asked not to. It cannot be asked for a topic's pages by its own
  filters, and a page is asked for by its number, as its API has it.
"""

import json
import platform
import subprocess
import sys
from pathlib import Path

from bench import archive
from bench.cases import LEAF_SECTION, NUMBERED_PAGE, STORIES, STORY
from bench.filling import say
from bench.inside import HOST
from bench.peers import Peer
from bench.servers import Project, Question, granian

WAGTAIL = "8.0.1"
PACKAGES = [f"wagtail=={WAGTAIL}", "granian~=2.8", "dj-database-url~=3.1"]
CARD = "kicker,standfirst,genre,language,breaking,published_at,section,topics,contributions,lead_photo,photo_caption"
PAGES = "/api/v2/pages/"


def prepare(folder: Path, size: int) -> Peer:
    home = folder / "wagtail"
    home.mkdir(exist_ok=True)
    python = home / "venv" / "bin" / "python"
    if not python.exists():
        say("Installing Wagtail ...")
        subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *PACKAGES], check=True)
    environment = {
        "DATA_DIR": str(home),
        "DJANGO_SETTINGS_MODULE": "bench.peers.wagtail_site.settings",
        "PUBLIC_URL": f"http://{HOST}",
    }
    command = granian("bench.peers.wagtail_site.wsgi:application")
    wagtail = Project("Wagtail", command, environment, str(python))
    if not (home / "ids.json").exists():
        say("Filling Wagtail ...")
        (home / "wagtail.sqlite3").unlink(missing_ok=True)
        wagtail.run("-m", "bench.peers.wagtail_site.fill", str(folder), str(home / "ids.json"))
    about = f"{WAGTAIL}, {platform.python_implementation()} {platform.python_version()} under granian, SQLite"
    return Peer(wagtail, about, questions(json.loads((home / "ids.json").read_text()), size))


def questions(ids: dict[str, int], size: int) -> dict[str, Question]:
    """The same facts as Galley is asked for, in the same order."""
    newest = f"{PAGES}?type=site.ArticlePage&order=-published_at&fields={CARD}"
    start = 20 * (min(NUMBERED_PAGE, size // 20 * 4 // 5) - 1)
    stories = [archive.slug_of(number) for number in range(0, 10 * STORIES, 10)]
    return {
        "newest 20": Question([f"{newest}&limit=20"]),
        "newest 20 of a section": Question([f"{newest}&limit=20&section={ids[LEAF_SECTION]}"]),
        "deep page": Question([f"{newest}&limit=20&offset={start}"]),
        "newest 100": Question([f"{newest}&limit=100"]),
        STORY: Question([f"{PAGES}{ids[slug]}/" for slug in stories]),
    }
