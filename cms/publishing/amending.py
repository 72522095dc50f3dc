"""Amending: one thing of an item is changed at the desk and for readers, and nothing else with it.

Up to three versions of an item stand beside each other: the working copy, what readers have, and what is scheduled.
Each gets the change by itself, so that what is only written, or only scheduled, does not go out with it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cms import permissions
from cms.publishing import kinds, press, working_copy
from cms.publishing.models import Act, Publication, Version
from cms.publishing.press import Printing, Release

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

Verb = Act.Verb
Edit = Callable[[dict], dict]  # a snapshot, as it is with the change
Amended = dict[Any, Version]  # by the id of a version: what stands in its place


def amend(item: "Publishable", edit: Edit, by: Any = None, *, note: str = "", is_shown: bool = True) -> bool:
    """Change one thing of an item, at the desk and for readers, and nothing else; whether readers see it now.

    `edit` is given a snapshot and answers it with the change. The working copy gets it, with all that is written in it
    and not published; readers' version gets it too, and what is scheduled, so that none of that goes out with it. With
    is_shown=False it is the working copy's alone.
    """
    with press.printing() as printing:
        press.as_it_stands(item)
        item.refresh_from_db()  # whole: what was read before the press was locked may have been saved over since
        permissions.demand(by, "change", item)
        publication = _live_or_scheduled(item) if is_shown else None
        if publication:
            permissions.demand(by, "publish", item)
        now = kinds.publishable_named(item.kind).snapshot(item)
        same = item.head if item.head and item.head.data == now else None  # the version that says what the desk does
        amended = _amend_versions(publication, edit, by, but=same)
        edited = edit(now)
        changes = {name: value for name, value in edited.items() if value != now.get(name)}
        working_copy.write(item, changes, by).or_refuse()  # after those before readers, since it stays the newest
        if publication is None:
            return False
        if same and item.head:
            amended[same.pk] = item.head
        return _bring_out(printing, publication, amended, by, note)


def _live_or_scheduled(item: "Publishable") -> Publication | None:
    """What readers have of it, or are to have."""
    publication = Publication.objects.filter(kind=item.kind, key=item.pk).select_related("version").first()
    return publication if publication and (publication.is_live or publication.next_at) else None


def _amend_versions(publication: Publication | None, edit: Edit, by: Any, *, but: Version | None) -> Amended:
    """Versions with the change, for what readers have and what is scheduled; but for the one that has it already."""
    amended: Amended = {}
    if publication:
        live = publication.version if publication.is_live else None
        for version in filter(None, [live, publication.next_version]):
            if not (but and version.pk == but.pk) and version.pk not in amended:
                amended[version.pk] = _amended(version, edit(version.data), by)
    return amended


def _amended(version: Version, data: dict, by: Any) -> Version:
    """The version with a change, which is checked as any other; itself where there is none."""
    if data == version.data:
        return version
    data = working_copy.checked_anew(kinds.publishable_named(version.kind), version.key, data, version.data)
    return Version.objects.create(
        kind=version.kind, key=version.key, data=data, author=by, by_key=press.key_of(by), base=version
    )


def _bring_out(printing: Printing, publication: Publication, amended: Amended, by: Any, note: str) -> bool:
    """Release what was amended: to readers what they have, and for its moment what is scheduled."""
    kind, key = publication.kind, publication.key
    live = publication.version if publication.is_live else None
    later, next_at = publication.next_version, publication.next_at
    if live and amended[live.pk].pk != live.pk:
        number = printing.edition.number
        publication = press.release(printing, kind, [Release(amended[live.pk])])[0]
        if printing.edition.number > number:
            printing.note(Verb.UPDATED, kind, key, amended[live.pk], by, note)
    if later and next_at:  # once more, as it was cancelled by that
        press.release(printing, kind, [Release(amended[later.pk], at=next_at)])
        if not live:
            printing.note(Verb.SCHEDULED, kind, key, amended[later.pk], by, note, for_moment=next_at)
    press.show(printing, publication)
    return live is not None
