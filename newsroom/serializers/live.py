"""Live stories: how far one has come, and its key events. Its updates are the blurbs that point at it."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from cms.content.serializers import rfc3339
from cms.publishing import press
from cms.publishing.kinds import Beside
from cms.publishing.links import key_of, value_key
from cms.publishing.models import Publication, Reference
from newsroom.body import plain
from newsroom.models import Article, Blurb
from newsroom.serializers.moment import MomentField

LIVE = Article.Genre.LIVE
LONGEST_LABEL = 80  # characters of a label that is made from a text
MOST_KEY_EVENTS = 100  # that a story tells of itself, the newest; `updates/?is_key=true` has them all


class KeyEventSerializer(serializers.Serializer):
    """One of the most important updates of a live story."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the stubs take it for DRF's own option
    published_at = serializers.DateTimeField()


class LiveSerializer(serializers.Serializer):
    """How far a live story has come, and where its updates are."""

    state = serializers.ChoiceField(["live", "ended"])
    updates_url = serializers.URLField()
    key_events = KeyEventSerializer(many=True)


class EndedField(MomentField):
    """When live coverage ended: a moment that has passed, as the end is an act and no plan."""

    default_error_messages = {"ahead": "live coverage cannot have ended at a moment that is still to come"}

    def to_internal_value(self, data):
        ended_at = super().to_internal_value(data)
        moment = parse_datetime(ended_at)
        if moment and moment > timezone.now():
            self.fail("ahead")
        return ended_at


def short(text: str, most: int) -> str:
    """The beginning of a text, to its last whole word."""
    if len(text) <= most:
        return text
    cut = text[:most]
    return f"{cut.rpartition(' ')[0] or cut}…"


def label_of(data: dict) -> str:
    """What an update is called where there is no room for its text: its title, else how it begins."""
    return data.get("title") or short(plain(data.get("text_html") or ""), LONGEST_LABEL)


def is_live_story(data: dict) -> bool:
    return data.get("genre") == LIVE


def updates_of(stories: Collection[uuid.UUID]) -> QuerySet[Reference]:
    """The mentions by which live blurbs point at these stories."""
    return Reference.objects.filter(kind="article", key__in=stories, publication_kind="blurb", is_direct=True)


def live_stories(keys: Collection[uuid.UUID]) -> QuerySet[Publication]:
    """Those of these stories that readers have, and that are told as they happen."""
    genre = Reference.objects.filter(
        publication=OuterRef("pk"), kind="genre", key=value_key("genre", LIVE), is_direct=True
    )
    return Publication.objects.filter(Exists(genre), kind="article", key__in=keys, place__isnull=False)


def key_events(stories: Collection[uuid.UUID], at: datetime, *, ahead: bool) -> dict[uuid.UUID, Beside]:
    """The key events of these live stories by story, the newest first, and when the first of them comes down."""
    by_story = defaultdict(list)
    for row in _key_updates(stories, at, ahead=ahead):
        data = row.shown.data
        if data.get("is_key") and data.get("article"):
            by_story[key_of(data["article"])].append(row)
    return {story: _told(by_story[story]) for story in stories}


def _key_updates(stories: Collection[uuid.UUID], at: datetime, *, ahead: bool) -> list[Publication]:
    """The newest of each story, as many as it tells of; with those that a moment to come will bring."""
    live = Q(pk__in=_newest(stories, at))
    if not ahead:
        return list(Publication.objects.filter(live).select_related("version").defer("card", "document"))
    scheduled = Q(next_at__lte=at, key__in=Blurb.objects.filter(article__in=stories).values("pk"))
    return press.foreseen(Publication.objects.filter(live | scheduled, kind="blurb"), at)


def _newest(stories: Collection[uuid.UUID], at: datetime) -> QuerySet:
    """The publications that are the newest key events of each of these."""
    key = Reference.objects.filter(
        publication=OuterRef("publication"), kind="is_key", key=value_key("is_key", "true"), is_direct=True
    )
    rows = updates_of(stories).filter(Exists(key), publication__place__isnull=False)
    rows = rows.filter(Q(publication__live_until=None) | Q(publication__live_until__gt=at))
    order = [F("published_at").desc(), F("publication_id").desc()]
    rows = rows.annotate(number=Window(RowNumber(), partition_by="key", order_by=order))
    return rows.filter(number__lte=MOST_KEY_EVENTS).values("publication")


def _told(rows: list[Publication]) -> Beside:
    rows = sorted(rows, key=lambda row: (row.published_at, row.pk), reverse=True)[:MOST_KEY_EVENTS]
    events = [
        {"id": str(row.key), "label": label_of(row.shown.data), "published_at": rfc3339(row.published_at)}
        for row in rows
    ]
    return Beside({"key_events": events}, min((row.live_until for row in rows if row.live_until), default=None))
