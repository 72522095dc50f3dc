"""The same request, sent again: it is done once, and answered alike for a day.

What is done and what is answered are written in one transaction, so that a process that dies leaves neither. Of two
that come at once the second waits for the first one's row, and gets its answer.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from rest_framework.response import Response

from cms.api.errors import Refusal
from cms.api.manage.bodies import Body
from cms.api.models import Answered, Key
from cms.files import checksum_of

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
LONGEST = 255
REPLAYED = "Idempotency-Replayed"
OTHER = "This Idempotency-Key came with another request; give each request one of its own."


def word_of(request: Any) -> str | None:
    """The word that a request is known by; none: it may be done each time that it comes."""
    word = request.headers.get(HEADER)
    if word is None or not (request.method == "POST" or is_part(request)):
        return None
    if not 0 < len(word) <= LONGEST or not word.isprintable():
        raise Refusal(400, f"Write an {HEADER} of 1 to {LONGEST} printable characters.")
    return word


def is_part(request: Any) -> bool:
    """Whether it is one of several that came in one POST: then it is answered alike, whatever its own method is."""
    return getattr(request._request, "is_part", False)


def word_of_part(word: str, number: int) -> str:
    """The word of one of the requests that came together under another: it is nobody's but theirs."""
    return f"{_hash_of(word)}/{number}"


def fingerprint(request: Any, body: Body) -> str:
    """What was sent, as one word. (A form is read, since its boundary is another each time.)"""
    files = {name: checksum_of(file) for name, file in body.files.items()}
    parts = [request.method, request.get_full_path(), request.headers.get("If-Match"), body.given, files]
    for file in body.files.values():
        file.seek(0)
    return _hash(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS))


def recall(key: Key, word: str, asked: str) -> Response | None:
    """What was answered when the request came before; none: it did not, or is being answered."""
    since = timezone.now() - KEPT
    stored = Answered.objects.filter(key=key, word=_hash_of(word), at__gte=since).exclude(status=0).first()
    return _again(stored, asked) if stored else None


def once(key: Key, word: str, asked: str, act: Callable[[], Response]) -> Response:
    """Do what a request asks for, or answer what was answered when it came before."""
    with transaction.atomic():
        now = timezone.now()
        Answered.objects.filter(at__lt=now - KEPT).delete()
        row = Answered(key=key, word=_hash_of(word), asked=asked, at=now)
        Answered.objects.bulk_create([row], ignore_conflicts=True)
        stored = Answered.objects.select_for_update().get(key=key, word=row.word)
        if stored.status or stored.asked != asked:
            return _again(stored, asked)
        response = act()
        if response.status_code < 500:
            headers = {name: response.headers[name] for name in ("ETag", "Location") if name in response.headers}
            stored.status, stored.headers = response.status_code, headers
            stored.body = orjson.dumps(response.data).decode() if response.data is not None else ""
            stored.save(update_fields=["status", "headers", "body"])
        else:
            transaction.set_rollback(True)
        return response


def _again(stored: Answered, asked: str) -> Response:
    if stored.asked != asked:
        raise Refusal(422, OTHER, kind="repeated-key")
    body = orjson.Fragment(stored.body) if stored.body else None
    return Response(body, status=stored.status, headers={**stored.headers, REPLAYED: "true"})


def _hash_of(word: str) -> str:
    return _hash(word.encode(errors="replace"))


def _hash(written: bytes) -> str:
    return hashlib.sha256(written).hexdigest()
