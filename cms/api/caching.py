"""How long others may keep an answer, and how they ask whether it still holds."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

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
    return tag in (held := held_tags(request)) or held == ["*"]


def held_tags(request: HttpRequest) -> list[str]:
    """The tags of the answers that the client has."""
    given = request.META.get("HTTP_IF_NONE_MATCH", "")
    return [part.strip().removeprefix("W/") for part in given.split(",") if part.strip()]


def with_end(tag: str, shows_until: datetime | None) -> str:
    """The tag with the end of what the answer shows, hidden in it for the 304s to come.

    They are given before anything is looked up, and must not lengthen the life of what is to end. Nor may they go by
    the site's next change: that would tell of it long before it comes.
    """
    if shows_until is None:
        return tag
    moment = int(shows_until.timestamp()).to_bytes(8, "big")
    check = _keyed(b"check", tag, moment)[:6]
    hidden = bytes(a ^ b for a, b in zip(moment, _keyed(b"hide", tag, check), strict=False))
    return f'{tag[:-1]}-{(check + hidden).hex()}"'


def end_in(held: str, tag: str) -> datetime | None:
    """The end that `with_end` has hidden in a tag. ValueError if it is not that tag at all."""
    if held == tag:
        return None
    prefix = f"{tag[:-1]}-"
    word = bytes.fromhex(held.removeprefix(prefix)[:-1]) if held.startswith(prefix) else b""
    check, hidden = word[:6], word[6:]
    moment = bytes(a ^ b for a, b in zip(hidden, _keyed(b"hide", tag, check), strict=False))
    if len(moment) != 8 or not hmac.compare_digest(check, _keyed(b"check", tag, moment)[:6]):
        raise ValueError(held)
    return datetime.fromtimestamp(int.from_bytes(moment, "big"), UTC)


def _keyed(purpose: bytes, tag: str, data: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"etag %s %s %s" % (purpose, tag.encode(), data), "sha256")


def not_modified(request: HttpRequest, tag: str, moment: Moment, ages: tuple[int, int]) -> Response | None:
    """A 304 for a client that has this answer already. It has no cache tags: a cache keeps those of the answer."""
    if not moment.is_turned:
        return None  # what it has may show something that has ended
    for held in held_tags(request):
        try:
            shows_until = end_in(held, tag)
        except ValueError:
            continue
        return label(Response(status=304), tag, moment, None, ages, shows_until)
    return None


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
    keys: Iterable[str] | None,
    ages: tuple[int, int] = LISTS,
    shows_until: datetime | None = None,
) -> Response:
    """The headers of a 200 or a 304."""
    headers = response.headers
    headers["ETag"] = with_end(tag, shows_until)
    headers["X-Edition"] = str(moment.edition)
    headers["Cache-Control"] = cache_control(moment, ages, shows_until)
    if keys is not None:
        headers[settings.CACHE_TAG_HEADER] = surrogate_keys(keys)
    return response
