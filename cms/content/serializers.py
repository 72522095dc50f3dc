"""The base of every kind's serializer: the one contract that saving, publishing, history, import and the API share.

A *snapshot* is what `snapshot()` reads from the desk and `is_valid()` makes of input: plain JSON, in which everything
shared is a link (see links.py). A Version keeps one. `show()` turns an expanded snapshot into readers' JSON.
"""

import contextlib
import logging
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.html import escape
from rest_framework import serializers

from cms.content.entries import Entry
from cms.database import statements
from cms.database.bulk import insert_rows, save_rows
from cms.notices import notice
from cms.publishing import kinds, press, slugs
from cms.publishing.links import Expansion, Target, key_of, link
from cms.publishing.models import Publication, Version
from cms.text import spelling, texts

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

logger = logging.getLogger(__name__)


def rfc3339(moment: datetime | None) -> str | None:
    """A moment as the API prints it: UTC, whole seconds, "Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def api_url(path: str, name: object = "") -> str:
    return f"{settings.PUBLIC_URL}/api/v1/{path}/{quote(str(name))}{'/' if name else ''}"


def api_url_of(kind: type[kinds.Kind], name: object) -> str:
    """Where one of a kind is in the API: by its slug or its id, unless it is the only one."""
    return api_url(kind.Meta.path, "" if kind.is_single else name)


def web_url(kind: str, **parts: object) -> str:
    """Where the front end shows something, by what stands in the places of its kind's web path."""
    return settings.FRONT_URL + kinds.web_path(kind).fill(parts)


def dated_parts(moment: datetime | None) -> dict[str, str]:
    """What a web path says of a moment, in the site's time zone."""
    if moment is None:
        return {}
    day = timezone.localtime(moment, timezone.get_default_timezone())
    return {"yyyy": f"{day.year:04}", "mm": f"{day.month:02}", "dd": f"{day.day:02}"}


class SlugField(serializers.CharField):
    """A slug in the letters of any language, spelt as it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 200, **kwargs})
        self.validators.append(spelling.check_slug)

    def to_internal_value(self, data: Any) -> Any:
        return spelling.normalised(super().to_internal_value(data))


class LineField(serializers.CharField):
    """Plain text of one line."""

    def to_internal_value(self, data: Any) -> Any:
        return texts.in_one_line(super().to_internal_value(data)).strip()


class DatabaseNames:
    """Finds things by id or slug, one query each. (An import brings a resolver that knows a whole file.)"""

    def find(self, kind: str, name: str) -> uuid.UUID | None:
        model = kinds.named(kind).Meta.model
        try:
            return model._default_manager.values_list("pk", flat=True).get(pk=uuid.UUID(name))
        except ValueError:
            return slugs.owner(kind, name)
        except ObjectDoesNotExist:
            return None


class PartSerializer(serializers.Serializer):
    """An object inside a snapshot. A key that it does not have is said, where DRF would drop it in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            for name in data.keys() - self.fields.keys():
                notice("key", f"{self.place}.{str(name)[:64]} is not kept; there is no such key")
        return super().to_internal_value(data)

    @property
    def place(self) -> str:
        """The key of a line that it is the value of, or stands in the list of."""
        field: Any = self
        while not field.field_name and field.parent is not None:
            field = field.parent
        return field.field_name


