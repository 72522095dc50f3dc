"""The upload gate: what was made to do harm is refused soon, in words, and leaves nothing behind."""

import io
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media import gate
from media.models import Photo
from tests.factories import make_photo
from tests.media import pictures
from tests.media.pictures import four_fields, from_corpus, photo_bytes, upload

pytestmark = [pytest.mark.django_db, pytest.mark.apart]


@pytest.fixture(autouse=True)
def pictures_looked_at_once():
    """Each is looked at anew: how that is done is what is tested here."""


def zip_bytes():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.html", "<script>alert(1)</script>")
    return out.getvalue()


def zip_behind(picture):
    """A file that is a picture from the front and an archive from behind."""
    out = io.BytesIO(picture)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.html", "x" * 5000)
    return out.getvalue()


def broken(name, at=0.6):
    content = pictures.CORPUS.joinpath(name).read_bytes()
    start = int(len(content) * at)
    return content[:start] + bytes(255 - byte for byte in content[start : start + 60]) + content[start + 60 :]


def long_text():
    return pictures.png_with(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 30_000_000, 9))


def large_profile():
    return pictures.png_with(b"iCCP", b"icc\0\0" + zlib.compress(b"\0" * 200_000_000, 9))


REFUSED = {
    "nothing at all": (lambda: b"", "empty", 400),
    "over 60 MB": (lambda: photo_bytes() + b"\0" * 60 * 1024 * 1024, "too-large", 413),
    "5,000 scans": (lambda: pictures.jpeg_of_many_scans(5000), "too-many-scans", 400),
    "51 million pixels": (lambda: pictures.png_bomb(10_000, 5_100), "too-many-pixels", 413),
    "a billion pixels": (lambda: pictures.png_bomb(40_000, 25_000), "too-many-pixels", 413),
    "101 frames": (lambda: pictures.gif_of([(10, 10)] * 101), "too-many-frames", 413),
    "a later frame of 60 million pixels": (lambda: pictures.gif_of([(9, 9), (9_000, 7_000)]), "too-many-pixels", 413),
    "90 frames of a million pixels": (lambda: pictures.gif_of([(1000, 1000)] * 90), "too-many-pixels", 413),
    "a text": (lambda: b"This is no picture. " * 50, "not-a-picture", 415),
    "HTML": (lambda: b"<!doctype html><script>alert(1)</script>", "not-a-picture", 415),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not-a-picture", 415),
    "TIFF": (lambda: pictures.encoded(four_fields(), "TIFF"), "not-a-picture", 415),
    "PDF": (lambda: b"%PDF-1.7\n" + photo_bytes(), "not-a-picture", 415),
    "HEIC of nothing": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 50, None, None),
    "a script that begins like a GIF": (lambda: b"GIF89a/*" + b"\0" * 20 + b"*/=alert(1);//", "damaged", 400),
    "an archive behind a JPEG": (lambda: zip_behind(photo_bytes()), "polyglot", 400),
    "an archive behind a PNG": (lambda: zip_behind(pictures.encoded(four_fields(), "PNG")), "polyglot", 400),
    "a page behind a JPEG": (lambda: photo_bytes() + b"\n<html><script>alert(1)</script>", "polyglot", 400),
    "a program behind a GIF": (
        lambda: pictures.encoded(four_fields(), "GIF") + b"<?php exec($_GET[0]);",
        "polyglot",
        400,
    ),
    "an archive within": (lambda: photo_bytes()[:-2] + b"\xff\xd9" + zip_bytes(), "polyglot", 400),
    "half a JPEG": (lambda: photo_bytes(600, 400)[:4000], "damaged", 400),
    "half a PNG": (lambda: pictures.encoded(four_fields(300, 200), "PNG")[:400], "damaged", 400),
    "half a WebP": (lambda: pictures.CORPUS.joinpath("xmp.webp").read_bytes()[:200], "damaged", 400),
    "half an AVIF": (lambda: pictures.CORPUS.joinpath("still.avif").read_bytes()[:300], "damaged", 400),
    "half a GIF": (lambda: pictures.CORPUS.joinpath("still.gif").read_bytes()[:100], "damaged", 400),
    "the first bytes of a JPEG": (lambda: photo_bytes()[:3], "damaged", 400),
    "a broken AVIF": (lambda: broken("still.avif"), "damaged", 400),
    "a broken PNG": (lambda: broken("rgb-16bit.png"), "damaged", 400),
    "30 MB of text in a PNG": (long_text, "damaged", 400),
    "a profile of 200 MB": (large_profile, None, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_refused_in_words_and_leaves_nothing(name, uploads):
    make, code, status = REFUSED[name]
    photo = Photo(file=upload(make()), credit_line="A")

    with pytest.raises(ValidationError) as error:
        photo.full_clean()

    found = error.value.error_dict["file"][0]
    if code:
        assert (found.code, gate.status_of(error.value)) == (code, status)
    assert gate.status_of(error.value) in {400, 413, 415}
    assert any(word in found.message.lower() for word in ("send", "save", "export", "get it anew"))
    assert not Photo.objects.exists()
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_first_frame_of_many_is_taken():
    photo = make_photo(file=from_corpus("animated.gif"))

    assert (photo.extension, photo.width, photo.height) == ("gif", 120, 80)


def test_a_gif_of_100_small_frames_is_taken():
    frames = [four_fields(10, 10) for _ in range(100)]

    found = gate.admit(upload(pictures.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])))

    assert (found.extension, found.width) == ("gif", 10)


def test_the_name_says_nothing_of_the_kind():
    found = gate.admit(upload(photo_bytes(), "../../etc/passwd\x00.png"))

    assert (found.extension, found.file_name) == ("jpg", "passwd.png")


def test_a_long_file_name_is_no_hindrance():
    photo = Photo(file=upload(photo_bytes(), "А" * 120 + ".jpg"))
    photo.full_clean()
    photo.save()

    assert photo.file_name == "А" * 120 + ".jpg"
    assert photo.file.name == f"originals/{photo.checksum[:2]}/{photo.checksum}.jpg"


def test_what_memory_cannot_hold_is_refused(monkeypatch):
    monkeypatch.setitem(gate.LOOKING, "memory", 60 * 1024 * 1024)

    with pytest.raises(ValidationError) as error:
        gate.admit(upload(pictures.encoded(Image.new("RGB", (5000, 5000)), "PNG")))
    assert error.value.code == "heavy"
    assert gate.admit(from_corpus("grey.jpg")).width == 120


def test_what_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setitem(gate.LOOKING, "cpu_seconds", 1)
    monkeypatch.setitem(gate.MOST, "scans", 10_000)

    with pytest.raises(ValidationError) as error:
        gate.admit(upload(pictures.jpeg_of_many_scans(9000)[:-2] + photo_bytes(6000, 6000, progressive=True)[2:]))
    assert error.value.code in {"heavy", "damaged"}


def test_twin_is_found_before_anything_is_decoded(monkeypatch):
    content = photo_bytes()
    first = make_photo(file=upload(content))
    monkeypatch.setattr(gate.darkroom, "run", None)

    with pytest.raises(ValidationError) as error:
        Photo(file=upload(content)).full_clean()
    assert error.value.error_dict["file"][0].code == "twin"
    assert str(first) in str(error.value)


def test_original_is_stored_as_it_was_sent(uploads):
    content = pictures.CORPUS.joinpath("gps.jpg").read_bytes()
    photo = make_photo(file=SimpleUploadedFile("gps.jpg", content))

    with photo.file.open() as file:
        assert file.read() == content


def test_every_code_has_its_words():
    assert set(gate.STATUSES) <= set(gate.WORDS)
