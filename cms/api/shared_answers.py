"""Readers' answers in Redis, so that of ten processes one makes an answer and all serve it.

Redis is a help and never needed: what it does not say within a moment each process finds out by itself. Nor is it
believed: each answer has a seal, which nobody can make who does not know SECRET_KEY.
"""

import asyncio
import hashlib
import hmac
import logging
import time
import uuid
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from cms.api.cache import Kept
from cms.publishing import rendering
from cms.serving import watching

logger = logging.getLogger(__name__)

PATIENCE = 0.2  # seconds for Redis to answer
REST = 5.0  # seconds in which it is not asked, once it did not
CLAIM = 2.0  # seconds that one process has for an answer until others make it too
LOOK_EVERY = 0.02  # seconds, while another process makes it
DAY = 86_400
SEAL_BYTES = 32


class SharedAnswers:
    """The kept answers of all processes of this newsroom that run this release."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis  # of requirements-redis.txt

        self.redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self.rests_until = 0.0
        ours = f"{settings.SECRET_KEY} {settings.PUBLIC_URL} {rendering.fingerprint()}"
        self.prefix = f"galley:{hashlib.sha256(ours.encode()).hexdigest()[:16]}:"
        self.secret = hashlib.sha256(f"the seal of {ours}".encode()).digest()

    async def find_or_claim(self, asked: str) -> Kept | None:
        """An answer that holds; none once it is ours to make.

        Who is told that another makes it waits for that one, and makes it too when it takes too long.
        """
        end = time.monotonic() + CLAIM
        while (value := await self._ask("GET", self._key(asked))) is not REFUSED:
            kept = self.opened(asked, value) if isinstance(value, bytes) else None
            if kept and kept.holds(watching.look()):
                return kept
            claim = await self._ask("SET", self._key(asked, "made"), "1", "NX", "PX", int(CLAIM * 1000))
            if claim or claim is REFUSED or time.monotonic() > end:
                return None
            await asyncio.sleep(LOOK_EVERY)
        return None

    async def keep(self, asked: str, kept: Kept | None) -> None:
        """Give others what was claimed: the answer, or where there is none to keep, the making of it."""
        if kept and kept.edition >= 0:
            await self._ask("SET", self._key(asked), self.sealed(asked, packed(kept)), "EX", DAY)
        await self._ask("DEL", self._key(asked, "made"))

    def sealed(self, asked: str, value: bytes) -> bytes:
        """A value with a seal before it, which is good for this question alone."""
        return hmac.digest(self.secret, self._key(asked).encode() + value, "sha256") + value

    def opened(self, asked: str, value: bytes) -> Kept | None:
        """The answer in a sealed value; none where others have put it there, or it was cut short."""
        packed = value[SEAL_BYTES:]
        return unpacked(packed) if hmac.compare_digest(self.sealed(asked, packed), value) else None

    def _key(self, asked: str, what: str = "kept") -> str:
        return f"{self.prefix}{what}:{hashlib.sha256(asked.encode('utf-8', 'surrogatepass')).hexdigest()}"

    async def _ask(self, *command: Any) -> Any:
        """What Redis answers; REFUSED, and a rest for it, when it does not."""
        if time.monotonic() < self.rests_until:
            return REFUSED
        try:
            return await self.redis.execute_command(*command)
        except Exception as error:  # whatever is said there, in whatever order, the library may fail at it
            logger.warning("Redis does not answer (%s); doing without it for %d s", type(error).__name__, REST)
            self.rests_until = time.monotonic() + REST
            return REFUSED


REFUSED: Any = object()


def packed(kept: Kept) -> bytes:
    """An answer as one value: a line that tells of it, and its bodies."""
    facts = {**kept._asdict(), "body": len(kept.body), "gzipped": len(kept.gzipped)}
    return orjson.dumps(facts) + b"\n" + kept.body + kept.gzipped


def unpacked(value: bytes) -> Kept | None:
    """The answer; none where it was written otherwise."""
    head, _, bodies = value.partition(b"\n")
    try:
        facts = orjson.loads(head)
        length = facts["body"]
        facts |= {name: [(key, value) for key, value in facts[name]] for name in ("headers", "short_headers")}
        facts["changed"] = facts["changed"] and uuid.UUID(facts["changed"])
        facts["until"] = facts["until"] and datetime.fromisoformat(facts["until"])
        return Kept(**{**facts, "body": bodies[:length], "gzipped": bodies[length:]})
    except (ValueError, KeyError, TypeError):
        return None
