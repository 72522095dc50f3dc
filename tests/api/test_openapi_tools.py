"""The description of the API in the hands of others: linters, a generator of types, a compiler, a client made of it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from cms.api import schema
from tests.databases import alone
from tests.factories import make_article, make_blurb, make_section, make_video, publish

pytestmark = pytest.mark.programs
TOP = Path(settings.BASE_DIR)
DESCRIPTION = TOP / "docs/openapi.json"
LINTERS = TOP / "tests/api/linters/node_modules/.bin"
EXAMPLE = TOP / "examples/typescript"
SITES = [TOP / "examples/next", TOP / "examples/astro"]
INSTALLED = [LINTERS, *(folder / "node_modules" for folder in (EXAMPLE, *SITES))]
# What the compiler has found right it need not look at again, nor at what comes with it.
ONCE = ["--incremental", "--tsBuildInfoFile", "known.tsbuildinfo", "--skipDefaultLibCheck"]
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


@pytest.fixture(scope="session")
def types(round_s_folder):
    """`types(folder)` has the types of an example there, as `npm run types` makes them: once a round."""
    made = round_s_folder / "types"

    def put(folder):
        *command, place = script(folder, "types").split()
        assert command == ["openapi-typescript", "../../docs/openapi.json", "--output"]
        with alone(round_s_folder / "types.lock"):
            if not made.exists():
                done = run("npm", "run", "types", cwd=folder)
                assert done.returncode == 0, done.stderr
                shutil.copy(folder / place, made)
        shutil.copy(made, folder / place)

    return put


def script(folder, name):
    return json.loads((folder / "package.json").read_text())["scripts"][name]


def after_types(folder, name, *arguments):
    """Do what a script of an example does once it has made the types."""
    made, _, rest = script(folder, name).partition(" && ")
    assert made == "npm run types"
    return run("npm", "exec", "--call", " ".join([rest, *arguments]), cwd=folder)


@pytest.fixture(scope="session")
def built(round_s_folder, types):
    """An example as `npm run build` leaves it, with what the compiler knows of it: made once a round."""
    top = round_s_folder / "client"
    folder = top / "examples/typescript"
    with alone(round_s_folder / "client.lock"):
        if not (top / "built").exists():
            shutil.rmtree(top, ignore_errors=True)
            shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules", "out", "galley.d.ts"))
            (folder / "node_modules").symlink_to(EXAMPLE / "node_modules")
            (top / "docs").mkdir()
            shutil.copy(DESCRIPTION, top / "docs")
            types(folder)
            (top / "built").write_text(after_types(folder, "build", *ONCE).stdout)
    assert (top / "built").read_text() == ""
    return folder


@NPM
def test_a_client_made_of_the_description_walks_a_section_and_shows_a_story(built, live_server):
    world = make_section(slug="world")
    body = [
        {"id": "b1", "type": "paragraph", "html": "The council <em>voted</em>."},
        {"id": "b2", "type": "list", "ordered": True, "start": 3, "items": [{"html": "Who pays", "list": None}]},
        {"id": "b3", "type": "divider"},
    ]
    publish(make_article(section=world, kicker="", headline="Mayor & council agree", body=body))
    publish(make_blurb(section=world, label="News Feed", text_html="<p>The bridge is shut.</p>"))
    publish(make_video(section=world, headline="The first train", duration_seconds=95))

    shown = run("node", "--preserve-symlinks", "out/main.js", live_server.url, "world", cwd=built)
    assert shown.stdout.splitlines() == [
        "The first train (95 s)",
        "News Feed: <p>The bridge is shut.</p>",
        "Mayor &amp; council agree (1 min read)",
        "<p>The council <em>voted</em>.</p>",
        '<ol start="3"><li>Who pays</li></ol>',
        "<hr>",
    ]


@NPM
def test_a_program_that_forgets_a_block_or_misspells_a_parameter_does_not_compile(built):
    """All else is known to be right already."""
    example = built.parent / "mistaken"
    shutil.copytree(built, example, symlinks=True)
    body, feed = example / "src/body.ts", example / "src/feed.ts"
    body.write_text(body.read_text().replace('case "divider":\n      return "<hr>";\n', ""))
    feed.write_text(feed.read_text().replace("section: [section], cursor }", "sectoin: [section], cursor }"))
    wrong = after_types(example, "check", *ONCE).stdout
    assert "does not satisfy the expected type 'never'" in wrong
    assert "'sectoin' does not exist in type" in wrong


@NPM
@pytest.mark.parametrize("site", SITES, ids=lambda folder: folder.name)
def test_sites_to_start_from_know_all_that_the_api_answers(site, types):
    types(site)
    checked = after_types(site, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("site", SITES, ids=lambda folder: folder.name)
def test_sites_to_start_from_are_read_in_a_quarter_of_an_hour(site):
    written = ["*.ts", "*.tsx", "*.astro"]
    left_out = {"node_modules", ".next", ".astro", "dist"}
    files = [file for ending in written for file in site.rglob(ending) if left_out.isdisjoint(file.parts)]
    lines = sum(len(file.read_text().splitlines()) for file in files if not file.name.endswith(".d.ts"))
    assert 100 < lines < 300
