"""Stored files for players, which ask for a part at a time (RFC 9110, section 14)."""

import logging
import re
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

logger = logging.getLogger(__name__)

BLOCK = 128 * 1024
RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})[ \t]*-[ \t]*(\d{0,18})[ \t]*", re.ASCII)
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Part:
    """A part of an open file, block by block, and then the file is closed."""

    def __init__(self, file: BinaryIO, start: int, length: int):
        self.file, self.left = file, length
        file.seek(start)

    def __iter__(self) -> "Part":
        return self

    def __next__(self) -> bytes:
        block = self.file.read(min(BLOCK, self.left)) if self.left else b""
        if not block:
            raise StopIteration
        self.left -= len(block)
        return block

    def close(self) -> None:
        self.file.close()


def send(request: HttpRequest, name: str, content_type: str, etag: str, headers: dict[str, str]) -> HttpResponseBase:
    """A stored file, or the one part of it that was asked for. Who may have it is decided by the caller."""
    headers = {
        **headers,
        "Content-Type": content_type,
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    }
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
        file = default_storage.open(name)
    except FileNotFoundError:
        logger.error("The file %s is missing", name)
        raise Http404 from None
    return StreamingHttpResponse(Part(file, start, length), status=206 if wanted else 200, headers=headers)


def matches(tags: str, etag: str) -> bool:
    return tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]


def asked_part(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """Start and length of the part that is asked for: none for the whole, (0, 0) for one that is not there.

    What is no single range of bytes is as if it were not said, and so is a range of another file (If-Range) and one
    that comes with HEAD.
    """
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or request.method != "GET" or found.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", etag).strip() != etag:
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, length) if length else (0, 0)
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    return (start, end - start + 1) if start < size else (0, 0)
