"""Photos in and out as lines of an import: the file fills what a line leaves open, and what was exported comes back."""

import json

import pytest
from django.core.management import CommandError, call_command

from media.models import Photo
from tests.media.pictures import CORPUS

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("xmp-only.jpg", "iptc-two-creators.jpg", "animated.gif"):
        (folder / name).write_bytes((CORPUS / name).read_bytes())
    return folder


def take(folder, *lines):
    path = folder / "content.ndjson"
    path.write_text("\n".join(json.dumps({"kind": "photo", **line}) for line in lines))
    call_command("import_content", path, verbosity=0)


def test_file_fills_what_a_line_leaves_open(folder):
    take(folder, {"id": "flood", "file": "xmp-only.jpg", "caption": "Mine"})

    photo = Photo.objects.get()
    assert (photo.caption, photo.credit_line) == ("Mine", "Mia Xavier/Galley Pictures")


def test_what_the_desk_is_told_of_a_file_its_line_is_told(folder, capsys):
    lines = [{"id": "flood", "file": "xmp-only.jpg"}, {"id": "waves", "file": "animated.gif"}]
    take(folder, *lines)
    animated = 'line 2, photo "waves": The picture is animated; only its first frame that is not blank is shown.'
    assert [line for line in "".join(capsys.readouterr()).splitlines() if line.startswith("line")] == [animated]
    take(folder, *lines)
    assert animated not in "".join(capsys.readouterr())


def test_what_a_line_says_is_nothing_stays_nothing(folder):
    take(folder, {"id": "flood", "file": "xmp-only.jpg", "caption": "", "usage_terms": None})

    photo = Photo.objects.get()
    assert (photo.caption, photo.usage_terms, photo.credit_line) == ("", "", "Mia Xavier/Galley Pictures")


def test_same_file_again_fills_nothing_that_was_emptied_meanwhile(folder):
    take(folder, {"id": "flood", "file": "xmp-only.jpg"})
    Photo.objects.update(caption="")
    take(folder, {"id": "flood", "file": "xmp-only.jpg", "place": "Elsewhere"})

    photo = Photo.objects.get()
    assert (photo.caption, photo.place, photo.headline) == ("", "Elsewhere", "Flood")


def test_what_is_exported_comes_back(folder, tmp_path):
    words = {"headline": "Strike", "keywords": ["port", "Hafen, alt"], "place": "Orrin, Galley"}
    take(folder, {"id": "port", "file": "iptc-two-creators.jpg", **words})
    first, second = tmp_path / "one" / "out.ndjson", tmp_path / "two" / "out.ndjson"
    for path in (first, second):
        path.parent.mkdir()
        call_command("export_content", path)
        Photo.objects.get().delete()
        call_command("import_content", path, verbosity=0)

    assert first.read_text() == second.read_text()
    photo = Photo.objects.get()
    assert {name: getattr(photo, name) for name in words} == words


@pytest.mark.parametrize("keywords", ["port", [1], {"a": "b"}, ["x" * 101], ["a"] * 2 + [str(n) for n in range(101)]])
def test_keywords_are_a_list_of_words(folder, keywords, capsys):
    with pytest.raises(CommandError):
        take(folder, {"id": "port", "file": "xmp-only.jpg", "keywords": keywords})

    assert "keywords" in capsys.readouterr().err
    assert not Photo.objects.exists()
