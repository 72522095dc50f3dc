"""Making both indexes of what is there already: after an upgrade in the background, or at once by a command.

How far it has come stands in the database, and each part is a transaction of its own: any number of processes share the
work, and one that is killed is gone on from. Meanwhile everything that is published is indexed as always.
"""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from cms.publishing import kinds, press
from cms.publishing.models import Publication
from cms.search import desk, indexing
from cms.search.models import Build


class Step(NamedTuple):
    """One kind in one index: its rows, in the order of their keys, and what is done with some of them."""

    rows: QuerySet[Any]
    work: Callable[[list[Any]], Any]


def steps() -> Iterator[Step]:
    for serializer in kinds.publishable():
        live = Publication.objects.filter(kind=serializer.Meta.kind, place__isnull=False)
        yield Step(live, indexing.index_publications)
    for shared in kinds.shared():
        yield Step(shared.Meta.model.objects.all(), partial(indexing.index_shared, shared.Meta.kind))
    for kind in (*kinds.publishable(), *kinds.shared()):
        yield Step(kind.Meta.model._default_manager.all(), partial(desk.index, kind.Meta.kind))


def begin_anew() -> None:
    """Have all of it made again."""
    Build.objects.update_or_create(pk=1, defaults={"step": 0, "after": "", "is_complete": False})


def go_on(at_once: int = indexing.BATCH) -> bool:
    """Make the next part. Answers whether there may be more."""
    if not Build.objects.filter(is_complete=False).exists():
        return False
    with press.printing():  # what is published meanwhile waits, so that no older text is written over a newer
        build = Build.objects.filter(is_complete=False).first()
        if build is None:
            return False
        todo = list(steps())
        if build.step >= len(todo):
            indexing.forget_gone()
            build.is_complete = True
            build.save()
            _tidy()
            return False
        keys = _next(todo[build.step], build.after, at_once)
        if keys:
            todo[build.step].work(keys)
            build.after = str(keys[-1])
        if len(keys) < at_once:
            build.step, build.after = build.step + 1, ""
        build.save()
    return True


def _next(step: Step, after: str, at_once: int) -> list[Any]:
    rows = step.rows.order_by("pk")
    if after:
        rows = rows.filter(pk__gt=uuid.UUID(after) if "-" in after else int(after))
    return list(rows.values_list("pk", flat=True)[:at_once])


def _tidy() -> None:
    """Let the database lay the indexes out for reading."""
    with connection.cursor() as cursor:
        for table in ("search_entry", "search_deskentry"):
            if connection.vendor == "sqlite":
                cursor.execute(f"INSERT INTO {table}_words({table}_words) VALUES ('optimize')")  # noqa: S608 - ours
            else:
                cursor.execute(f"ANALYZE {table}")
