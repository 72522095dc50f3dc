"""What goes wrong around the lines: files that are not there, disks that are full, databases that go away."""

import errno
import json
import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from cms.publishing import press
from cms.publishing.models import Version
from cms.transfer.copies import Copies
from cms.transfer.resolver import Resolver
from media.models import Photo
from newsroom.models import Article
from tests.factories import make_article, make_photo, make_picture, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "all.ndjson"


@pytest.fixture
def export(out, capsys):
    """`export()` gives the lines written, what was said of single items, and the last sentence."""

    def run():
        try:
            call_command("export_content", out)
        except CommandError as error:
            summary = str(error)
        else:
            summary = ""
        captured = capsys.readouterr()
        lines = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        return lines, captured.err.splitlines(), summary or captured.out.strip()

    return run


def file_of(photo):
    return Path(default_storage.path(photo.file.name))


def test_picture_that_is_lost_is_said_and_the_rest_is_exported(export, out):
    lost, kept = make_photo(), make_photo()
    publish(make_article(slug="flood-vote", lead_photo=lost))
    file_of(lost).unlink()

    lines, said, summary = export()

    assert said == [
        f'photo "{lost.pk}": its file {lost.file.name} is not among the uploads; '
        f'bring it back and export again, or put it beside the lines as "photos/{lost.pk}.jpg"'
    ]
    assert summary == "2 photos, 1 article written, 1 complaint."
    assert {line["kind"]: line.get("lead_photo") for line in lines} == {"photo": None, "article": str(lost.pk)}
    assert [path.name for path in (out.parent / "photos").iterdir()] == [f"{kept.pk}.jpg"]


def test_lost_picture_put_beside_the_export_comes_back_with_its_story(export, out, api):
    lost = make_photo()
    key, content = str(lost.pk), file_of(lost).read_bytes()
    article = publish(make_article(slug="flood-vote", lead_photo=lost))
    file_of(lost).unlink()
    export()
    press.withdraw(article)
    article.refresh_from_db()
    article.delete()
    lost.delete()

    (out.parent / "photos" / f"{key}.jpg").write_bytes(content)
    call_command("import_content", out)
    assert api("articles/flood-vote/")["lead_photo"]["id"] == key


def test_picture_that_may_not_be_read_is_said(export, monkeypatch):
    photo = make_photo()
    usual = default_storage.open

    def refuse(name, mode="rb"):
        if name == photo.file.name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        return usual(name, mode)

    monkeypatch.setattr(default_storage._wrapped, "open", refuse)
    _lines, said, _summary = export()
    assert len(said) == 1
    assert f"its file {photo.file.name} cannot be read (Permission denied: {photo.file.name})" in said[0]


def test_half_a_copy_is_never_left(export, out, monkeypatch):
    photo = make_photo()

    class Torn:
        def __init__(self):
            self.parts = [b"half"]

        def read(self, size):
            if self.parts:
                return self.parts.pop()
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        def __enter__(self):
            return self

        def __exit__(self, *args):
            return None

    monkeypatch.setattr(default_storage._wrapped, "open", lambda name, mode="rb": Torn())
    _lines, said, _summary = export()
    assert f"its file {photo.file.name} cannot be read (Input/output error)" in said[0]
    assert list((out.parent / "photos").iterdir()) == []


def test_film_and_caption_that_are_lost_are_said_by_the_video_s_name(export, tmp_path):
    demo = Path(__file__).resolve().parents[2] / "newsroom" / "demo"
    source = [json.loads(line) for line in (demo / "content.ndjson").read_text().splitlines()]
    [video] = [line for line in source if line["kind"] == "video" and line.get("file")][:1]
    for name in (video["file"], *(track["file"] for track in video.get("tracks", []) if track.get("file"))):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((demo / name).read_bytes())
    kept = {"kind", "slug", "headline", "file", "tracks"}
    line = {name: value for name, value in video.items() if name in kept} | {"status": "draft"}
    (tmp_path / "in.ndjson").write_text(json.dumps(line) + "\n")
    call_command("import_content", tmp_path / "in.ndjson")
    for path in Path(default_storage.location).rglob("*.*"):
        path.unlink()

    lines, said, _summary = export()

    assert [line["slug"] for line in lines] == [video["slug"]]
    assert {complaint.split(": its file ")[0] for complaint in said} == {f'video "{video["slug"]}"'}
    assert len(said) == 1 + len(line.get("tracks", []))


