"""What Django has answered, as granian sends it: in one piece, or a part of a file that it reads by itself."""

import asyncio
import contextlib
import os
import tempfile
from typing import Any, NamedTuple

from django.http.response import HttpResponse, HttpResponseBase

IN_ONE_PIECE = 1_000_000  # bytes of a file that is not on this disk, and is sent from memory
FILE_KEPT = 60.0  # seconds until a temporary file is deleted; the server has it open long before


class FilePart(NamedTuple):
    """A part of a file, which the server reads and sends by itself."""

    path: str
    start: int
    end: int
    is_ours: bool = False  # to be deleted when it has been sent


def body_of(response: HttpResponseBase, method: str) -> bytes | FilePart:
    """The body of an answer, of which nothing is left to be waited for."""
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


def send(protocol: Any, status: int, headers: list[tuple[str, str]], body: bytes | FilePart) -> None:
    if not isinstance(body, FilePart):
        protocol.response_bytes(status, headers, body)
        return
    if body.start == body.end:  # of a file that somebody has already, or that is empty, granian sends no part
        protocol.response_bytes(status, headers, b"")
    else:
        protocol.response_file_range(status, headers, body.path, body.start, body.end)
    if body.is_ours:
        asyncio.get_running_loop().call_later(FILE_KEPT, os.unlink, body.path)
