"""References: what live publications mention, and what follows for what is mentioned, and for what shows it."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models

from cms.database import statements
from cms.database.bulk import changing_many, delete_rows, insert_rows
from cms.publishing import kinds
from cms.publishing.links import Thing, value_key
from cms.publishing.models import Change, Publication, Reference
from cms.publishing.press.act import Printing

SharedKind = type[kinds.SharedKind]

logger = logging.getLogger(__name__)

FEW = 50  # publications that are named one by one
AT_ONCE = 500  # publications whose references are recorded again together


def record_references(printing: Printing, kind: str, publications: list[Publication], *, is_due: bool = False) -> None:
    """Record anew what these mention, and render again what shows them."""
    implied = implied_by(publications)
    former = Reference.recorded(publications)
    delete_rows(Reference, ["publication"], [(publication.pk,) for publication in publications])
    mentions = {
        publication.pk: mentioned_by(publication, implied) if publication.is_live else set()
        for publication in publications
    }
    references = [(publication, thing) for publication in publications for thing in sorted(mentions[publication.pk])]
    before = set().union(*former.values())
    after = set().union(*mentions.values())
    elsewhere = _still_mentioned(printing, before ^ after)
    rows = (Reference.row(publication, *thing) for publication, thing in references)
    insert_rows(Reference, Reference.COLUMNS, rows)
    appeared = after - before - elsewhere
    moments: dict[Thing, datetime] = {}
    for publication, thing in references:
        if thing in appeared:
            moments[thing] = min(moments.get(thing, printing.now), publication.live_from or printing.now)
    _appear(printing, moments, is_due=is_due)
    _disappear(printing, before - after - elsewhere)
    groups = {serializer.Meta.kind for serializer in kinds.groups()}
    in_groups = [thing for thing in before | after if thing[0] in groups]
    clear(printing, [*((kind, publication.key) for publication in publications), *in_groups], but=publications)
    moved = {thing for each in publications for thing in _moved(each, former[each.pk], mentions[each.pk])}
    for showing in kinds.publishable_named(kind).shown_beside(before | after, moved):
        _throw_away(printing, showing)


def _moved(publication: Publication, before: set[Thing], after: set[Thing]) -> set[Thing]:
    """The things that gain or lose a publication by an act, or have it in another place."""
    stays = publication.is_live and publication.place != publication.edition
    return before ^ after if stays else before | after


def record_references_again(printing: Printing, kind: str, keys: list[uuid.UUID]) -> None:
    """What these things imply has changed (a section moved, topics merged): record their uses anew."""
    users = Publication.objects.referring_to(kind, keys)
    users_by_kind = defaultdict(list)
    for user_kind, pk in users.order_by("pk").values_list("kind", "pk"):
        users_by_kind[user_kind].append(pk)
    for user_kind, pks in users_by_kind.items():
        for start in range(0, len(pks), AT_ONCE):
            chunk = Publication.objects.filter(pk__in=pks[start : start + AT_ONCE]).select_related("version")
            record_references(printing, user_kind, list(chunk.defer("card", "document")))


def by_kind(things: Iterable[Thing]) -> dict[str, set[uuid.UUID]]:
    keys: dict[str, set[uuid.UUID]] = defaultdict(set)
    for kind, key in things:
        keys[kind].add(key)
    return keys


def clear(printing: Printing, things: Iterable[Thing], but: Collection[Publication] = ()) -> None:
    """Throw away the JSON that mentions or shows any of these things, but of what this act itself has changed."""
    keys = by_kind(things)
    asked = [statements.found(_showing, kind, keys[kind]) for kind in keys]
    if any(len(rows) > FEW for rows in asked):
        with changing_many():
            _throw_away(printing, Publication.objects.referring_to_any(keys))
        return
    first = printing.changes[0].edition if printing.changes else printing.edition.number + 1
    cleared = {publication.pk for publication in but if publication.edition >= first and not publication.rendering}
    if showing := {pk for rows in asked for (pk,) in rows} - cleared:
        _throw_away(printing, Publication.objects.filter(pk__in=showing))


def _showing(kind: str, keys: Collection[uuid.UUID]) -> models.QuerySet:
    """A few of what mentions or shows these, if not all."""
    mentions, shows = (Reference.objects.filter(kind=kind, key__in=keys, is_direct=way) for way in (True, False))
    return mentions.values_list("publication_id").union(shows.values_list("publication_id"), all=True)[: FEW + 1]


def _throw_away(printing: Printing, publications: "models.QuerySet[Publication]") -> None:
    """Throw away the JSON of these, which readers get otherwise from this edition on."""
    if not printing.changes:
        printing.cleared_early.update(publications.values_list("pk", flat=True))
    publications.update(card="", document="", rendering="", shows_until=None, edition=printing.edition.number)


def number_early(printing: Printing) -> None:
    """Give what was cleared before the act had an edition of its own one that nobody has seen yet."""
    if printing.cleared_early and printing.changes:
        pks = sorted(printing.cleared_early)
        for start in range(0, len(pks), AT_ONCE):
            early = Publication.objects.filter(pk__in=pks[start : start + AT_ONCE])
            early.filter(edition__lt=printing.changes[0].edition).update(edition=printing.edition.number)


def mentioned_by(publication: Publication, implied: dict[Thing, list[Thing]]) -> set[Thing]:
    """What a publication's version links to, what that implies, and the closed values it can be found by."""
    mentioned: set[Thing] = set()
    try:
        mentioned.update(publication.shown.things)
        for thing in publication.shown.things:
            mentioned.update(implied.get(thing, []))
        facets = kinds.publishable_named(publication.kind).facets(publication.shown.data)
        mentioned.update((kind, value_key(kind, value)) for kind, value in facets)
    except Exception:  # what an older release let in keeps nobody from moving a section or merging topics
        logger.exception(
            "%s %s cannot be read to its end; see manage.py check_content", publication.kind, publication.key
        )
    return mentioned


