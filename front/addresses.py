"""Which page an address is of. The paths are the newsroom's to choose (`WEB_PATH_ARTICLE` and its like)."""

from functools import cache
from typing import NamedTuple

from django.conf import settings

from cms.text.web_paths import WebPath

PATHS = {
    "article": "/articles/{slug}",
    "video": "/videos/{slug}",
    "blurb": "/blurbs/{id}",
    "section": "/sections/{slug}",
    "topic": "/topics/{slug}",
    "byline": "/bylines/{slug}",
    "front": "/fronts/{slug}",
    "page": "/pages/{slug}",
}
UPWARDS = {".", ".."}  # what programs on the way take for another path
# The names of the lists that the API has of each kind.
LISTS = {kind: f"{kind}s" for kind in PATHS}


class Place(NamedTuple):
    """What an address means: one of a kind, by its slug or its id."""

    kind: str
    name: str


def places_of(path: str) -> list[Place]:
    """All that a path could be of, the likeliest first."""
    places = []
    for kind, web_path in _web_paths().items():
        values = web_path.match(path)
        name = (values.get("slug") or values.get("id")) if values else None
        if name and name not in UPWARDS:
            places.append(Place(kind, name))
    return places


def path_of(kind: str, slug: str, **parts: str) -> str:
    """Where something is shown, for what the API names without its address."""
    return _web_paths()[kind].fill({"slug": slug, "id": slug, **parts})


def _web_paths() -> dict[str, WebPath]:
    return _made(
        tuple((PATHS | {kind: settings.WEB_PATHS[kind] for kind in PATHS if kind in settings.WEB_PATHS}).items())
    )


@cache
def _made(paths: tuple[tuple[str, str], ...]) -> dict[str, WebPath]:
    return {kind: WebPath(text) for kind, text in paths}
