"""Signed cursors: where in which walk a reader stands."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import orjson
from django.conf import settings

from cms.api.errors import BadParameter

DIGEST_BYTES = 12
MAX_CURSOR = 1000  # characters
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
LAST_NUMBERED_ROW = 10_000


def seal(state: Any, context: str) -> str:
    """State as an opaque word that opens only in the same context: endpoint, filters, ordering, page size."""
    payload = orjson.dumps(state)
    return base64.urlsafe_b64encode(_digest(payload, context) + payload).decode().rstrip("=")


def unseal(word: str, context: str, parameter: str) -> Any:
    """The state in a word made by `seal`. Anything else, to the last bit, is a problem."""
    try:
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    digest, payload = raw[:DIGEST_BYTES], raw[DIGEST_BYTES:]
    is_canonical = base64.urlsafe_b64encode(raw).decode().rstrip("=") == word
    if (
        not raw
        or len(word) > MAX_CURSOR
        or not is_canonical
        or not hmac.compare_digest(digest, _digest(payload, context))
    ):
        raise BadParameter(
            parameter,
            "invalid-cursor",
            f"This {parameter} is damaged, or was made for another list, filter, ordering or page size. "
            "Begin again without it, and follow the links of the answer as they are.",
        )
    return orjson.loads(payload)


def _digest(payload: bytes, context: str) -> bytes:
    key = hashlib.sha256(b"cursor:" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, context.encode() + b"\n" + payload, "sha256")[:DIGEST_BYTES]
