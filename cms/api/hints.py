"""What somebody may have meant by a name that there is not: the nearest one, what other systems call it, or its place.

A wrong neighbour is worse than none, so only what is really near is offered.
"""

import difflib
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import get_resolver

NEAR = 0.75  # of what difflib calls the ratio: "sectoin" is 0.86 to "section", "search" 0.62 to "section"
NEAR_VALUE = 0.6  # in a closed list, all of which is said besides
LONGEST = 64

# Names that WordPress, Ghost, Strapi, Wagtail, JSON:API and Django filters have for the same, as words.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "exclude_slug": ("exclude", "not_in", "post_not_in", "slug_not"),
    "slug": ("slugs", "ids", "slug_in", "post_in"),
    "kind": ("type", "types", "post_type", "content_type", "kinds"),
    "language": ("lang", "locale", "languages", "hl"),
    "page_size": ("limit", "per_page", "perpage", "size", "pagesize", "posts_per_page", "first", "take", "rows", "max"),
    "page": ("offset", "skip", "start", "paged", "page_number", "pagenumber", "p"),
    "cursor": ("next", "page_token", "next_token", "continue"),
    "count": ("total", "with_count", "include_count"),
    "ordering": ("sort", "order", "orderby", "order_by", "sort_by", "sortby", "sorting", "sort_order"),
    "fields": ("include", "populate", "expand", "select", "only", "embed", "columns", "field", "props"),
    "format": ("formats", "output", "type_of_answer"),
    "published_after": ("since", "from", "date_from", "start_date", "after", "published_at_gte", "published_at_gt"),
    "published_before": ("until", "to", "date_to", "end_date", "before", "published_at_lte", "published_at_lt"),
    "updated_after": ("modified_after", "modified_since", "updated_since", "updated_at_gte", "updated_at_gt"),
    "changed_after": ("changed_since", "edition_after", "edition_gt", "since_edition"),
    "updated_before": ("modified_before", "updated_at_lte", "updated_at_lt"),
}
FIELDS: dict[str, tuple[str, ...]] = {
    "published_at": ("date", "published", "published_date", "created_at", "date_gmt"),
    "updated_at": ("modified", "updated", "modified_at", "modified_gmt", "last_modified"),
    "web_url": ("link", "permalink", "canonical_url"),
}
# What says how a parameter is compared, not which one it is.
AROUND = {
    "filter",
    "filters",
    "pagination",
    "in",
    "eq",
    "exact",
    "iexact",
    "contains",
    "icontains",
    "slug",
    "name",
    "id",
}


def also_called(parameters: dict[str, tuple[str, ...]], fields: dict[str, tuple[str, ...]] | None = None) -> None:
    """What other systems call an app's own parameters and fields."""
    PARAMETERS.update(parameters)
    FIELDS.update(fields or {})
    _others.cache_clear()


@cache
def _others(of_fields: bool) -> dict[str, list[str]]:
    """Ours by the names that others have."""
    others: dict[str, list[str]] = {}
    for name, aliases in (FIELDS if of_fields else PARAMETERS).items():
        for alias in aliases:
            others.setdefault(alias, []).append(name)
    return others


def _as_words(name: str) -> list[str]:
    """`filters[publishedAt][$gt]`, `page[size]`, `section__slug` as words with "_", as we write names."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:LONGEST])
    words = re.findall(r"[a-z]+", spaced.lower())
    core = [word for word in words if word not in AROUND]
    return ["_".join(words), "_".join(core)]


def nearest(name: str, allowed: Iterable[str], *, of_fields: bool = False) -> str | None:
    """The one of these that a name was meant for, if that is plain."""
    allowed = sorted(allowed)
    spellings = _as_words(name)
    for spelt in spellings:
        if spelt in allowed:
            return spelt
    for spelt in spellings:
        for place in _others(of_fields).get(spelt, []):
            if place in allowed:
                return place
    if any(spelt in _others(of_fields) for spelt in spellings) or (not of_fields and places_of(name)):
        return None  # it is something else, which is not to be had here
    return _alike(name, allowed, NEAR)


def _alike(name: str, allowed: list[str], cutoff: float) -> str | None:
    swapped = [other for other in allowed if sorted(other) == sorted(name)]  # letters out of their order
    near = swapped or difflib.get_close_matches(name[:LONGEST], allowed, 1, cutoff)
    return near[0] if near else None


def nearest_value(value: str, allowed: Iterable[str]) -> str | None:
    """The value of a closed list that another one was meant for."""
    allowed = list(allowed)
    for spelt in (value.lower(), value.lower().strip("-")):
        if spelt in allowed:
            return spelt
    return _alike(value, allowed, NEAR_VALUE)


def places_of(parameter: str) -> list[str]:
    """Where a parameter is taken, as paths."""
    return _places().get(parameter, [])


@cache
def _places() -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for view in _views():
        for name in view.parameters_of("list"):
            places.setdefault(name, []).append(view.place())
        for name in view.parameters_of("retrieve") if hasattr(view, "retrieve") else ():
            places.setdefault(name, []).append(f"{view.path}/{{{view.lookup_field}}}/")
    # A list that stands below one thing is named where nothing else takes the parameter.
    return {name: list(dict.fromkeys(_top(paths) or paths)) for name, paths in places.items()}


def _top(paths: list[str]) -> list[str]:
    return [path for path in paths if not path.partition("}/")[2]]


def _views() -> list[Any]:
    """The classes of all views that list something."""
    classes = [getattr(pattern.callback, "cls", None) for pattern in get_resolver().url_patterns]
    return list(dict.fromkeys(view for view in classes if hasattr(view, "parameters_of") and hasattr(view, "list")))


def listed(paths: list[str], most: int = 4) -> str:
    """Paths in a sentence."""
    shown = paths[:most] if len(paths) <= most else [*paths[: most - 1], "others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
