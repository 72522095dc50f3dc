"""What an editor is told of a file: what an agency forbids, and dates that are told in part."""

from datetime import UTC, datetime

import pytest

from media.photos import metadata

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def notices(raw):
    return list(metadata.notices(raw, NOW))


@pytest.mark.parametrize(
    "words",
    [
        "EMBARGO until 18:00 CET",
        "EMBARGOED: not before Sunday",
        "NO SALES",
        "No sales, no archive",
        "NO ARCHIVE",
        "MANDATORY CREDIT: TT",
        "Mandatory credit",
        "UK OUT",
        "EDITORIAL USE ONLY",
        "For editorial use",
        "One-time use",
        "Sperrfrist 12 Uhr",
        "Nur zur redaktionellen Verwendung",
        "Usage éditorial uniquement",
        "Solo uso editorial",
        "Лише для редакційного використання",
        "Do not crop",
        "Non-commercial use",
        "Internal use",
        "Außer Haus nicht verwenden",
        "Não usar na Internet",
        "IN ESCLUSIVA",
        "使用禁止",
        "استخدام تحريري فقط",
    ],
)
@pytest.mark.parametrize(
    "place", ["xmp photoshop:Instructions", "iptc SpecialInstructions", "xmp xmpRights:UsageTerms"]
)
def test_what_an_agency_forbids_is_told(words, place):
    where, name = place.split(" ")
    assert notices({where: {name: words}}) == [f'The agency restricts its use: "{words}".']


def test_the_same_words_are_told_once_and_others_too():
    raw = {"xmp": {"photoshop:Instructions": "NO SALES"}, "iptc": {"SpecialInstructions": "No  sales"}}
    assert notices(raw) == ['The agency restricts its use: "NO SALES".']
    raw["xmp"]["xmpRights:UsageTerms"] = {"x-default": "Editorial use only"}
    assert len(notices(raw)) == 2


@pytest.mark.parametrize("words", ["FBMD01000a9d0d0000", "1003", "Sent by e-mail", "Thank you", "No problem"])
def test_other_instructions_are_no_notice(words):
    assert notices({"iptc": {"SpecialInstructions": words}}) == []


def test_limits_amid_a_caption_are_told_where_they_stand_in_capitals():
    raw = {"iptc": {"Caption-Abstract": "The river at Orrin. RESTRICTED TO EDITORIAL USE - MANDATORY CREDIT TT"}}
    assert notices(raw) == ['The agency restricts its use: "RESTRICTED TO EDITORIAL USE - MANDATORY CREDIT TT".']
    assert notices({"iptc": {"Caption-Abstract": "The embargo on oil; no sales in May; a run to go all OUT."}}) == []


def test_long_instructions_are_told_in_short():
    (notice,) = notices({"iptc": {"SpecialInstructions": "NO SALES. " * 200}})
    assert len(notice) < 400
    assert notice.endswith('…".')


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2015-01-22", "2015-01-22T00:00:00+00:00"),
        ("2015:01:22", "2015-01-22T00:00:00+00:00"),
        ("2015/01/22", "2015-01-22T00:00:00+00:00"),
        ("20150122", "2015-01-22T00:00:00+00:00"),
        ("2015-1-22T10:11", "2015-01-22T10:11:00+00:00"),
        ("2015: 1: 2T10:11", "2015-01-02T10:11:00+00:00"),
        ("20150122 101112+0200", "2015-01-22T08:11:12+00:00"),
        ("2015-01-22 10:11:12+02:00", "2015-01-22T08:11:12+00:00"),
        ("2015-01-22T10:11", "2015-01-22T10:11:00+00:00"),
        ("2015-01-22T10:11Z", "2015-01-22T10:11:00+00:00"),
        ("2015-01-22T10:11:12,5-05:30", "2015-01-22T15:41:12.500000+00:00"),
        ("2015:01:22 10:11:60", "2015-01-22T10:11:59+00:00"),
        ("2015:01:22 24:00:00", "2015-01-22T00:00:00+00:00"),
        ("2015-01-22T10:11:12+99:00", "2015-01-22T10:11:12+00:00"),
    ],
)
def test_dates_are_read_as_programs_write_them(told, moment):
    day, _space, hour = told.partition(" ")
    found = [
        metadata.facts({"xmp": {"photoshop:DateCreated": told}}),
        metadata.facts({"iptc": {"DateCreated": day, "TimeCreated": hour}}),
        metadata.facts({"exif": {"DateTimeOriginal": told}}),
    ]
    assert [facts["taken_at"].astimezone(UTC).isoformat() for facts in found] == [moment] * 3


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("2015", "2015"),
        ("2015:01", "2015-01"),
        ("2015-1", "2015-01"),
        ("2015:1:0", "2015-01"),
        ("2015-00-00", "2015"),
        ("20150000", "2015"),
        ("20150100", "2015-01"),
        ("2015-01-00T00:00:00", "2015-01"),
        ("2015:00:00 00:00:00", "2015"),
    ],
)
def test_date_that_is_told_in_part_is_said_and_not_guessed(told, known):
    notice = f'The file gives only part of the date taken ("{known}"); fill it in if you know it.'
    for raw in (
        {"xmp": {"photoshop:DateCreated": told}},
        {"iptc": {"DateCreated": told, "TimeCreated": "101112+0200"}},
    ):
        assert (metadata.facts(raw), notices(raw)) == ({}, [notice])
    raw = {"xmp": {"photoshop:DateCreated": told}, "exif": {"DateTimeOriginal": "2015:01:22 10:11:12"}}
    assert (len(metadata.facts(raw)), notices(raw)) == (1, [])


@pytest.mark.parametrize("told", ["0000:00:00 00:00:00", "    :  :     :  :  ", "0000-00-00", "yesterday", ""])
def test_date_of_nothing_is_no_notice(told):
    raw = {"exif": {"DateTimeOriginal": told}, "iptc": {"DateCreated": told, "TimeCreated": "201512+0200"}}
    assert (metadata.facts(raw), notices(raw)) == ({}, [])


def test_end_of_rights_that_is_told_in_part_is_said():
    raw = {"iptc": {"ExpirationDate": "20261200"}}
    assert metadata.facts(raw) == {}
    assert notices(raw) == ['The file gives only part of the date its rights end ("2026-12"); ask, and fill it in.']
