"""What a picture says of itself, as our fields have it. XMP is trusted first, then IPTC-IIM, then EXIF."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from datetime import timezone as tzinfo
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from media.fields import LONGEST_WORD, MOST_WORDS
from media.photos.fillers import is_filler

# Where each text stands, in the order in which it is believed. A slash leads into an object.
TEXTS = {
    "headline": ["xmp photoshop:Headline", "iptc Headline", "exif XPTitle", "png Title"],
    "caption": [
        "xmp dc:description",
        "iptc Caption-Abstract",
        "exif ImageDescription",
        "xmp tiff:ImageDescription",
        "exif UserComment",
        "xmp exif:UserComment",
        "exif XPComment",
        "exif XPSubject",
        "png Description",
        "png Comment",
    ],
    "credit_line": ["xmp photoshop:Credit", "iptc Credit", "png Credit"],
    "creator": [
        "xmp dc:creator",
        "iptc By-line",
        "xmp plus:ImageCreator/plus:ImageCreatorName",
        "exif Artist",
        "xmp tiff:Artist",
        "exif XPAuthor",
        "png Author",
        "png Artist",
    ],
    "source": ["xmp photoshop:Source", "iptc Source"],
    "copyright_notice": [
        "xmp dc:rights",
        "iptc CopyrightNotice",
        "exif Copyright",
        "xmp tiff:Copyright",
        "xmp plus:CopyrightOwner/plus:CopyrightOwnerName",
        "png Copyright",
    ],
    "usage_terms": ["xmp xmpRights:UsageTerms"],
    "alt_text": ["xmp Iptc4xmpCore:AltTextAccessibility"],
    "extended_description": ["xmp Iptc4xmpCore:ExtDescrAccessibility"],
}
NAMES = {"exif Artist", "exif XPAuthor", "xmp tiff:Artist"}  # several, with a semicolon between them
KEYWORDS = ["xmp dc:subject", "iptc Keywords", "exif XPKeywords", "png Keywords"]
PLACES = [
    ["xmp Iptc4xmpCore:Location", "xmp photoshop:City", "xmp photoshop:State", "xmp photoshop:Country"],
    ["iptc Sub-location", "iptc City", "iptc Province-State", "iptc Country-PrimaryLocationName"],
]
# Where an agency says what may be done with a picture; and where it says so amid other things, then in capitals.
INSTRUCTIONS = ["xmp photoshop:Instructions", "iptc SpecialInstructions", "xmp xmpRights:UsageTerms"]
MIXED = ["xmp dc:description", "iptc Caption-Abstract", "xmp dc:rights", "iptc CopyrightNotice"]
LIMITS = re.compile(
    r"embargo|sperrfrist|ембарго|эмбарго|hold (?:for|until)|not before|nicht vor|until|expire|\bno[- ](?!problem)"
    r"|(?-i:[A-Z] OUT\b)|mandatory|must|credit (?:is )?(?:required|obligat)|editorial|restrict|not for|do not|may not"
    r"|\bonly\b|one[- ]time|single use|exclusiv|\bkill\b|withdrawn|handout|honorarpflichtig|redaktionell|\bnur\b"
    r"|\bkeine? |interdit|obligatoire|[ée]ditorial|\bpas de |prohibid|obligatori|\bno vent|\bsolo |vietat"
    r"|obbligatori|verboden|\bniet |zakaz|obowiązk"
    r"|\bnicht (?:ver|zu)|esclusiv|\bnão |\binte |\bikke |non[- ]?commercial|internal use|禁止|不得|فقط|ممنوع"
    r"|\btylko|заборон|запрещ|лише|тільки|только|обов.язк|обязательн",
    re.I,
)
LIMITS_IN_CAPITALS = re.compile(
    r"EMBARGO|SPERRFRIST|NO (?:SALES?|ARCHIV|RESALE|MARKETING|ADVERTISING|COMMERCIAL|INTERNET|MOBILE|THIRD)"
    r"|MANDATORY CREDIT|EDITORIAL USE ONLY|(?:RESTRICTED TO|FOR) EDITORIAL USE|\b[A-Z]{2,} OUT\b|HONORARPFLICHTIG"
    r"|ЕМБАРГО|ЭМБАРГО"
)
LONGEST_SAID = 300
# IPTC knows more ways of making a picture than we offer to choose from.
SOURCE_TYPES = {
    "digitalCapture": "digitalCapture",
    "computationalCapture": "digitalCapture",
    "negativeFilm": "digitalCapture",
    "positiveFilm": "digitalCapture",
    "print": "digitalCapture",
    "minorHumanEdits": "digitalCapture",
    "humanEdits": "digitalCapture",
    "algorithmicallyEnhanced": "digitalCapture",
    "screenCapture": "digitalCapture",
    "compositeCapture": "compositeCapture",
    "composite": "compositeCapture",
    "digitalCreation": "digitalCreation",
    "digitalArt": "digitalCreation",
    "softwareImage": "digitalCreation",
    "dataDrivenMedia": "digitalCreation",
    "algorithmicMedia": "digitalCreation",
    "virtualRecording": "digitalCreation",
    "trainedAlgorithmicMedia": "trainedAlgorithmicMedia",
    "compositeSynthetic": "compositeWithTrainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia": "compositeWithTrainedAlgorithmicMedia",
}
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|copy|#\d{2,6}|#x[\da-f]{2,5});", re.I)
LAST_MOMENT = time(23, 59, 59)
# As EXIF, IIM and XMP write them, and programs that take one for the other.
DATE = re.compile(
    r"\s*(?P<year>\d{4})(?:(?P<sep>[-:/.])?(?P<month>(?(sep) ?\d{1,2}|\d{2}))"
    r"(?:(?(sep)[-:/.])(?P<day>(?(sep) ?\d{1,2}|\d{2})))?)?(?!\d)"
)
TIME = re.compile(
    r"[T\s]*(?P<hour>\d{2}|\d(?=:)):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?\s*"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?"
)


def facts(raw: dict[str, Any]) -> dict[str, Any]:
    """What can be said of a picture, by the name of the field that says it."""
    values: dict[str, Any] = {}
    for name, places in TEXTS.items():
        values[name] = next((text for place in places if (text := _text(raw, place)) and not is_filler(text)), "")
    values["keywords"] = next((words for place in KEYWORDS if (words := _words(raw, place))), [])
    values["place"] = next((text for places in PLACES if (text := _place(raw, places))), "")
    type_ = _text(raw, "xmp Iptc4xmpExt:DigitalSourceType").rstrip("/").rsplit("/", 1)[-1]
    values["digital_source_type"] = SOURCE_TYPES.get(type_, "")
    values["taken_at"] = _taken_at(raw)
    values["usable_until"] = _usable_until(raw)
    return {name: value for name, value in values.items() if value}


def notices(raw: dict[str, Any], now: datetime) -> Iterator[str]:
    """What an editor is to know beside that."""
    if raw.get("too_long"):
        yield _("The file says more about itself (XMP) than is read here; look whether something is missing.")
    if raw.get("frames"):
        yield _("The picture is animated; only its first frame that is not blank is shown.")
    released = _iim_moment(raw, "ReleaseDate", "ReleaseTime", time(0))
    if released and released > now:
        at = date_format(timezone.localtime(released), "DATETIME_FORMAT")
        yield _("The agency has embargoed it: not to be shown before %(at)s.") % {"at": at}
    for words in _limits(raw):
        yield _('The agency restricts its use: "%(words)s".') % {"words": words}
    if not _taken_at(raw) and (told := _incomplete(_told_dates(raw))):
        yield _('The file gives only part of the date taken ("%(told)s"); fill it in if you know it.') % {"told": told}
    if not _usable_until(raw) and (told := _incomplete(_told_ends(raw))):
        yield _('The file gives only part of the date its rights end ("%(told)s"); ask, and fill it in.') % {
            "told": told
        }


def _limits(raw: dict) -> Iterator[str]:
    """What an agency says may not be done with a picture, each once."""
    said: set[str] = set()
    texts = [text for place in INSTRUCTIONS if LIMITS.search(text := _text(raw, place))]
    for place in MIXED:
        text = _text(raw, place)
        if begins := LIMITS_IN_CAPITALS.search(text):
            texts.append(text[begins.start() :])
    for text in texts:
        text = " ".join(text.split())
        if text.lower() not in said:
            said.add(text.lower())
            yield text if len(text) <= LONGEST_SAID else text[: LONGEST_SAID - 1].rstrip() + "…"


def cut(text: str, longest: int, name: str) -> tuple[str, str]:
    """A text as long as its field allows, and what an editor is to know where that took something away."""
    if len(text) <= longest:
        return text, ""
    words = {"field": name, "longest": number_format(longest, force_grouping=True)}
    notice = _('"%(field)s" was longer in the file than %(longest)s characters and was cut.') % words
    return text[:longest].rstrip(), notice


def cut_words(words: list[str]) -> tuple[list[str], str]:
    """The same for keywords."""
    kept = [word for word in words if len(word) <= LONGEST_WORD][:MOST_WORDS]
    dropped = len(words) - len(kept)
    return kept, _("%(number)d keywords of the file were left out.") % {"number": dropped} if dropped else ""


def _value(raw: dict, place: str) -> Any:
    where, _space, name = place.partition(" ")
    name, _slash, inner = name.partition("/")
    value = raw.get(where, {}).get(name)
    if not inner:
        return value
    parts = value if isinstance(value, list) else [value]
    return [part.get(inner) for part in parts if isinstance(part, dict)]


def _text(raw: dict, place: str) -> str:
    """A text; of several, all; of several languages, the site's or the one that stands for all."""
    value = _value(raw, place)
    if isinstance(value, dict):
        value = _in_our_language(value)
    if isinstance(value, list):
        value = ", ".join(dict.fromkeys(part for part in value if isinstance(part, str)))  # some say it twice
    if not isinstance(value, str):
        return ""
    value = _without_entities(value)
    return re.sub(r"\s*;\s*", ", ", value).strip(" ,") if place in NAMES else value.strip()


