"""Pages of publications: from filters to the rows of one page, each by a range of an index."""

import operator
import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self, cast

from django.db.models import CharField, Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from cms.database import statements
from cms.publishing import kinds, reading
from cms.publishing.links import Thing
from cms.publishing.models import Address, Publication, Reference
from cms.publishing.reading import Moment
from cms.text import spelling


class Tag(Func):
    """What names a publication to a cache, made by the database: `caching.tag_of` of its id."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return super().as_sql(compiler, connection, template="substr(%(expressions)s, 1, 16)")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return super().as_sql(compiler, connection, template="left(replace(%(expressions)s::text, '-', ''), 16)")


# And that of the order. What is text is cheap to read, and moments are dear.
Column = str | Combinable
COLUMNS: list[Column] = ["pk", Tag("key"), "rendering", "shows_until", "card"]
OF_MENTION: list[Column] = [
    "publication_id",
    Tag("publication__key"),
    *(f"publication__{name}" for name in COLUMNS[2:]),
]
STEP = 16
GATHERED_FROM = ["pk", "rendering", "shows_until", "document"]
MOST_SUBQUERIES = 30
MOST_AT_ONCE = 200  # of them, in a statement for several lists: SQLite takes 500
MAX_REQUIREMENTS = 10  # things that must, or must not, be mentioned: PostgreSQL plans many of them for minutes

Mention = tuple[str, frozenset[uuid.UUID]]  # a kind or a facet, and any of these of it


class Filters(NamedTuple):
    """What a list of publications is to find, and in which order.

    To a filter backend it is what a QuerySet is to those of other projects: each method hands back another one. The
    SQL is made of the whole, at the end, since the way through the indexes depends on all of it.
    """

    kinds: tuple[str, ...] | None = None  # none: all that stand in the feed
    required: tuple[Mention, ...] = ()  # mentions one of each
    excluded: tuple[Mention, ...] = ()  # mentions none of any
    conditions: Q = Q()
    # Slugs still to be looked up, all in one query: (kind, slugs, whether required)
    named: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    left_out: tuple[int, ...] = ()  # the primary keys of those that the conditions leave out
    left_out_by: tuple[str, str] | None = None  # a kind and a slug, still to be looked up: so is what it gathers
    decided_by: tuple[uuid.UUID, ...] = ()  # the ids of items that have something left out
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

    def leaving_out(self, pks: Collection[int]) -> Self:
        """These publications are not to be found."""
        if not pks:
            return self._replace(left_out_by=None)
        left_out = tuple(sorted(pks))
        return self._replace(left_out=left_out, left_out_by=None).filter(~Q(pk__in=padded(left_out)))

    def leaving_out_what(self, kind: str, slug: str) -> Self:
        """What the live item of this slug gathers is not to be found."""
        return self._replace(left_out_by=(kind, slug))

    def naming(self, kind: str, slugs: Iterable[str], *, is_required: bool) -> Self:
        """What these slugs name is to be mentioned, or not."""
        return self._replace(named=(*self.named, (kind, tuple(slugs), is_required)))

    def order_by(self, ordering: str) -> Self:
        return self if ordering == self.ordering else self._replace(ordering=ordering)

    @property
    def requirements(self) -> int:
        return len(self.named) + len(self.required) + len(self.excluded)

    def looked_up(self, moment: Moment) -> Self:
        """With what the slugs name, those of former days too: what is mentioned, and whose items are left out.

        An unknown one finds nothing, and has nothing left out; so with an item that readers do not see now.
        """
        gatherer = self.left_out_by
        known = _recall(moment, gatherer)
        names = [(kind, slug) for kind, slugs, _ in self.named for slug in slugs]
        if gatherer and not known:
            names.append(gatherer)
        owners = _owners(names, gatherer[0] if gatherer and not known else None, moment) if names else {}
        required, excluded = list(self.required), list(self.excluded)
        for kind, slugs, is_required in self.named:
            mention = (kind, frozenset(owners[kind, slug][0] for slug in slugs if (kind, slug) in owners))
            mentions = required if is_required else excluded
            if mention not in mentions:
                mentions.append(mention)
        filters = self._replace(required=tuple(required), excluded=tuple(excluded), named=()) if self.named else self
        if gatherer is None:
            return filters
        key, pks = known or _gathered(gatherer, owners.get(gatherer), moment)
        return filters.leaving_out(pks)._replace(decided_by=(key,) if key else ())


Left = tuple[uuid.UUID | None, Collection[int]]  # whose doing it is, and the primary keys of what is left out
MOST_REMEMBERED = 1000
_left: dict[tuple, Left] = {}


def _recall(moment: Moment, gatherer: tuple[str, str] | None) -> Left | None:
    """What this process found to be left out, if nothing that readers see has changed since."""
    return _left.get((moment.edition, moment.changed, gatherer)) if gatherer and moment.is_current else None


def _owners(
    names: Sequence[tuple[str, str]], gatherer: str | None, moment: Moment
) -> dict[tuple[str, str], Sequence[Any]]:
    """The keys of what these kinds and slugs name; with a gatherer also what there is live of what is of that kind."""
    wanted = {kind for kind, _ in names}
    published = tuple(sorted(kind for kind in wanted if kinds.named(kind).is_publishable))
    slugs = {spelt for _, slug in names for spelt in spelling.spellings(slug)}
    values: list = []
    of_kinds, spelt_so = asked = statements.take_out((wanted, slugs), values, texts=True)
    at = statements.take_out(moment.at, values) if published else None
    rows = statements.rows(
        ("addresses", asked, published, gatherer),
        values,
        lambda: _addresses(of_kinds, spelt_so, published, gatherer, at),
    )
    spelt = {(kind, slug): columns for kind, slug, *columns in rows}
    found = (((kind, slug), [(kind, each) for each in spelling.spellings(slug)]) for kind, slug in names)
    return {name: spelt[way] for name, ways in found if (way := next(filter(spelt.__contains__, ways), None))}


def _addresses(
    wanted: Iterable[str], slugs: Iterable[str], published: Sequence[str], gatherer: str | None, at: Any
) -> QuerySet:
    rows = Address.objects.filter(kind__in=wanted, slug__in=slugs)
    if published:
        seen = Publication.objects.visible(at).filter(kind=OuterRef("kind"), key=OuterRef("key"))
        rows = rows.filter(~Q(kind__in=published) | Exists(seen))
    if gatherer is None:
        return rows.values_list("kind", "slug", "key")
    live = Publication.objects.visible(at).filter(kind=gatherer, key=OuterRef("key")).filter(kind=OuterRef("kind"))
    columns = {f"live_{name}": Subquery(live.values(name)[:1]) for name in GATHERED_FROM}
    return rows.annotate(**columns).values_list("kind", "slug", "key", *columns)


def _gathered(gatherer: tuple[str, str], owner: Sequence[Any] | None, moment: Moment) -> Left:
    """What a live item gathers at a moment; nothing, where there is none. `owner` is its key and GATHERED_FROM."""
    key, pk, made_by, ends_at, document = owner or [None] * (1 + len(GATHERED_FROM))
    left: Left = (None, ())
    if pk is not None:
        if reading.is_stale(made_by, ends_at, moment):
            filled = reading.fill([pk], moment)
            document = filled[pk].document if pk in filled else ""
        kind = kinds.publishable_named(gatherer[0])
        left = (key, kind.gathered(document, moment) if document else ())
    if moment.is_current and key:  # names that anybody can make up take no place from those that there are
        if len(_left) >= MOST_REMEMBERED:
            _left.clear()
        _left[moment.edition, moment.changed, gatherer] = left
    return left


def padded(keys: Sequence[Any]) -> list:
    """So many more of the last key that there are few statements for all numbers of them."""
    return [*keys, *[*keys[-1:]] * (-len(keys) % STEP)]


class Page(NamedTuple):
    """A stretch of one order: from behind a position, at most so many."""

    column: str  # published_at, updated_at, place, edition or sort_name
    is_descending: bool
    limit: int
    behind: tuple[Any, int] | None = None  # the column's value and the primary key of the last row seen
    first_place: int | None = None  # exclusive
    last_place: int | None = None  # inclusive
    offset: int = 0
    is_counted: bool = False  # whether each row tells, before its position, how many there are in all

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
    if filters.kinds is None:
        rows = rows.exclude(kind__in=kinds.outside_feed())  # few beside all others: they are passed over, in the index
    elif filters.changed_after is None:
        rows = rows.filter(kind__in=filters.kinds) if len(filters.kinds) > 1 else rows.filter(kind=filters.kinds[0])
    else:  # said twice in the negative, or SQLite takes an index of the kind and sorts it; others are passed over, too
        rows = rows.exclude(~Q(kind__in=filters.kinds))
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
    return _numbered(filters, moment, page) if page.offset and moment.is_current else _read(filters, moment, page)


_before: dict[Hashable, tuple] = {}  # by list and number of rows: the position of the last of so many


def _numbered(filters: Filters, moment: Moment, page: Page) -> list[tuple]:
    """The rows of a page by its number.

    To pass over what stands before it takes longer than the page itself. So where it begins is remembered as long as
    nothing changes for readers, and where the next one does: whoever goes from number to number passes over nothing.
    """
    same = (moment.edition, moment.changed, filters, page._replace(limit=0, offset=0))
    if behind := _before.get((same, page.offset)):
        rows = _read(filters, moment, page._replace(behind=behind, offset=0))
    else:
        rows = _read(filters, moment, page._replace(limit=page.limit + 1, offset=page.offset - 1))
        for last in rows[:1]:
            _note_before((same, page.offset), last)
        rows = rows[1:]
    if len(rows) == page.limit > 1:  # the last of them is there to tell that there is a next page
        _note_before((same, page.offset + page.limit - 1), rows[-2])
    return rows


def _note_before(page: Hashable, row: tuple) -> None:
    if len(_before) >= MOST_REMEMBERED:
        _before.clear()
    _before[page] = position(row)


def _read(filters: Filters, moment: Moment, page: Page) -> list[tuple]:
    values: list = []
    where = statements.take_out((filters.required, filters.excluded, filters.conditions), values)
    at, behind, first_place, last_place, changed_after = statements.take_out(
        (moment.at, page.behind, page.first_place, page.last_place, filters.changed_after), values, texts=True
    )
    asked = Filters(filters.kinds, *where)._replace(changed_after=changed_after)
    within = page._replace(behind=behind, first_place=first_place, last_place=last_place)
    shape = (filters.kinds, where, changed_after, *within)
    return statements.rows(shape, values, lambda: _rows(asked, at, within))


def _rows(filters: Filters, at: datetime, page: Page) -> QuerySet:
    last_columns: list[Column] = [
        *([Subquery(_counted(filters, at))] if page.is_counted else []),
        page.column,
    ]
    first, last = page.offset, page.offset + page.limit
    ranges = _ranges(filters, at, page)
    if len(ranges) > 1:
        rows = _first_of([_keys(each, last) for each in ranges], page)
    elif ranges[0].model is Reference:
        return ranges[0].values_list(*OF_MENTION, *last_columns)[first:last]
    else:
        rows = ranges[0]
        if first:  # what is passed over is read in the index alone
            rows = Publication.objects.filter(pk__in=rows.values("pk")[first:last]).order_by(*page.order("id"))
            first, last = 0, page.limit
    return rows.values_list(*COLUMNS, *last_columns)[first:last]


def _counted(filters: Filters, at: datetime) -> QuerySet:
    """How many publications these find, as a query of one row."""
    return matching(filters, at).values(total=Func("pk", function="COUNT", output_field=IntegerField()))


def _ranges(filters: Filters, at: datetime, page: Page, most: int = MOST_SUBQUERIES) -> list[QuerySet]:
    """The ranges of indexes that hold what is to be found, of publications or of mentions, each in the page's order."""
    if page.column in {"place", "edition"} or _subqueries(filters) > most:
        return [_in_order(matching(filters, at), page)]
    if filters.required:
        return _mentioning(filters, at, page)
    if filters.kinds is not None and len(filters.kinds) > 1:
        return [_in_order(matching(filters._replace(kinds=(kind,)), at), page) for kind in filters.kinds]
    return [_in_order(matching(filters, at), page)]


