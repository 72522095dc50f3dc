"""What items say of others of their kind, some of which the file has further down."""

import logging
import uuid
from collections.abc import Iterable, Iterator

from cms.content.publishable import Publishable
from cms.notices import Notice
from cms.publishing import press, working_copy
from cms.publishing.kinds import PublishableKind
from cms.publishing.links import things
from cms.transfer.batches import BATCH, by_halves
from cms.transfer.report import name_of_row

logger = logging.getLogger(__name__)

Snapshots = list[tuple[Publishable, dict]]


class Related:
    """The items of one kind that are stored before what they point at. Their versions say it; the desk's keys wait."""

    def __init__(self, serializer: type[PublishableKind]):
        self.serializer, self.kind, self.model = serializer, serializer.Meta.kind, serializer.Meta.model
        self.unfinished: list[uuid.UUID] = []

    def note(self, keys: Iterable[uuid.UUID]) -> None:
        """That these may be unfinished."""
        self.unfinished += keys

    def without_missing(self, snapshots: Snapshots) -> Snapshots:
        """Snapshots as the desk can keep them now; which of them lack something is noted."""
        named = [{str(key) for kind, key in things(data) if kind == self.kind} for _, data in snapshots]
        wanted = set().union(*named)
        there = {str(key) for key in self.model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True)}
        there |= {str(item.pk) for item, _ in snapshots}
        keepable = []
        for (item, data), names in zip(snapshots, named, strict=True):
            missing = names - there
            if missing:
                self.unfinished.append(item.pk)
            keepable.append((item, self._without(data, missing) if missing else data))
        return keepable

    def _without(self, data: dict, missing: set[str]) -> dict:
        kept = dict(data)
        for name in self.serializer.Meta.own_kind_fields:
            value = data.get(name)
            if isinstance(value, list):
                kept[name] = [link for link in value if link["id"] not in missing]
            elif value and value["id"] in missing:
                kept[name] = None
        return kept

    def point(self) -> Iterator[tuple[str, Notice]]:
        """Point what was stored at what was stored after it. Yields what could not be, each with its name."""
        keys, self.unfinished = self.unfinished, []
        for start in range(0, len(keys), BATCH):
            for notices in by_halves(keys[start : start + BATCH], self._point_all, self._give_up):
                yield from notices

    def _point_all(self, keys: list[uuid.UUID]) -> list[tuple[str, Notice]]:
        self.unfinished = []
        with press.printing():
            items = list(self.model._default_manager.filter(pk__in=keys).select_related("head"))
            kept = [(item, item.head.data) for item in items if item.head]
            working_copy.write_all(self.serializer, kept, at_desk=self.without_missing(kept))
        missing = set(self.unfinished)
        text = f"it names another {self.kind} that is not there; it is shown once that is"
        in_order = sorted(items, key=lambda item: keys.index(item.pk))  # of the file
        return [(name_of_row(item), Notice("related", text)) for item in in_order if item.pk in missing]

    def _give_up(self, key: uuid.UUID, error: Exception) -> list[tuple[str, Notice]]:
        """Readers have it as it is to be, and the next import tries again."""
        logger.error("%s %s could not be pointed at what it is related to", self.kind, key, exc_info=error)
        text = "the desk does not have what it is related to; save it there"
        return [(f'{self.kind} "{key}"', Notice("related", text))]
