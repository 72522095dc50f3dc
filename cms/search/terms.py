"""What stands in an entry: the stems of a text as they follow each other, and marked words for what else is looked up.

A sign before a word says what it is. No word of a text begins with one.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from cms.publishing.kinds import Searched
from cms.search import stemming, words

WHOLE, IN_HEADLINE, PROMINENTLY = "⁰", "¹", "²"
THING, KIND = "§", "¤"
NEAR, SPELT = "≈", "≋"  # what is left of a word without one of its letters; the word as it is spelt
NAMED = f"{THING}named"  # what is found by its name, and what mentions it with it
BREAK = "¶"  # between texts: no phrase goes across
OFTEN = 3  # times that a word stands in a text whose subject it is
LEAST_NEAR = 4  # letters of a word that somebody may have misspelt
MOST_NEAR = 12  # words of a headline


def thing(key: uuid.UUID) -> str:
    """The mark of what mentions a thing."""
    return f"{THING}{key.hex[:16]}"


def kind(name: str) -> str:
    return f"{KIND}{name}"


def near(word: str) -> set[str]:
    """A word, and what is left of it without one of its letters: a misspelt word has one of these in common with it."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def of_text(searched: Searched, language: str) -> str:
    """The terms of what a kind names as its text."""
    headline = words.split(searched.headline)
    in_headline = stemming.stemmed(headline, language)
    prominent = _stemmed(searched.prominent, language)
    stemmed = [*prominent, *_stemmed(searched.rest, language)]
    counted = Counter(chain.from_iterable(stemmed))
    often = (word for word, times in counted.items() if times >= OFTEN)
    chief = {*in_headline, *chain.from_iterable(prominent), *often}
    marks = [
        *([WHOLE + "".join(in_headline)[: words.LONGEST * 4]] if in_headline else []),
        *(IN_HEADLINE + word for word in dict.fromkeys(in_headline)),
        *(PROMINENTLY + word for word in sorted(chief)),
        *sorted(_near_of(headline)),
    ]
    return f"{_running([in_headline, *stemmed])} {BREAK} {' '.join(marks)} "


def running(texts: Iterable[str], language: str) -> str:
    """The stems of some texts, and nothing marked."""
    return f"{_running(_stemmed(texts, language))} "


def _stemmed(texts: Iterable[str], language: str) -> list[list[str]]:
    return [stemming.stemmed(words.split(text), language) for text in texts if text]


def _running(texts: Iterable[Sequence[str]]) -> str:
    """Texts one after the other, each word with a blank before it; cut where there is too much of them."""
    running = f" {BREAK} ".join(" ".join(text[: words.MOST]) for text in texts if text)
    return f" {running}"


def _near_of(headline: Iterable[str]) -> set[str]:
    """What finds the words of a headline when they are misspelt."""
    long = [word for word in dict.fromkeys(headline) if may_be_misspelt(word)]
    return set().union(*map(_marks_near, long[:MOST_NEAR]))


@lru_cache(10_000)
def _marks_near(word: str) -> frozenset[str]:
    return frozenset([SPELT + word, *(NEAR + part for part in near(word))])


def may_be_misspelt(word: str) -> bool:
    return LEAST_NEAR <= len(word) <= 30 and word.isalpha() and not words.is_dense(word)
