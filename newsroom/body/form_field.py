"""A body in a form: blocks in the database, HTML in the editor."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

import orjson
from django import forms

from cms.notices import Notice, collecting, notice
from cms.text.texts import without_controls
from newsroom.body import blocks_from_html, editor_html
from newsroom.body.cards import Cards
from newsroom.body.mending import whole
from newsroom.body.widget import BodyWidget


def unlabelled(block: dict) -> dict:
    return {}


_converted: ContextVar[dict[str, tuple[bytes, list[Notice]]] | None] = ContextVar("converted", default=None)


@contextlib.contextmanager
def converting_once() -> Iterator[None]:
    """A text that is converted in here is not converted again: what takes long is done before a lock is taken."""
    token = _converted.set({})
    try:
        yield
    finally:
        _converted.reset(token)


def converted(html: str) -> list[dict]:
    known = _converted.get()
    if known is None:
        return blocks_from_html(html)
    if html not in known:
        with collecting() as heard:
            known[html] = orjson.dumps(blocks_from_html(html)), heard
    blocks, left_out = known[html]
    for loss in left_out:
        notice(*loss)
    return orjson.loads(blocks)


class BodyFormField(forms.CharField):
    """A body: blocks in the database, HTML in the editor."""

    widget = BodyWidget

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        blocks = whole(value)
        return editor_html(blocks, Cards(blocks))

    def to_python(self, value):
        return converted(without_controls(value or ""))

    def has_changed(self, initial, data):
        with collecting():
            return converted(without_controls(data or "")) != as_sent(initial or [])

    def validate(self, value):
        """Left to the form, which knows what the body was."""

    def run_validators(self, value):
        """The same."""


def as_sent(blocks: list[dict]) -> list[dict]:
    """Blocks as they come back from an editor that has not touched them."""
    with collecting():  # what an older text cannot keep was not lost now
        return converted(editor_html(whole(blocks), unlabelled))


def with_untouched(sent: list[dict], known: list[dict]) -> list[dict]:
    """The blocks that an editor sent, those that were not touched in the very form in which they are kept."""
    if sent == as_sent(known):
        return known
    kept = {block["id"]: block for block in known}
    found = [(block, kept.get(str(block.get("id")))) for block in sent]
    return [before if before and as_sent([before]) == [block] else block for block, before in found]
