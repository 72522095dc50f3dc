"""The format of a line, alike in both directions."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

import orjson
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError
from rest_framework import serializers

from cms.text import moments, texts

logger = logging.getLogger(__name__)

LONGEST_LINE = 5_000_000  # bytes
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
MOMENTS = {"published_at", "updated_at", "live_until", "withdrawn_at"}
STATE_KEYS = MOMENTS | {"status", "withdrawn_reason", "previous_slugs", "working_copy"}  # not part of a snapshot


class BadLine(Exception):
    """Why a line cannot be taken, in words for whoever wrote it."""


def without_twice(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f'the key "{twice[:64]}" stands twice; keep one')
    return found


def no_number(text: str) -> None:
    raise BadLine(f"{text} is no number in JSON; write null or a number")


def raw_lines(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """Each line of a file: its number, where it begins, and its bytes. Of one that is too long, the beginning.

    A mark at the head of the file that says how it is written (a BOM) is no part of a line.
    """
    number = position = 0
    head = file.read(len(BOM))
    if head.startswith(UTF_16):
        raise BadLine("the file is UTF-16; save it as UTF-8")
    if head == BOM:
        position = len(BOM)
    file.seek(position)
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        start, position = position, position + len(line)
        rest = line
        while not rest.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
            position += len(rest)
        yield number, start, line


def parse(line: bytes) -> dict:
    if len(line) > LONGEST_LINE:
        raise BadLine(f"the line is longer than {LONGEST_LINE // 1_000_000} MB")
    try:
        found = texts.clean(json.loads(line.decode(), object_pairs_hook=without_twice, parse_constant=no_number))
    except UnicodeDecodeError:
        raise BadLine("it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep, or too long a number"
        raise BadLine(f"it is not JSON ({reason})") from None
    if not isinstance(found, dict):
        raise BadLine("it is not a JSON object")
    try:
        orjson.dumps(found)
    except TypeError:
        raise BadLine("it is too deep, or has too long a number") from None
    return found


def read_moment(name: str, value: Any) -> datetime | None:
    """A time; without a zone in the site's, and of one that its clocks show twice the first."""
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        return moments.read(value)
    except (ValueError, OverflowError):
        raise BadLine(f"{name}: write a time such as 2026-02-20T11:30:00Z, or null") from None


def said(error: Exception) -> str:
    """Why a line cannot be taken, in one line of words, each with the key that it is about.

    Whatever the words do not explain is in the log.
    """
    if isinstance(error, serializers.ValidationError):
        return "; ".join(flat(error.detail))
    if isinstance(error, ValidationError):
        return "; ".join(flat(error.message_dict if hasattr(error, "error_dict") else error.messages))
    if isinstance(error, BadLine):
        return str(error)
    if isinstance(error, OSError):
        return f"its file cannot be read ({error.strerror or type(error).__name__})"
    if isinstance(error, RecursionError):
        return "something in it is nested too deep"
    if isinstance(error, MemoryError):
        return "it is too large for the memory that there is"
    if isinstance(error, IntegrityError):
        logger.info("A line of an import was refused by the database: %s", error)
        return "it disagrees with another item: the same slug, or something that it needs is gone"
    if isinstance(error, DataError | TypeError | ValueError | OverflowError):
        logger.warning("A line of an import has a strange value", exc_info=error)
        return "a value in it is of the wrong kind, or too large"
    logger.error("A line of an import could not be taken", exc_info=error)
    if isinstance(error, DatabaseError):
        return "the database could not take it just now; import it again (the log says more)"
    return f"Galley fails to take it, which is a fault of its own ({type(error).__name__}; the log says more)"


def flat(detail: Any, way: str = "") -> Iterator[str]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flat(inner, way if name == "__all__" or isinstance(name, int) else f"{way}{name}: ")
    elif isinstance(detail, list):
        for inner in detail:
            yield from flat(inner, way)
    else:
        yield f"{way}{detail}"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
