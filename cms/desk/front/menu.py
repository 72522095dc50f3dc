"""The desk's menu: its places in newsroom words. Each app names its own; what no app has named comes last."""

from typing import Any, NamedTuple

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

WRITTEN, SHARED, OFFICE = range(3)


class Place(NamedTuple):
    label: Any
    one: Any  # what one of its things is called
    new: Any  # what its "New" button says; empty: it has none in the menu
    group: int
    new_page: str  # "add", or "changelist" where things are added in the list
    key: str  # that makes a new one
    go: str  # that leads to the list, after g
    position: int


class Entry(NamedTuple):
    """A place as somebody sees it who may go there."""

    model: str
    label: Any
    address: str
    new: Any
    new_address: str
    is_current: bool
    group: int
    key: str
    go: str
    position: int


class Part(NamedTuple):
    """Something that stands on every page of the desk for those who may use it, such as a dialog."""

    template: str
    permission: str
    scripts: tuple[str, ...]


_places: dict[str, Place] = {}
_parts: list[Part] = []


def register(
    model: str,
    label: Any,
    one: Any = "",
    *,
    new: Any = "",
    group: int = WRITTEN,
    new_page: str = "add",
    key: str = "",
    go: str = "",
    position: int = 0,
) -> None:
    """Name a place: `register("newsroom.article", _("Stories"), _("Story"), new=_("New story"), key="n", go="s")`."""
    _places[model.lower()] = Place(label, one, new, group, new_page, key, go, position)


def name_of(model: type[models.Model]) -> Any:
    """What a list is called."""
    place = _places.get(model._meta.label_lower)
    return place.label if place else capfirst(model._meta.verbose_name_plural)


def position_of(model: type[models.Model]) -> int:
    place = _places.get(model._meta.label_lower)
    return place.position if place else 99


def one_of(model: type[models.Model]) -> Any:
    """What one thing of a list is called."""
    place = _places.get(model._meta.label_lower)
    return place.one if place and place.one else capfirst(model._meta.verbose_name)


def register_part(template: str, permission: str, *scripts: str) -> None:
    _parts.append(Part(template, permission, scripts))


def parts(request: HttpRequest) -> list[Part]:
    return [part for part in _parts if request.user.has_perm(part.permission)]


def entries(request: HttpRequest, apps: list[dict]) -> list[Entry]:
    """The places that somebody may go to, in the order of the menu; `apps` is what the admin offers them."""
    offered = {model["model"]._meta.label_lower: model for app in apps for model in app["models"] if model["admin_url"]}
    found = []
    for name, model in offered.items():
        place = _places.get(name) or Place(capfirst(model["name"]), "", "", OFFICE, "add", "", "", 99)
        new = place.new if model["add_url"] else ""
        new_address = model["add_url"] if place.new_page == "add" else model["admin_url"]
        is_current = request.path.startswith(model["admin_url"])
        rest = (is_current, place.group, place.key if new else "", place.go, place.position)
        found.append(Entry(name, place.label, model["admin_url"], new, new_address if new else "", *rest))
    return sorted(found, key=lambda entry: (entry.group, entry.position))


def page_of(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


register("publishing.act", _("Activity log"), group=OFFICE, go="l", position=20)
register("auth.user", _("People"), group=OFFICE, position=10)
register("auth.group", _("Roles"), group=OFFICE)
