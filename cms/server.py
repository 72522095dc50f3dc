"""The door for granian: `granian --interface rsgi cms.server:application`, with the other options of the Makefile.

What holds a connection lives in the event loop: silent ones, halves of requests, slow readers. A request is given a
thread, and Django, when it has come whole, within a time and a size; files go out without one. What readers ask for
most is answered from cms/api/cache.py, before any thread.

RSGI and not ASGI, since granian tells an ASGI application nothing of the host in an absolute target, and sends no part
of a file for it: written in pieces, a film would gather in memory for whoever reads it slowly.
"""

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.db import close_old_connections
from django.urls import get_resolver

from cms.wsgi import application as django  # isort: skip - first, as it loads the apps that the others belong to

from cms import health
from cms.access import addresses
from cms.api import cache, keys
from cms.api.cache import Answer, Headers, Kept
from cms.api.refusals import refusal
from cms.api.shared_answers import SharedAnswers
from cms.database import patience
from cms.delivery import waiting
from cms.logs import request_id
from cms.publishing import newest
from cms.serving import bodies, faults, metrics, requests, watching
from cms.serving.answers import FilePart, body_of, send
from cms.serving.environ import environ_of, headers_of, neighbour
from cms.serving.faults import Refused
from cms.uploads import is_from_the_desk

logger = logging.getLogger(__name__)

ENVELOPE = 10_000_000  # bytes that a form may have besides the largest film, so that Django says which was too large
QUEUE = 500  # requests that may wait, for each thread; each takes some 10 kB, and its body
RUSH = 10.0  # seconds in which many may come at once, as after a start; what lasts longer is more than we can do
SOON = 0.5  # seconds that a request waits for a thread then
TOO_MANY = "Too many ask at once; try again in a few seconds."
WRITING = "/api/v1/manage/"
ID_HEADER = requests.HEADER.lower()
SAME_MOMENT = 0.001  # seconds for which one look at the newest edition holds
SAFE_TO_DROP = {"if-none-match", "if-modified-since", "accept-encoding", "range"}  # of a question that is kept


class Response(NamedTuple):
    """What Django answered, its threads and files given back."""

    status: int
    headers: Headers
    body: bytes | FilePart
    kept: Kept | None = None


