"""What many items point at: sections, topics, bylines, photos."""

import copy
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from cms.database.fields import FoldedField, SlugField, derived_from
from cms.publishing import press, slugs
from cms.publishing.models import Reference
from cms.text.texts import PlainTexts


class SharedQuerySet(models.QuerySet):
    model: Any  # Shared, by whatever class

    def mentioned(self, at: datetime) -> Self:
        """Those that something visible at a moment mentions."""
        mentions = Reference.objects.filter(
            Q(publication__live_until=None) | Q(publication__live_until__gt=at),
            kind=self.model.kind,
            key=OuterRef("pk"),
            is_direct=True,
        )
        return self.filter(Exists(mentions))

    def showable(self, at: datetime) -> Self:
        """Those that readers may see at a moment where something visible mentions them."""
        return self

    def public(self, at: datetime) -> Self:
        """Those that readers may see at a moment."""
        return self.showable(at).mentioned(at)

    def with_seen_until(self, at: datetime) -> Self:
        """With the end of the last item that mentions each, where all of these have one."""
        mentions = Reference.objects.filter(kind=self.model.kind, key=OuterRef("pk"), is_direct=True)
        lasting = mentions.filter(publication__live_until=None)
        ends = mentions.filter(publication__live_until__gt=at).order_by("-publication__live_until")
        last = Subquery(ends.values("publication__live_until")[:1])
        return self.annotate(seen_until=Case(When(~Exists(lasting), then=last), default=None))


class Shared(PlainTexts):
    """Something that many items point at. It has no drafts: a change shows at once wherever it is mentioned.

    A save writes the columns that were changed since the row was read, and no others: whoever saved those meanwhile
    loses nothing.
    """

    kind = ""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    objects = SharedQuerySet.as_manager()

    class Meta:
        abstract = True

    _read: dict | None = None  # the columns as they were read; none: it was never stored

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **options: Any) -> Self:
        row = super().from_db(db, field_names, values, **options)
        row._note_read(field_names)
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields") or (args[1:2] and args[1]) or None
        # The stubs take a reverse relation for possible, which is no column and is not asked for.
        columns = [self._meta.get_field(name).attname for name in fields] if fields else None  # type: ignore[union-attr]
        self._note_read(columns)

    def _note_read(self, names: Iterable[str] | None = None) -> None:
        known = self.__dict__
        names = [field.attname for field in self._meta.concrete_fields] if names is None else names
        now = {name: known[name] for name in names if name in known}
        self._read = {**(self._read or {}), **{name: _kept(value) for name, value in now.items()}}

    def _changed(self) -> list[str]:
        """The fields that are not what was read, and what is made of them."""
        own = self.__dict__
        read = self._read or {}
        names = [
            field.name
            for field in self._meta.concrete_fields
            if field.attname in own and (field.attname not in read or own[field.attname] != read[field.attname])
        ]
        return list(dict.fromkeys([*names, *derived_from(type(self), names)]))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with press.printing() as printing:
            former = self._stored()
            if former and self._read and not args and not kwargs:
                kwargs["update_fields"] = self._changed()
            super().save(*args, **kwargs)
            self._note_read()
            if self._stored() != former:
                press.change_shared(printing, self.kind, [self], added=set() if former else {self.pk})

    @classmethod
    def save_many(cls, items: list[Self], before: dict[uuid.UUID, dict[str, Any]]) -> None:
        """Save those of these that have changed, as an import does. `before` has their columns as they were, by key.

        What a kind's own save does besides, it has to do here as well.
        """
        with press.printing() as printing:
            columns = [field for field in cls._meta.concrete_fields if not field.primary_key]
            changed = [
                item
                for item in items
                if item._state.adding
                or any(getattr(item, field.attname) != before[item.pk].get(field.attname) for field in columns)
            ]
            if not changed:
                return
            added = {item.pk for item in changed if item._state.adding}
            cls.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["id"], update_fields=[field.name for field in columns]
            )
            press.change_shared(printing, cls.kind, changed, added=added)
            related = [field.attname for field in columns if field.is_relation]
            moved = [
                item.pk
                for item in changed
                if item.pk not in added and any(getattr(item, name) != before[item.pk][name] for name in related)
            ]
            if moved:  # what their mention implies is another
                press.record_references_again(printing, cls.kind, moved)

    def _stored(self) -> Any:
        """What the database has of it, to tell whether a save changes anything."""
        return type(self).objects.filter(pk=self.pk).values().first()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with press.printing() as printing:
            if self._stored() is None:
                return 0, {}  # somebody else has deleted it meanwhile
            press.remove_shared(printing, self.kind, self)
            return super().delete(*args, **kwargs)


def _kept(value: Any) -> Any:
    """A value, out of reach of what may change it in its place."""
    if isinstance(value, FieldFile):
        return value.name
    return copy.deepcopy(value) if isinstance(value, list) else value


class Named(Shared):
    """Something shared that has a name and a page of its own."""

    name = models.CharField(_("name"), max_length=200)
    slug = SlugField(_("slug"), max_length=200, unique=True)
    sort_name = FoldedField(source="name", db_index=True)

    class Meta:
        abstract = True
        ordering = ["sort_name"]

    def __str__(self) -> str:
        return self.name

    @property
    def redirects_to(self) -> uuid.UUID:
        """Whose page its address shows."""
        return self.pk

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        super().validate_unique(exclude=exclude)
        if "slug" not in (exclude or ()):
            slugs.differs_by_more_than_case(self)