class LinkField(serializers.Field):
    """A link to one thing. Input: its slug or id, a link, or an object of these with its placement.

    Readers get the card of what it leads to; with `whole` all of it; with `whole_in_details` all of it where the item
    that has the link is shown at its own address.
    """

    default_error_messages = {
        "unknown": "there is no {kind} {name}",
        "form": "write a slug or an id, or an object with {keys}",
    }

    def __init__(
        self,
        kind: str,
        *,
        placement: tuple[str, ...] = (),
        whole: bool = False,
        whole_in_details: bool = False,
        **kwargs: Any,
    ):
        self.kind, self.placement, self.whole, self.whole_in_details = kind, placement, whole, whole_in_details
        super().__init__(**{"allow_null": True, "required": False, **kwargs})

    def to_internal_value(self, data: Any) -> dict:
        placed = {}
        name = data
        if isinstance(data, dict):
            name = data.get("id") if data.get("link") == self.kind else data.get(self.kind)
            strange = data.keys() - {"link", "id", "whole", self.kind, *self.placement}
            placed = {key: data[key] for key in self.placement if data.get(key)}
            if strange or not all(isinstance(value, str) for value in placed.values()):
                self.fail("form", keys=", ".join([self.kind, *self.placement]))
        if not isinstance(name, str) or not name:
            self.fail("form", keys=", ".join([self.kind, *self.placement]))
        key = None
        if isinstance(data, dict) and data.get("link") == self.kind and "names" not in self.context:
            # A block of our own that comes back from the editor: what it points at may be gone by now.
            with contextlib.suppress(ValueError):
                key = uuid.UUID(name)
        else:
            key = self.context.get("names", DatabaseNames()).find(self.kind, name)
        if key is None:
            self.fail("unknown", kind=self.kind, name=f'"{name[:64]}"')
        return self.link_to(key, **{key_: placed.get(key_, "") for key_ in self.placement})

    def link_to(self, key: uuid.UUID, **placed: str | bool) -> dict:
        if self.whole:
            placed = {**placed, "whole": True}
        return link(self.kind, key, **placed)

    def get_attribute(self, instance: models.Model) -> dict | None:
        """The link that a foreign key of the desk makes; its placement stands in columns beside it."""
        column = self.source_attrs[-1]
        key = getattr(instance, f"{column}_id")
        if key is None:
            return None
        return self.link_to(key, **{name: getattr(instance, f"{column}_{name}") for name in self.placement})

    def to_representation(self, value: dict) -> dict:
        return value

    def columns(self, value: dict | None) -> dict[str, Any]:
        """The same, for writing."""
        column = self.source_attrs[-1]
        placed = {f"{column}_{name}": value[name] if value else "" for name in self.placement}
        return {f"{column}_id": key_of(value) if value else None, **placed}


class RowsField(serializers.ListField):
    """A list that the desk keeps in rows of another table, in order: topics, bylines with their role, corrections.

    `through` names the many-to-many field or the reverse relation.
    """

    child: Any  # a link, or a field that makes its row itself

    def __init__(self, through: str, **kwargs: Any):
        self.through = through
        super().__init__(**{"required": False, "max_length": 200, **kwargs})

    def _table(self, model: type[models.Model]) -> tuple[type[models.Model], str]:
        """The rows' model, and the name of its key to the owner."""
        relation: Any = model._meta.get_field(self.through)
        if relation.many_to_many:
            return relation.remote_field.through, relation.m2m_field_name()
        return relation.related_model, relation.field.name

    def get_attribute(self, instance: models.Model) -> list:
        if instance._state.adding:  # nothing is stored of it
            return []
        table, owner = self._table(type(instance))
        rows = table._default_manager.filter(**{owner: instance}).order_by("pk")
        if hasattr(table, "position"):
            rows = rows.order_by("position", "pk")
        return list(rows)

    def to_representation(self, rows: list[models.Model]) -> list:
        return [self.from_row(row) for row in rows]

    def from_row(self, row: models.Model) -> dict:
        if isinstance(self.child, LinkField):
            placed = {name: getattr(row, name) for name in self.child.placement}
            return self.child.link_to(getattr(row, f"{self.target}_id"), **placed)
        return self.child.to_representation(row)

    @property
    def target(self) -> str:
        return self.child.source or self.child.kind

    def write(self, model: type[models.Model], owned: list[tuple[models.Model, list]]) -> None:
        """Put these rows in the place of those that the owners had."""
        table, owner = self._table(model)
        table._default_manager.filter(**{f"{owner}__in": [instance for instance, _ in owned]}).delete()
        rows = []
        for instance, values in owned:
            for position, value in enumerate(values):
                place = {"position": position} if hasattr(table, "position") else {}
                rows.append({owner: instance.pk, **self.to_row(value), **place})
        if rows:
            insert_rows(table, list(rows[0]), [tuple(row.values()) for row in rows])

    def to_row(self, value: dict) -> dict[str, Any]:
        if isinstance(self.child, LinkField):
            return {self.target: key_of(value), **{name: value[name] for name in self.child.placement}}
        return self.child.to_row(value)