class Application:
    """Galley, as granian calls it."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(settings.THREADS, thread_name_prefix="request")
        self.cache = cache.Cache(settings.ANSWER_CACHE_MB * 1_000_000)
        self.shared = SharedAnswers(settings.CACHE_URL) if settings.CACHE_URL else None
        self.at_work = 0  # requests that have a thread, or wait for one
        self.was_calm_at = time.monotonic()  # when somebody last found a thread free
        self.is_asking = False
        self.making: dict[tuple[str, int, str], asyncio.Task[Response]] = {}
        self.waiting = waiting.Waiting(self.pool)
        self.sight = watching.NONE
        self.looked_at = -SAME_MOMENT  # by the clock that only goes forward, which is asked in no time
        self.is_counting = bool(settings.METRICS_TOKEN)  # of Django's settings each look takes its time
        self.is_noting = self.is_counting or settings.ACCESS_LOG

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Before the first request. Connections are files, of which most systems let a process have 1,024 at first."""
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        _load_views()
        gc.collect()
        gc.freeze()  # what is loaded stays: to look through all of it for what can go took a reader 70 milliseconds
        watching.watch()
        _when_told_to_stop(partial(loop.call_soon_threadsafe, self.waiting.close))

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pool.shutdown(wait=True)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        began = time.perf_counter()
        headers = scope.headers  # once, since granian makes a copy of all of them each time
        asked = headers.get(ID_HEADER)
        word = requests.id_for(asked, neighbour(scope)) if asked else requests.new_id()
        path = scope.path  # and of this
        may_wait = path.startswith(waiting.PATH)
        response: Any = None
        try:
            response = None if may_wait else self.kept_answer(scope, path, headers)
        except Exception:  # it can still be made
            logger.exception("Failed to see what is kept of %s", path)
        if response is None:
            request_id.set(word)  # for this task, which is this request's alone
            response = await (self.answer_in_time if may_wait else self.answer)(scope, protocol)
        if isinstance(response, Answer):
            status, labels, body = response
            protocol.response_bytes(status, [*labels, (ID_HEADER, word)], body)
        elif isinstance(response, Response):  # Django has named it already
            send(protocol, response.status, response.headers, response.body)
        if self.is_noting and response is not None:
            request_id.set(word)
            _note(scope, response, time.perf_counter() - began)

    async def answer(self, scope: Any, protocol: Any) -> Response | Answer | None:
        """What to answer that is not kept, whatever happens; nothing to whom has gone."""
        try:
            return await self.respond(scope, protocol)
        except Refused as refused:
            return refusal(scope, refused.status, refused.message)
        except Exception as error:
            logger.exception("Failed to answer %s", scope.path)
            fault = faults.of(error)
            return refusal(scope, fault.status, fault.advice)

    async def answer_in_time(self, scope: Any, protocol: Any) -> Any:
        """The same, of what may be waited for."""

        async def ask(asked: Any) -> Response | Answer | None:
            return self.kept_answer(asked, asked.path, asked.headers) or await self.answer(asked, protocol)

        try:
            return await self.waiting.answer(scope, protocol, ask)
        except waiting.Full as full:
            return refusal(scope, 503, str(full))

    def kept_answer(self, scope: Any, path: str, headers: Any) -> Answer | None:
        """What most readers get. Nothing else is done for them than this, so it looks at no more than it must."""
        hosts = headers.get_all("host")
        if len(hosts) != 1 or scope.authority is not None:
            return None
        request = cache.request(scope, path, headers, hosts[0])
        if request is None:
            return None
        sight = self.look()
        answer = self.cache.answer(request, sight)
        if answer is None:
            return None
        if self.is_counting:
            metrics.count_kept(is_hit=True, kept_bytes=self.cache.bytes)
        if sight.age and not self.is_asking:  # the watch may be out of order while the database is well
            self.is_asking = True
            asyncio.get_running_loop().run_in_executor(self.pool, self._ask_for_newest)
        return answer

    def look(self) -> watching.Sight:
        """The newest edition: that of this process at once. Those of others are looked for each millisecond.

        To look for each reader took a third of all that was done for one.
        """
        now = time.monotonic()
        if now - self.looked_at >= SAME_MOMENT or newest.known() is not self.sight.newest:
            self.sight, self.looked_at = watching.look(), now
        return self.sight

    async def respond(self, scope: Any, protocol: Any) -> Response | Answer | None:
        """What to answer; nothing to whom has gone."""
        if scope.path == "/healthz" and scope.method in cache.PLAIN:
            alive = health.alive()
            return Answer(200, list(alive.items()), alive.content)
        headers = headers_of(scope)
        if not bodies.has_body(headers):
            request = cache.request(scope, scope.path, headers, headers.get("host", ""))
            asked = request and cache.question(request)
            if request and asked:
                return await self.new_answer(asked, request, scope, headers)
            return await self.run(_asked_of_django, environ_of(scope, headers))
        environ = environ_of(scope, headers)
        body = await self.whole_body(scope, headers, protocol, environ)
        if body is None:
            return None
        with body:
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(body.tell())
            body.seek(0)
            return await self.run(_asked_of_django, environ)

    async def new_answer(
        self, asked: str, request: cache.Request, scope: Any, headers: Mapping[str, str]
    ) -> Response | Answer:
        """What readers ask for and is not kept yet. It is made whole, as for one who has nothing of it."""
        if self.is_counting:
            metrics.count_kept(is_hit=False, kept_bytes=self.cache.bytes)
        environ = environ_of(scope, {name: value for name, value in headers.items() if name not in SAFE_TO_DROP})
        response = await self.made(asked, watching.look(), {**environ, "REQUEST_METHOD": "GET"})
        if response.kept is None:
            return response
        return cache.answer_from(response.kept, request, watching.look())

    def _ask_for_newest(self) -> None:
        with contextlib.suppress(Exception), patience.waiting_at_most(settings.DATABASE_TIMEOUT):
            close_old_connections()
            newest.ask()
        self.is_asking = False

    async def made(self, asked: str, sight: watching.Sight, environ: dict[str, Any]) -> Response:
        """An answer that is not kept yet. One request makes it for all that ask the same of the same edition."""
        edition = (sight.newest.edition, str(sight.newest.changed)) if sight.newest else (-1, "")
        making = self.making.get((asked, *edition))
        if making is not None:
            response = await asyncio.shield(making)
            return response if response.kept else await self.run(_asked_for_all, environ)
        making = self.making[asked, *edition] = asyncio.ensure_future(self._make(asked, environ))
        making.add_done_callback(lambda _: self.making.pop((asked, *edition), None))
        return await asyncio.shield(making)

    async def _make(self, asked: str, environ: dict[str, Any]) -> Response:
        if self.shared and (kept := await self.shared.find_or_claim(asked)):
            self.cache.keep(asked, kept)
            return Response(200, [], b"", kept)
        response = None
        try:
            response = await self.run(_asked_for_all, environ)
            if response.kept:
                self.cache.keep(asked, response.kept)
            return response
        finally:
            if self.shared:
                await self.shared.keep(asked, response and response.kept)

    async def run(self, act: Callable[[dict[str, Any]], Any], environ: dict[str, Any]) -> Any:
        """Have a thread do it, which keeps its database connection from one request to the next."""
        if self.at_work >= settings.THREADS * (QUEUE + 1):
            raise Refused(503, TOO_MANY)
        asked_at = time.monotonic()
        if self.at_work < settings.THREADS:
            self.was_calm_at = asked_at
        self.at_work += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.pool, self._act_in_time, act, environ, asked_at
            )
        finally:
            self.at_work -= 1

    def _act_in_time(self, act: Callable[[dict[str, Any]], Any], environ: dict[str, Any], asked_at: float) -> Any:
        """In a thread: do it, or not, where it waited for the thread for as long as it may wait for the database.

        Else a table that somebody locks would have the last of a queue wait as often as there are others before. And
        where more are asking all the while than can be answered, who is answered is to be answered soon.
        """
        now = time.monotonic()
        longest = settings.DATABASE_TIMEOUT if now - self.was_calm_at < RUSH else SOON
        if now - asked_at >= longest:
            raise Refused(503, TOO_MANY)
        return act({**environ, requests.WAITED: now - asked_at})

    async def whole_body(
        self, scope: Any, headers: Mapping[str, str], protocol: Any, environ: dict[str, Any]
    ) -> IO[bytes] | None:
        """All that was sent, when it is there; none from whom has gone.

        Large bodies are taken from the desk alone, and from programs whose keys may send them.
        """
        most = settings.BODY_MB * 1_000_000
        length = headers.get("content-length", "")
        if not length.isdigit() and scope.method not in cache.PLAIN:
            raise Refused(411, "Say how long the body is (Content-Length): else nobody knows whether it came whole.")
        is_large = not length.isdigit() or int(length) > most
        may_be_large = is_large and scope.path.startswith(settings.LARGE_BODIES_BELOW) and "cookie" in headers
        if may_be_large and await self.run(is_from_the_desk, environ):
            most = settings.MAX_VIDEO_MB * 1_000_000 + ENVELOPE
        if is_large and scope.path.startswith(WRITING) and "authorization" in headers:
            most = max(most, await self.run(keys.most_bytes, environ))
        if length.isdigit() and int(length) > most:
            await bodies.pass_over(protocol, headers)
            if may_be_large and most < int(length) <= settings.MAX_VIDEO_MB * 1_000_000:
                raise Refused(403, "Log in, and send it again.")
            raise Refused(413, f"Send at most {most // 1_000_000} MB.")
        return await bodies.whole(protocol, headers, most)


