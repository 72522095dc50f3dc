"""The docs tell the truth: their requests are asked, and what they name is there.

An example is a block "http" with one request and, right after it, a block "json" with the answer. In the answer `...`
stands for anything: as a value, for the rest of a list or of an object, or inside a text for a part of it.
"""

import importlib.util
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command, get_commands
from django.urls import Resolver404, resolve

from bench.cases import ANEW, KEPT, anew
from bench.measured import Machine, Measured, OfSize
from bench.page import write_readme
from bench.servers import Run
from cms.api import keys
from cms.api.models import Scope
from cms.previews import previews
from cms.publishing import kinds
from cms.transfer.lines import STATE_KEYS
from media.models import Photo
from media.photos import sizes
from newsroom.models import Article

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *[ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")],
    *sorted((ROOT / "docs").glob("*.md")),
]
EXAMPLE = re.compile(
    r"```http\n(?P<method>[A-Z]+) (?P<path>\S+)\n(?P<headers>(?:[\w-]+: [^\n]*\n)*)(?:\n(?P<body>.*?))?```\n+"
    r"```json\n(?P<answer>.*?)```",
    re.DOTALL,
)
TEXT_EXAMPLE = re.compile(
    r"```http\nGET (?P<path>\S+)\n(?P<headers>(?:[\w-]+: [^\n]*\n)*)```\n+```(?:markdown|html)\n(?P<answer>.*?)```",
    re.DOTALL,
)
PHOTO_WITH_ALL_SIZES = "53fae620-c91e-5098-880e-24dc88017e03"  # the one whose sizes an example shows
PREVIEWED = "cooling-tower-choir-album-draft"  # the draft that an example shows, and the token that stands for its own
PREVIEW_TOKEN = "galley_preview_Zk1xTm9wUXJzVHV2V3h5ejAxMjM0NTY3ODlhYmNkZWY"
KEY = "galley_key_Zk1xTm9wUXJzVHV2V3h5ejAxMjM0NTY3ODlhYmNkZWY"  # the same of the key that programs show
ANYTHING, MORE = "\x01anything", "\x01more"


def example_answer(text):
    """The JSON of an example, every bare `...` in it made a mark."""
    out, place, depth = [], 0, []
    for found in re.finditer(r'"(?:\\.|[^"\\])*"|\.\.\.|[\[\]{}]', text):
        out.append(text[place : found.start()])
        place = found.end()
        token = found[0]
        if token in "[{":
            depth.append(token)
        elif token in "]}":
            depth.pop()
        elif token == "...":
            before = "".join(out).rstrip()[-1:]
            token = json.dumps(ANYTHING if before == ":" else MORE)
            token += ": 0" if before != ":" and depth[-1] == "{" else ""
        out.append(token)
    return json.loads("".join(out) + text[place:])


