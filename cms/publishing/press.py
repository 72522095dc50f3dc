"""The press: the one way from the desk to the readers.

Every act runs inside `printing()`: one transaction under the edition's lock, so it happened or it did not, and two
processes get two editions, in order. What readers can see changes nowhere else.
"""

import logging
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import Min, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.publishing import checks, permissions, registry, rendering, slugs, spelling
from cms.publishing.bulk import insert_rows, update_rows
from cms.publishing.fields import derived_from
from cms.publishing.links import value_key
from cms.publishing.models import Act, Address, Change, Edition, PreviewLink, Publication, Reference, Stage, Version

logger = logging.getLogger(__name__)
_running = threading.local()

Action = Change.Action
Reason = Publication.Reason
Verb = Act.Verb
KEEP: Any = object()
DECIDED_ON = ["head", "stage", "made_by", "assignee", "is_retired"]  # what an act reads of an item before it does it
COMES_DOWN, NO_END = gettext_lazy("to come down"), gettext_lazy("no longer set to come down")
PUT_OFF = timedelta(minutes=5)


def whole_seconds(moment: datetime) -> datetime:
    """Moments that are printed and sorted by have whole seconds, as readers see them."""
    return moment.replace(microsecond=0)


@dataclass
class Release:
    """That a version is to reach the readers: now, or at a moment to come."""

    version: Version
    at: datetime | None = None
    published_at: datetime | None = None  # the date printed; none: the one it has, or the moment it goes live
    updated_at: datetime | None = None
    live_until: Any = KEEP


# What the desk asks for. `by` is the user who does it, and must be allowed to; none is the system itself.


def save(item: models.Model, by: Any = None, base: Version | None = None) -> Version | None:
    """Keep an item, as it stands in the database, as a version; none when nothing changed since the last."""
    serializer = registry.serializer_of(item.kind)
    with printing():
        as_it_stands(item)
        return keep([(item, serializer.snapshot(item))], by, base)[0]


def as_it_stands(item: models.Model) -> None:
    """Read anew, under the lock, what is decided by: who asked may have read it long before the lock was theirs."""
    try:
        item.refresh_from_db(fields=DECIDED_ON)
    except ObjectDoesNotExist:
        raise ValidationError(_("It has been deleted meanwhile."), code="deleted") from None


def keep(
    pairs: list[tuple[models.Model, dict]],
    by: Any = None,
    base: Version | None = None,
    restored_from: Version | None = None,
) -> list[Version | None]:
    """Append a version to each item whose snapshot differs from its last one, and make it the item's head."""
    former = restored_from.pk if restored_from else None
    heads = Version.objects.in_bulk([item.head_id for item, _ in pairs if item.head_id])
    made: list[Version | None] = []
    for item, data in pairs:
        head = heads.get(item.head_id)
        if head or not permissions.has(by, "add", item):
            permissions.demand(by, "change", item)
        if head and head.data == data:
            made.append(None)
        else:
            version = Version(kind=item.kind, key=item.pk, data=data, author=by, base=base or head)
            version.restored_from = former
            made.append(version)
    Version.objects.bulk_create([version for version in made if version])
    changed = []
    for (item, _data), version in zip(pairs, made, strict=True):
        if version:
            item.head = version
            item.modified_at = version.created_at
            changed.append(item)
    if changed:
        update_rows(changed, ["head", "modified_at"])
    for item in changed:
        if by and item.stage == Stage.APPROVED and not permissions.may(by, "approve", item):
            with printing() as printing_:
                printing_.move(item, Stage.WRITING, Verb.REOPENED, by)
    return made


def publish(
    item: models.Model,
    at: datetime | None = None,
    published_at: datetime | None = None,
    live_until: Any = KEEP,
    by: Any = None,
) -> Publication:
    """Bring an item's last saved version before readers, now or at a moment to come.

    Raises checks.Refused, a ValidationError that names all that stands in the way.
    """
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, "publish", item)
        if item.head is None:
            save(item)
        draft = checks.Draft(item.kind, item.head.data, item.pk, at=at or printing_.now, item=item, by=by)
        found = [problem for problem in checks.problems([draft])[0] if problem.is_error]
        known = Publication.objects.filter(kind=item.kind, key=item.pk, place__isnull=False).first()
        if known and live_until is not KEEP and live_until != known.asked_until:
            permissions.demand(by, "withdraw", item)  # as it takes down what readers have
        if live_until is not KEEP and live_until and live_until <= (at or printing_.now):
            found.append(checks.error(_("It would come down before it goes live; choose a later end.")))
        if published_at and published_at > max(at or printing_.now, printing_.now):
            text = _("The date printed lies ahead of its going live; schedule it for then, or print an earlier one.")
            found.append(checks.error(text))
        if found:
            raise checks.Refused(found)
        release = Release(item.head, at=at, published_at=published_at, live_until=live_until)
        was_live = known is not None
        number = printing_.edition.number
        publication = printing_.release(item.kind, [release])[0]
        verb = Verb.SCHEDULED if publication.next_at else Verb.UPDATED if was_live else Verb.PUBLISHED
        if verb == Verb.SCHEDULED or printing_.edition.number > number:
            printing_.note(verb, item.kind, item.pk, item.head, by, for_moment=publication.next_at)
        if by and item.stage != Stage.APPROVED and permissions.may(by, "approve", item):
            printing_.move(item, Stage.APPROVED)  # whoever may do both says both by publishing
        _show(publication, printing_)
        item.refresh_from_db(fields=["is_retired"])
        return publication


