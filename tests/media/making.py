"""Files that say who made them in every way that programs have found for it."""

import io
import struct
import zlib

from PIL import Image

from tests.media.pictures import encoded, four_fields, png_chunk

XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
LONGER_MARK = b"http://ns.adobe.com/xmp/extension/\0"
SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
}


def xmp_packet(inner, attributes="", head='<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'):
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in SPACES.items())
    return (
        f'{head}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {spaces} {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    )


def credit(name):
    return xmp_packet(f"<photoshop:Credit>{name}</photoshop:Credit>")


def history(length):
    """What Photoshop keeps of its own doings."""
    step = '<rdf:li rdf:parseType="Resource"><stEvt:action xmlns:stEvt="x">saved</stEvt:action></rdf:li>'
    return f"<xmpMM:History><rdf:Seq>{step * (length // len(step))}</rdf:Seq></xmpMM:History>"


def iim(*datasets, charset=b""):
    """IPTC-IIM; datasets are (number in record 2, bytes)."""
    numbered = [((1, 90), charset)] if charset else []
    numbered += [((2, number), value) for number, value in datasets]
    return b"".join(b"\x1c" + bytes(name) + len(value).to_bytes(2, "big") + value for name, value in numbered)


def resource(number, content, kind=b"8BIM"):
    """One of Photoshop's."""
    return kind + struct.pack(">HHI", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def segment(code, payload):
    return bytes((0xFF, code)) + struct.pack(">H", len(payload) + 2) + payload


def jpeg_with(*segments, **options):
    content = encoded(four_fields(), **options)
    at = 4 + int.from_bytes(content[4:6], "big")
    return content[:at] + b"".join(segments) + content[at:]


def jpeg_xmp(packet):
    return segment(0xE1, XMP_MARK + (packet if isinstance(packet, bytes) else packet.encode()))


def longer_xmp(packet, *, order=1, length=None):
    """A packet in several segments, as Adobe and Google write it; the main one names it."""
    name = b"0123456789ABCDEF0123456789ABCDEF"
    whole = packet.encode()
    size = struct.pack(">I", len(whole) if length is None else length)
    parts = [(at, whole[at : at + 65_000]) for at in range(0, len(whole), 65_000)][::order]
    main = xmp_packet("", f'xmpNote:HasExtendedXMP="{name.decode()}"')
    return [
        jpeg_xmp(main),
        *(segment(0xE1, LONGER_MARK + name + size + struct.pack(">I", at) + part) for at, part in parts),
    ]


def photoshop(*resources):
    return segment(0xED, b"Photoshop 3.0\0" + b"".join(resources))


def tiff(*entries, order="<", inner=(), inner_tag=0x8769):
    """EXIF of these (tag, type, bytes); `inner` are those of its second table."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    sizes = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 129: 1}

    def table(entries, at, is_outer):
        count = len(entries) + bool(inner and is_outer)
        body_at = at + 2 + 12 * count + 4
        rows, body = b"", b""
        for tag, kind, value in sorted(entries):
            rows += struct.pack(order + "HHI", tag, kind, len(value) // sizes[kind])
            if len(value) <= 4:
                rows += value.ljust(4, b"\0")
            else:
                rows += struct.pack(order + "I", body_at + len(body))
                body += value + b"\0" * (len(value) % 2)
        if inner and is_outer:
            rows += struct.pack(order + "HHII", inner_tag, 4, 1, body_at + len(body))
        return struct.pack(order + "H", count) + rows + b"\0" * 4 + body

    outer = table(entries, 8, is_outer=True)
    return head + outer + (table(inner, 8 + len(outer), is_outer=False) if inner else b"")


def jpeg_exif(*entries, **options):
    return jpeg_with(segment(0xE1, b"Exif\0\0" + tiff(*entries, **options)))


def png_of(*chunks, behind=()):
    """A PNG with these (name, content) before its pixels and behind them."""
    content = encoded(four_fields(), "PNG")
    before = b"".join(png_chunk(*chunk) for chunk in chunks)
    after = b"".join(png_chunk(*chunk) for chunk in behind)
    return content[:33] + before + content[33:-12] + after + content[-12:]


def text_chunk(keyword, text, kind=b"tEXt", *, is_packed=False):
    text = text if isinstance(text, bytes) else text.encode("utf-8" if kind == b"iTXt" else "latin-1")
    if kind == b"zTXt":
        return kind, keyword.encode() + b"\0\0" + zlib.compress(text)
    if kind == b"iTXt":
        packed = zlib.compress(text) if is_packed else text
        return kind, keyword.encode() + b"\0" + bytes((is_packed, 0)) + b"\0\0" + packed
    return kind, keyword.encode() + b"\0" + text


def raw_profile(name, content, kind=b"zTXt"):
    """As ImageMagick keeps what PNG has no place for."""
    digits = content.hex()
    lines = "\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    return text_chunk(f"Raw profile type {name}", f"\n{name}\n{len(content):8}\n{lines}\n", kind)


def webp_of(*chunks, flags=0):
    """A WebP with these (name, content) behind its pixels; its head may not say so."""
    plain = encoded(four_fields(), "WEBP", quality=60)
    head = b"VP8X" + struct.pack("<II", 10, flags) + (119).to_bytes(3, "little") + (79).to_bytes(3, "little")
    body = b"WEBP" + head + plain[12:]
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(frames, format="GIF", **options):
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100, loop=0, **options)
    return out.getvalue()


def plain(colour, size=(120, 80), mode="RGB"):
    return Image.new(mode, size, colour)