class LinksField(RowsField):
    """Links to several things of one kind, each once."""

    def __init__(self, kind: str, through: str, *, placement: tuple[str, ...] = (), target: str = "", **kwargs: Any):
        self.kind = kind
        child = LinkField(kind, placement=placement, allow_null=False)
        self._target = target or kind
        super().__init__(through, child=child, **kwargs)

    @property
    def target(self) -> str:
        return self._target

    def to_internal_value(self, data: Any) -> list[dict]:
        return self.once_each(super().to_internal_value(data))

    def once_each(self, links: list[dict]) -> list[dict]:
        """Each of these links once, where several say the same."""
        told_apart: dict[tuple, dict] = {}
        for placed in links:
            told_apart.setdefault((placed["id"], *(placed[name] for name in self.child.placement)), placed)
        return list(told_apart.values())


class KindSerializer(kinds.Kind, serializers.ModelSerializer):  # type: ignore[misc] # Meta declares more than DRF's
    """The base of every kind (see cms/contract.py for what is asked of one)."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: LineField,
        models.SlugField: SlugField,
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(texts.clean(data))

    @classmethod
    @cache
    def shared_instance(cls) -> Self:
        instance = cls()
        instance.fields  # noqa: B018 - made once, here
        return instance


def _part(data: dict, names: set[str]) -> dict:
    return {name: value for name, value in data.items() if name in names}


class SharedSerializer(kinds.SharedKind, KindSerializer):  # type: ignore[misc] # as above
    """The base of a kind that many items point at."""

    @classmethod
    def load(cls, keys: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, Target]:
        rows = statements.objects(kinds.rows, cls.Meta.kind, list(keys))
        return {row.pk: Target(cls.shared_instance().shown(row, cls.Meta.link_fields)) for row in rows}

    def shown(self, row: models.Model, names: Iterable[str]) -> dict:
        fields = self.fields
        values = {name: fields[name].get_attribute(row) for name in names}
        return {
            name: None if value is None or value == "" else fields[name].to_representation(value)
            for name, value in values.items()
        }

    def show_row(self, row: models.Model, at: datetime) -> tuple[dict, datetime | None]:
        return self.shown(row, self.Meta.fields), None


def _live(kind: str, keys: Iterable[uuid.UUID], at: datetime) -> models.QuerySet:
    rows = Publication.objects.visible(at).filter(kind=kind, key__in=keys)
    return rows.select_related("version").defer("card", "document")


class PublishableSerializer(kinds.PublishableKind, KindSerializer):  # type: ignore[misc] # as above
    """The base of a kind that is written at the desk and published.

    A field that readers get but nobody writes is computed by `get_NAME(publication, data)` from the expanded snapshot.
    """

    kind = serializers.SerializerMethodField()
    id = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    web_url = serializers.SerializerMethodField()
    published_at = serializers.SerializerMethodField()
    updated_at = serializers.SerializerMethodField()

    def get_field_names(self, declared_fields: Any, info: Any) -> list[str]:
        return [*self.Meta.fields, *self.Meta.desk_fields]

    # The desk

    @classmethod
    @cache
    def written(cls) -> dict[str, Any]:
        return {name: field for name, field in cls.shared_instance().fields.items() if not field.read_only}

    @classmethod
    def snapshot(cls, item: models.Model, rows: dict[str, list] | None = None) -> dict:
        data = {}
        for name, field in cls.written().items():
            through = getattr(field, "through", "")
            value = rows[through] if rows and through in rows else field.get_attribute(item)
            data[name] = None if value is None else field.to_representation(value)
        cls.complete(item.pk, data)
        return data

    @classmethod
    def blank(cls) -> dict:
        return dict(cls._blank())

    @classmethod
    @cache
    def _blank(cls) -> dict:
        item = cls.Meta.model()
        return {
            name: []
            if isinstance(field, RowsField)
            else None
            if isinstance(field, LinkField)
            else field.get_attribute(item)
            for name, field in cls.written().items()
        }

    @classmethod
    def reading(cls, names: Any) -> Self:
        return cls(context={"names": names})

    def checked(self, given: dict) -> dict:
        """The part of a snapshot that some of its keys make.

        Only these keys may be left out: what stands inside a value is whole, or refused. (DRF's `partial` would let
        every required key of every block be left out as well.)
        """
        part: dict[str, Any] = {}
        errors = {}
        for name, value in given.items():
            field = self.fields[name]
            try:
                cleaned = field.run_validation(value)
            except serializers.ValidationError as error:
                errors[name] = error.detail
                continue
            except serializers.SkipField:
                continue
            part.update(cleaned if field.source == "*" else {name: cleaned})
        if errors:
            raise serializers.ValidationError(errors)
        return part

    @classmethod
    def assign(cls, item: models.Model, data: dict) -> None:
        for name, field in cls.written().items():
            if isinstance(field, LinkField):
                for column, value in field.columns(data.get(name)).items():
                    setattr(item, column, value)
            elif not isinstance(field, RowsField) and field.source != "*" and name in data:
                setattr(item, field.source, data[name])

    @classmethod
    def store(cls, pairs: "list[tuple[Publishable, dict]]") -> None:
        for item, data in pairs:
            cls.assign(item, data)
        model = cls.Meta.model
        save_rows(item for item, _ in pairs)
        for name, field in cls.written().items():
            if isinstance(field, RowsField):
                field.write(model, [(item, data.get(name) or []) for item, data in pairs])

    @classmethod
    def store_part(cls, item: models.Model, data: dict, names: Iterable[str]) -> None:
        columns: dict[str, Any] = {}
        for name in names:
            field = cls.written()[name]
            if isinstance(field, RowsField):
                field.write(cls.Meta.model, [(item, data.get(name) or [])])
            elif isinstance(field, LinkField):
                columns.update(field.columns(data.get(name)))
            else:
                columns[field.source] = data[name]
        for column, value in columns.items():
            setattr(item, column, value)
        if columns:
            type(item)._default_manager.filter(pk=item.pk).update(**columns)

    # Readers

    @classmethod
    def load(cls, keys: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, Target]:
        return cls._targets(statements.objects(_live, cls.Meta.kind, list(keys), at))

    @classmethod
    def load_ahead(cls, keys: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, Target]:
        rows = press.foreseen(Publication.objects.filter(kind=cls.Meta.kind, key__in=list(keys)), at)
        return cls._targets(rows)

    @classmethod
    def _targets(cls, rows: Iterable[Publication]) -> dict[uuid.UUID, Target]:
        """What links to these lead to. One that cannot be read is as if it were not there."""
        targets = {}
        for row in rows:
            try:
                targets[row.key] = cls.target(row)
            except Exception:  # whatever is wrong with it, what links to it is shown without
                logger.exception("%s %s cannot be shown in what links to it", row.kind, row.key)
        return targets

    @classmethod
    def target(cls, publication: Publication) -> Target:
        names = {*cls.linked_names(), *cls.names_in_web_path(), "is_whole"}
        free = cls.free_part(publication.shown.data)
        data, opened = (_part(whole, names) for whole in (free, publication.shown.data))
        instance = cls.shared_instance()

        def show(expanded: dict, *, whole: bool) -> dict:
            return instance.show(publication, expanded, cls.Meta.fields if whole else cls.Meta.card_fields)

        return Target(data, show, until=publication.live_until, opened=None if opened == data else opened)

    @classmethod
    def linked_names(cls) -> Iterable[str]:
        """The part of a snapshot that others show of it."""
        return cls.Meta.card_fields

    @classmethod
    def in_detail(cls, data: dict) -> dict:
        whole = {name: {**data[name], "whole": True} for name in cls._whole_in_details() if data.get(name)}
        return {**data, **whole} if whole else data

    @classmethod
    def card_of(cls, document: dict) -> dict:
        card = super().card_of(document)
        for name, kind in cls._whole_in_details().items():
            if card.get(name):
                card[name] = kinds.publishable_named(kind).card_of(card[name])
        return card

    @classmethod
    def _whole_in_details(cls) -> dict[str, str]:
        """The links whose whole stands in details, by name: the kinds of what they lead to."""
        fields = cls.shared_instance().fields.items()
        return {name: field.kind for name, field in fields if isinstance(field, LinkField) and field.whole_in_details}

    def show(self, publication: Publication, data: dict, names: Iterable[str]) -> dict:
        shown = {}
        for name in names:
            getter = getattr(self, f"get_{name}", None)
            value = getter(publication, data) if getter else data.get(name)
            shown[name] = None if value == "" else value
        return shown

    def unwritten(self) -> dict:
        """Readers' JSON of one in which nobody has written anything."""
        return self.show(Publication(kind=self.Meta.kind, key=kinds.SINGLE), self.blank(), self.Meta.fields)

    @classmethod
    def entry(cls, document: dict) -> Entry:
        summary = document.get("standfirst") or ""
        return Entry(
            id=document["id"],
            url=document["web_url"],
            published_at=document["published_at"],
            updated_at=document["updated_at"],
            title=cls.title(document),
            summary=summary,
            html=f"<p>{escape(summary)}</p>" if summary else "",
            pictures=cls.pictures_of(document),
        )

    def get_is_whole(self, publication: Publication, data: dict) -> bool:
        """Whether it is all of it: a kind's `free_part` says where it is not."""
        return data.get("is_whole", True)

    def get_kind(self, publication: Publication, data: dict) -> str:
        return self.Meta.kind

    def get_id(self, publication: Publication, data: dict) -> str:
        return str(publication.key)

    def get_url(self, publication: Publication, data: dict) -> str:
        return api_url_of(type(self), publication.slug or publication.key)

    def get_web_url(self, publication: Publication, data: dict) -> str:
        path = kinds.web_path(self.Meta.kind)
        parts: dict[str, object] = {"slug": publication.slug or publication.key, "id": publication.key}
        if len(path.parts) > 1:  # else it is one of these, and the rest would cost each card for nothing
            parts |= {part: (data.get(name) or {}).get("slug") for part, name in self.linked_web_parts.items()}
            parts |= dated_parts(publication.published_at)
        return settings.FRONT_URL + path.fill(parts)

    @classmethod
    def web_urls_of(cls, publications: Iterable[Publication]) -> dict[uuid.UUID, str]:
        publications, names = list(publications), cls.names_in_web_path()
        links: dict[int | None, dict] = {}
        if names:
            versions = Version.objects.filter(pk__in=[publication.version_id for publication in publications])
            links = {pk: {name: data.get(name) for name in names} for pk, data in versions.values_list("pk", "data")}
        expansion = Expansion(links.values(), timezone.now())
        serializer, urls = cls.shared_instance(), {}
        for publication in publications:
            data = expansion.expand(links.get(publication.version_id, {}))
            urls[publication.key] = serializer.get_web_url(publication, data)
        return urls

    @classmethod
    def names_in_web_path(cls) -> set[str]:
        """The links of a snapshot that its web path goes by."""
        parts = kinds.web_path(cls.Meta.kind).parts
        return {name for part, name in cls.linked_web_parts.items() if part in parts}

    def get_published_at(self, publication: Publication, data: dict) -> str | None:
        return rfc3339(publication.published_at)

    def get_updated_at(self, publication: Publication, data: dict) -> str | None:
        return rfc3339(publication.updated_at)
