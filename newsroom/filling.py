"""What stands on a front at a moment: what is pinned, and beside it what the rule of each container finds.

What is pinned comes first, of all containers before any rule looks. Then the rules fill what is left, container by
container. Nothing stands twice on a front, and what readers may not see leaves its place to the next.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from cms.api import lists
from cms.api.filters import ParameterFilter, ReferenceFilter
from cms.api.lists import Filters, Part
from cms.publishing import kinds, press, reading
from cms.publishing.links import Expansion, Thing, key_of
from cms.publishing.models import Publication
from cms.publishing.reading import Moment
from newsroom.filtersets import FeedFilterSet

logger = logging.getLogger(__name__)

MOST_SCHEDULED = 500  # that are looked through for how a front will be, those that come last

OF_THE_READER = ("changed_after", "exclude_front")  # parameters of the feed that are no rule's
RULES: dict[str, ParameterFilter] = {
    name: by for name, by in FeedFilterSet.base_filters.items() if name not in OF_THE_READER
}


class Asked(NamedTuple):
    """What a container is to hold."""

    pinned: tuple[Thing, ...]
    rule: Filters | None
    most: int


class Placed(NamedTuple):
    """A publication in its place."""

    publication: Any  # with its `pk`, `kind` and `key`
    is_pinned: bool


# What is asked


def pinned_kinds() -> list[str]:
    """What an editor can put somewhere by hand: whatever stands in the feed."""
    return [kind.Meta.kind for kind in kinds.in_feed()]


def asked_of(containers: Iterable[Mapping]) -> list[Asked]:
    """What these containers are to hold, as a version keeps them, or a front's JSON."""
    return [
        Asked(tuple(map(pinned_thing, container["pinned"])), filters_or_none(container["rule"]), container["count"])
        for container in containers
    ]


def pinned_thing(pinned: Mapping) -> Thing:
    ((kind, link),) = pinned.items()
    return kind, key_of(link)


def filters_or_none(rule: Mapping | None) -> Filters | None:
    """The same as `filters_of`; none where another release let in what this one cannot ask."""
    try:
        return filters_of(rule)
    except (LookupError, ValidationError):
        logger.exception("The rule %s cannot be asked; what is pinned is shown without it", rule)
        return None


def filters_of(rule: Mapping | None) -> Filters | None:
    """A rule as the filters that the feed makes of the same parameters; what a link points at is known by its id."""
    if rule is None:
        return None
    filters = Filters()
    for name, value in rule.items():
        by, values = RULES[name], value if isinstance(value, list) else [value]
        if isinstance(by, ReferenceFilter):
            filters = by.filter(filters, [key_of(link) for link in values if link])
        else:
            filters = by.filter(filters, by.field.clean([written(each) for each in values]))
    return filters


def written(value: Any) -> str:
    """A value of a rule as it stands in an address."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


# What stands where


def placed(asked: Sequence[Asked], seen: Mapping[Thing, Any], newest: Sequence[Iterable[Any]]) -> list[list[Placed]]:
    """What each container holds. `seen` is what readers may see of what is pinned, `newest` what each rule finds."""
    used: set[Any] = set()
    rows: list[list[Placed]] = []
    for container in asked:
        row: list[Placed] = []
        for thing in container.pinned:
            publication = seen.get(thing)
            if publication and publication.pk not in used and len(row) < container.most:
                used.add(publication.pk)
                row.append(Placed(publication, is_pinned=True))
        rows.append(row)
    for container, row, publications in zip(asked, rows, newest, strict=True):
        for publication in publications:
            if len(row) >= container.most:
                break
            if publication.pk not in used:
                used.add(publication.pk)
                row.append(Placed(publication, is_pinned=False))
    return rows


def parts_of(asked: Sequence[Asked], more: int = 0) -> list[Part | None]:
    """What is to be looked for: as much as each container may need where those before it have taken of the same."""
    taken = sum(len(container.pinned) for container in asked) + more
    parts: list[Part | None] = []
    for container in asked:
        taken += container.most
        parts.append(Part(container.rule, taken) if container.rule is not None else None)
    return parts


def things_of(asked: Iterable[Asked]) -> set[Thing]:
    return {thing for container in asked for thing in container.pinned}


def standing(asked: Sequence[Asked], at: datetime) -> list[list[Placed]]:
    """What each container holds at this moment, in one statement."""
    parts = parts_of(asked)
    found, seen = lists.newest_of_each([part for part in parts if part], things_of(asked), at)
    newest = iter(found)
    return placed(asked, seen, [next(newest) if part else [] for part in parts])


def cards(rows: Iterable[Iterable[Placed]], moment: Moment) -> dict[int, reading.Shown]:
    """The cards of what stands on a front, as lists show them, and when each ends; in one statement."""
    pks = [each.publication.pk for row in rows for each in row]
    return reading.cards(lists.rows_by_key(pks), moment)


# As it will be


def standing_then(asked: Sequence[Asked], at: datetime) -> list[list[Placed]]:
    """What each container will hold at a moment to come, if nobody does anything until then.

    What is scheduled is found by what it will mention, and stands where its date will have it.
    """
    scheduled = _scheduled(things_of(asked), at)
    moving = {publication.pk for publication in scheduled}
    coming = [publication for publication in scheduled if press.foresee(publication, at)]
    mentioned = press.mentions_of(coming)
    parts = parts_of(asked, more=len(moving))
    found, seen = lists.newest_of_each([part for part in parts if part], things_of(asked), at)
    newest = iter(found)
    candidates: list[list[Any]] = []
    for part in parts:
        if part is None:
            candidates.append([])
            continue
        there = [position for position in next(newest) if position.pk not in moving]
        new = [each for each in coming if lists.matches(part.filters, each, mentioned[each.pk])]
        candidates.append(sorted([*there, *new], key=lambda each: (each.published_at, each.pk), reverse=True))
    pinned: dict[Thing, Any] = {thing: position for thing, position in seen.items() if position.pk not in moving}
    pinned |= {(each.kind, each.key): each for each in coming}
    return placed(asked, pinned, candidates)


def _scheduled(pinned: Iterable[Thing], at: datetime) -> list[Publication]:
    """What of all that could stand on a front gets another version until a moment: what is pinned, and the last ones.

    What comes before so many others stands below them, where no front reaches.
    """
    rows = Publication.objects.filter(next_at__lte=at, kind__in=pinned_kinds())
    rows = rows.select_related("version", "next_version").defer("card", "document")
    last = {row.pk: row for row in rows.order_by("-next_at", "-pk")[:MOST_SCHEDULED]}
    by_hand = rows.filter(key__in={key for _kind, key in pinned})
    return list({**{row.pk: row for row in by_hand}, **last}.values())


def cards_then(rows: Iterable[Iterable[Placed]], at: datetime) -> dict[int, dict]:
    """The cards of these as readers will get them at a moment to come, by primary key. Nothing is kept."""
    pks = [each.publication.pk for row in rows for each in row]
    targets = {}
    for publication in press.foreseen(Publication.objects.filter(pk__in=pks), at):
        targets[publication.pk] = publication.kind, kinds.publishable_named(publication.kind).target(publication)
    expansion = Expansion([target.data for _kind, target in targets.values()], at, ahead=True)
    return {
        pk: kinds.publishable_named(kind).card_of(target.show(expansion.expand(target.data), whole=False))
        for pk, (kind, target) in targets.items()
    }
