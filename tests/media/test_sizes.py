"""The sizes of a photo: a few at once, all of them soon, made again when something in them is to be another."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from cms import background
from cms.publishing.models import Change
from media.models import FormerSizes, Photo
from media.photos import images, sizes
from tests.factories import make_article, make_photo, make_picture, publish
from tests.media.pictures import CORPUS, addresses_in, colours_of, encoded, four_fields, photo_bytes, sizes_of, upload

pytestmark = [pytest.mark.django_db, pytest.mark.apart]
TALL = CORPUS.parent / "tall"


@pytest.fixture
def quick(monkeypatch):
    """Sizes without AVIF, which takes its time and is looked at elsewhere."""
    monkeypatch.setattr(images, "FORMATS", {"jpg": "image/jpeg"})


def files_of(photo):
    return {size.file for size in sizes_of(photo)}


def content_at(client, url):
    """What an address of the API holds; nothing where it leads nowhere."""
    response = client.get(urlsplit(url).path)
    return response.getvalue() if response.status_code == 200 else None


def shown(api, photo):
    return api(f"photos/{photo.pk}/")


def widths(photo):
    return {crop: shape["widths"] for crop, shape in photo["crops"].items()}


def test_photo_has_something_to_show_at_once(api):
    photo = make_photo(width=1500, height=1000)
    publish(make_article(lead_photo=photo))

    found = shown(api, photo)

    assert found["formats"] == ["jpg"]
    assert widths(found) == {"original": [320, 640, 1280], **{key: [640] for key in ["16x9", "3x2", "1x1", "4x5"]}}
    assert found["src"].endswith("/original-1280.jpg")
    assert found["dominant_colour"][0] == "#"


def test_all_sizes_follow_as_one_edition(api):
    photo = make_photo(width=1500, height=1000)
    publish(make_article(slug="vote", lead_photo=photo))
    before, edition = shown(api, photo), Change.objects.count()

    background.run_all()

    found = shown(api, photo)
    assert found["formats"] == ["avif", "jpg"]
    assert found["crops"] == {
        "original": {"width": 1500, "height": 1000, "widths": [320, 640, 960, 1280, 1500]},
        "16x9": {"width": 1500, "height": 844, "widths": [320, 640, 960, 1280, 1500]},
        "3x2": {"width": 1500, "height": 1000, "widths": [320, 640, 960, 1280, 1500]},
        "1x1": {"width": 960, "height": 960, "widths": [320, 640, 960]},
        "4x5": {"width": 800, "height": 1000, "widths": [320, 640, 800]},
    }
    assert api("articles/vote/")["lead_photo"]["crops"] == found["crops"]
    changes = Change.objects.order_by("edition")[edition:]
    assert [(change.kind, change.action) for change in changes] == [("photo", "updated")]
    assert before["src"] == found["src"]  # an address that was given out stays
    background.run_all()
    assert Change.objects.count() == edition + 1


def test_every_size_is_what_its_address_says(api):
    photo = make_photo(width=700, height=500)
    publish(make_article(lead_photo=photo))
    sizes.make(photo)

    found = shown(api, photo)
    for size in sizes_of(photo):
        image = size.image
        assert (Image.MIME[image.format], image.width) == (images.FORMATS[size.format], size.width)
        if size.width == found["crops"][size.crop]["width"]:
            assert image.height == found["crops"][size.crop]["height"]
    assert len(sizes_of(photo)) == len(addresses_in(found)) - 1


def test_nothing_is_scaled_up(quick):
    photo = make_photo(width=50, height=30)
    sizes.make(photo)

    assert {size.width for size in sizes_of(photo, crop="original")} == {50}
    assert max(size.image.width for size in sizes_of(photo)) == 50
    assert max(size.image.height for size in sizes_of(photo)) == 30


def test_crops_hold_the_focal_point(quick):
    """Of a picture of four fields, the crop around a corner shows that corner's colour in its middle."""
    photo = make_photo(file=upload(encoded(four_fields(600, 200))), focal_x=0.05, focal_y=0.5)
    sizes.make(photo)

    for size in sizes_of(photo, crop="1x1"):
        left, right, *_ = colours_of(size)
        assert left == pytest.approx((200, 40, 40), abs=12)
        assert right == pytest.approx((200, 40, 40), abs=12)


def test_first_crops_of_an_upload_hold_its_focal_point():
    photo = make_photo(file=upload(encoded(four_fields(600, 200))), focal_x=0.95, focal_y=0.5)

    left, *_ = colours_of(sizes_of(photo, crop="1x1")[0])
    assert left == pytest.approx((40, 160, 60), abs=12)


