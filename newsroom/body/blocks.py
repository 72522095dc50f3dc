"""The body of a story: a flat list of typed blocks, checked here for admin, import and API alike."""

import hashlib
from functools import cached_property
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from cms.content.serializers import LinkField
from newsroom import providers
from newsroom.body.addresses import clean_address
from newsroom.body.conversion import clean_flow, clean_inline
from newsroom.body.lines import Written
from newsroom.body.losses import left_out
from newsroom.body.pieces import LONGEST_CAPTION, LONGEST_HEADING
from newsroom.body.shapes import flattened
from newsroom.body.tree import without_controls


class HtmlField(serializers.CharField):
    """HTML, cleaned. Characters that no text may hold are dropped, so DRF's slow search for them is left out."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.validators = [
            check for check in self.validators if not isinstance(check, ProhibitSurrogateCharactersValidator)
        ]

    def run_validation(self, data=serializers.empty):
        if type(data) is Written and data:  # it was made a moment ago, from HTML
            self.run_validators(data)
            return str(data)
        return super().run_validation(data)

    def to_internal_value(self, data):
        return str(self.clean_html(super().to_internal_value(data)))


class InlineField(HtmlField):
    """One line of text as HTML."""

    clean_html = staticmethod(clean_inline)


class FlowField(HtmlField):
    """Paragraphs and lists as HTML."""

    clean_html = staticmethod(clean_flow)


class BlockSerializer(serializers.Serializer):
    """One block. Its id stays the same for as long as the block does."""

    id = serializers.RegexField(r"^[A-Za-z0-9_-]{1,40}$", required=False, help_text="Stable.")
    type = serializers.CharField()

    def to_internal_value(self, data):
        """Check a block whose type is known: what DRF does, less what no block needs. An import checks millions.

        A block is whole or it is none, so what a partial serializer around it leaves out is asked for here.
        """
        if strange := data.keys() - self.fields.keys():
            raise serializers.ValidationError(
                f"{', '.join(sorted(strange))[:64]}: a {self.type_name} block has {', '.join(self.fields)} only"
            )
        block, errors = {"type": data["type"]}, {}
        for name, field in self.told:
            try:
                if name in data:
                    block[name] = field.run_validation(data[name])
                elif field.required:
                    field.fail("required")
                elif name != "id":
                    block[name] = None if field.default is serializers.empty else field.default
            except serializers.ValidationError as error:
                errors[name] = error.detail
            except serializers.SkipField:
                pass  # so a field says that it has nothing to say
        if errors:
            raise serializers.ValidationError(errors)
        return block

    @cached_property
    def told(self) -> list[tuple[str, serializers.Field]]:
        """The fields that a block of this type has besides its type."""
        return [(name, field) for name, field in self.fields.items() if name != "type"]

    @property
    def type_name(self) -> str:
        return type(self).__name__.removesuffix("BlockSerializer").lower()


class ParagraphBlockSerializer(BlockSerializer):
    html = InlineField(max_length=50_000, allow_blank=True)


class HeadingBlockSerializer(BlockSerializer):
    level = serializers.IntegerField(min_value=2, max_value=4)
    html = InlineField(max_length=LONGEST_HEADING)


class WordsField(serializers.CharField):
    """A line of plain text that may be left out: null then."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 300, "allow_blank": True, "allow_null": True, "default": None, **kwargs})

    def run_validation(self, data=serializers.empty):
        text = super().run_validation(data)
        return " ".join(without_controls(text).split()) or None if text else None


class DefaultedField:
    """A field for which null is as good as nothing."""

    def run_validation(self, data=serializers.empty):
        return self.default if data is None else super().run_validation(data)


class WholeNumberField(DefaultedField, serializers.IntegerField):
    pass


class YesNoField(DefaultedField, serializers.BooleanField):
    pass


