"""What a picture says of itself, as our fields have it. XMP is trusted first, then IPTC-IIM, then EXIF."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from media.fields import LONGEST_WORD, MOST_WORDS

# Where each text stands, in the order in which it is believed.
TEXTS = {
    "headline": ["xmp photoshop:Headline", "iptc Headline"],
    "caption": ["xmp dc:description", "iptc Caption-Abstract", "exif ImageDescription"],
    "credit_line": ["xmp photoshop:Credit", "iptc Credit"],
    "creator": ["xmp dc:creator", "iptc By-line", "exif Artist"],
    "source": ["xmp photoshop:Source", "iptc Source"],
    "copyright_notice": ["xmp dc:rights", "iptc CopyrightNotice", "exif Copyright"],
    "usage_terms": ["xmp xmpRights:UsageTerms"],
    "alt_text": ["xmp Iptc4xmpCore:AltTextAccessibility"],
    "extended_description": ["xmp Iptc4xmpCore:ExtDescrAccessibility"],
}
KEYWORDS = ["xmp dc:subject", "iptc Keywords"]
PLACES = [
    ["xmp Iptc4xmpCore:Location", "xmp photoshop:City", "xmp photoshop:State", "xmp photoshop:Country"],
    ["iptc Sub-location", "iptc City", "iptc Province-State", "iptc Country-PrimaryLocationName"],
]
# What cameras write where a description belongs.
NO_CAPTIONS = re.compile(
    r"OLYMPUS DIGITAL CAMERA|SONY DSC|DCIM|KONICA MINOLTA DIGITAL CAMERA|SAMSUNG|MINOLTA\b.*|_+", re.I
)
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
LAST_MOMENT = time(23, 59, 59)


def facts(raw: dict[str, Any]) -> dict[str, Any]:
    """What can be said of a picture, by the name of the field that says it."""
    found: dict[str, Any] = {}
    for name, places in TEXTS.items():
        found[name] = next((text for place in places if (text := _text(raw, place))), "")
    if NO_CAPTIONS.fullmatch(found["caption"]):
        found["caption"] = ""
    found["keywords"] = next((words for place in KEYWORDS if (words := _words(raw, place))), [])
    found["place"] = next((text for places in PLACES if (text := _place(raw, places))), "")
    type_ = _text(raw, "xmp Iptc4xmpExt:DigitalSourceType").rstrip("/").rsplit("/", 1)[-1]
    found["digital_source_type"] = SOURCE_TYPES.get(type_, "")
    found["taken_at"] = _taken_at(raw)
    found["usable_until"] = _usable_until(raw)
    return {name: value for name, value in found.items() if value}


def notices(raw: dict[str, Any], now: datetime) -> Iterator[str]:
    """What an editor is to know beside that."""
    if raw.get("too_long"):
        yield _("The file says more about itself (XMP) than is read here; look whether something is missing.")
    released = _iim_moment(raw, "ReleaseDate", "ReleaseTime", time(0))
    if released and released > now:
        at = date_format(timezone.localtime(released), "DATETIME_FORMAT")
        yield _("The agency has embargoed it: not to be shown before %(at)s.") % {"at": at}


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
    return raw.get(where, {}).get(name)


def _text(raw: dict, place: str) -> str:
    """A text; of several, all; of several languages, the site's or the one that stands for all."""
    value = _value(raw, place)
    if isinstance(value, dict):
        value = _in_our_language(value)
    if isinstance(value, list):
        value = ", ".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return re.sub(r"\s*;\s*", ", ", value) if place == "exif Artist" else value.strip()


def _in_our_language(texts: dict[str, Any]) -> Any:
    ours = settings.CONTENT_LANGUAGE.lower()
    by_code = {code.lower(): text for code, text in texts.items()}
    near = (text for code, text in by_code.items() if code.split("-")[0] == ours.split("-")[0])
    return by_code.get("x-default") or by_code.get(ours) or next(near, None) or next(iter(by_code.values()), "")


def _words(raw: dict, place: str) -> list[str]:
    value = _value(raw, place)
    value = [value] if isinstance(value, str) else value
    words = [" ".join(word.split()) for word in value if isinstance(word, str)] if isinstance(value, list) else []
    if len(words) == 1:  # some write them all into one
        words = [word.strip() for word in re.split("[,;]", words[0])]
    return list(dict.fromkeys(word for word in words if word))


def _place(raw: dict, places: list[str]) -> str:
    parts = [" ".join(_text(raw, place).split()) for place in places]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _taken_at(raw: dict) -> datetime | None:
    """The first moment that is told; one that tells only the day gives way to one of that day that tells the time."""
    exif = str(_value(raw, "exif DateTimeOriginal") or "")
    exif_zone = str(_value(raw, "exif OffsetTimeOriginal") or _value(raw, "exif OffsetTime") or "").strip()
    told = [
        _parsed(_text(raw, "xmp photoshop:DateCreated")),
        _parsed(_text(raw, "xmp exif:DateTimeOriginal")),
        (_iim_moment(raw, "DateCreated", "TimeCreated", time(0)), bool(_text(raw, "iptc TimeCreated"))),
        _parsed(exif.replace(":", "-", 2).replace(" ", "T", 1) + exif_zone if exif else ""),
    ]
    moments = [(moment, is_exact) for moment, is_exact in told if moment]
    if not moments:
        return None
    first, is_exact = moments[0]
    if not is_exact:
        same_day = (moment for moment, exact in moments if exact and _day(moment) == _day(first))
        return next(same_day, first)
    return first


def _day(moment: datetime) -> date:
    return moment.astimezone(timezone.get_default_timezone()).date()


def _parsed(text: str) -> tuple[datetime | None, bool]:
    """A moment, and whether its time is told; without a zone it is the site's."""
    try:
        moment = datetime.fromisoformat(text)
        return _aware(moment), "T" in text
    except (ValueError, OverflowError):
        return None, False


def _usable_until(raw: dict) -> datetime | None:
    xmp, is_exact = _parsed(_text(raw, "xmp pur:expirationDate") or _text(raw, "xmp prism:expirationDate"))
    if xmp and not is_exact:
        xmp = xmp + timedelta(hours=23, minutes=59, seconds=59)
    return xmp or _iim_moment(raw, "ExpirationDate", "ExpirationTime", LAST_MOMENT)


def _iim_moment(raw: dict, day: str, hour: str, otherwise: time) -> datetime | None:
    """A date like 20251231 with a time like 235959+0100."""
    try:
        on = datetime.strptime(_text(raw, f"iptc {day}"), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    text = _text(raw, f"iptc {hour}").replace(":", "")
    for form in ("%H%M%S%z", "%H%M%S"):
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 - made aware below
            return _aware(datetime.combine(on, at.time(), at.tzinfo))
        except (ValueError, OverflowError):
            continue
    return _aware(datetime.combine(on, otherwise))


def _aware(moment: datetime) -> datetime | None:
    """A moment that a database can keep."""
    if not 1800 < moment.year < 9000:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment, timezone.get_default_timezone())
