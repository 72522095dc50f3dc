"""What is looked up in an index, as a tree of words, and how each database wants it written.

The words are our own (see words.py): letters, figures and signs, never a blank, a quote, a backslash or an operator of
either database. They are quoted all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Word:
    text: str
    is_beginning: bool = False


@dataclass(frozen=True)
class Group:
    """All of these, or any of them."""

    members: "tuple[Expression, ...]"
    is_all: bool


@dataclass(frozen=True)
class Without:
    """What is found by the one and not by the other."""

    wanted: "Expression"
    unwanted: "Expression"


Expression: TypeAlias = Word | Group | Without


def every(members: Iterable[Expression]) -> Expression:
    return _group(members, is_all=True)


def either(members: Iterable[Expression]) -> Expression:
    return _group(members, is_all=False)


def _group(members: Iterable[Expression], *, is_all: bool) -> Expression:
    kept = tuple(dict.fromkeys(members))
    return kept[0] if len(kept) == 1 else Group(kept, is_all)


def for_sqlite(expression: Expression) -> str:
    """As FTS5 reads it."""
    match expression:
        case Word(text, is_beginning):
            quoted = text.replace('"', '""')
            return f'"{quoted}"*' if is_beginning else f'"{quoted}"'
        case Group(members, is_all):
            return f"({(' AND ' if is_all else ' OR ').join(map(for_sqlite, members))})"
        case Without(wanted, unwanted):
            return f"({for_sqlite(wanted)} NOT {for_sqlite(unwanted)})"


def for_postgresql(expression: Expression) -> str:
    """As a tsquery is written."""
    match expression:
        case Word(text, is_beginning):
            quoted = text.replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}':*" if is_beginning else f"'{quoted}'"
        case Group(members, is_all):
            return f"({(' & ' if is_all else ' | ').join(map(for_postgresql, members))})"
        case Without(wanted, unwanted):
            return f"({for_postgresql(wanted)} & !{for_postgresql(unwanted)})"
