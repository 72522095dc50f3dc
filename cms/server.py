"""The door for granian: `granian --interface rsgi cms.server:application`, with the other options of the Makefile.

What holds a connection lives in the event loop: silent ones, halves of requests, slow readers. A request is given a
thread, and Django, when it has come whole, within a time and a size; files go out without one. What readers ask for
most is answered from cms/api/cache.py, before any thread.

RSGI and not ASGI, since granian tells an ASGI application nothing of the host in an absolute target, and sends no part
of a file for it: written in pieces, a film would gather in memory for whoever reads it slowly.
"""

import asyncio
import contextlib
import errno
import gc
import io
import logging
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import IO, Any, NamedTuple

import orjson
from django.conf import settings
from django.db import close_old_connections
from django.http.response import HttpResponse, HttpResponseBase
from django.urls import get_resolver

from cms.wsgi import application as django  # isort: skip - first, as it loads the apps that the others belong to

from cms import health
from cms.access import addresses
from cms.api import cache, errors, keys, middleware
from cms.api.cache import Answer, Headers, Kept
from cms.api.shared import Shared
from cms.database import patience
from cms.delivery import live
from cms.logs import request_id
from cms.publishing import newest
from cms.serving import faults, metrics, requests, watching
from cms.uploads import is_from_the_desk

logger = logging.getLogger(__name__)

BODY_IN_MEMORY = 16 * 1024  # bytes of each of thousands that may be on their way; larger ones are temporary files
SLOWEST = 10_000  # bytes a second: what has come at this rate is given the time that it takes
ENVELOPE = 10_000_000  # bytes that a form may have besides the largest film, so that Django says which was too large
PASSED_OVER = 5  # seconds in which a body that is refused may still be sent
QUEUE = 500  # requests that may wait, for each thread; each takes some 10 kB
RUSH = 10.0  # seconds in which many may come at once, as after a start; what lasts longer is more than we can do
SOON = 0.5  # seconds that a request waits for a thread then
TOO_MANY = "Too many ask at once; try again in a few seconds."
WRITING = "/api/v1/manage/"
ID_HEADER = requests.HEADER.lower()
NO_TIME, SAME_MOMENT = timedelta(0), timedelta(milliseconds=1)  # for which one look at the newest edition holds
IN_ONE_PIECE = 1_000_000  # bytes of a file that is not on this disk, and is sent from memory
FILE_KEPT = 60.0  # seconds until a temporary file is deleted; the server has it open long before
SAFE_TO_DROP = {"if-none-match", "if-modified-since", "accept-encoding", "range"}  # of a question that is kept