class ItemsField(serializers.Field):
    """The items of a list: each a text, or {html, list} with a list in it."""

    default_error_messages = {
        "list": "write a list of items",
        "long": _("a list has at most {most} items"),
        "form": 'write each item as a text, or as {{"html": "...", "list": null}}',
        "inner": 'write the list in an item as {{"ordered": false, "start": 1, "items": [...]}}',
        "deep": _("lists are nested too deep"),
    }
    most = 1000
    deepest = 50  # read at all; what is kept is less deep (shapes.flattened)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.text = InlineField(max_length=10_000, allow_blank=True)
        self.ordered, self.start = YesNoField(default=False), start_field()

    def to_internal_value(self, data: Any) -> list[dict]:
        left = [self.most]
        return flattened({"items": self._items(data, left, 1)})["items"]

    def _items(self, data: Any, left: list[int], depth: int) -> list[dict]:
        if not isinstance(data, list):
            self.fail("list")
        if depth > self.deepest:
            self.fail("deep")
        left[0] -= len(data)
        if left[0] < 0:
            self.fail("long", most=self.most)
        items: list[dict] = []
        for given in data:
            if isinstance(given, str):
                given = {"html": given}
            if not isinstance(given, dict) or given.keys() - {"html", "list"} or "html" not in given:
                self.fail("form")
            text = self.text.run_validation(given["html"])
            inner = given.get("list")
            nested = None if inner is None else self._inner(inner, left, depth)
            if text:
                items.append({"html": text, "list": nested})
            elif nested and items and not items[-1]["list"]:
                items[-1]["list"] = nested
            elif nested:
                (items[-1]["list"]["items"] if items else items).extend(nested["items"])
        return items

    def _inner(self, given: Any, left: list[int], depth: int) -> dict | None:
        if not isinstance(given, dict) or given.keys() - {"ordered", "start", "items"} or "items" not in given:
            self.fail("inner")
        items = self._items(given["items"], left, depth + 1)
        ordered = self.ordered.run_validation(given.get("ordered"))
        start = self.start.run_validation(given.get("start"))
        return {"ordered": ordered, "start": start if ordered else 1, "items": items} if items else None

    def to_representation(self, value: list[dict]) -> list[dict]:
        return value


def start_field() -> WholeNumberField:
    return WholeNumberField(default=1, min_value=-1_000_000, max_value=1_000_000)


class ListBlockSerializer(BlockSerializer):
    ordered = YesNoField(default=False)
    start = start_field()
    items = ItemsField()

    def to_internal_value(self, data):
        block = super().to_internal_value(data)
        return block if block["ordered"] else {**block, "start": 1}


class QuoteBlockSerializer(BlockSerializer):
    html = FlowField(max_length=20_000)
    attribution = WordsField()


class PullquoteBlockSerializer(QuoteBlockSerializer):
    pass


class RowsOfCellsField(serializers.Field):
    """The rows of a table, made equally long."""

    default_error_messages = {
        "list": "write a list of rows, each a list of texts",
        "rows": _("a table has at most {most} rows"),
        "columns": _("a table has at most {most} columns"),
        "cells": _("a table has at most {most} cells"),
        "empty": _("a table has at least one cell"),
    }
    most_rows, most_columns, most_cells = 2000, 60, 20_000

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.text = InlineField(max_length=10_000, allow_blank=True)

    def to_internal_value(self, data: Any) -> list[list[str]]:
        if not isinstance(data, list) or not all(isinstance(row, list) for row in data):
            self.fail("list")
        width = max(map(len, data), default=0)
        if not width:
            self.fail("empty")
        if len(data) > self.most_rows:
            self.fail("rows", most=self.most_rows)
        if width > self.most_columns:
            self.fail("columns", most=self.most_columns)
        if width * len(data) > self.most_cells:
            self.fail("cells", most=self.most_cells)
        return [[self._cell(text) for text in row] + [""] * (width - len(row)) for row in data]

    def _cell(self, text: Any) -> str:
        return self.text.run_validation(text) if text else "" if text in ("", None) else str(text)

    def to_representation(self, value: list[list[str]]) -> list[list[str]]:
        return value


class TableBlockSerializer(BlockSerializer):
    caption = WordsField(max_length=LONGEST_CAPTION)
    header_rows = WholeNumberField(default=0, min_value=0)
    header_columns = WholeNumberField(default=0, min_value=0)
    rows = RowsOfCellsField()

    def to_internal_value(self, data):
        """One column and one row less than all can be heads, unless all rows are."""
        block = super().to_internal_value(data)
        rows = len(block["rows"])
        block["header_rows"] = min(block["header_rows"], rows)
        below = block["header_rows"] < rows
        block["header_columns"] = min(block["header_columns"], len(block["rows"][0]) - 1) if below else 0
        return block


class PhotoBlockSerializer(BlockSerializer):
    photo = LinkField("photo", placement=("caption", "alt_text"), required=True, allow_null=False)


class GalleryBlockSerializer(BlockSerializer):
    photos = serializers.ListField(
        child=LinkField("photo", placement=("caption", "alt_text"), allow_null=False),
        min_length=1,
        max_length=100,
        error_messages={
            "min_length": _("a gallery has at least {min_length} photo"),
            "max_length": _("a gallery has at most {max_length} photos"),
        },
    )


class VideoBlockSerializer(BlockSerializer):
    video = LinkField("video", whole=True, required=True, allow_null=False)


class RelatedBlockSerializer(BlockSerializer):
    article = LinkField("article", required=True, allow_null=False)


