"""What a change makes old in the caches of others, by the tags that the API's answers have."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.urls import get_resolver

from cms.api.caching import tag_of
from cms.api.views import ChangesViewSet
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


def tags_of(changes: Sequence[Change]) -> Tags:
    """What these changes make old: the things themselves, the lists that have such, and what shows them."""
    names = {own_tag(change) for change in changes}
    for change in changes:
        names |= lists_showing(change.kind)
    users, is_cut = showing(changes)
    names |= {tag_of(publication.key) for publication in users}
    return Tags(sorted(names), is_cut)


def showing(changes: Sequence[Change]) -> tuple[list[Publication], bool]:
    """The publications that show what was changed, the newest of them, and whether there are more."""
    users: dict[int, Publication] = {}
    is_cut = False
    for kind, keys in things_shown(changes).items():
        rows = Publication.objects.referring_to(kind, keys).order_by("-published_at", "-pk")
        rows = rows.only("kind", "key", "slug", "version_id", "published_at", "withdrawn_reason")
        newest = list(rows[: MOST_NAMED + 1])
        users |= {row.pk: row for row in newest[:MOST_NAMED]}
        is_cut |= len(newest) > MOST_NAMED
    named = sorted(users.values(), key=lambda row: (row.published_at is not None, row.published_at), reverse=True)
    return named[:MOST_NAMED], is_cut or len(named) > MOST_NAMED


def things_shown(changes: Iterable[Change]) -> dict[str, set[uuid.UUID]]:
    """By kind what was changed, and the groups that it is in: their members show each other."""
    things: dict[str, set[uuid.UUID]] = defaultdict(set)
    for change in changes:
        things[change.kind].add(change.key)
    groups = {kind.Meta.kind for kind in kinds.groups()}
    for kind in kinds.publishable():
        for publication in live_versions(kind.Meta.kind, things.get(kind.Meta.kind, ())):
            for thing_kind, key in publication.version.things if publication.version else ():
                if thing_kind in groups:
                    things[thing_kind].add(key)
    return things


def live_versions(kind: str, keys: Iterable[uuid.UUID]) -> list[Publication]:
    """The publications of these, with what readers get or had last."""
    rows = Publication.objects.filter(kind=kind, key__in=list(keys), version__isnull=False)
    return list(rows.select_related("version").defer("card", "document"))


@cache
def lists_showing(kind: str) -> frozenset[str]:
    """The paths of the lists in which things of a kind may stand, and of the log, in which everything does."""
    views = {getattr(pattern.callback, "cls", None) for pattern in get_resolver().url_patterns if _is_view(pattern)}
    shown = {view.path for view in views if hasattr(view, "path") and kind in _shown_by(view)}
    return frozenset(shown | {ChangesViewSet.path})


def _is_view(pattern: Any) -> bool:
    return hasattr(pattern, "callback")


def _shown_by(view: Any) -> set[str]:
    if hasattr(view, "shown_classes"):
        return {shown.Meta.kind for shown in view.shown_classes()}
    meta = getattr(getattr(view, "serializer_class", None), "Meta", None)
    return {meta.kind} if meta is not None and hasattr(meta, "kind") else set()
