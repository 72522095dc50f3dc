"""What a picture file says of itself: XMP, IPTC-IIM, EXIF and PNG's keywords, as they stand there. What they mean to us
is said in media/photos/metadata.py.

Whatever is wrong in them is left out: a picture is not refused for its metadata.
"""

from collections.abc import Callable, Iterable
from typing import Any

from media.pixels.containers import LONGEST_TEXT, Texts
from media.pixels.embedding import clean
from media.pixels.exif import read_exif
from media.pixels.iim import read_iim
from media.pixels.letters import decoded
from media.pixels.xmp import read_xmp

LONGEST_XMP = LONGEST_TEXT  # of all packets
LONGEST_VALUE = 50_000
LONGEST_OF_ALL = 400_000  # characters, of all values: they are kept with the photo


def read(texts: Texts, frames: int = 1, language: str = "") -> dict[str, Any]:
    """All that can be read, by where it stands.

    `too_long` says that there was more XMP than is read, `frames` how many pictures there are where it moves.
    """
    found: dict[str, Any] = {"xmp": {}, "too_long": texts.is_cut or None, "frames": frames if frames > 1 else None}
    left = LONGEST_XMP
    for packet in texts.xmp:
        left -= len(packet)
        if left < 0 or (properties := _read_safely(read_xmp, packet)) is None:
            found["too_long"] = True
        else:
            found["xmp"] = properties | found["xmp"]
    found["iptc"] = _read_safely(lambda data: read_iim(data, language), texts.iim)
    found["exif"] = _read_safely(lambda data: read_exif(data, language), texts.exif)
    found["png"] = _keywords(texts.keywords, language)
    return _within(LONGEST_OF_ALL, {name: value for name, value in found.items() if value})


def _read_safely(reader: Callable[[bytes], dict], data: bytes) -> dict | None:
    """What is read; nothing where it is nonsense; None where it does not fit into memory."""
    try:
        return reader(data) if data else {}
    except MemoryError:
        return None
    except Exception:  # broken XML, entities, nonsense: three parsers' ways to say that there is nothing to read
        return {}


def _keywords(words: dict[str, bytes], language: str) -> dict[str, str]:
    texts = decoded(list(words.values()), language)
    return {name: text for name, text in zip(words, map(clean, texts), strict=True) if text}


def _within(longest: int, found: dict[str, Any]) -> dict[str, Any]:
    """The same, its texts no longer than can be kept, the first of all going before."""
    left = longest

    def fit(value: Any) -> Any:
        nonlocal left
        if isinstance(value, str):
            value = value[: min(LONGEST_VALUE, max(left, 0))]
            left -= len(value)
        elif isinstance(value, dict):
            value = _without_empty((name, fit(part)) for name, part in value.items())
        elif isinstance(value, list):
            value = [part for part in map(fit, value) if part not in ("", [], {})]
        return value

    return fit(found)


def _without_empty(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value not in ("", [], {})}