def _keys(rows: QuerySet, limit: int) -> QuerySet:
    """The primary keys of the first publications of a range."""
    return rows.values("publication_id" if rows.model is Reference else "pk")[:limit]


def _subqueries(filters: Filters) -> int:
    """How many it takes to look through mentions. So many values that a statement of them would choke a database are
    looked for along the order instead, where they are not likely to be rare."""
    wanted = len(filters.kinds or kinds.in_feed())
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
    if page.column == "sort_name":
        rows = rows.filter(**{f"{prefix}sort_name__isnull": False})
    if page.first_place is not None:
        rows = rows.filter(**{f"{prefix}place__gt": page.first_place})
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
    wanted = filters.kinds or [serializer.Meta.kind for serializer in kinds.in_feed()]
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


# Several lists at once


class Part(NamedTuple):
    """What one of several lists is to find, and how much of it."""

    filters: Filters
    limit: int


class Position(NamedTuple):
    """A publication, and where it stands in the order of dates."""

    published_at: datetime
    pk: int
    kind: str
    key: uuid.UUID


def newest_of_each(
    parts: Sequence[Part], things: Collection[Thing], moment_at: datetime
) -> tuple[list[list[Position]], dict[Thing, Position]]:
    """The newest of each of some lists, and those of these things that readers may see: all in one statement."""
    values: list = []
    wanted: dict[str, set[uuid.UUID]] = {}
    for kind, key in things:
        wanted.setdefault(kind, set()).add(key)
    named = [(kind, padded(sorted(keys))) for kind, keys in sorted(wanted.items())]
    named_shape = statements.take_out(tuple((kind, tuple(keys)) for kind, keys in named), values)
    shapes = []
    for number, part in enumerate(parts):
        if all(keys for _, keys in part.filters.required):
            asked = (part.filters.required, part.filters.excluded, part.filters.conditions)
            shapes.append((number, part.limit, part.filters.kinds, statements.take_out(asked, values)))
    at = statements.take_out(moment_at, values)
    found: list[list[Position]] = [[] for _ in parts]
    seen: dict[Thing, Position] = {}
    if not shapes and not named:
        return found, seen
    shape = ("newest of each", named_shape, tuple(shapes))
    for number, *columns in statements.rows(shape, values, lambda: _several(named_shape, shapes, at)):
        position = Position(*columns)
        if number < 0:
            seen[position.kind, position.key] = position
        else:
            found[number].append(position)
    for positions in found:
        positions.sort(reverse=True)
    return found, seen


