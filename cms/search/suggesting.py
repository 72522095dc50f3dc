"""Did you mean: a question that finds something, where one finds nothing because a word is misspelt.

The words that are offered stand in headlines and names of what is live, and nowhere else; and only what finds something
by the same filters is offered.
"""

import uuid
from collections import Counter, defaultdict
from dataclasses import replace

from django.utils import timezone

from cms.publishing import kinds
from cms.search import expressions, lookup, question, terms
from cms.search.expressions import Word
from cms.search.finding import Search
from cms.search.lookup import Conditions, Stretch

MOST_WORDS = 4  # that are looked for in one question
MOST_READ = 200  # things that have a word like it in their headline, the newest first
FAR, SHORT = 2, 5  # letters that may be wrong, and the length up to which only one may


def suggestion(search: Search) -> str | None:
    """The question as it may have been meant; none: nothing like it is known."""
    asked = search.question
    at = Conditions(at=search.conditions.at)
    text = ""
    wrong = [
        word for term in asked.wanted if not term.is_beginning for word in term.words if _is_unknown(word, asked, at)
    ]
    for word in wrong[:MOST_WORDS]:
        if meant := _nearest(word, at):
            text = asked.replacing(word, meant)
            try:
                asked = replace(question.read(text), languages=asked.languages)
            except question.Unanswerable:  # the right word may be longer than a question may be
                return None
    if not text:
        return None
    return text if Search(replace(search.wanted, question=asked)).any() else None


def _is_unknown(word: str, asked: question.Question, at: Conditions) -> bool:
    """Whether a word that may be misspelt stands nowhere."""
    if not terms.may_be_misspelt(word):
        return False
    stems = question.Term((word,)).stems(asked.languages)[0]
    known = expressions.either([*map(Word, stems), *(Word(terms.IN_HEADLINE + stem) for stem in stems)])
    return not lookup.rows_of(lookup.select("e.id", known, replace(at, is_published=True), Stretch(1)))


def _nearest(word: str, at: Conditions) -> str | None:
    """The word in headlines and names that is most like another; of several the most usual."""
    like = expressions.either(Word(terms.NEAR + part) for part in sorted(terms.near(word)))
    columns = "e.id, e.kind, e.key, e.publication, e.terms"
    rows = _visible(lookup.rows_of(lookup.select(columns, like, at, Stretch(MOST_READ))), at)
    spelt = Counter(each[1:] for text in rows for each in text.split() if each.startswith(terms.SPELT))
    far = 1 if len(word) <= SHORT else FAR
    ranked = sorted((distance(word, other, far), -times, other) for other, times in spelt.items())
    return next((other for apart, _times, other in ranked if 0 < apart <= far), None)


def _visible(rows: list[tuple], at: Conditions) -> list[str]:
    """The terms of what readers may see. (What many share may have been seen through something that has just ended.)"""
    shared: dict[str, set[uuid.UUID]] = defaultdict(set)
    for _entry, kind, key, publication, _text in rows:
        if publication is None:
            shared[kind].add(uuid.UUID(str(key)))
    public: set[uuid.UUID] = set()
    for kind, keys in shared.items():
        objects = kinds.shared_named(kind).Meta.model.objects
        public |= set(objects.filter(pk__in=keys).public(at.at or timezone.now()).values_list("pk", flat=True))
    return [text for _, _, key, publication, text in rows if publication or uuid.UUID(str(key)) in public]


def distance(one: str, other: str, most: int) -> int:
    """How many letters have to be changed, added, left out or exchanged with their neighbours.

    Where it is plain that they are more than `most`, they are not counted.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, another in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != another))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == another:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
