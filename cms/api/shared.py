"""Readers' answers in Redis, so that of ten processes one makes an answer and all serve it.

Redis is a help and never needed: what it does not say within a moment each process finds out by itself.
"""

import asyncio
import hashlib
import logging
import time
import uuid
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings

from cms.api.cache import Kept
from cms.publishing import rendering
from cms.publishing.newest import Sight

logger = logging.getLogger(__name__)

PATIENCE = 0.2  # seconds for Redis to answer
REST = 5.0  # seconds in which it is not asked, once it did not
CLAIM = 2.0  # seconds that one process has for an answer until others make it too
LOOK_EVERY = 0.02  # seconds, while another process makes it
DAY = 86_400


class Shared:
    """The kept answers of all processes of this newsroom that run this release."""

    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis  # of requirements-redis.txt

        self.redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self.rests_until = 0.0
        ours = f"{settings.SECRET_KEY} {settings.PUBLIC_URL} {rendering.fingerprint()}"
        self.prefix = f"galley:{hashlib.sha256(ours.encode()).hexdigest()[:16]}:"

    async def find_or_claim(self, asked: str, sight: Sight) -> Kept | None:
        """An answer that holds; none once it is ours to make.

        Who is told that another makes it waits for that one, and makes it too when it takes too long.
        """
        key = self._key(asked)
        end = time.monotonic() + CLAIM
        while (packed := await self._ask("GET", key)) is not REFUSED:
            kept = unpacked(packed) if packed else None
            if kept and kept.holds(sight):
                return kept
            edition = sight.newest.edition if sight.newest else -1
            claim = await self._ask("SET", f"{key}:{edition}", "1", "NX", "PX", int(CLAIM * 1000))
            if claim or claim is REFUSED or time.monotonic() > end:
                return None
            await asyncio.sleep(LOOK_EVERY)
        return None

    async def keep(self, asked: str, kept: Kept) -> None:
        if kept.edition >= 0:
            await self._ask("SET", self._key(asked), packed(kept), "EX", DAY)

    def _key(self, asked: str) -> str:
        return self.prefix + hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()

    async def _ask(self, *command: Any) -> Any:
        """What Redis answers; REFUSED, and a rest for it, when it does not."""
        from redis.exceptions import RedisError

        if time.monotonic() < self.rests_until:
            return REFUSED
        try:
            return await self.redis.execute_command(*command)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("Redis does not answer (%s); doing without it for %d s", type(error).__name__, REST)
            self.rests_until = time.monotonic() + REST
            return REFUSED


REFUSED: Any = object()


def packed(kept: Kept) -> bytes:
    """An answer as one value: a line that tells of it, and its bodies."""
    facts = {**kept._asdict(), "body": len(kept.body), "gzipped": len(kept.gzipped)}
    return orjson.dumps(facts) + b"\n" + kept.body + kept.gzipped


def unpacked(value: bytes) -> Kept | None:
    """The answer; none where it was cut short or written otherwise."""
    head, _, bodies = value.partition(b"\n")
    try:
        facts = orjson.loads(head)
        length = facts["body"]
        if len(bodies) != length + facts["gzipped"]:
            return None
        facts |= {name: [(key, value) for key, value in facts[name]] for name in ("headers", "short_headers")}
        facts["changed"] = facts["changed"] and uuid.UUID(facts["changed"])
        facts["until"] = facts["until"] and datetime.fromisoformat(facts["until"])
        return Kept(**{**facts, "body": bodies[:length], "gzipped": bodies[length:]})
    except (ValueError, KeyError, TypeError):
        return None
