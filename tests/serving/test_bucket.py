"""Uploads in a bucket, of a server that speaks as S3 does: what readers, editors and operators notice of it."""

import io
import itertools
import shutil
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from cms import files
from cms.backup import saving
from cms.publishing import press
from media.models import Photo
from media.photos import sizes
from media.photos.models import original_path
from tests.factories import FILMS, make_article, make_film, make_photo, make_picture, make_video, publish
from tests.media.pictures import sizes_of
from tests.serving import free_port

pytest.importorskip("boto3")
moto = pytest.importorskip("moto.server")

from cms import buckets  # noqa: E402 - which needs boto3

pytestmark = pytest.mark.apart  # whatever the rows come from
BROWSER = {"Accept": "text/html"}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def s3():
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


@pytest.mark.django_db
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
    call_command("restore", tmp_path / "from-folder.galley", "--force")
    assert answers() == before

    call_command("backup", tmp_path / "from-bucket.galley")
    shutil.rmtree(settings.MEDIA_ROOT)
    keep_in_folder(settings)
    call_command("restore", tmp_path / "from-bucket.galley", "--force")
    assert answers() == before


@pytest.mark.django_db
def test_a_restore_that_fails_leaves_the_bucket_as_it_was(bucket, tmp_path, monkeypatch):
    make_photo()
    call_command("backup", tmp_path / "all.galley")
    Photo.objects.get().delete()
    for name in list(saving.stored_files()):
        bucket.delete(name)
    bucket.save("originals/bb/bb.jpg", ContentFile(b"here"))
    monkeypatch.setattr("cms.backup.restoring._restore_key", lambda key: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        call_command("restore", tmp_path / "all.galley", "--force")

    assert list(saving.stored_files()) == ["originals/bb/bb.jpg"]


@pytest.mark.django_db(transaction=True)
def test_while_the_bucket_is_away_stories_go_on_and_uploads_say_so_and_leave_nothing(settings, options, desk):
    keep_in_bucket(settings, options)
    photo = make_photo()
    publish(make_article(slug="pictured", lead_photo=photo))
    size = sizes_of(photo)[0].address
    assert read(desk, size)[0] == 200
    keep_in_bucket(settings, {**options, "endpoint": f"http://127.0.0.1:{free_port()}"})
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
