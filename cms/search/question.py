"""What somebody asks for: words, phrases, beginnings of words, and what they do not want."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from cms.search import stemming, words

MOST_CHARACTERS, MOST_WORDS = 200, 16
LEAST_BEGINNING = 2  # letters before a *: of fewer there would be half of all words
MOST_SPELLINGS = 16  # of a phrase, whose words may have different stems in different languages

QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d'
# A minus, and either a phrase, which ends at the latest with the text, or what stands between blanks.
PARTS = re.compile(f"(-?)(?:[{QUOTES}]([^{QUOTES}]*)[{QUOTES}]?|([^\\s{QUOTES}]+))")


class Unanswerable(ValueError):
    """Why a question cannot be asked, and what to write instead."""


@dataclass(frozen=True)
class Term:
    """One thing that is asked for: words that stand one after the other, most often a single one."""

    words: tuple[str, ...]  # folded
    is_beginning: bool = False  # of the last word only the beginning is known
    is_excluded: bool = False
    written: str = ""  # as it was asked

    def stems(self, languages: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The stems of each of its words."""
        return [stemming.stems(word, languages) for word in self.words]

    def spellings(self, languages: tuple[str, ...]) -> list[str]:
        """How its words may stand in an indexed text, one after the other and with blanks around."""
        stems = self.stems(languages)
        ways = [f" {' '.join(way)} " for way in islice(product(*stems), MOST_SPELLINGS)]
        if self.is_beginning:
            ways += [f" {' '.join([*way, self.words[-1]])}" for way in islice(product(*stems[:-1]), MOST_SPELLINGS)]
        return ways


@dataclass(frozen=True)
class Question:
    """What a search asks for, in the languages of what there is to be found."""

    terms: tuple[Term, ...]
    languages: tuple[str, ...] = ()

    @cached_property
    def wanted(self) -> list[Term]:
        return [term for term in self.terms if not term.is_excluded]

    @cached_property
    def unwanted(self) -> list[Term]:
        return [term for term in self.terms if term.is_excluded]

    @cached_property
    def whole(self) -> list[str]:
        """All that is wanted, in its order, as it may stand: as one headline."""
        beginnings = any(term.is_beginning for term in self.wanted)
        ways = [] if beginnings else [[stemming.stem(word, code) for word in self.all_words] for code in self.languages]
        return sorted({"".join(way) for way in ways})

    @property
    def all_words(self) -> list[str]:
        return [word for term in self.wanted for word in term.words]

    def replacing(self, word: str, other: str) -> str:
        """The question as it would be written with another word in the place of one."""
        parts = []
        for term in self.terms:
            written = " ".join(other if each == word else each for each in term.words)
            if word not in term.words or term.is_excluded:
                parts.append(term.written)
            else:
                parts.append(f'"{written}"' if len(term.words) > 1 else written + "*" * term.is_beginning)
        return " ".join(parts)


def read(text: str) -> Question:
    """What a text asks for. Raises Unanswerable, in words for whoever wrote it."""
    if len(text) > MOST_CHARACTERS:
        raise Unanswerable(f"Search for at most {MOST_CHARACTERS} characters.")
    terms = [term for match in PARTS.finditer(_sound(text)) for term in _terms(match[1], match[2], match[3], match[0])]
    if sum(_count(term) for term in terms) > MOST_WORDS:
        raise Unanswerable(f"Search for at most {MOST_WORDS} words.")
    if not any(not term.is_excluded for term in terms):
        raise Unanswerable("Write at least one word that is to be found.")
    return Question(tuple(dict.fromkeys(terms)))


def _sound(text: str) -> str:
    """Text without half characters, which no database takes."""
    return text.encode("utf-8", "replace").decode()


def _terms(minus: str, phrase: str | None, word: str | None, written: str) -> Iterable[Term]:
    """The terms of one part. What one writes as a word and we take apart (O'Brien, covid-19) stands together."""
    is_excluded = bool(minus)
    text = phrase if word is None else word
    is_beginning = word is not None and word.rstrip(".,;:!?)").endswith("*")
    runs = words.runs(text or "")
    found = tuple(each for run in runs for each in _words_of(run))
    if not found:
        return
    if len(runs) == 1 and words.is_dense(runs[0]) and len(runs[0]) == 1:
        is_beginning = True  # a single character is found as the beginning of a pair
    elif is_beginning and len(found[-1]) < LEAST_BEGINNING:
        raise Unanswerable(f"Write at least {LEAST_BEGINNING} letters before a *.")
    yield Term(found, is_beginning, is_excluded, written.strip())


def _words_of(run: str) -> list[str]:
    if not words.is_dense(run):
        return [run[: words.LONGEST]]
    return words.pairs(run)[:-1] or [run]


def _count(term: Term) -> int:
    """How many words it is: of a script without blanks, one for two pairs."""
    dense = sum(1 for word in term.words if words.is_dense(word))
    return len(term.words) - dense + (dense + 1) // 2
