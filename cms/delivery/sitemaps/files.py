"""Files of a sitemap, each read by a range of keys, so that one costs the same in an archive of any size.

A file of what is published holds, of 10,000 consecutive keys, those that are live and of its kind: it has the same ones
for ever, and what is published today changes the last file alone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import orjson
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from cms.content.serializers import rfc3339, web_url
from cms.content.shared import Named
from cms.delivery.sitemaps import urls
from cms.delivery.sitemaps.urls import Url
from cms.publishing import kinds, reading
from cms.publishing.models import Change, Publication, Reference
from cms.publishing.reading import Moment

SIZE = 10_000  # addresses; 50,000 are allowed, and 50 MB
AT_ONCE = 1000  # that are in memory
HOME = "home"
NAME = re.compile(r"([a-z_]+)-([1-9][0-9]{0,9})", re.ASCII)
# The newest moment stands in a CASE so that no database looks for it from the end of all moments, block after block.
BLOCKS = """
    WITH RECURSIVE block(n) AS (
        SELECT CAST(0 AS BIGINT)
        UNION ALL SELECT n + 1 FROM block WHERE n < (SELECT MAX(id) / %s FROM publishing_publication)
    )
    SELECT n, (
        SELECT MAX(CASE WHEN id > 0 THEN updated_at END) FROM publishing_publication
        WHERE kind = %s AND id >= n * %s AND id < (n + 1) * %s
        AND place IS NOT NULL AND (live_until IS NULL OR live_until > %s)
    )
    FROM block ORDER BY n
"""
COLUMNS = ("pk", "rendering", "shows_until", "updated_at", "card")


class File(NamedTuple):
    """A file's name, and when something in it last changed."""

    name: str
    lastmod: str


def published_kinds() -> dict[str, type[kinds.PublishableKind]]:
    """The kinds of what is published and has pages for search engines, by their place in the API."""
    shown = (kind for kind in kinds.in_menu_order(kinds.publishable()) if _has_pages(kind))
    return {kind.Meta.path: kind for kind in shown}


def shared_kinds() -> dict[str, type[kinds.SharedKind]]:
    """The same of what many items share."""
    named = (kind for kind in kinds.in_menu_order(kinds.shared()) if issubclass(kind.Meta.model, Named))
    return {kind.Meta.path: kind for kind in named if _has_pages(kind)}


def _has_pages(kind: type[kinds.Kind]) -> bool:
    return bool(kind.is_in_sitemap and kind.Meta.path and kinds.web_path(kind.Meta.kind).text)


def all_files(now: Moment, changed_at: datetime | None) -> Iterator[File]:
    """The files that hold anything. Those of what is shared change with whatever is published."""
    yield File(HOME, "")
    for path, published in published_kinds().items():
        for number, last in _blocks(published.Meta.kind, now):
            yield File(f"{path}-{number + 1}", rfc3339(last) or "")
    for path, shared in shared_kinds().items():
        count = _public(shared, now).count()
        for number in range(-(-count // SIZE)):
            yield File(f"{path}-{number + 1}", rfc3339(changed_at) or "")


def _blocks(kind: str, now: Moment) -> Iterator[tuple[int, datetime]]:
    """The blocks of keys with something live of a kind, and when that last changed: each a range of one index.

    Grouped by the ORM, all of an archive would be sorted first: eight times as long, 1.7 s at two million.
    """
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [SIZE, kind, SIZE, SIZE, connection.ops.adapt_datetimefield_value(now.at)])
        rows = cursor.fetchall()
    for number, last in rows:
        if last is not None:
            yield number, last if isinstance(last, datetime) else datetime.fromisoformat(last).replace(tzinfo=UTC)


def batches(name: str, now: Moment) -> Iterator[list[Url]]:
    """What a file holds, so many at once that they fit into memory; nothing, if there is no such file."""
    if name == HOME:
        return iter([[urls.home()]])
    parts = NAME.fullmatch(name)
    path, number = (parts[1], int(parts[2]) - 1) if parts else ("", 0)
    if path in published_kinds():
        return _of_published(published_kinds()[path], number, now)
    if path in shared_kinds():
        return _of_shared(shared_kinds()[path], number, now)
    return iter([])


# What is published


def _of_published(kind: type[kinds.PublishableKind], block: int, now: Moment) -> Iterator[list[Url]]:
    live = Publication.objects.visible(now.at).filter(kind=kind.Meta.kind, pk__lt=(block + 1) * SIZE).order_by("pk")
    after = block * SIZE - 1
    while rows := list(live.filter(pk__gt=after).values_list(*COLUMNS)[:AT_ONCE]):
        after = rows[-1][0]
        unmade = [row[0] for row in rows if not row[-1] or reading.is_stale(row[1], row[2], now)]
        addresses = _addresses(kind, unmade)
        batch = (
            _with_pictures(kind, row) if row[0] not in addresses else _bare(addresses[row[0]], row) for row in rows
        )
        yield [url for url in batch if url.address]


def _with_pictures(kind: type[kinds.PublishableKind], row: tuple) -> Url:
    card = orjson.loads(row[-1])
    return Url(card["web_url"], rfc3339(row[3]) or "", kind.pictures_of(card)[:1])


def _bare(address: str, row: tuple) -> Url:
    """What has no JSON just now: its address, which is quickly made, without the pictures that may have gone."""
    return Url(address, rfc3339(row[3]) or "")


def _addresses(kind: type[kinds.PublishableKind], pks: list[int]) -> dict[int, str]:
    if not pks:
        return {}
    rows = list(Publication.objects.filter(pk__in=pks).defer("card", "document"))
    addresses = kind.web_urls_of(rows)
    return dict.fromkeys(pks, "") | {row.pk: addresses[row.key] for row in rows}


# What many items share


def _public(kind: type[kinds.SharedKind], now: Moment) -> QuerySet:
    return kind.Meta.model.objects.public(now.at).order_by("pk")


def _of_shared(kind: type[kinds.SharedKind], number: int, now: Moment) -> Iterator[list[Url]]:
    name = kind.Meta.kind
    mentions = Reference.objects.filter(kind=name, key=OuterRef("pk"), is_direct=True).order_by("-updated_at")
    newest = {
        f"newest_{each.Meta.kind}": Subquery(
            _lasting(mentions.filter(publication_kind=each.Meta.kind), now).values("updated_at")[:1]
        )
        for each in kinds.in_feed()
    }
    changes = Change.objects.filter(kind=name, key=OuterRef("pk")).order_by("-edition").values("at")
    rows = _public(kind, now).annotate(**newest, changed_at=Subquery(changes[:1]))
    columns = ("pk", "slug", "changed_at", *newest)
    start, left = rows[number * SIZE : number * SIZE + 1].values_list("pk", flat=True), SIZE
    first = next(iter(start), None)
    follows = "gte"
    while first is not None and left:
        batch = list(rows.filter(**{f"pk__{follows}": first}).values_list(*columns)[: min(left, AT_ONCE)])
        if not batch:
            return
        yield list(map(partial(_page, name), batch))
        first, follows, left = batch[-1][0], "gt", left - len(batch)


def _lasting(mentions: QuerySet, now: Moment) -> QuerySet:
    """Those by what readers see at this moment."""
    return mentions.exclude(publication__live_until__lte=now.at)


def _page(kind: str, row: tuple) -> Url:
    """A page that lists stories: it changed with the newest of them, or when it was given another name."""
    pk, slug, *moments = row
    last = max((moment for moment in moments if moment), default=None)
    return Url(web_url(kind, slug=slug, id=pk), rfc3339(last) or "")
