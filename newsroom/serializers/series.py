"""Series: where a story stands in each that it is a part of. A series is a topic, with its parts in order of date."""

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from rest_framework import serializers

from cms.content.serializers import LinkField, SlugField
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


Parts = dict[uuid.UUID, list[Part]]  # by series


def series_in(mentioned: Iterable[Thing]) -> list[uuid.UUID]:
    """Those of these things that are series."""
    keys = [key for kind, key in mentioned if kind == Topic.kind]
    return list(Topic.objects.filter(pk__in=keys, type=SERIES).values_list("pk", flat=True)) if keys else []


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
    parts = _foreseen_parts(wanted, at) if ahead else _live_parts(wanted, at)
    return {
        publication.key: [_place(publication, key, parts[key]) for key in series_of[publication.key]]
        for publication in publications
        if series_of.get(publication.key)
    }


def _series_of(publications: Iterable[Publication]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The series that each of these is a part of, in the order of its topics; of merged ones that which is left."""
    topics = {publication.key: _topics(publication.shown.data) for publication in publications}
    asked = {key for keys in topics.values() for key in keys}
    rows = Topic.objects.filter(pk__in=asked).select_related("merged_into") if asked else []
    now = {row.pk: row.merged_into or row for row in rows}
    series = {key: topic.pk for key, topic in now.items() if topic.type == SERIES}
    return {story: list(dict.fromkeys(series[key] for key in keys if key in series)) for story, keys in topics.items()}


def _topics(data: dict) -> list[uuid.UUID]:
    return [key_of(topic) for topic in data.get("topics") or []]


def _live_parts(series: Collection[uuid.UUID], at: datetime) -> Parts:
    parts: Parts = defaultdict(list)
    rows = parts_of(series).filter(Q(publication__live_until=None) | Q(publication__live_until__gt=at))
    for topic, published_at, number, key in rows.values_list(
        "key", "published_at", "publication_id", "publication__key"
    ):
        parts[topic].append(Part(published_at, number, key))
    return parts


def _foreseen_parts(series: Collection[uuid.UUID], at: datetime) -> Parts:
    """The parts as they will stand at a moment, what is scheduled until then included."""
    at_desk = Article.objects.filter(Q(topics__in=series) | Q(topics__merged_into__in=series)).values("pk")
    candidates = Q(pk__in=parts_of(series).values("publication")) | Q(next_at__lte=at, key__in=at_desk)
    rows = press.foreseen(Publication.objects.filter(candidates, kind="article"), at)
    by_story = _series_of(rows)
    parts: Parts = defaultdict(list)
    for row in rows:
        for topic in by_story[row.key]:
            if topic in series and row.published_at:
                parts[topic].append(Part(row.published_at, row.pk, row.key))
    return parts


def _place(publication: Publication, series: uuid.UUID, parts: list[Part]) -> dict[str, Any]:
    """Its place among the parts of a series, of which it is one whether it is live already or shown in a preview."""
    others = sorted(part for part in parts if part.key != publication.key)
    own = Part(publication.published_at or LATEST, publication.pk or float("inf"), publication.key)
    before = bisect_left(others, own)
    previous, following = (others[place].key if 0 <= place < len(others) else None for place in (before - 1, before))
    return {
        "topic": link(Topic.kind, series),
        "position": before + 1,
        "count": len(others) + 1,
        # Below a key of their own: an element of a list goes with a link in it that leads nowhere.
        "neighbours": {
            "previous": link("article", previous) if previous else None,
            "next": link("article", following) if following else None,
        },
    }


def shown(place: dict) -> dict:
    """The same, its links followed, as readers get it."""
    topic = {name: place["topic"][name] for name in ("slug", "name", "url")}
    return {**topic, "position": place["position"], "count": place["count"], **place["neighbours"]}
