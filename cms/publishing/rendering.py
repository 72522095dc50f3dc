"""Rendering: from versions, whose links are followed in bulk, to the JSON that readers get."""

import hashlib
import logging
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache

import orjson
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

import cms
from cms.database.bulk import insert_rows, update_rows
from cms.publishing import kinds
from cms.publishing.kinds import Beside
from cms.publishing.links import Expansion, Thing
from cms.publishing.models import Change, Edition, Publication, Reference

logger = logging.getLogger(__name__)

NOTHING = Beside({})


@cache
def fingerprint() -> str:
    """What, beside its version, decides how a publication is rendered. JSON of another is made again."""
    addresses = [settings.PUBLIC_URL, settings.FRONT_URL, kinds.web_paths(), settings.TIME_ZONE]
    names = [settings.SITE_NAME, settings.CONTENT_LANGUAGE]
    made_by = [cms.__version__, *addresses, settings.FREE_BLOCKS, *names]
    return hashlib.blake2b(orjson.dumps(made_by), digest_size=6).hexdigest()


def release() -> str:
    """This release with its settings, of which the newest one that was started has its JSON kept."""
    return f"{cms.__version__} {fingerprint()}"


def take_over() -> None:
    """Have the JSON of this release kept from now on, in place of what others made: it was started last."""
    Edition.objects.filter(pk=1).exclude(rendering=release()).update(rendering=release())


@lru_cache(maxsize=100)
def shown_as_it_is(kept: str) -> str:
    """Whose JSON this release shows besides its own, by the release whose JSON is kept; empty: nobody else's.

    While a new release is brought out, server after server, the older ones show what it makes. If each made its own in
    place of the other's, both would do so at every read.
    """
    version, _, made_by = kept.partition(" ")
    return "" if kept == release() or _numbers(version) < _numbers(cms.__version__) else made_by


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def render(publications: list[Publication], at: datetime) -> dict[int, set]:
    """Make the JSON of these publications in bulk. Returns what each shows, by primary key.

    One that cannot be rendered is logged, and has none: lists leave it out until it is published anew.
    """
    with translation.override("en"):  # readers' JSON is the same whatever the desk speaks
        return _render(publications, at)


def _render(publications: list[Publication], at: datetime) -> dict[int, set]:
    beside = _beside(publications, at)
    expansion = Expansion([*_readable(publications), *(each.data for each in beside.values())], at)
    shown = {}
    for publication in publications:
        reached: set = set()
        try:
            reached = _render_one(publication, expansion, _of(publication, beside))
        except Exception:  # whatever is wrong with it, the others are shown
            logger.exception(
                "%s %s cannot be shown to readers; manage.py check_content says what is wrong with it",
                publication.kind,
                publication.key,
            )
            publication.card = publication.document = ""
            publication.shows_until = publication.live_until
        publication.rendering = fingerprint()
        shown[publication.pk] = reached
    return shown


def _readable(publications: list[Publication]) -> list[dict]:
    """The data of those whose links can be read at all."""
    readable = []
    for publication in publications:
        try:
            publication.shown.things  # noqa: B018 - kept there
            kept = kinds.publishable_named(publication.kind).kept_part(publication.shown.data)
        except Exception:  # noqa: S112 - which is said when it is rendered
            continue
        readable.append(kept)
    return readable


def _beside(publications: list[Publication], at: datetime, *, ahead: bool = False) -> dict[Thing, Beside]:
    """What is shown with each of these besides its version, by kind and key; one look for all of a kind."""
    by_kind = defaultdict(list)
    for publication in publications:
        by_kind[publication.kind].append(publication)
    beside: dict[Thing, Beside] = {}
    for kind, group in by_kind.items():
        found = kinds.publishable_named(kind).beside(group, at, ahead=ahead)
        beside.update({(kind, key): each for key, each in found.items()})
    return beside


def _of(publication: Publication, beside: dict[Thing, Beside]) -> Beside:
    return beside.get((publication.kind, publication.key), NOTHING)


