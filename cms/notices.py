"""What input says and Galley does not do: said to whoever brought it, while the rest is taken.

Whatever reads input says `notice("picture", "...")` where it leaves something out. Whoever brought the input listens
with `collecting()`; where nobody listens, nothing is kept. A notice is no refusal: that is a ValidationError.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple


class Notice(NamedTuple):
    """One thing that was left out or changed."""

    kind: str  # a short noun by which notices are counted: "picture", "iframe", "link", "shortcode", "key", "old slug"
    text: Any  # the whole sentence, which names what it was, and where; it may be translated lazily


_listening: ContextVar[list[Notice] | None] = ContextVar("listening", default=None)


def notice(kind: str, text: Any) -> None:
    """Say that something in the input is not kept as it stands."""
    heard = _listening.get()
    if heard is not None:
        heard.append(Notice(kind, text))


@contextmanager
def collecting() -> Iterator[list[Notice]]:
    """The notices of all that is read inside, in their order. Inside another it takes them for itself."""
    heard: list[Notice] = []
    token = _listening.set(heard)
    try:
        yield heard
    finally:
        _listening.reset(token)