def test_full_disk_ends_an_export_with_a_sentence_and_the_former_one_stays(export, out, monkeypatch):
    make_photo()
    export()
    former = out.read_bytes()
    make_article(slug="new")

    def full(self, stored, name):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Copies, "copy", full)
    _lines, _said, summary = export()
    assert summary == f"{out}: it cannot be written (No space left on device)."
    assert out.read_bytes() == former
    assert sorted(path.name for path in out.parent.iterdir()) == ["all.ndjson", "photos"]


def test_export_into_a_folder_is_refused_in_a_sentence(out):
    with pytest.raises(CommandError, match="is a folder; name a file in it"):
        call_command("export_content", out.parent)


def test_item_that_cannot_be_read_is_said_and_the_rest_is_exported(export):
    broken = publish(make_article(slug="broken"))
    publish(make_article(slug="whole"))
    Version.objects.filter(key=broken.pk).update(data={"slug": "broken", "file": {"stored": 5}})
    lines, said, summary = export()
    assert [line["slug"] for line in lines] == ["whole"]
    assert [line.split(":")[0] for line in said] == ['article "broken"']
    assert summary == "1 article written, 1 complaint."


def test_item_that_was_never_saved_as_a_version_is_exported_as_it_stands(export):
    Article.objects.create(slug="by-hand", headline="Written by a script")
    lines, said, _summary = export()
    assert [(line["slug"], line["headline"], line["status"]) for line in lines] == [
        ("by-hand", "Written by a script", "draft")
    ]
    assert said == []


def test_check_names_the_pictures_that_are_lost(capsys):
    lost, _kept = make_photo(), make_photo()
    file_of(lost).unlink()
    with pytest.raises(CommandError, match="1 fault in 1 item"):
        call_command("check_content")
    said = capsys.readouterr().out.splitlines()
    assert [line.split(";")[0] for line in said] == [
        f'photo "{lost.pk}", file: {lost.file.name} is not among the uploads'
    ]


def test_json_is_rendered_though_a_picture_is_lost(api):
    photo = make_photo()
    publish(make_article(slug="flood-vote", lead_photo=photo))
    file_of(photo).unlink()
    call_command("render", all=True)
    assert api("articles/flood-vote/")["lead_photo"]["credit_line"] == photo.credit_line


def test_render_names_what_readers_go_without(capsys):
    broken = publish(make_article(slug="broken"))
    publish(make_article(slug="whole"))
    Version.objects.filter(key=broken.pk).update(
        data={"slug": "broken", "body": [{"type": "photo", "photo": {"link": 1}}]}
    )
    for options in ({"all": True}, {}):
        with pytest.raises(CommandError, match="readers go without 1 of those that are live"):
            call_command("render", **options)
        assert capsys.readouterr().err.splitlines()[-1] == (
            'article "broken": it cannot be shown to readers; check_content says why'
        )


# Import


@pytest.fixture
def take(tmp_path, capsys):
    """`take(line, ...)` imports lines, dicts or bytes, and gives what was said: of single lines, and in the end."""

    def run(*lines, **options):
        path = tmp_path / "content.ndjson"
        path.write_bytes(
            b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        )
        try:
            call_command("import_content", path, **options)
        except CommandError as error:
            return capsys.readouterr().err.splitlines(), str(error)
        captured = capsys.readouterr()
        return captured.err.splitlines(), captured.out

    return run


def story(slug, **values):
    return {"kind": "article", "slug": slug, "headline": "Flood vote", "status": "published", **values}


def test_picture_that_vanished_is_a_bad_line_and_the_rest_is_taken(take, tmp_path, api):
    (tmp_path / "there.jpg").write_bytes(make_picture().read())
    photo = {"kind": "photo", "credit_line": "A/B", "alt_text": "x"}
    said, summary = take(
        {**photo, "id": "gone", "file": "gone.jpg"}, {**photo, "id": "there", "file": "there.jpg"}, story("a")
    )
    assert said == ['line 1, photo "gone": file: there is no "gone.jpg" in the folder of the import']
    assert "1 photo, 1 article taken, 1 bad line" in summary


