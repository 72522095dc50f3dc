"""Filters: declared with django-filter, applied by DRF filter backends.

A list's filters are a FilterSet of the classes below, and their values are read by its own form fields. Only the form
is left out, and the FilterSet's instance: they would cost more than the page that is asked for.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from cms.api.lists import MAX_REQUIREMENTS, Filters
from cms.api.parameters import (
    ClosedField,
    FlagField,
    FoldedField,
    LanguagesField,
    MomentField,
    NumberField,
    OneField,
    Schema,
    SeveralField,
    bad,
    described,
    one_of,
    read,
)
from cms.api.searching import RELEVANCE
from cms.publishing import kinds
from cms.publishing.links import value_key
from cms.text import spelling

Filtered = Any  # what a filter narrows: Filters, or a QuerySet of what many share; it hands back the same


class ParameterFilter(django_filters.Filter):
    """One query parameter. `field_class` reads its values, `filter` narrows a list by them."""

    field_class: type[OneField | SeveralField] = OneField

    def filter(self, qs: Filtered, value: Any) -> Filtered:
        raise NotImplementedError

    @property
    def schema(self) -> Schema:
        return self.field.schema

    @property
    def help(self) -> str:
        return self.field.help_text


class MentionFilter(ParameterFilter):
    """What an item must mention, or must not."""

    field_class: type[OneField | SeveralField] = SeveralField

    def require(self, filters: Filters, facet: str, values: Iterable[str]) -> Filters:
        return self.limited(filters.requiring(facet, {value_key(facet, value) for value in values}))

    def limited(self, filters: Filters) -> Filters:
        if filters.requirements > MAX_REQUIREMENTS:
            raise ValidationError(f"Ask for at most {MAX_REQUIREMENTS} of these at once.")
        return filters


class ReferenceFilter(MentionFilter):
    """Slugs of things that an item mentions: any of them, none of them, or all of them."""

    def __init__(self, kind: str, *, exclude: bool = False, every: bool = False, help: str = "", **kwargs: Any):
        self.kind, self.every = kind, every
        finds = "none of them" if exclude else "all of them" if every else "any of them"
        text = f"Slugs of {kind}s: finds what has {finds}. {help}".strip()
        most = {"most": MAX_REQUIREMENTS} if every else {}
        super().__init__(exclude=exclude, help_text=text, **most, **kwargs)

    def filter(self, qs: Filters, value: Sequence[Any]) -> Filters:
        """`value` are slugs, looked up when the page is made; or, where they are known, the things' ids."""
        groups = [[each] for each in value] if self.every and value else [value]
        for group in groups:
            if all(isinstance(each, uuid.UUID) for each in group):
                qs = (qs.excluding if self.exclude else qs.requiring)(self.kind, group)
            else:
                qs = qs.naming(self.kind, group, is_required=not self.exclude)
        return self.limited(qs)


class FacetFilter(MentionFilter):
    """Values of a closed list that an item is mentioned with."""

    field_class = ClosedField

    def __init__(self, facet: str, choices: Iterable[str], **kwargs: Any):
        self.facet = facet
        super().__init__(choices=choices, **{"help_text": "Any of these.", **kwargs})

    def filter(self, qs: Filters, value: list[str]) -> Filters:
        return self.require(qs, self.facet, value)


class LanguageFilter(MentionFilter):
    """Language tags, any of them; `en` finds `en-GB`."""

    field_class = LanguagesField

    def __init__(self, **kwargs: Any):
        super().__init__(help_text="BCP 47 tags, any of them; `en` finds `en-GB`.", **kwargs)

    def filter(self, qs: Filters, value: list[str]) -> Filters:
        return self.require(qs, "language", [tag.lower() for tag in value])


class FlagFilter(MentionFilter):
    """`true`, or `false`, which is also what a kind without the flag counts as."""

    field_class = FlagField

    def __init__(self, facet: str, **kwargs: Any):
        self.facet = facet
        super().__init__(help_text="`true` or `false`. A kind that has no such mark counts as false.", **kwargs)

    def filter(self, qs: Filters, value: bool) -> Filters:
        if value:
            return self.require(qs, self.facet, ["true"])
        return self.limited(qs.excluding(self.facet, {value_key(self.facet, "true")}))


def kinds_in_feed() -> list[str]:
    return [kind.Meta.kind for kind in kinds.in_feed()]


class KindFilter(ParameterFilter):
    """Kinds of items, any of them: of all that stand in the feed."""

    field_class = ClosedField

    def __init__(self, **kwargs: Any):
        super().__init__(choices=kinds_in_feed, help_text="Any of these.", **kwargs)

    def filter(self, qs: Filters, value: list[str]) -> Filters:
        return qs.of_kinds(sorted(value))


class MomentFilter(ParameterFilter):
    """A bound on a time: from it on, or before it."""

    field_class = MomentField

    def __init__(self, **kwargs: Any):
        bound = "From this moment on" if kwargs["lookup_expr"] == "gte" else "Before this moment"
        text = f"{bound}: RFC 3339; without a zone, or as a bare date, in the site's zone."
        super().__init__(help_text=text, **kwargs)

    def filter(self, qs: Filtered, value: Any) -> Filtered:
        return qs.filter(Q((f"{self.field_name}__{self.lookup_expr}", value)))


