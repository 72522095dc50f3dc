"""How long others may keep an answer, and how they ask whether it still holds."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from rest_framework.response import Response

from cms.publishing.rendering import fingerprint
from cms.publishing.wire import Moment

LISTS = (15, 60)  # max-age, s-maxage, in seconds
SHARED = (60, 300)
STALE_WHILE_REVALIDATE = 30
STALE_IF_ERROR = 86_400
MAX_TAG_BYTES = 4096


def etag(request: HttpRequest, moment: Moment) -> str:
    """Names an answer: the edition it is of, what renders it, and the question."""
    question = hashlib.blake2b(request.get_full_path().encode(), digest_size=6).hexdigest()
    return f'"{moment.edition}-{fingerprint()}-{question}"'


def matches(request: HttpRequest, tag: str) -> bool:
    """Whether the client has this answer already."""
    given = request.META.get("HTTP_IF_NONE_MATCH")
    if not given:
        return False
    return given.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in given.split(",")]


def cache_control(moment: Moment, ages: tuple[int, int] = LISTS, shows_until: datetime | None = None) -> str:
    """Ages cut so that no cache outlives an embargo, an expiry or a licence.

    The fresh ages end at the next change of the site; all four at the end of what the answer shows.
    """
    max_age, s_maxage = ages
    stale, error = STALE_WHILE_REVALIDATE, STALE_IF_ERROR
    if moment.next_change_at:
        left = max(0, int((moment.next_change_at - moment.at).total_seconds()))
        max_age, s_maxage = min(max_age, left), min(s_maxage, left)
    if shows_until:
        left = max(0, int((shows_until - moment.at).total_seconds()))
        max_age, s_maxage = min(max_age, left), min(s_maxage, left)
        stale, error = min(stale, left - s_maxage), min(error, left - s_maxage)
    return f"public, max-age={max_age}, s-maxage={s_maxage}, stale-while-revalidate={stale}, stale-if-error={error}"


def surrogate_keys(tags: Iterable[str]) -> str:
    """The tags as the CDN wants them, as many as fit into 4 kB."""
    separator = settings.CACHE_TAG_SEPARATORS[settings.CACHE_TAG_HEADER]
    joined = separator.join(tags)
    if len(joined) > MAX_TAG_BYTES:
        joined = joined[: joined.rindex(separator, 0, MAX_TAG_BYTES)]
    return joined


def label(
    response: Response,
    tag: str,
    moment: Moment,
    keys: Iterable[str],
    ages: tuple[int, int] = LISTS,
    shows_until: datetime | None = None,
) -> Response:
    """The headers of a 200 or a 304."""
    headers = response.headers
    headers["ETag"] = tag
    headers["X-Edition"] = str(moment.edition)
    headers["Cache-Control"] = cache_control(moment, ages, shows_until)
    headers[settings.CACHE_TAG_HEADER] = surrogate_keys(keys)
    return response
