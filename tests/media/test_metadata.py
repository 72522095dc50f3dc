"""What a file says of itself fills what the editor left empty; what leaves us names its maker and nothing else."""

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from media.models import Photo
from media.photos import images, metadata, sizes
from media.pixels import containers, embedding
from media.pixels import metadata as reading
from media.pixels.iim import read_iim
from media.pixels.xmp import read_xmp
from tests.factories import bring, make_article, make_photo, publish
from tests.media.pictures import from_corpus, photo_bytes, sizes_of, upload

MAKER = {
    "credit_line": "Олена Ґудзь/Галера & Co. <Foto>",
    "creator": "Олена Ґудзь",
    "copyright_notice": "© 2026 Галера",
    "alt_text": "Four “fields”, one & all",
    "source": "Галера",
    "digital_source_type": "trainedAlgorithmicMedia",
}


def uploaded(name, **values):
    photo = Photo(file=from_corpus(name), **values)
    photo.full_clean()
    photo.save()
    return Photo.objects.get(pk=photo.pk)


@pytest.fixture
def made(db):
    """A photo with all its sizes."""
    photo = make_photo(file=from_corpus("gps.jpg"), **MAKER)
    sizes.make(photo)
    return photo


# What is written


def xmp_in(content):
    """The packet, wherever a format keeps it: it is never packed."""
    start = content.index(b"<x:xmpmeta")
    return read_xmp(content[start : content.index(b"</x:xmpmeta>") + 12])


def test_every_size_names_its_maker(made):
    checked = set()
    for size in sizes_of(made):
        content = size.content
        found = metadata.facts({"xmp": xmp_in(content)})
        assert found == MAKER, size
        if size.format == "jpg":
            jpeg = containers.read_jpeg(content, 100)
            found = metadata.facts({"iptc": read_iim(jpeg.texts.iim)})
            names = ["credit_line", "creator", "source", "copyright_notice"]
            assert found == {name: MAKER[name] for name in names}
        checked.add((size.crop, size.format))
    assert checked == {(crop, name) for crop in images.CROPS for name in images.FORMATS}


@pytest.mark.apart
def test_exiftool_finds_the_maker_in_every_format_and_nothing_else(exiftool, made, tmp_path):
    for format_ in images.FORMATS:
        size = sizes_of(made, crop="1x1", format=format_)[-1]
        path = tmp_path / size.file.rsplit("/", 1)[-1]
        path.write_bytes(size.content)
        said = exiftool.found(path, "-struct")

        assert said["XMP-photoshop:Credit"] == MAKER["credit_line"]
        assert said["XMP-dc:Creator"] == [MAKER["creator"]]
        assert said["XMP-dc:Rights"] == MAKER["copyright_notice"]
        assert said["XMP-iptcCore:AltTextAccessibility"] == MAKER["alt_text"]
        assert said["XMP-photoshop:Source"] == MAKER["source"]
        assert said["XMP-iptcExt:DigitalSourceType"].endswith("/trainedAlgorithmicMedia")
        if format_ == "jpg":
            assert said["IPTC:Credit"] == MAKER["credit_line"]
            assert said["IPTC:By-line"] == MAKER["creator"]
            assert said["IPTC:CopyrightNotice"] == MAKER["copyright_notice"]
        assert [name for name in said if "GPS" in name or "Serial" in name or "Warning" in name] == []


def test_what_nobody_said_is_not_written():
    assert embedding.xmp_of({"credit_line": ""}) == b""
    plain = photo_bytes()
    assert embedding.into_jpeg(plain, {"credit_line": ""}) == plain
    assert read_xmp(embedding.xmp_of({"credit_line": "A\x07\x00B"})) == {"photoshop:Credit": "AB"}
    assert b"dc:creator" not in embedding.xmp_of({"credit_line": "A"})


def test_a_credit_of_any_length_leaves_a_good_file():
    jpeg = embedding.into_jpeg(photo_bytes(), {"copyright_notice": "ä" * 40_000})
    assert containers.read_jpeg(jpeg, 10).scans == 1


# What is read


@pytest.mark.django_db
def test_what_an_editor_wrote_stays():
    photo = uploaded("xmp-only.jpg", caption="Mine", credit_line="My/Credit")

    assert (photo.caption, photo.credit_line, photo.creator) == ("Mine", "My/Credit", "Mia Xavier")
    assert photo.notices == ['The file names another credit line: "Mia Xavier/Galley Pictures".']