class EmbedBlockSerializer(BlockSerializer):
    provider = serializers.CharField(max_length=50, required=False, allow_null=True)
    url = serializers.URLField(max_length=1000)
    html = serializers.CharField(
        max_length=10_000, allow_blank=True, allow_null=True, required=False, help_text="Ours."
    )
    title = WordsField()

    def to_internal_value(self, data):
        """Whose player it is follows from the address, and its HTML is ours to make; what input says is not kept."""
        block = super().to_internal_value(data)
        url = clean_address(block["url"]) or block["url"]
        found = providers.find(url)
        if not found:
            raise serializers.ValidationError({"url": providers.refusal(url)})
        kept = {name: value for name, value in block.items() if name not in {"html", "url", "provider", "title"}}
        return {**kept, "provider": found[0].name, "url": url, "title": block["title"]}


class FactboxBlockSerializer(BlockSerializer):
    title = WordsField()
    html = FlowField(max_length=20_000)


class DividerBlockSerializer(BlockSerializer):
    pass


class PaywallBlockSerializer(BlockSerializer):
    """The desk's mark in a story that is not free for all: what stands above it is."""


BLOCKS = {
    "paragraph": ParagraphBlockSerializer,
    "heading": HeadingBlockSerializer,
    "list": ListBlockSerializer,
    "quote": QuoteBlockSerializer,
    "pullquote": PullquoteBlockSerializer,
    "table": TableBlockSerializer,
    "photo": PhotoBlockSerializer,
    "gallery": GalleryBlockSerializer,
    "video": VideoBlockSerializer,
    "related": RelatedBlockSerializer,
    "embed": EmbedBlockSerializer,
    "factbox": FactboxBlockSerializer,
    "divider": DividerBlockSerializer,
    "paywall": PaywallBlockSerializer,
}
DESK_ONLY = {"paywall"}  # which readers never get
MAX_BLOCKS = 2000


class BlockError(serializers.ValidationError):
    """What is wrong with a block: the way to it as input has it, and the fault alone, for whoever sees the block."""

    def __init__(self, number: int, kind: str, detail: Any):
        *way, fault = _first(detail)
        super().__init__([": ".join([f"block {number} ({kind})", *way, fault])])
        self.number, self.kind, self.fault = number, kind, fault


class BodyField(serializers.Field):
    """A list of blocks, each given an id that it keeps."""

    element = "block"  # what one of the list is called

    default_error_messages = {
        "list": "write a list of blocks",
        "long": _("a text has at most {most} blocks"),
        "type": "block {number}: there is no block type {type}; write one of {known}",
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.blocks = {name: serializer() for name, serializer in BLOCKS.items()}
        for name, serializer in self.blocks.items():
            serializer.bind(name, self)

    def to_internal_value(self, data: Any) -> list[dict]:
        if not isinstance(data, list):
            self.fail("list")
        if len(data) > MAX_BLOCKS:
            self.fail("long", most=MAX_BLOCKS)
        blocks: list[dict] = []
        used: set[str] = set()
        for number, given in enumerate(data, 1):
            name = given.get("type") if isinstance(given, dict) else None
            if not isinstance(name, str) or name not in self.blocks:
                self.fail("type", number=number, type=repr(name)[:64], known=", ".join(self.blocks))
            try:
                block = self.blocks[name].to_internal_value(given)
            except serializers.ValidationError as error:
                raise BlockError(number, name, error.detail) from error
            if is_empty(block):
                if words := block.get("attribution") or block.get("caption"):
                    left_out("words", words)
                continue
            block_id = block.pop("id", None)
            if not block_id or block_id in used:
                block_id = _new_id(block, used)
            used.add(block_id)
            blocks.append({"id": block_id, **block})
        return blocks

    def to_representation(self, value: list[dict]) -> list[dict]:
        return value


def _first(detail: Any) -> list[str]:
    """The first message of DRF's nested errors, after the names on the way to it."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first(inner) if name == "__all__" else [str(name), *_first(inner)]
    if isinstance(detail, list):
        return _first(detail[0])
    return [str(detail)]


def _new_id(block: dict, used: set[str]) -> str:
    """An id made from what the block says, so that importing a line again gives the same."""
    number = 0
    while True:
        digest = hashlib.blake2b(orjson.dumps([block, number]), digest_size=5).hexdigest()
        if digest not in used:
            return digest
        number += 1


def is_empty(block: dict) -> bool:
    """Whether nothing of a block is left that a reader could see."""
    kind = block["type"]
    if kind == "list":
        return not block["items"]
    if kind == "table":
        return not any(any(row) for row in block["rows"])
    return "html" in block and not block["html"] and not block.get("title") and kind != "embed"