@pytest.mark.parametrize(
    "change", [{"focal_x": 0.1}, {"credit_line": "B"}, {"alt_text": "C"}, {"copyright_notice": "D"}]
)
def test_readers_get_the_former_sizes_until_the_new_are_made(api, quick, change):
    photo = make_photo(width=400, height=200)
    publish(make_article(slug="vote", lead_photo=photo))
    background.run_all()
    before = shown(api, photo)
    Photo.objects.get().save()
    assert Photo.objects.get().sizes_due_at is None

    for name, value in change.items():
        setattr(photo, name, value)
    photo.save()
    meanwhile = shown(api, photo)
    background.run_all()

    after = shown(api, photo)
    assert [meanwhile[name] for name in ("src", "template", "formats", "crops")] == [
        before[name] for name in ("src", "template", "formats", "crops")
    ]
    assert after["template"] != before["template"]
    assert (after["formats"], after["crops"]) == (before["formats"], before["crops"])
    assert api("articles/vote/")["lead_photo"]["template"] == after["template"]


def test_former_sizes_are_there_for_a_day(api, client, quick, django_capture_on_commit_callbacks):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    background.run_all()
    former, files = shown(api, photo), files_of(photo)
    contents = {address: content_at(client, address) for address in addresses_in(former)}
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        photo.credit_line = "B"
        photo.save()
        background.run_all()

    for hours, expected in ((23, contents), (25, dict.fromkeys(contents))):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            with django_capture_on_commit_callbacks(execute=True):
                background.run_all()
            assert {address: content_at(client, address) for address in contents} == expected
            assert {default_storage.exists(name) for name in files} == {hours < 24}
            assert None not in [content_at(client, address) for address in addresses_in(shown(api, photo))]
    assert not FormerSizes.objects.exists()


def test_change_that_is_taken_back_shows_the_sizes_that_are_there(api, quick, django_capture_on_commit_callbacks):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    background.run_all()
    first = shown(api, photo)
    for credit in ("B", "A. Name/Agency"):
        photo = Photo.objects.get()
        photo.credit_line = credit
        photo.save()
        if credit == "B":
            background.run_all()
            assert shown(api, photo)["template"] != first["template"]

    assert shown(api, photo) == first
    with time_machine.travel(timezone.now() + timedelta(days=2)), django_capture_on_commit_callbacks(execute=True):
        background.run_all()
    assert all(default_storage.exists(size.file) for size in sizes_of(photo))
    assert shown(api, photo) == first


def test_changes_that_come_one_upon_the_other_leave_no_file(api, quick, uploads, django_capture_on_commit_callbacks):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    for number in range(4):
        photo.credit_line = f"Credit {number}"
        photo.focal_x = number / 4
        photo.save()
        if number % 2:
            background.run_all()
    background.run_all()
    with time_machine.travel(timezone.now() + timedelta(days=2)), django_capture_on_commit_callbacks(execute=True):
        background.run_all()

    kept = {str(path.relative_to(uploads)) for path in uploads.rglob("*") if path.is_file()}
    assert kept == files_of(photo) | {photo.file.name}


def test_page_that_was_opened_before_the_sizes_were_made_does_not_lose_them(api, quick):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    opened = Photo.objects.get()
    background.run_all()
    made = widths(shown(api, photo))

    opened.caption = "Another"
    opened.save()

    assert widths(shown(api, photo)) == made
    assert Photo.objects.get().sizes_due_at is None


def test_page_that_was_opened_before_another_credit_brings_no_former_size_back(api, quick):
    photo = make_photo(width=400, height=200)
    publish(make_article(lead_photo=photo))
    background.run_all()
    opened = Photo.objects.get()
    photo.credit_line = "B"
    photo.save()
    background.run_all()
    template = shown(api, photo)["template"]

    opened.caption = "Another"
    opened.save()

    found = shown(api, photo)
    assert (found["caption"], found["credit_line"], found["template"]) == ("Another", "B", template)
    assert Photo.objects.get().sizes_due_at is None


def test_caption_changes_no_size(quick):
    photo = make_photo(width=60, height=40)
    background.run_all()
    photo.caption = "Another"
    photo.save()

    assert Photo.objects.get().sizes_due_at is None


