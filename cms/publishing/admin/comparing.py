"""Two versions of an item beside each other, in words for an editor."""

import html
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from cms.publishing import registry
from cms.publishing.links import key_of, things


def differences(item: models.Model, mine: dict, theirs: dict) -> Iterable[dict]:
    """The fields of two versions that differ, each in words for an editor."""
    names = names_of_things([mine, theirs])
    for name in registry.serializer_of(item.kind).written():
        if mine.get(name) != theirs.get(name):
            try:
                label = str(item._meta.get_field(name).verbose_name)
            except FieldDoesNotExist:
                label = name.replace("_", " ")
            pair = mine.get(name), theirs.get(name)
            if all(isinstance(value, list) for value in pair):
                shown = only_changed(*([in_words(row, names) for row in value] for value in pair))
            else:
                shown = in_words(pair[0], names), in_words(pair[1], names)
            yield {"label": label, "mine": shown[0], "theirs": shown[1]}


def without_deleted(data: dict) -> dict:
    """A version without what it pointed at and what is there no more. Cards in a body stay, and say it themselves."""
    names = names_of_things(data)

    def stands(value: Any) -> bool:
        is_link = isinstance(value, dict) and "link" in value
        return not is_link or (value["link"], key_of(value)) in names

    return {
        name: [row for row in value if stands(row)] if isinstance(value, list) else value if stands(value) else None
        for name, value in data.items()
    }


def only_changed(mine: list[str], theirs: list[str]) -> tuple[str, str]:
    """Two lists of paragraphs, what both have alike left out between those that differ."""
    shown: tuple[list, list] = ([], [])
    for change, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if change == "equal":
            for side in shown:
                side.append("…")
        else:
            shown[0].extend(mine[a:b])
            shown[1].extend(theirs[c:d])
    return "\n\n".join(shown[0]) or "–", "\n\n".join(shown[1]) or "–"


def names_of_things(data: Any) -> dict:
    """What the links in some data point at, by (kind, key), as the desk calls it."""
    by_kind: dict[str, set] = {}
    for kind, key in things(data):
        by_kind.setdefault(kind, set()).add(key)
    return {
        (kind, key): str(row)
        for kind, keys in by_kind.items()
        for key, row in registry.serializer_of(kind).Meta.model.objects.in_bulk(list(keys)).items()
    }


def in_words(value: Any, names: dict) -> str:
    """A value of a version as lines of plain text."""
    if isinstance(value, dict) and "link" in value:
        placed = [text for key, text in value.items() if key not in {"link", "id", "whole"} and text]
        return ", ".join([names.get((value["link"], key_of(value))) or _("something deleted"), *placed])
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key != "id" and inner not in (None, "", [], {})}
        if "html" in kept and kept.get("type") == "paragraph":
            return in_words(kept["html"], names)
        return "\n".join(f"{key}: {in_words(inner, names)}" for key, inner in kept.items())
    if isinstance(value, list):
        return "\n\n".join(in_words(inner, names) for inner in value)
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return plain_text(str(value))


def plain_text(text: str) -> str:
    """HTML of a version without its tags."""
    return html.unescape(strip_tags(text.replace("</p>", "\n").replace("<br>", "\n"))).strip()
