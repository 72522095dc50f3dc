"""What a line makes of each state that an item has: before readers, scheduled, and at the desk."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cms import notices
from cms.content.publishable import Publishable
from cms.notices import Notice, notice
from cms.publishing import working_copy
from cms.publishing.kinds import PublishableKind
from cms.publishing.models import Publication, Version
from cms.transfer.lines import STATE_KEYS, BadLine, NumberedLine, former_slugs, notice_entities, read_moments
from cms.transfer.resolver import Names, Resolver


@dataclass
class State:
    """What an item is to say in one of its states, and the version that says it already, once there is one."""

    data: dict
    version: Version | None = None


@dataclass
class Line:
    """A checked line, ready to be stored."""

    number: int
    key: uuid.UUID
    given: dict
    status: str  # that the line gives, or that the item has: "published" where it is live or scheduled
    moments: dict[str, datetime | None]
    state: State  # that the line speaks of
    working_copy: dict  # what the desk goes on with
    rights_end: datetime | None = None
    later: State | None = None  # what is scheduled besides, and stays so
    later_at: datetime | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def is_published(self) -> bool:
        return self.status == "published"

    @property
    def ends_at(self) -> datetime | None:
        return min((end for end in (self.moments.get("live_until"), self.rights_end) if end), default=None)

    def has_ended(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_down(self, now: datetime) -> bool:
        """Whether readers must not have it any more."""
        return self.given.get("status") == "draft" or (self.is_published and self.has_ended(now))


class Stored:
    """What the desk and the readers have of some items before their lines are taken, read under the press's lock."""

    def __init__(self, serializer: type[PublishableKind], keys: Iterable[uuid.UUID | None], at: datetime):
        self.at = at
        known = [key for key in keys if key]
        self.items: dict[uuid.UUID, Publishable] = serializer.Meta.model._default_manager.select_related(
            "head"
        ).in_bulk(known)
        rows = Publication.objects.filter(kind=serializer.Meta.kind, key__in=known)
        rows = rows.select_related("version", "next_version").defer("card", "document")
        self.publications = {publication.key: publication for publication in rows}


class PartReader:
    """Reads what is said of items of one kind that is published, and finds what that names by these names."""

    def __init__(self, serializer: type[PublishableKind], names: Names):
        self.serializer, self.reading = serializer, serializer.reading(names)

    def checked_part(self, key: uuid.UUID, own: dict, former: dict) -> dict:
        """What a line says, as a part of a snapshot. Null empties a field."""
        own = self.serializer.from_line(own)
        for name, value in own.items():
            notice_entities(name, value)
        return working_copy.checked(self.serializer, key, self.serializer.as_before(own, former), self.reading)


class LineChecker(PartReader):
    """Reads the lines of one kind."""

    def __init__(self, serializer: type[PublishableKind], resolver: Resolver):
        super().__init__(serializer, resolver)
        self.resolver = resolver

    def read(self, line: NumberedLine, stored: Stored) -> Line:
        """A line, checked, with what it has to say and is not kept. Raises whatever is wrong with it."""
        with notices.collecting() as heard:
            checked = self._states(*line, stored)
            notice_unkept(checked, stored.publications.get(checked.key), stored.at)
        checked.notices = heard
        return checked

    def _states(self, number: int, given: dict, stored: Stored) -> Line:
        key = self.resolver.key_of(given)
        moments = read_moments(given)
        former_slugs(given)
        item, publication = stored.items.get(key), stored.publications.get(key)
        head = item.head if item else None
        status = given.get("status") or (status_of(publication) if item or publication else self.serializer.new_status)
        if status == "published" and moments.get("published_at", given) is None:
            del moments["published_at"]
        shown, later = None, None
        if status == "published" and publication:
            shown, later = versions_spoken_of(given, publication, moments, stored.at)
        at_desk = head.data if head else {}
        said = self._said(key, given, shown.data if shown else at_desk)
        data = self._whole(key, shown.data if shown else at_desk, said)
        version = next((one for one in (shown, head) if one and one.data == data), None)
        return Line(
            number,
            key,
            given,
            status,
            moments,
            State(data, version),
            self._working_copy(key, given, data, at_desk, said),
            self.serializer.rights_end(data),
            self._later(key, later, said),
            publication.next_at if publication and later else None,
        )

    def _working_copy(self, key: uuid.UUID, given: dict, data: dict, at_desk: dict, said: dict) -> dict:
        """What is being written goes on, with what the line says, or as the line has it under that name."""
        written = given.get("working_copy")
        if written is None:
            return self._whole(key, at_desk or data, said)
        if not isinstance(written, dict):
            raise BadLine("working_copy: write an object")
        return self._whole(key, data, self.checked_part(key, written, at_desk))

    def _later(self, key: uuid.UUID, version: Version | None, said: dict) -> State | None:
        if version is None:
            return None
        data = self._whole(key, version.data, said)
        return State(data, version if version.data == data else None)

    def _said(self, key: uuid.UUID, given: dict, former: dict) -> dict:
        own = {name: value for name, value in given.items() if name not in STATE_KEYS | {"kind", "id"}}
        return self.checked_part(key, own, former)

    def _whole(self, key: uuid.UUID, former: dict, said: dict) -> dict:
        """A snapshot: what stood there, and what the line says in its place."""
        data = {**self.serializer.blank(), **former, **said}
        self.serializer.complete(key, data)
        return data


def status_of(publication: Publication | None) -> str:
    """The status of an item, in the words of a line: what is scheduled is published, at a time to come."""
    return "published" if publication and (publication.is_live or publication.next_at) else "draft"


def versions_spoken_of(
    given: dict, publication: Publication, moments: dict[str, datetime | None], now: datetime
) -> tuple[Version | None, Version | None]:
    """The version that a line changes, and the one that is scheduled besides, which changes with it.

    Where the line leaves open when, `moments` is told when what it changes is to go live.
    """
    published_at = moments.get("published_at")
    if "status" not in given and publication.is_live and not (published_at and published_at > now):
        return publication.version, publication.next_version
    # What the line leaves out stays as readers have it, or are to have it; not as somebody is writing it.
    version = publication.version if "published_at" in moments else publication.next_version
    if "published_at" not in moments and publication.next_at:
        moments["published_at"] = publication.next_at
    return version or publication.version or publication.next_version, None


def notice_unkept(line: Line, publication: Publication | None, now: datetime) -> None:
    """Say what a line tells of a state that the item is not in."""
    given = {name for name in STATE_KEYS - {"status", "previous_slugs", "working_copy"} if line.given.get(name)}
    if line.is_published:
        unkept, state = given & {"withdrawn_at", "withdrawn_reason"}, "published"
        if (published_at := line.moments.get("published_at")) and published_at > now:
            unkept |= given & {"updated_at"}
    elif "withdrawn_at" in given:  # which tells of the time when it was live
        return
    else:
        unkept, state = given & {"published_at", "updated_at", "live_until"}, "a draft"
        if publication:  # what it had as long as it was live, it has still
            had = {"live_until": publication.asked_until}
            unkept = {name for name in unkept if had.get(name, getattr(publication, name)) != line.moments[name]}
    for name in sorted(unkept):
        notice("key", f"{name} is not kept, since the item is {state}")
