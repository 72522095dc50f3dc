"""What is said of an item that its own JSON does not hold: more of what it names, and the updates of a live story."""

import orjson

from cms.api.formats import Shown
from cms.content.serializers import rfc3339
from cms.publishing import kinds, rendering
from cms.publishing.models import Publication
from newsroom.models import Article
from newsroom.serializers.live import updates_of

MOST_UPDATES = 100
NOT_ASKED = {"portrait", "parent", "children"}  # each of these would be a query of its own, or has an end of its own


def by_slug(kind: str, slugs: list[str]) -> dict[str, dict]:
    """The things of one kind that an item names, with what their own pages tell of them; one query."""
    if not slugs:
        return {}
    serializer = kinds.shared_named(kind)
    names = [name for name in serializer.Meta.fields if name not in NOT_ASKED]
    show = serializer.shared_instance()
    rows = serializer.Meta.model._default_manager.filter(slug__in=slugs)
    return {row.slug: show.shown(row, names) for row in rows}


def updates(shown: Shown) -> list[Publication]:
    """The blurbs that point at a live story, the newest first, with the JSON that lists show of them."""
    mentions = updates_of([shown.document["id"]])
    newest = list(
        mentions.order_by("-published_at", "-publication").values_list("publication", flat=True)[:MOST_UPDATES]
    )
    rows = Publication.objects.visible(shown.at).filter(pk__in=newest).select_related("version").defer("document")
    found = list(rows.order_by("-published_at", "-pk"))
    stale = [row for row in found if _is_stale(row, shown)]
    if stale:
        rendering.render(stale, shown.at)
    for row in found:
        shown.shows(row.shows_until, row.updated_at)
    return [row for row in found if row.card]


def update_cards(shown: Shown) -> list[dict]:
    """The same as lists show them; none, of a story that is not told as it happens."""
    return [orjson.loads(row.card) for row in updates(shown)] if shown.document["live"] else []


def ended_at(shown: Shown) -> str | None:
    """When live coverage ended, as the version says that is shown."""
    live = shown.document["live"]
    if not live or live["state"] != "ended":
        return None
    if shown.document.get("preview"):
        return rfc3339(Article.objects.filter(pk=shown.document["id"]).values_list("live_ended_at", flat=True).first())
    rows = Publication.objects.visible(shown.at).filter(kind=Article.kind, key=shown.document["id"])
    data = rows.values_list("version__data", flat=True).first() or {}
    return data.get("live_ended_at")


def _is_stale(row: Publication, shown: Shown) -> bool:
    has_ended = row.shows_until is not None and row.shows_until <= shown.at
    return not shown.is_current or has_ended or row.rendering != rendering.fingerprint()