def test_replaced_file_keeps_every_use_and_is_seen_at_once(api, client, quick, django_capture_on_commit_callbacks):
    photo = make_photo(width=400, height=200)
    publish(make_article(slug="vote", lead_photo=photo))
    background.run_all()
    former, original = shown(api, photo), photo.file.name

    with django_capture_on_commit_callbacks(execute=True):
        photo.replace_file(upload(photo_bytes(300, 300), "new.jpg"))

    found = api("articles/vote/")["lead_photo"]
    assert (found["id"], found["width"], found["credit_line"]) == (str(photo.pk), 300, "A. Name/Agency")
    assert found["crops"]["original"] == {"width": 300, "height": 300, "widths": [300]}
    assert None not in [content_at(client, address) for address in [*addresses_in(found), *addresses_in(former)]]
    assert not default_storage.exists(original)
    background.run_all()
    assert None not in [content_at(client, address) for address in addresses_in(shown(api, photo))]
    assert Photo.objects.get().file_name == "new.jpg"


def test_same_file_again_takes_no_size_away(api, client, quick):
    content = photo_bytes(700, 500)
    photo = make_photo(file=upload(content))
    publish(make_article(lead_photo=photo))
    background.run_all()
    before = shown(api, photo)
    contents = {address: content_at(client, address) for address in addresses_in(before)}

    Photo.objects.get().replace_file(upload(content))

    assert shown(api, photo) == before
    background.run_all()
    assert shown(api, photo) == before
    assert {address: content_at(client, address) for address in addresses_in(before)} == contents


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
    monkeypatch.setattr(Photo, "serve", None)

    with pytest.raises(TypeError):
        photo.save()

    assert [path for path in uploads.rglob("*") if path.is_file()] == []
    assert not Photo.objects.exists()


# What cannot be made


def kept_in(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_long_screenshot_is_whole_in_both_formats_and_as_sharp_as_it_came(api, monkeypatch):
    monkeypatch.setattr(images, "WIDTHS", (320, 2560))  # an AVIF of so many pixels takes its time
    photo = make_photo(file=upload((TALL / "tall-1080x20000.jpg").read_bytes()))
    publish(make_article(lead_photo=photo))
    sizes.make(photo)

    found = shown(api, photo)
    assert (found["formats"], found["crops"]["original"]) == (
        ["avif", "jpg"],
        {"width": 1080, "height": 20000, "widths": [320, 1080]},
    )
    largest = [size.image for size in sizes_of(photo, crop="original", width=1080)]
    assert [(image.format, image.size) for image in largest] == [("AVIF", (1080, 20000)), ("JPEG", (1080, 20000))]
    assert Photo.objects.get().notices == []


def test_picture_that_is_higher_than_a_jpeg_has_all_sizes_that_can_be_and_says_so_once(api, client):
    photo = make_photo(file=upload((TALL / "tall-500x70000.png").read_bytes()))
    publish(make_article(lead_photo=photo))
    notices = Photo.objects.get().notices
    background.run_all()

    found = shown(api, photo)
    assert (found["formats"], found["crops"]["original"]) == (
        ["jpg"],
        {"width": 467, "height": 65380, "widths": [320, 467]},
    )
    assert found["crops"]["16x9"]["widths"] == [320, 500]
    assert None not in [content_at(client, address) for address in addresses_in(found)]
    assert ["65,500 pixels" in notices[0], "AVIF" in notices[1]] == [True, True]
    assert (Photo.objects.get().notices, Photo.objects.get().sizes_due_at) == (notices, None)


@pytest.mark.parametrize(("width", "height"), [(1, 70_000), (70_000, 1), (3, 40_000)])
def test_picture_of_an_absurd_shape_announces_nothing_that_is_not_there(api, client, width, height):
    photo = make_photo(file=upload(encoded(Image.new("L", (width, height)), "PNG"), "line.png"))
    publish(make_article(lead_photo=photo))
    background.run_all()

    assert None not in [content_at(client, address) for address in addresses_in(shown(api, photo))]


def test_format_that_cannot_be_made_takes_no_other_with_it(api, client, uploads, monkeypatch, caplog):
    """With too little memory for its AVIF, a photo has all its JPEGs; that is said once, and not tried for ever."""
    monkeypatch.setattr(sizes, "MAKING", {**sizes.MAKING, "memory": 80 * 1024 * 1024})
    photo = make_photo(width=1300, height=1900)
    publish(make_article(lead_photo=photo))
    before = shown(api, photo)
    sizes.make(photo)
    after = shown(api, photo)
    sizes.make(Photo.objects.get())

    assert (after["formats"], after["template"], after["src"]) == (["jpg"], before["template"], before["src"])
    assert after["crops"]["original"]["widths"] == [320, 640, 960, 1280]
    assert after["crops"]["4x5"]["widths"] == [320, 640, 960, 1280]
    assert None not in [content_at(client, address) for address in addresses_in(after)]
    assert shown(api, photo) == after
    assert [("as AVIF" in text) for text in Photo.objects.get().notices] == [True]
    assert "original-1280.avif" in caplog.text
    assert Photo.objects.get().sizes_due_at is None


def test_worker_that_could_make_less_takes_nothing_from_one_that_made_all(
    api, client, monkeypatch, django_capture_on_commit_callbacks
):
    photo = make_photo(width=1300, height=1900)
    publish(make_article(lead_photo=photo))
    slow = sizes.Making(Photo.objects.get())
    sizes.make(Photo.objects.get())
    before = shown(api, photo)
    monkeypatch.setattr(sizes, "MAKING", {**sizes.MAKING, "memory": 80 * 1024 * 1024})
    with django_capture_on_commit_callbacks(execute=True):
        sizes.finish(slow)

    assert before["formats"] == ["avif", "jpg"]
    assert shown(api, photo) == before
    assert None not in [content_at(client, address) for address in addresses_in(before)]


def test_worker_that_is_late_takes_nothing_from_pages_that_show_the_former_sizes(
    api, client, quick, uploads, django_capture_on_commit_callbacks
):
    photo = make_photo(width=700, height=500)
    publish(make_article(lead_photo=photo))
    late = sizes.Making(Photo.objects.get())
    with default_storage.open(photo.file.name) as original:
        late.run(original)
    sizes.make(Photo.objects.get())
    former = shown(api, photo)
    photo.credit_line = "B"
    photo.save()
    background.run_all()
    with django_capture_on_commit_callbacks(execute=True):
        sizes.finish(late)

    assert None not in [content_at(client, address) for address in addresses_in(former)]


def test_sizes_go_on_where_the_process_that_makes_them_was_ended(monkeypatch, caplog):
    """It may take less time than all of them need together, and far more than any of them needs."""
    monkeypatch.setattr(sizes, "MAKING", {**sizes.MAKING, "cpu_seconds": 3})
    photo = make_photo(file=upload(encoded(Image.effect_noise((2000, 1400), 90).convert("RGB"), quality=95)))
    sizes.make(photo)

    assert "more memory or time than it may have" in caplog.text
    assert Photo.objects.get().made.sizes() == images.planned(2000, 1400)


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, [1]),
        (319, [319]),
        (320, [320]),
        (367, [320]),
        (368, [320, 368]),
        (1103, [320, 640, 960]),
        (1104, [320, 640, 960, 1104]),
        (2207, [320, 640, 960, 1280, 1920]),
        (2208, [320, 640, 960, 1280, 1920, 2208]),
        (2560, [320, 640, 960, 1280, 1920, 2560]),
        (6000, [320, 640, 960, 1280, 1920, 2560]),
    ],
)
def test_own_width_is_made_where_it_exceeds_the_last_by_15_percent(width, widths):
    assert sorted({wide for crop, wide, _ in images.planned(width, width) if crop == "original"}) == widths


