"""Small inputs in which other systems showed faults, through a real import; cases/bodies.json says what is right."""

import html
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsroom.body import plain
from newsroom.models import Article

pytestmark = pytest.mark.django_db

CASES = json.loads((Path(__file__).parent / "cases" / "bodies.json").read_text())["cases"]


def line_of(case):
    """A whole line: what the case gives, and what it leaves to us."""
    kind = case["give"].get("kind", "article")
    usual = {"kind": kind, "status": "published", "published_at": "2026-02-20T11:30:00Z"}
    usual |= {"id": "case"} if kind == "blurb" else {"slug": "case", "headline": "A case"}
    return {**usual, **case["give"]}


def without_ids(value):
    if isinstance(value, dict):
        return {name: without_ids(inner) for name, inner in value.items() if name != "id"}
    return [without_ids(inner) for inner in value] if isinstance(value, list) else value


def words_of(shown):
    """The words of an answer's text, in their order."""
    return " ".join(texts_of(shown.get("body", shown.get("text_html"))))


def texts_of(value):
    """The words of a text, or of all that blocks show of it; a card's title is no part of the text."""
    if isinstance(value, str):
        yield from plain(re.sub(r"</?(?:p|div|[uo]l|li|table|tr|t[dh]|h\d|br)\b[^>]*>", " ", value)).split()
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, dict):
        for name in ("html", "list", "items", "rows", "caption"):
            yield from texts_of(value.get(name))


class Taken:
    """What became of one case's line."""

    def __init__(self, case, folder, capsys, api):
        path = folder / "content.ndjson"
        path.write_text(json.dumps(line_of(case)) + "\n")
        self.is_bad = False
        try:
            call_command("import_content", path)
        except CommandError:
            self.is_bad = True
        self.out, self.err = capsys.readouterr()
        kind = "blurbs" if case["give"].get("kind") == "blurb" else "articles"
        rows = api(f"{kind}/")["results"]
        self.shown = api(rows[0]["url"]) if rows else None


WANTS = {
    "body": lambda taken: without_ids(taken.shown["body"]),
    "types": lambda taken: [block["type"] for block in taken.shown["body"]],
    "types_end": lambda taken: taken.shown["body"][-1]["type"],
    "words": lambda taken: words_of(taken.shown),
    "html": lambda taken: taken.shown["text_html"],
    "slug": lambda taken: taken.shown["slug"],
    "headline": lambda taken: taken.shown["headline"],
    "minutes": lambda taken: taken.shown["reading_minutes"],
    "words_counted": lambda taken: taken.shown["word_count"],
    "taken": lambda taken: not taken.is_bad and taken.shown is not None,
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case_is_taken_as_it_should_be_or_refused_in_words(case, tmp_path, capsys, api):
    taken = Taken(case, tmp_path, capsys, api)
    wanted = {name.removeprefix("want_"): value for name, value in case.items() if name.startswith("want_")}
    assert wanted  # a case that wants nothing shows nothing
    if "bad" in wanted:
        assert taken.is_bad
        assert re.match(rf'line 1, \w+ "[^"]*": .*\b{wanted.pop("bad")}: ', taken.err)
        assert (wanted, Article.objects.count()) == ({}, 0)
        return
    assert (taken.is_bad, taken.err if taken.is_bad else "") == (False, "")
    if "notice" in wanted:
        word = wanted.pop("notice")
        assert word in taken.err
        assert "not kept as it was written" in taken.out
    if "block" in wanted:
        block = wanted.pop("block")
        [shown] = [shown for shown in without_ids(taken.shown["body"]) if shown["type"] == block["type"]]
        assert {name: shown[name] for name in block} == block
    if "words" in wanted:
        wanted["words"] = html.unescape(wanted["words"])
    assert {name: WANTS[name](taken) for name in wanted} == wanted
