"""What was found, in its place: the words of a question marked in a headline, and in the piece of text round them."""

import html
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

import regex

from cms.publishing.kinds import Searched
from cms.search import stemming, words
from cms.search.question import Question
from cms.text.texts import with_single_blanks

BEFORE, LENGTH = 60, 240  # characters of a piece: in front of its first mark, and in all
SURE = 2  # letters with which all forms of a word begin
FAR = 60_000  # characters of a text that are looked through
# A word as it stands in a text, before anything is folded; its joints are those of words.py.
PLACES = regex.compile(r"(?:[\p{L}\p{M}\p{N}]|(?<=\p{Cyrillic})['’ʼ‘`](?=\p{Cyrillic}))+")
ASCII_PLACES = re.compile(r"[a-zA-Z0-9]+")
# Letters that stay as they are when they are folded, but for capitals, and what stands between them in most texts.
PLAIN = re.compile(
    "[\x00-\x7f\xa0\xa7\xa9\xab\xb0\xb7\xbb\u0404\u0406\u0407\u0410-\u044f\u0454\u0456\u0457\u0490\u0491–—‘’“”„•…€]*+"
)
PLAIN_REST = r"(?:[^\W_]|(?<=[\u0404-\u0491])['’‘`](?=[\u0404-\u0491]))*+"


class Piece(NamedTuple):
    """A stretch of a text, and where the marks in it are."""

    text: str
    marks: list[tuple[int, int]]


