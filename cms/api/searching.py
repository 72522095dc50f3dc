"""`search=` on a list: read once, found by cms/search, and shown with what was found in its place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from cms.api import lists
from cms.api.caching import tag_of
from cms.api.parameters import Schema, bad, described
from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Edition, Publication, Reference, Version
from cms.publishing.reading import Moment
from cms.search import question, ranking, state, suggesting
from cms.search.finding import Beside, Hit, Search, Wanted
from cms.search.lookup import Conditions, Stretch
from cms.search.marking import Marker

# What a list shows of a publication, and the snapshot in which to mark what was found.
SHOWN = Beside(
    ("p.rendering", "p.shows_until", "p.card", "p.kind", "v.data"),
    f"LEFT JOIN {Publication._meta.db_table} p ON p.id = page.publication "
    f"LEFT JOIN {Version._meta.db_table} v ON v.id = p.version_id",
)
RELEVANCE = "relevance"
MARK = "<mark>"
BY_DATE = {"-published_at": False, "published_at": True}  # whether the oldest stand first
HELP = (
    'Words that must all occur, in whatever form: `search=harbour works`. `"harbour works"` finds them side by side, '
    "`-harbour` leaves out what has the word, `harb*` finds what begins so. At most "
    f"{question.MOST_CHARACTERS} characters and {question.MOST_WORDS} words."
)


class MatchSerializer(serializers.Serializer):
    """Where a result has what was searched for."""

    score = serializers.FloatField(help_text="How well it fits, and how new it is: higher is better, 2 is the most.")
    headline_html = serializers.CharField(
        allow_null=True,
        help_text="Its headline, or its name, as HTML, the words in `<mark>`; null where it has none.",
    )
    snippet_html = serializers.CharField(
        help_text="The piece of its text that has most of the words, in `<mark>`. Nothing else in it is a tag."
    )


class MeantSerializer(serializers.Serializer):
    """What may have been meant by a search that finds nothing."""

    search = serializers.CharField(help_text="The search, with the words that may have been meant.")
    url = serializers.URLField(help_text="The same list with it.")


def asked_for(text: str) -> question.Question:
    """What is searched for, or what is wrong with it."""
    try:
        return question.read(text)
    except question.Unanswerable as error:
        raise bad("search", str(error)) from None


class SearchBackend(BaseFilterBackend):
    """Reads what is searched for. Whoever makes the page asks the index for it."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        view.searched = None
        if "search" in view.query:
            view.searched = asked_for(view.query["search"])
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        if not view.is_searched:
            return []
        schema: Schema = {"type": "string", "minLength": 1, "maxLength": question.MOST_CHARACTERS}
        return [described("search", schema, HELP)]


@dataclass
class Found:
    """One page of a search."""

    search: Search
    moment: Moment
    ordering: str  # relevance, or one of BY_DATE
    now: int = 0  # the second from which ages are told; 0: the end of today, so that a day's answers are the same

    def __post_init__(self) -> None:
        day = self.moment.at.astimezone(UTC).date() + timedelta(days=1)
        self.now = self.now or ranking.seconds_of(datetime.combine(day, time.min, UTC))

    def hits(self, last: tuple[int, int] | None, limit: int, offset: int, *, is_counted: bool = False) -> list[Hit]:
        """So many, behind the last one of a page: its score and its entry."""
        if self.ordering == RELEVANCE:
            return self.search.best(self.now, last, limit, offset, is_counted=is_counted)
        is_ascending = BY_DATE[self.ordering]
        entry = last[1] if last else None
        below, above = (None, entry) if is_ascending else (entry, None)
        stretch = Stretch(limit, below, above, is_ascending, offset)
        return self.search.by_date(stretch, self.now, is_counted=is_counted)

    @cached_property
    def marker(self) -> Marker:
        return Marker(self.search.question)

    def match(self, hit: Hit, searched: kinds.Searched) -> dict[str, Any]:
        return {
            "score": round(hit.score / 1_000_000, 4),
            "headline_html": self.marker.headline(searched.headline),
            "snippet_html": self.marker.snippet(searched),
        }

    def in_card(self, card: str, match: dict[str, Any]) -> str:
        """A kept card that tells as well where it has what was searched for.

        What its own texts do not have stands in what it shows of others: the name of a topic, the credit of a photo.
        """
        if not any(match[name] and MARK in match[name] for name in ("headline_html", "snippet_html")):
            match = {**match, "snippet_html": self.marker.marked(_shown_of_others(card)) or match["snippet_html"]}
        return f'{card[:-1]},"match":{orjson.dumps(match).decode()}}}'

    def meant(self) -> str | None:
        return suggesting.suggestion(self.search)


