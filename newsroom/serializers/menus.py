"""Menus: how they are checked, and what readers get of them.

In a snapshot a menu is a list of entries, each `{"label": "...", "section": link}`, or with another of TARGETS or an
`url` in the place of `section`, and with `children` where it has any. What an entry leads to is a link, so that it goes
on leading there whatever that is called tomorrow; what readers see no more goes out of every menu.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import DatabaseNames, LineField, LinkField, web_url
from cms.publishing import kinds
from cms.publishing.links import is_link, link
from newsroom.body.addresses import address_or_path

TARGETS = ("section", "topic", "page", "front")  # the kinds that an entry may lead to
MOST_MENUS = 12
MOST_ENTRIES = 200  # of one menu
DEEPEST = 3  # levels
LONGEST_ADDRESS = 500  # characters
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
KEYS = ("label", *TARGETS, "url", "children")


class MenusField(serializers.Field):
    """Menus by their names: main, footer, and others that a front end knows."""

    default_error_messages = {
        "form": _('write the menus by their names: {{"main": [{{"label": "World", "section": "world"}}]}}'),
        "name": _("{name}: a menu's name has small letters, digits, - and _, and begins with a letter"),
        "menus": _("there may be {most} menus at most"),
        "entries": _("{name}: a menu may have {most} entries at most"),
        "deep": _("{place}: a menu may have {most} levels at most"),
        "entry": _("{place}: write an entry as an object with {keys}"),
        "several": _("{place}: an entry leads to one thing; give one of {keys}"),
        "unnamed": _("{place}: give it a label, or something to lead to"),
        "address": _("{place}: {url} is no address; write one such as https://example.org/ or /newsletters"),
        "unknown": _("{place}: {fault}"),
    }

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.links = {kind: LinkField(kind, allow_null=False) for kind in TARGETS}
        for kind, field in self.links.items():
            field.bind(kind, self)  # type: ignore[arg-type] # it finds the context through it

    def to_representation(self, value: dict) -> dict:
        return value

    def to_internal_value(self, data: Any) -> dict[str, list]:
        if not isinstance(data, Mapping):
            self.fail("form")
        if len(data) > MOST_MENUS:
            self.fail("menus", most=MOST_MENUS)
        menus = {}
        for name, entries in data.items():
            if not isinstance(name, str) or not NAME.fullmatch(name):
                self.fail("name", name=repr(name)[:64])
            if not isinstance(entries, list):
                self.fail("form")
            menus[name] = self._entries(entries, name, 1)
            if sum(1 for _entry in walk(menus[name])) > MOST_ENTRIES:
                self.fail("entries", name=name, most=MOST_ENTRIES)
        return menus

    def _entries(self, entries: list, place: str, level: int) -> list[dict]:
        if level > DEEPEST and entries:
            self.fail("deep", place=place, most=DEEPEST)
        return [self._entry(entry, f"{place}, {number}", level) for number, entry in enumerate(entries, 1)]

    def _entry(self, entry: Any, place: str, level: int) -> dict:
        if not isinstance(entry, dict) or entry.keys() - set(KEYS):
            self.fail("entry", place=place, keys=", ".join(KEYS))
        children = entry.get("children") or []
        if not isinstance(children, list):
            self.fail("entry", place=place, keys=", ".join(KEYS))
        label = self._label(entry.get("label"), place)
        if label:
            place = f"{place} ({label[:40]})"
        leads = [name for name in (*TARGETS, "url") if entry.get(name)]
        if len(leads) > 1:
            self.fail("several", place=place, keys=", ".join((*TARGETS, "url")))
        target = self._target(leads[0], entry[leads[0]], place) if leads else {}
        if not label and (not target or "url" in target):
            self.fail("unnamed", place=place)
        below = self._entries(children, place, level + 1)
        return {"label": label, **target, **({"children": below} if below else {})}

    def _label(self, label: Any, place: str) -> str:
        try:
            return LineField(max_length=100, allow_blank=True, allow_null=True).run_validation(label) or ""
        except serializers.ValidationError as error:
            self.fail("unknown", place=place, fault=" ".join(map(str, error.detail)))

    def _target(self, name: str, value: Any, place: str) -> dict:
        if name == "url":
            return self._address(value, place)
        try:
            return {name: self.links[name].run_validation(value)}
        except serializers.ValidationError as error:
            self.fail("unknown", place=place, fault=" ".join(map(str, error.detail)))

    def _address(self, value: Any, place: str) -> dict:
        """An address; one of our own pages is a link, which goes on leading there."""
        written = value.strip() if isinstance(value, str) else ""
        url = address_or_path(written) if len(written) <= LONGEST_ADDRESS else None
        if not url:
            self.fail("address", place=place, url=repr(value)[:64])
        whole = f"{settings.FRONT_URL}{url}" if url.startswith("/") else url
        for kind in TARGETS if "?" not in whole and "#" not in whole else ():
            name = kinds.in_web_url(kind, whole)
            if name and (key := self.context.get("names", DatabaseNames()).find(kind, name)):
                return {kind: link(kind, key)}
        return {"url": url}


def walk(entries: list[dict]) -> Iterator[dict]:
    """The entries of a menu and all that stand below them."""
    for entry in entries:
        yield entry
        yield from walk(entry.get("children") or [])


def entries_in_rows(menus: dict[str, list]) -> Iterator[dict]:
    """The entries of all menus in a row, each with the menu that it is in and what it stands below."""
    for name, entries in menus.items():
        yield from _in_rows(entries, {"menu": name})


def _in_rows(entries: list[dict], above: dict) -> Iterator[dict]:
    for entry in entries:
        yield above | {name: value for name, value in entry.items() if name != "children"}
        yield from _in_rows(entry.get("children") or [], {**above, "below": entry["label"] or "–"})


def with_keys(value: Any) -> Any:
    """Menus whose links bring their ids along, which an address of the front end may be made of."""
    if is_link(value):
        return {**value, "key": value["id"]}
    if isinstance(value, dict):
        return {name: with_keys(inner) for name, inner in value.items()}
    return [with_keys(inner) for inner in value] if isinstance(value, list) else value


def shown_menus(menus: dict) -> dict[str, list]:
    """Menus as readers get them, made of those whose links have been followed."""
    return {name: shown_entries(entries) for name, entries in menus.items()}


def shown_entries(entries: list[dict]) -> list[dict]:
    shown = map(_shown, entries)
    return [entry for entry in shown if entry["url"] or entry["children"]]


def _shown(entry: dict) -> dict:
    kind = next((name for name in TARGETS if entry.get(name)), None)
    target = entry[kind] if kind else {}
    url = entry.get("url")
    if url and url.startswith("/"):
        url = f"{settings.FRONT_URL}{url}"
    section = {name: target[name] for name in ("slug", "name", "url")} if kind == "section" else None
    return {
        "label": entry["label"] or target.get("name") or target.get("title") or "",
        "url": address_of(kind, target) if kind else url,
        "section": section,
        "children": shown_entries(entry.get("children") or []),
    }


def address_of(kind: str, target: dict) -> str:
    """Where the front end shows what an entry leads to."""
    return target.get("web_url") or web_url(kind, slug=target["slug"], id=target["key"])
