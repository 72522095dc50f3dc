"""What is live and like something: that has many of its rarer words where they count, and its topics."""

import uuid
from collections import Counter
from collections.abc import Collection
from math import log

from cms.publishing.kinds import Searched
from cms.search import expressions, lookup, stemming, terms, words
from cms.search.expressions import Word
from cms.search.lookup import Conditions, Stretch

MOST_WORDS = 24  # that are looked for: the longest, which are the rarest
LEAST = 4  # letters of one
MOST_READ = 300  # things that have any of them, the newest first
LEAST_ALIKE = 2  # words or topics in common


def alike(
    kind: str,
    searched: Searched,
    language: str,
    mentions: Collection[uuid.UUID],
    leaving: Collection[uuid.UUID],
    most: int,
) -> list[uuid.UUID]:
    """The keys of what is live, of one kind and most like these texts, without those that are to be left out.

    A word counts the more the fewer of those have it that were found; what is mentioned in both counts twice as much.
    """
    wanted = {terms.PROMINENTLY + stem for stem in _telling(searched, language)}
    things = {terms.thing(key) for key in mentions}
    if not wanted | things:
        return []
    expression = expressions.every(
        [expressions.either(map(Word, sorted(wanted | things))), Word(terms.kind(kind))],
    )
    rows = lookup.rows_of(lookup.select("e.id, e.key, e.terms", expression, Conditions(), Stretch(MOST_READ)))
    shared = {(entry, uuid.UUID(str(key))): set(text.split()) & (wanted | things) for entry, key, text in rows}
    times = Counter(word for common in shared.values() for word in common)

    def worth(common: set[str]) -> float:
        return sum(log(1 + len(rows) / times[word]) * (2 if word in things else 1) for word in common)

    ranked = sorted(
        ((-worth(common), -entry, key) for (entry, key), common in shared.items() if len(common) >= LEAST_ALIKE),
        key=lambda each: each[:2],
    )
    return [key for _worth, _entry, key in ranked if key not in leaving][:most]


def _telling(searched: Searched, language: str) -> list[str]:
    """The stems of the words that tell what a text is about."""
    above = [searched.headline, *searched.prominent]
    spelt = [word for text in above for word in words.split(text) if len(word) >= LEAST or words.is_dense(word)]
    stems = dict.fromkeys(stemming.stem(word, language) for word in spelt)
    return sorted(stems, key=lambda stem: (-len(stem), stem))[:MOST_WORDS]
