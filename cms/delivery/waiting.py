"""Who waits for changes, held by the event loop: streams, which never end, and requests with `wait`.

They cost a thread nothing. One look at the newest edition and one reading of its changes serve them all; what a reader
has missed before is asked for as anybody asks, so that it is made once for all that miss the same. Each is told as much
as they take: whoever takes nothing for a while is cut off, and may come again and go on where they were.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db import close_old_connections

from cms.database import patience
from cms.delivery.stream import LAST_EVENT, MOST, beginning, events
from cms.delivery.unsent import Connections
from cms.logs import request_id
from cms.publishing import reading
from cms.publishing.models import Change
from cms.serving import metrics, watching

logger = logging.getLogger(__name__)

PATH = "/api/v1/changes"  # of all that is answered here
STREAM = f"{PATH}/stream"
LOOK_EVERY = 0.1  # seconds
REST = 1.0  # seconds until it is tried again to release what is due, or to ask a database that did not answer
ROOM = 64_000  # bytes that may lie unsent when more is said
PATIENCE = 2  # heartbeats for which a reader may take nothing of what lies before them
COME_BACK = (2000, 5000)  # milliseconds: not all at once, where all were cut off at once
AT_ONCE = 100  # that are woken before others have their turn
OF_THE_PLACE = {"accept-encoding", "if-none-match", "if-modified-since", "range", "last-event-id"}
OF_ONE_ANSWER = {"content-length", "content-encoding", "etag", "age", "x-edition", "x-request-id", LAST_EVENT.lower()}
TOO_MANY = "As many wait for changes as this server holds; try again in a few seconds, or ask without waiting."

Ask = Callable[[Any], Awaitable[Any]]  # a request, and how it is answered, be it kept or made


class Full(Exception):
    """No more can be held."""


class Streamed(NamedTuple):
    """That an answer has gone out piece by piece, and has ended."""

    status: int
    size: int


class Headers:
    """A request's headers but for some, as the server gives them."""

    def __init__(self, headers: Any, without: set[str]):
        self.all, self.without = headers, without

    def __contains__(self, name: str) -> bool:
        return name not in self.without and name in self.all

    def get(self, name: str, default: Any = None) -> Any:
        return default if name in self.without else self.all.get(name, default)

    def get_all(self, name: str) -> list[str]:
        return [] if name in self.without else self.all.get_all(name)

    def items(self) -> list[tuple[str, str]]:
        return [pair for pair in self.all.items() if pair[0] not in self.without]

    def keys(self) -> list[str]:
        return [name for name in self.all.keys() if name not in self.without]  # noqa: SIM118 - it is no dictionary


class Question:
    """A request for one place of the log, its answer plain and whole."""

    def __init__(self, scope: Any, after: str):
        others = [pair for pair in parse_qsl(scope.query_string, keep_blank_values=True) if pair[0] != "after"]
        self.query_string = urlencode([*others, ("after", after)]) if after else scope.query_string
        self.headers = Headers(scope.headers, OF_THE_PLACE)
        self.method, self.path, self.scheme, self.http_version = "GET", scope.path, scope.scheme, scope.http_version
        self.server, self.client, self.authority = scope.server, scope.client, scope.authority


class Latest(NamedTuple):
    """The changes of the last look, as events."""

    after: int
    events: list[tuple[int, bytes]]
    whole: bytes

    def behind(self, position: int) -> bytes:
        """What of it comes after an edition; nothing where others have come between."""
        if position == self.after:
            return self.whole
        return b"".join(event for edition, event in self.events if edition > position > self.after)


class Reader:
    """Somebody who is held."""

    def __init__(self, name: str):
        self.name = name  # by their connection
        self.position = 0  # the edition that they know of
        self.has_left = False  # by themselves
        self.is_gone = False
        self.woken = asyncio.Event()
        self.said = self.taken = 0  # bytes
        self.said_at = self.took_at = self.looked_after_at = time.monotonic()

    def leave(self, *_: Any) -> None:
        self.has_left = True
        self.dismiss()

    def dismiss(self) -> None:
        self.is_gone = True
        self.woken.set()

    def is_stuck(self, unsent: int) -> bool:
        """Whether they have taken nothing for too long of what lies before them."""
        now = time.monotonic()
        if unsent == 0 or self.said - unsent > self.taken:
            self.taken, self.took_at = self.said - unsent, now
        return now - self.took_at > PATIENCE * settings.STREAM_HEARTBEAT


