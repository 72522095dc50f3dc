"""The desk's menu: its places in newsroom words. Each kind names its own; what nobody has named comes last."""

from typing import Any, NamedTuple

from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cms.publishing import kinds
from cms.publishing.kinds import OFFICE, Place, Words


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
    scripts: list[str]
    styles: list[str]


_places: dict[str, Place] = {}  # of what is no kind, by model
_parts: list[Part] = []


def register(model: str, place: Place) -> None:
    """Name the place of what is no kind: `register("api.key", Place(_("Keys"), _("Key"), group=OFFICE, position=15))
    register("auth.user", Place(_("People"), group=OFFICE))`."""
    _places[model] = place


def place_of(model: type[models.Model]) -> Place | None:
    kind = kinds.of_model(model)
    return kind.place if kind else _places.get(model._meta.label_lower)


def name_of(model: type[models.Model]) -> Words:
    """What a list is called."""
    place = place_of(model)
    return place.label if place else capfirst(model._meta.verbose_name_plural)


def one_of(model: type[models.Model]) -> Words:
    """What one thing of a list is called."""
    place = place_of(model)
    return (place and place.one) or capfirst(model._meta.verbose_name)


def mine_of(model: type[models.Model]) -> Words:
    """What the list of somebody's own is called."""
    place = place_of(model)
    return (place and place.mine) or _("Mine")


def register_part(template: str, permission: str, *files: str) -> None:
    """Put a template on every page, with the scripts and styles that it needs."""
    scripts, styles = ([name for name in files if name.endswith(ending)] for ending in (".js", ".css"))
    _parts.append(Part(template, permission, scripts, styles))


def parts(request: HttpRequest) -> list[Part]:
    return [part for part in _parts if request.user.has_perm(part.permission)]


def entries(request: HttpRequest, apps: list[dict]) -> list[Entry]:
    """The places that somebody may go to, in the order of the menu; `apps` is what the admin offers them."""
    offered = {model["model"]._meta.label_lower: model for app in apps for model in app["models"] if model["admin_url"]}
    places = []
    for name, model in offered.items():
        place = place_of(model["model"]) or Place(capfirst(model["name"]), group=OFFICE)
        new = place.new if model["add_url"] else ""
        new_address = model["add_url"] if place.new_page == "add" else model["admin_url"]
        is_current = request.path.startswith(model["admin_url"])
        rest = (is_current, place.group, place.key if new else "", place.go, place.position)
        places.append(Entry(name, place.label, model["admin_url"], new, new_address if new else "", *rest))
    return sorted(places, key=lambda entry: (entry.group, entry.position))


def page_of(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


register("publishing.act", Place(_("Activity log"), group=OFFICE, go="l", position=20))
register("api.key", Place(_("Keys"), _("Key"), group=OFFICE, position=15))
register("auth.user", Place(_("People"), group=OFFICE, position=10))
register("auth.group", Place(_("Roles"), group=OFFICE, position=0))
