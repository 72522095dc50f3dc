"""Writes the lines of a kind that many items share, in bulk."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from cms import notices
from cms.content.shared import Shared
from cms.notices import Notice
from cms.publishing import press
from cms.publishing.kinds import SharedKind
from cms.transfer.batches import by_halves, in_batches
from cms.transfer.columns import LineFiller, column_values, foreign_keys
from cms.transfer.lines import BadLine, NumberedLine, is_reachable
from cms.transfer.resolver import has_slug
from cms.transfer.run import Run
from cms.transfer.trees import parents_first


@dataclass
class Filled:
    """A line's item as the line wants it, not stored yet."""

    number: int
    given: dict
    item: Any  # a Shared, whose kind has columns of its own
    former: dict[str, Any]  # its columns
    notices: list[Notice]


@dataclass
class Outcome:
    """What came of a batch: the lines that were taken, and those that were not."""

    taken: list[Filled] = field(default_factory=list)
    refused: list[tuple[int, dict, Exception]] = field(default_factory=list)

    def refuse(self, filled: Filled, error: Exception) -> None:
        self.taken.remove(filled)
        self.refused.append((filled.number, filled.given, error))


class SharedWriter:
    """Takes the lines of one kind that many items share, in batches, each of which is one act of the press."""

    def __init__(self, run: Run, serializer: type[SharedKind]):
        self.run, self.kind, self.model = run, serializer.Meta.kind, serializer.Meta.model
        self.rows: Any = self.model._default_manager  # whose columns are the kind's own
        self.filler = LineFiller(serializer, run.resolver)
        self.writable = serializer.Meta.writable_fields
        self.is_tree = "parent" in self.writable
        self.parents: dict[uuid.UUID, uuid.UUID | None] = {}

    def take(self, lines: Iterable[NumberedLine]) -> None:
        if self.is_tree:
            lines = self._without_rings(lines)
        for batch in in_batches(lines, self.run.resolver.key_or_none):
            self._take_batch(batch)

    def finish(self) -> None:
        """Nothing of these waits for others."""

    def _take_batch(self, batch: list[NumberedLine]) -> None:
        """A batch, of which nothing is kept in memory while the next one is read."""
        for outcome in by_halves(batch, self._store, lambda line, error: Outcome([], [(*line, error)])):
            self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        for number, given, error in outcome.refused:
            self.run.complain(number, given, error)
        for filled in outcome.taken:
            names = self.filler.other_names(filled.given)
            self.run.resolver.note_former(self.kind, names, filled.item.pk, filled.number)
            self.run.count(filled.number, filled.given, filled.notices)

    def _store(self, batch: list[NumberedLine]) -> Outcome:
        """Check lines, and write what the good ones change."""
        with press.printing():
            outcome = self._filled(batch)
            for filled, error in self._same_slugs(outcome.taken):
                outcome.refuse(filled, error)
            items = [filled.item for filled in outcome.taken]
            self.model.save_many(items, {filled.item.pk: filled.former for filled in outcome.taken})
            wanted: dict[str, uuid.UUID] = {}
            for filled in outcome.taken:
                for name in filter(is_reachable, self.filler.other_names(filled.given)):
                    wanted.setdefault(name, filled.item.pk)
            press.redirect_former(self.kind, wanted)
            return outcome

    def _filled(self, batch: list[NumberedLine]) -> Outcome:
        keys = [key for _, given in batch if (key := self.run.resolver.key_or_none(given))]
        known = self.rows.in_bulk(keys)
        related = self._related(batch)
        if self.is_tree:
            self.parents = dict(self.rows.values_list("pk", "parent"))
        outcome = Outcome()
        for number, given in batch:
            try:
                filled = self._fill(number, given, known, related)
            except Exception as error:  # whatever is wrong with one is said, and the others are taken
                outcome.refused.append((number, given, error))
                continue
            if self.is_tree:
                self.parents[filled.item.pk] = filled.item.parent_id
                related[self.kind].add(filled.item.pk)
            outcome.taken.append(filled)
        return outcome

    def _fill(
        self, number: int, given: dict, known: Mapping[uuid.UUID, Shared], related: Mapping[str, set[uuid.UUID]]
    ) -> Filled:
        with notices.collecting() as heard:
            key = self.run.resolver.key_of(given)
            item = known.get(key) or self.model(id=key)
            former = column_values(item)
            self.filler.fill(item, given, related)
            item.clean_fields(exclude=[field.name for field in foreign_keys(self.model)])
            if self.is_tree:
                self._check_parent(item, former)
        return Filled(number, given, item, former, heard)

    def _related(self, batch: list[NumberedLine]) -> dict[str, set[uuid.UUID]]:
        """Which of the things that these lines name are there, by kind."""
        there: dict[str, set[uuid.UUID]] = {}
        for column in foreign_keys(self.model):
            if column.name not in self.writable:
                continue
            model = column.related_model
            names = {given[column.name] for _, given in batch if isinstance(given.get(column.name), str)}
            keys = {key for name in names if (key := self.run.resolver.find(model.kind, name))}
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", flat=True)
            there.setdefault(model.kind, set()).update(rows)
        return there

    def _same_slugs(self, taken: list[Filled]) -> list[tuple[Filled, BadLine]]:
        """Those whose slug is another's, at the desk or earlier in the batch, with what is to be said."""
        if not has_slug(self.model):
            return []
        moved = {filled.item.pk: filled.item.slug for filled in taken}
        rows = self.rows.filter(slug__in=set(moved.values())).values_list("slug", "pk")
        holders = {slug: key for slug, key in rows if moved.get(key, slug) == slug}
        return [
            (filled, BadLine(f'slug: another {self.kind} has the slug "{filled.item.slug[:64]}"; choose another'))
            for filled in taken
            if holders.setdefault(filled.item.slug, filled.item.pk) != filled.item.pk
        ]

    # Trees

    def _without_rings(self, lines: Iterable[NumberedLine]) -> Iterable[NumberedLine]:
        ordered, rings = parents_first(lines, self.run.resolver.key_or_none, self._parent_or_none)
        for number, given in sorted(ordered, key=itemgetter(0)):
            if number in rings:
                ring = " > ".join([*rings[number][:10], rings[number][0]])
                text = f"parent: these stand below each other in a ring: {ring[:300]}; leave out one of the parents"
                self.run.complain(number, given, BadLine(text))
        return [line for line in ordered if line[0] not in rings]

    def _parent_or_none(self, given: dict) -> uuid.UUID | None:
        parent = given.get("parent")
        return self.run.resolver.find(self.kind, parent) if isinstance(parent, str) else None

    def _check_parent(self, item: Any, former: dict[str, Any]) -> None:
        """Refuse to put something below itself, which only what is there already can be."""
        if item._state.adding or item.parent_id == former["parent_id"]:
            return
        above, passed = item.parent_id, set()
        while above and above not in passed:
            if above == item.pk:
                raise BadLine("parent: it cannot stand below itself; choose another parent")
            passed.add(above)
            above = self.parents.get(above)
