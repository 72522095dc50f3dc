"""What is said between the web process and the one that has the pixels: JSON, with bytes behind it."""

import json
import socket
import struct

HEAD = struct.Struct(">II")
LONGEST_TEXT, LONGEST_CONTENT = 4 * 1024 * 1024, 64 * 1024 * 1024


class Ended(Exception):
    """The other side has gone."""


def send(to: socket.socket, message: dict, content: bytes = b"") -> None:
    text = json.dumps(message).encode()
    to.sendall(HEAD.pack(len(text), len(content)) + text)
    to.sendall(content)


def receive(by: socket.socket) -> tuple[dict, bytes]:
    text_length, length = HEAD.unpack(_exactly(by, HEAD.size))
    if text_length > LONGEST_TEXT or length > LONGEST_CONTENT:
        raise Ended
    try:
        message = json.loads(_exactly(by, text_length))
    except (ValueError, RecursionError):
        raise Ended from None
    if not isinstance(message, dict):
        raise Ended
    return message, _exactly(by, length)


def _exactly(by: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        try:
            part = by.recv(min(length - len(content), 1024 * 1024))
        except ConnectionError:
            part = b""
        if not part:
            raise Ended
        content += part
    return bytes(content)
