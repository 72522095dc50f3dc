"""A kind costs its own files: tests/podcasts/ is one, which no other file of Galley knows of."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from cms.publishing import kinds
from cms.text.web_paths import WebPath
from newsroom.serializers.page import PageSerializer

ROOT = Path(__file__).resolve().parent.parent.parent
PODCASTS = ROOT / "tests" / "podcasts"
# Which say other things as well: a page of a list, a player's pages, the app that is the newspaper.
WORDS_OF_THE_WEB = {"page", "pages", "site", "front"}
STEP = re.compile(r"`podcasts/([\w./]+)`[^`]*?```\w+\n(.*?)```", re.DOTALL)


@pytest.mark.programs
def test_new_kind_in_its_own_files_works_at_every_door(tmp_path):
    """Its tests run in a process of its own, since which apps there are is settled when one starts."""
    variables = {"OWN_APPS": "tests.podcasts", "DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/db"}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", PODCASTS / "walk.py"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}

    run = subprocess.run(command, cwd=ROOT, env={**inherited, **variables}, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]


def test_docs_show_the_files_of_that_kind_as_they_are():
    steps = (ROOT / "docs" / "architecture.md").read_text().partition("## Add a kind")[2].partition("\n## ")[0]

    told = dict(STEP.findall(steps))

    files = [*PODCASTS.glob("*.py"), *PODCASTS.glob("templates/**/*.html")]
    own = {str(file.relative_to(PODCASTS)): file.read_text() for file in files if file.stat().st_size}
    assert told == {name: text.replace("tests.podcasts", "podcasts") for name, text in own.items() if name != "walk.py"}


def test_path_of_a_new_kind_may_name_whatever_it_is_linked_to():
    path = WebPath("/listen/{series}/{yyyy}/{slug}")

    assert path.mistake() == ""
    assert path.fill({"series": "daily", "yyyy": "2026", "slug": "barrier"}) == "/listen/daily/2026/barrier"
    assert path.fill({"series": None, "yyyy": "2026", "slug": "barrier"}) == "/listen/2026/barrier"
    assert path.match("/listen/2026/barrier") == {"yyyy": "2026", "slug": "barrier"}


def test_feeds_call_a_thing_what_its_contract_says_that_it_is_called_by():
    """A kind that has nothing of the newsroom's has no headline, and a feed has its name all the same."""
    moment = "2026-02-20T11:30:00Z"
    document = {"id": "1", "web_url": "https://news.example.org/about", "published_at": moment, "updated_at": moment}

    assert PageSerializer.entry({**document, "title": "About us"}).title == "About us"


def test_no_code_of_the_engine_names_a_kind():
    """In texts, comments and examples one may stand; code that names it would be code that others lack."""
    names = {name for kind in kinds.all() for name in (kind.Meta.kind, kind.Meta.path, kind.Meta.model._meta.label)}
    names -= WORDS_OF_THE_WEB
    examples = {*(ROOT / "cms" / "api" / "schema").glob("*.py")}

    named = [
        f"{file.relative_to(ROOT)}, line {node.lineno}: {node.value}"
        for file in sorted({*(ROOT / "cms").rglob("*.py")} - examples)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and node.value in names - {""}
    ]

    assert named == []


def test_no_style_of_the_desk_is_for_what_one_kind_has():
    """How a headline looks stands where headlines are: a kind without any has no use for it."""
    fields = {model: {field.name for field in model._meta.get_fields()} for model in apps.get_models()}
    of_kinds = {model for model in fields if model.__module__.startswith(("media.", "newsroom."))}
    own = set().union(*(names for model, names in fields.items() if model not in of_kinds))
    theirs = set().union(*(fields[model] for model in of_kinds)) - own
    assert {"headline", "lead_photo", "kicker"} <= theirs

    named = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted((ROOT / "cms").rglob("*.css"))
        for name in re.findall(r"\.field-(\w+)", file.read_text())
        if name in theirs
    ]

    assert named == []
