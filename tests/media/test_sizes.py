"""The sizes of a photo: a few at once, all of them soon, made again when something in them is to be another."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from cms.publishing import background
from cms.publishing.models import Change
from media import images, sizes
from media.models import Photo, Rendition
from tests.factories import make_article, make_photo, make_picture, publish
from tests.media.pictures import colours_of, encoded, four_fields, photo_bytes, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def quick(monkeypatch):
    """Sizes without AVIF, which takes its time and is looked at elsewhere."""
    monkeypatch.setattr(images, "FORMATS", ["image/webp", "image/jpeg"])


def files_of(photo):
    return set(photo.renditions.values_list("file", flat=True))


def shown(api, photo):
    return api(f"photos/{photo.pk}/")


def widths(shape, format_="image/jpeg"):
    return [size["width"] for source in shape["sources"] if source["type"] == format_ for size in source["srcset"]]


def test_photo_has_something_to_show_at_once(api):
    photo = make_photo(width=1500, height=1000)
    publish(make_article(lead_photo=photo))

    found = shown(api, photo)

    assert [source["type"] for source in found["sources"]] == ["image/jpeg"]
    assert widths(found) == [320, 640, 1280]
    assert {crop: widths(shape) for crop, shape in found["crops"].items()} == {crop: [640] for crop in images.CROPS}
    assert "whole-1280-" in found["src"]
    assert found["dominant_colour"][0] == "#"


def test_all_sizes_follow_as_one_edition(api, quick):
    photo = make_photo(width=1500, height=1000)
    publish(make_article(slug="vote", lead_photo=photo))
    before, edition = shown(api, photo), Change.objects.count()

    background.run_all()

    found = shown(api, photo)
    assert [source["type"] for source in found["sources"]] == ["image/webp", "image/jpeg"]
    assert widths(found) == widths(found, "image/webp") == [320, 640, 960, 1280, 1500]
    assert widths(found["crops"]["16:9"]) == [320, 640, 960, 1280, 1500]
    assert widths(found["crops"]["1:1"]) == [320, 640, 960, 1000]
    assert widths(found["crops"]["4:5"]) == [320, 640, 800]
    assert api("articles/vote/")["lead_photo"]["sources"] == found["sources"]
    changes = Change.objects.order_by("edition")[edition:]
    assert [(change.kind, change.action) for change in changes] == [("photo", "updated")]
    assert before["src"] == found["src"]  # an address that was given out stays
    background.run_all()
    assert Change.objects.count() == edition + 1


def test_every_format_is_what_it_says(quick, monkeypatch):
    monkeypatch.setattr(images, "FORMATS", ["image/avif", "image/webp", "image/jpeg"])
    photo = make_photo(width=90, height=60)
    sizes.make(photo)

    for size in photo.renditions.all():
        with default_storage.open(size.file.name) as file:
            image = Image.open(io.BytesIO(file.read()))
        assert (Image.MIME[image.format], image.size) == (size.format, (size.width, size.height))
        assert size.file.name.endswith(images.EXTENSIONS[size.format])


def test_nothing_is_scaled_up(quick):
    photo = make_photo(width=50, height=30)
    sizes.make(photo)

    assert max(photo.renditions.values_list("width", flat=True)) == 50
    assert max(photo.renditions.values_list("height", flat=True)) == 30


def test_crops_hold_the_focal_point(quick):
    """Of a picture of four fields, the crop around a corner shows that corner's colour in its middle."""
    photo = make_photo(file=upload(encoded(four_fields(600, 200))), focal_x=0.05, focal_y=0.5)
    sizes.make(photo)

    for size in photo.renditions.filter(crop="1:1"):
        left, right, *_ = colours_of(size)
        assert left == pytest.approx((200, 40, 40), abs=12)
        assert right == pytest.approx((200, 40, 40), abs=12)


def test_first_crops_of_an_upload_hold_its_focal_point():
    photo = make_photo(file=upload(encoded(four_fields(600, 200))), focal_x=0.95, focal_y=0.5)

    left, *_ = colours_of(photo.renditions.get(crop="1:1"))
    assert left == pytest.approx((40, 160, 60), abs=12)


