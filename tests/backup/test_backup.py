"""A whole newsroom in one file, and back."""

import stat
import tarfile
import threading
from datetime import UTC, datetime

import orjson
import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from cms.backup import archive, rows, saving
from cms.previews import previews
from newsroom.models import Article, Topic
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic, publish, update

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ADDRESSES = ["feed/", "articles/", "articles/flood-vote/", "photos/", "bylines/", "topics/", "changes/?after=0"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def key(settings, tmp_path):
    """A secret key that is kept in a data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    (tmp_path / "secret_key").write_text(settings.SECRET_KEY)
    return tmp_path / "secret_key"


@pytest.fixture
def newsroom(once, key):
    """A story with all that it shows, one that is being written, an account and a preview; the preview's token."""
    return once(make_newsroom)


def make_newsroom():
    editor = User.objects.create_user("editor", password="a long password")
    photo = make_photo(keywords=["flood", "повінь"], focal_x=0.1)
    story = make_article(slug="flood-vote", section=make_section("Світ"), lead_photo=photo, bylines=[make_byline()])
    publish(story)
    update(story, headline="Not to be seen")
    publish(make_article(slug="second", related=[story]))
    return previews.token_of(previews.make(story, by=editor))


def answers(token):
    """What readers get, and whoever has the preview's link."""
    client = Client(headers={"host": "localhost"})
    asked = [client.get(f"/api/v1/{address}") for address in ADDRESSES]
    size = client.get(asked[2].json()["lead_photo"]["src"])
    preview = client.get("/api/v1/articles/flood-vote/", headers={"Authorization": f"Preview {token}"})
    return {
        "bodies": [(response.status_code, response.content, response.headers["ETag"]) for response in asked],
        "size": b"".join(size.streaming_content),
        "preview": (preview.status_code, preview.content),
    }


def names(path):
    with tarfile.open(path) as tar:
        return tar.getnames()


def test_a_restored_newsroom_answers_byte_for_byte_as_before(newsroom, key, tmp_path, monkeypatch):
    before, files = answers(newsroom), set(saving.stored_files())
    monkeypatch.delenv("SECRET_KEY", raising=False)
    call_command("backup", tmp_path / "all.galley")
    publish(make_article(slug="later"))
    Topic.objects.create(name="Later", slug="later")
    update(Article.objects.get(slug="flood-vote"), headline="Later")
    User.objects.all().delete()
    for name in files:
        default_storage.delete(name)
    key.write_text("another key")

    call_command("restore", tmp_path / "all.galley", "--force")

    assert answers(newsroom) == before
    assert set(saving.stored_files()) == files
    assert Article.objects.get(slug="flood-vote").headline == "Not to be seen"
    assert User.objects.get().check_password("a long password")
    assert not Topic.objects.filter(slug="later").exists()
    assert key.read_text() != "another key"


def test_every_row_of_every_table_is_as_it_was(newsroom, tmp_path):
    def content():
        return {model: list(model._base_manager.order_by("pk").values()) for model in rows.tables()}

    before = content()
    call_command("backup", tmp_path / "all.galley")
    call_command("restore", tmp_path / "all.galley", "--force")

    assert content() == before
    assert sum(map(len, before.values())) > 150


@pytest.mark.parametrize(("of_files", "of_folders"), [(0o600, 0o700), (0o640, 0o750)])  # the second with ACCEL_REDIRECT
def test_nobody_else_can_read_a_backup_or_what_comes_of_it(newsroom, key, tmp_path, settings, of_files, of_folders):
    settings.FILES_MODE, settings.FOLDERS_MODE = of_files, of_folders
    call_command("backup", tmp_path / "all.galley")
    call_command("restore", tmp_path / "all.galley", "--force")

    files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    folders = [settings.MEDIA_ROOT, *(path for path in settings.MEDIA_ROOT.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "all.galley", key]} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {of_files}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {of_folders}


def test_whoever_has_logged_out_since_is_not_let_in_by_a_backup(client, newsroom, tmp_path):
    client.force_login(User.objects.get())
    assert Session.objects.count() == 1
    call_command("backup", tmp_path / "all.galley")
    call_command("restore", tmp_path / "all.galley", "--force")
    assert Session.objects.count() == 0


def test_a_key_that_was_given_once_is_given_to_nothing_else(key, tmp_path):
    gone = Group.objects.create(name="Gone")
    last = gone.pk
    gone.delete()
    call_command("backup", tmp_path / "all.galley")
    call_command("restore", tmp_path / "all.galley", "--force")
    assert Group.objects.create(name="Next").pk == last + 1


def test_what_is_there_is_not_replaced_unless_that_is_asked_for(newsroom, tmp_path):
    call_command("backup", tmp_path / "all.galley")
    publish(make_article(slug="later"))

    with pytest.raises(CommandError, match="There is something here already"):
        call_command("restore", tmp_path / "all.galley")

    assert Article.objects.filter(slug="later").exists()


def test_uploads_alone_are_something_that_is_there(key, tmp_path):
    call_command("backup", tmp_path / "empty.galley")
    call_command("restore", tmp_path / "empty.galley")
    default_storage.save("originals/1.jpg", ContentFile(b"picture"))

    with pytest.raises(CommandError, match="There are uploads here already"):
        call_command("restore", tmp_path / "empty.galley")


@pytest.mark.parametrize("place", [0, 0.3, 0.8, 0.97])
def test_a_damaged_backup_is_refused_and_changes_nothing(newsroom, tmp_path, place):
    path = tmp_path / "all.galley"
    call_command("backup", path)
    with tarfile.open(path) as tar:  # in the midst of what a member holds
        members = [member for member in tar if member.size]
        member = members[int(len(members) * place)]
    content = bytearray(path.read_bytes())
    content[member.offset_data + member.size // 2] ^= 1
    path.write_bytes(content)
    before = answers(newsroom)

    for option in ("--force", "--check"):
        with pytest.raises(CommandError, match=r"is damaged|is not"):
            call_command("restore", path, option)

    assert answers(newsroom) == before


@pytest.mark.parametrize("part", [0, 0.5, 0.99])
def test_a_part_of_a_backup_is_refused(newsroom, tmp_path, part):
    path = tmp_path / "all.galley"
    call_command("backup", path)
    content = path.read_bytes().rstrip(b"\0")
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(CommandError, match="backup"):
        call_command("restore", path, "--force")


@pytest.mark.parametrize("content", [b"no tar", b"\x1f\x8b\x08", b"PGDMP\x01\x0e", b"SQLite format 3\x00" * 100])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="is not"):
        call_command("restore", path)


def rewritten(path, change):
    """The backup with another manifest, whole by its checksums."""
    with archive.reading(path) as members:
        found = [(name, content.read()) for name, content in members if name != archive.SUMS]
    with archive.writing(path) as writer:
        for name, content in found:
            for part in change(name, content):
                writer.add_bytes(*part)


def test_a_backup_of_another_release_is_refused_in_words(newsroom, tmp_path):
    path = tmp_path / "all.galley"
    call_command("backup", path)

    def change(name, content):
        if name == saving.MANIFEST:
            manifest = orjson.loads(content)
            manifest["galley"] = "9.0"
            manifest["schema"] = [*manifest["schema"][:-1], "newsroom.0009_podcasts"]
            content = orjson.dumps(manifest)
        yield name, content

    rewritten(path, change)
    with pytest.raises(CommandError) as failure:
        call_command("restore", path, "--force")
    assert "made by Galley 9.0" in str(failure.value)
    assert "The backup has newsroom.0009_podcasts and lacks " in str(failure.value)
    assert "Restore it with the release that made it" in str(failure.value)


def test_a_backup_writes_nothing_outside_the_uploads(newsroom, tmp_path, uploads):
    path = tmp_path / "all.galley"
    call_command("backup", path)
    rewritten(path, lambda name, content: [(f"uploads/../../{name}" if "originals" in name else name, content)])
    before = answers(newsroom)

    with pytest.raises(CommandError, match="outside the uploads"):
        call_command("restore", path, "--force")

    assert answers(newsroom) == before
    assert not (uploads.parents[1] / "uploads" / "originals").exists()


def test_a_backup_that_fails_leaves_the_former_one(newsroom, tmp_path, settings):
    path = tmp_path / "all.galley"
    call_command("backup", path)
    before = path.read_bytes()
    (settings.MEDIA_ROOT / "originals/blocked").symlink_to(settings.MEDIA_ROOT / "originals/blocked")

    with pytest.raises(OSError, match="blocked"):
        call_command("backup", path)

    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.glob("all*")] == ["all.galley"]


def test_it_says_where_there_is_no_folder_or_no_file(tmp_path):
    with pytest.raises(CommandError, match="make it first"):
        call_command("backup", tmp_path / "nowhere" / "all.galley")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", tmp_path / "nothing.galley")


@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_in_none_of_it(key, tmp_path):
    make_topic("Before")

    def write():
        make_topic("Meanwhile")
        connection.close()

    with rows.snapshot():
        before = list(rows.lines(Topic))
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(timeout=10)
        assert not writer.is_alive()  # it has waited for nobody
        meanwhile = list(rows.lines(Topic))
    assert meanwhile == before
    assert len(list(rows.lines(Topic))) == 2