# Who makes them


def test_photo_is_taken_on_by_one(quick):
    photo = make_photo(width=60, height=40)

    assert [sizes.take(), sizes.take()] == [photo, None]
    with time_machine.travel(timezone.now() + sizes.LEASE + timedelta(seconds=1)):
        assert sizes.take() == photo  # whoever had it was killed


def test_photo_that_always_fails_holds_up_nobody_and_says_so(quick, caplog):
    broken, good = make_photo(width=700, height=500), make_photo(width=60, height=40)
    with default_storage.open(broken.file.name, "wb") as file:
        file.write(b"lost")

    background.run_all()

    broken.refresh_from_db()
    good.refresh_from_db()
    assert good.sizes_due_at is None
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
    assert sizes_of(broken)


def test_lost_original_is_put_off_too(quick):
    photo = make_photo(width=700, height=500)
    default_storage.delete(photo.file.name)

    background.run_all()

    photo.refresh_from_db()
    assert "in the log" in photo.sizes_fault


def test_photo_saved_while_its_sizes_are_made_gets_the_newer_ones(quick, monkeypatch):
    make_photo(width=60, height=40)
    taken = sizes.take()
    other = Photo.objects.get()
    other.credit_line = "Newer/Agency"
    other.save()

    sizes.make(taken)

    assert Photo.objects.get().sizes_due_at is not None
    background.run_all()
    assert Photo.objects.get().sizes_version == Photo.objects.get().wanted_version()


def test_photo_deleted_while_its_sizes_are_made_leaves_nothing(quick, uploads, django_capture_on_commit_callbacks):
    make_photo(width=700, height=500)
    taken = sizes.take()
    with django_capture_on_commit_callbacks(execute=True):
        Photo.objects.get().delete()
    with pytest.raises(FileNotFoundError):
        sizes.make(taken)

    assert [path for path in uploads.rglob("*") if path.is_file()] == []