def _without_entities(text: str) -> str:
    """Text without the traces of a program that took it for HTML: "A &amp; B" is "A & B"."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _in_our_language(texts: dict[str, Any]) -> Any:
    ours = settings.CONTENT_LANGUAGE.lower()
    by_code = {code.lower(): text for code, text in texts.items()}
    near = (text for code, text in by_code.items() if code.split("-")[0] == ours.split("-")[0])
    return by_code.get("x-default") or by_code.get(ours) or next(near, None) or next(iter(by_code.values()), "")


def _words(raw: dict, place: str) -> list[str]:
    value = _value(raw, place)
    value = [value] if isinstance(value, str) else value
    words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
    words = [" ".join(_without_entities(word).split()) for word in words]
    if len(words) == 1:  # some write them all into one
        words = [word.strip() for word in re.split("[,;]", words[0])]
    return list(dict.fromkeys(word for word in words if word))


def _place(raw: dict, places: list[str]) -> str:
    parts = [" ".join(_text(raw, place).split()) for place in places]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _taken_at(raw: dict) -> datetime | None:
    """The first moment that is told; one that tells only the day gives way to one of that day that tells the time."""
    moments = [(moment, is_exact) for moment, is_exact in map(_parsed, _told_dates(raw)) if moment]
    if not moments:
        return None
    first, is_exact = moments[0]
    if not is_exact:
        same_day = (moment for moment, exact in moments if exact and _day(moment) == _day(first))
        return next(same_day, first)
    return first


def _told_dates(raw: dict) -> list[str]:
    exif = _text(raw, "exif DateTimeOriginal")
    zone = _text(raw, "exif OffsetTimeOriginal") or _text(raw, "exif OffsetTime")
    return [
        _text(raw, "xmp photoshop:DateCreated"),
        _text(raw, "xmp exif:DateTimeOriginal"),
        _iim_words(raw, "DateCreated", "TimeCreated"),
        f"{exif} {zone}" if exif else "",
    ]


def _told_ends(raw: dict) -> list[str]:
    return [
        _text(raw, "xmp pur:expirationDate"),
        _text(raw, "xmp prism:expirationDate"),
        _iim_words(raw, "ExpirationDate", "ExpirationTime"),
    ]


def _incomplete(dates: list[str]) -> str:
    """What is told of the year, and perhaps of the month, where nothing tells the day."""
    for told in dates:
        match = DATE.match(told)
        if match and 1800 < int(match["year"]) < 9000:
            month = int(match["month"] or 0)
            return f"{match['year']}-{month:02}" if month else match["year"]
    return ""


def _day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()


def _parsed(text: str) -> tuple[datetime | None, bool]:
    """A moment, and whether its time is told; without a zone it is the site's. Half a date is none."""
    match = DATE.match(text)
    try:
        on = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except (TypeError, ValueError):  # nothing, a part, or no such day
        return None, False
    at = _time(text[match.end() :])
    return _aware(datetime.combine(on, at or time(0))), at is not None


