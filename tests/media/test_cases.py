"""Small files of the kinds that real ones were found to be, each with what is right for it."""

import json
from pathlib import Path

import pytest

from media import gate
from media.models import Photo
from tests.media.pictures import upload

pytestmark = [pytest.mark.django_db, pytest.mark.apart]
CASES = Path(__file__).resolve().parent / "cases"
EXPECTED = json.loads((CASES / "cases.json").read_text())
PHOTOS = [name for name in EXPECTED if name.endswith((".jpg", ".png", ".gif"))]


def uploaded(name):
    photo = Photo(file=upload((CASES / name).read_bytes(), name))
    photo.full_clean()
    photo.save()
    return Photo.objects.get()


def near(one, other):
    return all(abs(a - b) <= 6 for a, b in zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True))


@pytest.mark.parametrize("name", [name for name in PHOTOS if not name.startswith("tall-")])
def test_case_is_as_it_must_be(name):
    photo = uploaded(name)
    for what, value in EXPECTED[name]["expect"].items():
        if what == "copyright_notice contains":
            assert [word for word in value if word not in photo.copyright_notice] == []
        elif what == "taken_at date":
            assert photo.taken_at.date().isoformat() == value
        elif what == "colour near":
            assert near(photo.dominant_colour, value), photo.dominant_colour
        elif what == "notices":
            assert photo.notices == ["The picture is animated; only its first frame that is not blank is shown."]
        else:
            assert (what, getattr(photo, what)) == (what, value)


def test_picture_taller_than_a_jpeg_can_be_is_taken():
    found = gate.admit(upload((CASES / "tall-500x70000.png").read_bytes()))
    assert (found.width, found.height) == (500, 70_000)
