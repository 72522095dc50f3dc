"""What the engine does in the background: what falls due, and readers' JSON that was thrown away."""

import logging
import time
from collections.abc import Iterable

from cms.publishing import reading
from cms.publishing.models import Publication

logger = logging.getLogger(__name__)

PUT_OFF = 60.0  # seconds until a document is tried again that could not be made
BATCH = 50

_refused: dict[int, float] = {}  # documents that could not be made, and when to try again


def release_due() -> bool:
    """Do what has fallen due. (A reader's request does that too; this is for when there is none.)"""
    reading.now()
    return False


def render_some() -> bool:
    """Make some of the readers' JSON that was thrown away."""
    now = time.monotonic()
    for pk in [pk for pk, until in _refused.items() if until <= now]:
        del _refused[pk]
    missing = Publication.objects.filter(place__isnull=False, rendering="").exclude(pk__in=list(_refused)[:1000])
    pks = list(missing.order_by("pk").values_list("pk", flat=True)[:BATCH])
    _render(pks)
    # Those that another wrote in the way of are still missing: they are for the next round, not for a busy loop.
    return bool(pks) and not missing.filter(pk__in=pks).exists()


def _render(pks: Iterable[int]) -> None:
    pks = list(pks)
    try:
        if pks:
            reading.fill(pks, reading.now())
    except Exception:
        if len(pks) > 1:
            for pk in pks:
                _render([pk])
            return
        logger.exception("Publication %s cannot be rendered; trying again in %d s", pks[0], PUT_OFF)
        _refused[pks[0]] = time.monotonic() + PUT_OFF