class ChangedAfterFilter(ParameterFilter):
    """What readers get otherwise since an edition."""

    field_class = NumberField

    def __init__(self, **kwargs: Any):
        super().__init__(
            help_text="What readers get otherwise since this edition, for whatever reason: a byline with another name, "
            "a photo that ended. In the order of `edition`, which each row has then. What they no longer get is "
            "in `changes/`.",
            **kwargs,
        )

    def filter(self, qs: Filters, value: int) -> Filters:
        return qs._replace(changed_after=value)


class SlugFilter(ParameterFilter):
    """The items with these slugs, or all but these."""

    field_class = SeveralField

    def __init__(self, *, exclude: bool = False, **kwargs: Any):
        text = f"{'All but those with' if exclude else 'Those with'} these slugs."
        super().__init__(exclude=exclude, help_text=text, **kwargs)

    def filter(self, qs: Filtered, value: list[str]) -> Filtered:
        wanted = Q(slug__in=sorted({spelt for slug in value for spelt in spelling.spellings(slug)}))
        return qs.filter(~wanted if self.exclude else wanted)


class GatheredFilter(ParameterFilter):
    """All but what a live item gathers: of a kind whose JSON is completed at each reading."""

    def __init__(self, kind: str, **kwargs: Any):
        self.kind = kind
        super().__init__(
            help_text=f"The slug of a {kind}: finds all but what stands on it when the walk begins, on every page and "
            "in `newer` too. An unknown one has nothing left out.",
            **kwargs,
        )

    def filter(self, qs: Filters, value: str) -> Filters:
        return qs.leaving_out_what(self.kind, value)


class ChoiceFilter(ParameterFilter):
    """Values of a closed list in a column of what many share."""

    field_class = ClosedField

    def __init__(self, choices: Iterable[str], **kwargs: Any):
        super().__init__(choices=choices, help_text="Any of these.", **kwargs)

    def filter(self, qs: Filtered, value: list[str]) -> Filtered:
        return qs.filter(self.condition(value))

    def condition(self, chosen: list[str]) -> Q:
        return Q((f"{self.field_name}__in", chosen))


class ContainsFilter(ParameterFilter):
    """Text that a folded column contains, whatever its case and accents."""

    field_class = FoldedField

    def __init__(self, **kwargs: Any):
        super().__init__(help_text="Finds what contains this text, whatever its case and accents.", **kwargs)

    def filter(self, qs: Filtered, value: str) -> Filtered:
        return qs.filter(Q((f"{self.field_name}__contains", value)))


class PublicationFilterSet(django_filters.FilterSet):
    """What every kind that is published can be found by."""

    published_after = MomentFilter(field_name="published_at", lookup_expr="gte")
    published_before = MomentFilter(field_name="published_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gte")
    updated_before = MomentFilter(field_name="updated_at", lookup_expr="lt")
    changed_after = ChangedAfterFilter()


class FilterBackend(BaseFilterBackend):
    """Narrows a list by the filters of its view's `filterset_class`."""

    def filter_queryset(self, request: Request, queryset: Filtered, view: Any) -> Filtered:
        filters = self.filters_of(view)
        for name in view.query:
            if name in filters:
                queryset = self.narrowed(queryset, name, filters[name], view.query.members(name))
        return queryset

    def narrowed(self, queryset: Filtered, name: str, by: ParameterFilter, values: list[str]) -> Filtered:
        value = read(name, by.field, values)
        try:
            return by.filter(queryset, value)
        except ValidationError as error:
            raise bad(name, str(error.message)) from None

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        filters = self.filters_of(view).items()
        dates_last = sorted(filters, key=lambda pair: pair[1].schema.get("format") == "date-time")
        return [described(name, each.schema, each.help) for name, each in dates_last]

    def filters_of(self, view: Any) -> dict[str, ParameterFilter]:
        filterset = view.filterset_class
        return filterset.base_filters if filterset else {}


class OrderingBackend(BaseFilterBackend):
    """Puts a list into one of its view's `ordering_fields`, which are all that there are; the first is the usual one.

    Where they are a mapping, it names the columns of each.
    """

    def filter_queryset(self, request: Request, queryset: Filtered, view: Any) -> Filtered:
        names = view.ordering_fields
        name = self.ordering_of(view)
        if name == RELEVANCE:
            return queryset.order_by(RELEVANCE) if isinstance(queryset, Filters) else queryset.order_by()
        return queryset.order_by(*(names[name] if isinstance(names, dict) else [name]))

    def ordering_of(self, view: Any) -> str:
        """The name of the order: with a search that of relevance, unless another is asked for."""
        names = list(view.ordering_fields)
        if "search" in view.query:
            names = [RELEVANCE, *(name for name in names if name not in view.unsearched_orderings)]
        elif view.is_searched and view.query.get("ordering") == RELEVANCE:
            return str(names[0])  # where nothing is searched for, all is as relevant
        return one_of("ordering", view.query["ordering"], names) if "ordering" in view.query else str(names[0])

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        names = list(view.ordering_fields)
        schema: Schema = {"type": "string", "enum": names, "default": names[0]}
        text = "The order; a minus turns it round."
        if view.is_searched:
            schema["enum"] = [*names, RELEVANCE]
            usable = ", ".join(f"`{name}`" for name in names if name not in view.unsearched_orderings)
            text += f" With `search` it is `{RELEVANCE}` unless another is given, which may be {usable}."
        return [described("ordering", schema, text)]
