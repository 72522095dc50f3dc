"""Every file of the corpus, uploaded as an editor would, does what its README says."""

import json
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from media import gate
from media.models import Photo
from media.photos import images, sizes
from media.pixels import pillow
from tests.factories import make_photo
from tests.media.pictures import CORPUS, FOUR, colours_of, from_corpus, sizes_of

pytestmark = [pytest.mark.django_db, pytest.mark.apart]
EXPECTED = json.loads((CORPUS / "expected.json").read_text())
TEXTS = ("caption", "creator", "credit_line", "copyright_notice", "source", "usage_terms", "alt_text")
SECRETS = [b"GALLEY-SECRET", b"source@secret", b"50,27.006"]


def uploaded(name):
    photo = Photo(file=from_corpus(name))
    photo.full_clean()
    photo.save()
    return Photo.objects.get()


def near(found, expected):
    return all(
        abs(a - b) <= 12 for one, other in zip(found, expected, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_every_file_is_tried():
    files = {path.name for path in CORPUS.iterdir()} - {"README.md", "expected.json"}
    assert files == {row["file"] for row in EXPECTED}


@pytest.mark.parametrize("row", EXPECTED, ids=[row["file"] for row in EXPECTED])
def test_file_does_what_it_must(row, uploads, monkeypatch):
    if row["accept"] == "heic" and not pillow.READS_HEIF:
        with pytest.raises(ValidationError) as error:
            uploaded(row["file"])
        assert "HEIC" in str(error.value)
        assert gate.status_of(error.value) == 415
        assert (Photo.objects.exists(), [path for path in uploads.rglob("*") if path.is_file()]) == (False, [])
        return
    monkeypatch.setattr(images, "FORMATS", {"jpg": "image/jpeg"})
    photo = uploaded(row["file"])
    sizes.make(photo)

    assert (photo.width, photo.height) == (row["width"], row["height"])
    for name in TEXTS:
        if name in row:
            assert (name, getattr(photo, name)) == (name, row[name] or "")
    for name in ("taken_at", "usable_until"):
        if name in row:
            assert (name, getattr(photo, name)) == (name, datetime.fromisoformat(row[name]))
    if "digital_source_type" in row:
        assert photo.digital_source_type == row["digital_source_type"].rsplit("/", 1)[-1]

    made = sizes_of(photo)
    assert {size.crop for size in made} == {*images.CROPS}
    assert len(photo.placeholder) < 300
    for size in made:
        content, image = size.content, size.image
        assert image.width == size.width
        assert image.width <= photo.width
        assert image.height <= photo.height
        assert image.getexif() == {}
        assert not image.info.get("icc_profile")
        assert [word for word in SECRETS if word in content] == []
        assert getattr(image, "n_frames", 1) == 1
    expected = row.get("colours", FOUR)
    if expected and row["accept"] != "either" and photo.width > 100 and photo.height > 50:
        for size in sizes_of(photo, crop="original"):
            assert near(colours_of(size), expected), (size, colours_of(size))


@pytest.mark.parametrize("name", ["rgba.png", "palette-transparent.png", "grey-alpha.png", "lossless-alpha.webp"])
def test_see_through_stays_where_it_can_and_is_white_elsewhere(name, monkeypatch):
    photo = uploaded(name)
    sizes.make(photo)

    middle = {}
    for size in sizes_of(photo, crop="original"):
        image = size.image.convert("RGBA")
        middle[size.format] = image.getpixel((image.width // 2, image.height // 2))

    assert middle["avif"][3] == 0
    assert all(channel > 250 for channel in middle["jpg"])


def test_long_caption_is_cut_and_the_editor_is_told():
    photo = uploaded("iptc-caption-40k.jpg")

    assert len(photo.caption) == 2000
    assert photo.notices == ['"caption" was longer in the file than 2,000 characters and was cut.']


def test_long_xmp_is_read_and_what_is_longer_than_its_field_is_cut():
    photo = uploaded("xmp-caption-100k.png")

    assert (photo.credit_line, len(photo.caption)) == ("Long/Agency", 2000)
    assert photo.notices == ['"caption" was longer in the file than 2,000 characters and was cut.']


def test_keywords_place_and_headline_are_taken():
    photo = uploaded("xmp-only.jpg")
    assert (photo.headline, photo.place) == ("Flood", "Orrin")
    photo.delete()
    assert uploaded("iptc-two-creators.jpg").keywords == ["port", "strike", "crane"]
    Photo.objects.get().delete()
    assert uploaded("iptc-utf8-undeclared.jpg").place == "Херсон, Україна"


def test_raw_values_are_kept_and_are_for_the_desk_alone(api):
    photo = uploaded("gps.jpg")

    assert photo.metadata["exif"]["BodySerialNumber"] == "GALLEY-SECRET-1"
    assert "metadata" not in api("schema/")["components"]["schemas"]["Photo"]["properties"]


def test_deleted_photo_leaves_no_file(uploads, django_capture_on_commit_callbacks):
    photo = make_photo(file=from_corpus("grey.jpg"))
    assert [path for path in uploads.rglob("*") if path.is_file()]

    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()

    assert [path for path in uploads.rglob("*") if path.is_file()] == []