def of_publications(
    asked: question.Question,
    filters: lists.Filters,
    moment: Moment,
    last_place: int,
    ordering: str,
    now: int = 0,
    beside: Beside | None = None,
) -> Found | None:
    """A search among publications; none: what they must mention is not there."""
    if any(not keys for _kind, keys in filters.required):
        return None
    stands = state.now((moment.edition, moment.changed))
    conditions = Conditions(at=moment.at, last_place=last_place)
    required = tuple(tuple(sorted(keys)) for _kind, keys in filters.required)
    excluded = tuple(sorted(key for _kind, keys in filters.excluded for key in keys))
    if stands.has_stale:  # what these mention is not for sure what their entries say
        conditions = replace(conditions, rows=lists.matching(filters, moment.at), column="publication")
        required, excluded = (), ()
    elif filters.conditions != Q():
        rows = Publication.objects.filter(filters.conditions)
        conditions = replace(conditions, rows=rows, column="publication")
    if not moment.is_current:
        among = conditions.rows if conditions.rows is not None else Publication.objects.all()
        still_shown = among.exclude(pk__in=_with_what_has_ended(moment.at))
        conditions = replace(conditions, rows=still_shown, column="publication")
    asked = replace(asked, languages=stands.languages)
    everything = tuple(sorted(kind.Meta.kind for kind in kinds.in_feed()))
    wanted: tuple[str, ...] | None = everything if filters.kinds is None else tuple(sorted(filters.kinds))
    if wanted == everything and not kinds.are_searched(kinds.outside_feed()):
        wanted = None  # all that there are entries of
    search = Search(Wanted(asked, wanted, required, excluded, conditions), beside)
    return Found(search, moment, ordering, now)


def _with_what_has_ended(at: datetime) -> QuerySet[Any]:
    """Publications whose entries still have words of what has ended, such as a photo whose rights have run out."""
    since = Edition.objects.values_list("turned_at", flat=True).get(pk=1)
    gone = {row.pk for shared in kinds.shared() for row in shared.ended(since, at)}
    return Reference.objects.filter(key__in=gone).values("publication")


def of_shared(
    asked: question.Question, kind: str, rows: QuerySet[Any], moment: Moment, ordering: str, now: int
) -> Found:
    """A search among what many share."""
    languages = state.now((moment.edition, moment.changed)).languages
    conditions = Conditions(at=moment.at, rows=rows, column="key")
    return Found(
        Search(Wanted(replace(asked, languages=languages), (kind,), conditions=conditions)), moment, ordering, now
    )


def among(found: Found, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the rows of what many share that a search finds, in whatever order they are put."""
    keys = found.search.keys()
    return rows.filter(pk__in=RawSQL(keys.sql, keys.values))  # noqa: S611 - values are parameters


def row_of(hit: Hit) -> tuple:
    """What was found as a list has it, as lists.COLUMNS. (It was asked for with SHOWN, as for `match_of`.)"""
    rendering, shows_until, card, *_ = hit.columns
    return hit.publication, tag_of(hit.key), rendering, statements.moment(shows_until), card


def match_of(found: Found, hit: Hit) -> dict[str, Any]:
    """Where it has what was searched for."""
    *_, kind, data = hit.columns
    return found.match(hit, _searched(kind, data and orjson.loads(data)))


def _searched(kind: str, data: dict | None) -> kinds.Searched:
    """The texts that a snapshot has for everybody: those of its photos are not looked up for a page of results."""
    try:
        named = kinds.publishable_named(kind)
        return (named.searched(named.free_part(data)) if data else None) or kinds.Searched()
    except Exception:  # what an older release let in is found all the same
        return kinds.Searched()


def _shown_of_others(card: str) -> Iterator[str]:
    """The texts that a card has from what it links to: the names on its lists, and what its pictures say."""
    shown = orjson.loads(card)
    for value in shown.values():
        if isinstance(value, list):
            yield from (each["name"] for each in value if isinstance(each, dict) and "name" in each)
    searched = kinds.publishable_named(shown["kind"]).searched(shown) or kinds.Searched()
    yield from searched.rest