class Refused(Exception):
    """A request that never reaches Django."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


class FilePart(NamedTuple):
    """A part of a file, which the server reads and sends by itself."""

    path: str
    start: int
    end: int
    is_ours: bool = False  # to be deleted when it has been sent


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
        self.shared = Shared(settings.CACHE_URL) if settings.CACHE_URL else None
        self.at_work = 0  # requests that have a thread, or wait for one
        self.was_calm_at = time.monotonic()  # when somebody last found a thread free
        self.is_asking = False
        self.making: dict[tuple[str, int, str], asyncio.Task[Response]] = {}
        self.live = live.Live(self.pool)
        self.sight = watching.NONE
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
        _when_told_to_stop(partial(loop.call_soon_threadsafe, self.live.close))

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.pool.shutdown(wait=True)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        began = time.perf_counter()
        headers = scope.headers  # once, since granian makes a copy of all of them each time
        asked = headers.get(ID_HEADER)
        word = requests.id_for(asked, _neighbour(scope)) if asked else requests.new_id()
        is_live = scope.path.startswith(live.PATH)
        response: Any = None
        try:
            response = None if is_live else self.kept_answer(scope, headers)
        except Exception:  # it can still be made
            logger.exception("Failed to see what is kept of %s", scope.path)
        if response is None:
            request_id.set(word)  # for this task, which is this request's alone
            response = await (self.live_answer if is_live else self.answer)(scope, protocol)
        if isinstance(response, Answer):
            status, labels, body = response
            protocol.response_bytes(status, [*labels, (ID_HEADER, word)], body)
        elif isinstance(response, Response):  # Django has named it already
            _send(protocol, response)
        if self.is_noting and response is not None:
            request_id.set(word)
            _note(scope, response, time.perf_counter() - began)

    async def answer(self, scope: Any, protocol: Any) -> Response | Answer | None:
        """What to answer that is not kept, whatever happens; nothing to whom has gone."""
        try:
            return await self.respond(scope, protocol)
        except Refused as refusal:
            return _refusal(scope, refusal.status, refusal.message)
        except Exception as error:
            logger.exception("Failed to answer %s", scope.path)
            fault = faults.of(error)
            return _refusal(scope, fault.status, fault.advice)

    async def live_answer(self, scope: Any, protocol: Any) -> Any:
        """The same, of what may be waited for."""

        async def ask(asked: Any) -> Response | Answer | None:
            return self.kept_answer(asked, asked.headers) or await self.answer(asked, protocol)

        try:
            return await self.live.answer(scope, protocol, ask)
        except live.Full as full:
            return _refusal(scope, 503, str(full))

    def kept_answer(self, scope: Any, headers: Any) -> Answer | None:
        """What most readers get. Nothing else is done for them than this, so it looks at no more than it must."""
        hosts = headers.get_all("host")
        if len(hosts) != 1 or scope.authority is not None:
            return None
        request = cache.request(scope, headers, hosts[0])
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
        """The newest edition: that of this process at once, that of another one a millisecond later at most.

        To look takes a third as long as all else that is done for a reader.
        """
        passed = datetime.now(UTC) - self.sight.at
        if not NO_TIME <= passed < SAME_MOMENT or newest.known() is not self.sight.newest:
            self.sight = watching.look()
        return self.sight

    async def respond(self, scope: Any, protocol: Any) -> Response | Answer | None:
        """What to answer; nothing to whom has gone."""
        if scope.path == "/healthz" and scope.method in cache.PLAIN:
            alive = health.alive()
            return Answer(200, list(alive.items()), alive.content)
        headers = _headers(scope)
        if not _has_body(headers):
            request = cache.request(scope, headers, headers.get("host", ""))
            asked = request and cache.question(request)
            if request and asked:
                return await self.new_answer(asked, request, scope, headers)
            return await self.run(_asked_of_django, _environ(scope, headers))
        environ = _environ(scope, headers)
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
        environ = _environ(scope, {name: value for name, value in headers.items() if name not in SAFE_TO_DROP})
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
            await _pass_over(protocol, headers)
            if may_be_large and most < int(length) <= settings.MAX_VIDEO_MB * 1_000_000:
                raise Refused(403, "Log in, and send it again.")
            raise Refused(413, f"Send at most {most // 1_000_000} MB.")
        with contextlib.ExitStack() as unless_whole:
            body = unless_whole.enter_context(tempfile.SpooledTemporaryFile(max_size=BODY_IN_MEMORY))
            if not await _gather(protocol, body, most) or body.tell() != int(length or body.tell()):
                return None  # granian tells of one that was broken off as of one that is whole
            unless_whole.pop_all()  # it is closed by whoever asked for it
            return body


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


async def _pass_over(protocol: Any, headers: Mapping[str, str]) -> None:
    """Let pass for a while what is not taken: who is cut off while they still send never reads why."""
    if "expect" not in headers:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PASSED_OVER):
                async for _ in protocol:
                    pass


async def _gather(protocol: Any, body: IO[bytes], most: int) -> bool:
    """Write what is sent into a file, until it is whole; False when the sender has gone."""
    received = 0
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(settings.BODY_SECONDS) as patience:
            async for chunk in protocol:
                received += len(chunk)
                if received > most:
                    raise Refused(413, f"Send at most {most // 1_000_000} MB.")
                body.write(chunk)
                patience.reschedule(began + settings.BODY_SECONDS + received / SLOWEST)
    except Refused:
        raise
    except TimeoutError:
        raise Refused(408, "The request did not come whole in time; send it again.") from None
    except Exception as error:  # granian has one of its own for a connection that ended
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise Refused(507, "There is no room left for what you sent; tell whoever runs this site.") from None
        logger.debug("A request ended before it was whole: %s", error)
        return False
    return True


def _headers(scope: Any) -> dict[str, str]:
    """The headers by their names in small letters. What Django could not tell from another's is left out.

    To Django `X_Forwarded_For` is `X-Forwarded-For`, which proxies see to; with an underscore they let it pass.
    """
    headers: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        if name not in headers:
            headers[name] = value
        elif name == "host":
            raise Refused(400, "Name one host.")
        else:
            headers[name] = f"{headers[name]}{'; ' if name == 'cookie' else ','}{value}"
    for name in scope.headers.keys():  # noqa: SIM118 - it is no dictionary
        if name not in headers and "_" not in name:
            headers[name] = ""  # it cannot be read, and is there all the same
    if scope.authority and headers.setdefault("host", scope.authority).lower() != scope.authority.lower():
        raise Refused(400, "The address names one host and the Host header another.")
    if "host" not in headers and scope.http_version == "1.1":
        raise Refused(400, "Name the host.")
    if not scope.path.startswith("/"):
        raise Refused(400, "There is no such address.")
    return headers


def _has_body(headers: Mapping[str, str]) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _environ(scope: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333), which is what Django's own handler takes."""
    server, _, port = scope.server.rpartition(":")
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if f"HTTP_{name}" in environ:
            environ[name] = environ.pop(f"HTTP_{name}")
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return {
        **environ,
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": _neighbour(scope).strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        requests.BY_OUR_SERVER: request_id.get(),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


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
        return Response(response.status_code, headers, _body(response, environ["REQUEST_METHOD"]), kept)
    finally:
        response.close()


_asked_for_all = partial(_asked_of_django, is_for_all=True)


def _body(response: HttpResponseBase, method: str) -> bytes | FilePart:
    if method == "HEAD":
        return b""
    if isinstance(response, HttpResponse):
        return response.content
    file = getattr(response, "file_to_stream", None) or getattr(response, "file", None)
    if file and os.path.isabs(str(getattr(file, "name", ""))) and response.has_header("Content-Length"):
        start = file.tell()
        return FilePart(file.name, start, start + int(response.headers["Content-Length"]))
    if int(response.headers.get("Content-Length", IN_ONE_PIECE + 1)) <= IN_ONE_PIECE:
        return b"".join(response)
    with contextlib.ExitStack() as unless_whole:
        with tempfile.NamedTemporaryFile(prefix="galley-answer-", delete=False) as copy:
            unless_whole.callback(os.unlink, copy.name)
            for block in response:
                copy.write(block)
            part = FilePart(copy.name, 0, copy.tell(), is_ours=True)
        unless_whole.pop_all()  # it is deleted when it has been sent
        return part


def _neighbour(scope: Any) -> str:
    """The address at the other end of the line."""
    return scope.client.rpartition(":")[0]


def _note(scope: Any, response: Response | Answer | live.Streamed, seconds: float) -> None:
    if isinstance(response, live.Streamed):
        size = response.size
    else:
        body = response.body
        size = body.end - body.start if isinstance(body, FilePart) else len(body)
    address = addresses.seen_by(_neighbour(scope), ",".join(scope.headers.get_all("x-forwarded-for")))
    done = (scope.method, scope.path, scope.query_string, response.status, seconds, size, address)
    requests.note(requests.Done(*done))


def _send(protocol: Any, response: Response) -> None:
    body = response.body
    if not isinstance(body, FilePart):
        protocol.response_bytes(response.status, response.headers, body)
        return
    if body.start == body.end:  # of a file that somebody has already, or that is empty, granian sends no part
        protocol.response_bytes(response.status, response.headers, b"")
    else:
        protocol.response_file_range(response.status, response.headers, body.path, body.start, body.end)
    if body.is_ours:
        asyncio.get_running_loop().call_later(FILE_KEPT, os.unlink, body.path)


def _refusal(scope: Any, status: int, message: str) -> Answer:
    """What those get who never reach Django, in the form of what they asked for."""
    headers = [("cache-control", "no-store"), *([("retry-after", "5")] if status in {503, 507} else [])]
    if not scope.path.startswith("/api/") and "text/html" not in (scope.headers.get("accept") or ""):
        told = orjson.dumps({"error": message, "status": status, "request_id": request_id.get()})
        return Answer(status, [("content-type", "application/json"), *headers], told)
    if not scope.path.startswith("/api/"):
        return Answer(status, [("content-type", "text/plain; charset=utf-8"), *headers], f"{message}\n".encode())
    body = errors.problem(status, *errors.TITLES[status], message, scope.path, None)
    headers += [(name.lower(), value) for name, value in middleware.HEADERS.items()]
    return Answer(status, [("content-type", errors.ProblemRenderer.media_type), *headers], orjson.dumps(body))


application = Application()
