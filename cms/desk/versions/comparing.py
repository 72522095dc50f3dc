"""Two versions of an item beside each other, in words for an editor."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.database.fields import DocumentField
from cms.desk.moments import in_full
from cms.desk.versions.marking import Patience, Word, marked, put_in, shown, taken_out, words_of_html, words_of_text
from cms.publishing import kinds
from cms.publishing.links import is_link, key_of, things

LOOK_AHEAD = 4  # among how many that went the one is looked for that a new paragraph was made from
SAME_ENOUGH = 0.4
UNSAID = {"ordered": False, "start": 1, "header_rows": 0, "header_columns": 0}  # what goes without saying
CLOSED = frozenset({"access", "kind", "level", "role", "type"})  # whose values are words of a list, not of anybody


@dataclass
class Comparison:
    """The fields that differ, each in rows of two, and the names of those that do not."""

    fields: list["Field"]
    alike: list[str]


@dataclass
class Field:
    name: str
    label: str
    rows: list["Row"]


@dataclass
class Row:
    """What stands beside each other: a paragraph and what has become of it, or some that are alike."""

    state: str  # alike, changed, moved, removed, added
    note: str = ""
    before: "Cell | None" = None
    after: "Cell | None" = None
    alike: list["Cell"] = field(default_factory=list)


@dataclass
class Cell:
    label: str
    pictures: list[dict]
    lines: list[tuple[str, SafeString]]


@dataclass
class Piece:
    """A part of a field that is compared as one: a paragraph, a card, a byline."""

    lines: list[tuple[str, list[Word]]]
    identity: Hashable = None
    label: str = ""
    pictures: list[dict] = field(default_factory=list)

    @cached_property
    def says(self) -> Hashable:
        pictures = tuple(picture["id"] for picture in self.pictures)
        return self.label, pictures, tuple((name, tuple(word[:2] for word in words)) for name, words in self.lines)

    @cached_property
    def vocabulary(self) -> Counter:
        return Counter(word.text for _name, words in self.lines for word in words if word.text.isalnum())

    def is_like(self, other: "Piece") -> bool:
        """Whether one was likely made from the other."""
        if self.label != other.label:
            return False
        both = (self.vocabulary & other.vocabulary).total()
        return both > SAME_ENOUGH * max(self.vocabulary.total(), other.vocabulary.total())

    def cell(self) -> Cell:
        return Cell(self.label, self.pictures, [(name, shown(words)) for name, words in self.lines])


def compare(item: models.Model, before: dict, after: dict) -> Comparison:
    """What two versions of an item say differently, from the headline to the last paragraph."""
    serializer = kinds.publishable_named(item.kind)
    order = {name: place for place, name in enumerate(serializer.reading_order)}
    names = sorted(serializer.written(), key=lambda name: order.get(name, len(order)))
    differing = [name for name in names if before.get(name) != after.get(name)]
    reader = Reader(item, [data.get(name) for name in differing for data in (before, after)])
    patience = Patience()
    fields = [
        Field(name, label_of(item, name), list(rows(reader.pieces(name, before), reader.pieces(name, after), patience)))
        for name in differing
    ]
    return Comparison(fields, [label_of(item, name) for name in names if name not in differing])


def label_of(item: models.Model, name: str) -> str:
    """What the desk calls a field of a version."""
    words = kinds.named(item.kind).words
    if name in words:
        return str(words[name])
    try:
        return str(item._meta.get_field(name).verbose_name)
    except FieldDoesNotExist:
        return name.replace("_", " ")


# What a field says


class Reader:
    """Reads the values of versions as pieces, in the newsroom's words."""

    def __init__(self, item: models.Model, values: Any):
        self.item = item
        self.serializer = kinds.publishable_named(item.kind)
        self.names = names_of_things(values)
        self.pictures = pictures_of_things(values)

    def word(self, name: str) -> str:
        return str(self.serializer.words.get(name) or name.replace("_", " "))

    def pieces(self, name: str, data: dict) -> list[Piece]:
        value = self.serializer.compared(name, data.get(name))
        if value in (None, "", [], {}):
            return []
        if is_link(value):
            return [self._piece_of_link(value)]
        if isinstance(value, list):
            return [self._piece(inner) for inner in value]
        if isinstance(value, dict):
            told = ((key, inner) for key, inner in value.items() if inner not in (None, "", [], {}))
            return [
                self._piece_of_link(inner, self.word(key), key)
                if is_link(inner)
                else Piece([("", self._words(key, inner))], key, self.word(key))
                for key, inner in told
            ]
        if isinstance(value, str):
            value = self._choice(name, value)
            parts = re.split(r"(?<=</p>)|(?<=</li>)", value) if name.endswith("html") else value.split("\n")
            return [Piece([("", self._words(name, part))]) for part in parts if part.strip()]
        return [Piece([("", self._words(name, value))])]

    def _choice(self, name: str, value: str) -> str:
        try:
            choices = dict(self.item._meta.get_field(name).flatchoices)
        except FieldDoesNotExist:
            choices = {}
        return str(choices.get(value, value))

    def _piece(self, value: Any) -> Piece:
        if is_link(value):
            return self._piece_of_link(value)
        if not isinstance(value, dict):
            return Piece([("", self._words("", value))])
        kind = value.get("type", "") if "id" in value else ""
        piece = Piece([], (kind, value["id"]) if kind else None)
        if kind and kind != "paragraph":
            piece.label = self.word(kind)
            if level := value.get("level"):
                piece.label += f" {level}"
        for key, inner in value.items():
            if key in {"id", "level"} or (kind and key == "type") or inner in (None, "", [], {}):
                continue
            if inner == UNSAID.get(key):
                continue
            links = inner if isinstance(inner, list) else [inner]
            if any(is_link(link) for link in links):
                for link in links:
                    linked = self._piece_of_link(link)
                    piece.lines += linked.lines
                    piece.pictures += linked.pictures
            else:
                label = "" if key in {"html", "items", "rows", "text", "type"} else self.word(key)
                piece.lines.append((label, self._words(key, inner)))
        return piece

    def _piece_of_link(self, link: dict, label: str = "", identity: str = "") -> Piece:
        thing = link["link"], key_of(link)
        name = self.names.get(thing) or _("something deleted")
        placed = {key: text for key, text in link.items() if key not in {"link", "id", "whole"} and text}
        brief = [self.word(text) for key, text in placed.items() if key in CLOSED]
        lines = [("", words_of_text(", ".join([name, *brief])))]
        lines += [(self.word(key), self._words(key, text)) for key, text in placed.items() if key not in CLOSED]
        picture = self.pictures.get(thing)
        pictures = [{"id": thing, "address": picture, "name": name}] if picture else []
        return Piece(lines, identity or thing, label, pictures)

    def _words(self, name: str, value: Any) -> list[Word]:
        if isinstance(value, bool):
            return words_of_text(_("yes") if value else _("no"))
        if isinstance(value, list) and name == "cells":
            line: list[Word] = []
            for cell in value:
                line[-1:] = [line[-1]._replace(space=" "), Word("|", (), " ")] if line else []
                line += self._words("html", cell) or [Word("–")]
            return line
        if isinstance(value, list):
            inside = "cells" if name == "rows" else "html"
            lines = self._items(value) if name == "items" else [self._words(inside, inner) for inner in value]
            return [word for line in lines for word in (*line, Word("\n"))][:-1]
        if isinstance(value, dict):
            return words_of_text(", ".join(f"{self.word(key)} {inner}" for key, inner in value.items() if inner))
        text = str(value)
        if name.endswith("html"):
            return words_of_html(text)
        if name.endswith(("_at", "_until")) and (moment := parse_datetime(text)):
            text = in_full(moment)
        return words_of_text(self.word(text) if name in CLOSED else text)

    def _items(self, items: list, depth: int = 0) -> list[list[Word]]:
        """A list a line an item, those of a list in it behind a dash."""
        lines = []
        for item in items:
            html, inner = (item, None) if isinstance(item, str) else (item.get("html", ""), item.get("list"))
            lines.append([Word("–", (), " ")] * depth + words_of_html(html))
            lines += self._items(inner["items"], depth + 1) if inner else []
        return lines


