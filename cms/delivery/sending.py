"""Telling one endpoint of what is new, piece by piece, until there is no more or it does not answer.

Whoever does it has claimed the endpoint: nobody else tells it anything meanwhile. A claim ends by itself where its
holder was killed. What was taken is noted before the next is sent, so that at most one message is sent twice, under the
same id; what was not taken holds up this endpoint alone.
"""

import logging
import math
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cms import outbound
from cms.delivery import events, receivers, seals
from cms.delivery.models import Attempt, Endpoint, Resend
from cms.delivery.receivers import Batch, Call, Receiver, Trial
from cms.publishing.models import Change, Edition

logger = logging.getLogger(__name__)

SECONDS = 10.0  # for one request, all in all
ANSWER_BYTES = 2000
CLAIM = timedelta(seconds=30)  # longer than a request takes; each that is noted extends it
SETTLED = 0.25  # seconds until every process has heard of a change, as cms/serving/watching.py looks for it
SECOND, MINUTE, HOUR = 1, 60, 3600
# How long after each try that failed the next one is made, as Standard Webhooks proposes it. After the last it is off.
WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24))]
JITTER = 0.1  # of a wait by which it may be longer, so that those that failed at once do not come at once
LONGEST_WAIT = 24 * HOUR  # that a Retry-After is believed
GONE = 410
LOOKED_UP_AT_ONCE = 100  # changes
KEPT_ATTEMPTS = 500  # for each endpoint
PRUNED_EVERY = 100
SHOWN_OF_ANSWER = 300


class Lost(Exception):
    """The claim has ended, or what was being told is no longer what is to be told."""


class Outcome(NamedTuple):
    """What came of one request."""

    is_taken: bool
    status: int | None
    answer: str
    problem: str
    retry_after: float
    seconds: float


class Piece(NamedTuple):
    """The next changes that an endpoint is to be told of, and the edition up to which it knows all then."""

    changes: list[Change]
    until: int


def tell(pk: int, stop: threading.Event | None = None, seconds: float = math.inf) -> None:
    """Tell an endpoint all that there is to tell it, or so much as takes so long, unless somebody else does."""
    end = time.monotonic() + seconds
    claim = Claim(pk)
    if not claim.take():
        return
    try:
        while not (stop and stop.is_set()) and claim.go_on() and time.monotonic() < end:
            pass
    except Lost:
        logger.info("Webhook %s is told by somebody else now, or otherwise", pk)
    finally:
        claim.give_back()


