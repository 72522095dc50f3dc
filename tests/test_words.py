"""Everything that the desk says is marked, translated and compiled."""

import gettext
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings as site

ROOT = Path(site.BASE_DIR)
FILES = sorted((ROOT / "locale").rglob("*.po"))
OURS = [file for file in FILES if "libraries" not in file.parts]
FOLDERS = ("cms", "media", "newsroom")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+>")


def entries(file):
    """What a .po file says: {(context, text, plural or None): [translations]}, and the entries marked as fuzzy."""
    found, fuzzy = {}, []
    for block in re.split(r"\n\s*\n", file.read_text()):
        values: dict = {}
        last = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            name, _, text = line.partition('"')
            last = name.strip() or last
            values[last] = values.get(last, "") + unescaped(text.removesuffix('"'))
        if "msgid" not in values:
            continue
        said = [text for name, text in values.items() if name.startswith("msgstr")]
        key = (values.get("msgctxt"), values["msgid"], values.get("msgid_plural"))
        found[key] = said
        if re.search(r"^#,.*fuzzy", block, re.MULTILINE):
            fuzzy.append(key)
    return found, fuzzy


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text)


def named(file):
    return str(file.relative_to(ROOT / "locale"))


def test_there_is_a_file_of_each_language_that_the_desk_speaks():
    languages = {code for code, _ in site.LANGUAGES} - {"en"}

    assert {named(file) for file in OURS} == {
        f"{language}/LC_MESSAGES/{domain}.po" for language in languages for domain in ("django", "djangojs")
    }


@pytest.mark.parametrize("file", FILES, ids=named)
def test_nothing_is_left_to_translate(file):
    found, fuzzy = entries(file)

    assert fuzzy == []
    assert [text for text, said in found.items() if not all(said)] == []
    for (_, text, plural), said in found.items():
        if text:
            expected = [set(PLACEHOLDER.findall(text)), set(PLACEHOLDER.findall(plural or text))]
            assert all(set(PLACEHOLDER.findall(form)) in expected for form in said), text


@pytest.mark.parametrize("file", FILES, ids=named)
def test_what_is_compiled_says_the_same(file):
    found, _ = entries(file)
    with file.with_suffix(".mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)._catalog
    expected = {}
    for (context, text, plural), said in found.items():
        key = f"{context}\x04{text}" if context else text
        expected |= {(key, number): form for number, form in enumerate(said)} if plural else {key: said[0]}

    catalogue.pop("", None), expected.pop("", None)
    assert catalogue == expected, "run make messages"


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext's tools are not installed: apt install gettext")
def test_every_marked_text_is_in_the_files(tmp_path):
    for folder in (*FOLDERS, "front", "locale"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("demo", "__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    for domain in ("django", "djangojs"):
        command = [
            sys.executable,
            "manage.py",
            "makemessages",
            "--ignore",
            "node_modules",
            "--exclude",
            "libraries",
            "--domain",
            domain,
        ]
        done = subprocess.run([*command, "--no-obsolete"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    for file in OURS:
        gathered, _ = entries(tmp_path / file.relative_to(ROOT))
        assert gathered.keys() == entries(file)[0].keys(), "run make messages"


def test_what_is_said_for_libraries_is_said_by_them():
    """One that puts it in other words from now on would be heard in English."""
    texts = {""}
    for library in ("django", "django_prose_editor"):
        for file in Path(find_spec(library).origin).parent.glob("**/locale/[de][en]/LC_MESSAGES/*.po"):
            texts |= {text for _, text, _ in entries(file)[0]}

    for file in set(FILES) - set(OURS):
        assert {text for _, text, _ in entries(file)[0]} - texts == set()


# What is marked at all


def ours(pattern):
    return [file for folder in FOLDERS for file in (ROOT / folder).rglob(pattern) if "api" not in file.parts]


def test_templates_say_nothing_that_is_not_marked():
    no_text = re.compile(
        r"\{% block (?:bodyclass|coltype) %\}.*?\{% endblock %\}|\{% blocktranslate.*?endblocktranslate %\}|\{#.*?#\}"
        r"|\{% comment %\}.*?\{% endcomment %\}|<(style|script|svg|kbd|code)\b.*?</\1>"
        r"|<!--.*?-->|\{%.*?%\}|\{\{.*?\}\}",
        re.DOTALL,
    )
    for file in ours("*.html"):
        text = no_text.sub(" ", file.read_text())
        attributes = re.findall(r'\b(?:title|alt|aria-label|placeholder|data-[a-z-]+)="([^"]*)"', text)
        shown = re.sub(r'<[^>]*>|&\w+;|\b[a-z-]+="[^"]*"', " ", text)

        assert (file.name, re.findall(r"[A-Za-z]{2,}.*", shown)) == (file.name, [])
        wrong = [value for value in attributes if re.search(r"[A-Za-z]{2,} [A-Za-z]|^[A-Z][a-z]+$", value)]
        assert (file.name, wrong) == (file.name, [])


BROWSERS_OWN = "Failed to fetch"


def test_scripts_say_nothing_that_is_not_marked():
    shown = r"(?:textContent|innerText|title|placeholder|alt|label|ariaLabel)\s*[=:]\s*"
    for file in ours("*.js"):
        text = re.sub(r"^\s*//.*$|\s//\s.*$|/\*.*?\*/", "", file.read_text(), flags=re.MULTILINE)
        assert "window.gettext" not in text, f"{file.name}: what is called otherwise is not gathered"
        text = re.sub(r"\b(?:n?p?gettext|Error)\([^)]*\)", "", text)

        wrong = [found for _, found in re.findall(shown + r"([\"'`])([^\"'`$]*[A-Za-z]{2,}[^\"'`]*)\1", text)]
        sentences = re.findall(r"[\"'`]([A-Z][a-z]+ [a-z]+[^\"'`<>=]*)[\"'`]", text)
        wrong = [text for text in [*wrong, *sentences] if not text.startswith(("https://", BROWSERS_OWN))]
        assert (file.name, wrong) == (file.name, [])