def names_of_things(data: Any) -> dict:
    """What the links in some data point at, by (kind, key), as the desk calls it."""
    names = {}
    for kind, keys in _by_kind(data).items():
        model = kinds.named(kind).Meta.model
        long = [column.name for column in model._meta.concrete_fields if isinstance(column, DocumentField)]
        for key, row in model.objects.defer(*long).in_bulk(keys).items():
            names[kind, key] = str(row)
    return names


def pictures_of_things(data: Any) -> dict:
    """The addresses of small pictures of what the links in some data point at, by (kind, key)."""
    return {
        (kind, key): address
        for kind, keys in _by_kind(data).items()
        for key, address in kinds.named(kind).pictures(keys).items()
    }


def _by_kind(data: Any) -> dict[str, list]:
    by_kind = defaultdict(list)
    for kind, key in things(data):
        by_kind[kind].append(key)
    return by_kind


# What has become of what


def rows(before: list[Piece], after: list[Piece], patience: Patience) -> Iterator[Row]:
    """The pieces of two texts beside each other, in the order of the second; those alike are folded."""
    alike: list[Cell] = []
    for row in _rows(before, after, patience):
        if row.state == "alike":
            alike += row.alike
            continue
        if alike:
            yield _folded(alike)
            alike = []
        yield row
    if alike:
        yield _folded(alike)