def differences(expected, found, where=""):
    """Where an answer is not what an example says."""
    if expected == ANYTHING:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        names = [name for name in expected if name != MORE]
        if MORE not in expected and names != list(found):
            yield f"{where}: the keys are {list(found)}"
        for name in names:
            if name in found:
                yield from differences(expected[name], found[name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is not there"
    elif isinstance(expected, list) and isinstance(found, list):
        rows = [row for row in expected if row != MORE]
        if len(rows) > len(found) or (len(rows) < len(found) and MORE not in expected):
            yield f"{where} has {len(found)} members"
        for number, (row, other) in enumerate(zip(rows, found, strict=False)):
            yield from differences(row, other, f"{where}[{number}]")
    elif isinstance(expected, str) and isinstance(found, str):
        pattern = ".*".join(map(re.escape, expected.split("...")))
        if not re.fullmatch(pattern, found, re.DOTALL):
            yield f"{where} is {found!r}"
    elif expected != found:
        yield f"{where} is {found!r}"


def test_examples_are_compared_strictly():
    expected = example_answer('{"a": ..., "b": ["x...", ...], "c": {"d": null, ...}}')
    assert list(differences(expected, {"a": [1], "b": ["xyz", 2], "c": {"d": None, "e": 1}})) == []
    assert list(differences(expected, {"a": 1, "b": ["y"], "c": {"e": 1}})) == [".b[0] is 'y'", ".c.d is not there"]
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == [": the keys are ['a', 'b']"]


@pytest.mark.apart
@pytest.mark.django_db(transaction=True)
def test_every_request_in_the_docs_is_answered_as_shown(api):
    wrong = []
    asked = 0
    with time_machine.travel(datetime(2026, 11, 22, 18, 0, tzinfo=UTC), tick=True):
        call_command("import_content", ROOT / "newsroom" / "demo" / "content.ndjson", verbosity=0)
        sizes.make(Photo.objects.get(pk=PHOTO_WITH_ALL_SIZES))
        token = previews.token_of(previews.make(Article.objects.get(slug=PREVIEWED), None))
        _key, secret = keys.make("Wire desk", User.objects.create_superuser("wire"), Scope.values)
        versions = {}  # the numbers that examples give to versions, and those that they have
        for page in PAGES:
            text = page.read_text().replace("http://localhost:8000", settings.PUBLIC_URL)
            text = text.replace(PREVIEW_TOKEN, token).replace(KEY, secret)
            for example in EXAMPLE.finditer(text):
                headers = dict(line.split(": ", 1) for line in example["headers"].splitlines())
                if "If-Match" in headers:
                    headers["If-Match"] = f'"{versions[headers["If-Match"]]}"'
                response = asked_of(api, example, headers)
                expected, answer = example_answer(example["answer"]), response.json()
                if "version" in expected and "version" in answer:
                    number = versions.setdefault(f'"{expected["version"]}"', answer["version"])
                    expected["version"] = number
                found = differences(expected, answer)
                wrong += [f"{page.name}, {example['path']}: {difference}" for difference in found]
                asked += 1
            for example in TEXT_EXAMPLE.finditer(text):
                headers = dict(line.split(": ", 1) for line in example["headers"].splitlines())
                content = api.get(example["path"], **headers).content.decode()
                pattern = ".*?".join(map(re.escape, re.split(r"\.\.\.\n?", example["answer"].strip())))
                wrong += [] if re.match(pattern, content, re.DOTALL) else [f"{page.name}, {example['path']}"]
                asked += 1
    assert wrong == []
    assert asked >= 10


def asked_of(api, example, headers):
    if example["method"] == "GET":
        return api.get(example["path"], **headers)
    content_type = headers.pop("Content-Type", "")
    body = (example["body"] or "").encode()
    return api.client.generic(example["method"], example["path"], body, content_type, headers=headers)


def test_no_example_is_left_unchecked():
    for page in PAGES:
        text = page.read_text()
        examples = [*EXAMPLE.findall(text), *TEXT_EXAMPLE.findall(text)]
        assert text.count("```http\n") == len(examples), page.name


def test_every_address_in_the_docs_leads_somewhere():
    lost = []
    for page in PAGES:
        for found in re.findall(r"(?:GET |localhost:8000|`)(/(?:api/[a-z]|admin)[^\s`\"'?<>)]*)", page.read_text()):
            path = re.sub(r"\{[^}]*\}|\$\{[^}]*\}", "name", found)
            try:
                resolve(path)
            except Resolver404:
                lost.append(f"{page.name}: {found}")
    assert lost == []


def test_every_file_in_the_docs_is_there():
    lost = []
    for page in PAGES:
        text = page.read_text()
        links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
        lost += [f"{page.name}: {link}" for link in links if not (page.parent / link).exists()]
        named = re.findall(r"`((?:cms|media|newsroom|tests|docs|bench)/[\w./-]*)`", text)
        lost += [f"{page.name}: {name}" for name in named if not (ROOT / name).exists()]
    assert lost == []


def building():
    spec = importlib.util.spec_from_file_location("build", ROOT / "docs" / "building" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_docs_are_a_site_in_which_no_link_is_lost(tmp_path):
    build = building()

    assert build.build(tmp_path / "docs") == []
    pages = {file.name: file.read_text() for file in (tmp_path / "docs").glob("*.html")}
    assert len(pages) == len(build.PAGES) + 1
    assert "There is no such page" in pages["404.html"]
    for page in pages.values():
        assert (
            re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*"(?= (?:rel|type)| defer|>)', page.split("<body>")[0])
            == []
        )
    assert {source.name for source in PAGES} - {Path(name).name for name in build.PAGES} == set()


def test_lost_links_of_the_docs_are_named(tmp_path):
    build = building()
    for name in build.PAGES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Page\n\n## Two words\n")
    (tmp_path / "docs/editors.md").write_text(
        "# Desk\n\n[a](front-ends.md#two-words) [b](front-ends.md#three) [c](nowhere.md) ![d](https://a.example/b.png)\n"
    )

    assert build.build(tmp_path / "site", tmp_path) == [
        "editors.md: front-ends.md#three leads to no heading",
        "editors.md: nowhere.md is not there",
        "editors.md: the picture https://a.example/b.png is another host's",
    ]
    assert not (tmp_path / "site").exists()


def test_figures_in_the_readme_are_those_that_were_measured():
    measured = (ROOT / "docs" / "performance.md").read_text()
    rows = re.findall(
        r"^\| (?P<what>[^|]+?) \| (?P<figure>[\d,.]+) (?:a second|ms)", (ROOT / "README.md").read_text(), re.M
    )

    assert len(rows) >= 3
    for what, figure in rows:
        assert [
            row
            for row in measured.splitlines()
            if row.startswith(f"| {what.split(':')[-1].strip()} |") and f" {figure}" in row
        ]


def test_a_new_measurement_takes_the_place_of_the_figures_in_the_readme(tmp_path):
    readme = tmp_path / "README.md"
    before = (ROOT / "README.md").read_text()
    readme.write_text(before)
    run = Run(per_second=4321, p50=1, p99=2, cpu=1.25, busy=1)
    cases = dict.fromkeys([*KEPT, *map(anew, ANEW)], run)
    machine = Machine("A processor", 2, "Linux", datetime(2027, 1, 2, tzinfo=UTC), "", [0.0])
    found = OfSize({"Galley": cases, "plain DRF": cases}, {}, {}, {}, 0, [], {})
    write_readme(Measured(machine, "", 1, 1, False, {10: found}), readme)

    after = readme.read_text()
    assert "\n02 January 2027, A processor, 2 cores.\n\n| what | Galley |\n" in after
    assert "| kept: newest 20 | 4,321 a second |" in after
    assert re.findall(r"^#+ .*", after, re.M) == re.findall(r"^#+ .*", before, re.M)
    assert len(after.splitlines()) == len(before.splitlines())


def test_every_file_of_the_house_is_in_its_plan():
    """But for those that Django names, and those of a kind, whose names are the kinds'."""
    plan = (ROOT / "docs" / "architecture.md").read_text()
    of_django = {"__init__.py", "__main__.py", "base.py", "apps.py", "admin.py", "models.py", "urls.py"}
    a_kind_a_file = {"models", "serializers", "forms", "admin", "schema"}
    files = [file for app in ("cms", "media", "newsroom") for file in (ROOT / app).rglob("*.py")]
    apart = {"migrations", "management", "templatetags", "formats", "demo"}
    lost = [
        str(file.relative_to(ROOT))
        for file in sorted(files)
        if file.name not in of_django
        and not apart.intersection(file.parts)
        and not (file.parent.parent.name == "newsroom" and file.parent.name in a_kind_a_file)
        and not re.search(rf"(?<![\w.-]){re.escape(file.name)}\b", plan)
    ]
    assert lost == []


def test_every_command_in_the_docs_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lost = []
    for page in PAGES:
        text = page.read_text()
        code = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))
        lost += [f"{page.name}: make {name}" for name in re.findall(r"\bmake ([a-z]+)", code) if name not in targets]
        commands = re.findall(r"manage\.py ([a-z_]+)", code)
        lost += [f"{page.name}: {name}" for name in commands if name not in get_commands()]
    assert lost == []


def test_docs_explain_exactly_the_settings_there_are():
    read = set(re.findall(r'\benvironment\.\w+\(\s*"([A-Z][A-Z0-9_]*)"', (ROOT / "cms" / "settings.py").read_text()))
    table = (ROOT / "docs" / "operators.md").read_text()
    explained = set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", table, re.MULTILINE))
    makefile = set(re.findall(r"^([A-Z]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE))
    explained = {"WEB_PATH_" if name.startswith("WEB_PATH_") else name for name in explained}  # one a kind
    assert read - explained == set()
    assert explained - read - makefile == set()


def test_docs_list_every_key_of_an_import():
    table = (ROOT / "docs" / "operators.md").read_text().split("| key | on |")[1]
    listed = {
        name for row in re.findall(r"^\| (`[^|]*`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    keys = set(STATE_KEYS) | {"kind", "id", "body_html"}
    for serializer in kinds.all():
        if serializer.is_shared:
            keys |= set(serializer.Meta.writable_fields)
        elif serializer.is_publishable:
            keys |= set(serializer.written())
    assert listed == keys