def _show(publication: Publication, printing_: "Printing") -> None:
    """Make its JSON now, before any reader asks. What cannot be shown does not go live."""
    publication.refresh_from_db(fields=["edition"])  # its own appearance may have moved it on
    if not publication.is_live or publication.rendering:
        return
    shown = rendering.render([publication], printing_.now)
    if not publication.card:
        raise checks.Refused([checks.error(_("Something in it cannot be shown to readers; look through its text."))])
    rendering.keep([publication], shown, printing_.edition.number)


def in_english(text: Any) -> str:
    """What is kept in the log, which each reads in their own language."""
    with translation.override("en"):
        return str(text)


def amend(
    item: models.Model, edit: Callable[[dict], dict], by: Any = None, *, note: str = "", is_shown: bool = True
) -> bool:
    """Change one thing of an item, at the desk and for readers, and nothing else; whether readers see it now.

    `edit` is given a snapshot and answers it with the change. The working copy gets it, with all that is written in it
    and not published; readers' version gets it too, and what is scheduled, so that none of that goes out with it. With
    is_shown=False it is the working copy's alone.
    """
    with printing() as printing_:
        as_it_stands(item)
        item.refresh_from_db()  # whole: what was read before the press was locked may have been saved over since
        permissions.demand(by, "change", item)
        publication = Publication.objects.filter(kind=item.kind, key=item.pk).select_related("version").first()
        is_live = bool(publication and publication.is_live)
        is_out = is_shown and bool(publication and (is_live or publication.next_at))
        if is_out:
            permissions.demand(by, "publish", item)
        serializer = registry.serializer_of(item.kind)
        known = serializer.snapshot(item)
        data = edit(known)
        is_kept = bool(item.head and item.head.data == known)  # but for links to what was deleted since
        was_head = item.head if is_kept else None
        serializer.store_part(item, data, [name for name in data if data[name] != known.get(name)])
        live = publication.version if publication and is_live and is_out else None
        later = publication.next_version if publication and is_out else None
        amended = {}
        for version in filter(None, [live, later]):
            if not (was_head and version.pk == was_head.pk) and version.pk not in amended:
                amended[version.pk] = _amended(version, edit(version.data), by)
        keep([(item, data)], by)  # after those before readers, since it stays the newest
        if not publication or not is_out:
            return False
        if was_head:
            amended[was_head.pk] = item.head
        next_at, number = publication.next_at, printing_.edition.number
        if live and amended[live.pk].pk != live.pk:
            publication = printing_.release(item.kind, [Release(amended[live.pk])])[0]
            if printing_.edition.number > number:
                printing_.note(Verb.UPDATED, item.kind, item.pk, amended[live.pk], by, note)
        if later and next_at:
            printing_.release(item.kind, [Release(amended[later.pk], at=next_at)])
            if not live:
                printing_.note(Verb.SCHEDULED, item.kind, item.pk, amended[later.pk], by, note, for_moment=next_at)
        _show(publication, printing_)
        return is_live


def _amended(version: Version, data: dict, by: Any) -> Version:
    """The version with a change; itself where there is none."""
    if data == version.data:
        return version
    return Version.objects.create(kind=version.kind, key=version.key, data=data, author=by, base=version)


def withdraw(item: models.Model, reason: str = Reason.WITHDRAWN, by: Any = None) -> Publication | None:
    """Take an item from the readers, or cancel the date on which it would have reached them."""
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, "withdraw", item)
        publication = Publication.objects.filter(kind=item.kind, key=item.pk).first()
        if publication:
            number, was_due = printing_.edition.number, publication.next_at
            printing_.withdraw([publication], reason)
            if printing_.edition.number > number:
                printing_.note(
                    Verb.WITHDRAWN, item.kind, item.pk, publication.version, by, in_english(Reason(reason).label)
                )
            elif was_due:
                printing_.note(Verb.CANCELLED, item.kind, item.pk, item.head, by)
            item.refresh_from_db(fields=["is_retired"])
        return publication