def _folded(cells: list[Cell]) -> Row:
    text = ngettext("%(number)d paragraph alike", "%(number)d paragraphs alike", len(cells))
    return Row("alike", text % {"number": len(cells)}, alike=cells)


def _rows(before: list[Piece], after: list[Piece], patience: Patience) -> Iterator[Row]:
    partners = _partners(before, after)
    common = sorted(partners)  # places in `after`
    in_place = _longest_rising([partners[place] for place in common])
    kept = [(partners[common[n]], common[n]) for n in in_place]
    stays = {place for _former, place in kept}
    gone = set(range(len(before))) - set(partners.values())
    ranks = {former: rank for rank, former in enumerate(sorted(partners.values()))}
    done_before = done_after = 0
    for former, place in [*kept, (len(before), len(after))]:
        left = [before[n] for n in range(done_before, former) if n in gone]
        yield from _gap(left, done_after, place, before, after, partners, ranks, common, patience)
        if place < len(after) and place in stays:
            yield _pair(before[former], after[place], patience)
        done_before, done_after = former + 1, place + 1


def _gap(left, start, end, before, after, partners, ranks, common, patience) -> Iterator[Row]:
    """What went and what came between two pieces that stayed."""
    for place in range(start, end):
        new = after[place]
        if place in partners:
            is_up = bisect_left(common, place) < ranks[partners[place]]
            yield _pair(before[partners[place]], new, patience, _("Moved up") if is_up else _("Moved down"))
            continue
        likely = next((n for n, former in enumerate(left[:LOOK_AHEAD]) if new.is_like(former)), None)
        if likely is None:
            # A text that stands alone is one text written anew; in a row of many it is another one.
            likely = 0 if len(left) == 1 and end - start == 1 and left[0].label == new.label else None
        if likely is None:
            cell = Cell(new.label, new.pictures, [(name, put_in(shown(words))) for name, words in new.lines])
            yield Row("added", after=cell)
            continue
        for former in left[:likely]:
            yield _removed(former)
        yield _pair(left[likely], new, patience)
        left = left[likely + 1 :]
    for former in left:
        yield _removed(former)


def _removed(piece: Piece) -> Row:
    cell = Cell(piece.label, piece.pictures, [(name, taken_out(shown(words))) for name, words in piece.lines])
    return Row("removed", before=cell)


def _pair(former: Piece, new: Piece, patience: Patience, note: str = "") -> Row:
    if former.says == new.says:
        return Row("moved", note, former.cell(), new.cell()) if note else Row("alike", alike=[new.cell()])
    cells = Cell(former.label, former.pictures, []), Cell(new.label, new.pictures, [])
    waiting = defaultdict(list)
    for name, words in former.lines:
        waiting[name].append(words)
    for name, words in new.lines:
        theirs = waiting[name].pop(0) if waiting[name] else []
        pair = marked(theirs, words, patience)
        for cell, text in zip(cells, pair, strict=True):
            if text:
                cell.lines.append((name, text))
    cells[0].lines.extend((name, taken_out(shown(words))) for name, rest in waiting.items() for words in rest)
    return Row("moved" if note else "changed", note, *cells)


def _partners(before: list[Piece], after: list[Piece]) -> dict[int, int]:
    """Which piece of the first each of the second is, by their places: the same id, else the same words."""
    known = {piece.identity: place for place, piece in enumerate(before) if piece.identity}
    partners = {place: known.pop(piece.identity) for place, piece in enumerate(after) if piece.identity in known}
    taken = set(partners.values())
    said = defaultdict(list)
    for place, piece in enumerate(before):
        if place not in taken:
            said[piece.says].append(place)
    for places in said.values():
        places.reverse()
    for place, piece in enumerate(after):
        if place not in partners and said.get(piece.says):
            partners[place] = said[piece.says].pop()
    return partners


def _longest_rising(numbers: list[int]) -> list[int]:
    """The places of the longest rising run in some numbers, each of which comes once."""
    tails: list[int] = []
    ends: list[int] = []  # the place of each tail
    came_from: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number)
        came_from.append(ends[length - 1] if length else -1)
        tails[length : length + 1], ends[length : length + 1] = [number], [place]
    rising = []
    place = ends[-1] if ends else -1
    while place >= 0:
        rising.append(place)
        place = came_from[place]
    return rising[::-1]


# What can be taken up again


def points_at_deleted(data: Any) -> bool:
    """Whether something that some data point at, however deep, is there no more."""
    return bool(things(data) - names_of_things(data).keys())
