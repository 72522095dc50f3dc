"""Bodies that an older release let in, made so that the desk can open and save them.

Nothing that was written is lost: a block that lacks what it cannot be without becomes a paragraph of its words.
`manage.py check_content` finds what is stored so.
"""

from typing import Any

from django.utils.html import escape
from rest_framework import serializers

from cms.publishing.links import is_link
from cms.publishing.serializers import LinkField
from newsroom.body import BLOCKS, BlockSerializer

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
        if not _fits(field, block.get(name)):
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
        return is_link(value) and isinstance(value.get("id"), str)
    if isinstance(field, serializers.CharField):
        return isinstance(value, str) and (bool(value) or field.allow_blank)
    if isinstance(field, serializers.BooleanField):
        return isinstance(value, bool)
    if isinstance(field, serializers.IntegerField):
        return isinstance(value, int) and (field.min_value or value) <= value <= (field.max_value or value)
    if isinstance(field, serializers.ListField):
        return isinstance(value, list) and len(value) >= (field.min_length or 0)
    return True


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
    items = block.get("items")
    words += [item for item in items if isinstance(item, str)] if isinstance(items, list) else []
    text = "<br>".join(word for word in words if word.strip())
    kept = {"id": block["id"]} if isinstance(block.get("id"), str) else {}
    return {**kept, "type": "paragraph", "html": text} if text else None
