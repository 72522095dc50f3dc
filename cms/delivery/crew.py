"""The threads that tell endpoints, one each, so that nobody waits for a slow one. They work beside the background's."""

import logging
import threading

from django.db import connections
from django.db.models import F
from django.utils import timezone

from cms import background
from cms.delivery import sending
from cms.delivery.models import Endpoint

logger = logging.getLogger(__name__)

MOST = 16  # threads in this process; those for whom there is none wait until one is done
TURN = 60.0  # seconds after which one that has more to be told lets those go first who wait
LONGEST = 30.0  # seconds that a process which is told to stop waits for them

_at_work: dict[int, threading.Thread] = {}
_lock = threading.Lock()
_stop = threading.Event()


def hire() -> bool:
    """Give each endpoint that is to be told something a thread of its own. They go on by themselves."""
    _stop.clear()
    with _lock:
        free = MOST - len(_at_work)
        waited_longest = F("told_at").asc(nulls_first=True)
        due = Endpoint.objects.due(timezone.now()).exclude(pk__in=list(_at_work)).order_by(waited_longest, "pk")
        for pk in due.values_list("pk", flat=True)[: max(0, free)]:
            thread = threading.Thread(target=_tell, args=[pk], name=f"webhook {pk}", daemon=True)
            _at_work[pk] = thread
            thread.start()
    return False


def _tell(pk: int) -> None:
    try:
        sending.tell(pk, _stop, TURN)
        _leave(pk)
        background.wake()  # for those who wait for a thread
    except Exception:  # whatever is wrong (the database, say), the claim ends, and it is tried again at the next look
        logger.exception("Webhook %s cannot be told", pk)
        _leave(pk)


def _leave(pk: int) -> None:
    connections.close_all()
    with _lock:
        _at_work.pop(pk, None)


def wait(is_stopping: bool = False) -> None:
    """Until no thread is at work; where the process stops, each ends with what it is sending."""
    if is_stopping:
        _stop.set()
    for thread in list(_at_work.values()):
        thread.join(LONGEST)
