"""Kinds: which there are, and what may be asked of all of them.

Each app lists its kinds in a kinds.py of its own. What is asked of one is its contract (cms/contract.py), whose names
are known here too.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.module_loading import import_string

from cms.contract import (  # noqa: F401 - by the names that all know
    COMMON,
    OFFICE,
    SHARED,
    SINGLE,
    WRITTEN,
    Beside,
    Gathered,
    Kind,
    Place,
    PublishableKind,
    Searched,
    SharedKind,
    Words,
)
from cms.text.web_paths import PARTS, WebPath

AnyKind = TypeVar("AnyKind", bound=Kind)
NAME = re.compile(r"[a-z][a-z0-9_]{0,19}", re.ASCII)  # as the columns hold it, and WEB_PATH_... names it
_kinds: dict[str, type[Kind]] = {}
_foreign: dict[str, str] = {}


def register(*kinds: type[Kind]) -> None:
    """Make kinds known, in the order in which they are imported and exported."""
    for kind in kinds:
        _kinds[kind.Meta.kind] = kind


def load(apps: Iterable[str]) -> None:
    """Make known what these apps list in their kinds.py: each kind's name, and where its contract stands.

    What is wrong with any of them stops the start, all of it named at once.
    """
    wrong: list[str] = []
    for app in apps:
        if find_spec(f"{app}.kinds"):
            listed = import_module(f"{app}.kinds")
            for name, contract in listed.KINDS.items():
                wrong += [f"{app}.kinds has {name!r}, {text}." for text in _listed(name, contract)]
            _foreign.update(getattr(listed, "FORMS", {}))
    wrong += [text for name, path in settings.WEB_PATHS.items() if name in _kinds for text in _unfit(name, path)]
    if wrong:
        raise ImproperlyConfigured("Galley cannot start:\n" + "\n".join(f"  - {text}" for text in wrong))


def _listed(name: str, contract: str) -> Iterator[str]:
    """Register a kind by what a kinds.py says of it, or say what is wrong with that."""
    if not NAME.fullmatch(name):
        yield "which is no name for a kind: write up to 20 small letters, digits and _"
        return
    try:
        kind = import_string(contract)
    except Exception as problem:  # whatever goes wrong in a module of theirs
        yield f"whose {contract} cannot be imported ({problem})"
        return
    if not (isinstance(kind, type) and issubclass(kind, Kind)):
        yield f"whose {contract} is no serializer of a kind"
    elif kind.Meta.kind != name:
        yield f"whose {contract} is called {kind.Meta.kind!r} in its Meta"
    elif _kinds.get(name, kind) is not kind:
        yield "which there is already"
    elif kind.web_path and (mistake := WebPath(kind.web_path).mistake()):
        yield f"whose web_path is {kind.web_path!r}: {mistake}"
    elif strange := _strange_part(kind, kind.web_path):
        yield f"whose web_path has {strange}"
    else:
        register(kind)


def _strange_part(kind: type[Kind], path: str) -> str:
    """What stands in braces in a path and nothing of a kind can take the place of, in words; empty: nothing."""
    linked = kind.linked_web_parts if issubclass(kind, PublishableKind) else ()
    own = [*(part for part in PARTS if part in kind.web_parts), *linked]
    strange = next((part for part in WebPath(path).parts if part not in own), None)
    words = ", ".join(f"{{{part}}}" for part in own)
    return f"{{{strange}}}, which no {kind.Meta.kind} has; write {words}" if strange else ""


def _unfit(name: str, path: str) -> Iterator[str]:
    """Why a kind cannot have such a web path."""
    if not _kinds[name].web_path:
        yield f"WEB_PATH_{name.upper()} cannot be: the API names no page of a {name}; write nothing there."
        return
    if strange := _strange_part(_kinds[name], path):
        yield f"WEB_PATH_{name.upper()} has {strange}."


def named(name: str) -> type[Kind]:
    return _kinds[name]


def rows(name: str, keys: Iterable[uuid.UUID]) -> models.QuerySet:
    """The rows of one kind that have these keys, in no order."""
    return _kinds[name].Meta.model._default_manager.filter(pk__in=keys).order_by()


def publishable_named(name: str) -> type[PublishableKind]:
    """A kind of which it is known that it is published."""
    kind = _kinds[name]
    if not issubclass(kind, PublishableKind):
        raise LookupError(f"{name} is nothing that is published")
    return kind


def shared_named(name: str) -> type[SharedKind]:
    """A kind of which it is known that many items point at it."""
    kind = _kinds[name]
    if not issubclass(kind, SharedKind):
        raise LookupError(f"{name} is nothing that many share")
    return kind


def all() -> list[type[Kind]]:
    return list(_kinds.values())


def publishable() -> list[type[PublishableKind]]:
    return [kind for kind in _kinds.values() if issubclass(kind, PublishableKind)]


def shared() -> list[type[SharedKind]]:
    return [kind for kind in _kinds.values() if issubclass(kind, SharedKind)]


def in_feed() -> list[type[PublishableKind]]:
    """Those that lists of several kinds show, and the feeds: all news, in the order of the desk's menu."""
    return in_menu_order(kind for kind in publishable() if kind.is_in_feed)


