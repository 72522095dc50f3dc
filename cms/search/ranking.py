"""What stands first: how well something fits, and how new it is.

There are four degrees of fitting, each a lookup of its own in the index, and in each the newest stands first. The score
is that of the degree, less the older the thing is: after three years half of it is left, after fifteen a quarter. So
the first page of all degrees together is among the first pages of each, however many are found; and since the score of
a thing within its degree follows from its date, a page that was reached before is reached again by a comparison.
SQLite's bm25() and PostgreSQL's ts_rank() would give two orders, and read all that was found to give one.
"""

import math
from datetime import UTC, datetime

EXACT, HEADLINE, PROMINENT, ANYWHERE = DEGREES = range(4)
# All words make up the headline; stand in it; stand there, over the text, in a name, or are used often; stand anywhere.
WORTH = {EXACT: 2_000_000, HEADLINE: 1_000_000, PROMINENT: 500_000, ANYWHERE: 200_000}
YEAR = 365 * 86_400

BITS = 24  # of an entry's key, that tell apart what has the same second
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
LAST_SECOND = 1 << 38  # in the year 8711


def key_of(moment: datetime, number: int) -> int:
    """The key of an entry: later ones have higher ones, and of one second the one with the higher number."""
    return seconds_of(moment) << BITS | number % (1 << BITS)


def seconds_of(moment: datetime) -> int:
    return min(int((moment - BEGINNING).total_seconds()), LAST_SECOND - 1)


def key_of_name(folded: str, number: int) -> int:
    """The same for what has a name and no date: the first of the alphabet have the highest."""
    return LAST_SECOND - 1 - (int.from_bytes(folded.encode()[:4].ljust(4, b"\0")) << 5) << BITS | number % (1 << BITS)


def score(degree: int, second: int, now: int) -> int:
    """What something of a second is worth; `now` is none's business but that of ages."""
    return int(WORTH[degree] / math.sqrt(1 + max(0, now - second) / YEAR))


def score_in_sql(degree: str, *, is_sqlite: bool) -> str:
    """The same of an `entry`, to the last figure: both databases divide and take roots as Python does.

    `now` is the value that it takes.
    """
    worth = f"CASE {degree} {' '.join(f'WHEN {each} THEN {most}' for each, most in WORTH.items())} END"
    second = f"(entry >> {BITS})"
    if is_sqlite:
        return f"CAST({worth} / SQRT(1 + MAX(0, %s - {second}) / {YEAR}.0) AS INTEGER)"
    return f"floor({worth} / sqrt(1 + GREATEST(0, %s - {second})::float8 / {YEAR}))::bigint"


def keys_below(degree: int, now: int, last: tuple[int, int]) -> int:
    """The first key in a degree, from the newest on, that no longer stands behind the last one of a page."""
    last_score, last_key = last
    worse = _seconds_with(degree, now, last_score - 1)  # up to here all are worse
    no_better = _seconds_with(degree, now, last_score)
    return min(no_better + 1 << BITS, max(worse + 1 << BITS, last_key))


def keys_above(degree: int, now: int, most: int) -> int:
    """The first key in a degree whose thing is worth more than that."""
    return _seconds_with(degree, now, most) + 1 << BITS


def _seconds_with(degree: int, now: int, most: int) -> int:
    """The last second whose things have at most this score; -1: none has."""
    if score(degree, now, now) <= most:
        return LAST_SECOND
    least, end = -1, now
    while end - least > 1:
        middle = (least + end) // 2
        if score(degree, middle, now) <= most:
            least = middle
        else:
            end = middle
    return least