def _time(text: str) -> time | None:
    """A time of day, with its zone where that is told."""
    match = TIME.match(text)
    if not match:
        return None
    zone = None
    if match["zone"] in ("Z", "z"):
        zone = UTC
    elif match["zone"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        zone = tzinfo(offset if match["sign"] == "+" else -offset) if offset < timedelta(hours=16) else None
    second = min(int(match["second"] or 0), 59)  # a leap second
    fraction = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        return time(int(match["hour"]), int(match["minute"]), second, fraction, zone)
    except ValueError:
        return None


def _usable_until(raw: dict) -> datetime | None:
    xmp, is_exact = _parsed(_text(raw, "xmp pur:expirationDate") or _text(raw, "xmp prism:expirationDate"))
    if xmp and not is_exact:
        xmp = xmp + timedelta(hours=23, minutes=59, seconds=59)
    return xmp or _iim_moment(raw, "ExpirationDate", "ExpirationTime", LAST_MOMENT)


def _iim_words(raw: dict, day: str, hour: str) -> str:
    on = _text(raw, f"iptc {day}")
    return f"{on} {_text(raw, f'iptc {hour}')}" if on else ""


def _iim_moment(raw: dict, day: str, hour: str, otherwise: time) -> datetime | None:
    """A date like 20251231 or 2025-12-31, with a time like 235959+0100 where there is one."""
    moment, is_exact = _parsed(_iim_words(raw, day, hour))
    if moment and not is_exact:
        return _aware(datetime.combine(_day(moment), otherwise))
    return moment


def _aware(moment: datetime) -> datetime | None:
    """A moment that a database can keep."""
    if not 1800 < moment.year < 9000:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment, timezone.get_default_timezone())