class Claim:
    """One endpoint, in nobody else's hand."""

    def __init__(self, pk: int):
        self.pk, self.id = pk, uuid.uuid4()
        self.mine = Endpoint.objects.filter(pk=pk, claimed_by=self.id)

    def take(self) -> bool:
        now = timezone.now()
        due = Endpoint.objects.due(now).filter(pk=self.pk)
        return bool(due.update(claimed_by=self.id, claimed_until=now + CLAIM))

    def give_back(self) -> None:
        self.mine.update(claimed_by=None, claimed_until=None)

    def go_on(self) -> bool:
        """Do one piece. Whether there may be another."""
        endpoint = self.mine.annotate(is_asked_for=Exists(Resend.objects.filter(endpoint=OuterRef("pk")))).first()
        if endpoint is None:
            raise Lost
        if endpoint.is_asked_for:
            self._send_once(endpoint, endpoint.resends.order_by("pk")[0])
            return True
        return endpoint.is_due(timezone.now()) and self._tell_next(endpoint)

    # What somebody asked for

    def _send_once(self, endpoint: Endpoint, resend: Resend) -> None:
        """Send one message, whatever is to be told otherwise; if it is not taken, that is all the same to the rest."""
        changes = list(Change.objects.filter(edition=resend.edition)) if resend.edition else []
        if changes or not resend.edition:
            now = timezone.now()
            batch = Batch(changes, now) if changes else Trial(now)
            for call, outcome in self._outcomes(endpoint, batch, ""):
                note(noted(endpoint, batch, call, outcome, number=1))
                if not outcome.is_taken:
                    break
        resend.delete()
        self._extend(endpoint)

    # What is new

    def _tell_next(self, endpoint: Endpoint) -> bool:
        receiver = receivers.named(endpoint.receiver)
        piece = next_piece(endpoint, receiver.most, partial(self._extend, endpoint))
        if not piece.changes:
            is_further = piece.until > endpoint.after
            self._note(endpoint, after=piece.until, mark="")
            return is_further
        if receiver.settles:
            time.sleep(SETTLED)
        batch = Batch(piece.changes, timezone.now())
        return self._tell(endpoint, receiver, batch, piece.until)

    def _tell(self, endpoint: Endpoint, receiver: Receiver, batch: Batch, until: int) -> bool:
        told: dict[str, Any] = {"after": until, "mark": "", "tries": 0, "next_try_at": None}
        attempt, number = None, endpoint.tries + 1
        for call, outcome in self._outcomes(endpoint, batch, endpoint.mark):
            if not outcome.is_taken:
                self._put_off(endpoint, batch, call, outcome)
                return False
            if call.mark:
                self._note(endpoint, mark=call.mark, tries=0)
            told["told_at"] = now = timezone.now()
            is_last = len(batch.changes) < receiver.most  # else more waits already, which is told without a rest
            told["next_try_at"] = now + timedelta(seconds=receiver.rests) if receiver.rests and is_last else None
            attempt = noted(endpoint, batch, call, outcome, number)
        self._note(endpoint, attempt, **told)
        return told["next_try_at"] is None

    def _outcomes(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[tuple[Call, Outcome]]:
        """Make the requests, one after the other, as long as they are asked for."""
        receiver = receivers.named(endpoint.receiver)
        try:
            for call in receiver.calls(endpoint, batch, after):
                yield call, ask(receiver, endpoint, call)
        except seals.Unreadable:
            self._turn_off(endpoint, Endpoint.Off.UNREADABLE)
            raise Lost from None
        except DatabaseError:
            raise
        except Exception:  # what an older release let in, say; it is tried again as if nobody had answered
            logger.exception("What webhook %r is to be told could not be written", endpoint.name)
            yield Call(""), Outcome(False, None, "", "It could not be written. The newsroom's log says why.", 0, 0)

    def _put_off(self, endpoint: Endpoint, batch: Batch, call: Call, outcome: Outcome) -> None:
        tries = endpoint.tries + 1
        attempt = noted(endpoint, batch, call, outcome, tries)
        if outcome.status == GONE or tries > len(WAITS):
            self._note(endpoint, attempt, tries=tries)
            self._turn_off(endpoint, Endpoint.Off.GONE if outcome.status == GONE else Endpoint.Off.FAILED)
            return
        wait = WAITS[tries - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
        wait = max(wait, min(outcome.retry_after, LONGEST_WAIT))
        self._note(endpoint, attempt, tries=tries, next_try_at=timezone.now() + timedelta(seconds=wait))

    def _turn_off(self, endpoint: Endpoint, reason: str) -> None:
        """Tell it no more until somebody at the desk turns it on again."""
        turned_off = {"is_on": False, "off_reason": reason, "off_at": timezone.now(), "next_try_at": None}
        self.mine.filter(is_on=True).update(**turned_off)
        Resend.objects.filter(endpoint=endpoint).delete()
        words = Endpoint.Off(reason).name
        logger.error("The webhook %r was turned off (%s); the desk says more, and turns it on", endpoint.name, words)

    # Notes

    def _note(self, endpoint: Endpoint, attempt: dict[str, Any] | None = None, **values: Any) -> None:
        """Note how far it has come, if that is still where it was begun: somebody may have moved it, or taken it."""
        with transaction.atomic():
            still = self.mine.filter(after=endpoint.after, mark=endpoint.mark)
            is_noted = still.update(claimed_until=timezone.now() + CLAIM, **values)
            if attempt:
                note(attempt)
        if not is_noted:
            raise Lost
        for name, value in values.items():
            setattr(endpoint, name, value)

    def _extend(self, endpoint: Endpoint) -> None:
        self._note(endpoint)


def next_piece(endpoint: Endpoint, most: int, go_on: Callable[[], None]) -> Piece:
    """What an endpoint is to be told of next. Of one that is narrowed each change is looked up, some at a time."""
    newest = Edition.objects.values_list("number", flat=True).get(pk=1)
    rows = Change.objects.filter(events.asked_for(endpoint), edition__gt=endpoint.after).order_by("edition")
    changes = list(rows.filter(edition__lte=newest)[:most])
    until = changes[-1].edition if len(changes) == most else max(newest, endpoint.after)
    if not endpoint.only:
        return Piece(changes, until)
    concerning: list[Change] = []
    for start in range(0, len(changes), LOOKED_UP_AT_ONCE):
        go_on()  # an import's take longer than a claim holds, which somebody else would take over, and begin anew
        concerning += events.concerning(endpoint, changes[start : start + LOOKED_UP_AT_ONCE])
    return Piece(concerning, until)


def ask(receiver: Receiver, endpoint: Endpoint, call: Call) -> Outcome:
    """Make one request. No transaction is open, and nothing of the database is held."""
    began = time.monotonic()
    try:
        answer = outbound.fetch(
            call.url,
            method=call.method,
            body=call.body,
            headers=call.headers,
            seconds=SECONDS,
            max_bytes=ANSWER_BYTES,
            is_told=True,
        )
    except outbound.Refused as refused:
        return Outcome(False, None, "", str(refused)[:300], 0, time.monotonic() - began)
    seconds = time.monotonic() - began
    words = without_secrets(endpoint, answer.body.decode(errors="replace"))
    retry_after = seconds_in(answer.headers.get("retry-after", ""))
    return Outcome(receiver.is_taken(answer), answer.status, words, "", retry_after, seconds)


def without_secrets(endpoint: Endpoint, text: str) -> str:
    """The beginning of an answer, in one line; an echo in it does not tell what only the two of us know."""
    for sealed in (endpoint.secret, endpoint.former_secret, endpoint.token):
        secret = seals.opened(sealed)
        for part in (secret, secret.removeprefix(seals.PREFIX)):
            text = text.replace(part, "•••") if part else text
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:SHOWN_OF_ANSWER].strip()


def seconds_in(retry_after: str) -> float:
    """How long a Retry-After wants us to wait: a number of seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 0
    if moment.tzinfo is None:
        return 0
    return max(0.0, (moment - timezone.now()).total_seconds())


def noted(endpoint: Endpoint, batch: Batch, call: Call, outcome: Outcome, number: int) -> dict[str, Any]:
    """The line of the log for a request, or for the last of several that belong together."""
    editions = [change.edition for change in batch.changes]
    return {
        "endpoint": endpoint,
        "at": timezone.now(),
        "message": call.message,
        "what": what_of(batch.changes),
        "first_edition": min(editions, default=None),
        "last_edition": max(editions, default=None),
        "changes": len(editions),
        "number": number,
        "seconds": outcome.seconds,
        "is_taken": outcome.is_taken,
        "status": outcome.status,
        "answer": outcome.answer,
        "problem": outcome.problem,
    }


def what_of(changes: Sequence[Change]) -> str:
    if not changes:
        return events.TEST
    return events.type_of(changes[0]) if len(changes) == 1 else ""


def note(attempt: dict[str, Any]) -> None:
    row = Attempt.objects.create(**attempt)
    if row.pk % PRUNED_EVERY == 0:
        for endpoint in Endpoint.objects.values_list("pk", flat=True):  # another may never write such a line itself
            of_endpoint = Attempt.objects.filter(endpoint=endpoint).order_by("-pk")
            oldest = of_endpoint.values_list("pk", flat=True)[KEPT_ATTEMPTS : KEPT_ATTEMPTS + 1].first()
            if oldest:
                of_endpoint.filter(pk__lte=oldest).delete()


def moment_after(edition: int) -> datetime | None:
    """When the oldest change behind an edition was."""
    return Change.objects.filter(edition__gt=edition).order_by("edition").values_list("at", flat=True).first()
