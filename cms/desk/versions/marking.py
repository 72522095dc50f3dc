"""Two texts, with the words marked in which they differ."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import groupby
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WORD = re.compile(r"(\n|\w+(?:[-’'.]\w+)*|[^\w\s])([^\S\n]*)")
EMPHASIS = frozenset({"strong", "em", "code", "sub", "sup", "s"})
LINES = frozenset({"br", "p", "li"})
ADDRESS = "address"
BREAK = SafeString("<br>")
ALIKE_ENOUGH = 0.35  # with less in common, single words marked would only be confetti


class Word(NamedTuple):
    text: str
    style: tuple[str, ...] = ()  # the emphasis that it stands in, from the outside in
    space: str = ""  # after it


def words_of_text(text: str, style: tuple[str, ...] = ()) -> list[Word]:
    """Plain text as words."""
    return [Word(word, style, space and " ") for word, space in WORD.findall(text)]


def words_of_html(text: str) -> list[Word]:
    """Cleaned HTML as words. The address that a link leads to stands after it, so that a change of it is seen."""
    if "<" not in text and "&" not in text:
        return words_of_text(text)
    parser = _Words()
    parser.feed(text)
    parser.close()
    return parser.words


class _Words(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words: list[Word] = []
        self.style: tuple[str, ...] = ()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.addresses.append(dict(attrs).get("href") or "")
        elif tag in EMPHASIS and len(self.style) < len(EMPHASIS):
            self.style = (*self.style, tag)
        elif tag in LINES and self.words and self.words[-1].text != "\n":
            self.words.append(Word("\n"))

    def handle_endtag(self, tag):
        if tag == "a" and self.addresses and (address := self.addresses.pop()):
            self.words.append(Word(f"({address})", (ADDRESS,)))
        elif tag in self.style:
            where = len(self.style) - 1 - self.style[::-1].index(tag)
            self.style = self.style[:where] + self.style[where + 1 :]

    def handle_data(self, data):
        if data[:1].isspace() and self.words and not self.words[-1].space:
            self.words[-1] = self.words[-1]._replace(space=" ")
        self.words += words_of_text(data, self.style)


@dataclass
class Patience:
    """How much may still be looked for in one comparison, in pairs of equal words: hostile texts hold millions."""

    pairs: int = 300_000

    def bears(self, mine: list, theirs: list) -> bool:
        counts = Counter(mine)
        pairs = sum(counts[word] for word in theirs)
        # Each match that is found is followed by a search on both sides of it.
        asked = pairs * (1 + min(len(mine), len(theirs)) // 100)
        if asked > self.pairs:
            return False
        self.pairs -= asked
        return True


Run = tuple[bool, list[Word]]


def differing(before: list[Word], after: list[Word], patience: Patience) -> tuple[list[Run], list[Run]]:
    """Both texts in runs of words, each said to be in this text only or in both."""
    mine, theirs = [word[:2] for word in before], [word[:2] for word in after]
    most = min(len(mine), len(theirs))
    start = next((n for n in range(most) if mine[n] != theirs[n]), most)
    end = next((n for n in range(most - start) if mine[-1 - n] != theirs[-1 - n]), most - start)
    runs: tuple[list[Run], list[Run]] = ([], [])
    middle_mine, middle_theirs = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    steps: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(middle_mine), 0, len(middle_theirs))]
    if middle_mine and middle_theirs and patience.bears(middle_mine, middle_theirs):
        matched = SequenceMatcher(None, middle_mine, middle_theirs, autojunk=False).get_opcodes()
        alike = start + end + sum(b - a for change, a, b, _c, _d in matched if change == "equal")
        if 2 * alike >= ALIKE_ENOUGH * (len(mine) + len(theirs)):
            steps = matched
    runs[0].append((False, before[:start]))
    runs[1].append((False, after[:start]))
    for change, a, b, c, d in steps:
        runs[0].append((change != "equal", before[start + a : start + b]))
        runs[1].append((change != "equal", after[start + c : start + d]))
    runs[0].append((False, before[len(before) - end :]))
    runs[1].append((False, after[len(after) - end :]))
    return runs


def marked(before: list[Word], after: list[Word], patience: Patience) -> tuple[SafeString, SafeString]:
    """Both texts as HTML, what only the first has in <del>, what only the second has in <ins>."""
    mine, theirs = differing(before, after, patience)
    return _html(mine, taken_out), _html(theirs, put_in)


def taken_out(text: SafeString) -> SafeString:
    return format_html('<del><span class="visually-hidden">{} </span>{}</del>', _("[taken out:]"), text)


def put_in(text: SafeString) -> SafeString:
    return format_html('<ins><span class="visually-hidden">{} </span>{}</ins>', _("[put in:]"), text)


def _html(runs: Iterable[Run], mark: Callable[[SafeString], SafeString]) -> SafeString:
    parts = []
    for is_marked, words in runs:
        if is_marked and words:
            parts += [mark(shown([*words[:-1], words[-1]._replace(space="")])), words[-1].space]
        elif words:
            parts.append(shown(words))
    return format_html_join("", "{}", ((part,) for part in parts))


def shown(words: list[Word]) -> SafeString:
    """Words as HTML."""
    parts = []
    for style, group in groupby(words, key=lambda word: word.style):
        text = "".join(word.text + word.space for word in group)
        part = format_html_join(BREAK, "{}", ((line,) for line in text.split("\n")))
        for name in reversed(style):
            around = '<small class="address"> {}</small>' if name == ADDRESS else f"<{name}>{{}}</{name}>"
            part = format_html(around, part)
        parts.append(part)
    return format_html_join("", "{}", ((part,) for part in parts))
