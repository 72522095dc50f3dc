"""A picture shows its colours whatever way it tells of them, and what is see-through in it stays so."""

import io
import itertools
import struct
import tempfile
import zlib

import pytest
from PIL import Image, ImageCms

from media import gate
from media.pixels import colours, pillow
from media.pixels.checking import checked
from tests.media.making import plain, tiff
from tests.media.pictures import encoded, png_chunk

GREY, RED = (128, 128, 128), (200, 60, 40)
P3 = colours.of_numbers(12, 13)


def decoded(content):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        picture = checked(file.fileno(), gate.MOST)
        with picture.source:
            return pillow.Print(file.fileno(), picture, 100, 100).image


def pixel(content, at=(0, 0)):
    return decoded(content).getpixel(at)


def png(colour, *chunks, depth=8, kind=2, size=(8, 8), behind=()):
    """A PNG of one colour; chunks are (name, content)."""
    samples = colour if isinstance(colour, tuple) else (colour,)
    if depth == 16:
        row = struct.pack(f">{len(samples)}H", *samples) * size[0]
    elif depth == 8:
        row = bytes(samples) * size[0]
    else:
        bits = format(samples[0], f"0{depth}b") * size[0]
        row = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, kind, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress((b"\0" + row) * size[1]))
    extra = b"".join(png_chunk(*chunk) for chunk in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + extra + pixels + png_chunk(b"IEND", b"")


def gamma(value):
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def chromaticities(space):
    return b"cHRM", struct.pack(">8I", *(round(value * 100_000) for value in space))


def profile(content):
    return b"iCCP", b"p\0\0" + zlib.compress(content)


def cicp(primaries, transfer, is_full=1):
    return b"cICP", bytes((primaries, transfer, 0, is_full))


def in_space(colour, content):
    """A colour of sRGB in the numbers of a profile."""
    there = ImageCms.ImageCmsProfile(io.BytesIO(content))
    return ImageCms.profileToProfile(plain(colour), ImageCms.createProfile("sRGB"), there).getpixel((0, 0))


def near(one, other, most=3):
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


IN_P3 = in_space(RED, P3)
OF_GAMMA = colours.of_gamma(0.45455, colours.PRIMARIES[12])


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (png((55, 55, 55), gamma(1.0)), GREY),
        (png((91, 91, 91), gamma(1 / 1.5)), GREY),
        (png((128, 128, 128), gamma(0.45455)), GREY),
        (png((128, 128, 128), gamma(0.45)), GREY),
        (png((55, 55, 55), gamma(1.0), (b"sRGB", b"\0")), (55, 55, 55)),
        (png((55, 55, 55), gamma(1.0), profile(P3)), (55, 55, 55)),
        (png((128, 128, 128), gamma(0)), GREY),
        (png((128, 128, 128), gamma(40_000)), GREY),
        (png(55, gamma(1.0), kind=0), GREY),
        (png(55 * 257, gamma(1.0), kind=0, depth=16), GREY),
        (png(tuple(55 * 257 for _ in range(3)), gamma(1.0), depth=16), GREY),
        (png(in_space(RED, OF_GAMMA), gamma(0.45455), chromaticities(colours.PRIMARIES[12])), RED),
        (png(RED, gamma(0.45455), chromaticities(colours.SRGB)), RED),
        (png(RED, chromaticities(colours.PRIMARIES[12])), RED),
        (png(RED, gamma(0.45455), chromaticities((0.3, 0.3) * 4)), RED),
        (png(IN_P3, cicp(12, 13)), RED),
        (png(IN_P3, cicp(12, 13), profile(colours.adobe_rgb()), gamma(1.0)), RED),
        (png(RED, cicp(1, 13), profile(P3)), RED),
        (png(RED, cicp(2, 2)), RED),
        (png(RED, cicp(200, 99)), RED),
        (png(IN_P3, profile(P3)), RED),
        (png(IN_P3, profile(P3), gamma(1.0), (b"sRGB", b"\0")), RED),
        (png(RED, profile(b"no profile")), RED),
        (png((126, 126, 126), cicp(1, 13, 0)), GREY),
    ],
    ids=itertools.count(),
)
def test_png_shows_the_colours_that_it_tells(content, shown):
    assert near(pixel(content), shown, 4), pixel(content)


def avif(colour, primaries, transfer):
    content = encoded(plain(colour, (64, 64)), "AVIF", quality=90, subsampling="4:4:4")
    at = content.index(b"colrnclx") + 8
    return content[:at] + struct.pack(">HH", primaries, transfer) + content[at + 4 :]