def mentions_of(publications: list[Publication]) -> dict[int, set[Thing]]:
    """What each of these mentions, by primary key, as it would be recorded."""
    implied = implied_by(publications)
    return {publication.pk: mentioned_by(publication, implied) for publication in publications}


def implied_by(publications: list[Publication]) -> dict[Thing, list[Thing]]:
    """What else is mentioned with each of the things that the live ones of these link to."""
    linked: set[Thing] = set()
    for publication in publications:
        with suppress(Exception):  # which is said where its own mentions are recorded
            if publication.is_live:
                linked |= publication.shown.things
    return {
        (kind, key): others
        for kind, keys in by_kind(linked).items()
        for key, others in kinds.named(kind).implied(keys).items()
    }


def _still_mentioned(printing: Printing, among: set[Thing]) -> set[Thing]:
    """Those of these things that something live mentions."""
    keys = by_kind(among)
    of = [serializer.Meta.kind for serializer in kinds.shared() if not serializer.is_always_public]
    return {(kind, key) for kind in of for (key,) in statements.found(_mentioned, kind, keys[kind], printing.now)}


def _mentioned(kind: str, keys: Collection[uuid.UUID], at: datetime) -> models.QuerySet:
    rows: Any = kinds.rows(kind, keys)
    return rows.mentioned(at).values_list("pk")


def _appear(printing: Printing, moments: dict[Thing, datetime], *, is_due: bool) -> None:
    """These things have come before readers, at these moments, with the first that mentions them."""
    for serializer, rows in _not_always_public(printing, moments):
        kind = serializer.Meta.kind
        serializer.first_seen({row.pk: moments[kind, row.pk] for row in rows})
        for row in rows:
            at = moments[kind, row.pk] if is_due else printing.now
            printing.change(kind, row.pk, Change.Action.PUBLISHED, getattr(row, "slug", ""), at)


def _disappear(printing: Printing, gone: set[Thing]) -> None:
    for serializer, rows in _not_always_public(printing, gone):
        for row in rows:
            printing.change(serializer.Meta.kind, row.pk, Change.Action.WITHDRAWN, getattr(row, "slug", ""))


def _not_always_public(
    printing: Printing, among: Iterable[Thing]
) -> Iterator[tuple[type[kinds.SharedKind], list[models.Model]]]:
    """The rows of those things that readers get only while something mentions them, kind by kind."""
    for serializer in kinds.shared():
        keys = [key for kind, key in among if kind == serializer.Meta.kind]
        if keys and not serializer.is_always_public:
            rows = serializer.Meta.model.objects.filter(pk__in=keys).showable(printing.now)
            yield serializer, list(rows.order_by("pk"))
