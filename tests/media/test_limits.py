"""What pictures may be: as large as cameras make them, within memory that does not grow with them."""

import io
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from media import darkroom, gate
from tests.media.making import plain
from tests.media.pictures import encoded, four_fields, upload

ROOT = Path(__file__).resolve().parent.parent.parent
EDITORS = " ".join((ROOT / "docs" / "editors.md").read_text().split())
OPERATORS = " ".join((ROOT / "docs" / "operators.md").read_text().split())
STRIP = 128  # pixels: eight rows of blocks


@pytest.fixture(autouse=True)
def pictures_looked_at_once():
    """Each is looked at anew: how that is done is what is tested here."""


def large_jpeg(width, height, **options):
    """A JPEG of any size, made of one strip that is repeated: each row of blocks can be read by itself."""
    strip = encoded(four_fields(width, STRIP), restart_marker_rows=1, quality=80, **options)
    start = strip.index(b"\xff\xda")
    start += 2 + int.from_bytes(strip[start + 2 : start + 4], "big")
    strips = -(-height // STRIP)
    frame = strip.index(b"\xff\xc0") + 5
    head = strip[:frame] + (strips * STRIP).to_bytes(2, "big") + strip[frame + 2 : start]
    return head + b"\xff\xd7".join([strip[start:-2]] * strips) + b"\xff\xd9"


def resized(content, width, height, mark):
    """The same file, of which the header says another size."""
    at = content.index(mark) + 5
    return content[:at] + height.to_bytes(2, "big") + width.to_bytes(2, "big") + content[at + 4 :]


def refusal(content):
    with pytest.raises(ValidationError) as error:
        gate.admit(upload(content))
    return error.value.code, gate.status_of(error.value)


@pytest.mark.parametrize(("width", "height"), [(9504, 6400), (11_648, 8704), (14_208, 10_496)])
def test_jpegs_of_todays_cameras_are_taken(width, height):
    found = gate.admit(upload(large_jpeg(width, height)))
    assert (found.width, found.height) == (width, height)


LARGEST = textwrap.dedent("""
    import resource, sys
    from media.pixels import pillow
    from media.pixels.checking import checked
    most = {"pixels": 5e7, "jpeg_pixels": 1.5e8, "coefficients": int(sys.argv[2]), "frames": 100, "scans": 100}
    resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)
    picture = checked(0, most)
    try:
        print_ = pillow.Print(0, picture, 2560, 2560)
    except Exception:
        print_ = pillow.Print(0, checked(0, most), 2560, 2560, is_thrifty=True)
    side = min(print_.width, print_.height * 4 // 5)
    for crop in ((0, 0, print_.width, print_.height), (0, 0, side, side * 5 // 4)):
        piece = print_.cut(crop, 2560, 2560 * crop[3] // crop[2])
    print(print_.full_width, piece.width, len(piece.encoded("tiny", b"")) > 0)
""")


def in_the_darkroom(content, tmp_path):
    path = tmp_path / "large.jpg"
    path.write_bytes(content)
    memory, coefficients = darkroom.MEMORY, gate.MOST["coefficients"]
    command = [sys.executable, "-c", LARGEST, str(memory), str(coefficients)]
    with path.open("rb") as file:
        said = subprocess.run(command, stdin=file, cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout.split() or said.stderr


@pytest.mark.programs
@pytest.mark.parametrize(("width", "height"), [(9504, 6400), (14_208, 10_496), (10_496, 14_208)])
def test_largest_sizes_of_the_largest_jpegs_fit_into_memory(width, height, tmp_path):
    assert in_the_darkroom(large_jpeg(width, height), tmp_path) == [str(width), "2560", "True"]


@pytest.mark.programs
def test_progressive_jpeg_is_taken_as_large_as_memory_allows(tmp_path):
    """All its coefficients are in memory before anything can be seen."""
    small = encoded(plain("#345678", (32, 32)), progressive=True)
    fine = encoded(plain("#345678", (32, 32)), progressive=True, subsampling=0)
    assert refusal(resized(small, 12_000, 10_000, b"\xff\xc2")) == ("too-large-in-layers", 413)
    assert refusal(resized(fine, 8_000, 8_000, b"\xff\xc2")) == ("too-large-in-layers", 413)
    largest = io.BytesIO()
    Image.new("RGB", (11_000, 9_100), "#345678").save(largest, "JPEG", progressive=True, quality=60)
    assert in_the_darkroom(largest.getvalue(), tmp_path) == ["11000", "2560", "True"]


def test_what_is_larger_is_refused():
    assert refusal(large_jpeg(14_208, 10_624)) == ("too-many-pixels-of-a-jpeg", 413)
    assert refusal(resized(encoded(four_fields()), 65_000, 65_000, b"\xff\xc0")) == ("too-many-pixels-of-a-jpeg", 413)


def test_jpeg_without_channels_is_damaged_and_no_fault_of_ours():
    content = bytearray(encoded(four_fields()))
    content[content.index(b"\xff\xc0") + 9] = 0
    assert refusal(bytes(content)) == ("damaged", 400)


def test_every_limit_stands_in_what_editors_read():
    megabytes, most = gate.MAX_BYTES // 1024 // 1024, gate.MOST
    for words in (
        f"{megabytes} MB",
        f"{most['pixels'] // 1_000_000} megapixels, all frames of an animated picture together",
        f"{most['jpeg_pixels'] // 1_000_000} megapixels for a JPEG",
        f"{most['coefficients'] // 3 // 1024 // 1024 // 10 * 10} for a progressive one",
        f"{most['frames']} frames",
        f"{most['scans']} layers",
    ):
        assert words in EDITORS, words
    said = {code: str(words) for code, words in gate.WORDS.items()}
    assert f"{megabytes} MB" in said["too-large"]
    assert f"{most['pixels'] // 1_000_000} million" in said["too-many-pixels"]
    assert f"{most['jpeg_pixels'] // 1_000_000} million" in said["too-many-pixels-of-a-jpeg"]
    assert f"{most['frames']} frames" in said["too-many-frames"]
    said_at_once = (ROOT / "media" / "templates" / "media" / "upload_words.html").read_text()
    assert f"larger than {megabytes} MB" in said_at_once


def test_every_limit_stands_in_what_operators_read():
    assert f"{darkroom.MEMORY // 1024 // 1024} MB of memory" in OPERATORS
    assert f"{darkroom.LOOKING['cpu_seconds']} seconds" in OPERATORS
    megabytes = [int(number) for number in re.findall(r"client_max_body_size (\d+)m", OPERATORS)]
    assert all(number > gate.MAX_BYTES // 1024 // 1024 for number in megabytes)
