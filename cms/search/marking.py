"""What was found, in its place: the words of a question marked in a headline, and in the piece of text round them."""

import html
import re
import unicodedata
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
# Words as they stand in a text, before anything is folded: what holds them together is what does so in words.py.
LETTER = rf"[\p{{L}}\p{{M}}\p{{N}}{words.UNSEEN}]"
ON_IT = rf"[\p{{M}}{words.UNSEEN}]*"
JOINT = rf"(?<=\p{{Cyrillic}}{ON_IT})[{words.APOSTROPHES}](?={ON_IT}\p{{Cyrillic}})"
PLACES = regex.compile(rf"(?<!\w)(?:\p{{L}}\.){{2,}}|(?:{LETTER}|{JOINT})+")
HELD_TOGETHER = regex.compile(rf"\p{{M}}|[{words.UNSEEN}]|\.\p{{L}}\.")  # what few texts have, and takes its time
USUAL_PLACES = regex.compile(r"(?:[\p{L}\p{N}]|(?<=\p{Cyrillic})['’ʼ‘`](?=\p{Cyrillic}))+")
ASCII_PLACES = re.compile(r"(?<!\w)(?:[a-zA-Z]\.){2,}|[a-zA-Z0-9]+")
MOST_ABBREVIATED = 8  # letters of a word that may stand as U.S. does
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
        self.asked = sorted({word for _term, word in wanted if not words.is_dense(word)})
        self.likely = sorted({word[:SURE] for word in self.asked})
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
        if self.likely and not self.dense:
            if text.isascii() or PLAIN.fullmatch(text):
                # No accent hides how a word begins, so the others need not be looked at.
                return self._likely(self._plain_places, text, text.lower())
            if words.fold(text) == text.lower() and not words.DENSE.search(text):
                return self._likely(self._likely_places, text, text)
        if text.isascii():
            return _spans(ASCII_PLACES, text)
        return _spans(PLACES if HELD_TOGETHER.search(text) else USUAL_PLACES, text)

    def _likely(self, places: Any, text: str, searched: str) -> list[tuple[int, int]]:
        """Where words stand in a text that begin as one that is asked for; and such as are written with dots."""
        spans = _spans(places, searched)
        if self._dotted and words.IN_ABBREVIATION.search(text):
            spans = sorted([*spans, *_spans(self._dotted, text)])
        return [each for each in spans if _begins(text, each[0])]

    @cached_property
    def _plain_places(self) -> re.Pattern[str]:
        """What finds the words of a plain text in small letters that begin as one that is asked for, among others."""
        return re.compile(f"(?:{_beginnings(self.likely)}){PLAIN_REST}")

    @cached_property
    def _likely_places(self) -> Any:
        """The same for any text."""
        return regex.compile(rf"(?:{_beginnings(self.likely)})(?:{LETTER}|{JOINT})*", regex.IGNORECASE)

    @cached_property
    def _dotted(self) -> re.Pattern[str] | None:
        """What finds those that are asked for where they are written as U.S. is."""
        short = [word for word in self.asked if word.isalpha() and 1 < len(word) <= MOST_ABBREVIATED]
        dotted = [re.sub("(.)", r"\1\\.", word) for word in short]
        return re.compile(rf"(?<!\w)(?:{'|'.join(dotted)})(?!\w\.)", re.IGNORECASE) if short else None

    def _inner(self, word: str) -> list[tuple[int, int]] | None:
        """Which parts are asked for of what stands in a text like a word."""
        folded = words.runs(word)
        if len(folded) == 1 and not words.is_dense(folded[0]):
            return [(0, len(word))] if self._is_asked(folded[0]) else None
        marks = self._in_dense(word) if any(map(words.is_dense, folded)) else []
        asked = {run for run in folded if not words.is_dense(run) and self._is_asked(run)}
        if asked:
            marks += [(start, end) for run, start, end in words.placed(word) if run in asked]
        return sorted(marks) or None

    def _is_asked(self, run: str) -> bool:
        run = run[: words.LONGEST]
        return not self.stems.isdisjoint(stemming.stems(run, self.languages)) or run.startswith(self.beginnings)

    def _in_dense(self, word: str) -> list[tuple[int, int]]:
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
        return joined

    def _written(self, piece: Piece) -> str:
        """As HTML, in which nothing is a tag but the marks."""
        parts, end = [], 0
        for at, to in piece.marks:
            parts += [html.escape(piece.text[end:at]), "<mark>", html.escape(piece.text[at:to]), "</mark>"]
            end = to
        return "".join([*parts, html.escape(piece.text[end:])])


def _beginnings(beginnings: Iterable[str]) -> str:
    """A pattern of the letters with which words begin. Between two of them that are Cyrillic there may be a joint."""
    joint = f"[{re.escape(words.APOSTROPHES)}]?"
    return "|".join((joint if _is_cyrillic(each) else "").join(map(re.escape, each)) for each in beginnings)


def _spans(places: Any, text: str) -> list[tuple[int, int]]:
    return [match.span() for match in places.finditer(text)]


def _begins(text: str, at: int) -> bool:
    """Whether a word begins where its first letters stand, and none goes on there."""
    before = text[at - 1] if at else " "
    if before == " ":
        return True
    if before.isalnum() or unicodedata.category(before)[0] == "M":
        return False
    if at > 1 and before in words.APOSTROPHES:
        return not _is_cyrillic(text[at - 2] + text[at]) and not words.POSSESSIVE.match(
            words.fold(text[at - 2 : at + 2]), 1
        )
    if at > 1 and before == "." and text[at + 1 : at + 2] == ".":  # amid an abbreviation, where that is more than it
        return not text[at - 2].isalpha() or text[max(0, at - 3) : at - 2].isalnum()
    return True


def _is_cyrillic(letters: str) -> bool:
    return all("\u0400" <= letter <= "\u052f" for letter in letters)


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