def test_avif_shows_the_colours_that_it_tells():
    assert near(pixel(avif(RED, 1, 13)), RED)
    assert near(pixel(avif(RED, 1, 1)), RED)
    assert near(pixel(avif(RED, 2, 2)), RED)
    assert near(pixel(avif(IN_P3, 12, 13)), RED, 5)
    with_profile = encoded(plain(IN_P3, (64, 64)), "AVIF", quality=90, subsampling="4:4:4", icc_profile=P3)
    assert near(pixel(with_profile), RED, 5)


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.58), (18, 0.75)])
def test_pictures_brighter_than_paper_keep_their_greys_apart(transfer, white):
    greys = [pixel(png((level,) * 3, cicp(9, transfer)))[0] for level in range(0, 256, 15)]
    assert greys == sorted(greys)
    assert len(set(greys)) > 12
    assert 215 <= pixel(png((round(255 * white),) * 3, cicp(9, transfer)))[0] <= 250  # paper is nearly white
    assert (greys[0], greys[-1] > 250) == (0, True)
    assert near(
        pixel(avif((round(255 * white),) * 3, 9, transfer)), pixel(png((round(255 * white),) * 3, cicp(9, transfer)))
    )


def test_camera_that_says_adobe_rgb_in_exif_alone_is_believed():

    adobe = in_space(RED, colours.adobe_rgb())
    exif = b"Exif\0\0" + tiff((0x010F, 2, b"Galley\0"), inner=[(1, 2, b"R03\0")], inner_tag=0xA005)
    assert near(pixel(encoded(plain(adobe), quality=95, exif=exif)), RED, 5)
    assert near(pixel(encoded(plain(adobe), quality=95)), adobe, 5)


@pytest.mark.parametrize(
    ("content", "alpha", "shown"),
    [
        (png(40_000, (b"tRNS", struct.pack(">H", 40_000)), kind=0, depth=16), 0, None),
        (png(40_000, (b"tRNS", struct.pack(">H", 40_001)), kind=0, depth=16), 255, (156,) * 3),
        (png(40_000, (b"tRNS", struct.pack(">H", 40_256)), kind=0, depth=16), 255, (156,) * 3),
        (png((40_000, 100, 9), (b"tRNS", struct.pack(">3H", 40_000, 100, 9)), depth=16), 0, None),
        (png((40_000, 100, 9), (b"tRNS", struct.pack(">3H", 9, 9, 9)), depth=16), 255, (156, 0, 0)),
        (png(2, (b"tRNS", b"\0\2"), kind=0, depth=2), 0, None),
        (png(2, (b"tRNS", b"\0\1"), kind=0, depth=2), 255, (170,) * 3),
        (png(7, (b"tRNS", b"\0\7"), kind=0, depth=4), 0, None),
        (png(7, (b"tRNS", b"\0\6"), kind=0, depth=4), 255, (119,) * 3),
        (png(1, (b"tRNS", b"\0\1"), kind=0, depth=1), 0, None),
        (png(1, (b"tRNS", b"\0\0"), kind=0, depth=1), 255, (255,) * 3),
        (png(77, (b"tRNS", b"\0\x4d"), kind=0), 0, None),
        (png((9, 8, 7), (b"tRNS", b"\0\x09\0\x08\0\x07")), 0, None),
        (png((40_000, 0), kind=4, depth=16), 0, None),
        (png((40_000, 65_535), kind=4, depth=16), 255, (156,) * 3),
        (png((40_000, 0, 0, 0), kind=6, depth=16), 0, None),
    ],
    ids=itertools.count(),
)
def test_what_is_see_through_stays_so_at_any_depth(content, alpha, shown):
    found = pixel(content)
    assert (found[3] if len(found) == 4 else 255) == alpha
    if shown:
        assert near(found[:3], shown, 1)


def test_ink_that_adobe_writes_upside_down_is_not_negative():
    light = encoded(Image.new("CMYK", (40, 40), (10, 10, 10, 0)), quality=95)
    dark = encoded(Image.new("CMYK", (40, 40), (0, 0, 0, 240)), quality=95)
    assert min(pixel(light)) > 200
    assert max(pixel(dark)) < 60


def test_grey_picture_with_a_profile_of_colours_takes_it():
    linear = colours.profile(colours.SRGB, lambda value: value)
    assert near(pixel(encoded(plain(55, mode="L"), quality=100, icc_profile=linear)), GREY, 4)
