"""What a change makes old in the caches of others, by the tags that the API's answers have."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import get_resolver

from cms.api.caching import tag_of
from cms.api.changes import ChangesViewSet
from cms.publishing import kinds
from cms.publishing.models import Change, Publication

# Publications that show what was changed and are named, the newest of them: whatever is cached is fresh in a minute
# by itself, which purging an archive story by story would not be.
MOST_NAMED = 1000


class Tags(NamedTuple):
    """The names, in order, and whether more publications show what was changed than are named."""

    names: list[str]
    is_cut: bool


def own_tag(change: Change) -> str:
    """The tag of what was changed itself."""
    kind = kinds.named(change.kind)
    return tag_of(change.key, "" if kind.is_publishable else kind.Meta.path)


def tags_of(changes: Sequence[Change], publications: Iterable[Publication]) -> Tags:
    """What these changes make old: the things themselves, the lists that have such, and what shows them.

    `publications` are those of what was changed, as `publications_of` finds them.
    """
    names = {own_tag(change) for change in changes}
    for kind in {change.kind for change in changes}:
        names |= lists_showing(kind)
    users, is_cut = showing(changes, publications)
    names |= {tag_of(key) for key in users}
    return Tags(sorted(names), is_cut)


def showing(changes: Iterable[Change], publications: Iterable[Publication]) -> tuple[list[uuid.UUID], bool]:
    """The keys of the publications that show what was changed, the newest of them, and whether there are more."""
    users: dict[uuid.UUID, datetime] = {}
    is_cut = False
    changes, publications = list(changes), list(publications)
    linking = (Publication.objects.referring_to(*thing) for thing in things_shown(changes, publications).items())
    for showing in (*linking, *showing_beside(changes, publications)):
        rows = showing.order_by("-published_at", "-pk")
        newest = list(rows.values_list("key", "published_at")[: MOST_NAMED + 1])
        users.update((key, at) for key, at in newest[:MOST_NAMED] if at)
        is_cut |= len(newest) > MOST_NAMED
    named = sorted(users, key=lambda key: users[key], reverse=True)
    return named[:MOST_NAMED], is_cut or len(named) > MOST_NAMED


def things_shown(changes: Iterable[Change], publications: Iterable[Publication]) -> dict[str, set[uuid.UUID]]:
    """By kind what was changed, and the groups that it is in: their members show each other."""
    things: dict[str, set[uuid.UUID]] = defaultdict(set)
    for change in changes:
        things[change.kind].add(change.key)
    groups = {kind.Meta.kind for kind in kinds.groups()}
    for publication in publications:
        for kind, key in publication.shown.things:
            if kind in groups:
                things[kind].add(key)
    return things


def showing_beside(changes: Iterable[Change], publications: Iterable[Publication]) -> Iterator[QuerySet[Publication]]:
    """The publications that show something of what was changed without a link to it."""
    places = {change.edition for change in changes}
    by_kind: dict[str, list[Publication]] = defaultdict(list)
    for publication in publications:
        by_kind[publication.kind].append(publication)
    for kind, group in by_kind.items():
        mentioned = {thing for each in group for thing in each.shown.things}
        moved = {thing for each in group if each.place is None or each.place in places for thing in each.shown.things}
        yield from kinds.publishable_named(kind).shown_beside(mentioned, moved)


def publications_of(changes: Iterable[Change], *, with_versions: bool = True) -> list[Publication]:
    """The publications of what was changed, each with the version that readers get or had last."""
    keys: dict[str, set[uuid.UUID]] = defaultdict(set)
    for change in changes:
        if kinds.named(change.kind).is_publishable:
            keys[change.kind].add(change.key)
    publications: list[Publication] = []
    for kind, of_kind in keys.items():
        rows = Publication.objects.filter(kind=kind, key__in=of_kind, version__isnull=False)
        publications += (rows.select_related("version") if with_versions else rows).defer("card", "document")
    return publications


@cache
def lists_showing(kind: str) -> frozenset[str]:
    """The paths of the lists in which things of a kind may stand, and of the log, in which everything does."""
    views: set[Any] = {
        getattr(pattern.callback, "cls", None) for pattern in get_resolver().url_patterns if _is_view(pattern)
    }
    shown = {view.path for view in views if hasattr(view, "path") and kind in _shown_by(view)}
    return frozenset(shown | {ChangesViewSet.path})


def _is_view(pattern: Any) -> bool:
    return hasattr(pattern, "callback")


def _shown_by(view: Any) -> set[str]:
    if hasattr(view, "shown_classes"):
        return {shown.Meta.kind for shown in view.shown_classes()}
    meta = getattr(getattr(view, "serializer_class", None), "Meta", None)
    return {meta.kind} if meta is not None and hasattr(meta, "kind") else set()
