"""Uploads in a bucket, of a server that speaks as S3 does: what readers, editors and operators notice of it."""

import contextlib
import errno
import io
import itertools
import shutil
import socket
import tempfile
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.http import StreamingHttpResponse
from django.utils import timezone

from cms import files
from cms.backup import saving
from cms.database import patience
from cms.leftovers import deleting
from cms.publishing import press
from cms.serving.answers import body_of
from media.models import Photo
from media.photos import sizes
from media.photos.models import original_path
from newsroom.models import Video
from tests.desk.test_pages_articles import rows
from tests.factories import FILMS, make_article, make_film, make_photo, make_picture, make_video, publish
from tests.media.pictures import sizes_of
from tests.serving import free_port

pytest.importorskip("boto3")

from botocore.awsrequest import AWSResponse
from urllib3 import HTTPResponse

from cms import buckets

pytestmark = [pytest.mark.programs, pytest.mark.apart]  # whatever the rows come from
BROWSER = {"Accept": "text/html"}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def s3():
    moto = pytest.importorskip("moto.server")  # here, for it takes long, and no other process of a round needs it
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def options(s3, monkeypatch):
    """What names a bucket of this test's own. The key to it is in the environment, as for all that speaks to AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "galley")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    options = {"name": f"galley-{next(_numbers)}", "folder": "news", "endpoint": s3, "region": "eu-central-1"}
    buckets.Bucket(**options).client.create_bucket(
        Bucket=options["name"], CreateBucketConfiguration={"LocationConstraint": options["region"]}
    )
    return options


def keep_in_bucket(settings, options):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "cms.buckets.Bucket", "OPTIONS": options}}


def take_away(settings, options):
    keep_in_bucket(settings, {**options, "endpoint": f"http://127.0.0.1:{free_port()}"})


def keep_in_folder(settings):
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": folder}


@pytest.fixture
def bucket(settings, options):
    keep_in_bucket(settings, options)
    return default_storage


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("ann", password="a long enough password"))
    return client


def asked(bucket):
    """The parts of files that are fetched from now on."""
    ranges = []
    events = bucket.client.meta.events
    events.register("before-parameter-build.s3.GetObject", lambda params, **_: ranges.append(params["Range"]))
    return ranges


def read(client, address, **headers):
    response = client.get(address, headers=headers)
    return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.django_db
def test_photo_is_there_for_readers_while_something_live_uses_it_and_its_original_for_the_desk(bucket, client, uploads):
    photo = make_photo()
    original = photo.file.open("rb").read()
    article = publish(make_article(lead_photo=photo))
    while sizes.make_some():
        pass
    addresses = [size.address for size in sizes_of(Photo.objects.get())]

    answers = {address: read(client, address) for address in addresses}
    assert len(answers) > 3
    assert {status for status, _content in answers.values()} == {200}
    assert {content[:2] for name, (_status, content) in answers.items() if name.endswith("jpg")} == {b"\xff\xd8"}
    assert original_path(photo, "") in set(saving.stored_files())
    assert not uploads.exists()

    press.withdraw(article)
    assert {read(client, address)[0] for address in addresses} == {404}
    client.force_login(User.objects.create_superuser("ann", password="a long enough password"))
    assert read(client, f"/admin/media/photo/{photo.pk}/original/") == (200, original)
    assert client.get(f"/admin/media/photo/{photo.pk}/change/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_files_of_a_photo_go_with_it(bucket):
    make_photo()
    while sizes.make_some():
        pass
    assert set(saving.stored_files())
    Photo.objects.get().delete()
    assert set(saving.stored_files()) == set()


@pytest.mark.django_db
def test_the_same_picture_is_stored_once_and_one_that_was_cut_off_is_stored_anew(bucket):
    name = "originals/aa/aa.jpg"
    assert bucket.listdir("originals") == ([], [])
    bucket.save(name, ContentFile(b"half"))
    assert files.keep(io.BytesIO(b"the whole"), name)
    assert not files.keep(io.BytesIO(b"the whole"), name)
    assert bucket.open(name).read() == b"the whole"
    assert bucket.listdir("originals") == (["aa"], [])
    assert bucket.listdir("originals/aa") == ([], ["aa.jpg"])
    assert bucket.get_modified_time(name).tzinfo
    with pytest.raises(FileNotFoundError):
        bucket.open("originals/aa/none.jpg")
    bucket.delete(name)
    bucket.delete(name)
    assert not bucket.exists(name)


@pytest.mark.django_db
def test_player_is_sent_the_part_of_a_film_that_it_asks_for_and_no_more_of_it_is_fetched(bucket, client):
    content = (FILMS / "tiny.mp4").read_bytes()
    publish(make_video(slug="film", provider_url="", file=make_film()))
    address = client.get("/api/v1/videos/film/").json()["sources"][0]["url"]
    ranges = asked(bucket)

    assert read(client, address, Range="bytes=100-199") == (206, content[100:200])
    assert ranges == ["bytes=100-199"] or ranges == [f"bytes=100-{len(content) - 1}"]
    assert read(client, address) == (200, content)
    assert read(client, address, Range=f"bytes={len(content)}-")[0] == 416


def test_a_large_file_goes_in_and_comes_out_in_parts(bucket):
    """It is larger than what S3 is sent in one piece."""
    content = bytes(range(256)) * 4 * 10_000
    file = ContentFile(content)
    bucket.save("originals/videos/aa/large.mp4", file)
    assert not file.closed
    ranges = asked(bucket)
    with bucket.open("originals/videos/aa/large.mp4") as stored:
        stored.seek(5_000_000)
        assert stored.read(1 << 20) == content[5_000_000 : 5_000_000 + (1 << 20)]
        assert ranges == [f"bytes=5000000-{5_000_000 + (1 << 20) - 1}"]
        assert stored.seek(-3, io.SEEK_END) == len(content) - 3
        assert stored.read() == content[-3:]
        assert stored.read() == b""
        stored.seek(0)
        assert stored.read() == content
        assert stored.size == len(content)


@pytest.mark.django_db(transaction=True)
def test_newsroom_moves_into_a_bucket_and_out_again_by_a_backup(settings, options, client, tmp_path, monkeypatch):
    keep_in_folder(settings)
    publish(make_article(slug="pictured", lead_photo=make_photo()))
    publish(make_video(slug="film", provider_url="", file=make_film()))

    def answers():
        lists = [client.get(f"/api/v1/{path}").content for path in ("feed/", "articles/pictured/", "videos/film/")]
        size = sizes_of(Photo.objects.order_by("pk").first())[0].address
        return [*lists, read(client, size), sorted(saving.stored_files())]

    before = answers()
    call_command("backup", tmp_path / "from-folder.galley")
    keep_in_bucket(settings, options)
    default_storage.save("originals/bb/bb.jpg", ContentFile(b"of another newsroom"))
    default_storage.save("accounts/2024.txt", ContentFile(b"of others who use the bucket"))
    call_command("restore", tmp_path / "from-folder.galley", "--force")
    assert answers() == before
    assert default_storage.exists("accounts/2024.txt")

    call_command("backup", tmp_path / "from-bucket.galley")
    assert b"accounts" not in (tmp_path / "from-bucket.galley").read_bytes()
    shutil.rmtree(settings.MEDIA_ROOT)
    keep_in_folder(settings)
    call_command("restore", tmp_path / "from-bucket.galley", "--force")
    assert answers() == before


def gone(*_asked):
    raise OperationalError("the database has gone")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_database_gone", [False, True])
def test_a_restore_that_fails_leaves_the_bucket_as_it_was(bucket, tmp_path, monkeypatch, is_database_gone):
    make_photo()
    call_command("backup", tmp_path / "all.galley")
    Photo.objects.get().delete()
    for name in list(saving.stored_files()):
        bucket.delete(name)
    bucket.save("originals/bb/bb.jpg", ContentFile(b"here"))
    broken = contextlib.ExitStack()

    def fail(_key):
        if is_database_gone:
            broken.enter_context(connection.execute_wrapper(gone))
        raise ZeroDivisionError

    monkeypatch.setattr("cms.backup.restoring._restore_key", fail)
    with broken, pytest.raises(ZeroDivisionError):
        call_command("restore", tmp_path / "all.galley", "--force")

    assert list(saving.stored_files()) == ["originals/bb/bb.jpg"]


@pytest.mark.django_db(transaction=True)
def test_while_the_bucket_is_away_stories_go_on_and_uploads_say_so_and_leave_nothing(settings, options, desk):
    keep_in_bucket(settings, options)
    photo = make_photo()
    publish(make_article(slug="pictured", lead_photo=photo))
    size = sizes_of(photo)[0].address
    assert read(desk, size)[0] == 200
    take_away(settings, options)
    desk.raise_request_exception = False

    assert desk.get("/api/v1/articles/pictured/").status_code == 200
    picture = desk.get(size)
    upload = desk.post("/admin/media/photo/upload/", {"file": make_picture()}, headers={"Accept": "*/*"})
    page = desk.get(f"/admin/media/photo/{photo.pk}/original/", headers=BROWSER)

    assert (picture.status_code, picture.headers["Retry-After"]) == (503, "5")
    assert "immutable" not in picture.headers["Cache-Control"]
    assert (upload.status_code, upload.json()["error"]) == (
        503,
        "The storage of pictures and films does not answer; try again in a few seconds.",
    )
    assert page.status_code == 503
    assert "The storage of pictures and films does not answer" in page.content.decode()
    assert desk.get(f"/admin/media/photo/{photo.pk}/change/").status_code == 200
    assert Photo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_photo_that_is_deleted_while_the_bucket_is_away_is_gone_and_its_files_go_when_it_is_back(
    settings, options, desk, caplog
):
    keep_in_bucket(settings, options)
    photo = make_photo()
    stored = set(saving.stored_files())
    take_away(settings, options)

    page = desk.post(f"/admin/media/photo/{photo.pk}/delete/", {"post": "yes"}, follow=True)

    assert page.status_code == 200
    assert "was deleted successfully" in page.content.decode()
    assert not Photo.objects.exists()
    assert deleting.count() == len(stored)
    [said] = [message for message in caplog.messages if "cannot be deleted at present" in message]
    assert stored.issuperset(said.rpartition(": ")[2].split(", "))
    assert not deleting.delete_some()  # it was tried just now

    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        assert not deleting.delete_some()  # it is away still
        keep_in_bucket(settings, options)
        assert set(saving.stored_files()) == stored
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        while deleting.delete_some():
            pass
        assert (set(saving.stored_files()), deleting.count()) == (set(), 0)


@pytest.mark.django_db(transaction=True)
def test_picture_that_comes_back_before_its_file_could_be_deleted_stays(settings, options):
    keep_in_bucket(settings, options)
    photo = make_photo(file=make_picture())
    take_away(settings, options)
    photo.delete()
    keep_in_bucket(settings, options)
    again = make_photo(file=make_picture())

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        while deleting.delete_some():
            pass
    assert default_storage.exists(again.file.name)
    assert deleting.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_before_it_deletes_a_file_leaves_that_to_the_background(bucket, monkeypatch):
    photo = make_photo()
    monkeypatch.setattr(deleting, "_delete_now", lambda names: None)  # it is dead by then
    photo.delete()
    assert set(saving.stored_files())

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        while deleting.delete_some():
            pass
    assert set(saving.stored_files()) == set()


class Silent(FileSystemStorage):
    """A storage that answers nothing, and sees who would have to wait for that with it."""

    locked: ClassVar[list[bool]] = []

    def exists(self, name):
        self.locked.append(connection.in_atomic_block)
        raise files.NoAnswer(errno.EIO, "It is silent", name)

    delete = exists


@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_for_a_storage_that_is_silent(settings, monkeypatch):
    photo = make_photo()
    monkeypatch.setattr(Silent, "locked", [])
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": f"{__name__}.Silent"}}

    photo.delete()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=True):
        assert not deleting.delete_some()

    assert Silent.locked == [False, False]


@pytest.mark.parametrize("size", [10, 9_000_000], ids=["small", "in parts"])
def test_of_two_who_store_the_same_in_one_moment_one_has_stored_it(options, size):
    first, second = buckets.Bucket(**options), buckets.Bucket(**options)
    content = b"x" * size
    first._save("originals/aa/aa.mp4", ContentFile(content))
    with pytest.raises(FileExistsError):
        second._save("originals/aa/aa.mp4", ContentFile(content))  # which saw a moment ago that it was not there
    assert first.open("originals/aa/aa.mp4").read() == content


def test_what_others_store_or_delete_in_this_very_moment_is_stored_all_the_same(bucket):
    refused = []

    def refuse_once(request, **_about):
        if refused:
            return None
        refused.append(request.url)
        body = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
        return AWSResponse(request.url, 409, {}, HTTPResponse(io.BytesIO(body), preload_content=False))

    bucket.client.meta.events.register("before-send.s3.PutObject", refuse_once)
    assert bucket.save("originals/aa/aa.jpg", ContentFile(b"whole")) == "originals/aa/aa.jpg"
    assert (len(refused), bucket.open("originals/aa/aa.jpg").read()) == (1, b"whole")


@pytest.mark.parametrize("status", [400, 501])
def test_a_bucket_that_knows_no_conditions_is_written_to_without(bucket, status):
    body = b"<Error><Code>NotImplemented</Code></Error>"

    def refuse(request, **_about):
        if "If-None-Match" in request.headers:
            return AWSResponse(request.url, status, {}, HTTPResponse(io.BytesIO(body), preload_content=False))
        return None

    bucket.client.meta.events.register("before-send.s3.PutObject", refuse)
    for name in ("originals/aa/aa.jpg", "originals/bb/bb.jpg"):
        assert bucket.save(name, ContentFile(b"whole")) == name
        assert bucket.open(name).read() == b"whole"


@pytest.fixture
def silence():
    """A server that lets everybody in and says nothing; `visitors()` counts them."""
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.ExitStack() as visits:
        listening.setblocking(False)
        came = []

        def visitors():
            with contextlib.suppress(BlockingIOError):
                while True:
                    came.append(visits.enter_context(listening.accept()[0]))
            return len(came)

        yield listening.getsockname()[1], visitors


@pytest.mark.django_db
def test_a_bucket_that_is_silent_is_waited_for_once_and_tried_again_later(
    settings, options, silence, client, monkeypatch
):
    keep_in_bucket(settings, options)
    photo = make_photo()
    publish(make_article(slug="pictured", lead_photo=photo))
    size = sizes_of(photo)[0].address
    port, visitors = silence
    monkeypatch.setitem(buckets.PATIENCE, "read_timeout", 0.2)
    monkeypatch.setattr(buckets, "TRIED_EVERY", 3600.0)
    keep_in_bucket(settings, {**options, "endpoint": f"http://127.0.0.1:{port}"})
    client.raise_request_exception = False

    assert [read(client, size)[0] for _ in range(10)] == [503] * 10
    assert visitors() == 1
    assert client.get("/api/v1/articles/pictured/").status_code == 200

    monkeypatch.setattr(buckets, "TRIED_EVERY", 0.0)
    default_storage._watch._tried_from = 0.0
    assert [read(client, size)[0] for _ in range(2)] == [503] * 2
    assert visitors() == 3

    monkeypatch.setattr(buckets, "TRIED_EVERY", 3600.0)
    for _command in range(2):
        with pytest.raises(files.NoAnswer):
            default_storage.exists("originals/aa/aa.jpg")
    assert visitors() == 7


def test_whoever_tries_a_silent_bucket_tries_it_for_all_until_it_answers():
    watch = buckets.Watch()
    silent = buckets.ReadTimeoutError(endpoint_url="", error="")

    def ask(says=None):
        with patience.waiting_at_most(4), watch.asking("a.jpg"):
            if says:
                raise says

    with pytest.raises(buckets.ReadTimeoutError):
        ask(silent)
    watch._tried_from = 0.0
    with patience.waiting_at_most(4), watch.asking("a.jpg"), pytest.raises(files.NoAnswer):
        ask()
    ask()
    with pytest.raises(buckets.ReadTimeoutError):
        ask(silent)
    with pytest.raises(files.NoAnswer):
        ask()


def test_before_a_bucket_is_known_to_be_silent_half_of_the_threads_go_on(settings, monkeypatch):
    settings.THREADS = 4
    monkeypatch.setattr(buckets, "SLOW", 0.0)
    watch = buckets.Watch()

    @contextlib.contextmanager
    def asking(**how):
        with patience.waiting_at_most(4), watch.asking("a.jpg", **how):
            yield

    with asking(), asking(is_at_once=False), asking(is_at_once=False):  # a film that is sent takes its time
        with asking(), pytest.raises(files.NoAnswer), asking():
            pass
        monkeypatch.setattr(buckets, "SLOW", 60.0)  # another was answered just now
        with asking(), asking():
            pass


def test_a_bucket_that_is_not_there_is_not_taken_for_an_empty_one(settings, options):
    keep_in_bucket(settings, {**options, "name": "misspelt"})
    with pytest.raises(files.NoAnswer):
        default_storage.exists("originals/aa/aa.jpg")
    with pytest.raises(files.NoAnswer):
        default_storage.open("originals/aa/aa.jpg")
    keep_in_bucket(settings, options)
    assert not default_storage.exists("originals/aa/aa.jpg")


def test_a_film_that_breaks_off_on_its_way_out_of_the_bucket_leaves_no_part_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def film():
        yield b"a part"
        raise files.NoAnswer

    with pytest.raises(files.NoAnswer):
        body_of(StreamingHttpResponse(film()), "GET")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_captions_stay_while_the_bucket_is_away(settings, options, desk):
    keep_in_bucket(settings, options)
    captions = "WEBVTT\n\n00:00.500 --> 00:01.500\nGood evening.\n"
    video = make_video(slug="film", tracks=[{"label": "English", "text": captions}])
    address = f"/admin/newsroom/video/{video.pk}/change/"

    def shown():
        page = desk.get(address)
        return page, page.context["inline_admin_formsets"][1].formset.forms[0]

    def save(row, **changed):
        said = {name: row[name].value() or "" for name in ("kind", "language", "label", "text", "url", "stored")}
        page = {"base": Video.objects.get().head_id, "slug": "film", "language": "en", "poster": str(video.poster_id)}
        page |= {**rows("placed_bylines", []), **rows("placed_tracks", [{**said, **changed}])}
        page |= {"provider_url": video.provider_url, "headline": video.headline, "_save": "1"}
        desk.post(address, page, follow=True)
        return [(track.label, track.file) for track in Video.objects.get().placed_tracks.all()]

    [file] = Video.objects.get().placed_tracks.values_list("file", flat=True)
    _page, before = shown()
    take_away(settings, options)
    assert save(before, label="From a page opened before") == [("From a page opened before", file)]

    page, row = shown()
    assert page.status_code == 200
    assert row["text"].value() is None
    assert "The storage of pictures and films does not answer" in page.content.decode()
    assert row["stored"].as_widget() in page.content.decode()
    assert save(row, label="Unread") == [("Unread", file)]
    assert save(row, label="Forged", stored=f"{row['stored'].value()}x") == [("Unread", file)]

    keep_in_bucket(settings, options)
    _page, row = shown()
    assert row["text"].value() == captions
    assert save(row, label="Emptied", text="") == [("Unread", file)]


@pytest.mark.django_db(transaction=True)
def test_the_server_sends_pictures_and_films_out_of_the_bucket(bucket, options, start):
    photo = make_photo()
    publish(make_article(slug="pictured", lead_photo=photo))
    publish(make_video(slug="film", provider_url="", file=make_film(note="x" * 1_100_000)))
    server = start(
        S3_BUCKET=options["name"],
        S3_FOLDER=options["folder"],
        S3_ENDPOINT=options["endpoint"],
        S3_REGION=options["region"],
        AWS_ACCESS_KEY_ID="galley",
        AWS_SECRET_ACCESS_KEY="a secret",
    )
    size = server.get(sizes_of(photo)[0].address)
    assert (size.status, size.body[:3], int(size.headers["content-length"])) == (200, b"\xff\xd8\xff", len(size.body))
    film = urlsplit(server.get("/api/v1/videos/film/").json()["sources"][0]["url"]).path
    whole, part = server.get(film), server.get(film, range="bytes=1000000-1000009")
    assert (whole.status, len(whole.body)) == (200, int(whole.headers["content-length"]))
    assert whole.body.startswith((FILMS / "tiny.mp4").read_bytes())
    assert (part.status, part.body) == (206, whole.body[1_000_000:1_000_010])