def end(item: models.Model, until: datetime | None, by: Any = None) -> Publication:
    """Say until when readers have an item that is live, and change nothing else of it; none: as long as it is wanted.

    It is a withdrawal that is said beforehand, and for those who may withdraw. What waits to be published goes on
    waiting.
    """
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, "withdraw", item)
        publication = Publication.objects.filter(kind=item.kind, key=item.pk).select_related("version").first()
        if publication is None or not publication.is_live:
            raise ValidationError(_("It is not live."))
        if until and until <= printing_.now:
            raise ValidationError(_("That moment has passed; choose a later one, or press Withdraw."))
        if until and publication.next_at and until <= publication.next_at:
            raise ValidationError(
                _("An update is scheduled for after it comes down. Cancel the schedule, or move one.")
            )
        number = printing_.edition.number
        if printing_.set_end(publication, until):
            verb, note = (Verb.SCHEDULED, COMES_DOWN) if until else (Verb.CANCELLED, NO_END)
            version = publication.version
            printing_.note(verb, item.kind, item.pk, version, by, in_english(note), for_moment=until)
        if printing_.edition.number > number:
            rendering.keep([publication], rendering.render([publication], printing_.now), printing_.edition.number)
        return publication


def cancel_schedule(item: models.Model, by: Any = None) -> None:
    """Forget what was to go live later; what is live stays so."""
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, "publish", item)
        scheduled = Publication.objects.filter(kind=item.kind, key=item.pk, next_at__isnull=False)
        if scheduled:
            printing_.cancel(scheduled)
            printing_.note(Verb.CANCELLED, item.kind, item.pk, item.head, by)


def submit(item: models.Model, by: Any = None, note: str = "") -> None:
    """Say that an item is ready for review."""
    _move(item, by, "change", Stage.REVIEW, Verb.SUBMITTED, note)


def approve(item: models.Model, by: Any = None, note: str = "") -> None:
    """Say that an item may go before readers, as it stands."""
    _move(item, by, "approve", Stage.APPROVED, Verb.APPROVED, note)


def send_back(item: models.Model, note: str, by: Any = None) -> None:
    """Ask for more work on an item, and say which."""
    if not note.strip():
        raise ValidationError(_("Write what is to be done."))
    _move(item, by, "send_back", Stage.WRITING, Verb.SENT_BACK, note.strip())


def _move(item: models.Model, by: Any, verb: str, stage: str, act: str, note: str) -> None:
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, verb, item)
        if item.stage != stage:
            printing_.move(item, stage, act, by, note)


def assign(item: models.Model, to: Any, by: Any = None) -> None:
    """Say whose an item is to write; nobody's, where `to` is none."""
    with printing() as printing_:
        as_it_stands(item)
        permissions.demand(by, "change", item)
        type(item).objects.filter(pk=item.pk).update(assignee=to)
        item.assignee = to
        printing_.note(Verb.ASSIGNED, item.kind, item.pk, item.head, by, name_of(to) or Act.NOBODY)


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def foreseen(publications: models.QuerySet, at: datetime) -> list[Publication]:
    """Those of these that readers will see at a moment, as they will stand then. Not to be saved."""
    rows = publications.filter(Q(place__isnull=False) | Q(next_at__lte=at))
    rows = rows.select_related("version", "next_version").defer("card", "document")
    return [row for row in rows if foresee(row, at)]


def foresee(publication: Publication, at: datetime) -> bool:
    """Let a publication stand as it will at a moment if nobody acts until then; whether readers see it.

    Not to be saved, as what follows from it is not done.
    """
    if publication.next_at and publication.next_at <= at:
        if publication.live_until and publication.live_until <= publication.next_at:
            publication.place = None  # it ends, and comes again
        as_released(publication, publication.next_version, publication.next_at)
    return publication.is_live and (publication.live_until is None or publication.live_until > at)


def as_released(publication: Publication, version: Version, at: datetime) -> None:
    """Let a publication stand as if this version of it were released at a moment. Not to be saved either."""
    if not (publication.is_live and publication.version_id == version.pk):
        Printing(Edition(), at)._point(publication, Release(version, at=at))


def obstacles(kind: str, snapshots: list[dict]) -> list[list[str]]:
    """What keeps each of these snapshots from being published at all, whenever that is, in words for an editor."""
    drafts = [checks.Draft(kind, data) for data in snapshots]
    return [[problem.text for problem in found if problem.is_error] for found in checks.problems(drafts)]


