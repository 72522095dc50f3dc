"""An animated picture becomes a still, says so, and is counted by what there is to decode."""

import struct
import tempfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from media import gate
from media.photos import metadata
from tests.media.making import moving, plain
from tests.media.pictures import encoded, four_fields, gif_of, png_chunk, upload
from tests.media.test_colours import decoded, near

FORMATS = [("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("WEBP", {"quality": 60}), ("AVIF", {"quality": 60})]
FIRST, SECOND = (200, 40, 40), (40, 70, 190)


def two_fields(left, right):
    image = plain(left)
    image.paste(right, (60, 0, 120, 80))
    return image


def notices(content):
    return list(metadata.notices(gate.admit(upload(content)).metadata, None))


@pytest.mark.parametrize(("format", "options"), FORMATS)
def test_picture_that_moves_says_that_it_becomes_a_still(format, options):
    frames = [two_fields(FIRST, SECOND), two_fields(SECOND, FIRST), plain("white")]
    assert notices(moving(frames, format, **options)) == [
        "The picture is animated; only its first frame that is not blank is shown."
    ]
    assert notices(encoded(frames[0], format, **options)) == []


@pytest.mark.parametrize("blank", ["white", "black", "#123456", None])
@pytest.mark.parametrize(("format", "options"), FORMATS)
def test_first_frame_that_is_not_blank_is_shown(format, options, blank):
    nothing = plain(blank) if blank else plain((0, 0, 0, 0), mode="RGBA")
    other = plain("black") if blank == "white" else plain("white")
    frames = [nothing, other, two_fields(FIRST, SECOND), two_fields(SECOND, FIRST)]
    image = decoded(moving([frame.convert("RGBA") for frame in frames], format, **options)).convert("RGB")

    assert near(image.getpixel((20, 40)), FIRST, 12)
    assert near(image.getpixel((100, 40)), SECOND, 12)


@pytest.mark.parametrize("bare", ["white", "black", None])
@pytest.mark.parametrize(("format", "options"), FORMATS)
def test_colour_alone_is_more_than_white_or_nothing(format, options, bare):
    nothing = plain(bare) if bare else plain((0, 0, 0, 0), mode="RGBA")
    frames = [nothing, plain(FIRST), plain(SECOND)]
    image = decoded(moving([frame.convert("RGBA") for frame in frames], format, **options)).convert("RGB")

    assert near(image.getpixel((20, 40)), FIRST, 12)


@pytest.mark.parametrize(("format", "options"), FORMATS)
def test_frames_that_are_all_blank_are_taken_as_they_are(format, options):
    image = decoded(moving([plain("white"), plain("black")], format, **options)).convert("RGB")
    assert near(image.getpixel((20, 40)), (255, 255, 255), 6)


def test_frame_that_is_damaged_behind_a_blank_one_refuses_nothing():
    content = moving([plain("white"), two_fields(FIRST, SECOND)], "PNG")
    at = content.rindex(b"fdAT") + 10
    content = content[:at] + bytes(255 - byte for byte in content[at : at + 20]) + content[at + 20 :]
    assert gate.admit(upload(content)).width == 120


def gif_with_small_frames(frames, size):
    """A GIF of a large canvas, of which each later frame changes a little: what programs make of any film."""
    width, height = size
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    first = encoded(Image.new("P", size), "GIF")
    data += first[first.index(b"\x2c") : -1]
    small = encoded(Image.new("P", (20, 20)), "GIF")
    return data + small[small.index(b"\x2c") : -1] * (frames - 1) + b"\x3b"


def refusal(content):
    with pytest.raises(ValidationError) as error:
        gate.admit(upload(content))
    return error.value.code


def test_frames_count_by_their_own_pixels_and_not_by_the_canvas():
    assert gate.admit(upload(gif_with_small_frames(90, (1000, 800)))).width == 1000
    assert refusal(gif_of([(1000, 1000)] * 90)) == "too-many-pixels"
    assert refusal(gif_of([(10, 10)] * 101)) == "too-many-frames"
    assert refusal(moving([four_fields(9, 9) for _ in range(101)], "PNG")) == "too-many-frames"
    frames = [plain((2 * number, 0, 0), (16, 16)) for number in range(101)]
    assert refusal(moving(frames, "WEBP", lossless=True)) == "too-many-frames"


def test_frames_are_counted_and_not_believed():
    """Of an APNG that says one million frames those are counted that are there; and the other way round."""
    content = moving([two_fields(FIRST, SECOND), two_fields(SECOND, FIRST)], "PNG")
    at = content.index(b"acTL") - 4
    many = png_chunk(b"acTL", struct.pack(">II", 1_000_000, 0))
    assert gate.admit(upload(content[:at] + many + content[at + 20 :])).width == 120
    frames = moving([four_fields(9, 9) for _ in range(101)], "PNG")
    at = frames.index(b"acTL") - 4
    few = png_chunk(b"acTL", struct.pack(">II", 2, 0))
    assert refusal(frames[:at] + few + frames[at + 20 :]) == "too-many-frames"


def test_first_frame_of_an_animation_is_found_in_a_file_on_disk():
    with tempfile.NamedTemporaryFile(suffix=".gif") as file:
        file.write(moving([plain("white"), two_fields(FIRST, SECOND)]))
        file.flush()
        assert gate.admit(file).metadata["frames"] == 2
