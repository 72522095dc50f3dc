"""Pictures that come in again: known by their bytes, under whatever id."""

import json

import pytest
from django.core.management import call_command

from cms.publishing.models import Edition
from media.darkroom import darkroom
from media.models import Photo
from tests.factories import make_picture

pytestmark = pytest.mark.django_db

WORLD = {"kind": "section", "slug": "world", "name": "World"}
FIRST = {"kind": "photo", "id": "barrier-1", "file": "a.jpg", "credit_line": "N. Name/Agency", "alt_text": "A barrier"}
STORY = {"kind": "article", "headline": "Flood vote", "section": "world", "status": "published"}


@pytest.fixture
def take(tmp_path):
    """`take(line, ...)` imports lines, beside which a.jpg lies, and b.jpg with the same bytes."""
    content = make_picture().read()
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(content)

    def run(*lines, **options):
        path = tmp_path / "content.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        call_command("import_content", path, **options)

    return run


@pytest.fixture
def decoded(monkeypatch):
    """What the darkroom is asked to do."""
    asked = []
    run = darkroom.run

    def note(task, *args, **kwargs):
        asked.append(task)
        return run(task, *args, **kwargs)

    monkeypatch.setattr(darkroom, "run", note)
    return asked


def test_picture_that_is_here_is_not_decoded_again(take, decoded):
    take(FIRST)
    assert decoded == ["look"]
    before = (Edition.objects.get().number, Photo.objects.values().get())
    take(FIRST)
    assert decoded == ["look"]
    assert (Edition.objects.get().number, Photo.objects.values().get()) == before
    take({**FIRST, "caption": "The barrier"})
    assert decoded == ["look"]
    assert Photo.objects.get().caption == "The barrier"


def test_file_that_was_lost_comes_back_with_its_line(take, decoded, uploads):
    take(FIRST)
    original = uploads / Photo.objects.get().file.name
    original.unlink()
    take(FIRST)
    assert original.exists()


def test_same_picture_under_a_second_id_is_the_first(take, api, capsys):
    second = {**FIRST, "id": "barrier-2", "file": "b.jpg", "credit_line": "Somebody else"}
    take(WORLD, FIRST, second, {**STORY, "slug": "one", "lead_photo": "barrier-2"})

    photo = Photo.objects.get()
    assert photo.credit_line == "N. Name/Agency"
    assert api("articles/one/")["lead_photo"]["id"] == str(photo.pk)
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        'line 3, photo "barrier-2": file: this is the same file as photo "barrier-1", which its id leads to; '
        "it is not given its credit_line"
    ]
    assert "1 photo, 1 section, 1 article taken, 0 bad lines" in out
    assert "same file 1" in out

    take({**STORY, "slug": "two", "lead_photo": "barrier-2"})
    assert api("articles/two/")["lead_photo"]["id"] == str(photo.pk)
    take({"kind": "photo", "id": "barrier-2", "caption": "Another caption"})
    assert Photo.objects.get().caption == photo.caption


def test_second_id_leads_to_the_first_in_a_restored_site(take, tmp_path, api):
    take(FIRST, {**FIRST, "id": "barrier-2"})
    photo = Photo.objects.get()
    key = str(photo.pk)
    out = tmp_path / "out"
    out.mkdir()
    call_command("export_content", out / "all.ndjson")
    [line] = map(json.loads, (out / "all.ndjson").read_text().splitlines())
    assert len(line["previous_ids"]) == 1
    photo.delete()

    call_command("import_content", out / "all.ndjson")
    take({**STORY, "section": None, "slug": "one", "lead_photo": "barrier-2"})
    assert api("articles/one/")["lead_photo"]["id"] == key


def test_dry_run_finds_the_same_picture_too(take, capsys):
    take(FIRST, {**FIRST, "id": "barrier-2"}, dry_run=True)
    assert "same file" in capsys.readouterr().err
    assert Photo.objects.count() == 0


def test_alt_text_of_a_placement_is_as_good_as_the_photo_s(take, api, client):
    take(
        WORLD,
        {**FIRST, "alt_text": ""},
        {**STORY, "slug": "one", "lead_photo": {"photo": "barrier-1", "alt_text": "The barrier at low water"}},
        {
            **STORY,
            "slug": "two",
            "body": [{"type": "photo", "photo": {"photo": "barrier-1", "alt_text": "The barrier, closed"}}],
        },
    )
    shown = api("articles/one/")["lead_photo"]
    assert shown["alt_text"] == "The barrier at low water"
    assert api("articles/two/")["body"][0]["photo"]["alt_text"] == "The barrier, closed"
    response = client.get(shown["src"])
    assert (response.status_code, len(b"".join(response.streaming_content)) > 0) == (200, True)
    assert api("photos/")["results"] == []  # where it stands alone nobody says what it shows
    assert api.get(f"photos/{shown['id']}/").status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        {"lead_photo": "barrier-1"},
        {"lead_photo": {"photo": "barrier-1", "alt_text": "Described"}, "seo": {"image": "barrier-1"}},
        {"body": [{"type": "photo", "photo": "barrier-1"}]},
        {"body": [{"type": "gallery", "photos": [{"photo": "barrier-1", "alt_text": "Described"}, "barrier-1"]}]},
    ],
)
def test_photo_that_one_place_does_not_describe_stops_publication(take, capsys, place):
    with pytest.raises(Exception, match="1 bad line"):
        take(WORLD, {**FIRST, "alt_text": ""}, {**STORY, "slug": "one", **place})
    assert "in its alt text" in capsys.readouterr().err
