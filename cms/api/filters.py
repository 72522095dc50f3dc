"""Query parameters: declared with django-filter, read one by one, refused by name.

A list's filters are a FilterSet of the classes below. `Question.read()` checks a request's parameters against it (a
form for every request would cost more than the page that it asks for) and makes a `Plan`, which lists turn into SQL.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from cms.api import hints
from cms.api.errors import BadParameter
from cms.api.pagination import MAX_PAGE_SIZE, PAGE_SIZE
from cms.database import statements
from cms.publishing import kinds
from cms.publishing.links import value_key
from cms.publishing.models import Address
from cms.text import moments, spelling

MAX_MEMBERS = 100
MAX_REQUIREMENTS = 10  # things that must, or must not, be mentioned: PostgreSQL plans many of them for minutes
MAX_VALUE = 10_000  # characters
UNESCAPED_PLUS = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$", re.ASCII)  # it arrives as a space
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)


@dataclass
class Plan:
    """What a list is to find, in terms of publications and what they mention."""

    kinds: Sequence[str] | None = None
    required: list[tuple[str, set[uuid.UUID]]] = field(default_factory=list)  # mentions one of each
    excluded: list[tuple[str, set[uuid.UUID]]] = field(default_factory=list)  # mentions none of any
    conditions: Q = field(default_factory=Q)
    # Slugs still to be looked up, all in one query: (kind, slugs, whether required)
    named: list[tuple[str, list[str], bool]] = field(default_factory=list)

    def look_up(self) -> None:
        """Find what the slugs name, those of former days too. An unknown one finds nothing."""
        if not self.named:
            return
        named = {kind for kind, _, _ in self.named}
        slugs_asked = {spelt for _, slugs, _ in self.named for slug in slugs for spelt in spelling.spellings(slug)}
        values: list = []
        asked = statements.take_out((named, slugs_asked), values, texts=True)
        found = statements.rows(("addresses", asked), values, lambda: _addresses(*asked))
        keys = {(kind, slug): key for kind, slug, key in found}
        for kind, slugs, is_required in self.named:
            leading = [[keys.get((kind, spelt)) for spelt in spelling.spellings(slug)] for slug in slugs]
            mention = (kind, {key for found in leading if (key := next(filter(None, found), None))})
            wanted_or_not = self.required if is_required else self.excluded
            if mention not in wanted_or_not:
                wanted_or_not.append(mention)
        self.named = []


def _addresses(kinds_asked: Iterable[str], slugs: Iterable[str]) -> QuerySet:
    return Address.objects.filter(kind__in=kinds_asked, slug__in=slugs).values_list("kind", "slug", "key")


def bad(name: str, message: str, allowed: Iterable[str] | None = None) -> BadParameter:
    return BadParameter(name, "invalid-parameter", message, sorted(allowed) if allowed else None)


def members(name: str, value: str) -> list[str]:
    """The members of a comma list."""
    found = value.split(",")
    if len(found) > MAX_MEMBERS:
        raise bad(name, f"List at most {MAX_MEMBERS} values.")
    if not all(member.strip() for member in found):
        raise bad(name, "A value in this list is empty; leave out the comma beside it.")
    return [member.strip() for member in found]


def all_members(name: str, given: list[str]) -> list[str]:
    """The members of a list that may be written with commas, by repeating the parameter, or both, each once."""
    found = list(dict.fromkeys(member for value in given for member in members(name, value)))
    if len(found) > MAX_MEMBERS:
        raise bad(name, f"List at most {MAX_MEMBERS} values.")
    return found


def chosen_of(name: str, values: list[str], allowed: Iterable[str]) -> list[str]:
    """Members of a closed list."""
    allowed = list(allowed)
    for value in values:
        if value not in allowed:
            near = hints.nearest_value(value, allowed)
            hint = f" Did you mean {near!r}?" if near else f" Write one of {', '.join(allowed)}."
            raise bad(name, f"{value[:64]!r} is none of the values of {name}.{hint}", allowed)
    return values


def whole_number(name: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", value) or not least <= int(value) <= most:
        raise bad(name, f"Write a whole number from {least} to {most}.")
    return int(value)


def moment(name: str, value: str) -> datetime:
    """An RFC 3339 time, or a date; without a zone, in the site's.

    Of a time that the site's clocks show twice, the first; one that they skip is counted as if they did not.
    """
    try:
        if value != value.strip():
            raise ValueError
        return moments.read(UNESCAPED_PLUS.sub(r"\1+\2", value))
    except (ValueError, OverflowError):
        raise bad(name, "Write a time such as 2026-02-20T11:30:00Z, or a date such as 2026-02-20.") from None


STRINGS: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": MAX_MEMBERS}


class ParameterFilter(django_filters.Filter):
    """One query parameter of one value."""

    takes_several = False
    schema: dict[str, Any] = {"type": "string"}
    help = ""

    def add(self, plan: Plan, name: str, values: list[str]) -> None:
        """Put what the values ask for into the plan, or raise BadParameter."""
        raise NotImplementedError


class SeveralFilter(ParameterFilter):
    """One query parameter of several values: with commas between them, or repeated."""

    takes_several = True
    schema = STRINGS


class ReferenceFilter(SeveralFilter):
    """Slugs of things that an item mentions: any of them, none of them, or all of them."""

    def __init__(self, kind: str, *, exclude: bool = False, every: bool = False, help: str = "", **kwargs):
        self.kind, self.every = kind, every
        super().__init__(exclude=exclude, **kwargs)
        finds = "none of them" if exclude else "all of them" if every else "any of them"
        self.help = f"Slugs of {kind}s: finds what has {finds}. {help}".strip()
        if every:
            self.schema = {**STRINGS, "maxItems": MAX_REQUIREMENTS}

    def add(self, plan, name, values):
        if self.every:
            plan.named += [(self.kind, [slug], True) for slug in values]
        else:
            plan.named.append((self.kind, values, not self.exclude))


class ClosedFilter(SeveralFilter):
    """Values of a closed list, any of them."""

    help = "Any of these."

    def __init__(self, choices: Iterable[str], **kwargs):
        self.choices = list(choices)
        super().__init__(**kwargs)
        self.schema = {"type": "array", "items": {"type": "string", "enum": self.choices}}


class FacetFilter(ClosedFilter):
    """Values of a closed list that an item is mentioned with."""

    def __init__(self, facet: str, choices: Iterable[str], **kwargs):
        self.facet = facet
        super().__init__(choices, **kwargs)

    def add(self, plan, name, values):
        keys = {value_key(self.facet, member) for member in chosen_of(name, values, self.choices)}
        plan.required.append((self.facet, keys))


class LanguageFilter(SeveralFilter):
    """Language tags, any of them; `en` finds `en-GB`."""

    help = "BCP 47 tags, any of them; `en` finds `en-GB`."

    def add(self, plan, name, values):
        for tag in values:
            if not LANGUAGE.fullmatch(tag):
                raise bad(name, f"{tag[:64]!r} is no language tag; write one such as en or en-GB.")
        plan.required.append(("language", {value_key("language", tag.lower()) for tag in values}))


class FlagFilter(ParameterFilter):
    """`true`, or `false`, which is also what a kind without the flag counts as."""

    schema = {"type": "boolean"}
    help = "`true` or `false`. A kind that has no such mark counts as false."

    def __init__(self, facet: str, **kwargs):
        self.facet = facet
        super().__init__(**kwargs)

    def add(self, plan, name, values):
        asked = chosen_of(name, values, ["true", "false"])[0]
        (plan.required if asked == "true" else plan.excluded).append((self.facet, {value_key(self.facet, "true")}))


class MomentFilter(ParameterFilter):
    """A bound on a time: from it on, or before it."""

    schema = {"type": "string", "format": "date-time"}

    @property
    def help(self) -> str:
        bound = "From this moment on" if self.lookup_expr == "gte" else "Before this moment"
        return f"{bound}: RFC 3339; without a zone, or as a bare date, in the site's zone."

    def add(self, plan, name, values):
        plan.conditions &= Q(**{f"{self.field_name}__{self.lookup_expr}": moment(name, values[0])})


class KindFilter(SeveralFilter):
    """Kinds of items, any of them: of all that are published."""

    help = "Any of these."

    @property
    def choices(self) -> list[str]:
        return [kind.Meta.kind for kind in kinds.in_menu_order(kinds.publishable())]

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": self.choices}}

    def add(self, plan, name, values):
        plan.kinds = sorted(set(chosen_of(name, values, self.choices)))


class SlugFilter(SeveralFilter):
    """The items with these slugs, or all but these."""

    @property
    def help(self) -> str:
        return f"{'All but those with' if self.exclude else 'Those with'} these slugs."

    def add(self, plan, name, values):
        found = Q(slug__in=sorted({spelt for slug in values for spelt in spelling.spellings(slug)}))
        plan.conditions &= ~found if self.exclude else found


class ChoiceFilter(ClosedFilter):
    """Values of a closed list in a column of what many share."""

    def add(self, plan, name, values):
        plan.conditions &= self.condition(chosen_of(name, values, self.choices))

    def condition(self, chosen: list[str]) -> Q:
        return Q(**{f"{self.field_name}__in": chosen})


class ContainsFilter(ParameterFilter):
    """Text that a folded column contains, whatever its case and accents."""

    help = "Finds what contains this text, whatever its case and accents."

    def add(self, plan, name, values):
        from cms.database.fields import fold

        folded = fold(values[0]).strip()
        if not folded:  # accents alone fold to nothing, which everything contains
            raise bad(name, "Write at least one letter or digit.")
        plan.conditions &= Q(**{f"{self.field_name}__contains": folded})


class PublicationFilterSet(django_filters.FilterSet):
    """What every kind that is published can be found by."""

    published_after = MomentFilter(field_name="published_at", lookup_expr="gte")
    published_before = MomentFilter(field_name="published_at", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gte")
    updated_before = MomentFilter(field_name="updated_at", lookup_expr="lt")


PAGING = {"page_size", "cursor", "after", "page", "count"}
SHAPING = {"fields", "format"}


@dataclass
class Question:
    """A request's parameters, checked."""

    values: dict[str, str]  # those that stand once
    pairs: list[tuple[str, str]]  # all, in order, for the links of the answer
    plan: Plan
    ordering: str
    page_size: int
    fields: dict | None
    filters: dict[str, list[str]]  # the values of each filter, however they were written

    @property
    def context(self) -> str:
        """What a cursor is bound to besides the endpoint."""
        filters = sorted((name, sorted(values)) for name, values in self.filters.items())
        return repr((filters, self.ordering, self.page_size))

    @classmethod
    def read(
        cls,
        lists: Iterable[tuple[str, list[str]]],
        filterset: type[django_filters.FilterSet] | None,
        orderings: list[str],
        field_tree: dict,
        paging: Set[str] = PAGING,
        formats: tuple[str, ...] = (),
        max_page_size: int = MAX_PAGE_SIZE,
        page_size: int = PAGE_SIZE,
        details: Callable[[], dict[str, dict]] = dict,
    ) -> "Question":
        """`details` are the fields of what the list shows, by its path: they are told where to ask for the rest."""
        filters = filterset.base_filters if filterset else {}
        own = paging | {"fields"} | ({"ordering"} if orderings else set()) | ({"format"} if formats else set())
        plan = Plan()
        pairs: list[tuple[str, str]] = []
        values: dict[str, str] = {}
        asked: dict[str, list[str]] = {}
        for name, given in lists:
            found = filters.get(name)
            if found is None and name not in own:
                raise unknown(name, {*filters, *own})
            takes_several = name == "fields" or bool(found and found.takes_several)
            if len(given) > 1 and not takes_several:
                raise BadParameter(name, "repeated-parameter", f"Give {name} once.")
            for value in given:
                if not value.strip():
                    raise bad(name, f"{name} is empty; give it a value or leave it out.")
                if len(value) > MAX_VALUE:
                    raise bad(name, "This value is too long.")
                pairs.append((name, value))
            values[name] = ",".join(given)
            if found:
                asked[name] = all_members(name, given) if takes_several else given
                found.add(plan, name, asked[name])
        if len(plan.named) + len(plan.required) + len(plan.excluded) > MAX_REQUIREMENTS:
            raise bad(next(reversed(values)), f"Ask for at most {MAX_REQUIREMENTS} of these at once.")
        ordering = orderings[0] if orderings else ""
        if "ordering" in values:
            ordering = chosen_of("ordering", [values["ordering"]], orderings)[0]
        if "page_size" in values:
            page_size = whole_number("page_size", values["page_size"], 1, max_page_size)
        if "count" in values:
            chosen_of("count", [values["count"]], ["exact"])
        if "format" in values:
            chosen_of("format", [values["format"]], formats)
        fields = read_fields(values["fields"], field_tree, details) if "fields" in values else None
        return cls(values, pairs, plan, ordering, page_size, fields, asked)


