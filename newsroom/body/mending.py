"""Bodies that an older release let in, made so that the desk can open and save them.

Nothing that was written is lost: a block that lacks what it cannot be without becomes a paragraph of its words.
`manage.py check_content` finds what is stored so.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils.html import escape
from rest_framework import serializers

from cms.content.serializers import LinkField
from cms.publishing.links import is_link
from newsroom.body import BLOCKS, BlockSerializer
from newsroom.body.blocks import ItemsField, RowsOfCellsField

WORDS = ("html", "attribution", "title", "caption", "text")
IMPOSSIBLE = object()
_serializers: dict[str, BlockSerializer] = {}


def whole(blocks: Any) -> list[dict]:
    """The blocks, each with all its keys; one that is whole already is the same."""
    if not isinstance(blocks, list):
        return []
    found = []
    for number, block in enumerate(blocks):
        mended = _whole(block)
        if mended is not None:
            found.append(mended if isinstance(mended.get("id"), str) else {"id": f"mended-{number}", **mended})
    return found


def _whole(block: Any) -> dict | None:
    if not isinstance(block, dict):
        return _paragraph({"html": escape(block) if isinstance(block, str) else ""})
    serializer = _serializer(block.get("type"))
    if serializer is None:
        return _paragraph(block)
    missing = {}
    for name, field in serializer.told:
        if not field.required and name not in block and field.default is serializers.empty:
            continue
        if not field.required and name not in block:
            missing[name] = _blank(field)
        elif isinstance(field, serializers.ListField) and isinstance(block.get(name), list):
            fitting = [value for value in block[name] if _fits(field.child, value)]
            if len(fitting) < len(block[name]):
                missing[name] = fitting if _fits(field, fitting) else IMPOSSIBLE
        elif isinstance(field, ItemsField | RowsOfCellsField):
            value = _checked(field, block.get(name))
            if value != block.get(name):
                missing[name] = value
        elif not _fits(field, block.get(name)):
            missing[name] = _blank(field)
    if IMPOSSIBLE in missing.values():
        return _paragraph(block)
    return {**block, **missing} if missing else block


def _serializer(name: Any) -> BlockSerializer | None:
    if not isinstance(name, str) or name not in BLOCKS:
        return None
    if name not in _serializers:
        _serializers[name] = BLOCKS[name]()
    return _serializers[name]


def _fits(field: serializers.Field, value: Any) -> bool:
    """Whether a value is of the kind that a field holds; what is in it may still be refused."""
    if value is None:
        return field.allow_null
    if isinstance(field, LinkField):
        return is_link(value) and _is_key(value.get("id"))
    if isinstance(field, serializers.CharField):
        return isinstance(value, str) and (bool(value) or field.allow_blank)
    if isinstance(field, serializers.BooleanField):
        return isinstance(value, bool)
    if isinstance(field, serializers.IntegerField):
        return isinstance(value, int) and (field.min_value or value) <= value <= (field.max_value or value)
    if isinstance(field, serializers.ListField):
        return isinstance(value, list) and len(value) >= (field.min_length or 0)
    return True


def _checked(field: serializers.Field, value: Any) -> Any:
    """The items of a list or the rows of a table as they are written today."""
    try:
        return field.run_validation(value)
    except serializers.ValidationError:
        return IMPOSSIBLE


def _is_key(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def _blank(field: serializers.Field) -> Any:
    if field.default is not serializers.empty:
        return field.get_default()
    if isinstance(field, serializers.CharField) and field.allow_blank:
        return ""
    if isinstance(field, serializers.IntegerField):
        return field.min_value or 0
    return IMPOSSIBLE


def _paragraph(block: dict) -> dict | None:
    """The words of what is no block; none where it has none."""
    words = [block[name] for name in WORDS if isinstance(block.get(name), str)]
    words += [*_words_in(block.get("items")), *_words_in(block.get("rows"))]
    text = "<br>".join(word for word in words if word.strip())
    kept = {"id": block["id"]} if isinstance(block.get("id"), str) else {}
    return {**kept, "type": "paragraph", "html": text} if text else None


def _words_in(data: Any) -> Iterator[str]:
    """The texts in the items of a list, or in the rows of a table, in their order."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for value in data:
            yield from _words_in(value)
    elif isinstance(data, dict):
        for name in ("html", "list", "items"):
            yield from _words_in(data.get(name))
