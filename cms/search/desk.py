"""The desk's index: working copies that readers do not have so, and all that many share and has a text of its own.

No reader's question meets it. What is live as it stands at the desk is found through the readers' index, so that most
of an archive is indexed once.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from cms.database import statements
from cms.database.bulk import delete_rows, insert_rows
from cms.publishing import kinds
from cms.publishing.links import Thing
from cms.publishing.models import Publication
from cms.search import expressions, lookup, state, stemming, terms, words
from cms.search.expressions import Expression, Word
from cms.search.indexing import AT_ONCE, Shown
from cms.search.lookup import Part, Statement
from cms.search.models import DeskEntry, Entry

logger = logging.getLogger(__name__)

MOST_WORDS = 8  # of a search
LEAST_BEGINNING = 2  # letters: what is shorter is a word, and no beginning of one

Row = tuple[str, uuid.UUID, str]


def follow_saves(things: Collection[Thing]) -> None:
    """Index what was saved, or take from the index what was deleted, or what readers now have as the desk does."""
    by_kind: dict[str, list[uuid.UUID]] = defaultdict(list)
    for kind, key in things:
        by_kind[kind].append(key)
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), AT_ONCE):
            index(kind, keys[start : start + AT_ONCE])


def index(kind: str, keys: Collection[uuid.UUID]) -> None:
    named = kinds.named(kind)
    rows = _published_rows(kind, keys) if issubclass(named, kinds.PublishableKind) else _shared_rows(named, keys)
    made = list(rows)
    delete_rows(DeskEntry, ["kind", "key"], [(kind, key) for key in keys])
    insert_rows(DeskEntry, DeskEntry.COLUMNS, made)


def _published_rows(kind: str, keys: Collection[uuid.UUID]) -> Iterator[Row]:
    """Of items whose last version readers do not have."""
    live = {"kind": kind, "key__in": keys, "place__isnull": False}
    versions = dict(statements.values(Publication, ["key", "version_id"], **live))
    heads = statements.values(kinds.named(kind).Meta.model, ["pk", "head_id"], pk__in=keys)
    differing = [key for key, head in heads if head and versions.get(key) != head]
    if not differing:
        return
    rows: list[Any] = list(kinds.rows(kind, differing).select_related("head"))
    shown = Shown({row.pk: row.head.data for row in rows}, timezone.now())
    for row in rows:
        try:
            searched = kinds.named(kind).searched(shown.of(row.pk)) or kinds.Searched()
            language = str(row.head.data.get("language") or settings.CONTENT_LANGUAGE)
            texts = [searched.headline, *searched.prominent, *searched.rest, getattr(row, "search_text", "")]
            yield kind, row.pk, terms.running(texts, language)
        except Exception:  # whatever an older release let in, saving goes on
            logger.exception("%s %s cannot be indexed for the desk", kind, row.pk)


def _shared_rows(named: type[kinds.Kind], keys: Collection[uuid.UUID]) -> Iterator[Row]:
    """Of what many share and has a text for the desk's search."""
    if any(field.name == "search_text" for field in named.Meta.model._meta.concrete_fields):
        texts = named.Meta.model._default_manager.filter(pk__in=keys).values_list("pk", "search_text")
        for key, text in texts:
            yield named.Meta.kind, key, terms.running([text], settings.CONTENT_LANGUAGE)


# Asked


def keys_found(text: str, table: type[Entry | DeskEntry], *others: Expression) -> Statement | None:
    """The keys of what has all words of a text, the last letters of each of which may be missing, and these others.

    None: the text has no word.
    """
    languages = state.now().languages
    every = words.split(text.replace("\x00", ""))[:MOST_WORDS]
    parts: list[Part] = []
    wanted = [_word(word, languages, table, parts) for word in every]
    return lookup.keys_found(table, expressions.every([*wanted, *others]), parts) if wanted else None


def _word(word: str, languages: tuple[str, ...], table: type[Entry | DeskEntry], parts: list[Part]) -> Expression:
    ways: list[Expression] = [Word(stem) for stem in stemming.stems(word, languages)]
    if len(word) >= LEAST_BEGINNING or words.is_dense(word):
        ways.append(lookup.beginning(table, word, parts))
    return expressions.either(ways)


def found_in(kind: str, text: str) -> Q | None:
    """That a working copy of a kind, or what is live of it, has all words of a text; none: the text has no word."""
    own, live = keys_found(text, DeskEntry), keys_found(text, Entry, Word(terms.kind(kind)))
    if own is None or live is None:
        return None
    # What is live in other words than it has at the desk is found by the latter.
    replaced = DeskEntry.objects.filter(kind=kind).values("key")
    condition = Q(pk__in=RawSQL(own.sql, own.values))  # noqa: S611 - values are parameters
    return condition | (Q(pk__in=RawSQL(live.sql, live.values)) & ~Q(pk__in=replaced))  # noqa: S611 - as above


def in_library(kind: str, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those of the rows of what many share that have all words of a text. Signs alone stand nowhere."""
    own = keys_found(text, DeskEntry)
    if own is None:
        return rows.none() if text.replace("\x00", "").strip() else rows
    return rows.filter(pk__in=RawSQL(own.sql, own.values))  # noqa: S611 - values are parameters
