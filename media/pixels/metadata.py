"""What a picture file says of itself: XMP, IPTC-IIM and EXIF, as they stand there. What they mean to us is said in
media/metadata.py.

Whatever is wrong in them is left out: a picture is not refused for its metadata.
"""

import contextlib
from typing import Any

from defusedxml import ElementTree
from PIL import ExifTags, Image

from media.pixels.embedding import CONTROLS

LONGEST_XMP = 64 * 1024
LONGEST_VALUE = 50_000
MOST_VALUES = 1000
DEEPEST = 8

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://prismstandard.org/namespaces/prismusagerights/2.1/": "pur",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
}
IIM_NAMES = {
    5: "ObjectName",
    25: "Keywords",
    30: "ReleaseDate",
    35: "ReleaseTime",
    37: "ExpirationDate",
    38: "ExpirationTime",
    40: "SpecialInstructions",
    55: "DateCreated",
    60: "TimeCreated",
    80: "By-line",
    85: "By-lineTitle",
    90: "City",
    92: "Sub-location",
    95: "Province-State",
    100: "Country-PrimaryLocationCode",
    101: "Country-PrimaryLocationName",
    103: "OriginalTransmissionReference",
    105: "Headline",
    110: "Credit",
    115: "Source",
    116: "CopyrightNotice",
    118: "Contact",
    120: "Caption-Abstract",
    122: "Writer-Editor",
}
BLOBS = {"MakerNote", "UserComment", "PrintImageMatching", "ComponentsConfiguration", "XPComment", "ImageResources"}


def read(xmp: bytes, iim: bytes, exif: bytes) -> dict[str, Any]:
    """All that can be read, by where it stands; `too_long` says that there was more XMP than is read."""
    found: dict[str, Any] = {}
    xmp = xmp.strip(b"\x00 \t\r\n")
    if len(xmp) > LONGEST_XMP:
        found["too_long"] = True
    else:
        found["xmp"] = _read_safely(read_xmp, xmp)
    found["iptc"] = _read_safely(read_iim, iim)
    found["exif"] = _read_safely(read_exif, exif)
    return {name: value for name, value in found.items() if value}


def _read_safely(reader: Any, data: bytes) -> dict:
    try:
        return reader(data) if data else {}
    except MemoryError:
        raise
    except Exception:  # broken XML, entities, nonsense: three parsers' ways to say that there is nothing to read
        return {}


def clean(text: str) -> str:
    """Text without control characters, its lines ended in one way."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:LONGEST_VALUE]


# XMP


def read_xmp(data: bytes) -> dict[str, Any]:
    tree = ElementTree.fromstring(data, forbid_dtd=True)
    found: dict[str, Any] = {}
    root = tree if tree.tag == f"{RDF}RDF" else tree.find(f".//{RDF}RDF")
    for description in root if root is not None else ():
        for name, value in _properties(description, 0).items():
            if len(found) < MOST_VALUES:
                found.setdefault(name, value)
    return found


def _properties(element: Any, depth: int) -> dict[str, Any]:
    found = {_name(name): clean(value) for name, value in element.attrib.items() if _is_ours(name)}
    for child in element:
        if isinstance(child.tag, str) and _is_ours(child.tag):
            found[_name(child.tag)] = _value(child, depth)
    return {name: value for name, value in found.items() if value and "Thumbnail" not in name}


def _is_ours(name: str) -> bool:
    return name.startswith("{") and not name.startswith((RDF, "{http://www.w3.org/XML/"))


def _name(name: str) -> str:
    space, _, local = name[1:].partition("}")
    return f"{PREFIXES.get(space, space)}:{local}"[:200]


def _value(element: Any, depth: int) -> Any:
    """A text; a list; texts by language; or an object."""
    if depth > DEEPEST:
        return None
    if (address := element.get(f"{RDF}resource")) is not None:
        return clean(address)
    first = next(iter(element), None)
    if first is not None and first.tag == f"{RDF}Alt":
        texts: dict[str, Any] = {}
        for item in list(first)[:MOST_VALUES]:
            texts.setdefault(item.get(LANG, "x-default"), _value(item, depth + 1))
        return {language: text for language, text in texts.items() if text}
    if first is not None and first.tag in {f"{RDF}Seq", f"{RDF}Bag"}:
        return [value for item in list(first)[:MOST_VALUES] if (value := _value(item, depth + 1))]
    if first is not None and first.tag == f"{RDF}Description":
        return _properties(first, depth + 1)
    if first is not None or any(_is_ours(name) for name in element.attrib):
        return _properties(element, depth + 1)
    return clean(element.text or "")


# IPTC-IIM


def read_iim(data: bytes) -> dict[str, Any]:
    """The datasets of its second record, those that may come again as lists."""
    found: dict[str, Any] = {}
    is_utf8 = False
    at = 0
    for _ in range(MOST_VALUES):
        if len(data) < at + 5 or data[at] != 0x1C:
            break
        record, number = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:  # an extended one: what stood there is the length of its length
            size = length & 0x7FFF
            length = int.from_bytes(data[at : at + size], "big") if size <= 8 else len(data)
            at += size
        value = data[at : at + length]
        at += length
        if (record, number) == (1, 90):
            is_utf8 = value == b"\x1b%G"
        elif record == 2 and number in IIM_NAMES and (text := clean(_decoded(value, is_utf8=is_utf8))):
            name = IIM_NAMES[number]
            if name in {"Keywords", "By-line", "By-lineTitle"}:
                found.setdefault(name, []).append(text)
            else:
                found.setdefault(name, text)
    return found


def _decoded(value: bytes, *, is_utf8: bool) -> str:
    """Text of the character set that it says, or that it is in: many write UTF-8 and do not say so."""
    if is_utf8:
        return value.decode("utf-8", "ignore")
    for charset in ("utf-8", "cp1252"):  # the second is Latin-1 with letters where that has control characters
        with contextlib.suppress(UnicodeDecodeError):
            return value.decode(charset)
    return value.decode("latin-1")


# EXIF


def read_exif(data: bytes) -> dict[str, Any]:
    exif = Image.Exif()
    exif.load(data)
    found = _tags(exif, ExifTags.TAGS)
    for part, names in ((ExifTags.IFD.Exif, ExifTags.TAGS), (ExifTags.IFD.GPSInfo, ExifTags.GPSTAGS)):
        with contextlib.suppress(Exception):  # one broken part leaves the others
            found.update(_tags(exif.get_ifd(part), names))
    return found


def _tags(values: Any, names: dict[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag, value in list(values.items())[:MOST_VALUES]:
        name = names.get(tag)
        if name is None or name in BLOBS or (plain := _plain(value)) in ("", None):
            continue
        found[name] = plain
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        # Pillow reads every text as Latin-1; what is valid UTF-8 was meant so.
        with contextlib.suppress(UnicodeError):
            value = value.encode("latin-1").decode("utf-8")
        return clean(value.partition("\x00")[0] or value)
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return [_plain(part) for part in value[:16]]
    if isinstance(value, bytes | dict):
        return None
    number = float(value)  # a fraction
    return number if number == number and abs(number) != float("inf") else None
