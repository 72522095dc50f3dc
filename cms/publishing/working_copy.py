"""Writing a working copy: the one way for the desk's pages, an import, and whatever else writes.

    written = working_copy.write(item, {"headline": "Flood"}, by=user, base=version)

Everything is decided under the press's lock, on rows that are read there: whether they may, whether the page that it
comes from is out of date, whether what is new in it is right. What comes too late is kept aside as a version, beside
the newer text, and overwrites nothing.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from cms import notices, permissions
from cms.database.fields import derived_from
from cms.notices import Notice
from cms.publishing import kinds, press
from cms.publishing.links import is_link, key_of
from cms.publishing.models import Version
from cms.text import texts

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

Kind = type[kinds.PublishableKind]
NEWEST: Any = object()  # as a base: whatever stands is written over


@dataclass
class Written:
    """What became of a write."""

    item: "Publishable"  # as it stands now
    version: Version | None = None  # that was made of it; none: nothing was to change, or it was not written
    kept_aside: Version | None = None  # what came too late: a version beside the newer ones, or what it was once
    is_late: bool = False  # whether it came from an older text than the newest
    problems: dict[str, Any] = field(default_factory=dict)  # why nothing was written, as a serializer's errors
    notices: list[Notice] = field(default_factory=list)  # what was said and is not kept

    def or_refuse(self) -> "Written":
        """The same where it was written; else raises a ValidationError that names all that is wrong."""
        if self.problems:
            raise ValidationError(dict(in_words(self.problems)))
        return self


def write(
    item: "Publishable",
    data: dict[str, Any],
    by: Any = None,
    base: Any = NEWEST,
    *,
    restored: Version | None = None,
    decided: Version | None = None,
    made: dict[str, Any] | None = None,
) -> Written:
    """Write a snapshot, or some of its keys, into a working copy: the others stay as they are. Null empties a key.

    `item` may be a new one, `Article(pk=key)`; who writes it first has made it. `by` is the account that must be
    allowed to (none: the system itself). `base` is the version that the text was begun from, its id, or none where
    there was none. With `restored` it is that earlier version taken up again, with `decided` the one that was kept
    aside; what they say is not checked once more, nor is what stands: an older release may have let it in. `made` are
    values that the kind's serializer has made already, as a form has that asks it for a long text.

    Answers what became of it. Raises PermissionDenied, and ValidationError where the item was deleted meanwhile.
    """
    with press.printing(), notices.collecting() as heard:
        stored = _read(item)
        permissions.demand(by, "add" if stored is None else "change", stored or item)
        is_late = stored is not None and base is not NEWEST and stored.head_id != _id(base)
        written = Written(item, is_late=is_late, notices=heard)
        try:
            if stored and is_late:
                written.kept_aside = _keep_aside(stored, data, _id(base), by, made or {})
            else:
                stored = stored or _new(item, by)
                written.version = _write_over(stored, data, by, restored, decided, made or {})
        except (serializers.ValidationError, ValidationError) as error:
            written.problems = serializers.as_serializer_error(error)
        else:
            _bring_up_to_date(item, stored)
    return written


def leave_aside(item: "Publishable", version: Version, by: Any = None) -> Version:
    """Decide that what was kept aside stays there, and the text as it is.

    Answers the version that says so: of the text that stays, and based on the one that was turned down.
    """
    with press.printing():
        press.as_it_stands(item)
        permissions.demand(by, "change", item)
        data = press.last_saved(item).data
        return _aside(item, data, by, version)


def write_all(
    serializer: Kind,
    pairs: "list[tuple[Publishable, dict]]",
    by: Any = None,
    *,
    at_desk: "list[tuple[Publishable, dict]] | None" = None,
) -> list[Version | None]:
    """Write whole snapshots of one kind, checked already, in bulk: the version made of each, none where it had it.

    `at_desk` is what the desk holds of them meanwhile, where what they point at is still to come.
    """
    with press.printing():
        serializer.store(at_desk or pairs)
        return press.keep(pairs, by)


def checked(
    serializer: Kind, key: uuid.UUID, data: dict[str, Any], reader: kinds.PublishableKind | None = None
) -> dict:
    """The part of a snapshot that these keys make. Raises a serializer's ValidationError that names all mistakes.

    A `reader` is an instance of the serializer that finds what is linked by names of its own, as an import has, whose
    lines are plain text already.
    """
    fields, blank = serializer.written(), serializer.blank()
    strange = [name for name in data if name not in fields]
    if strange:
        text = _("There is no such key; write %(keys)s.") % {"keys": ", ".join(fields)}
        raise serializers.ValidationError({name: [text] for name in strange})
    filled = {name: blank[name] if value is None else value for name, value in data.items()}
    filled = filled if reader else texts.clean(filled)
    part = (reader or serializer.shared_instance()).checked(filled)
    return serializer.without_itself(key, part)


def checked_anew(serializer: Kind, key: uuid.UUID, data: dict[str, Any], former: dict[str, Any]) -> dict:
    """A snapshot, with what differs from a former one checked. Raises a ValidationError that names all mistakes."""
    new = {name: value for name, value in data.items() if name not in former or former[name] != value}
    try:
        return {**data, **checked(serializer, key, new)}
    except serializers.ValidationError as error:
        raise ValidationError(dict(in_words(serializers.as_serializer_error(error)))) from error


def without_deleted(data: dict) -> dict:
    """A version without what it pointed at and what is there no more. Cards in a body stay, and say it themselves."""
    links = [link for value in data.values() for link in links_in(value)]
    there = _those_there(links)

    def stands(value: Any) -> bool:
        return not is_link(value) or key_of(value) in there[value["link"]]

    return {
        name: [row for row in value if stands(row)] if isinstance(value, list) else value if stands(value) else None
        for name, value in data.items()
    }


# What stands, and what is new


def _read(item: "Publishable") -> "Publishable | None":
    """The working copy as it is stored; none where it is new."""
    stored = type(item)._default_manager.select_related("head").filter(pk=item.pk).first()
    if stored is None and not item._state.adding:
        press.as_it_stands(item)  # which says that it was deleted
    return stored


def _id(base: Any) -> int | None:
    return base.pk if isinstance(base, Version) else base


def _new(item: "Publishable", by: Any) -> "Publishable":
    """A working copy that is still to be stored: the model's own defaults, and whose it is."""
    made = type(item)()
    made.pk, made.made_by = item.pk, by
    return made


