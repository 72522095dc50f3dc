"""What was found, in its place: the words of a question marked in a headline, and in the piece of text round them."""

import html
import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from cms.publishing.kinds import Searched
from cms.search import stemming, words
from cms.search.question import Question
from cms.text.texts import with_single_blanks

BEFORE, LENGTH = 60, 240  # characters of a piece: in front of its first mark, and in all
FAR = 60_000  # characters of a text that are looked through
# Signs at which a text may be taken apart without changing any word of it: none joins letters, or is any part of one.
BETWEEN = ' \t\n\r,;:!?()[]{}<>/"“”„«»–—-。、，！？：；「」『』（）《》'
APART = re.compile(f"[^{re.escape(BETWEEN)}]+")
# Letters that stay as they are when they are folded, but for capitals, and what stands between them in most texts.
PLAIN = re.compile(
    "[\x00-\x7f\xa0-\xa7\xa9\xab\xb0\xb7\xbb\u0404\u0406\u0407\u0410-\u044f\u0454\u0456\u0457\u0490\u0491–—‘’“”„•…€]*+"
)
# Languages in which forms of a word begin with other letters (gelopen, lopen), and letters that change in others.
CHANGING = frozenset({"ar", "de", "fa", "fi", "ga", "id", "nl", "sr", "ta", "tr", "yi"})
SECOND = {"i": "[iy]", "y": "[iy]"} | dict.fromkeys("іоеє", r"\w")  # die, dying; ніч, ночі
# What may stand between two letters of a plain word and is left out of it: U.S., п'ять.
LEFT_OUT = rf"(?:[{words.APOSTROPHES}]s){{0,9}}+[{words.APOSTROPHES}.]?"


class Piece(NamedTuple):
    """A stretch of a text, and where the marks in it are."""

    text: str
    marks: list[tuple[int, int]]


class Marker:
    """Marks the words of one question."""

    def __init__(self, question: Question):
        self.languages = question.languages
        asked = {word for term in question.wanted for word in term.words}
        self.dense = sorted(filter(words.is_dense, asked), key=len, reverse=True)
        self.asked = sorted(asked.difference(self.dense))
        self.stems = {stem for word in self.asked for stem in stemming.stems(word, self.languages)}
        self.beginnings = tuple(term.words[-1] for term in question.wanted if term.is_beginning)
        self._known: dict[str, list[tuple[int, int]]] = {}

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
            amid_words = APART.match(text, FAR, FAR + LENGTH)
            marks = list(self._marks(text[: amid_words.end() if amid_words else FAR]))
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
        for start, end in self._likely(text) if self._can_skip and _is_plain(text) else _spans(text):
            part = text[start:end]
            if part not in self._known:
                self._known[part] = self._inner(part)
            yield from ((start + at, start + to) for at, to in self._known[part])

    def _likely(self, text: str) -> Iterable[tuple[int, int]]:
        """The parts of a plain text in which a word begins as one that is asked for."""
        end = 0
        for match in self._beginning.finditer(text.lower()) if self.asked else ():
            start = match.start()
            if start < end:
                continue
            while start > end and text[start - 1] not in BETWEEN:
                start -= 1
            # A letter stands there, so it matches.
            end = APART.match(text, start).end()  # type: ignore[union-attr]
            yield start, end

    @cached_property
    def _can_skip(self) -> bool:
        """Whether all forms of what is asked for are known to begin alike, so that other words need no look."""
        return CHANGING.isdisjoint(self.languages) and all(map(PLAIN.fullmatch, self.asked))

    @cached_property
    def _beginning(self) -> re.Pattern[str]:
        """What finds the first letter of such a word, and nothing that stands amid one."""
        first = [
            re.escape(word[0])
            + "".join(f"(?={LEFT_OUT}{SECOND.get(letter, re.escape(letter))})" for letter in word[1:2])
            for word in self.asked
        ]
        return re.compile(rf"(?:{'|'.join(sorted(set(first)))})(?<![^\W_].)")

    def _inner(self, part: str) -> list[tuple[int, int]]:
        """Where the words asked for stand in a part of a text. Two that are written as one sign (½) share a mark."""
        marks: list[tuple[int, int]] = []
        if not any(map(self._asked_of, words.runs(part))):
            return marks
        for run, letters in words.placed(part):
            for first, last in self._asked_of(run):
                start, end = letters[first][0], letters[last][1]
                if marks and start < marks[-1][1]:
                    start, end = marks[-1][0], max(marks.pop()[1], end)
                marks.append((start, end))
        return marks

    def _asked_of(self, run: str) -> list[tuple[int, int]]:
        """The first and the last letter of what is asked for of a word: all of it, or some of one without blanks."""
        if words.is_dense(run):
            return self._asked_of_dense(run)
        known = run[: words.LONGEST]
        is_asked = known.startswith(self.beginnings) or not self.stems.isdisjoint(stemming.stems(known, self.languages))
        return [(0, len(run) - 1)] if is_asked else []

    def _asked_of_dense(self, run: str) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for match in self._dense_pattern.finditer(run):
            first, last = match.start(), match.start() + len(match[1]) - 1
            if found and first <= found[-1][1] + 1:
                first, last = found[-1][0], max(found.pop()[1], last)
            found.append((first, last))
        return found

    @cached_property
    def _dense_pattern(self) -> re.Pattern[str]:
        """What finds the words of a script without blanks, which may overlap; nothing, where none is asked for."""
        return re.compile(f"(?=({'|'.join(map(re.escape, self.dense))}))" if self.dense else r"(?!)")

    def _written(self, piece: Piece) -> str:
        """As HTML, in which nothing is a tag but the marks."""
        parts, end = [], 0
        for at, to in piece.marks:
            parts += [html.escape(piece.text[end:at]), "<mark>", html.escape(piece.text[at:to]), "</mark>"]
            end = to
        return "".join([*parts, html.escape(piece.text[end:])])


def _is_plain(text: str) -> bool:
    """Whether no accent hides how a word of a text begins, and no script without blanks where."""
    if PLAIN.fullmatch(text):
        return True
    return words.fold(text) == text.lower() and not words.DENSE.search(text)


def _spans(text: str) -> Iterable[tuple[int, int]]:
    return (match.span() for match in APART.finditer(text))


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
