"""Saving: the working copy, as it stands, becomes a version."""

from typing import TYPE_CHECKING, Any, cast

from cms import permissions
from cms.database.bulk import update_rows
from cms.publishing import kinds
from cms.publishing.models import Act, Stage, Version
from cms.publishing.press import edition, stages
from cms.publishing.press.act import key_of

if TYPE_CHECKING:
    from cms.content.publishable import Publishable


def save(item: "Publishable", by: Any = None, base: Version | None = None) -> Version | None:
    """Keep an item, as it stands in the database, as a version; none when nothing changed since the last."""
    serializer = kinds.publishable_named(item.kind)
    with edition.printing():
        edition.as_it_stands(item)
        return keep([(item, serializer.snapshot(item))], by, base)[0]


def last_saved(item: "Publishable") -> Version:
    """The version last saved of an item; one is made where there is none yet."""
    if item.head is None:
        save(item)
    return cast(Version, item.head)


def keep(
    pairs: list[tuple["Publishable", dict]],
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
        former_data = _as_of_today(item.kind, head.data) if head else None
        if head or not permissions.has(by, "add", item):
            permissions.demand(by, "change", item)
        if former_data == data:
            made.append(None)
        else:
            version = Version(kind=item.kind, key=item.pk, data=data, author=by, by_key=key_of(by), base=base or head)
            version.restored_from = former
            made.append(version)
    Version.objects.bulk_create([version for version in made if version])
    changed = []
    for (item, _data), kept in zip(pairs, made, strict=True):
        if kept:
            item.head = kept
            item.modified_at = kept.created_at
            changed.append(item)
    if changed:
        update_rows(changed, ["head", "modified_at"])
        with edition.printing() as printing:
            printing.saved.update((item.kind, item.pk) for item in changed)
    for item in changed:
        if by and item.stage == Stage.APPROVED and not permissions.may(by, "approve", item):
            with edition.printing() as printing:
                stages.put_into(printing, item, Stage.WRITING, Act.Verb.REOPENED, by)
    return made


def _as_of_today(kind: str, data: dict) -> dict:
    """A snapshot with the keys that it lacks since it is older than they are: nobody has changed anything by that."""
    serializer = kinds.publishable_named(kind)
    later = serializer.later_keys - data.keys()
    return {**{name: value for name, value in serializer.blank().items() if name in later}, **data} if later else data
