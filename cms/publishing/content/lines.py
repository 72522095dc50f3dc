"""The format of a line, alike in both directions."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

logger = logging.getLogger(__name__)

LONGEST_LINE = 5_000_000  # bytes
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


def parse(line: bytes) -> dict:
    if len(line) > LONGEST_LINE:
        raise BadLine(f"the line is longer than {LONGEST_LINE // 1_000_000} MB")
    try:
        found = json.loads(line.decode(), object_pairs_hook=without_twice, parse_constant=no_number)
    except UnicodeDecodeError:
        raise BadLine("it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep, or too long a number"
        raise BadLine(f"it is not JSON ({reason})") from None
    if not isinstance(found, dict):
        raise BadLine("it is not a JSON object")
    try:
        if b"\\u0000" in orjson.dumps(found):
            raise BadLine("it holds a NUL character (\\u0000); leave it out")
    except TypeError:
        raise BadLine("it holds half a character (a lone surrogate), is too deep, or has too long a number") from None
    return found


def read_moment(name: str, value: Any) -> datetime | None:
    """A time; without a zone in the site's, and of one that its clocks show twice the first."""
    if value is None:
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
        if moment is None:
            raise ValueError
        moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
        if not 1 < moment.year < 9999:  # nearer to the ends of the calendar a time zone leads out of it
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"{name}: write a time such as 2026-02-20T11:30:00Z, or null") from None


def said(error: Exception) -> str:
    """An error's messages in one line, each with the key that it is about."""
    if isinstance(error, serializers.ValidationError):
        return "; ".join(flat(error.detail))
    if isinstance(error, ValidationError):
        return "; ".join(flat(error.message_dict if hasattr(error, "error_dict") else error.messages))
    if isinstance(error, DataError | TypeError | ValueError | OverflowError):
        logger.info("A line of an import has a strange value: %s", error)
        return "a value in it is of the wrong kind, or too large"
    if isinstance(error, IntegrityError):
        logger.info("A line of an import was refused by the database: %s", error)
        return "it disagrees with another item: the same slug, or something that it needs is gone"
    return str(error)


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
