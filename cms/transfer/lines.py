"""The format of a line, alike in both directions."""

import json
import re
from datetime import datetime
from typing import Any

import orjson

from cms.notices import notice
from cms.publishing import press
from cms.text import moments, spelling, texts

NumberedLine = tuple[int, dict]

LONGEST_LINE = 5_000_000  # bytes
MOMENTS = {"published_at", "updated_at", "live_until", "withdrawn_at"}
STATE_KEYS = MOMENTS | {"status", "withdrawn_reason", "previous_slugs", "working_copy"}  # not part of a snapshot
ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,6});", re.IGNORECASE)


class BadLine(Exception):
    """Why a line cannot be taken, in words for whoever wrote it."""


class Stopped(Exception):
    """Why nothing more can be taken or written, in a sentence for whoever started it."""


def parse(line: bytes) -> dict:
    if len(line) > LONGEST_LINE:
        raise BadLine(f"the line is longer than {LONGEST_LINE // 1_000_000} MB")
    given = read_json(line)
    if not isinstance(given, dict):
        raise BadLine("it is not a JSON object")
    return given


def read_json(written: bytes) -> Any:
    """What somebody has written as JSON, every text in it as it is kept. Raises BadLine."""
    try:
        given = texts.clean(json.loads(written.decode(), object_pairs_hook=_without_twice, parse_constant=_no_number))
    except UnicodeDecodeError:
        raise BadLine("it is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep, or too long a number"
        raise BadLine(f"it is not JSON ({reason})") from None
    try:
        orjson.dumps(given)
    except TypeError:
        raise BadLine("it is too deep, or has too long a number") from None
    return given


def _without_twice(pairs: list[tuple[str, Any]]) -> dict:
    by_name = dict(pairs)
    if len(by_name) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadLine(f'the key "{twice[:64]}" stands twice; keep one')
    return by_name


def _no_number(text: str) -> None:
    raise BadLine(f"{text} is no number in JSON; write null or a number")


def glance(line: bytes) -> dict:
    """What a line holds, read fast, to know what it is called; empty where it cannot be read."""
    try:
        given = orjson.loads(line) if len(line) <= LONGEST_LINE else None
    except orjson.JSONDecodeError:
        try:
            return parse(line)  # which leaves out half a character
        except BadLine:
            return {}
    return given if isinstance(given, dict) else {}


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


def read_moments(given: dict) -> dict[str, datetime | None]:
    """The times that a line gives, its other words about its state being checked as well."""
    if "status" in given and given["status"] not in ("draft", "published"):
        raise BadLine('status: write "draft" or "published"')
    reason = given.get("withdrawn_reason")
    if reason is not None and reason not in press.Reason.values:
        raise BadLine(f"withdrawn_reason: write one of {', '.join(press.Reason.values)}")
    return {name: read_moment(name, given[name]) for name in given if name in MOMENTS}


def former_slugs(given: dict) -> list[str]:
    """The slugs that a line's thing had before, spelt as they are kept."""
    slugs = given.get("previous_slugs") or []
    if not isinstance(slugs, list) or not all(isinstance(slug, str) and slug.strip() for slug in slugs):
        raise BadLine("previous_slugs: write a list of slugs")
    slugs = [spelling.normalised(slug) for slug in slugs]
    if any(len(slug) > 200 for slug in slugs):
        raise BadLine("previous_slugs: write a list of slugs, each of up to 200 characters")
    return slugs


def is_reachable(slug: str) -> bool:
    """Whether an address of ours could hold it: as one part of a path, which "." and ".." are not."""
    return "/" not in slug and "\\" not in slug and slug.isprintable() and slug not in {".", ".."}


def notice_entities(name: str, value: object) -> None:
    """Say that a plain text has been written as HTML is, which other systems do in headlines and names."""
    if isinstance(value, str) and not name.endswith("_html") and (entity := ENTITY.search(value)):
        notice("entity", f'{name}: "{entity[0]}" stands as it is written; this is plain text, and no HTML')