def _new_part(serializer: Kind, key: uuid.UUID, data: dict, known: list[dict]) -> dict:
    """The part of a snapshot that these keys make. What stands so already, or stood so, is not checked again."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name, value in data.items():
        is_known = any(name in snapshot and snapshot[name] == value for snapshot in known)
        (old if is_known else new)[name] = value
    part = checked(serializer, key, new)
    if missing := _missing(key, part):
        raise serializers.ValidationError(missing)
    return {**old, **part}


def _missing(own: uuid.UUID, part: dict) -> dict[str, list[str]]:
    """By key, what the desk cannot point at, since it is not there. (What a text shows may be gone: it says so.)"""
    links = [(name, link) for name, value in part.items() for link in links_in(value) if key_of(link) != own]
    there = _those_there([link for _name, link in links])
    missing: dict[str, list[str]] = {}
    for name, link in links:
        if key_of(link) not in there[link["link"]]:
            text = _("There is no %(kind)s %(id)s.") % {"kind": link["link"], "id": link["id"]}
            missing.setdefault(name, []).append(text)
    return missing


def _those_there(links: Collection[dict]) -> dict[str, set[uuid.UUID]]:
    """The keys of what the desk has of all that these point at, by kind."""
    wanted: dict[str, set[uuid.UUID]] = {}
    for link in links:
        wanted.setdefault(link["link"], set()).add(key_of(link))
    return {
        kind: set(kinds.named(kind).Meta.model._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for kind, keys in wanted.items()
    }


def links_in(value: Any) -> Collection[dict]:
    """What is linked by a key of a snapshot itself, and not by something that stands in its text."""
    return [link for link in (value if isinstance(value, list) else [value]) if is_link(link)]


# What is written


def _write_over(
    item: "Publishable", data: dict, by: Any, restored: Version | None, decided: Version | None, made: dict
) -> Version | None:
    """Write into a working copy; the version that is made of it, none where nothing has changed."""
    serializer = kinds.publishable_named(item.kind)
    now = serializer.blank() if item._state.adding else serializer.snapshot(item)
    taken_up = [version.data for version in (restored, decided) if version]
    wanted = {**serializer.blank(), **now, **_new_part(serializer, item.pk, data, [made, now, *taken_up])}
    wanted, changed = _put_on(serializer, item, wanted)
    _store(serializer, item, now, wanted, changed)
    return press.keep([(item, wanted)], by, decided, restored)[0]


def _keep_aside(item: "Publishable", data: dict, base: int | None, by: Any, made: dict) -> Version | None:
    """Keep what came too late, unless it is what stands, or has been kept already."""
    serializer = kinds.publishable_named(item.kind)
    versions = Version.objects.filter(kind=item.kind, key=item.pk)
    began = versions.filter(pk=base).first() if base else None
    now = serializer.snapshot(item)
    former = began.data if began else now
    mine = {**serializer.blank(), **former, **_new_part(serializer, item.pk, data, [made, now, former])}
    serializer.complete(item.pk, mine)
    if item.head and item.head.data == mine:
        return None
    earlier = versions.filter(base=began, author=by)  # sent twice: it may have been in time, the first time
    twin = next((version for version in earlier if version.data == mine), None)
    return twin or _aside(item, mine, by, began)


def _aside(item: "Publishable", data: dict, by: Any, base: Version | None) -> Version:
    """Keep a version beside the newer ones."""
    return Version.objects.create(
        kind=item.kind, key=item.pk, data=data, author=by, by_key=press.key_of(by), base=base, is_stale=True
    )


def _put_on(serializer: Kind, item: "Publishable", wanted: dict) -> tuple[dict, list[str]]:
    """Put a snapshot on an item, which may know better (a slug is made from a headline).

    Answers the snapshot as it is then, and which columns it has changed. Raises ValidationError where it may not be so.
    """
    before = _columns(item)
    serializer.complete(item.pk, wanted)
    serializer.assign(item, wanted)
    item.clean_texts()
    changed = _changed(item, before)
    _clean(item, changed, before)
    changed = _changed(item, before)
    if not item._state.adding:
        item.validate_constraints(exclude=before.keys() - {*changed, "is_retired"})
    else:
        item.validate_constraints()
    own = {name: kept for name, kept in serializer.written().items() if not hasattr(kept, "through")}
    values = {name: kept.get_attribute(item) for name, kept in own.items()}
    shown = {name: None if value is None else own[name].to_representation(value) for name, value in values.items()}
    made = {**wanted, **shown}
    serializer.complete(item.pk, made)
    return made, changed


def _clean(item: "Publishable", changed: list[str], before: dict[str, Any]) -> None:
    """Let an item put itself right; what stood before and is not touched stays as it is, right or wrong."""
    try:
        item.clean()
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        new = {name: errors for name, errors in error.error_dict.items() if name in changed or name not in before}
        if new or item._state.adding:
            raise ValidationError(new or error.error_dict) from error
    for name in _changed(item, before):
        if name not in changed and before[name]:
            # A column, as all of _columns; the stubs take a reverse relation for possible.
            setattr(item, item._meta.get_field(name).attname, before[name])  # type: ignore[union-attr]


def _columns(item: "Publishable") -> dict[str, Any]:
    return {column.name: getattr(item, column.attname) for column in item._meta.concrete_fields}


def _changed(item: "Publishable", before: dict[str, Any]) -> list[str]:
    return [name for name, value in _columns(item).items() if value != before[name]]


def _store(serializer: Kind, item: "Publishable", now: dict, wanted: dict, changed: list[str]) -> None:
    """Write what was changed of an item to the desk, and no more; of a new one all."""
    if item._state.adding:
        serializer.store([(item, wanted)])
        return
    if changed:
        item.save(update_fields=[*changed, *derived_from(type(item), changed)])
    rows = [name for name, kept in serializer.written().items() if hasattr(kept, "through")]
    serializer.store_part(item, wanted, [name for name in rows if wanted.get(name) != now.get(name)])


def _bring_up_to_date(item: "Publishable", stored: "Publishable") -> None:
    """Let who asked hold the item as it stands now."""
    if item is not stored:
        for name, value in _columns(stored).items():
            # A column; see above.
            setattr(item, item._meta.get_field(name).attname, value)  # type: ignore[union-attr]
        item.head = stored.head
        item._state.adding = False


def in_words(detail: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The problems of a serializer, by key, as a form has them."""
    for name, inner in detail.items():
        yield name, list(_flat(inner))


def _flat(detail: Any) -> Iterator[str]:
    if isinstance(detail, dict):
        for inner in detail.values():
            yield from _flat(inner)
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flat(inner)
    else:
        yield str(detail)