class Marker:
    """Marks the words of one question."""

    def __init__(self, question: Question):
        languages = question.languages
        wanted = [(term, word) for term in question.wanted for word in term.words]
        self.stems = {
            stem for _term, word in wanted if not words.is_dense(word) for stem in stemming.stems(word, languages)
        }
        self.dense = sorted({word for _term, word in wanted if words.is_dense(word)}, key=len, reverse=True)
        self.beginnings = tuple(term.words[-1] for term in question.wanted if term.is_beginning)
        self.languages = languages
        self.likely = sorted({word[:SURE] for _term, word in wanted if not words.is_dense(word)})
        self._known: dict[str, list[tuple[int, int]] | None] = {}

    def headline(self, text: str) -> str | None:
        return self._written(Piece(text, list(self._marks(text)))) if text else None

    def snippet(self, searched: Searched) -> str:
        """The piece that has the most of what was asked for; where none has any, how the text begins."""
        above = _in_one_line(searched.prominent)
        if marked := self.marked([*above, *searched.rest]):
            return marked
        beginning = next(iter([*above[-1:], *_in_one_line(searched.rest)]), "")
        return self._written(Piece(_cut(beginning, 0, LENGTH), []))

    def marked(self, texts: Iterable[str]) -> str | None:
        """The piece of some texts that has the most of what was asked for; none, where no text has any."""
        best, most = None, 0
        for text in map(with_single_blanks, texts):
            marks = list(self._marks(text[:FAR]))
            if marks:
                piece, number = self._best_piece(text, marks)
                if number > most:
                    best, most = piece, number
                if most >= len(self.stems) + len(self.dense):
                    break
        return self._written(best) if best else None

    def _best_piece(self, text: str, marks: list[tuple[int, int]]) -> tuple[Piece, int]:
        """Of all pieces that begin in front of a mark the one with the most different words."""
        best, most = 0, 0
        for place, (start, _end) in enumerate(marks[:200]):
            inside = {
                text[at:end].casefold() for at, end in marks[place : place + 40] if end <= start + LENGTH - BEFORE
            }
            if len(inside) > most:
                best, most = place, len(inside)
        begin = _word_start(text, max(0, marks[best][0] - BEFORE))
        piece = _cut(text, begin, begin + LENGTH)
        shift = begin - (1 if begin else 0)
        inside_piece = [(at - shift, end - shift) for at, end in marks if at >= begin and end <= begin + LENGTH]
        return Piece(piece, [mark for mark in inside_piece if mark[1] <= len(piece)]), max(most, 1)

    def _marks(self, text: str) -> Iterable[tuple[int, int]]:
        """Where the words asked for stand."""
        for start, end in self._places(text):
            word = text[start:end]
            if word not in self._known:
                self._known[word] = self._inner(word)
            yield from ((start + at, start + to) for at, to in self._known[word] or ())

    def _places(self, text: str) -> Iterable[tuple[int, int]]:
        """Where words stand, one of which may be asked for."""
        if self.likely and not self.dense and (text.isascii() or PLAIN.fullmatch(text)):
            # No accent hides how a word begins, so the others need not be looked at.
            return [
                match.span()
                for match in self._plain_places.finditer(text.lower())
                if not text[match.start() - 1 : match.start()].isalnum()
            ]
        places: Any = ASCII_PLACES if text.isascii() else PLACES
        if self.likely and not self.dense and words.fold(text) == text.casefold():
            places = self._likely_places
        return (match.span() for match in places.finditer(text))

    @cached_property
    def _plain_places(self) -> re.Pattern[str]:
        """What finds the words of a plain text in small letters that begin as one that is asked for, among others."""
        return re.compile(f"(?:{_beginnings(self.likely)}){PLAIN_REST}")

    @cached_property
    def _likely_places(self) -> Any:
        """The same for any text."""
        rest = f"(?:{PLACES.pattern})?"
        return regex.compile(rf"(?<![\p{{L}}\p{{M}}\p{{N}}])(?:{_beginnings(self.likely)}){rest}", regex.IGNORECASE)

    def _inner(self, word: str) -> list[tuple[int, int]] | None:
        """Which parts of a word in a text are asked for."""
        folded = words.runs(word)
        if any(words.is_dense(run) for run in folded):
            return self._in_dense(word)
        if len(folded) != 1:
            return None
        run = folded[0][: words.LONGEST]
        is_asked = not self.stems.isdisjoint(stemming.stems(run, self.languages)) or run.startswith(self.beginnings)
        return [(0, len(word))] if is_asked else None

    def _in_dense(self, word: str) -> list[tuple[int, int]] | None:
        marks: list[tuple[int, int]] = []
        for asked in self.dense:
            at = word.find(asked)
            while at >= 0:
                marks.append((at, at + len(asked)))
                at = word.find(asked, at + 1)
        joined: list[tuple[int, int]] = []
        for at, end in sorted(marks):
            if joined and at <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((at, end))
        return joined or None

    def _written(self, piece: Piece) -> str:
        """As HTML, in which nothing is a tag but the marks."""
        parts, end = [], 0
        for at, to in piece.marks:
            parts += [html.escape(piece.text[end:at]), "<mark>", html.escape(piece.text[at:to]), "</mark>"]
            end = to
        return "".join([*parts, html.escape(piece.text[end:])])


def _beginnings(beginnings: Iterable[str]) -> str:
    """A pattern of the letters with which words begin. Between two of them there may be a joint."""
    joint = f"[{re.escape(words.APOSTROPHES)}]?"
    return "|".join(joint.join(map(re.escape, beginning)) for beginning in beginnings)


def _in_one_line(texts: Iterable[str]) -> list[str]:
    return list(filter(None, map(with_single_blanks, texts)))


def _word_start(text: str, at: int) -> int:
    """Where the word begins that stands at a place, or the next one."""
    if at == 0:
        return 0
    blank = text.find(" ", at, at + BEFORE)
    return blank + 1 if blank >= 0 else at


def _cut(text: str, begin: int, end: int) -> str:
    """A stretch of a text, cut between words and with dots where something is left out."""
    cut = text[begin:end]
    if end < len(text) and not text[end].isspace():
        cut = cut.rsplit(" ", 1)[0] if " " in cut[LENGTH // 2 :] else cut
    cut = cut.rstrip()
    return f"{'…' if begin else ''}{cut}{'…' if end < len(text) else ''}"
