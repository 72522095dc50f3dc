"""How many requests a key, and an address that shows credentials, may send in a minute.

Who only reads what is everybody's is not counted: kept answers cost next to nothing. Requests to write are counted for
all processes together: in Redis where there is one, else in the database. What is read with a key is counted in Redis,
or else by each process for itself, since a row for each reader's request would cost more than the answer. Where the
counting itself fails nobody is refused for it.
"""

import logging
import threading
import time
from functools import cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db import InternalError, OperationalError, connection, transaction
from rest_framework.exceptions import Throttled

from cms.access.addresses import network_of
from cms.api.models import Spent
from cms.publishing import reading

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
REST = 5.0  # seconds in which Redis is not asked, once it did not answer
PATIENCE = 0.2  # seconds for Redis to answer
UPSERT = (
    "INSERT INTO {table} (name, minute, number) VALUES (%s, %s, %s) ON CONFLICT (name) DO UPDATE SET "
    "number = CASE WHEN {table}.minute = excluded.minute THEN {table}.number + excluded.number "
    "ELSE excluded.number END, minute = excluded.minute RETURNING number"
)


class Limit(NamedTuple):
    """One of the limits that a request is counted for."""

    name: str  # as RateLimit-Policy has it
    of: str  # whose
    most: int  # in a minute


class Counter(Protocol):
    def add(self, of: str, minute: int, number: int) -> int:
        """Count so many more for somebody; how many these are in this minute."""


class InProcess:
    """Counts of this process alone."""

    def __init__(self) -> None:
        self._minute, self._numbers, self._lock = 0, dict[str, int](), threading.Lock()

    def add(self, of: str, minute: int, number: int) -> int:
        with self._lock:
            if minute != self._minute:
                self._minute, self._numbers = minute, {}
            self._numbers[of] = self._numbers.get(of, 0) + number
            return self._numbers[of]


class InDatabase:
    """Counts of all processes, in a row each, which is used again in the next minute."""

    def __init__(self) -> None:
        self._tidied = 0

    def add(self, of: str, minute: int, number: int) -> int:
        with reading.briefly(), transaction.atomic(), connection.cursor() as cursor:
            table = connection.ops.quote_name(Spent._meta.db_table)
            cursor.execute(UPSERT.format(table=table), [of[:100], minute, number])
            (counted,) = cursor.fetchone()
            if minute - self._tidied >= WINDOW:
                self._tidied = minute
                Spent.objects.filter(minute__lt=minute - WINDOW).delete()
        return counted


class InRedis:
    """Counts of all processes of this newsroom."""

    def __init__(self, url: str) -> None:
        from redis import Redis  # of requirements-redis.txt

        self._redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._rests_until = 0.0

    def add(self, of: str, minute: int, number: int) -> int:
        if time.monotonic() < self._rests_until:
            raise OSError("Redis did not answer a moment ago.")
        name = f"galley:spent:{of}:{minute}"
        try:
            with self._redis.pipeline() as both:
                both.incrby(name, number)
                both.expire(name, 2 * WINDOW)
                return int(both.execute()[0])
        except Exception as error:  # the client has many names for it
            self._rests_until = time.monotonic() + REST
            raise OSError("Redis does not answer.") from error


own = InProcess()


@cache
def shared() -> Counter:
    return InRedis(settings.CACHE_URL) if settings.CACHE_URL else InDatabase()


def spend(request: Any, limits: list[Limit], number: int = 1, *, is_writing: bool = False) -> None:
    """Count a request, and say on it how much is left. Raises Throttled where it is too much."""
    now = time.time()
    minute, left = int(now // WINDOW), max(1, int(WINDOW - now % WINDOW))
    counter = shared() if is_writing or settings.CACHE_URL else own
    spent = [_add(counter, limit, minute, number) for limit in limits]
    policies = [f'"{limit.name}";q={limit.most};w={WINDOW}' for limit in limits]
    rest = [f'"{limit.name}";r={max(0, limit.most - n)};t={left}' for limit, n in zip(limits, spent, strict=True)]
    request.allowance = {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(rest)}
    if any(n > limit.most for limit, n in zip(limits, spent, strict=True)):
        raise Throttled(left, f"That was more than is allowed in a minute; go on in {left} seconds.")


def _add(counter: Counter, limit: Limit, minute: int, number: int) -> int:
    try:
        return counter.add(f"{limit.name} {limit.of}", minute, number)
    except (OSError, OperationalError, InternalError):
        logger.info("Requests are counted by each process for itself at present", exc_info=True)
        return own.add(f"{limit.name} {limit.of}", minute, number)


def of_address(address: str) -> Limit:
    """Whoever has one address of IPv6 has as many as they like, so that their network is counted."""
    return Limit("address", network_of(address), settings.RATE_LIMIT_ADDRESS)


def of_key(pk: int) -> Limit:
    return Limit("key", str(pk), settings.RATE_LIMIT_KEY)
