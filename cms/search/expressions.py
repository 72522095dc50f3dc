"""What is looked up in an index, as a tree of words, and how each database wants it written.

The words are our own (see words.py): letters, figures and signs, never a blank, a quote, a backslash or an operator of
either database. They are quoted all the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


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
class LookedUp:
    """Any of the words that the statement itself looks up, in a part that it begins with (see lookup.py)."""

    part: str
    otherwise: Word  # where there are none, or more than are spelt out


@dataclass(frozen=True)
class Without:
    """What is found by the one and not by the other."""

    wanted: "Expression"
    unwanted: "Expression"


Expression: TypeAlias = Word | Group | LookedUp | Without


def every(members: Iterable[Expression]) -> Expression:
    return _group(members, is_all=True)


def either(members: Iterable[Expression]) -> Expression:
    return _group(members, is_all=False)


def _group(members: Iterable[Expression], *, is_all: bool) -> Expression:
    kept = tuple(dict.fromkeys(members))
    return kept[0] if len(kept) == 1 else Group(kept, is_all)


class Spelling(NamedTuple):
    """How a database wants an expression to be written."""

    word: str
    beginning: str
    all: str
    any: str
    without: str
    escapes: tuple[tuple[str, str], ...]

    def of_word(self, word: Word) -> str:
        text = word.text
        for sign, escaped in self.escapes:
            text = text.replace(sign, escaped)
        return (self.beginning if word.is_beginning else self.word).format(text)


FTS5 = Spelling('"{}"', '"{}"*', " AND ", " OR ", " NOT ", (('"', '""'),))
TSQUERY = Spelling("'{}'", "'{}':*", " & ", " | ", " & !", (("\\", "\\\\"), ("'", "''")))


def written(expression: Expression, spelling: Spelling) -> list[str | LookedUp]:
    """An expression as a database reads it, in pieces between which stands what is still to be looked up."""
    pieces: list[str | LookedUp] = []
    for piece in _pieces(expression, spelling):
        if pieces and isinstance(piece, str) and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _pieces(expression: Expression, spelling: Spelling) -> Iterator[str | LookedUp]:
    match expression:
        case Word():
            yield spelling.of_word(expression)
        case LookedUp():
            yield from ("(", expression, ")")
        case Group(members, is_all):
            for number, member in enumerate(members):
                yield (spelling.all if is_all else spelling.any) if number else "("
                yield from _pieces(member, spelling)
            yield ")"
        case Without(wanted, unwanted):
            yield "("
            yield from _pieces(wanted, spelling)
            yield spelling.without
            yield from _pieces(unwanted, spelling)
            yield ")"