@pytest.mark.parametrize(
    "change", [{"focal_x": 0.1}, {"credit_line": "B"}, {"alt_text": "C"}, {"copyright_notice": "D"}]
)
def test_what_changes_the_sizes_makes_new_ones_and_the_old_stay_until_then(
    api, quick, change, django_capture_on_commit_callbacks
):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    background.run_all()
    before = files_of(photo)

    Photo.objects.get().save()
    assert Photo.objects.get().sizes_due_at is None
    for name, value in change.items():
        setattr(photo, name, value)
    photo.save()

    assert files_of(photo) == before
    assert all(default_storage.exists(name) for name in before)
    assert shown(api, photo)["src"] is not None
    with django_capture_on_commit_callbacks(execute=True):
        background.run_all()
    after = files_of(photo)
    assert len(after) == len(before)
    assert not any(default_storage.exists(name) for name in before - after)
    assert all(default_storage.exists(name) for name in after)
    assert (len(after - before) > 0, "focal_x" in change or after.isdisjoint(before)) == (True, True)


def test_caption_changes_no_size(quick):
    photo = make_photo(width=60, height=40)
    background.run_all()
    photo.caption = "Another"
    photo.save()

    assert Photo.objects.get().sizes_due_at is None


def test_replaced_file_keeps_every_use(api, quick, django_capture_on_commit_callbacks):
    photo = make_photo(width=400, height=200)
    publish(make_article(slug="vote", lead_photo=photo))
    background.run_all()
    before, original = files_of(photo), photo.file.name

    with django_capture_on_commit_callbacks(execute=True):
        photo.replace_file(upload(photo_bytes(300, 300), "new.jpg"))

    found = api("articles/vote/")["lead_photo"]
    assert (found["id"], found["width"], found["credit_line"]) == (str(photo.pk), 300, "A. Name/Agency")
    assert widths(found) == [300]
    assert not any(default_storage.exists(name) for name in [*before, original])
    background.run_all()
    assert len(files_of(photo)) > 5
    assert Photo.objects.get().file_name == "new.jpg"


def test_replacement_that_is_refused_changes_nothing(api):
    photo = make_photo(width=400, height=200)
    before = Photo.objects.values().get()
    with pytest.raises(ValidationError):
        photo.replace_file(upload(b"no picture"))

    assert Photo.objects.values().get() == before
    assert default_storage.exists(before["file"])


def test_upload_that_cannot_be_kept_leaves_no_file(uploads, monkeypatch):
    photo = Photo(file=make_picture(60, 40))
    photo.full_clean()
    monkeypatch.setattr(Photo, "replace_renditions", None)

    with pytest.raises(TypeError):
        photo.save()

    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    assert not Photo.objects.exists()


# Who makes them


def test_photo_is_taken_on_by_one(quick):
    photo = make_photo(width=60, height=40)

    assert [sizes.take(), sizes.take()] == [photo, None]
    with time_machine.travel(timezone.now() + sizes.LEASE + timedelta(seconds=1)):
        assert sizes.take() == photo  # whoever had it was killed


def test_photo_that_always_fails_holds_up_nobody_and_says_so(quick, caplog):
    broken, good = make_photo(width=60, height=40), make_photo(width=60, height=40)
    with default_storage.open(broken.file.name, "wb") as file:
        file.write(b"lost")

    background.run_all()

    broken.refresh_from_db()
    assert good.renditions.filter(format="image/webp").exists()
    assert (broken.sizes_attempts, "could not be made" in caplog.text) == (1, True)
    assert "send a JPEG" in broken.sizes_fault
    rests = []
    for _ in range(3):
        rests.append(broken.sizes_due_at - timezone.now())
        with time_machine.travel(broken.sizes_due_at + timedelta(seconds=1)):
            background.run_all()
            broken.refresh_from_db()
            rests[-1] = broken.sizes_due_at - timezone.now()
    assert rests == sorted(rests)
    assert broken.renditions.exists()


def test_lost_original_is_put_off_too(quick):
    photo = make_photo(width=60, height=40)
    default_storage.delete(photo.file.name)

    background.run_all()

    photo.refresh_from_db()
    assert "in the log" in photo.sizes_fault


def test_photo_saved_while_its_sizes_are_made_gets_the_newer_ones(quick, monkeypatch):
    photo = make_photo(width=60, height=40)
    taken = sizes.take()
    other = Photo.objects.get()
    other.credit_line = "Newer/Agency"
    other.save()

    sizes.make(taken)

    assert not photo.renditions.filter(format="image/webp").exists()
    background.run_all()
    assert set(photo.renditions.values_list("made_from", flat=True)) == {Photo.objects.get().recipe()}


def test_photo_deleted_while_its_sizes_are_made_leaves_nothing(quick, uploads, django_capture_on_commit_callbacks):
    make_photo(width=60, height=40)
    taken = sizes.take()
    with django_capture_on_commit_callbacks(execute=True):
        Photo.objects.get().delete()
    with pytest.raises(FileNotFoundError):
        sizes.make(taken)

    assert not Rendition.objects.exists()
    assert [path for path in uploads.rglob("*") if path.is_file()] == []
