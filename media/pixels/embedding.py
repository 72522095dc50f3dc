"""Writing into each size of a photo who made it: XMP, and in a JPEG IPTC-IIM too. Nothing else is said in it."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

LONGEST_SEGMENT = 65_533
LONGEST_DATASET = 2_000  # characters; our texts are shorter
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
# What is written, by the name of the photo's field: as XMP (its property, and how that holds a text), and in IIM.
XMP = {
    "creator": ("dc:creator", "Seq"),
    "copyright_notice": ("dc:rights", "Alt"),
    "credit_line": ("photoshop:Credit", ""),
    "source": ("photoshop:Source", ""),
    "alt_text": ("Iptc4xmpCore:AltTextAccessibility", "Alt"),
    "digital_source_type": ("Iptc4xmpExt:DigitalSourceType", ""),
}
IIM = {"creator": 80, "credit_line": 110, "source": 115, "copyright_notice": 116}
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}


def clean(text: str) -> str:
    """Text without control characters, its lines ended in one way."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def xmp_of(facts: Mapping[str, str]) -> bytes:
    """An XMP packet that says these things; nothing to say, no packet."""
    lines = []
    for name, (property_, holder) in XMP.items():
        if not (text := facts.get(name)):
            continue
        text = SOURCE_TYPES + text if name == "digital_source_type" else CONTROLS.sub("", text)
        value = escape(text)
        if holder:
            language = ' xml:lang="x-default"' if holder == "Alt" else ""
            value = f"<rdf:{holder}><rdf:li{language}>{value}</rdf:li></rdf:{holder}>"
        lines.append(f"<{property_}>{value}</{property_}>")
    if not lines:
        return b""
    spaces = "".join(f' xmlns:{prefix}="{address}"' for prefix, address in SPACES.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}>{"".join(lines)}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def into_jpeg(content: bytes, facts: Mapping[str, str]) -> bytes:
    """The same JPEG, with what it has to say of its maker behind its first segment."""
    segments = b""
    if xmp := xmp_of(facts):
        segments += _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp)
    if iim := _iim_of(facts):
        resource = b"8BIM\x04\x04\0\0" + len(iim).to_bytes(4, "big") + iim + b"\0" * (len(iim) % 2)
        segments += _segment(0xED, b"Photoshop 3.0\0" + resource)
    at = 2
    if content[2:4] == b"\xff\xe0":  # JFIF comes first
        at += 2 + int.from_bytes(content[4:6], "big")
    return content[:at] + segments + content[at:]


def _iim_of(facts: Mapping[str, str]) -> bytes:
    values = b"".join(
        _dataset(2, number, CONTROLS.sub("", text)[:LONGEST_DATASET].encode())
        for name, number in IIM.items()
        if (text := facts.get(name))
    )
    return _dataset(1, 90, b"\x1b%G") + _dataset(2, 0, b"\0\4") + values if values else b""


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value


def _segment(code: int, payload: bytes) -> bytes:
    if len(payload) > LONGEST_SEGMENT:
        return b""
    return bytes((0xFF, code)) + (len(payload) + 2).to_bytes(2, "big") + payload
