"""IPTC-IIM: datasets of a number and bytes, as agencies have written them since 1991."""

import re
from collections.abc import Iterator
from typing import Any

from media.pixels import letters
from media.pixels.embedding import clean

MOST_DATASETS = 2000
NAMES = {
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
REPEATED = {"Keywords", "By-line", "By-lineTitle"}
# The sets of ISO 2022 that a file may call, by the letter in which the call ends.
ISO_2022 = re.compile(rb"\x1b[,\-./](.)")
CHARSETS = {
    b"A": "cp1252",  # Latin-1, with letters where that has control characters
    b"B": "iso8859-2",
    b"C": "iso8859-3",
    b"D": "iso8859-4",
    b"F": "iso8859-7",
    b"G": "iso8859-6",
    b"H": "iso8859-8",
    b"L": "iso8859-5",
    b"M": "iso8859-9",
    b"V": "iso8859-10",
    b"T": "cp874",
    b"b": "iso8859-15",
}
JAPANESE = re.compile(rb"\x1b\$\)?[@B]")


def read_iim(data: bytes, language: str = "") -> dict[str, Any]:
    """The datasets of its second record, those that may come again as lists."""
    declared = ""
    named: list[tuple[str, bytes]] = []
    for record, number, value in _datasets(data):
        if (record, number) == (1, 90):
            declared = _charset(value)
        elif record == 2 and number in NAMES:
            named.append((NAMES[number], value))
    found: dict[str, Any] = {}
    texts = letters.decoded([value.rstrip(b"\0 ") for _name, value in named], language, declared)
    for (name, _value), text in zip(named, texts, strict=True):
        if not (text := clean(text)):
            continue
        if name in REPEATED:
            found.setdefault(name, []).append(text)
        else:
            found.setdefault(name, text)
    return found


def _charset(value: bytes) -> str:
    """The older character set that it names. (UTF-8 is seen without that.)"""
    if JAPANESE.search(value):
        return "iso2022_jp"
    called = [CHARSETS.get(letter, "") for letter in ISO_2022.findall(value)]
    return next((charset for charset in called if charset), "")


def _datasets(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(MOST_DATASETS):
        if len(data) < at + 5 or data[at] != 0x1C:
            return
        record, number = data[at + 1], data[at + 2]
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        at += 5
        if length & 0x8000:  # an extended one: what stood there is the length of its length
            size = length & 0x7FFF
            length = int.from_bytes(data[at : at + size], "big") if size <= 8 else len(data)
            at += size
        yield record, number, data[at : at + length]
        at += length
