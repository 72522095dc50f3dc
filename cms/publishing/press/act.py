"""One act of the press: the edition that it has locked, its moment, and what it has changed so far."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from cms.publishing import kinds
from cms.publishing.links import Thing
from cms.publishing.models import Act, Change, Edition, Version

BY_KEY = "by_key"  # of an account that a program acts for: the name of the key that the program has
running = threading.local()  # its `printing`: the act that this thread is in; none: it is in none


def whole_seconds(moment: datetime) -> datetime:
    """Moments that are printed and sorted by have whole seconds, as readers see them."""
    return moment.replace(microsecond=0)


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def key_of(user: Any) -> str | None:
    """The name of the key by which somebody has come in, whom a program acts for; none: they are here themselves."""
    return getattr(user, BY_KEY, None)


def signature_of(user: Any) -> str:
    """Who did something, as the log keeps it: whose rights it was done by, and by which key."""
    key = key_of(user)
    means = f" (key: {key})" if key else ""
    return f"{name_of(user)[: 200 - len(means)]}{means}"


def in_english(text: Any) -> str:
    """What is kept in the log, which each reads in their own language."""
    with translation.override("en"):
        return str(text)


class Printing:
    """The state of one act. What it does with it stands in the modules beside this one, by thing."""

    def __init__(self, edition: Edition, now: datetime):
        self.edition = edition
        self.now = now
        self.changes: list[Change] = []
        self.acts: list[Act] = []
        self.saved: set[Thing] = set()  # at the desk, whether readers see it or not; some of it may be deleted by now
        self.cleared_early: set[int] = set()  # publications cleared while nothing was changed yet

    def change(
        self, kind: str, key: uuid.UUID, action: str, slug: str, at: datetime | None = None, previous_slug: str = ""
    ) -> int:
        """Take the next edition for something that readers will see differently."""
        self.edition.number += 1
        self.changes.append(
            Change(
                edition=self.edition.number,
                kind=kind,
                key=key,
                action=action,
                slug=slug,
                previous_slug=previous_slug,
                at=whole_seconds(at or self.now),
            )
        )
        return self.edition.number

    def note(
        self,
        verb: str,
        kind: str,
        key: uuid.UUID,
        version: Version | None,
        by: Any = None,
        note: str = "",
        *,
        at: datetime | None = None,
        for_moment: datetime | None = None,
    ) -> None:
        """Put into the log what somebody did."""
        self.acts.append(
            Act(
                at=at or self.now,
                verb=verb,
                kind=kind,
                key=key,
                title=kinds.publishable_named(kind).title(version.data)[:200] if version else "",
                by=by,
                by_name=signature_of(by),
                version=version.pk if version else None,
                for_moment=for_moment,
                note=note,
            )
        )

    def forget_slugs(self, kind: str, keys: list[uuid.UUID]) -> None:
        """Leave no slug of these in what this act has changed."""
        for change in self.changes:
            if change.kind == kind and change.key in keys:
                change.slug = change.previous_slug = ""


@contextmanager
def attempt() -> Iterator[None]:
    """A part of an act that may fail alone: what it has changed is as if it had never been."""
    printing: Printing | None = getattr(running, "printing", None)
    changes, acts = (len(printing.changes), len(printing.acts)) if printing else (0, 0)
    number = printing.edition.number if printing else 0
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if printing:
            del printing.changes[changes:], printing.acts[acts:]
            printing.edition.number = number
        raise
