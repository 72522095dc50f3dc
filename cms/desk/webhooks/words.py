"""Where an endpoint stands, and what came of what was sent to it, in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.delivery import events
from cms.delivery.models import Attempt, Endpoint
from cms.desk.moments import in_brief


class State(NamedTuple):
    """A state of which there is a colour, in words."""

    name: str
    words: str


class Row(NamedTuple):
    """A line of the log of attempts."""

    when: str
    what: str
    edition: int | None  # that can be sent once more
    state: State
    answer: str
    seconds: float
    number: int


def words_of(moment: datetime | None) -> str:
    return in_brief(moment) if moment else ""


def state_of(endpoint: Endpoint) -> State:
    if not endpoint.is_on and endpoint.off_reason:
        return State("withdrawn", _("Turned off: %(why)s") % {"why": endpoint.get_off_reason_display()})
    if not endpoint.is_on:
        return State("draft", _("Off"))
    if endpoint.tries:
        text = ngettext(
            "Not taken, tried once; next try: %(when)s",
            "Not taken, tried %(number)d times; next try: %(when)s",
            endpoint.tries,
        )
        return State("scheduled", text % {"number": endpoint.tries, "when": words_of(endpoint.next_try_at)})
    return State("live", _("On"))


def states_of(attempts: Iterable[Attempt]) -> list[Row]:
    return [
        Row(
            words_of(attempt.at),
            what_was_sent(attempt),
            attempt.first_edition if attempt.changes == 1 else None,
            outcome_of(attempt),
            attempt.answer,
            attempt.seconds,
            attempt.number,
        )
        for attempt in attempts
    ]


def what_was_sent(attempt: Attempt) -> str:
    if attempt.what == events.TEST:
        return _("Test")
    if attempt.what:
        return _("%(event)s, edition %(number)d") % {"event": attempt.what, "number": attempt.first_edition}
    values = {"number": attempt.changes, "first": attempt.first_edition, "last": attempt.last_edition}
    return _("%(number)d changes, editions %(first)d to %(last)d") % values


def outcome_of(attempt: Attempt) -> State:
    if attempt.is_taken:
        return State("live", _("taken (%(status)d)") % {"status": attempt.status})
    if attempt.status:
        return State("withdrawn", _("not taken (%(status)d)") % {"status": attempt.status})
    return State("withdrawn", attempt.problem)
