"""Wrong passwords and codes are tried slowly: after some of them, each one more waits longer than the one before.

What is counted, and why so. An editor who mistypes at seven in the morning must be let in before the news is old, so no
wait is longer than five minutes, none grows while one waits, and an hour without a try forgets all. Somebody who
guesses must not be able to keep another out, so an account is never locked: what is slowed down is

- a browser that has logged in to this account before, by itself. It holds a signed cookie, and what others try with the
  account does not concern it. This is how an editor gets in while their account is under attack;
- an account from one address, after five tries: the guesser waits, and the account's owner elsewhere does not;
- an address over all accounts, later: one password tried with many accounts. A newsroom has one address for all of its
  people, who have their cookies. Where no proxy is named and all may seem to come from one address, it is left out;
- an account over all addresses, later still and never longer than a minute: a thousand machines with one account.
  A code has but a million values, so that here it is sooner, and longer.

A try is counted before the password is looked at and taken back when it was right: a thousand sent at once get no more
than their share. While somebody waits, no password is hashed and nothing is written. Names that nobody has are counted
and answered like any other. Counts are rows of the database, the one thing that all processes share in every set-up.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from cms.access.addresses import address_of, may_be_a_proxys, network_of
from cms.access.models import Tries

logger = logging.getLogger(__name__)

FIRST_WAIT = 10  # seconds
LONGEST_WAIT = 300
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """After how many tries a wait begins, and how long it may become."""

    limit: int
    longest: int = LONGEST_WAIT
    is_own: bool = False  # whether a success forgets all of it


OWN_BROWSER = Rule(5, is_own=True)
ACCOUNT_AT_ADDRESS = Rule(5, is_own=True)
ADDRESS = Rule(30)
ACCOUNT = {"password": Rule(60, longest=60), "code": Rule(10)}


class Waiting(Exception):
    """That somebody is to wait before the next try."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        super().__init__(in_words(seconds))


@dataclass
class Attempt:
    """One try, counted as wrong until it succeeds."""

    names: dict[str, Rule]
    seconds: int = 0  # to wait before the next one, if this one is wrong

    def succeed(self) -> None:
        own = [name for name, rule in self.names.items() if rule.is_own]
        shared = [name for name, rule in self.names.items() if not rule.is_own]
        with transaction.atomic():
            Tries.objects.filter(name__in=own).delete()
            # A wait that began stays: who has one account must not end it for their guesses at others.
            Tries.objects.filter(name__in=shared, number__gt=0).update(number=F("number") - 1)


def begin(request: HttpRequest, what: str, username: str, browser: str = "") -> Attempt:
    """Count a try of a password or a code, or raise Waiting. `browser` is the token of one that is known."""
    address = network_of(address_of(request))
    if browser:
        names = {_name(what, "browser", username, browser): OWN_BROWSER}
    else:
        names = {
            _name(what, "account at address", username, address): ACCOUNT_AT_ADDRESS,
            _name(what, "account", username): ACCOUNT[what],
        }
        if not may_be_a_proxys(address):
            names[_name("any", "address", address)] = ADDRESS
    _refuse(Tries.objects.filter(name__in=names), timezone.now())  # waits are read, and cost no lock
    with transaction.atomic():
        now = timezone.now()
        _forget(now)
        Tries.objects.bulk_create([Tries(name=name, last_at=now) for name in sorted(names)], ignore_conflicts=True)
        rows = list(Tries.objects.select_for_update().filter(name__in=names).order_by("name"))
        _refuse(rows, now)
        attempt = Attempt(names)
        for row in rows:
            row.number = row.number + 1 if row.last_at > now - FORGOTTEN_AFTER else 1
            row.last_at = now
            over, rule = row.number - names[row.name].limit, names[row.name]
            if over >= 0:
                seconds = min(FIRST_WAIT * 2 ** min(over, 10), rule.longest)
                row.waits_until = now + timedelta(seconds=seconds)
                attempt.seconds = max(attempt.seconds, seconds)
        Tries.objects.bulk_update(rows, ["number", "last_at", "waits_until"])
    return attempt


def note_failure(request: HttpRequest, what: str, username: str, seconds: int) -> None:
    """A line for operators. A name that is no account's is not written down: it may be a password."""
    is_account = get_user_model().objects.filter(username=username).exists()
    logger.warning(
        "Wrong %s for %s from %s; the next try in %s seconds",
        what,
        repr(username) if is_account else "a name that no account has",
        address_of(request) or "an unknown address",
        seconds,
    )


def in_words(seconds: int) -> str:
    """How long a wait is."""
    if seconds < 60:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


def _refuse(rows, now: datetime) -> None:
    ends = [row.waits_until for row in rows if row.waits_until and row.waits_until > now]
    if ends:
        raise Waiting(max(1, -(-int((max(ends) - now).total_seconds() * 1000) // 1000)))


def _forget(now: datetime) -> None:
    old = Tries.objects.filter(last_at__lt=now - FORGOTTEN_AFTER)
    if connection.features.has_select_for_update_skip_locked:
        old = Tries.objects.filter(pk__in=list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)))
    old.delete()


def _name(*parts: str) -> str:
    keyed = salted_hmac("cms.access.slowdown", "\x00".join(parts), algorithm="sha256", secret=settings.SECRET_KEY)
    return hashlib.sha256(keyed.digest()).hexdigest()