def unknown(name: str, allowed: set[str]) -> BadParameter:
    near = hints.nearest(name, allowed)
    if near:
        hint = f". Did you mean {near!r}?"
    elif places := hints.places_of(name):
        hint = f"; {hints.listed(places)} {'takes' if len(places) == 1 else 'take'} it."
    else:
        hint = ". See /api/docs/."
    message = f"There is no parameter {name[:64]!r} here{hint}"
    return BadParameter(name, "unknown-parameter", message, sorted(allowed))


def read_fields(value: str, tree: dict, details: Callable[[], dict[str, dict]] = dict) -> dict:
    """`headline,lead_photo.src` as {"headline": None, "lead_photo": {"src": None}}."""
    chosen: dict = {}
    for path in members("fields", value):
        below, place = tree, chosen
        *ways, last = path.split(".")
        for name in [*ways, last]:
            if not isinstance(below, dict) or name not in below:
                raise _no_field(path, name, below if isinstance(below, dict) else {}, details())
            below = below[name]
        for name in ways:
            if name in place and place[name] is None:
                break  # the whole of it was asked for already
            place = place.setdefault(name, {})
        else:
            place[last] = None
    return chosen


def _no_field(path: str, name: str, known: dict, details: dict[str, dict]) -> BadParameter:
    """What is wrong with a field: another is meant, or it stands in details alone."""
    first = path.partition(".")[0]
    if first not in known and (places := [where for where, tree in details.items() if name == first and first in tree]):
        text = f"Lists do not show {path[:64]!r}; ask {hints.listed(places)} for it, one by one."
        return bad("fields", text, known)
    near = hints.nearest(name, known, of_fields=True)
    return bad("fields", f"There is no field {path[:64]!r}.{f' Did you mean {near!r}?' if near else ''}", known)


ALWAYS = ("kind", "id", "slug")


def pick(data: Any, chosen: dict | None) -> Any:
    """Only the chosen fields, and always kind, id and slug where there are any."""
    if chosen is None or data is None:
        return data
    if isinstance(data, list):
        return [pick(element, chosen) for element in data]
    return {name: pick(value, chosen.get(name)) for name, value in data.items() if name in chosen or name in ALWAYS}
