"""Menus in a form: an entry a line, which a script of the page lets editors arrange.

    # main
    World | section world
    - Europe | section europe
    Newsletters | /newsletters
    # footer
    | page about

"#" begins a menu, each "-" is a level, and behind the last "|" stands what an entry leads to. One without it only
stands above others; without a label an entry is called as what it leads to.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from js_asset import Script
from rest_framework import serializers

from cms.publishing import kinds, slugs
from cms.publishing.links import is_link, key_of, things
from newsroom.serializers.menus import DEEPEST, TARGETS
from newsroom.serializers.site import SiteSerializer

USUAL = ("main", "footer")  # the menus that are always offered
LEVELS = re.compile(r"(?:-\s*)*")
SIGNS = re.compile(r"^[-#\\]")


class Names:
    """What the things that menus lead to are called, for lines and for people; looked up in bulk."""

    def __init__(self, menus: dict):
        self.rows: dict[tuple[str, str], Any] = {}
        wanted: dict[str, list] = {}
        for kind, key in things(menus):
            wanted.setdefault(kind, []).append(key)
        for kind, keys in wanted.items():
            rows = kinds.named(kind).Meta.model._default_manager.in_bulk(keys)
            self.rows |= {(kind, str(key)): row for key, row in rows.items()}

    def in_line(self, link: dict) -> str:
        """A link as a line writes it: by the slug, if that leads there."""
        row = self.rows.get((link["link"], str(key_of(link))))
        return in_line(row) if row else f"{link['link']} {link['id']}"

    def shown(self) -> dict[str, str]:
        """What people call what stands in lines."""
        return {in_line(row): str(row) for row in self.rows.values()}


def in_line(row: Any) -> str:
    has_slug = row.slug and slugs.owner(row.kind, row.slug) == row.pk
    return f"{row.kind} {row.slug if has_slug else row.pk}"


def as_lines(menus: dict, names: Names | None = None) -> str:
    """Menus as lines."""
    names = names or Names(menus)
    lines = []
    for name in dict.fromkeys([*USUAL, *menus]):
        if name in menus or name in USUAL[:1]:
            lines += [f"# {name}", *_lines_of(menus.get(name) or [], names, "")]
    return "\n".join(lines)


def _lines_of(entries: list[dict], names: Names, sign: str) -> Iterator[str]:
    for entry in entries:
        link = next((entry[kind] for kind in TARGETS if is_link(entry.get(kind))), None)
        target = names.in_line(link) if link else entry.get("url") or ""
        label = SIGNS.sub(lambda found: f"\\{found[0]}", entry["label"])
        ends = f"| {target}".rstrip() if target or "|" in label else ""
        yield " ".join(filter(None, [sign, label, ends]))
        yield from _lines_of(entry.get("children") or [], names, f"{sign}-")


def from_lines(text: str) -> dict[str, list]:
    """The menus that lines write, as an import line has them."""
    menus: dict[str, list] = {}
    above: list[list] = []  # the entries of each level that is open
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line.startswith("#"):
            name = line.lstrip("# ").strip().lower()
            above = [menus.setdefault(name, [])]
        elif line:
            above = above or [menus.setdefault(USUAL[0], [])]
            signs = LEVELS.match(line)
            level = signs[0].count("-") if signs else 0
            if level >= len(above) or level >= DEEPEST:
                text = _("Line %(number)d is too deep: it can be at most one level below the line above it.")
                raise ValidationError(text % {"number": number})
            entry = _entry(line[signs.end() if signs else 0 :])
            above[level].append(entry)
            above = [*above[: level + 1], entry["children"]]
    return menus


def _entry(line: str) -> dict:
    label, bar, target = line.rpartition("|")
    label, target = (label.strip(), target.strip()) if bar else (target.strip(), "")
    label = label[1:] if label.startswith("\\") else label
    kind, _blank, name = target.partition(" ")
    leads = {kind: name.strip()} if kind in TARGETS and name.strip() else {"url": target} if target else {}
    return {"label": label, **leads, "children": []}


class MenusWidget(forms.Textarea):
    """Lines, which the page's script shows as entries to be arranged."""

    targets = ""  # where the script finds what an entry can lead to

    def __init__(self, attrs=None):
        super().__init__({"rows": 12, "class": "vLargeTextField menus-lines", "spellcheck": "false", **(attrs or {})})

    def build_attrs(self, base_attrs, extra_attrs=None):
        own = {"data-targets": self.targets, "data-usual": " ".join(USUAL), "data-deepest": DEEPEST}
        return {**super().build_attrs(base_attrs, extra_attrs), **own}

    class Media:
        css = {"all": ["newsroom/menus.css"]}
        js = [Script("newsroom/menus.js", type="module")]


class MenusField(forms.CharField):
    """Menus: links in the database, lines in the form."""

    widget = MenusWidget

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, **kwargs})

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        names = Names(value)
        self.widget.attrs["data-names"] = json.dumps(names.shown(), ensure_ascii=False)
        return as_lines(value, names)

    def to_python(self, value):
        try:
            menus = SiteSerializer.written()["menus"].run_validation(from_lines(value or ""))
        except serializers.ValidationError as error:
            raise ValidationError([str(text) for text in error.detail]) from error
        return {name: entries for name, entries in menus.items() if entries or name not in USUAL}

    def has_changed(self, initial, data):
        try:
            return (initial or {}) != self.to_python(data)
        except ValidationError:
            return True

    def validate(self, value):
        """Checked already, entry by entry."""

    def run_validators(self, value):
        """The same."""
