"""Pages of publications: from filters to the rows of one page, each by a range of an index."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self, cast

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Address, Publication, Reference
from cms.publishing.reading import Moment
from cms.text import spelling

COLUMNS = ["pk", "key", "rendering", "shows_until", "card"]  # and that of the order: a row's moments are dear to read
OF_MENTION = ["publication_id", *(f"publication__{name}" for name in COLUMNS[1:])]
MOST_SUBQUERIES = 30
MAX_REQUIREMENTS = 10  # things that must, or must not, be mentioned: PostgreSQL plans many of them for minutes

Mention = tuple[str, frozenset[uuid.UUID]]  # a kind or a facet, and any of these of it


class Filters(NamedTuple):
    """What a list of publications is to find, and in which order.

    To a filter backend it is what a QuerySet is to those of other projects: each method hands back another one. The
    SQL is made of the whole, at the end, since the way through the indexes depends on all of it.
    """

    kinds: tuple[str, ...] | None = None
    required: tuple[Mention, ...] = ()  # mentions one of each
    excluded: tuple[Mention, ...] = ()  # mentions none of any
    conditions: Q = Q()
    # Slugs still to be looked up, all in one query: (kind, slugs, whether required)
    named: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    ordering: str = "-published_at"
    changed_after: int | None = None  # an edition: in the order of what changed them, whatever order is said

    def of_kinds(self, kinds: Sequence[str]) -> Self:
        return self._replace(kinds=tuple(kinds))

    def filter(self, *conditions: Q) -> Self:
        """Conditions on columns of the publication itself."""
        both = self.conditions
        for condition in conditions:
            both &= condition
        return self._replace(conditions=both)

    def requiring(self, kind: str, keys: Iterable[uuid.UUID]) -> Self:
        return self._replace(required=(*self.required, (kind, frozenset(keys))))

    def excluding(self, kind: str, keys: Iterable[uuid.UUID]) -> Self:
        return self._replace(excluded=(*self.excluded, (kind, frozenset(keys))))

    def naming(self, kind: str, slugs: Iterable[str], *, is_required: bool) -> Self:
        """What these slugs name is to be mentioned, or not."""
        return self._replace(named=(*self.named, (kind, tuple(slugs), is_required)))

    def order_by(self, ordering: str) -> Self:
        return self if ordering == self.ordering else self._replace(ordering=ordering)

    @property
    def requirements(self) -> int:
        return len(self.named) + len(self.required) + len(self.excluded)

    def looked_up(self, at: datetime) -> Self:
        """With what the slugs name, those of former days too. An unknown one finds nothing.

        Nor does that of an item which readers do not see at this moment: it is as if it were not there.
        """
        if not self.named:
            return self
        wanted = {kind for kind, _, _ in self.named}
        published = tuple(sorted(kind for kind in wanted if kinds.named(kind).is_publishable))
        slugs = {spelt for _, names, _ in self.named for slug in names for spelt in spelling.spellings(slug)}
        values: list = []
        of_kinds, spelt_so = statements.take_out((wanted, slugs), values, texts=True)
        seen_at = statements.take_out(at, values) if published else None
        shape = ("addresses", of_kinds, spelt_so, published)
        addresses = statements.rows(shape, values, lambda: _addresses(of_kinds, spelt_so, published, seen_at))
        keys = {(kind, slug): key for kind, slug, key in addresses}
        required, excluded = list(self.required), list(self.excluded)
        for kind, names, is_required in self.named:
            owners = ([keys.get((kind, spelt)) for spelt in spelling.spellings(slug)] for slug in names)
            mention = (kind, frozenset(key for each in owners if (key := next(filter(None, each), None))))
            mentions = required if is_required else excluded
            if mention not in mentions:
                mentions.append(mention)
        return self._replace(required=tuple(required), excluded=tuple(excluded), named=())


def _addresses(wanted: Iterable[str], slugs: Iterable[str], published: Sequence[str], at: Any) -> QuerySet:
    rows = Address.objects.filter(kind__in=wanted, slug__in=slugs)
    if published:
        seen = Publication.objects.visible(at).filter(kind=OuterRef("kind"), key=OuterRef("key"))
        rows = rows.filter(~Q(kind__in=published) | Exists(seen))
    return rows.values_list("kind", "slug", "key")


class Page(NamedTuple):
    """A stretch of one order: from behind a position, at most so many."""

    column: str  # published_at, updated_at, place or edition
    is_descending: bool
    limit: int
    behind: tuple[Any, int] | None = None  # the column's value and the primary key of the last row seen
    first_place: int | None = None  # exclusive
    last_place: int | None = None  # inclusive
    offset: int = 0
    changed_after: int | None = None  # exclusive

    def after_position(self, key: str) -> list:
        if self.behind is None:
            return []
        compare, bound = (TupleLessThan, "lte") if self.is_descending else (TupleGreaterThan, "gte")
        # The bound says nothing new, but SQLite sees by it where in the index to begin.
        return [Q(**{f"{self.column}__{bound}": self.behind[0]}), compare(Tuple(self.column, key), self.behind)]

    def order(self, key: str) -> list[str]:
        sign = "-" if self.is_descending else ""
        return [f"{sign}{self.column}", f"{sign}{key}"]


def matching(filters: Filters, at: datetime) -> QuerySet:
    """All publications that these find, in no order."""
    rows = Publication.objects.visible(at)
    if filters.kinds is not None:
        rows = rows.filter(kind__in=filters.kinds) if len(filters.kinds) > 1 else rows.filter(kind=filters.kinds[0])
    rows = rows.filter(filters.conditions)
    if filters.changed_after is not None:
        rows = rows.filter(edition__gt=filters.changed_after)
    for kind, keys in filters.required:
        rows = rows.filter(_mentions("pk", kind, keys))
    for kind, keys in filters.excluded:
        if keys:
            rows = rows.filter(~_mentions("pk", kind, keys))
    return rows


def rows_of(filters: Filters, moment: Moment, page: Page) -> list[tuple]:
    """The rows of one page, as COLUMNS and where each stands."""
    if any(not keys for _, keys in filters.required):
        return []
    values: list = []
    where = statements.take_out((filters.required, filters.excluded, filters.conditions), values)
    at, behind, first_place, last_place, changed_after = statements.take_out(
        (moment.at, page.behind, page.first_place, page.last_place, page.changed_after), values
    )
    asked = Filters(filters.kinds, *where)
    within = Page(
        page.column, page.is_descending, page.limit, behind, first_place, last_place, page.offset, changed_after
    )
    shape = (filters.kinds, where, *within)
    return statements.rows(shape, values, lambda: _rows(asked, at, within))


def _rows(filters: Filters, at: datetime, page: Page) -> QuerySet:
    first, last = page.offset, page.offset + page.limit
    if page.column in {"place", "edition"} or _subqueries(filters) > MOST_SUBQUERIES:
        rows = _in_order(matching(filters, at), page)
    elif filters.required:
        ranges = _mentioning(filters, at, page)
        if len(ranges) == 1:
            return ranges[0].values_list(*OF_MENTION, page.column)[first:last]
        rows = _first_of([mentions.values("publication_id")[:last] for mentions in ranges], page)
    elif filters.kinds is not None and len(filters.kinds) > 1:
        ranges = [_in_order(matching(filters._replace(kinds=(kind,)), at), page) for kind in filters.kinds]
        rows = _first_of([each.values("pk")[:last] for each in ranges], page)
    else:
        rows = _in_order(matching(filters, at), page)
        if first:  # what is passed over is read in the index alone
            rows = Publication.objects.filter(pk__in=rows.values("pk")[first:last]).order_by(*page.order("id"))
            first, last = 0, page.limit
    return rows.values_list(*COLUMNS, page.column)[first:last]


def _subqueries(filters: Filters) -> int:
    """How many it takes to look through mentions. So many values that a statement of them would choke a database are
    looked for along the order instead, where they are not likely to be rare."""
    wanted = len(filters.kinds or kinds.publishable())
    keys = len(min(filters.required, key=_rarity)[1]) if filters.required else 1
    return wanted * keys * (len(filters.required) + len(filters.excluded))


def _rarity(required: Mention) -> tuple[int, int, str]:
    """What to look through first when several things are asked for: the least, the rarest."""
    kind, keys = required
    return kinds.rank(kind), len(keys), kind


def _in_order(rows: QuerySet, page: Page) -> QuerySet:
    return _within(rows, page).filter(*page.after_position("id")).order_by(*page.order("id"))


def _first_of(ranges: list[QuerySet], page: Page) -> QuerySet:
    """What stands first in any of these, each the keys of one range of an index.

    One range for all would be sorted whole by SQLite; conditions joined by OR make PostgreSQL read the whole archive.
    """
    first, *others = (Publication.objects.filter(pk__in=keys).values("pk") for keys in ranges)
    return Publication.objects.filter(pk__in=first.union(*others)).order_by(*page.order("id"))


def _within(rows: QuerySet, page: Page, prefix: str = "") -> QuerySet:
    if page.first_place is not None:
        rows = rows.filter(**{f"{prefix}place__gt": page.first_place})
    if page.changed_after is not None:
        rows = rows.filter(**{f"{prefix}edition__gt": page.changed_after})
    if page.last_place is not None and page.column == "place":
        rows = rows.filter(**{f"{prefix}place__lte": page.last_place})
    elif page.last_place is not None:
        # Said the other way round, or SQLite takes the index of places and sorts the archive.
        rows = rows.filter(~Q(**{f"{prefix}place__gt": page.last_place}))
    return rows


def _mentions(owner: str, kind: str, keys: frozenset) -> Exists:
    return Exists(Reference.objects.filter(publication=OuterRef(owner), kind=kind, key__in=keys, is_direct=True))


def _mentioning(filters: Filters, at: datetime, page: Page) -> list[QuerySet]:
    """The mentions of the rarest thing asked for, in order: a range of an index for each of them and each kind."""
    (kind, keys), *others = sorted(filters.required, key=_rarity)
    wanted = filters.kinds or [serializer.Meta.kind for serializer in kinds.publishable()]
    ranges = []
    for key in keys:
        for publication_kind in wanted:
            mentions = Reference.objects.filter(
                Q(publication__live_until=None) | Q(publication__live_until__gt=at),
                *page.after_position("publication_id"),
                _through_publication(filters.conditions),
                kind=kind,
                key=key,
                publication_kind=publication_kind,
                is_direct=True,
                publication__place__isnull=False,
            )
            mentions = _within(mentions, page, "publication__")
            for other_kind, other_keys in others:
                mentions = mentions.filter(_mentions("publication", other_kind, other_keys))
            for other_kind, other_keys in filters.excluded:
                if other_keys:
                    mentions = mentions.filter(~_mentions("publication", other_kind, other_keys))
            ranges.append(mentions.order_by(*page.order("publication_id")))
    return ranges


def _through_publication(conditions: Q) -> Q:
    """Conditions on a publication's columns, asked of a mention of it; its dates stand in the mention itself."""
    moved = Q(_connector=conditions.connector, _negated=conditions.negated)
    for child in conditions.children:
        if isinstance(child, Q):
            moved.children.append(_through_publication(child))
        else:
            name, value = cast(tuple[str, Any], child)
            own = name.split("__")[0] in {"published_at", "updated_at"}
            moved.children.append((name if own else f"publication__{name}", value))
    return moved


def position(row: tuple) -> tuple[datetime | int, int]:
    """Where a row of a page stands in its order."""
    return row[-1], row[0]
