"""Series: where a story stands in each that it is a part of. A series is a topic, with its parts in order of date."""

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Lag, Lead, RowNumber
from rest_framework import serializers

from cms.content.serializers import LinkField, SlugField
from cms.database import statements
from cms.publishing import press
from cms.publishing.links import Thing, key_of, link
from cms.publishing.models import Publication, Reference
from newsroom.models import Article, Topic

SERIES = Topic.Type.SERIES
LATEST = datetime.max.replace(tzinfo=UTC)


class SeriesSerializer(serializers.Serializer):
    """A series that a story is a part of, and its neighbours there."""

    slug = SlugField()
    name = serializers.CharField()
    url = serializers.URLField()
    position = serializers.IntegerField()
    count = serializers.IntegerField()
    previous = LinkField("article")
    next = LinkField("article")


class Part(NamedTuple):
    """A part of a series, as it stands in its order."""

    published_at: datetime
    number: float  # of its publication, which decides between parts of one moment; infinite where there is none yet
    key: uuid.UUID


class Standing(NamedTuple):
    """Where a story stands in a series, and what its neighbours are."""

    position: int
    number: int  # of all parts
    previous: uuid.UUID | None
    following: uuid.UUID | None


Parts = dict[uuid.UUID, list[Part]]  # by series


def series_in(mentioned: Iterable[Thing]) -> list[uuid.UUID]:
    """Those of these things that are series."""
    keys = [key for kind, key in mentioned if kind == Topic.kind]
    return [key for (key,) in statements.values(Topic, ["pk"], pk__in=keys, type=SERIES)]


def parts_of(series: Collection[uuid.UUID]) -> QuerySet[Reference]:
    """The mentions by which live stories are parts of these."""
    return Reference.objects.filter(
        kind=Topic.kind, key__in=series, publication_kind="article", is_direct=True, publication__place__isnull=False
    )


def places(publications: Sequence[Publication], at: datetime, *, ahead: bool) -> dict[uuid.UUID, list[dict]]:
    """Where each of these stories stands in its series, with links to its neighbours, by story."""
    series_of = _series_of(publications)
    wanted = {key for keys in series_of.values() for key in keys}
    if not wanted:
        return {}
    standing = {} if ahead else _standing([story for story, keys in series_of.items() if keys], wanted, at)
    asked = [(story, key) for story in publications for key in series_of[story.key]]
    if missing := [(story, key) for story, key in asked if (story.key, key) not in standing]:  # as in a preview
        parts = _parts_then({key for _story, key in missing}, at)
        standing |= {(story.key, key): _among(story, parts[key]) for story, key in missing}
    by_story = defaultdict(list)
    for story, key in asked:
        by_story[story.key].append(_place(key, standing[story.key, key]))
    return dict(by_story)


def _series_of(publications: Iterable[Publication]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The series that each of these is a part of, in the order of its topics; of merged ones that which is left."""
    topics = {publication.key: _topics(publication.shown.data) for publication in publications}
    asked = {key for keys in topics.values() for key in keys}
    series = {key: left or key for key, left in statements.found(_series_led_to, asked)}
    return {story: list(dict.fromkeys(series[key] for key in keys if key in series)) for story, keys in topics.items()}


def _series_led_to(topics: Iterable[uuid.UUID]) -> QuerySet:
    """Of these topics those that are series, or were merged into one, which stands beside each."""
    rows = Topic.objects.filter(Q(merged_into=None, type=SERIES) | Q(merged_into__type=SERIES), pk__in=topics)
    return rows.order_by().values_list("pk", "merged_into_id")


def _topics(data: dict) -> list[uuid.UUID]:
    return [key_of(topic) for topic in data.get("topics") or []]


def _standing(
    stories: Collection[uuid.UUID], series: Collection[uuid.UUID], at: datetime
) -> dict[tuple[uuid.UUID, uuid.UUID], Standing]:
    """Where these live stories stand in these series, by story and series."""
    columns = statements.found(_places, stories, series, at)
    return {(story, topic): Standing(*standing) for story, topic, *standing in columns}


def _places(stories: Collection[uuid.UUID], series: Collection[uuid.UUID], at: datetime) -> QuerySet:
    """However long a series is, it is counted by the database, along an index, and what is read are the places of these
    stories alone."""
    order = [F("published_at"), F("publication_id")]
    rows = parts_of(series).filter(Q(publication__live_until=None) | Q(publication__live_until__gt=at))
    rows = rows.annotate(
        position=Window(RowNumber(), partition_by="key", order_by=order),
        number=Window(Count("publication_id"), partition_by="key"),
        previous=Window(Lag("publication__key"), partition_by="key", order_by=order),
        following=Window(Lead("publication__key"), partition_by="key", order_by=order),
    )
    # With a condition on the number beside it, all of this is asked of what has been numbered, and not before.
    rows = rows.filter(Q(publication__key__in=stories) | Q(position=0))
    return rows.values_list("publication__key", "key", *Standing._fields)


def _parts_then(series: Collection[uuid.UUID], at: datetime) -> Parts:
    """The parts as they will stand at a moment, what is scheduled until then included."""
    at_desk = Article.objects.filter(Q(topics__in=series) | Q(topics__merged_into__in=series)).values("pk")
    moving = Publication.objects.filter(
        Q(pk__in=parts_of(series).values("publication")) | Q(key__in=at_desk), next_at__lte=at
    )
    rows = press.foreseen(moving.filter(kind="article"), at)
    by_story = _series_of(rows)
    parts: Parts = defaultdict(list)
    for row in rows:
        for topic in by_story[row.key]:
            if topic in series and row.published_at:
                parts[topic].append(Part(row.published_at, row.pk, row.key))
    staying = parts_of(series).filter(Q(publication__next_at=None) | Q(publication__next_at__gt=at))
    staying = staying.filter(Q(publication__live_until=None) | Q(publication__live_until__gt=at))
    columns = ("key", "published_at", "publication_id", "publication__key")
    for topic, *part in staying.values_list(*columns):
        parts[topic].append(Part(*part))
    return parts


def _among(publication: Publication, parts: list[Part]) -> Standing:
    """Where a story stands among the parts of a series, of which it is one whether readers have it or not."""
    others = sorted(part for part in parts if part.key != publication.key)
    own = Part(publication.published_at or LATEST, publication.pk or float("inf"), publication.key)
    before = bisect_left(others, own)
    previous, following = (others[place].key if 0 <= place < len(others) else None for place in (before - 1, before))
    return Standing(before + 1, len(others) + 1, previous, following)


def _place(series: uuid.UUID, standing: Standing) -> dict[str, Any]:
    """The same with links that are to be followed."""
    neighbours = {"previous": standing.previous, "next": standing.following}
    return {
        "topic": link(Topic.kind, series),
        "position": standing.position,
        "count": standing.number,
        # Below a key of their own: an element of a list goes with a link in it that leads nowhere.
        "neighbours": {name: link("article", key) if key else None for name, key in neighbours.items()},
    }


def shown(place: dict) -> dict:
    """The same, its links followed, as readers get it."""
    topic = {name: place["topic"][name] for name in ("slug", "name", "url")}
    return {**topic, "position": place["position"], "count": place["count"], **place["neighbours"]}