def _load_views() -> None:
    """Load all that answers before the first who asks, and before an upgrade writes other files in place of these."""
    _views = get_resolver().reverse_dict


def _when_told_to_stop(act: Callable[[], object]) -> None:
    """Do something as well when this process is to stop: granian waits for what is open, and a stream never ends.

    The loop's own handlers go on. They are woken by the signal's number, whichever function Python runs for it.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _unless_closed(act))
        signal.siginterrupt(number, False)


def _unless_closed(act: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        act()


def _asked_of_django(environ: dict[str, Any], *, is_for_all: bool = False) -> Response:
    """In a thread: Django's answer, of which nothing is left to be waited for."""
    headers: Headers = []

    def start(_status: str, given: Headers, _error: Any = None) -> Callable[[bytes], object]:
        headers.extend(given)
        return lambda _chunk: None  # which Django never calls

    with requests.known_by(environ[requests.BY_OUR_SERVER]):  # what Django logs of it, too
        response = django(environ, start)
    try:
        kept = cache.made_from(response) if is_for_all else None
        headers = [(name.lower(), value.strip()) for name, value in headers]
        return Response(response.status_code, headers, body_of(response, environ["REQUEST_METHOD"]), kept)
    finally:
        response.close()


_asked_for_all = partial(_asked_of_django, is_for_all=True)


def _note(scope: Any, response: Response | Answer | waiting.Streamed, seconds: float) -> None:
    if isinstance(response, waiting.Streamed):
        size = response.size
    else:
        body = response.body
        size = body.end - body.start if isinstance(body, FilePart) else len(body)
    address = addresses.seen_by(neighbour(scope), ",".join(scope.headers.get_all("x-forwarded-for")))
    done = (scope.method, scope.path, scope.query_string, response.status, seconds, size, address)
    requests.note(requests.Done(*done))


application = Application()
