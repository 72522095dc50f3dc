"""The description of the API in the hands of others: linters, a generator of types, a compiler, a client made of it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from cms.api import schema
from tests.factories import make_article, make_blurb, make_section, make_video, publish

pytestmark = pytest.mark.programs
TOP = Path(settings.BASE_DIR)
DESCRIPTION = TOP / "docs/openapi.json"
LINTERS = TOP / "tests/api/linters/node_modules/.bin"
EXAMPLE = TOP / "examples/typescript"
SITES = [TOP / "examples/next", TOP / "examples/astro"]
INSTALLED = [LINTERS, *(folder / "node_modules" for folder in (EXAMPLE, *SITES))]
NPM = pytest.mark.skipif(
    not shutil.which("npm") or not all(folder.exists() for folder in INSTALLED),
    reason="no npm: the description of the API was not tried with others' tools",
)


def run(*command, cwd=TOP):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def test_the_description_in_the_repository_is_that_of_the_api(settings):
    settings.PUBLIC_URL = "https://news.example.org"
    kept = json.loads(DESCRIPTION.read_text())
    served = json.loads(json.dumps(schema.document(settings.PUBLIC_URL)))
    assert kept["paths"] == served["paths"], "run `make schema`"
    assert kept["webhooks"] == served["webhooks"], "run `make schema`"
    assert kept["components"] == served["components"], "run `make schema`"


@NPM
def test_redocly_finds_nothing_wrong():
    done = run(LINTERS / "redocly", "lint", DESCRIPTION, "--format=json")
    assert json.loads(done.stdout)["problems"] == []


@NPM
def test_spectral_finds_nothing_wrong():
    done = run(LINTERS / "spectral", "lint", DESCRIPTION, "--format=json", "--quiet")
    assert json.loads(done.stdout) == []


@pytest.fixture
def example(tmp_path):
    folder = tmp_path / "examples/typescript"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "out", "galley.d.ts"))
    (folder / "node_modules").symlink_to(EXAMPLE / "node_modules")
    (tmp_path / "docs").mkdir()
    shutil.copy(DESCRIPTION, tmp_path / "docs")
    return folder


@NPM
def test_a_client_made_of_the_description_walks_a_section_and_shows_a_story(example, live_server):
    world = make_section(slug="world")
    body = [
        {"id": "b1", "type": "paragraph", "html": "The council <em>voted</em>."},
        {"id": "b2", "type": "list", "ordered": True, "start": 3, "items": [{"html": "Who pays", "list": None}]},
        {"id": "b3", "type": "divider"},
    ]
    publish(make_article(section=world, kicker="", headline="Mayor & council agree", body=body))
    publish(make_blurb(section=world, label="News Feed", text_html="<p>The bridge is shut.</p>"))
    publish(make_video(section=world, headline="The first train", duration_seconds=95))

    built = run("npm", "run", "build", cwd=example)
    assert built.returncode == 0, built.stdout
    shown = run("node", "--preserve-symlinks", "out/main.js", live_server.url, "world", cwd=example)
    assert shown.stdout.splitlines() == [
        "The first train (95 s)",
        "News Feed: <p>The bridge is shut.</p>",
        "Mayor &amp; council agree (1 min read)",
        "<p>The council <em>voted</em>.</p>",
        '<ol start="3"><li>Who pays</li></ol>',
        "<hr>",
    ]


@NPM
def test_a_program_that_forgets_a_block_or_misspells_a_parameter_does_not_compile(example):
    body, feed = example / "src/body.ts", example / "src/feed.ts"
    body.write_text(body.read_text().replace('case "divider":\n      return "<hr>";\n', ""))
    feed.write_text(feed.read_text().replace("section: [section], cursor }", "sectoin: [section], cursor }"))
    wrong = run("npm", "run", "check", cwd=example).stdout
    assert "does not satisfy the expected type 'never'" in wrong
    assert "'sectoin' does not exist in type" in wrong


@NPM
@pytest.mark.parametrize("site", SITES, ids=lambda folder: folder.name)
def test_sites_to_start_from_know_all_that_the_api_answers(site):
    checked = run("npm", "run", "check", cwd=site)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("site", SITES, ids=lambda folder: folder.name)
def test_sites_to_start_from_are_read_in_a_quarter_of_an_hour(site):
    written = ["*.ts", "*.tsx", "*.astro"]
    left_out = {"node_modules", ".next", ".astro", "dist"}
    files = [file for ending in written for file in site.rglob(ending) if left_out.isdisjoint(file.parts)]
    lines = sum(len(file.read_text().splitlines()) for file in files if not file.name.endswith(".d.ts"))
    assert 100 < lines < 300