def _render_one(publication: Publication, expansion: Expansion, beside: Beside) -> set:
    serializer = kinds.publishable_named(publication.kind)
    meta = serializer.Meta
    data = {**serializer.free_part(serializer.kept_part(publication.shown.data)), **beside.data}
    reached, ends_at = expansion.reach(data)
    shown = expansion.expand(serializer.in_detail(data))
    document = serializer.shared_instance().show(publication, shown, meta.fields)
    card = serializer.card_of(document)
    whole = "" if card == document else orjson.dumps(document).decode()
    publication.card, publication.document = orjson.dumps(card).decode(), whole
    publication.shows_until = _first((ends_at, beside.until, publication.live_until))
    return reached


def _first(ends: Iterable[datetime | None]) -> datetime | None:
    return min((end for end in ends if end), default=None)


def failure(publication: Publication) -> Exception | None:
    """What goes wrong when a publication is rendered; nothing is kept."""
    try:
        now = timezone.now()
        beside = _of(publication, _beside([publication], now))
        _render_one(publication, Expansion([publication.shown.data, beside.data], now), beside)
    except Exception as error:  # whatever it is, it is what is asked
        return error
    return None


def preview(publication: Publication, at: datetime) -> dict:
    """What readers would get of a publication, with all that it links to as it will be at a moment. Nothing is kept."""
    document, _until = _all_of(publication, at, ahead=True)
    serializer = kinds.publishable_named(publication.kind)
    return serializer.gather_ahead(document, at) if serializer.gathers else document


def is_cut(document: str) -> bool:
    """Whether kept JSON is not all of it, or shows something of which it has not all. (No text in JSON reads so.)"""
    return '"is_whole":false' in document


def whole(publication: Publication, at: datetime) -> tuple[dict, datetime | None]:
    """All of a publication, for those who may have it, and when something in it ends. Nothing is kept."""
    with translation.override("en"):
        return _all_of(publication, at)


def _all_of(publication: Publication, at: datetime, *, ahead: bool = False) -> tuple[dict, datetime | None]:
    serializer = kinds.publishable_named(publication.kind)
    beside = _of(publication, _beside([publication], at, ahead=ahead))
    data = {**serializer.kept_part(publication.shown.data), **beside.data}
    expansion = Expansion([data], at, ahead=ahead, opened=True)
    _reached, ends_at = expansion.reach(data)
    shown = expansion.expand(serializer.in_detail(data))
    document = serializer.shared_instance().show(publication, shown, serializer.Meta.fields)
    return document, _first((ends_at, beside.until, publication.live_until))


def keep(publications: list[Publication], shown: dict[int, set], since: int, *, waits: bool = False) -> None:
    """Keep JSON, unless what it was made from has changed since an edition, and record what it shows through others.

    Only under the edition's lock is that known for sure. Whoever does not get it at once leaves it to the next reader.
    """
    locked = Edition.objects.filter(pk=1)
    if connection.features.has_select_for_update_skip_locked:
        locked = locked.select_for_update(skip_locked=not waits)
    kept_by = list(locked.values_list("rendering", flat=True))
    if not kept_by:
        return
    others = shown_as_it_is(kept_by[0])
    if not others and kept_by[0] != release():
        take_over()
    changed = set(Change.objects.filter(edition__gt=since).values_list("kind", "key"))
    stored = Publication.objects.filter(pk__in=list(shown), place__isnull=False)
    if others:  # what the other release made stays; where nothing is, ours is better
        stored = stored.filter(rendering__in=["", fingerprint()])
    editions = dict(stored.values_list("pk", "edition"))
    kept = [
        publication
        for publication in publications
        if editions.get(publication.pk) == publication.edition and changed.isdisjoint(shown[publication.pk])
    ]
    _write(kept, shown)


def keep_under_lock(edition: Edition, publications: list[Publication], shown: dict[int, set]) -> None:
    """Keep JSON that was made under the edition's lock by the act that has thrown the former away."""
    if not shown_as_it_is(edition.rendering) and edition.rendering != release():
        take_over()
    _write(publications, shown)


def _write(kept: list[Publication], shown: dict[int, set]) -> None:
    update_rows(kept, ["card", "document", "rendering", "shows_until"])
    known = Reference.recorded(kept, through_others=True)
    through_others = (
        Reference.row(publication, kind, key, is_direct=False)
        for publication in kept
        for kind, key in sorted(shown[publication.pk] - known[publication.pk])
    )
    insert_rows(Reference, Reference.COLUMNS, through_others)
