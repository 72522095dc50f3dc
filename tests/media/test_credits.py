"""Whoever is named in a file is named here, wherever the name stands and however it is written."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from media import gate
from media.photos import metadata
from media.photos.fillers import is_filler
from media.pixels import letters
from media.pixels.embedding import clean
from tests.media import making, pictures
from tests.media.making import (
    credit,
    history,
    iim,
    jpeg_exif,
    jpeg_with,
    jpeg_xmp,
    longer_xmp,
    photoshop,
    png_of,
    raw_profile,
    resource,
    text_chunk,
    tiff,
    webp_of,
    xmp_packet,
)
from tests.media.pictures import encoded, four_fields, upload

CASES = Path(__file__).resolve().parent / "cases"
ARTIST, COPYRIGHT, DESCRIPTION = 0x013B, 0x8298, 0x010E
NOW = datetime(2026, 1, 1, tzinfo=UTC)
IIM_CREDIT = iim((110, b"Late Credit/TT"), (80, b"Anna Ek"))
BOTH = {"credit_line": "Late Credit/TT", "creator": "Anna Ek"}
CREDIT = {"credit_line": "Late Credit/TT"}
IN_XMP = "<photoshop:Credit>Late Credit/TT</photoshop:Credit>"
EXIF = tiff((ARTIST, 2, b"Anna Ek\0"), (COPYRIGHT, 2, b"(c) TT\0"))
NAMED = {"creator": "Anna Ek", "copyright_notice": "(c) TT"}
LATE = credit("Late Credit/TT")
XMP_CHUNK = text_chunk("XML:com.adobe.xmp", LATE, b"iTXt")


def read(content):
    return gate.admit(upload(content)).metadata


def facts(content):
    return metadata.facts(read(content))


def in_utf_16(packet, order="utf-16-le"):
    return making.segment(0xE1, making.XMP_MARK + ("\ufeff" + packet).encode(order))


def avif(**options):
    return encoded(four_fields(), "AVIF", quality=50, **options)


FILES = {
    "JPEG, damaged header of an old ImageMagick": (
        lambda: jpeg_with(making.segment(0xE1, b"XMP\0://ns.adobe.com/xap/1.0/\0" + LATE.encode())),
        CREDIT,
    ),
    "JPEG, XMP without any header": (lambda: jpeg_with(making.segment(0xE1, LATE.encode())), CREDIT),
    "JPEG, XMP in UTF-16 with a mark": (lambda: jpeg_with(in_utf_16(LATE)), CREDIT),
    "JPEG, XMP in UTF-16, high byte first": (lambda: jpeg_with(in_utf_16(LATE, "utf-16-be")), CREDIT),
    "JPEG, XMP in UTF-16 without a mark": (lambda: jpeg_with(jpeg_xmp(LATE.encode("utf-16-le"))), CREDIT),
    "JPEG, XMP in UTF-32": (lambda: jpeg_with(jpeg_xmp(("\ufeff" + LATE).encode("utf-32-be"))), CREDIT),
    "JPEG, XMP that names UTF-16 and is UTF-8": (
        lambda: jpeg_with(jpeg_xmp('<?xml version="1.0" encoding="UTF-16"?>' + LATE)),
        CREDIT,
    ),
    "JPEG, XMP with Latin-1 in it": (
        lambda: jpeg_with(jpeg_xmp(credit("José Muñoz/EFE").encode("latin-1", "ignore"))),
        {"credit_line": "José Muñoz/EFE"},
    ),
    "JPEG, XMP with NULs behind it": (lambda: jpeg_with(jpeg_xmp(LATE.encode() + b"\0" * 50)), CREDIT),
    "JPEG, XMP with rubbish behind it": (lambda: jpeg_with(jpeg_xmp(LATE + "</x:gone> tail")), CREDIT),
    "JPEG, XMP with a control character": (
        lambda: jpeg_with(jpeg_xmp(credit("Late&#x0; Credit/\x02TT"))),
        CREDIT,
    ),
    "JPEG, XMP in two segments": (
        lambda: jpeg_with(jpeg_xmp(xmp_packet("<dc:creator>Anna Ek</dc:creator>")), jpeg_xmp(LATE)),
        BOTH,
    ),
    "JPEG, XMP of 200 KB": (
        lambda: jpeg_with(*longer_xmp(xmp_packet(history(200_000) + IN_XMP))),
        CREDIT,
    ),
    "JPEG, XMP of 200 KB, the last part first": (
        lambda: jpeg_with(*longer_xmp(xmp_packet(history(200_000) + IN_XMP), order=-1)),
        CREDIT,
    ),
    "JPEG, IIM behind other resources": (
        lambda: jpeg_with(photoshop(resource(0x03ED, b"12345"), resource(0x0404, IIM_CREDIT))),
        BOTH,
    ),
    "JPEG, IIM in a resource that is not padded": (
        lambda: jpeg_with(photoshop(resource(0x03ED, b"12345")[:-1], resource(0x0404, IIM_CREDIT))),
        BOTH,
    ),
    "JPEG, IIM in two segments": (
        lambda: jpeg_with(
            making.segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, IIM_CREDIT)[:20]),
            making.segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, IIM_CREDIT)[20:]),
        ),
        BOTH,
    ),
    "JPEG, IIM of Photoshop 2.5": (
        lambda: jpeg_with(making.segment(0xED, b"Adobe_Photoshop2.5:" + b"\0" * 8 + resource(0x0404, IIM_CREDIT))),
        BOTH,
    ),
    "JPEG, IIM without a wrapping": (lambda: jpeg_with(making.segment(0xED, b"\x1c\x02\0\0\2\0\4" + IIM_CREDIT)), BOTH),
    "JPEG, XMP among Photoshop's resources": (
        lambda: jpeg_with(photoshop(resource(0x0424, LATE.encode()))),
        CREDIT,
    ),
    "JPEG, EXIF among Photoshop's resources": (lambda: jpeg_with(photoshop(resource(0x0422, EXIF))), NAMED),
    "JPEG, EXIF with the high byte first": (
        lambda: jpeg_exif((ARTIST, 2, b"Anna Ek\0"), (COPYRIGHT, 2, b"(c) TT\0"), order=">"),
        NAMED,
    ),
    "JPEG, a picture behind it": (
        lambda: encoded(four_fields(), "MPO", save_all=True, append_images=[four_fields()], xmp=LATE.encode()),
        CREDIT,
    ),
    "JPEG, XMP behind the pixels": (
        lambda: (plain := encoded(four_fields()))[:-2] + jpeg_xmp(LATE) + plain[-2:],
        CREDIT,
    ),
    "PNG, XMP behind the pixels": (lambda: png_of(behind=[XMP_CHUNK]), CREDIT),
    "PNG, XMP packed": (lambda: png_of(text_chunk("XML:com.adobe.xmp", LATE, b"iTXt", is_packed=True)), CREDIT),
    "PNG, XMP of 3 MB": (
        lambda: png_of(
            text_chunk(
                "XML:com.adobe.xmp",
                xmp_packet(history(3_000_000) + IN_XMP),
                b"iTXt",
                is_packed=True,
            )
        ),
        CREDIT,
    ),
    "PNG, EXIF": (lambda: png_of((b"eXIf", EXIF)), NAMED),
    "PNG, EXIF behind the pixels": (lambda: png_of(behind=[(b"eXIf", EXIF)]), NAMED),
    **{
        f"PNG, raw profile {name}, {kind.decode()}": (
            lambda name=name, content=content, kind=kind: png_of(raw_profile(name, content, kind)),
            found,
        )
        for kind in (b"zTXt", b"tEXt")
        for name, content, found in (
            ("iptc", IIM_CREDIT, BOTH),
            ("iptc", resource(0x0404, IIM_CREDIT), BOTH),
            ("8bim", resource(0x03ED, b"12345") + resource(0x0404, IIM_CREDIT), BOTH),
            ("xmp", LATE.encode(), CREDIT),
            ("exif", b"Exif\0\0" + EXIF, NAMED),
            ("APP1", b"Exif\0\0" + EXIF, NAMED),
            ("APP1", making.XMP_MARK + LATE.encode(), CREDIT),
        )
    },
    "PNG, a raw profile behind the pixels": (lambda: png_of(behind=[raw_profile("iptc", IIM_CREDIT)]), BOTH),
    "PNG, keywords": (
        lambda: png_of(
            text_chunk("Author", "Anna Ek"),
            text_chunk("Copyright", "(c) TT", b"zTXt"),
            text_chunk("Description", "Повінь", b"iTXt"),
            text_chunk("Title", "Flood"),
        ),
        NAMED | {"caption": "Повінь", "headline": "Flood"},
    ),
    "PNG, keywords in Latin-1": (lambda: png_of(text_chunk("Author", "José Muñoz")), {"creator": "José Muñoz"}),
    "WebP, XMP of which its head says nothing": (lambda: webp_of((b"XMP ", LATE.encode())), CREDIT),
    "WebP, EXIF": (lambda: webp_of((b"EXIF", EXIF), flags=8), NAMED),
    "WebP, EXIF as a JPEG has it": (lambda: webp_of((b"EXIF", b"Exif\0\0" + EXIF), flags=8), NAMED),
    "AVIF, XMP": (lambda: avif(xmp=LATE.encode()), CREDIT),
    "AVIF, EXIF": (lambda: avif(exif=EXIF), NAMED),
    "GIF, XMP": (
        lambda: (
            (gif := encoded(four_fields(), "GIF"))[:-1]
            + b"\x21\xff\x0bXMP DataXMP"
            + LATE.encode()
            + b"\x01"
            + bytes(range(255, -1, -1))
            + b"\0"
            + gif[-1:]
        ),
        CREDIT,
    ),
    "EXIF, Windows' own texts": (
        lambda: jpeg_exif(
            (0x9C9B, 1, "Flood\0".encode("utf-16-le")),
            (0x9C9C, 1, "Повінь\0".encode("utf-16-le")),
            (0x9C9D, 1, "Олена Ґудзь;Ann Lee\0".encode("utf-16-le")),
            (0x9C9E, 1, "port;strike\0".encode("utf-16-le")),
        ),
        {"headline": "Flood", "caption": "Повінь", "creator": "Олена Ґудзь, Ann Lee", "keywords": ["port", "strike"]},
    ),
    "EXIF 3.0, UTF-8 by its type": (
        lambda: jpeg_exif((ARTIST, 129, "Олена Ґудзь\0".encode())),
        {"creator": "Олена Ґудзь"},
    ),
    "EXIF, Windows-1251": (
        lambda: jpeg_exif((ARTIST, 2, "Олена Ґудзь\0".encode("cp1251"))),
        {"creator": "Олена Ґудзь"},
    ),
    "EXIF, the editor's copyright alone": (
        lambda: jpeg_exif((COPYRIGHT, 2, b" \0The Herald\0")),
        {"copyright_notice": "The Herald"},
    ),
    "EXIF, a text of another type": (lambda: jpeg_exif((ARTIST, 7, b"Anna Ek")), {"creator": "Anna Ek"}),
    "EXIF, blanks behind a name": (
        lambda: jpeg_exif((ARTIST, 2, b"Anna Ek       \0")),
        {"creator": "Anna Ek"},
    ),
    **{
        f"EXIF, a comment in {name}": (
            lambda value=value: jpeg_exif((ARTIST, 2, b"Anna Ek\0"), inner=[(0x9286, 7, value)]),
            {"creator": "Anna Ek", "caption": caption},
        )
        for name, value, caption in (
            ("ASCII", b"ASCII\0\0\0A street.\0\0", "A street."),
            ("UTF-16", b"UNICODE\0" + "Вулиця.".encode("utf-16-le"), "Вулиця."),
            ("UTF-16 of the other order", b"UNICODE\0" + "A street.".encode("utf-16-be"), "A street."),
            ("JIS", b"JIS\0\0\0\0\0" + "通り".encode("iso2022_jp"), "通り"),
            ("UTF-8 that says ASCII", b"ASCII\0\0\0" + "Вулиця.".encode(), "Вулиця."),
            ("no code", b"\0" * 8 + b"A street.", "A street."),
            ("no code at all", b"A street in spring.", "A street in spring."),
        )
    },
    "PLUS": (
        lambda: jpeg_with(
            jpeg_xmp(
                xmp_packet(
                    '<plus:ImageCreator><rdf:Seq><rdf:li rdf:parseType="Resource"><plus:ImageCreatorName>Anna Ek'
                    "</plus:ImageCreatorName></rdf:li></rdf:Seq></plus:ImageCreator><plus:CopyrightOwner><rdf:Seq>"
                    '<rdf:li plus:CopyrightOwnerName="(c) TT"/></rdf:Seq></plus:CopyrightOwner>'
                )
            )
        ),
        NAMED,
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_names_are_found_wherever_they_stand(name):
    make, expected = FILES[name]
    assert facts(make()) == expected


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("José Muñoz", "latin-1"),
        ("JOSÉ MUÑOZ/EFE", "latin-1"),
        ("Øyvind Ås, ÅÄÖ", "latin-1"),
        ("L’été d’Aïcha – 100 % “Œuvre”", "cp1252"),
        ("¿Qué? ¡Sí! 1ª, 5 m³ für 3 £, © Müller", "cp1252"),
        ("Miloš Žák", "cp1252"),
        ("Lech Wałęsa, Łódź", "cp1250"),
        ("Łukasz Żak", "cp1250"),
        ("Foto: Олена Ґудзь/Reuters", "cp1251"),
        ("Алёна Петрова", "koi8_u"),
        ("José Muñoz", "mac_roman"),
    ],
)
def test_names_in_older_character_sets_keep_their_letters(text, charset):
    assert letters.decoded([text.encode(charset)]) == [text]


@pytest.mark.parametrize(
    ("text", "charset", "language"),
    [
        ("Gdańsk, Dvořák", "cp1250", "pl"),
        ("Αθήνα", "cp1253", "el"),
        ("Çağ İstanbul", "cp1254", "tr"),
        ("東京", "cp932", "ja"),
        ("北京", "gb18030", "zh-hans"),
        ("José Muñoz", "cp1252", "uk"),
        ("José Muñoz", "cp1252", "ja"),
    ],
)
def test_language_of_the_site_tells_sets_apart(text, charset, language):
    assert letters.decoded([text.encode(charset)], language) == [text]


def test_utf_8_is_seen_whatever_was_done_to_it():
    assert letters.decoded(["Ґудзь".encode(), "José".encode().decode("cp1252").encode()]) == ["Ґудзь", "José"]
    assert letters.decoded(["Ґґ".encode()[:3], b"Jos\xe9"]) == ["Ґ", "José"]


@pytest.mark.parametrize(
    ("charset", "value", "text"),
    [
        (b"\x1b.A", "Muñoz".encode("latin-1"), "Muñoz"),
        (b"\x1b-B", "Dvořák".encode("iso8859-2"), "Dvořák"),
        (b"\x1b-L", "Олена".encode("iso8859-5"), "Олена"),
        (b"\x1b%G", "Олена".encode(), "Олена"),
        (b"\x1b%G", "Muñoz".encode("latin-1"), "Muñoz"),
        (b"\x1b.A", "Олена".encode(), "Олена"),
    ],
)
def test_declared_character_set_is_believed_where_it_can_be_so(charset, value, text):
    content = jpeg_with(photoshop(resource(0x0404, iim((80, value), charset=charset))))
    assert facts(content) == {"creator": text}


def test_more_xmp_than_can_be_read_is_said_and_the_rest_is_read():
    short = longer_xmp(credit("X/Y"), length=999_999)  # parts of it are missing
    content = jpeg_with(*short, photoshop(resource(0x0404, IIM_CREDIT)))
    assert facts(content) == BOTH
    assert len(list(metadata.notices(read(content), NOW))) == 1


def test_xmp_of_any_size_and_depth_takes_little_memory(monkeypatch):
    monkeypatch.setitem(gate.LOOKING, "memory", 300 * 1024 * 1024)
    for inner in ("<photoshop:A/>" * 1_000_000, "<photoshop:A>" * 900_000, '<photoshop:A b="c"/>' * 600_000):
        found = read(png_of(text_chunk("XML:com.adobe.xmp", xmp_packet(inner), b"iTXt", is_packed=True)))
        assert len(json.dumps(found)) < 500_000


def test_texts_of_any_number_fit_into_what_is_kept():
    keywords = [(25, b"\xd0\xb0" * 15_000)] * 400
    segments = [making.segment(0xED, b"Photoshop 3.0\0" + resource(0x0404, iim(keyword))) for keyword in keywords]
    assert len(str(read(jpeg_with(*segments)))) < 500_000


@pytest.mark.parametrize("seed", range(40))
def test_exif_of_any_kind_is_borne(seed):
    chance = random.Random(seed)
    content = bytearray(tiff((ARTIST, 2, b"Anna Ek\0"), inner=[(0x9286, 7, b"ASCII\0\0\0A street.")]))
    for _ in range(chance.randint(1, 12)):
        content[chance.randrange(8, len(content))] = chance.randrange(256)
    found = metadata.facts(read(jpeg_with(making.segment(0xE1, b"Exif\0\0" + bytes(content)))))
    assert set(found) <= {"creator", "caption", "copyright_notice", "headline", "keywords", "taken_at"}


CASE_FILES = sorted([*CASES.glob("*.jpg"), *CASES.glob("*.png"), *CASES.glob("*.gif")])
FIELDS = {
    "credit_line": ["XMP-photoshop:Credit", "IPTC:Credit"],
    "creator": ["XMP-dc:Creator", "IPTC:By-line", "IFD0:Artist", "PNG:Author", "IFD0:XPAuthor"],
    "copyright_notice": ["XMP-dc:Rights", "IPTC:CopyrightNotice", "IFD0:Copyright", "PNG:Copyright"],
    "caption": ["XMP-dc:Description", "IPTC:Caption-Abstract", "IFD0:ImageDescription", "PNG:Description"],
}
# Where we know better, or do otherwise on purpose.
NOT_AS_EXIFTOOL = {
    "iptc-utf8-undeclared.jpg": "it takes all that is not declared for Latin-1",
    "iptc-utf8-flag-latin1-text.jpg": "it believes the declaration",
    "exif-cp1252.jpg": "it takes all EXIF for UTF-8",
    "xmp-broken.jpg": "what is no XML is not read",
    "xmp-entity-bomb.jpg": "entities are never read",
    "xmp-external-entity.jpg": "entities are never read",
    "JPEG, XMP with Latin-1 in it": "it has question marks for letters",
}


def in_one(value):
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return (
        " ".join(text.replace("; ", ", ").replace(";", ", ").replace("\n", ", ").split()).replace(" ,", ",").strip(" ,")
    )


def assert_as_exiftool(exiftool, path):
    """Whatever it finds, we have found."""
    said = exiftool.found(path, "-charset", "iptc=cp1252")
    found = facts(path.read_bytes())
    for field, names in FIELDS.items():
        texts = [text for name in names if name in said if not is_filler(text := clean(in_one(said[name])))]
        if texts:
            assert (field, in_one(found.get(field, ""))) == (field, texts[0][:50_000])


@pytest.mark.parametrize("path", [*CASE_FILES, *sorted(pictures.CORPUS.glob("*.*g"))], ids=lambda path: path.name)
def test_what_exiftool_finds_is_found(exiftool, path):
    if path.name not in NOT_AS_EXIFTOOL:
        assert_as_exiftool(exiftool, path)


@pytest.mark.parametrize("name", [name for name in FILES if name not in NOT_AS_EXIFTOOL])
def test_what_exiftool_finds_in_odd_files_is_found(exiftool, name, tmp_path):
    path = tmp_path / "picture"
    path.write_bytes(FILES[name][0]())
    assert_as_exiftool(exiftool, path)