@contextmanager
def printing() -> Iterator["Printing"]:
    """One act of the press. Inside another it is part of that one."""
    running = getattr(_running, "printing", None)
    if running:
        yield running
        return
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=1)
        act = _running.printing = Printing(edition, timezone.now())
        edition.turned_at = min(edition.turned_at, act.now)  # where the clock was set back, ends come once more
        try:
            act.turn()
            yield act
            act.finish()
        finally:
            _running.printing = None


@contextmanager
def attempt() -> Iterator[None]:
    """A part of an act that may fail alone: what it has changed is as if it had never been."""
    running = getattr(_running, "printing", None)
    changes, acts = (len(running.changes), len(running.acts)) if running else (0, 0)
    number = running.edition.number if running else 0
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if running:
            del running.changes[changes:], running.acts[acts:]
            running.edition.number = number
        raise


class Printing:
    """The state of one act: the edition that it has locked, the moment, the changes so far. Not for use outside."""

    def __init__(self, edition: Edition, now: datetime):
        self.edition = edition
        self.now = now
        self.changes: list[Change] = []
        self.acts: list[Act] = []

    def note(
        self,
        verb: str,
        kind: str,
        key: uuid.UUID,
        version: Version | None,
        by: Any = None,
        note: str = "",
        *,
        at: datetime | None = None,
        for_moment: datetime | None = None,
    ) -> None:
        """Put into the log what somebody did."""
        self.acts.append(
            Act(
                at=at or self.now,
                verb=verb,
                kind=kind,
                key=key,
                title=registry.serializer_of(kind).title(version.data)[:200] if version else "",
                by=by,
                by_name=name_of(by)[:200],
                version=version.pk if version else None,
                for_moment=for_moment,
                note=note,
            )
        )

    def move(self, item: models.Model, stage: str, verb: str = "", by: Any = None, note: str = "") -> None:
        """Put an item into a stage, and into the log under a verb if there is one."""
        type(item).objects.filter(pk=item.pk).update(stage=stage)
        item.stage = stage
        if verb:
            self.note(verb, item.kind, item.pk, item.head, by, note)

    def change(
        self, kind: str, key: uuid.UUID, action: str, slug: str, at: datetime | None = None, previous_slug: str = ""
    ) -> int:
        """Take the next edition for something that readers will see differently."""
        self.edition.number += 1
        self.changes.append(
            Change(
                edition=self.edition.number,
                kind=kind,
                key=key,
                action=action,
                slug=slug,
                previous_slug=previous_slug,
                at=whole_seconds(at or self.now),
            )
        )
        return self.edition.number

    def finish(self) -> None:
        Change.objects.bulk_create(self.changes)
        Act.objects.bulk_create(self.acts)
        live = Publication.objects.filter(place__isnull=False)
        moments = [
            Publication.objects.filter(next_at__isnull=False).aggregate(at=Min("next_at"))["at"],
            live.filter(live_until__isnull=False).aggregate(at=Min("live_until"))["at"],
            *(serializer.next_end(self.edition.turned_at) for serializer in registry.shared()),
        ]
        self.edition.next_change_at = min((moment for moment in moments if moment), default=None)
        self.edition.save()

    # What falls due

    def turn(self) -> None:
        """Do all that fell due since the last turn: go-lives, scheduled updates, expiries, ends of rights."""
        if not self.edition.next_change_at or self.edition.next_change_at > self.now:
            return
        due = Publication.objects.filter(next_at__lte=self.now).select_related("next_version").order_by("next_at", "pk")
        by_kind = defaultdict(list)
        for publication in due:
            by_kind[publication.kind].append(Release(publication.next_version, at=publication.next_at))
        for kind, releases in by_kind.items():
            self._release_due(kind, releases)
        over = Publication.objects.filter(place__isnull=False, live_until__lte=self.now).order_by("live_until", "pk")
        ended = list(over.select_related("version"))
        self._take_down(ended, Reason.EXPIRED, is_due=True)  # what is scheduled for later still comes
        for publication in ended:
            at = publication.live_until
            self.note(Verb.EXPIRED, publication.kind, publication.key, publication.version, at=at)
        for serializer in registry.shared():
            gone = serializer.ended(self.edition.turned_at, self.now)
            for row in gone:
                slug, end = getattr(row, "slug", ""), serializer.end_of(row)
                self.change(serializer.Meta.kind, row.pk, Action.WITHDRAWN, slug, end)
            self._clear(serializer.Meta.kind, [row.pk for row in gone])
        self.edition.turned_at = self.now

    def _release_due(self, kind: str, releases: list[Release]) -> None:
        """Release what is due; one that the database refuses is put off, and keeps nobody from publishing."""
        try:
            with attempt():
                self._release_now(kind, releases, is_due=True)
                for release in releases:
                    self.note(Verb.WENT_LIVE, kind, release.version.key, release.version, at=release.at)
        except DatabaseError:
            if len(releases) > 1:
                for release in releases:
                    self._release_due(kind, [release])
                return
            key = releases[0].version.key
            logger.exception("%s %s could not go live; trying again in %s", kind, key, PUT_OFF)
            Publication.objects.filter(kind=kind, key=key).update(next_at=self.now + PUT_OFF)

    # Releasing

    def release(self, kind: str, releases: list[Release]) -> list[Publication]:
        """Bring versions of one kind before readers, in bulk; those of a moment to come are noted for it."""
        later = [release for release in releases if release.at and release.at > self.now]
        now = [release for release in releases if not (release.at and release.at > self.now)]
        publications = {publication.key: publication for publication in self._note(kind, later)}
        publications.update((publication.key, publication) for publication in self._release_now(kind, now))
        return [publications[release.version.key] for release in releases]

    def _publications(self, kind: str, releases: list[Release]) -> list[Publication]:
        keys = [release.version.key for release in releases]
        found = {found.key: found for found in Publication.objects.filter(kind=kind, key__in=keys)}
        return [found.get(key) or Publication(kind=kind, key=key) for key in keys]

    def _note(self, kind: str, releases: list[Release]) -> list[Publication]:
        publications = self._publications(kind, releases)
        for publication, release in zip(publications, releases, strict=True):
            publication.next_version = release.version
            publication.next_at = whole_seconds(release.at)
            if release.live_until is not KEEP and release.live_until != publication.asked_until:
                self._put_end(publication, release.live_until)  # the end is the story's, whichever text it has then
        self._save(publications)
        self._clear(kind, [found.key for found in publications if found.edition == self.edition.number])
        return publications

    def _put_end(self, publication: Publication, until: datetime | None) -> None:
        publication.asked_until = until
        publication.live_until = self._end(until, publication.version)
        if publication.is_live:
            publication.edition = self.change(publication.kind, publication.key, Action.UPDATED, publication.slug)
            publication.clear()

    def set_end(self, publication: Publication, until: datetime | None) -> bool:
        """Let a publication end at a moment, or at none; whether that is a change."""
        if until == publication.asked_until:
            return False
        self._put_end(publication, until)
        self._save([publication])
        self._clear(publication.kind, [publication.key])
        return True

    def _release_now(self, kind: str, releases: list[Release], *, is_due: bool = False) -> list[Publication]:
        """Point publications at their versions. What is there already, to the letter, changes nothing."""
        publications = self._publications(kind, releases)
        if is_due:
            releases = self._give_way(kind, releases)
        released = []
        for publication, release in zip(publications, releases, strict=True):
            if self._point(publication, release, is_due=is_due):
                released.append(publication)
        if not released:
            return publications
        moved = [publication for publication in released if publication.place == publication.edition]
        self._save(released)
        self._lead_to(kind, {publication.slug: publication.key for publication in released if publication.slug})
        self._refer(kind, released, is_due=is_due)
        self._retire(kind, [publication.key for publication in moved], retired=False)
        return publications

    def _point(self, publication: Publication, release: Release, *, is_due: bool = False) -> bool:
        """Whether that changes anything for readers.

        What was due has been theirs since then. A release of an earlier date that was not, of an import, is theirs now.
        """
        at = whole_seconds(min(release.at or self.now, self.now))
        published_at = whole_seconds(release.published_at or publication.published_at or at)
        asked_until = publication.asked_until if release.live_until is KEEP else release.live_until
        if not publication.is_live and asked_until and asked_until <= at:
            asked_until = None  # an end that has passed was that of an earlier life
        live_until = self._end(asked_until, release.version)
        was_live = publication.is_live
        previous_slug = "" if publication.withdrawn_reason == Reason.LEGAL else publication.slug
        slug = release.version.data.get("slug") or ""
        is_moved = not was_live or published_at != publication.published_at
        is_same = publication.version_id == release.version.pk and asked_until == publication.asked_until
        is_dated = release.updated_at is None or whole_seconds(release.updated_at) == publication.updated_at
        if is_same and is_dated and live_until == publication.live_until and not is_moved:
            if publication.next_at:
                self.cancel([publication])
            return False
        number = self.change(
            publication.kind,
            publication.key,
            Action.UPDATED if was_live else Action.PUBLISHED,
            slug,
            at if is_due else self.now,
            previous_slug if previous_slug != slug else "",
        )
        publication.version, publication.slug = release.version, slug
        publication.published_at = published_at
        publication.asked_until, publication.live_until = asked_until, live_until
        first_life = publication.updated_at is None
        # What was written elsewhere is as old as it says there; a change of it is made here, and now.
        seen_at = at if is_due or first_life else self.now
        publication.updated_at = whole_seconds(
            release.updated_at or (published_at if first_life and at > published_at else seen_at)
        )
        publication.edition = number
        if is_moved:
            publication.place = number
        if not was_live:
            publication.live_from = min(at, published_at) if first_life else whole_seconds(seen_at)
        publication.next_version = publication.next_at = None
        publication.withdrawn_at, publication.withdrawn_reason = None, ""
        publication.clear()
        return True

    def _end(self, asked: datetime | None, version: Version | None) -> datetime | None:
        """When readers lose a version: at the end that the desk asked for, or at that of the rights before it."""
        rights_end = registry.serializer_of(version.kind).rights_end(version.data) if version else None
        return min((end for end in (asked, rights_end) if end), default=None)

    def _save(self, publications: list[Publication]) -> None:
        known = [publication for publication in publications if publication.pk]
        Publication.objects.bulk_create([publication for publication in publications if not publication.pk])
        fields = [field.name for field in Publication._meta.concrete_fields if field.name not in {"id", "kind", "key"}]
        update_rows(known, fields)

    def _give_way(self, kind: str, releases: list[Release]) -> list[Release]:
        """What falls due goes live though its slug was taken meanwhile, under the next free one."""
        model = registry.serializer_of(kind).Meta.model
        made_free: set[str] = set()
        for key, slug in slugs.taken_at_desk(kind, [release.version.key for release in releases]).items():
            made_free.add(free := free_slug(kind, slug, key, made_free))
            self._rename(model.objects.filter(pk=key), free)
        taken = slugs.taken_live(kind, [release.version for release in releases])
        asked = {release.version.data["slug"] for release in releases if release.version.data.get("slug")}
        made = []
        for release in releases:
            version = release.version
            if version.key in taken:
                slug = free_slug(kind, version.data["slug"], version.key, asked)
                asked.add(slug)
                logger.warning("%s %s went live as %s, its slug being taken", kind, version.data["slug"], slug)
                version = Version.objects.create(
                    kind=kind, key=version.key, data={**version.data, "slug": slug}, author=version.author, base=version
                )
                working_copy = model.objects.filter(pk=version.key, head=version.base)
                if self._rename(working_copy, slug):
                    working_copy.update(head=version)
            made.append(replace(release, version=version))
        return made

    def _rename(self, items: models.QuerySet, slug: str) -> bool:
        """Give the working copy found, if there is one, another slug, in the desk's search too."""
        item = items.first()
        if item is None:
            return False
        item.slug = slug
        item.save(update_fields=["slug", *derived_from(type(item), ["slug"])])
        return True

    def _lead_to(self, kind: str, slugs: dict[str, uuid.UUID]) -> None:
        """Let slugs lead to these things from now on; those that they had before still do."""
        alike = {spelling.key(slug): key for slug, key in slugs.items()}
        self.note_addresses(kind, {slug: key for slug, key in alike.items() if slug not in slugs})
        Address.objects.bulk_create(
            [Address(kind=kind, slug=slug, key=key) for slug, key in slugs.items()],
            update_conflicts=True,
            unique_fields=["kind", "slug"],
            update_fields=["key"],
        )

    def note_addresses(self, kind: str, slugs: dict[str, uuid.UUID]) -> None:
        """Let former slugs lead to these things, where they lead to nothing else."""
        alike = {spelling.key(slug): key for slug, key in slugs.items()}
        addresses = [Address(kind=kind, slug=slug, key=key) for slug, key in {**alike, **slugs}.items()]
        Address.objects.bulk_create(addresses, ignore_conflicts=True)

    def _retire(self, kind: str, keys: list[uuid.UUID], *, retired: bool) -> None:
        model = registry.serializer_of(kind).Meta.model
        model.objects.filter(pk__in=keys).exclude(is_retired=retired).update(is_retired=retired)

    # Withdrawing

    def withdraw(self, publications: list[Publication], reason: str, moments: dict | None = None) -> None:
        """Take these from the readers, now, or with other moments by key to note as the time when it was."""
        self.cancel([publication for publication in publications if publication.next_at])
        self._take_down(publications, reason, moments or {})

    def _take_down(
        self, publications: list[Publication], reason: str, moments: dict | None = None, *, is_due: bool = False
    ) -> None:
        live = [publication for publication in publications if publication.is_live]
        if reason == Reason.LEGAL:  # what was withdrawn for a lesser reason is to be forgotten as well
            live += [gone for gone in publications if gone.withdrawn_at and gone.withdrawn_reason != reason]
        for publication in live:
            at = publication.live_until if reason == Reason.EXPIRED and publication.live_until else self.now
            at = (moments or {}).get(publication.key) or publication.withdrawn_at or at
            slug = "" if reason == Reason.LEGAL else publication.slug
            seen_at = at if is_due else self.now  # whatever is noted as the time when it was
            number = self.change(publication.kind, publication.key, Action.WITHDRAWN, slug, seen_at)
            publication.place, publication.edition = None, number
            publication.withdrawn_at, publication.withdrawn_reason = whole_seconds(at), reason
            publication.clear()
        self._save(live)
        by_kind = defaultdict(list)
        for publication in live:
            by_kind[publication.kind].append(publication)
        for kind, group in by_kind.items():
            keys = [publication.key for publication in group]
            self._refer(kind, group)
            self._retire(kind, keys, retired=True)
            if reason == Reason.LEGAL:
                Change.objects.filter(kind=kind, key__in=keys).update(slug="", previous_slug="")
                PreviewLink.objects.alive(self.now).filter(kind=kind, key__in=keys).update(revoked_at=self.now)
                for change in self.changes:
                    if change.kind == kind and change.key in keys:
                        change.slug = change.previous_slug = ""

    def note_withdrawn(self, version: Version, reason: str, moments: dict) -> None:
        """Record, for what comes from another site, that it was live there once: no reader sees it here."""
        slug = version.data.get("slug") or ""
        Publication.objects.create(
            kind=version.kind,
            key=version.key,
            version=version,
            slug=slug,
            published_at=moments.get("published_at"),
            updated_at=moments.get("updated_at") or moments.get("published_at"),
            withdrawn_at=whole_seconds(moments["withdrawn_at"]),
            withdrawn_reason=reason,
        )
        self._retire(version.kind, [version.key], retired=True)
        if slug:
            self.note_addresses(version.kind, {slug: version.key})

    def cancel(self, publications: Iterable[Publication]) -> None:
        for publication in publications:
            publication.next_version = publication.next_at = None
            if publication.version_id:
                publication.save(update_fields=["next_version", "next_at"])
            else:
                publication.delete()

    # References

    def _refer(self, kind: str, publications: list[Publication], *, is_due: bool = False) -> None:
        """Record anew what these mention, and render again what shows them."""
        implied = _implied(publications)
        before = set(Reference.objects.filter(publication__in=publications, is_direct=True).values_list("kind", "key"))
        Reference.objects.filter(publication__in=publications).delete()
        references = [
            (publication, *thing)
            for publication in publications
            if publication.is_live
            for thing in sorted(mentioned_by(publication, implied))
        ]
        after = {(kind_, key) for _, kind_, key in references}
        elsewhere = self._still_mentioned(before ^ after)
        insert_rows(Reference, Reference.COLUMNS, (Reference.row(*found) for found in references))
        appeared = after - before - elsewhere
        moments: dict = {}
        for publication, *thing in references:
            if (found := tuple(thing)) in appeared:
                moments[found] = min(moments.get(found, self.now), publication.live_from)
        self._appear(moments, is_due=is_due)
        self._disappear(before - after - elsewhere)
        self._clear(kind, [publication.key for publication in publications])
        for serializer in registry.groups():
            group = serializer.Meta.kind
            self._clear(group, [key for found, key in before | after if found == group])

    def _still_mentioned(self, among: set) -> set:
        found = set()
        for serializer in registry.shared():
            kind = serializer.Meta.kind
            keys = [key for thing_kind, key in among if thing_kind == kind]
            if keys and not serializer.is_always_public:
                rows = serializer.Meta.model.objects.filter(pk__in=keys).mentioned(self.now)
                found |= {(kind, key) for key in rows.values_list("pk", flat=True)}
        return found

    def _appear(self, moments: dict, *, is_due: bool) -> None:
        for serializer, rows in self._not_always_public(moments):
            kind = serializer.Meta.kind
            serializer.first_seen({row.pk: moments[kind, row.pk] for row in rows})
            for row in rows:
                at = moments[kind, row.pk] if is_due else self.now
                self.change(kind, row.pk, Action.PUBLISHED, getattr(row, "slug", ""), at)

    def _disappear(self, gone: set) -> None:
        for serializer, rows in self._not_always_public(gone):
            for row in rows:
                self.change(serializer.Meta.kind, row.pk, Action.WITHDRAWN, getattr(row, "slug", ""))

    def _not_always_public(self, among: Iterable) -> Iterator[tuple[type, list[models.Model]]]:
        for serializer in registry.shared():
            keys = [key for kind, key in among if kind == serializer.Meta.kind]
            if keys and not serializer.is_always_public:
                rows = serializer.Meta.model.objects.filter(pk__in=keys).showable(self.now)
                yield serializer, list(rows.order_by("pk"))

    def _clear(self, kind: str, keys: list[uuid.UUID]) -> None:
        """Throw away the JSON that mentions or shows any of these things."""
        if keys:
            Publication.objects.referring_to(kind, keys).update(
                card="", document="", rendering="", shows_until=None, edition=self.edition.number
            )

    # What many share

    def change_shared(self, kind: str, rows: list[models.Model], added: set[uuid.UUID] | None = None) -> None:
        """These were saved: let their slugs lead to them, and render again what mentions them."""
        serializer = registry.serializer_of(kind)
        self._lead_to(kind, {row.slug: row.leads_to for row in rows if getattr(row, "slug", "")})
        keys = [row.pk for row in rows]
        known = serializer.Meta.model.objects.filter(pk__in=keys)
        public = set(known.public(self.now).values_list("pk", flat=True))
        mentioned = public | set(known.mentioned(self.now).values_list("pk", flat=True))
        if serializer.is_shared and not serializer.is_always_public:
            serializer.first_seen(dict.fromkeys(public, self.now))
        for row in rows:
            if row.pk in mentioned:
                action = Action.UPDATED if row.pk in public else Action.WITHDRAWN
                action = Action.PUBLISHED if row.pk in (added or ()) else action
                self.change(kind, row.pk, action, getattr(row, "slug", ""))
        self._clear(kind, keys)

    def remove_shared(self, kind: str, row: models.Model) -> None:
        """This is about to be deleted, which only what nothing live mentions can be."""
        if type(row).objects.filter(pk=row.pk).mentioned(self.now).exists():
            raise models.ProtectedError(_("Something live still uses it."), {row})
        Address.objects.filter(kind=kind, key=row.pk).delete()
        if registry.serializer_of(kind).is_always_public:
            self.change(kind, row.pk, Action.WITHDRAWN, getattr(row, "slug", ""))

    def refer_again(self, kind: str, keys: list[uuid.UUID]) -> None:
        """What these things imply has changed (a section moved, topics merged): record their uses anew."""
        users = Publication.objects.referring_to(kind, keys)
        by_kind = defaultdict(list)
        for user_kind, pk in users.order_by("pk").values_list("kind", "pk"):
            by_kind[user_kind].append(pk)
        for user_kind, pks in by_kind.items():
            for start in range(0, len(pks), 500):
                chunk = Publication.objects.filter(pk__in=pks[start : start + 500]).select_related("version")
                self._refer(user_kind, list(chunk.defer("card", "document")))


