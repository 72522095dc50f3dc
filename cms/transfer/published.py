"""Writes the lines of a kind that is published: desk, versions, and what readers get."""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from django.core.exceptions import ValidationError

from cms.content.publishable import Publishable
from cms.publishing import press, slugs, working_copy
from cms.publishing.kinds import PublishableKind
from cms.publishing.links import things
from cms.publishing.models import Publication, Version
from cms.transfer.batches import by_halves, in_batches
from cms.transfer.lines import BadLine, NumberedLine, former_slugs, is_reachable
from cms.transfer.related import Related
from cms.transfer.resolver import has_slug, slugs_on_desk
from cms.transfer.run import Run
from cms.transfer.states import Line, LineChecker, State, Stored

logger = logging.getLogger(__name__)

Refused = tuple[int, dict, Exception]


@dataclass
class Outcome:
    """What came of a batch: the lines that were taken, and those that were not."""

    lines: list[Line] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class PublishedWriter:
    """Takes the lines of one kind, in batches, each of which is one act of the press."""

    def __init__(self, run: Run, serializer: type[PublishableKind]):
        self.run, self.serializer, self.kind = run, serializer, serializer.Meta.kind
        self.checker = LineChecker(serializer, run.resolver)
        self.related = Related(serializer)

    def take(self, lines: Iterable[NumberedLine]) -> None:
        for batch in in_batches(self._with_files(lines), self.run.resolver.key_or_none):
            self._take_batch(batch)

    def finish(self) -> None:
        """Once all lines are taken: what points at lines that came after it is pointed there."""
        for name, notice in self.related.point():
            self.run.report.notice(name, [notice])

    def _with_files(self, lines: Iterable[NumberedLine]) -> Iterator[NumberedLine]:
        for number, given in lines:
            try:
                taken = self.run.with_files(self.serializer, number, given)
            except Exception as error:  # whatever is wrong with one is said, and the others are taken
                self.run.complain(number, given, error)
            else:
                yield number, taken

    def _take_batch(self, batch: list[NumberedLine]) -> None:
        """A batch, of which nothing is kept in memory while the next one is read."""
        for outcome in by_halves(batch, self._store, lambda line, error: Outcome([], [(*line, error)])):
            self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        for number, given, error in outcome.refused:
            self.run.complain(number, given, error)
        for line in outcome.lines:
            self.run.resolver.note_former(self.kind, former_slugs(line.given), line.key, line.number)
            self.run.count(line.number, line.given, line.notices)

    def _store(self, batch: list[NumberedLine]) -> Outcome:
        """All good lines of a batch, in one act of the press."""
        with press.printing() as printing:
            stored = Stored(self.serializer, [self.run.resolver.key_or_none(given) for _, given in batch], printing.now)
            outcome = self._checked(batch, stored)
            self._write(outcome.lines, stored, printing)
            return outcome

    def _checked(self, batch: list[NumberedLine], stored: Stored) -> Outcome:
        outcome = Outcome()
        for line in batch:
            try:
                outcome.lines.append(self.checker.read(line, stored))
            except Exception as error:  # as above
                outcome.refused.append((*line, error))
        obstacles = self._obstacles(outcome.lines)
        outcome.refused += [
            (line.number, line.given, obstacles[line.key]) for line in outcome.lines if line.key in obstacles
        ]
        outcome.lines = [line for line in outcome.lines if line.key not in obstacles]
        return outcome

    def _obstacles(self, lines: list[Line]) -> dict[uuid.UUID, BadLine]:
        """Why some of these must not come before readers."""
        published = [line for line in lines if line.is_published]
        obstacles = press.obstacles(self.kind, [line.state.data for line in published])
        return {
            line.key: BadLine(f"it cannot be published: {' '.join(messages)}")
            for line, messages in zip(published, obstacles, strict=True)
            if messages
        }

    def _write(self, lines: list[Line], stored: Stored, printing: press.Printing) -> None:
        items = {line.key: stored.items.get(line.key) or self.serializer.Meta.model(id=line.key) for line in lines}
        # One that stands already may come from a run that ended before it was pointed at what it names.
        self.related.note(line.key for line in lines if line.state.version and self._names_own_kind(line.state.data))
        self._keep_states([(items[line.key], line.state) for line in lines])
        self._keep_states([(items[line.key], line.later) for line in lines if line.later])
        self._release_all(lines, printing)
        self._note_former(lines)
        self._take_down(lines, printing)
        self._keep([(items[line.key], line.working_copy) for line in lines])

    def _names_own_kind(self, data: dict) -> bool:
        return any(kind == self.kind for kind, _ in things(data))

    # The desk

    def _keep_states(self, states: list[tuple[Publishable, State]]) -> None:
        """See that each state has a version that says it."""
        new = [(item, state) for item, state in states if state.version is None]
        self._keep([(item, state.data) for item, state in new])
        for item, state in new:
            state.version = item.head

    def _keep(self, pairs: list[tuple[Publishable, dict]]) -> None:
        """Write those snapshots to the desk, as new versions, that are not what it has."""
        new = [(item, data) for item, data in pairs if item.head is None or item.head.data != data]
        if new:
            working_copy.write_all(self.serializer, new, at_desk=self.related.without_missing(new))

    # Readers

    def _release_all(self, lines: list[Line], printing: press.Printing) -> None:
        """Bring before readers what is to be there, and note what is to come there later."""
        up = [line for line in lines if line.is_published and not line.has_ended(printing.now)]
        published = [release_of(line, printing.now) for line in up]
        taken = slugs.taken(self.kind, [release.version for release in published])
        if taken:
            raise ValidationError(next(iter(taken.values())))
        press.release(printing, self.kind, published)
        # What is scheduled was cancelled by that, as it is whenever something else goes live.
        later = [
            press.Release(cast(Version, line.later.version), at=line.later_at) for line in up if line.later is not None
        ]
        press.release(printing, self.kind, later)

    def _note_former(self, lines: list[Line]) -> None:
        """Let former slugs lead to these, but those that are another's own: its line may be still to come."""
        wanted: dict[str, uuid.UUID] = {}
        for line in lines:
            for slug in filter(is_reachable, former_slugs(line.given)):
                wanted.setdefault(slug, line.key)
        model = self.serializer.Meta.model
        if not wanted or not has_slug(model):
            return
        at_desk = slugs_on_desk(model, list(wanted))
        resolver = self.run.resolver
        owners = {slug: resolver.whose_slug(self.kind, slug) or at_desk.get(slug, key) for slug, key in wanted.items()}
        press.redirect_former(self.kind, {slug: key for slug, key in wanted.items() if owners[slug] == key})

    def _take_down(self, lines: list[Line], printing: press.Printing) -> None:
        """Withdraw what is live and no longer to be; note of what is new that it was live once."""
        down = {line.key: line for line in lines if line.is_down(printing.now)}
        there = {row.key: row for row in Publication.objects.filter(kind=self.kind, key__in=down)}
        by_reason: dict[str, list[Publication]] = defaultdict(list)
        for key, line in down.items():
            reason = line.given.get("withdrawn_reason") or press.Reason.WITHDRAWN
            moments = {name: moment for name, moment in line.moments.items() if moment}
            if line.is_published and line.ends_at:
                reason, moments = press.Reason.EXPIRED, {**moments, "withdrawn_at": line.ends_at}
            if key in there:
                by_reason[reason].append(there[key])
            elif moments.get("withdrawn_at"):
                press.note_withdrawn(cast(Version, line.state.version), reason, moments)
        for reason, publications in by_reason.items():
            at = {publication.key: down[publication.key].moments.get("withdrawn_at") for publication in publications}
            press.withdraw_all(printing, publications, reason, at)


def release_of(line: Line, now: datetime) -> press.Release:
    """How a line's item is to come before readers."""
    published_at = line.moments.get("published_at")
    is_ahead = published_at is not None and published_at > now
    return press.Release(
        cast(Version, line.state.version),
        at=published_at,
        published_at=None if is_ahead else published_at,
        updated_at=line.moments.get("updated_at"),
        live_until=line.moments.get("live_until", press.KEEP),
    )
