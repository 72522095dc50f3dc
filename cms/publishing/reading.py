"""Reading: what readers' requests see of the press. It reads publications, and fills in JSON that was thrown away."""

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import InternalError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cms.database import patience
from cms.publishing import newest, press, rendering
from cms.publishing.models import Publication

logger = logging.getLogger(__name__)

TRIES = 5
Shown = tuple[str, datetime | None]  # JSON, and when something in it ends
REST = timedelta(seconds=1)  # until what could not be done is tried again: it takes a lock, and a reader's time

_not_done: tuple[newest.Newest, datetime] | None = None  # after which edition, and when


class Moment(NamedTuple):
    """What a request reads by: which edition, at what time, and when the next change falls due."""

    edition: int
    at: datetime
    next_change_at: datetime | None
    is_current: bool  # False: something is due that could not be done, so stored JSON may show too much
    changed: uuid.UUID | None = None  # what it changed, as one of this number need not after a backup is restored
    also_shown: str = ""  # the fingerprint of another release whose JSON is shown as it is


def now() -> Moment:
    """The edition of this moment. The first request after something fell due has it done."""
    at = timezone.now()
    latest = newest.ask()
    is_current = True
    if latest.next_change_at and latest.next_change_at <= at and (is_current := _release_due(latest, at)):
        latest = newest.ask()
    also_shown = rendering.shown_as_it_is(latest.release) if is_current else ""
    return Moment(latest.edition, at, latest.next_change_at, is_current, latest.changed, also_shown)


def _release_due(latest: newest.Newest, at: datetime) -> bool:
    """Do what fell due; False: it could not be done just now. Readers who come within a second do not try it again."""
    global _not_done
    if _not_done and _not_done[0] == latest and abs(at - _not_done[1]) < REST:
        return False
    try:
        with briefly(), press.printing():
            return True
    except (OperationalError, InternalError):
        logger.warning("Something fell due, but the database is busy or read-only; trying again in a second")
    except Exception:  # whatever is wrong with it, readers get what is live
        logger.exception("What fell due could not be done; trying again in a second")
    _not_done = latest, at
    return False


def is_stale(made_by: str, shows_until: datetime | None, moment: Moment) -> bool:
    """Whether kept JSON is not to be shown: made by an older release, or with something in it that has ended."""
    is_ours = made_by == rendering.fingerprint() or bool(made_by and made_by == moment.also_shown)
    return not is_ours or not moment.is_current or bool(shows_until and shows_until <= moment.at)


Filling = Callable[[Iterable[int], Moment], dict[int, Publication]]


@contextmanager
def briefly() -> Iterator[None]:
    """Wait a quarter of a second for a lock, not longer: a reader is waiting."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with patience.waiting_at_most(0):  # besides the quarter of a second that SQLite waits by itself
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            # For this transaction alone: behind a pooler the next one is somebody else's.
            cursor.execute("SET LOCAL lock_timeout = '250ms'")
            yield


def fill(pks: Iterable[int], moment: Moment, *, waits: bool = False) -> dict[int, Publication]:
    """Publications with their JSON made anew, and kept for the next reader where nobody is in the way."""
    visible = (
        Publication.objects.visible(moment.at)
        .filter(pk__in=list(pks))
        .select_related("version")
        .defer("card", "document")
    )
    publications = list(visible.order_by("pk"))
    shown = rendering.render(publications, moment.at)
    if waits:
        with transaction.atomic():
            rendering.keep(publications, shown, moment.edition, waits=True)
    elif moment.is_current:
        try:
            with briefly(), transaction.atomic():
                rendering.keep(publications, shown, moment.edition)
        except (OperationalError, InternalError):
            logger.info("Rendered %d documents that could not be kept, the database being busy", len(publications))
    return {publication.pk: publication for publication in publications}


def cards(rows: Iterable[tuple], moment: Moment, fill_in: Filling | None = None) -> dict[int, Shown]:
    """What lists show of publications, by primary key. What went away just now, or cannot be shown, is left out.

    A row begins with the primary key, the key, what made the JSON, when something in it ends, and the JSON itself,
    which is made anew where it was thrown away.
    """
    missing = {row[0] for row in rows if is_stale(row[2], row[3], moment)}
    filled = (fill_in or fill)(missing, moment) if missing else {}
    shown: dict[int, Shown] = {}
    for pk, _key, _made_by, ends_at, card, *_others in rows:
        if pk in filled:
            card, ends_at = filled[pk].card, filled[pk].shows_until
        elif pk in missing:
            continue  # it went away just now
        if card:  # else it cannot be shown, which is in the log
            shown[pk] = card, ends_at
    return shown


def fill_surely(pks: Iterable[int], moment: Moment) -> dict[int, Publication]:
    """The same, and kept for sure, with what each shows through others: it waits for the press where it must.

    Whoever follows what changes is told of an item again only if it is known, when something changes, what shows it.
    """
    filled: dict[int, Publication] = {}
    for _ in range(TRIES):
        filled |= fill(pks, moment, waits=True)
        missing = Publication.objects.filter(pk__in=list(filled), place__isnull=False, rendering="")
        pks = list(missing.values_list("pk", flat=True))
        if not pks:
            return filled
        moment = now()  # what they show was changed just now
    raise OperationalError("What has changed goes on changing.")


def render_missing(batch: int = 200) -> int:
    """Make all JSON that is missing or was made otherwise. Returns how many publications."""
    rendering.take_over()
    made = 0
    after = 0
    while True:
        live = Publication.objects.filter(place__isnull=False, pk__gt=after).exclude(rendering=rendering.fingerprint())
        pks = list(live.order_by("pk").values_list("pk", flat=True)[:batch])
        if not pks:
            return made
        fill(pks, now())
        made += len(pks)
        after = pks[-1]


def unrenderable() -> QuerySet[Publication]:
    """What is live and could not be rendered; readers go without it until it is mended and published anew."""
    made = Publication.objects.filter(place__isnull=False, rendering=rendering.fingerprint(), card="")
    return made.defer("card", "document").order_by("pk")


def clear_all() -> int:
    """Throw away all rendered JSON."""
    return Publication.objects.exclude(rendering="").update(card="", document="", rendering="", shows_until=None)