def mentioned_by(publication: Publication, implied: dict) -> set:
    """What a publication's version links to, what that implies, and the closed values it can be found by."""
    found: set = set()
    try:
        found.update(publication.version.things)
        for thing in publication.version.things:
            found.update(implied.get(thing, []))
        facets = registry.serializer_of(publication.kind).facets(publication.version.data)
        found.update((kind, value_key(kind, value)) for kind, value in facets)
    except Exception:  # what an older release let in keeps nobody from moving a section or merging topics
        logger.exception(
            "%s %s cannot be read to its end; see manage.py check_content", publication.kind, publication.key
        )
    return found


def _implied(publications: list[Publication]) -> dict:
    by_kind = defaultdict(set)
    for publication in publications:
        with suppress(Exception):  # which is said where its own mentions are recorded
            if publication.is_live:
                for kind, key in publication.version.things:
                    by_kind[kind].add(key)
    return {
        (kind, key): others
        for kind, keys in by_kind.items()
        for key, others in registry.serializer_of(kind).implied(keys).items()
    }


def free_slug(kind: str, wanted: str, key: uuid.UUID, taken: Container[str] = ()) -> str:
    """The slug, or the first of slug-2, slug-3 ... that neither the desk nor an address holds for another."""
    model = registry.serializer_of(kind).Meta.model
    tried = wanted
    number = 1
    while (
        tried in taken
        or Address.objects.filter(kind=kind, slug__in=slugs.with_alikes([tried])).exclude(key=key).exists()
        or model.objects.filter(slug__in=slugs.with_alikes([tried]), is_retired=False).exclude(pk=key).exists()
    ):
        number += 1
        tried = f"{wanted[:190]}-{number}"
    return tried
