"""Times as they are written in files and requests."""

import re
from datetime import UTC, datetime

from django.utils import timezone

# RFC 3339, its fraction as long as somebody likes, and its seconds left out as others leave them.
WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d*))?)?)?"
    r"(?: ?(Z|[+-]\d\d(?::?\d\d)?))?",
    re.ASCII | re.IGNORECASE,
)


def read(text: str) -> datetime:
    """A moment, in UTC; without a zone it is in the site's, and a bare date is its midnight. Raises ValueError.

    What is finer than a microsecond is dropped; a leap second is the one before it, as clocks in computers count.
    """
    parts = WRITTEN.fullmatch(text.strip())
    if not parts:
        raise ValueError(f"{text[:64]!r} is no time")
    day, clock, seconds, fraction, zone = parts.groups()
    if clock is None and zone:
        raise ValueError(f"{text[:64]!r} is a day with a zone")
    offset = "+00:00" if zone in ("Z", "z") else zone or ""
    is_leap = seconds == "60" and clock is not None and clock.endswith("59")
    written = f"{day}T{clock or '00:00'}:{'59' if is_leap else seconds or '00'}.{(fraction or '')[:6]:0<6}{offset}"
    moment = datetime.fromisoformat(written)
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    if not 1 < moment.year < 9999:  # nearer to the ends of the calendar a time zone leads out of it
        raise ValueError(f"{text[:64]!r} is outside the calendar")
    return moment.astimezone(UTC)