def test_full_disk_ends_an_import_with_a_sentence_and_what_was_taken_is_in(take, tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jpg").write_bytes(make_picture().read())
    usual = default_storage.save
    photo = {"kind": "photo", "credit_line": "A/B", "alt_text": "x"}

    def full(name, content, max_length=None):
        if Photo.objects.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        return usual(name, content, max_length)

    monkeypatch.setattr(default_storage._wrapped, "save", full)
    said, summary = take({**photo, "id": "a", "file": "a.jpg"}, {**photo, "id": "b", "file": "b.jpg"}, story("never"))
    assert said == []
    assert "there is no room on the disk (No space left on device" in summary
    assert summary.endswith("Until then 1 photo taken, 0 bad lines.")
    assert (Photo.objects.count(), Article.objects.count()) == (1, 0)


@pytest.mark.parametrize("words", ["database or disk is full", "could not extend file: No space left on device"])
def test_full_disk_of_the_database_is_no_single_line_s_fault(take, monkeypatch, words):
    def full(*args, **kwargs):
        error = OperationalError(words)
        error.__cause__ = OSError(errno.ENOSPC, words)
        raise error

    monkeypatch.setattr(Version.objects, "bulk_create", full)
    said, summary = take(*(story(f"s-{number}") for number in range(20)))
    assert said == []
    assert "there is no room on the disk" in summary


def test_database_that_went_away_ends_an_import_with_a_sentence(take, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Version.objects, "bulk_create", gone)
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    said, summary = take({"kind": "topic", "slug": "t", "name": "T"}, story("a"), story("b"))
    assert said == []
    assert "it cannot go on (OperationalError: server closed the connection unexpectedly)" in summary
    assert summary.endswith("Until then 1 topic taken, 0 bad lines.")


def test_file_that_changes_under_an_import_spoils_its_lines_alone(take, tmp_path, monkeypatch):
    usual = Resolver.settle

    def rewrite(self):
        usual(self)
        (tmp_path / "content.ndjson").write_bytes(json.dumps({"kind": "topic", "slug": "t", "name": "T"}).encode())

    monkeypatch.setattr(Resolver, "settle", rewrite)
    said, summary = take(story("a"), story("b"))
    assert len(said) == 2
    assert "the file has been changed while it was imported" in said[0]
    assert "nothing taken, 2 bad lines" in summary
    assert Article.objects.count() == 0


OTHER_FILES = {
    b"\x1f\x8b\x08\x00abc": "compressed (gzip)",
    b"PK\x03\x04abc": "an archive (ZIP)",
    b'<?xml version="1.0"?>\n<rss version="2.0">\n': "XML or HTML",
    b'[\n  {"kind": "article", "slug": "a"}\n]\n': "one JSON document",
    b'[{"kind": "article", "slug": "a"}]': "one JSON document",
    b'\xef\xbb\xbf[{"kind": "article"},\n{"kind": "article"}]': "one JSON document",
    b'{\n  "db": []\n}\n': "one JSON document",
}


@pytest.mark.parametrize("content", OTHER_FILES, ids=OTHER_FILES.values())
def test_file_of_another_format_is_refused_in_one_sentence(take, content):
    said, summary = take(content)
    assert said == []
    assert OTHER_FILES[content] in summary


def test_first_line_that_is_a_list_is_a_bad_one_alone(take, api):
    said, _summary = take(b"[1]\n", story("good"))
    assert said == ["line 1: it is not a JSON object"]
    assert api.slugs("articles/") == ["good"]


def test_line_of_a_kind_that_only_stands_for_others_is_said(take):
    said, summary = take({"kind": "translations", "slug": "a"}, {"slug": "a"})
    assert said[0].startswith("line 1, translations \"a\": kind: 'translations' is none of photo, section")
    assert said[1].startswith('line 2, line "a": kind: it is missing; write one of photo, section')
    assert "nothing taken, 2 bad lines" in summary


def test_path_that_is_too_long_or_leads_out_is_a_bad_line(take, tmp_path):
    (tmp_path.parent / "outside.jpg").write_bytes(make_picture().read())
    (tmp_path / "link.jpg").symlink_to(tmp_path.parent / "outside.jpg")
    photo = {"kind": "photo", "credit_line": "A/B", "alt_text": "x"}
    said, _summary = take(
        {**photo, "id": "a", "file": "x" * 5000},
        {**photo, "id": "b", "file": "link.jpg"},
        {**photo, "id": "c", "file": "."},
        {**photo, "id": "d", "file": 5},
        {**photo, "id": "e", "file": None},
    )
    assert [line.partition(": ")[0] for line in said] == [f'line {n}, photo "{c}"' for n, c in enumerate("abcde", 1)]
    assert Photo.objects.count() == 0


def test_import_that_may_not_be_read_is_refused_in_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "content.ndjson"
    path.write_text("")
    usual = Path.open

    def refuse(self, *args, **kwargs):
        if self == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return usual(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CommandError, match=r"it cannot go on \(Permission denied"):
        call_command("import_content", path)