@pytest.mark.django_db
def test_decorative_picture_gets_no_description():
    assert uploaded("alt-text.jpg", is_decorative=True).alt_text == ""


@pytest.mark.django_db
def test_description_is_that_of_the_sites_language(settings):
    texts = {"de": "Vier Felder", "uk": "Чотири поля", "en-GB": "Four fields"}
    raw = {"xmp": {"Iptc4xmpCore:AltTextAccessibility": texts}}
    found = []
    for settings.CONTENT_LANGUAGE in ("uk", "en", "fr"):
        found.append(metadata.facts(raw)["alt_text"])
    assert found == ["Чотири поля", "Four fields", "Vier Felder"]
    assert metadata.facts({"xmp": {"dc:description": {"de": "Nein", "x-default": "Yes"}}})["caption"] == "Yes"


@pytest.mark.django_db
def test_credit_of_the_file_is_enough_to_publish_it(api):
    photo = uploaded("xmp-only.jpg", alt_text="Water in a street")
    publish(make_article(slug="flood", lead_photo=photo))

    assert api("articles/flood/")["lead_photo"]["credit_line"] == "Mia Xavier/Galley Pictures"


@pytest.mark.django_db
def test_expired_picture_is_never_shown(api):
    photo = uploaded("expired.jpg", alt_text="Fields")
    bring(make_article(slug="flood", lead_photo=photo))

    assert api("articles/flood/")["lead_photo"] is None


def test_embargo_is_told_to_the_editor():
    raw = {"iptc": {"ReleaseDate": "20990101", "ReleaseTime": "120000+0000"}}
    assert list(metadata.notices(raw, datetime(2026, 1, 1, tzinfo=UTC))) == [
        "The agency has embargoed it: not to be shown before 1 Jan 2099, 12:00."
    ]
    assert list(metadata.notices(raw, datetime(2100, 1, 1, tzinfo=UTC))) == []


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ({"exif": {"DateTimeOriginal": "2026:01:15 9:05:03"}}, "2026-01-15T07:05:03+00:00"),
        ({"xmp": {"photoshop:DateCreated": "2026-05-04T10:11:12+02:00"}}, "2026-05-04T08:11:12+00:00"),
        ({"xmp": {"photoshop:DateCreated": "2026-05-04T10:11:12.5Z"}}, "2026-05-04T10:11:12.500000+00:00"),
        ({"xmp": {"photoshop:DateCreated": "2026-05-04"}}, "2026-05-03T21:00:00+00:00"),
        ({"xmp": {"photoshop:DateCreated": "2026-05"}}, None),
        ({"xmp": {"photoshop:DateCreated": "2026-13-45T99:00:00"}}, None),
        ({"xmp": {"photoshop:DateCreated": "0001-01-01T00:00:00+14:00"}}, None),
        ({"xmp": {"photoshop:DateCreated": "9999-12-31T23:59:59-12:00"}}, None),
        ({"iptc": {"DateCreated": "20260504", "TimeCreated": "101112+0200"}}, "2026-05-04T08:11:12+00:00"),
        ({"iptc": {"DateCreated": "20260504", "TimeCreated": "101112"}}, "2026-05-04T07:11:12+00:00"),
        ({"iptc": {"DateCreated": "00000000"}}, None),
        (
            {"exif": {"DateTimeOriginal": "2026:03:04 05:06:07", "OffsetTimeOriginal": "-05:00"}},
            "2026-03-04T10:06:07+00:00",
        ),
        ({"exif": {"DateTimeOriginal": "2026:03:04 05:06:07"}}, "2026-03-04T03:06:07+00:00"),
        ({"exif": {"DateTimeOriginal": "0000:00:00 00:00:00"}}, None),
        ({"exif": {"DateTimeOriginal": 7}}, None),
        (
            {
                "xmp": {"photoshop:DateCreated": "2026-03-04"},
                "exif": {"DateTimeOriginal": "2026:03:04 05:06:07", "OffsetTimeOriginal": "+02:00"},
            },
            "2026-03-04T03:06:07+00:00",
        ),
    ],
)
def test_moments_are_read_with_their_offset_or_in_the_sites_zone(settings, raw, moment):
    settings.TIME_ZONE = "Europe/Kyiv"
    timezone.get_default_timezone.cache_clear()
    found = metadata.facts(raw).get("taken_at")
    assert (found and found.astimezone(UTC).isoformat()) == moment


