"""XMP: RDF in XML, of which the properties of one picture are taken.

What no person wrote there is left out while it is read: Photoshop's history alone can be longer than the picture.
"""

import codecs
import re
from typing import Any
from xml.etree.ElementTree import TreeBuilder

from defusedxml import ElementTree

from media.pixels.embedding import clean

MOST_ELEMENTS = 50_000
MOST_VALUES = 1000
DEEPEST, DEEPEST_XML = 8, 200
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
    "http://ns.adobe.com/xmp/note/": "xmpNote",
    "http://prismstandard.org/namespaces/prismusagerights/2.1/": "pur",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
}
# Written by programs for themselves.
UNWANTED = (
    "{http://ns.adobe.com/xap/1.0/mm/}",
    "{http://ns.adobe.com/camera-raw-settings/1.0/}",
    "{http://ns.adobe.com/photoshop/1.0/}DocumentAncestors",
    "{http://ns.adobe.com/photoshop/1.0/}TextLayers",
    "{http://ns.adobe.com/xap/1.0/}Thumbnails",
    "{http://ns.google.com/photos/1.0/",
)
MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# How "<" and the character behind it stand there in each.
STARTS = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
NO_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\\d|3[01]));",
    re.I,
)
DECLARATION = re.compile(r"<\?xml\b[^>]*\?>")
RDF_BEGINS = re.compile(r"<(\w+):RDF\b")


def _single_bytes(error: UnicodeError) -> tuple[str, int]:
    """What a byte amid UTF-8 stands for that is none."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(
        bytes((byte,)).decode("cp1252" if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for byte in wrong
    ), error.end


codecs.register_error("single_bytes", _single_bytes)


class _Wanted(TreeBuilder):
    """A tree without what nobody wants, and no larger than can be kept."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = self.elements = self.depth = 0

    def start(self, tag: Any, attrs: Any) -> Any:
        self.depth += 1
        if self.depth > DEEPEST_XML:
            raise ValueError("made to do harm")
        if self.skipped or tag.startswith(UNWANTED) or self.elements == MOST_ELEMENTS:
            self.skipped += 1
            return None
        self.elements += 1
        return super().start(tag, {name: text for name, text in attrs.items() if not name.startswith(UNWANTED)})

    def end(self, tag: Any) -> Any:
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            return None
        return super().end(tag)

    def data(self, data: Any) -> None:
        if not self.skipped:
            super().data(data)


def read_xmp(data: bytes) -> dict[str, Any]:
    """The properties of a packet."""
    text = _text_of(data)
    try:
        tree = _tree(text)
    except ElementTree.ParseError:  # such as for what somebody put behind it
        if not (begins := RDF_BEGINS.search(text)):
            raise
        end = text.rfind(f"</{begins[1]}:RDF")
        tree = _tree(text[begins.start() : text.find(">", end) + 1] if end >= 0 else "")
    found: dict[str, Any] = {}
    root = tree if tree.tag == f"{RDF}RDF" else tree.find(f".//{RDF}RDF")
    for description in root if root is not None else ():
        for name, value in _properties(description, 0).items():
            if len(found) < MOST_VALUES:
                found.setdefault(name, value)
    return found


def _text_of(data: bytes) -> str:
    """The packet as text, from its first tag on."""
    data = data.lstrip(b" \t\r\n")
    for marks in (MARKS, STARTS):
        for mark, charset in marks:
            if data.startswith(mark):
                return _cleaned(data.decode(charset, "ignore"))
    return _cleaned(data.decode("utf-8", "single_bytes"))


def _cleaned(text: str) -> str:
    text = DECLARATION.sub("", NO_CHARACTERS.sub("", text), count=1)
    return text[max(text.find("<"), 0) : text.rfind(">") + 1]


def _tree(text: str) -> Any:
    parser = ElementTree.DefusedXMLParser(target=_Wanted(), encoding="utf-8", forbid_dtd=True)
    parser.feed(text.encode())
    return parser.close()


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
