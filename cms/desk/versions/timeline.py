"""What happened to an item: its versions and the acts with it, as one story by day, the newest first."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.desk.words import act_in_words, author_of, moment_in_words
from cms.publishing.models import Act, Publication, Version

PAGE = 60
AT_ONCE = timedelta(minutes=1)  # within which an act was one with the save before it
WENT: dict[str, str] = {
    Act.Verb.PUBLISHED: "published",
    Act.Verb.UPDATED: "published",
    Act.Verb.WENT_LIVE: "published",
    Act.Verb.WITHDRAWN: "withdrawn",
    Act.Verb.EXPIRED: "withdrawn",
}
PLACE = re.compile(r"^(\d{1,18})-(\d{1,18})$")


@dataclass
class Entry:
    """Something that happened: a save, an act, or both in one."""

    at: datetime
    who: str
    what: list[str]
    notes: list[str] = field(default_factory=list)
    version: Version | None = None
    marks: list[tuple[str, str]] = field(default_factory=list)
    is_undecided: bool = False


@dataclass
class Timeline:
    days: list[tuple[date, list[Entry]]]
    older: str  # where the next page begins; empty at the end


def timeline(item: models.Model, publication: Publication | None, before: str = "", size: int = PAGE) -> Timeline:
    """A page of what happened. `before` is where the last page ended: the ids of its last version and act.

    Both are read by id, an index range each, and put together by time.
    """
    versions = Version.objects.filter(kind=item.kind, key=item.pk).select_related("author", "base")
    acts = Act.objects.filter(kind=item.kind, key=item.pk).order_by("-id")
    if place := PLACE.match(before):
        versions, acts = versions.filter(pk__lte=int(place[1])), acts.filter(pk__lte=int(place[2]))
    saved = list(versions.defer("data", "base__data").order_by("-pk")[: size + 1])
    done = list(acts[: size + 1])
    rows, older = _merged(saved, done, size)
    shown = [row for row in rows if isinstance(row, Version)]
    entries = list(_entries(rows, _Words(item, publication, shown)))
    days = groupby(entries, key=lambda entry: timezone.localtime(entry.at).date())
    return Timeline([(day, list(group)) for day, group in days], older)


def _merged(saved: list[Version], done: list[Act], size: int) -> tuple[list[Version | Act], str]:
    """Both, the newest first, as many as a page holds, and where the next one begins."""
    made_at = {version.pk: version.created_at for version in saved}

    def moment(act: Act) -> datetime:
        """What was done with a save in one press happened after it."""
        at = made_at.get(act.version or 0)
        return max(act.at, at) if at and abs(act.at - at) < AT_ONCE else act.at

    rows: list[Version | Act] = []
    versions, acts = 0, 0
    while len(rows) < size and (versions < len(saved) or acts < len(done)):
        version = saved[versions] if versions < len(saved) else None
        act = done[acts] if acts < len(done) else None
        if version is None or (act and moment(act) >= version.created_at):
            rows.append(act)
            acts += 1
        else:
            rows.append(version)
            versions += 1
    if versions == len(saved) and acts == len(done):
        return rows, ""
    next_version = saved[versions].pk if versions < len(saved) else 0
    next_act = done[acts].pk if acts < len(done) else 0
    return rows, f"{next_version}-{next_act}"


class _Words:
    """What a page of versions is called."""

    def __init__(self, item: models.Model, publication: Publication | None, versions: list[Version]):
        self.item = item
        self.publication = publication
        keys = [version.pk for version in versions]
        former = [version.restored_from for version in versions if version.restored_from]
        self.former = dict(Version.objects.filter(pk__in=former).values_list("pk", "created_at")) if former else {}
        decided = Version.objects.filter(base__in=[version.pk for version in versions if version.is_stale])
        self.decided = set(decided.values_list("base", flat=True)) if any(v.is_stale for v in versions) else set()
        self.went: dict[int, set[str]] = {}
        acts = Act.objects.filter(kind=item.kind, key=item.pk, version__in=keys)
        for version, verb in acts.order_by().values_list("version", "verb"):
            if verb in WENT:
                self.went.setdefault(version, set()).add(WENT[verb])

    def what(self, version: Version) -> str:
        is_after_stale = version.base is not None and version.base.is_stale
        if version.is_stale:
            return _("Kept as it was, after comparing") if is_after_stale else _("Saved from a page out of date")
        if version.restored_from:
            at = self.former.get(version.restored_from)
            if at is None:
                return _("Restored from an earlier version")
            return _("Restored from %(when)s") % {"when": moment_in_words(at)}
        if is_after_stale:
            return _("The later text was chosen")
        return _("Saved") if version.base_id else _("Begun")

    def marks(self, version: Version) -> Iterator[tuple[str, str]]:
        """What it is to readers and to the desk, as (class, words)."""
        publication = self.publication
        if publication and version.pk == publication.version_id and publication.is_live:
            yield "live", _("Live")
        if publication and version.pk == publication.next_version_id:
            yield "scheduled", _("Scheduled")
        if version.pk == self.item.head_id:
            yield "now", _("Working copy")
        went = self.went.get(version.pk, set())
        if "withdrawn" in went:
            yield "withdrawn", _("Before withdrawal")
        elif "published" in went and not (publication and version.pk == publication.version_id):
            yield "was", _("Was live")

    def is_undecided(self, version: Version) -> bool:
        is_marker = version.base is not None and version.base.is_stale
        return version.is_stale and not is_marker and version.pk not in self.decided


def _entries(rows: Iterable[Version | Act], words: _Words) -> Iterator[Entry]:
    """What was done in one press with a save stands with it, in one line."""
    waiting: list[Act] = []
    for row in rows:
        if isinstance(row, Act):
            waiting.append(row)
            continue
        same: list[Act] = []  # the oldest first
        while waiting and _is_one_with(waiting[-1], row):
            same.append(waiting.pop())
        yield from (_entry_of_act(act) for act in waiting)
        waiting = []
        yield Entry(
            at=row.created_at,
            who=author_of(row) if row.author else _("Galley"),
            what=[words.what(row), *(act_in_words(act) for act in same)],
            notes=[act.note_shown for act in same if act.note],
            version=row,
            marks=list(words.marks(row)),
            is_undecided=words.is_undecided(row),
        )
    yield from (_entry_of_act(act) for act in waiting)


def _is_one_with(act: Act, version: Version) -> bool:
    return act.version == version.pk and act.by_id == version.author_id and abs(act.at - version.created_at) < AT_ONCE


def _entry_of_act(act: Act) -> Entry:
    words = act_in_words(act)
    what = [words[:1].upper() + words[1:]]
    return Entry(at=act.at, who=act.by_name or _("Galley"), what=what, notes=[act.note_shown])


def heading_of(version: Version, item: models.Model, publication: Publication | None) -> dict[str, Any]:
    """What a version is called where it is compared."""
    words = _Words(item, publication, [version])
    return {
        "pk": version.pk,
        "who": author_of(version) if version.author else _("Galley"),
        "at": version.created_at,
        "what": words.what(version),
        "marks": list(words.marks(version)),
    }
