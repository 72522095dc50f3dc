"""What an uploaded film is taken for. The files are in tests/corpus/videos."""

import io
import json
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from media.videos import gate
from media.videos.film import MAX_SECONDS, MAX_SIDE

FOLDER = Path(__file__).parent.parent / "corpus" / "videos"
REFUSED = {"matroska.mkv", "quicktime.mov", "sound-only.mp4", "README.md"}
FILMS = sorted(path for path in FOLDER.iterdir() if path.name not in REFUSED)


def film(name):
    with (FOLDER / name).open("rb") as file:
        return gate.read(file)


def content(name):
    return (FOLDER / name).read_bytes()


def refused(data):
    with pytest.raises(ValidationError) as refusal:
        gate.read(io.BytesIO(data))
    return refusal.value.code, refusal.value.messages[0]


@pytest.mark.parametrize(
    ("name", "type", "duration", "width", "height"),
    [
        ("tiny.mp4", "video/mp4", 2, 64, 36),
        ("slow-start.mp4", "video/mp4", 2, 64, 36),
        ("hevc.mp4", "video/mp4", 1, 64, 36),
        ("turned.mp4", "video/mp4", 2, 36, 64),
        ("located.mp4", "video/mp4", 2, 64, 36),
        ("tiny.webm", "video/webm", 3, 64, 36),
        ("fragmented.mp4", "video/mp4", 2, 64, 36),
        ("fragments.mp4", "video/mp4", 6, 64, 36),
        ("many-fragments.mp4", "video/mp4", 6, 64, 36),
        ("indexed.mp4", "video/mp4", 6, 64, 36),
        ("wide-pixels.mp4", "video/mp4", 6, 85, 36),
        ("trailing.mp4", "video/mp4", 3, 320, 180),
        ("live.webm", "video/webm", 2, 64, 36),
        ("recorded.webm", "video/webm", 6, 64, 36),
        ("anamorphic.webm", "video/webm", 3, 640, 360),
    ],
)
def test_film_says_what_it_is(name, type, duration, width, height):
    found = film(name)
    assert (found.type, found.duration, found.width, found.height) == (type, duration, width, height)


@pytest.mark.programs
@pytest.mark.skipif(not shutil.which("ffprobe"), reason="no ffprobe: what a film is was not compared with it")
@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.name)
def test_film_is_what_ffprobe_finds(path):
    found, probed = film(path.name), probe(path)
    stream = next(stream for stream in probed["streams"] if stream["codec_type"] == "video")
    wide, high = map(int, stream["sample_aspect_ratio"].split(":"))
    sides = [round(stream["width"] * wide / high), stream["height"]]
    if any(abs(data.get("rotation", 0)) == 90 for data in stream.get("side_data_list", [])):
        sides.reverse()
    assert [found.width, found.height] == sides
    if "duration" in probed["format"]:  # of what a browser recorded it tells none
        assert found.seconds == pytest.approx(float(probed["format"]["duration"]), abs=0.05)


def probe(path):
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    "tail", [b"\0", b"\0" * 4096, b"junkjunkjunk", b"\0\0\0\x01", b"\xff" * 9, b"TAG" + b" " * 125]
)
def test_bytes_behind_the_film_do_no_harm(tail):
    for name in ("tiny.mp4", "fragments.mp4", "tiny.webm", "recorded.webm"):
        assert gate.read(io.BytesIO(content(name) + tail)).duration == film(name).duration


def test_fragments_that_end_early_are_no_whole_film():
    data = content("fragments.mp4")
    for lost in (5, 50, 300, 600):
        assert refused(data[:-lost])[0] == "broken"


def test_recording_that_broke_off_is_as_long_as_what_there_is(tmp_path):
    data = content("recorded.webm")
    lengths = [gate.read(io.BytesIO(data[: len(data) - lost])).seconds for lost in (0, 200, 400)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] > lengths[-1] > 0


def test_film_of_very_many_fragments_is_taken():
    data = content("many-fragments.mp4")
    start = data.index(b"moof") - 4
    head, fragments = data[:start], data[start : data.rindex(b"mfra") - 4]
    assert gate.read(io.BytesIO(head + fragments * 400)).duration == 6  # their times are those of the first ones
    assert refused(head + fragments * 4_000)[0] == "broken"


@pytest.mark.parametrize(
    ("display", "sides"),
    [
        ({}, (64, 36)),
        ({0x54B0: 128, 0x54BA: 36}, (128, 36)),
        ({0x54B0: 128}, (128, 36)),
        ({0x54B0: 21, 0x54BA: 9, 0x54B2: 3}, (84, 36)),
        ({0x54B0: 10, 0x54BA: 10, 0x54B2: 1}, (36, 36)),
        ({0x54B0: 10, 0x54BA: 10, 0x54B2: 4}, (64, 36)),
        ({0x54AA: 4, 0x54BB: 4, 0x54CC: 2, 0x54DD: 2}, (60, 28)),
    ],
)
def test_webm_is_as_wide_as_it_is_shown(display, sides):
    """Matroska's DisplayWidth, DisplayHeight, DisplayUnit and PixelCrop (RFC 9559)."""
    picture = {0xB0: 64, 0xBA: 36, **display}
    video = element(0xE0, b"".join(element(name, struct.pack(">H", value)) for name, value in picture.items()))
    track = element(0xAE, element(0x83, b"\x01") + element(0x86, b"V_VP9") + video)
    cluster = element(0x1F43B675, element(0xE7, b"\x00") + element(0xA3, b"\x81\x03\xe8\x80x"))
    data = element(0x1A45DFA3, element(0x4282, b"webm")) + element(0x18538067, element(0x1654AE6B, track) + cluster)
    found = gate.read(io.BytesIO(data))
    assert (found.width, found.height, found.seconds) == (*sides, 1)


