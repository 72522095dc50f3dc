"""What an operator sees of the commands. What import and export do is tested beside their code."""

import json

import pytest
from django.core.management import CommandError, call_command

from cms.publishing.models import Publication
from tests.factories import make_article, make_byline, publish

SECTION = {"kind": "section", "slug": "world", "name": "World"}
STORY = {
    "kind": "article",
    "slug": "flood-vote",
    "headline": "Flood money passes",
    "section": "world",
    "status": "published",
    "published_at": "2026-02-20T11:30:00Z",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(tmp_path):
    def write(*lines):
        file = tmp_path / "content.ndjson"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return file

    return write


def test_import_says_what_it_took(content, capsys, api):
    call_command("import_content", content(SECTION, STORY))
    assert capsys.readouterr().out.startswith("1 section, 1 article taken, 0 bad lines")
    assert api.slugs("articles/") == ["flood-vote"]


def test_import_names_bad_lines_takes_the_others_and_fails(content, capsys, api):
    with pytest.raises(CommandError) as failure:
        call_command("import_content", content(SECTION, {**STORY, "section": "wrld"}, {**STORY, "slug": "other"}))
    assert str(failure.value).startswith("1 section, 1 article taken, 1 bad line")
    said = capsys.readouterr().err
    assert said == 'line 2, article "flood-vote": section: there is no section "wrld"\n'
    assert api.slugs("articles/") == ["other"]


def test_dry_run_keeps_nothing(content, capsys, api):
    call_command("import_content", content(SECTION, STORY), "--dry-run")
    assert capsys.readouterr().out.startswith("1 section, 1 article would be taken, 0 bad lines")
    assert api("sections/")["results"] == api("articles/")["results"] == []


def test_import_of_a_missing_file_says_so(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_content", tmp_path / "nothing.ndjson")


def test_export_is_taken_back_as_it_was(tmp_path, capsys, api):
    story = publish(make_article(bylines=[make_byline("Ada Writer")]))
    call_command("export_content", tmp_path / "out.ndjson")
    assert capsys.readouterr().out == "1 byline, 1 article written.\n"
    before = api(f"articles/{story.slug}/")
    call_command("import_content", tmp_path / "out.ndjson")
    assert api(f"articles/{story.slug}/") == before


def test_export_into_a_missing_folder_says_so(tmp_path):
    with pytest.raises(CommandError, match="make it first"):
        call_command("export_content", tmp_path / "nowhere" / "out.ndjson")


def test_render_makes_what_is_missing_and_all_on_demand(capsys, api):
    story = publish(make_article())
    before = api(f"articles/{story.slug}/")
    call_command("render")
    assert capsys.readouterr().out == "0 publications rendered.\n"
    Publication.objects.update(card="", document="", rendering="")
    call_command("render")
    assert capsys.readouterr().out == "1 publications rendered.\n"
    call_command("render", "--all")
    assert capsys.readouterr().out == "1 publications rendered.\n"
    assert api(f"articles/{story.slug}/") == before
