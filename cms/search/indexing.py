"""Keeping the index: what an act of the press changes for readers is indexed anew in the act's own transaction.

A story's entry holds its own words, and those of the photos that it shows. The names of its bylines and topics do not
stand in it: it mentions them, and whoever is asked for a name looks it up first. So a byline of fifty thousand stories
is renamed by writing one entry. What is shown by more than a few (a photo, that is: a logo) is marked as stale in the
others' entries, which are made again in the background; they are found by their former words until then.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cms import background
from cms.database import statements
from cms.database.bulk import delete_rows, insert_rows
from cms.database.fields import fold
from cms.publishing import kinds, press
from cms.publishing.links import Expansion, is_link
from cms.publishing.models import Change, Publication, Reference
from cms.search import ranking, terms
from cms.search.models import Entry, Language

logger = logging.getLogger(__name__)

AT_ONCE = 500  # entries
MOST_AT_ONCE = 300  # that show a thing, and are made again while whoever changed it waits
BATCH = 50

Row = tuple[Any, ...]  # the values of Entry.COLUMNS


def follow_changes(changes: Sequence[Change]) -> None:
    """Index what an act has changed for readers."""
    by_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for change in changes:
        by_kind[change.kind].add(change.key)
    indexed: set[int] = set()
    for kind, keys in by_kind.items():
        if kinds.named(kind).is_publishable:
            for part in _parts(sorted(keys)):
                indexed |= _index_published(kind, part)
    for kind, keys in by_kind.items():
        if kinds.named(kind).is_shared:
            for part in _parts(sorted(keys)):
                index_shared(kind, part)
            # What has just come before readers did so with items of this act, which are indexed.
            stood = {
                change.key for change in changes if change.kind == kind and change.action != Change.Action.PUBLISHED
            }
            for part in _parts(sorted(stood)):
                _index_users(kind, part, indexed)


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]


# What is published


def _index_published(kind: str, keys: Collection[uuid.UUID]) -> set[int]:
    """Index these items, or take them from the index. Returns the keys of their publications."""
    publications = statements.objects(_live, kind, keys)
    _write(kind, keys, _rows_of(publications, timezone.now()))
    return {publication.pk for publication in publications}


def _live(kind: str, keys: Collection[uuid.UUID]) -> QuerySet:
    rows = Publication.objects.filter(kind=kind, key__in=keys, place__isnull=False).select_related("version")
    return rows.defer("card", "document").order_by("pk")


def _write(kind: str, keys: Collection[uuid.UUID], rows: Iterable[Row]) -> None:
    """Put these entries in the place of those that the things of these keys had."""
    rows = sorted(rows, key=itemgetter(0))  # by their keys: FTS5 writes out what it has when an older one comes
    delete_rows(Entry, ["kind", "key"], [(kind, key) for key in keys])
    insert_rows(Entry, Entry.COLUMNS, rows)
    place = Entry.COLUMNS.index("language")
    codes = {row[place] for row in rows} - {code for (code,) in statements.values(Language, ["code"])}
    Language.objects.bulk_create([Language(code=code) for code in sorted(codes)], ignore_conflicts=True)


def _rows_of(publications: Sequence[Publication], at: datetime) -> Iterator[Row]:
    mentions = {
        pk: [terms.thing(key) for kind, key in mentioned if _is_mark(kind)]
        for pk, mentioned in Reference.recorded(publications).items()
    }
    # A word of what is not free for all would be told by being found, one after another.
    free = {
        publication.pk: kinds.publishable_named(publication.kind).free_part(publication.shown.data)
        for publication in publications
    }
    shown = Shown(free, at)
    for publication in publications:
        try:
            yield _row_of(publication, shown.of(publication.pk), sorted(mentions.get(publication.pk, [])))
        except Exception:  # whatever an older release let in, publishing goes on
            logger.exception("%s %s cannot be indexed", publication.kind, publication.key)


def _row_of(publication: Publication, shown: dict, mentions: list[str]) -> Row:
    searched = kinds.named(publication.kind).searched(shown) or kinds.Searched()
    language = str(shown.get("language") or settings.CONTENT_LANGUAGE)
    marks = " ".join([terms.kind(publication.kind), *mentions])
    return (
        ranking.key_of(publication.published_at or timezone.now(), publication.pk),
        publication.kind,
        publication.key,
        publication.pk,
        language,
        publication.live_until,
        publication.place,
        False,
        f"{terms.of_text(searched, language)}{marks} ",
    )


def _is_mark(kind: str) -> bool:
    """Whether entries are marked with the things of a kind that they mention. (Of closed values there is no kind.)"""
    try:
        named = kinds.named(kind)
    except KeyError:
        return True
    return not (_is_inlined(kind) or named.is_group)


def _is_inlined(kind: str) -> bool:
    """Whether the texts of a kind stand in the entries of what shows it."""
    named = kinds.named(kind)
    return issubclass(named, kinds.SharedKind) and not named.is_found_by_name and named.searched({}) is not None


class Shown:
    """Snapshots with the photos in them, and no other thing that they link to: those have entries of their own."""

    def __init__(self, snapshots: Mapping[Any, dict], at: datetime):
        self.pruned = {key: _pruned(data) for key, data in snapshots.items()}
        self.expansion = Expansion(self.pruned.values(), at)

    def of(self, key: Any) -> dict:
        expanded: dict = self.expansion.expand(self.pruned[key])
        return expanded


def _pruned(data: Any) -> Any:
    if isinstance(data, dict):
        if is_link(data):
            return data if _is_inlined(data["link"]) else None
        return {name: _pruned(value) if isinstance(value, dict | list) else value for name, value in data.items()}
    if isinstance(data, list):
        return [_pruned(value) if isinstance(value, dict | list) else value for value in data]
    return data


# What many share


def index_shared(kind: str, keys: Collection[uuid.UUID]) -> None:
    serializer = kinds.shared_named(kind)
    if serializer.searched({}) is None:
        return
    now = timezone.now()
    rows = serializer.Meta.model.objects.filter(pk__in=keys).public(now)
    _write(kind, keys, _shared_rows(serializer, list(serializer.for_list(rows).order_by("pk")), now))


def _shared_rows(serializer: type[kinds.SharedKind], rows: Iterable[Any], at: datetime) -> Iterator[Row]:
    kind, language = serializer.Meta.kind, settings.CONTENT_LANGUAGE
    for row in rows:
        try:
            shown, _ends_at = serializer.shared_instance().show_row(row, at)
            searched = serializer.searched(shown) or kinds.Searched()
            marks = [terms.kind(kind), *([terms.NAMED, terms.thing(row.pk)] if serializer.is_found_by_name else [])]
            text = f"{terms.of_text(searched, language)}{' '.join(marks)} "
        except Exception:  # as above
            logger.exception("%s %s cannot be indexed", kind, row.pk)
            continue
        yield _key_of(row), kind, row.pk, None, language, None, 0, False, text


def _key_of(row: Any) -> int:
    """By its date where it has one, else by its name."""
    number = row.pk.int & (1 << ranking.BITS) - 1
    if hasattr(row, "published_at"):
        return ranking.key_of(row.published_at or timezone.now(), number)
    return ranking.key_of_name(fold(str(row)), number)


def _index_users(kind: str, keys: Collection[uuid.UUID], indexed: Collection[int]) -> None:
    """Index anew what shows these things, or mentions with them what it did not before."""
    mentions = Reference.objects.filter(kind=kind, key__in=keys, is_direct=True)
    if not _is_inlined(kind) and not _marks_have_changed(kind, keys, indexed):
        return
    users = mentions.exclude(publication__in=indexed) if len(indexed) < AT_ONCE else mentions
    pks = list(users.order_by("publication").values_list("publication", flat=True).distinct()[: MOST_AT_ONCE + 1])
    if len(pks) <= MOST_AT_ONCE:
        index_publications(pks)
        return
    Entry.objects.filter(publication__in=mentions.values("publication")).update(is_stale=True)
    transaction.on_commit(background.wake)


def _marks_have_changed(kind: str, keys: Collection[uuid.UUID], indexed: Collection[int]) -> bool:
    """Whether what mentions these things mentions others with them than its entry says: a section was moved, topics
    were merged. It goes for all of them or for none, so that one of each is looked at that this act has not indexed."""
    for key in keys:
        users = Reference.objects.filter(kind=kind, key=key, is_direct=True)
        users = users.exclude(publication__in=indexed) if len(indexed) < AT_ONCE else users
        pk = next(iter(users.values_list("publication", flat=True)[:1]), None)  # any: first() would sort all of them
        if pk is None:
            continue
        stored = Entry.objects.filter(publication=pk).values_list("terms", flat=True).first() or ""
        now = Reference.objects.filter(publication=pk, is_direct=True).values_list("kind", "key")
        wanted = {terms.thing(key) for kind, key in now if _is_mark(kind)}
        if wanted != {word for word in stored.split() if word.startswith(terms.THING)}:
            return True
    return False


# All of it


def index_publications(pks: Collection[int]) -> None:
    """Index live publications anew."""
    by_kind: dict[str, list[uuid.UUID]] = defaultdict(list)
    for part in _parts(sorted(pks)):
        for kind, key in Publication.objects.filter(pk__in=part).values_list("kind", "key"):
            by_kind[kind].append(key)
    for kind, keys in by_kind.items():
        for part in _parts(keys):
            _index_published(kind, part)


def index_stale() -> bool:
    """Make some of the entries again that are stale."""
    stale = Entry.objects.filter(is_stale=True).order_by("pk").values_list("publication", flat=True)
    if not stale.exists():
        return False
    with press.printing():  # whoever publishes meanwhile waits, and nobody's newer text is overwritten
        index_publications([pk for pk in stale[:BATCH] if pk])
    return True


def count_stale() -> int:
    """How many entries are found by former words."""
    return Entry.objects.filter(is_stale=True).count()


def forget_gone() -> None:
    """Take out what readers no longer have, which nothing but a mistake leaves there."""
    live = Publication.objects.filter(place__isnull=False)
    Entry.objects.filter(publication__isnull=False).exclude(publication__in=live.values("pk")).delete()
    now = timezone.now()
    for shared in kinds.shared():
        gone = Entry.objects.filter(kind=shared.Meta.kind)
        gone.exclude(key__in=shared.Meta.model.objects.public(now).values("pk")).delete()