def element(name, content):
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (len(content) | 1 << 28).to_bytes(4, "big") + content


def test_name_says_nothing(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(content("tiny.webm"))
    with path.open("rb") as file:
        assert gate.read(file).extension == "webm"


def test_editor_is_told_what_is_better():
    assert list(film("tiny.mp4").notices()) == []
    assert list(film("tiny.webm").notices()) == []
    assert "hvc1, which not every browser plays" in next(film("hevc.mp4").notices())
    assert "starts late" in next(film("slow-start.mp4").notices())
    assert list(film("recorded.webm").notices()) == []
    assert "where, or with which device" in next(film("located.mp4").notices())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quicktime.mov", "QuickTime film (MOV)"),
        ("matroska.mkv", "Matroska film (MKV)"),
        ("sound-only.mp4", "sound and no pictures"),
        ("README.md", "no film that browsers play"),
    ],
)
def test_other_kinds_are_refused_in_words(name, words):
    code, message = refused(content(name))
    assert (code, gate.STATUS[code]) == ("unsupported", 415)
    assert words in message


@pytest.mark.parametrize(
    "data",
    [b"<html><script>alert(1)</script>", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0AVI LIST"],
)
def test_what_is_no_film_is_refused(data):
    assert refused(data + b"\0" * 100)[0] == "unsupported"


def test_picture_in_the_same_wrapping_is_no_film():
    assert refused(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + b"\0" * 50)[0] == "unsupported"


def test_empty_file_is_refused():
    assert refused(b"") == ("empty", "The file is empty; choose it again.")


def test_file_over_the_limit_is_refused_before_it_is_read(settings, tmp_path):
    settings.MAX_VIDEO_MB = 1
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(1_000_001)
    with path.open("rb") as file, pytest.raises(ValidationError) as refusal:
        gate.read(file)
    assert gate.STATUS[refusal.value.code] == 413
    assert "larger than 1 MB" in refusal.value.messages[0]


@pytest.mark.parametrize("name", ["tiny.mp4", "slow-start.mp4", "tiny.webm"])
def test_film_that_was_not_copied_whole_is_refused(name):
    data = content(name)
    for length in range(12, len(data) - 1, 7):
        code, _message = refused(data[:length])
        assert code in {"broken", "unsupported"}, length


@pytest.mark.parametrize("name", ["tiny.mp4", "tiny.webm", "fragmented.mp4", "located-apple.mp4"])
def test_no_bytes_make_it_fail(name):
    chance = random.Random(7)
    data = content(name)
    for _ in range(1500):
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 8)):
            changed[chance.randrange(len(changed))] = chance.choice([0, 1, 8, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        try:
            found = gate.read(io.BytesIO(bytes(changed)))
        except ValidationError:
            continue
        assert 0 < found.width <= MAX_SIDE
        assert found.seconds is None or 0 < found.seconds <= MAX_SECONDS


def box(name, content=b""):
    return struct.pack(">I4s", 8 + len(content), name) + content


def test_boxes_without_end_are_given_up():
    head = box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat", b"x")
    assert refused(head + box(b"moov", box(b"free") * 30_000))[0] == "broken"
    assert refused(head + b"\0\0\0\x01moov" + b"\xff" * 8)[0] == "broken"
    assert refused(head + b"\0\0\0\x00moov")[0] in {"broken", "unsupported"}
    assert refused(head + b"\0\0\0\x04moov" + b"\0" * 40)[0] == "broken"


def test_film_of_impossible_size_is_refused():
    data = content("tiny.mp4")
    at = data.index(b"tkhd") + 4 + 76
    assert data[at : at + 8] == struct.pack(">II", 64 << 16, 36 << 16)
    for sides in ((0, 36 << 16), (20_000 << 16, 36 << 16)):
        assert refused(data[:at] + struct.pack(">II", *sides) + data[at + 8 :])[0] == "broken"


@pytest.mark.django_db
def test_film_is_stored_once_under_a_name_of_its_content(uploads):
    for _ in range(2):
        with (FOLDER / "tiny.mp4").open("rb") as file:
            stored, is_new = gate.admit(file)
    assert not is_new
    assert stored["stored"].startswith("originals/videos/")
    assert stored["stored"].endswith(".mp4")
    assert {name: stored[name] for name in ("type", "width", "height", "seconds")} == {
        "type": "video/mp4",
        "width": 64,
        "height": 36,
        "seconds": 2,
    }
    assert (uploads / stored["stored"]).read_bytes() == content("tiny.mp4")
    assert len(list((uploads / "originals").rglob("*.mp4"))) == 1


@pytest.mark.django_db
def test_what_a_killed_process_left_is_stored_anew(uploads):
    with (FOLDER / "tiny.mp4").open("rb") as file:
        stored, _ = gate.admit(file)
        (uploads / stored["stored"]).write_bytes(content("tiny.mp4")[:100])
        again, is_new = gate.admit(file)
    assert (again, is_new) == (stored, True)
    assert (uploads / stored["stored"]).read_bytes() == content("tiny.mp4")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["located.mp4", "located-apple.mp4"])
def test_place_of_recording_is_not_kept(name):
    assert b"50.4501" in content(name) or b"loci" in content(name)
    with (FOLDER / name).open("rb") as file:
        stored, _ = gate.admit(file)
        with default_storage.open(stored["stored"]) as kept:
            data = kept.read()
    assert len(data) == len(content(name))
    for trace in (b"50.45", b"30.52", b"loci", b"xyz", b"Maker", b"location"):
        assert trace not in data
    assert gate.read(io.BytesIO(data)).duration == 2
    assert (FOLDER / name).read_bytes() == content(name)
