"""Pictures that were made to do harm, or are merely odd."""

import io
import itertools
import re
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from media.models import Photo
from media.photos import images

CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "photos"
FOUR = [(200, 40, 40), (40, 160, 60), (40, 70, 190), (230, 200, 60)]  # red, green, blue, yellow: what the corpus shows
_numbers = itertools.count()


def from_corpus(name):
    return SimpleUploadedFile(name, (CORPUS / name).read_bytes())


def upload(content, name="picture.jpg"):
    return SimpleUploadedFile(name, content)


def encoded(image, format="JPEG", **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def four_fields(width=120, height=80, mode="RGB"):
    image = Image.new(mode, (width, height))
    for number, colour in enumerate(FOUR):
        left, top = width // 2 * (number % 2), height // 2 * (number // 2)
        image.paste(colour, (left, top, left + width - width // 2, top + height - height // 2))
    image.putpixel((0, 0), (next(_numbers) % 256, 0, 0))  # another picture each time
    return image


def photo_bytes(width=120, height=80, **options):
    return encoded(four_fields(width, height), quality=95, **options)


def jpeg_of_many_scans(scans):
    """A progressive JPEG that says the same again and again."""
    data = photo_bytes(16, 16, progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + b"\xff\xd9"


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_with(name, data):
    """A good PNG with another chunk in it."""
    content = encoded(four_fields(), "PNG")
    return content[:33] + png_chunk(name, data) + content[33:]


def png_bomb(width, height):
    """A PNG of so many pixels, a few kilobytes long."""
    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def gif_of(frames):
    """A GIF whose frames are of these sizes: the header tells only the first."""
    width, height = frames[0]
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    for frame_width, frame_height in frames:
        data += b"\x2c" + struct.pack("<HHHHB", 0, 0, frame_width, frame_height, 0) + b"\x02\x02\x44\x01\x00"
    return data + b"\x3b"


class StoredSize(NamedTuple):
    """One size that readers get of a photo."""

    crop: str
    width: int
    format: str
    file: str  # its name in the storage
    address: str

    @property
    def content(self):
        with default_storage.open(self.file) as file:
            return file.read()

    @property
    def image(self):
        return Image.open(io.BytesIO(self.content))


def sizes_of(photo, **chosen):
    """The sizes that readers get of a photo, or those of a crop, a width, a format, from narrow to wide."""
    made = Photo.objects.get(pk=photo.pk).made
    folder = images.folder_of(photo.pk, made.version)
    address = images.address_of(photo.pk, made.version)
    stored = [StoredSize(*size, folder + images.name_of(size), address + images.name_of(size)) for size in made.sizes()]
    stored = [size for size in stored if all(getattr(size, name) == value for name, value in chosen.items())]
    return sorted(stored, key=lambda size: (size.crop, size.format, size.width))


def addresses_in(photo):
    """Every address that a photo of the API announces, as its docs tell to make them of the template."""
    made = [photo["src"]]
    for crop, shape in photo["crops"].items():
        for width in shape["widths"]:
            for format_ in photo["formats"]:
                values = {"crop": crop, "width": str(width), "format": format_}
                made.append(re.sub(r"{(\w+)}", lambda found, values=values: values[found[1]], photo["template"]))
    return made


def colours_of(size, see_through=None):
    """The four fields of a stored size, near its corners, as a viewer sees them on a colour."""
    image = size.image.convert("RGBA")
    below = Image.new("RGBA", image.size, see_through or "white")
    shown = Image.alpha_composite(below, image).convert("RGB")
    width, height = shown.size
    return [shown.getpixel((width * x // 8, height * y // 8)) for y in (1, 7) for x in (1, 7)]