def test_rights_end_with_the_day_where_no_hour_is_told():
    found = metadata.facts({"iptc": {"ExpirationDate": "20261231"}})["usable_until"]
    assert found == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_place_is_told_from_near_to_far_and_nothing_twice():
    raw = {"iptc": {"City": "Singapore", "Province-State": "", "Country-PrimaryLocationName": "Singapore"}}
    assert metadata.facts(raw)["place"] == "Singapore"
    raw = {"xmp": {"photoshop:City": "Kherson", "photoshop:State": "Kherson Oblast", "photoshop:Country": "Ukraine"}}
    assert metadata.facts(raw)["place"] == "Kherson, Kherson Oblast, Ukraine"


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm", "digitalCapture"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic", "compositeWithTrainedAlgorithmicMedia"),
        ("trainedAlgorithmicMedia", "trainedAlgorithmicMedia"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/somethingNew", None),
    ],
)
def test_way_of_making_is_one_of_ours(said, ours):
    assert metadata.facts({"xmp": {"Iptc4xmpExt:DigitalSourceType": said}}).get("digital_source_type") == ours


def test_cameras_fill_words_are_no_caption():
    assert metadata.facts({"exif": {"ImageDescription": "OLYMPUS DIGITAL CAMERA"}}) == {}


def test_signs_that_a_program_wrote_as_in_html_are_themselves():
    raw = {
        "xmp": {"photoshop:Credit": "Ek &amp; Co/TT", "dc:subject": ["R&amp;D", "law"]},
        "iptc": {"By-line": "O&#39;Neil"},
    }
    assert metadata.facts(raw) == {"credit_line": "Ek & Co/TT", "creator": "O'Neil", "keywords": ["R&D", "law"]}


def test_keywords_in_one_text_are_several():
    assert metadata.facts({"iptc": {"Keywords": ["port; strike, crane"]}})["keywords"] == ["port", "strike", "crane"]


@pytest.mark.parametrize("value", [None, 7, [], {}, [None], {"x-default": None}, [["a"]], {"x": {"y": "z"}}])
def test_values_of_any_shape_are_borne(value):
    names = [place.partition(" ")[2] for places in metadata.TEXTS.values() for place in places]
    for where in ("xmp", "iptc", "exif"):
        found = metadata.facts({where: dict.fromkeys([*names, "dc:subject", "Keywords", "DateCreated", "City"], value)})
        assert all(hasattr(Photo, name) for name in found)
        assert all(isinstance(said, str | list | datetime) for said in found.values())


# The formats


def iim(*datasets):
    return b"".join(b"\x1c" + bytes(name) + len(value).to_bytes(2, "big") + value for name, value in datasets)


def test_iim_is_read_in_its_character_set():
    assert read_iim(iim(((1, 90), b"\x1b%G"), ((2, 110), "Ґ".encode())))["Credit"] == "Ґ"
    assert read_iim(iim(((2, 110), "Ґ".encode())))["Credit"] == "Ґ"
    assert read_iim(iim(((2, 110), b"Caf\xe9")))["Credit"] == "Café"
    assert read_iim(iim(((2, 110), b"\x93Caf\xe9\x94")))["Credit"] == "“Café”"


def test_iim_that_ends_in_a_letter_keeps_the_rest():
    assert read_iim(iim(((1, 90), b"\x1b%G"), ((2, 110), "Ґґ".encode()[:3])))["Credit"] == "Ґ"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1c",
        b"\x1c\x02\x6e",
        b"\x1c\x02\x6e\xff\xff",
        b"\x1c\x02\x6e\x80\x08\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x1c\x02\x6e\xff\xff" + b"\xff" * 100,
        bytes(range(256)) * 20,
        iim(((2, 25), b"x")) * 50_000,
    ],
)
def test_iim_of_any_kind_is_borne(data):
    found = reading.read(containers.Texts(iim=data, exif=data))
    assert json.loads(json.dumps(found)) == found  # which the database can keep


@pytest.mark.parametrize(
    "xmp",
    [
        b"<a/>",
        b"<" * 1000,
        b"<x>" * 9000,
        b"\xff\xfe\x00",
        "<r/>".encode("utf-16"),
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a/></rdf:RDF>',
    ],
)
def test_xmp_of_any_kind_is_borne(xmp):
    assert reading.read(containers.Texts(xmp=[xmp])) == {}


@pytest.mark.django_db
def test_jpeg_without_jfif_takes_its_maker_in():
    content = photo_bytes()
    bare = content[:2] + content[20:]
    assert Photo(file=upload(bare)).full_clean() is None
    assert xmp_in(embedding.into_jpeg(bare, MAKER))["photoshop:Credit"] == MAKER["credit_line"]