def outside_feed() -> list[str]:
    """The names of those that are published and stand in no list but that of their own kind."""
    return [kind.Meta.kind for kind in publishable() if not kind.is_in_feed]


def are_searched(names: Iterable[str]) -> bool:
    """Whether any of these kinds says by which texts it is found."""
    # A method of the class, whose function the stubs do not tell of.
    usual = Kind.searched.__func__  # type: ignore[attr-defined]
    return any(_kinds[name].searched.__func__ is not usual for name in names)  # type: ignore[attr-defined]


def foreign_forms() -> dict[str, str]:
    """The forms of other systems that an import takes, and the dotted name of what reads each (transfer/foreign.py)."""
    return dict(_foreign)


def groups() -> list[type[Kind]]:
    """Kinds that stand for all members of a group; each member mentions the group (the translations of a story)."""
    return [kind for kind in _kinds.values() if kind.is_group]


def served() -> list[type[Kind]]:
    """Those that have a place in the API, in the order of the desk's menu."""
    return in_menu_order(kind for kind in _kinds.values() if kind.Meta.path and kind.endpoint)


def listed() -> list[type[Kind]]:
    """Those of them that have a list there, and one of each at an address of its own."""
    return [kind for kind in served() if not kind.is_single]


def in_menu_order(kinds: Iterable[type[AnyKind]]) -> list[type[AnyKind]]:
    return sorted(kinds, key=lambda kind: (kind.place.group, kind.place.position) if kind.place else (OFFICE, 0))


def of_model(model: type[models.Model]) -> type[Kind] | None:
    """The kind whose things are rows of a model."""
    return next((kind for kind in _kinds.values() if kind.Meta.model is model and not kind.is_group), None)


def rank(name: str) -> int:
    """How little a filter by a kind or by a facet lets through, the least first; one that nobody ranked comes last."""
    if name in _kinds:
        return _kinds[name].rank
    return min((kind.facet_ranks[name] for kind in publishable() if name in kind.facet_ranks), default=COMMON)


def web_path(name: str) -> WebPath:
    """Where the front end shows one of a kind, below FRONT_URL."""
    return _web_path(settings.WEB_PATHS.get(name) or _kinds[name].web_path)


_web_path = lru_cache(100)(WebPath)


def in_web_url(name: str, url: str) -> str:
    """The slug or the id in an address of the front end, where one of a kind is shown there; empty: it is none.

    The rest of the path may be out of date: what moved to another section, or is printed under another date, is known
    all the same, and so is the address that the kind has without a setting.
    """
    parts, front = urlsplit(url), urlsplit(settings.FRONT_URL)
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != front.netloc.lower():
        return ""
    if not parts.path.startswith(front.path):
        return ""
    for path in (web_path(name), _web_path(_kinds[name].web_path)):
        if values := path.match(parts.path.removeprefix(front.path)):
            return values.get("id") or values.get("slug") or ""
    return ""


def web_paths() -> dict[str, str]:
    """The web path of each kind that has one."""
    return {name: path for name in _kinds if (path := web_path(name).text)}
