"""What an import has to say: what it took, which lines it could not take, and what of the others it left out."""

import errno
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError
from rest_framework import serializers

from cms.notices import Notice
from cms.transfer.lines import BadLine, Stopped

logger = logging.getLogger(__name__)

MOST_SAID = 1000  # of each; the rest is counted
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def name_of(number: int, given: dict) -> str:
    """What a line is called: its number, its kind, and its slug or id."""
    kind, name = given.get("kind"), given.get("slug") or given.get("id")
    what = f', {kind or "line"} "{name}"' if isinstance(name, str) else f", {kind}" if kind else ""
    return f"line {number}{what[:200]}"


def name_of_row(row: Any) -> str:
    """What something that is stored is called: its kind, and its slug or id."""
    return f'{row.kind} "{getattr(row, "slug", "") or row.pk}"'


def reason_of(error: Exception) -> str:
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
        return f"its file cannot be read or stored ({trouble_of(error)})"
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


def trouble_of(error: Exception) -> str:
    """What a disk or a storage has said, in a few words, with the file that it is about."""
    if not isinstance(error, OSError) or not error.strerror:
        return f"{type(error).__name__}: {error}"[:200]
    return f"{error.strerror}: {error.filename}" if error.filename else error.strerror


def stop_without_room(error: Exception) -> None:
    """Raise Stopped where it is no single line's fault: with a full disk the next one would fare no better."""
    cause: BaseException | None = error
    while cause:
        # SQLite and PostgreSQL have a sentence and a number for it.
        is_full = "disk is full" in str(cause) or getattr(cause, "sqlstate", "") == "53100"
        if is_full or (isinstance(cause, OSError) and cause.errno in NO_ROOM):
            raise Stopped(f"there is no room on the disk ({trouble_of(error)})") from error
        cause = cause.__cause__


def flat(detail: Any, way: str = "") -> Iterator[str]:
    """The messages of a refusal, each behind the way to what it is about."""
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


class Report:
    """Kept small however large the file is: of many alike the first are said, and all are counted."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()  # by kind
        self.mistakes: list[str] = []
        self.bad_lines = 0
        self.notices: list[str] = []
        self.noticed: Counter[str] = Counter()  # by the notices' kinds

    def complain(self, line: str, why: str) -> None:
        """Say why a line was not taken."""
        self.bad_lines += 1
        if len(self.mistakes) < MOST_SAID:
            self.mistakes.append(f"{line}: {why}")

    def notice(self, line: str, notices: Iterable[Notice]) -> None:
        """Say what of a line is not kept, each thing once."""
        for said in dict.fromkeys(Notice(notice.kind, str(notice.text)) for notice in notices):
            self.noticed[said.kind] += 1
            if len(self.notices) < MOST_SAID:
                self.notices.append(f"{line}: {said.text}")

    def lines(self) -> Iterator[str]:
        """What is to be said of single lines."""
        yield from self.mistakes
        if more := self.bad_lines - len(self.mistakes):
            yield f"... and {counted(more, 'more bad line')}."
        yield from self.notices
        if more := self.noticed.total() - len(self.notices):
            yield f"... and {counted(more, 'more notice')}."

    def summary(self, verb: str) -> str:
        """All of it in one sentence, and a second one where something was left out."""
        taken = ", ".join(counted(number, kind) for kind, number in self.taken.items()) or "nothing"
        return f"{taken} {verb}, {counted(self.bad_lines, 'bad line')}"

    def left_out(self) -> str:
        """What was left out of the lines that were taken, by kind; empty where it was nothing."""
        if not self.noticed:
            return ""
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(self.noticed.items()))
        return f"{counted(self.noticed.total(), 'notice')} of what is not kept as it was written: {kinds}."