class Waiting:
    """All who are held by this process."""

    def __init__(self, pool: Executor) -> None:
        self.pool = pool
        self.streams: set[Reader] = set()
        self.for_an_answer: set[Reader] = set()
        self.connections = Connections()
        self.edition = 0
        self.latest = Latest(-1, [], b"")
        self.watching: asyncio.Task[None] | None = None
        self.rests_until = 0.0
        self.is_closing = False

    async def answer(self, scope: Any, protocol: Any, ask: Ask) -> Any:
        """What to answer to whoever asks for changes; nothing to whom has gone."""
        if scope.method == "GET" and scope.path.rstrip("/") == STREAM:
            return await self.stream(scope, protocol, ask)
        if scope.method == "GET" and "wait=" in scope.query_string:
            return await self.answer_in_time(scope, protocol, ask)
        return await ask(scope)

    def close(self) -> None:
        """End all that is held: the process is to stop."""
        self.is_closing = True
        for reader in [*self.streams, *self.for_an_answer]:
            reader.woken.set()

    # Requests with `wait`

    async def answer_in_time(self, scope: Any, protocol: Any, ask: Ask) -> Any:
        """The answer; where it would say nothing, when there is something to say, or when the time is over."""
        response = await ask(scope)
        query = dict(parse_qsl(scope.query_string))
        if response is None or response.status not in {200, 304} or "wait" not in query:
            return response
        after = query.get("after", "0")
        if int(_header(response, "x-edition")) != int(after):
            return response
        with self.holding(self.for_an_answer, scope, protocol) as reader:
            reader.position = int(after)
            end = time.monotonic() + int(query["wait"])
            while self.edition <= int(after) and not (reader.is_gone or self.is_closing):
                if (left := end - time.monotonic()) <= 0:
                    break
                reader.woken.clear()
                await _woken(reader, left)
        return None if reader.has_left else await ask(scope)

    # Streams

    async def stream(self, scope: Any, protocol: Any, ask: Ask) -> Any:
        """Tell a reader what happens, for as long as they listen. What else is wrong with the request is answered."""
        question = Question(scope, (scope.headers.get(LAST_EVENT.lower()) or "").strip())
        response = await ask(question)
        if response is None or response.status != 200 or not self.has_room:
            return response  # of a 503 a browser would never come back; of an answer that ends it does
        with self.holding(self.streams, scope, protocol) as reader:
            self.connections.note(reader.name)
            try:
                transport = await self._begin(reader, protocol, response)
                del response  # which nobody is to keep for as long as this goes on
                while not (reader.is_gone or self.is_closing):
                    await self._go_on(reader, transport, partial(Question, scope), ask)
            except Exception as error:  # the server's own, for a connection that ended
                logger.debug("A stream ended: %s", error)
            finally:
                self.connections.forget(reader.name)
        return Streamed(200, reader.said)

    async def _begin(self, reader: Reader, protocol: Any, response: Any) -> Any:
        """What the answer says, but for when to come back."""
        headers = [pair for pair in response.headers if pair[0] not in OF_ONE_ANSWER]
        transport = protocol.response_stream(200, [*headers, ("x-request-id", request_id.get())])
        head, _, told = response.body.partition(b"\n\n")
        first = int(head.rpartition(b"id: ")[2])
        reader.position = int(_header(response, LAST_EVENT.lower()))
        await self._say(reader, transport, beginning(first, random.randint(*COME_BACK)) + told)  # noqa: S311 - no secret
        return transport

    async def _go_on(self, reader: Reader, transport: Any, question: Callable[[str], Question], ask: Ask) -> None:
        reader.woken.clear()
        unsent = self.connections.unsent(reader.name)
        if reader.is_stuck(unsent):
            logger.info("A reader of the stream who takes nothing of it is cut off")
            metrics.count_cut_off()
            self.connections.cut(reader.name)
            reader.dismiss()
        elif unsent > ROOM:
            await _woken(reader, REST)
        elif reader.position < self.edition:
            await self._tell(reader, transport, question, ask)
        elif time.monotonic() - reader.said_at >= settings.STREAM_HEARTBEAT:
            await self._say(reader, transport, b":\n")
        else:
            await reader.woken.wait()

    async def _tell(self, reader: Reader, transport: Any, question: Callable[[str], Question], ask: Ask) -> None:
        """The next of what has happened: what the last look has found, or what anybody gets who asks."""
        if told := self.latest.behind(reader.position):
            reader.position = self.latest.events[-1][0]
            await self._say(reader, transport, told)
            return
        response = await ask(question(str(reader.position)))
        _, _, told = response.body.partition(b"\n\n") if response and response.status == 200 else (b"", b"", b"")
        if told:
            reader.position = int(_header(response, LAST_EVENT.lower()))
            await self._say(reader, transport, told)
        elif response is None or response.status in {200, 429, 500, 503}:
            await _woken(reader, REST)
        else:
            reader.dismiss()

    async def _say(self, reader: Reader, transport: Any, told: bytes) -> None:
        if told:
            await transport.send_bytes(told)
            reader.said += len(told)
            reader.said_at = time.monotonic()
        if len(told) > ROOM // 4:
            await asyncio.sleep(0.02)  # until the system has it, and says how much of it lies unsent

    # All of them

    @property
    def has_room(self) -> bool:
        return not self.is_closing and len(self.streams) + len(self.for_an_answer) < settings.STREAMS

    @contextlib.contextmanager
    def holding(self, among: set[Reader], scope: Any, protocol: Any) -> Iterator[Reader]:
        if not self.has_room:
            raise Full(TOO_MANY)
        reader = Reader(scope.client)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(reader.leave)
        seen = watching.look().newest
        if not self.watching:
            self.edition = seen.edition if seen else 0
            self.watching = asyncio.ensure_future(self._watch())
        elif seen and seen.edition < self.edition:  # else they would be told at once that there is something new
            self._go_back(seen.edition)
        among.add(reader)
        self._count()
        try:
            yield reader
        finally:
            among.discard(reader)
            gone.cancel()
            self._count()

    def _count(self) -> None:
        metrics.count_held(streams=len(self.streams), waiting=len(self.for_an_answer))

    async def _watch(self) -> None:
        """Look out for whoever is held, as long as there is anybody."""
        try:
            while self.streams or self.for_an_answer:
                await asyncio.sleep(LOOK_EVERY)
                try:
                    await self._look()
                except Exception as error:  # it comes back when the database does
                    logger.warning("What has changed cannot be read (%s); trying again", type(error).__name__)
                    await asyncio.sleep(REST)
        finally:
            self.watching, self.latest = None, Latest(-1, [], b"")

    async def _look(self) -> None:
        await self._release_due()
        seen = watching.look().newest
        if seen and seen.edition < self.edition:
            self._go_back(seen.edition)
        elif seen and seen.edition > self.edition:
            await self._read(seen.edition)
            await _wake([*self.for_an_answer, *self.streams])
        now = time.monotonic()
        for reader in self.streams:
            if now - max(reader.said_at, reader.looked_after_at) >= settings.STREAM_HEARTBEAT:
                reader.looked_after_at = now
                reader.woken.set()

    def _go_back(self, edition: int) -> None:
        """A backup was restored, the newest edition of which is this one: what they had is of another time."""
        self.edition, self.latest = edition, Latest(-1, [], b"")
        for reader in [*self.streams, *self.for_an_answer]:
            if reader.position > edition:  # whoever has come since then has had nothing of it
                reader.dismiss()

    async def _read(self, edition: int) -> None:
        """The changes up to an edition, or the first of them, once for all streams."""
        after = self.edition
        if self.streams:
            told = await self._in_thread(partial(_events, after, edition))
            if self.edition < after:
                return  # a backup was restored meanwhile
            self.latest = Latest(after, told, b"".join(event for _, event in told))
            edition = told[-1][0] if told else edition
        self.edition = edition

    async def _release_due(self) -> None:
        """Turn the edition when something falls due, though nobody asks."""
        sight = watching.look()
        due = sight.newest and sight.newest.next_change_at
        if due and due <= sight.at and time.monotonic() >= self.rests_until:
            self.rests_until = time.monotonic() + REST
            await self._in_thread(reading.now)

    async def _in_thread(self, act: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, _with_the_database, act)


def _events(after: int, edition: int) -> list[tuple[int, bytes]]:
    return events(Change.objects.filter(edition__gt=after, edition__lte=edition).order_by("edition")[:MOST])


def _with_the_database(act: Callable[[], Any]) -> Any:
    with patience.waiting_at_most(settings.DATABASE_TIMEOUT):
        close_old_connections()
        return act()


async def _wake(readers: list[Reader]) -> None:
    """Wake them, some at a time, so that whoever asks meanwhile is answered between."""
    for start in range(0, len(readers), AT_ONCE):
        for reader in readers[start : start + AT_ONCE]:
            reader.woken.set()
        await asyncio.sleep(0)


async def _woken(reader: Reader, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(reader.woken.wait(), seconds)


def _header(response: Any, name: str) -> str:
    return next((value for key, value in response.headers if key == name), "0")
