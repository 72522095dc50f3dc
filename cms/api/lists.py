"""Pages of publications: from a plan to the rows of one page, each by a range of an index."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from cms.api.filters import Plan
from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Publication, Reference
from cms.publishing.reading import Moment

COLUMNS = ["pk", "rendering", "shows_until", "card"]  # and that of the order: a row's moments are dear to read
OF_MENTION = ["publication_id", "publication__rendering", "publication__shows_until", "publication__card"]
MOST_SUBQUERIES = 30


class Range(NamedTuple):
    """A stretch of one order: from behind a position, at most so many."""

    column: str  # published_at, updated_at or place
    is_descending: bool
    limit: int
    behind: tuple[Any, int] | None = None  # the column's value and the primary key of the last row seen
    first_place: int | None = None  # exclusive
    last_place: int | None = None  # inclusive
    offset: int = 0

    def after_position(self, key: str) -> list:
        if self.behind is None:
            return []
        compare, bound = (TupleLessThan, "lte") if self.is_descending else (TupleGreaterThan, "gte")
        # The bound says nothing new, but SQLite sees by it where in the index to begin.
        return [Q(**{f"{self.column}__{bound}": self.behind[0]}), compare(Tuple(self.column, key), self.behind)]

    def order(self, key: str) -> list[str]:
        sign = "-" if self.is_descending else ""
        return [f"{sign}{self.column}", f"{sign}{key}"]


def matching(plan: Plan, at: datetime) -> QuerySet:
    """All publications that a plan finds, in no order."""
    rows = Publication.objects.visible(at)
    if plan.kinds is not None:
        rows = rows.filter(kind__in=plan.kinds) if len(plan.kinds) > 1 else rows.filter(kind=plan.kinds[0])
    rows = rows.filter(plan.conditions)
    for kind, keys in plan.required:
        rows = rows.filter(_mentions("pk", kind, keys))
    for kind, keys in plan.excluded:
        if keys:
            rows = rows.filter(~_mentions("pk", kind, keys))
    return rows


def page(plan: Plan, moment: Moment, stretch: Range) -> list[tuple]:
    """The rows of one page, as COLUMNS and where each stands."""
    if any(not keys for _, keys in plan.required):
        return []
    values: list = []
    wanted = None if plan.kinds is None else tuple(plan.kinds)
    where = statements.take_out((plan.required, plan.excluded, plan.conditions), values)
    at, behind, first_place, last_place = statements.take_out(
        (moment.at, stretch.behind, stretch.first_place, stretch.last_place), values
    )
    asked = Plan(wanted, *where)
    within = Range(
        stretch.column, stretch.is_descending, stretch.limit, behind, first_place, last_place, stretch.offset
    )
    shape = (wanted, where, *within)
    return statements.rows(shape, values, lambda: _page(asked, at, within))


def _page(plan: Plan, at: datetime, stretch: Range) -> QuerySet:
    first, last = stretch.offset, stretch.offset + stretch.limit
    if stretch.column == "place" or _subqueries(plan) > MOST_SUBQUERIES:
        rows = _in_order(matching(plan, at), stretch)
    elif plan.required:
        ranges = _mentioning(plan, at, stretch)
        if len(ranges) == 1:
            return ranges[0].values_list(*OF_MENTION, stretch.column)[first:last]
        rows = _first_of([mentions.values("publication_id")[:last] for mentions in ranges], stretch)
    elif plan.kinds is not None and len(plan.kinds) > 1:
        ranges = [_in_order(matching(replace(plan, kinds=[kind]), at), stretch) for kind in plan.kinds]
        rows = _first_of([found.values("pk")[:last] for found in ranges], stretch)
    else:
        rows = _in_order(matching(plan, at), stretch)
        if first:  # what is passed over is read in the index alone
            rows = Publication.objects.filter(pk__in=rows.values("pk")[first:last]).order_by(*stretch.order("id"))
            first, last = 0, stretch.limit
    return rows.values_list(*COLUMNS, stretch.column)[first:last]


def _subqueries(plan: Plan) -> int:
    """How many it takes to look through mentions. So many values that a statement of them would choke a database are
    looked for along the order instead, where they are not likely to be rare."""
    wanted = len(plan.kinds or kinds.publishable())
    keys = len(min(plan.required, key=_rarity)[1]) if plan.required else 1
    return wanted * keys * (len(plan.required) + len(plan.excluded))


def _rarity(required: tuple[str, set]) -> tuple[int, int, str]:
    """What to look through first when several things are asked for: the least, the rarest."""
    kind, keys = required
    return kinds.rank(kind), len(keys), kind


def _in_order(rows: QuerySet, stretch: Range) -> QuerySet:
    return _within(rows, stretch).filter(*stretch.after_position("id")).order_by(*stretch.order("id"))


def _first_of(ranges: list[QuerySet], stretch: Range) -> QuerySet:
    """What stands first in any of these, each the keys of one range of an index.

    One range for all would be sorted whole by SQLite; conditions joined by OR make PostgreSQL read the whole archive.
    """
    first, *others = (Publication.objects.filter(pk__in=keys).values("pk") for keys in ranges)
    return Publication.objects.filter(pk__in=first.union(*others)).order_by(*stretch.order("id"))


def _within(rows: QuerySet, stretch: Range, prefix: str = "") -> QuerySet:
    if stretch.first_place is not None:
        rows = rows.filter(**{f"{prefix}place__gt": stretch.first_place})
    if stretch.last_place is not None and stretch.column == "place":
        rows = rows.filter(**{f"{prefix}place__lte": stretch.last_place})
    elif stretch.last_place is not None:
        # Said the other way round, or SQLite takes the index of places and sorts the archive.
        rows = rows.filter(~Q(**{f"{prefix}place__gt": stretch.last_place}))
    return rows


def _mentions(owner: str, kind: str, keys: set) -> Exists:
    return Exists(Reference.objects.filter(publication=OuterRef(owner), kind=kind, key__in=keys, is_direct=True))


def _mentioning(plan: Plan, at: datetime, stretch: Range) -> list[QuerySet]:
    """The mentions of the rarest thing asked for, in order: a range of an index for each of them and each kind."""
    (kind, keys), *others = sorted(plan.required, key=_rarity)
    wanted = plan.kinds or [serializer.Meta.kind for serializer in kinds.publishable()]
    ranges = []
    for key in keys:
        for publication_kind in wanted:
            mentions = Reference.objects.filter(
                Q(publication__live_until=None) | Q(publication__live_until__gt=at),
                *stretch.after_position("publication_id"),
                _through_publication(plan.conditions),
                kind=kind,
                key=key,
                publication_kind=publication_kind,
                is_direct=True,
                publication__place__isnull=False,
            )
            mentions = _within(mentions, stretch, "publication__")
            for other_kind, other_keys in others:
                mentions = mentions.filter(_mentions("publication", other_kind, other_keys))
            for other_kind, other_keys in plan.excluded:
                if other_keys:
                    mentions = mentions.filter(~_mentions("publication", other_kind, other_keys))
            ranges.append(mentions.order_by(*stretch.order("publication_id")))
    return ranges


def _through_publication(conditions: Q) -> Q:
    """Conditions on a publication's columns, asked of a mention of it; its dates stand in the mention itself."""
    moved = Q(_connector=conditions.connector, _negated=conditions.negated)
    for child in conditions.children:
        if isinstance(child, Q):
            moved.children.append(_through_publication(child))
        else:
            name, value = child
            own = name.split("__")[0] in {"published_at", "updated_at"}
            moved.children.append((name if own else f"publication__{name}", value))
    return moved


def position(row: tuple) -> tuple[datetime | int, int]:
    """Where a row of a page stands in its order."""
    return row[-1], row[0]
