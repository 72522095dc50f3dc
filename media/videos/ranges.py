"""Stored files for players, which ask for a part at a time (RFC 9110, section 14).

A part is at most a megabyte, whatever was asked for, and is given to the server in one piece: it sends it on by itself,
however slowly the reader reads, and no thread of ours waits for that. Players ask for the next part. The whole of a
larger file is sent by cms/server.py from the disk, its thread given back at once. With another server it keeps a thread
for as long as it takes, so few may at a time; the rest of the site goes on.
"""

import logging
import re
import threading

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from media.handing_over import hand_over

logger = logging.getLogger(__name__)

BLOCK = 128 * 1024
LARGEST_PART = 1024 * 1024
WHOLE_AT_ONCE = 2
RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})[ \t]*-[ \t]*(\d{0,18})[ \t]*", re.ASCII)
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-Match, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


_free = threading.BoundedSemaphore(WHOLE_AT_ONCE)


class Whole:
    """A whole file, block by block. It keeps its turn until it is closed."""

    def __init__(self, file: File):
        self.file = file

    def __iter__(self) -> "Whole":
        return self

    def __next__(self) -> bytes:
        block = self.file.read(BLOCK)
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        if not self.file.closed:
            self.file.close()
            _free.release()


def send(request: HttpRequest, name: str, content_type: str, etag: str, headers: dict[str, str]) -> HttpResponseBase:
    """A stored file, or the one part of it that was asked for. Who may have it is decided by the caller."""
    headers = {
        **headers,
        "Content-Type": content_type,
        "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    }
    if handed_over := hand_over(name, content_type, headers):
        return handed_over
    headers |= {"Accept-Ranges": "bytes", "ETag": etag}
    if "If-Match" in request.headers and not is_named(request.headers["If-Match"], etag):
        return HttpResponse(status=412, headers={**headers, "Cache-Control": "no-store"})
    if matches(request.headers.get("If-None-Match", ""), etag):
        return HttpResponse(status=304, headers=headers)
    try:
        size = default_storage.size(name)
        wanted = asked_part(request, etag, size)
        if wanted == (0, 0):
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        start, length = wanted or (0, size)
        headers["Content-Length"] = str(length)
        if wanted:
            headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        if length <= LARGEST_PART:
            with default_storage.open(name) as file:
                file.seek(start)
                return HttpResponse(file.read(length), status=206 if wanted else 200, headers=headers)
        if not _free.acquire(blocking=False):
            logger.warning("Too many ask for whole films at once; let a proxy or a CDN serve them")
            busy = HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
            busy._has_been_logged = True  # else Django says it as an error
            return busy
        try:
            file = default_storage.open(name)
        except BaseException:
            _free.release()
            raise
    except FileNotFoundError:
        logger.error("The file %s is missing", name)
        raise Http404 from None
    response = StreamingHttpResponse(Whole(file), headers=headers)
    response.file = file
    return response


def is_named(tags: str, etag: str) -> bool:
    """Whether If-Match lets a file be sent: the whole of it, to the byte, so that a weak tag names none."""
    return tags.strip() == "*" or etag in [tag.strip() for tag in tags.split(",")]


def matches(tags: str, etag: str) -> bool:
    return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]


def asked_part(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """Start and length of the part to send: none for the whole, (0, 0) for one that is not there.

    What is no single range of bytes is as if it were not said, and so is a range of another file (If-Range) and one
    that comes with HEAD.
    """
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if not match or request.method != "GET" or match.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    return (start, min(end - start + 1, LARGEST_PART)) if start < size else (0, 0)