def _several(named: Iterable, parts: Sequence[Any], at: datetime) -> QuerySet:
    rows = [(-1, Publication.objects.visible(at).filter(kind=kind, key__in=keys)) for kind, keys in named]
    most = min(MOST_SUBQUERIES, MOST_AT_ONCE // len(parts)) if parts else 0
    for number, limit, kinds_wanted, where in parts:
        page = Page("published_at", True, limit)
        for each in _ranges(Filters(kinds_wanted, *where), at, page, most):
            rows.append((number, Publication.objects.filter(pk__in=_keys(each, limit))))
    first, *others = (
        publications.annotate(part=Value(number, IntegerField())).values_list("part", *Position._fields)
        for number, publications in rows
    )
    return first.union(*others, all=True)


def rows_by_key(pks: Sequence[int]) -> list[tuple]:
    """The rows of these publications, as COLUMNS, in no order."""
    if not pks:
        return []
    values: list = []
    asked = statements.take_out(tuple(padded(pks)), values)
    rows = lambda: Publication.objects.filter(pk__in=asked).values_list(*COLUMNS)  # noqa: E731 - made if needed
    return statements.rows(("rows by key", asked), values, rows)


# Without the database: of what is still to come


def matches(filters: Filters, publication: Publication, mentioned: Collection[Thing]) -> bool:
    """Whether these find a publication as it stands, by what it mentions."""
    wanted = filters.kinds or [serializer.Meta.kind for serializer in kinds.in_feed()]
    return (
        publication.kind in wanted
        and all(any((kind, key) in mentioned for key in keys) for kind, keys in filters.required)
        and not any((kind, key) in mentioned for kind, keys in filters.excluded for key in keys)
        and _holds(filters.conditions, publication)
    )


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "in": lambda value, values: value in values,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _holds(conditions: Q, publication: Publication) -> bool:
    """Whether conditions on a publication's columns hold."""

    def holds(child: Any) -> bool:
        if isinstance(child, Q):
            return _holds(child, publication)
        column, _, comparison = child[0].partition("__")
        return COMPARED[comparison or "exact"](getattr(publication, column), child[1])

    together = all if conditions.connector == Q.AND else any
    return conditions.negated != (not conditions.children or together(map(holds, conditions.children)))
