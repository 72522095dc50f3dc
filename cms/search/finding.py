"""What a question finds: page by page, by relevance or by date."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cms.publishing import kinds
from cms.search import expressions, lookup, ranking, terms
from cms.search.expressions import Expression, Without, Word
from cms.search.lookup import Conditions, Stretch
from cms.search.models import Entry
from cms.search.question import Question, Term
from cms.search.ranking import ANYWHERE, EXACT, HEADLINE, PROMINENT

MOST_NAMED = 50  # bylines and topics that one word may stand for
COLUMNS = "e.id, e.publication, e.key"
SIGN = {HEADLINE: terms.IN_HEADLINE, PROMINENT: terms.PROMINENTLY, ANYWHERE: ""}


class Hit(NamedTuple):
    """One thing found. Its entry's key is its place in the order of dates."""

    entry: int
    publication: int | None
    key: uuid.UUID
    score: int


@dataclass(frozen=True)
class Wanted:
    """What is asked for, of which kinds, mentioning what: all that the index alone can tell."""

    question: Question
    kinds: tuple[str, ...] | None = None  # none: whatever is published
    required: tuple[tuple[uuid.UUID, ...], ...] = ()  # one of each
    excluded: tuple[uuid.UUID, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)


class Search:
    """One question, asked of the index as it stands."""

    def __init__(self, wanted: Wanted):
        self.wanted = wanted
        self.question = wanted.question
        self.beginnings = _beginnings(self.question)
        self.named = _named(self.question, self.beginnings)
        phrases = tuple(
            (
                (*term.spellings(self.question.languages), *(f" {mark} " for mark in self.named[term])),
                not term.is_excluded,
            )
            for term in self.question.terms
            if len(term.words) > 1
        )
        conditions = replace(wanted.conditions, phrases=phrases)
        # What is published is most of what there is, so its kinds are told from the rows; others have a mark.
        self.rare = [name for name in wanted.kinds or () if kinds.named(name).is_shared]
        of_kinds = () if self.rare else wanted.kinds or ()
        self.conditions = replace(conditions, kinds=of_kinds, is_published=wanted.kinds is None)

    # By relevance

    def best(self, now: int, last: tuple[int, int] | None, limit: int, offset: int = 0) -> list[Hit]:
        """Those that stand behind the last of a page, or at the beginning: the best first, of equals the newest.

        What fits badly is looked up only where it could stand on this page: it is what there may be most of.
        """
        need = limit + offset
        hits = self._of_degrees([EXACT, HEADLINE, PROMINENT], now, last, need)
        best_left = min(ranking.WORTH[ANYWHERE], last[0]) if last else ranking.WORTH[ANYWHERE]
        if len(hits) < need or hits[need - 1].score <= best_left:
            hits += self._of_degrees([ANYWHERE], now, last, need)
            hits.sort(key=_by_score)
        return hits[offset:need]

    def _of_degrees(self, degrees: Sequence[int], now: int, last: tuple[int, int] | None, need: int) -> list[Hit]:
        asked = [(degree, found) for degree in degrees if (found := self._in_degree(degree)) is not None]
        statements = []
        for degree, expression in asked:
            below = ranking.keys_below(degree, now, last) if last else None
            columns = f"{COLUMNS}, {degree}"
            statements.append(lookup.select(columns, expression, self.conditions, Stretch(need, below)))
        hits = [
            Hit(entry, publication, _key(key), ranking.score(degree, entry >> ranking.BITS, now))
            for entry, publication, key, degree in lookup.together(statements)
        ]
        return sorted(hits, key=_by_score)[:need]

    def _in_degree(self, degree: int) -> Expression | None:
        """What fits just so well, and no better."""
        if degree == EXACT:
            return self._narrowed([self._exact()]) if self.question.whole else None
        wanted = self._all_in(degree)
        if degree > HEADLINE:
            return Without(wanted, self._words_in(degree - 1))
        return Without(wanted, self._exact()) if self.question.whole else wanted

    def _exact(self) -> Expression:
        return expressions.either(Word(terms.WHOLE + whole[:160]) for whole in self.question.whole)

    def _all_in(self, degree: int) -> Expression:
        """All words in the texts of a degree, and what else is asked for."""
        return self._narrowed([self._words_in(degree)])

    def _words_in(self, degree: int) -> Expression:
        return expressions.every(self._term(term, degree) for term in self.question.wanted)

    def _narrowed(self, members: Iterable[Expression]) -> Expression:
        wanted = self.wanted
        members = list(members)
        if self.rare:
            members.append(expressions.either(Word(terms.kind(name)) for name in self.rare))
        members += [expressions.either(Word(terms.thing(key)) for key in keys) for keys in wanted.required]
        unwanted: list[Expression] = [Word(terms.thing(key)) for key in wanted.excluded]
        # A phrase that is not wanted is looked for in the rows: its words may stand there one by one.
        unwanted += [self._term(term, ANYWHERE) for term in self.question.unwanted if len(term.words) == 1]
        found = expressions.every(members)
        return Without(found, expressions.either(unwanted)) if unwanted else found

    def _term(self, term: Term, degree: int) -> Expression:
        """A term in the texts of a degree, or in a name that is mentioned: a name is prominent."""
        sign = SIGN[degree]
        parts: list[Expression] = [
            expressions.either(Word(sign + stem) for stem in stems) for stems in term.stems(self.question.languages)
        ]
        if term.is_beginning:
            parts[-1] = expressions.either([parts[-1], self.beginnings[sign + term.words[-1]]])
        together = expressions.every(parts)
        names = [Word(mark) for mark in self.named[term]] if degree >= PROMINENT else []
        return expressions.either([together, *names])

    # By date, and counted

    def by_date(self, stretch: Stretch) -> list[Hit]:
        """Those of a stretch of the order of dates."""
        rows = lookup.together([lookup.select(COLUMNS, self.everything(), self.conditions, stretch)])
        return [Hit(entry, publication, _key(key), 0) for entry, publication, key in rows]

    def scored(self, hits: Sequence[Hit], now: int) -> list[Hit]:
        """The same with their scores, which they were not looked for by."""
        if not hits:
            return []
        keys = Stretch(len(hits), max(hit.entry for hit in hits) + 1, min(hit.entry for hit in hits) - 1)
        asked = [(degree, found) for degree in ranking.DEGREES if (found := self._in_degree(degree)) is not None]
        rows = lookup.together(
            [lookup.select(f"{COLUMNS}, {degree}", expression, self.conditions, keys) for degree, expression in asked]
        )
        degrees = {entry: degree for entry, _publication, _key, degree in rows}
        return [
            hit._replace(score=ranking.score(degrees.get(hit.entry, ANYWHERE), hit.entry >> ranking.BITS, now))
            for hit in hits
        ]

    def everything(self) -> Expression:
        """All that is found, whatever it is worth."""
        return self._all_in(ANYWHERE)

    def count(self) -> int:
        """How many there are."""
        return lookup.count(self.everything(), self.conditions)

    def any(self) -> bool:
        return bool(self.by_date(Stretch(1)))


def _by_score(hit: Hit) -> tuple[int, int]:
    return -hit.score, -hit.entry


def _key(value: object) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _beginnings(question: Question) -> dict[str, Expression]:
    """What finds the words of which only the beginning is known, in each degree."""
    known = [term.words[-1] for term in question.terms if term.is_beginning]
    return lookup.beginnings(Entry, [sign + word for word in known for sign in SIGN.values()])


def _named(question: Question, beginnings: Mapping[str, Expression]) -> dict[Term, list[str]]:
    """The marks of bylines and topics that have each term in their name, with one question for all terms."""
    named: dict[Term, list[str]] = {term: [] for term in question.terms}
    statements = []
    numbered = list(named)
    for number, term in enumerate(numbered):
        parts: list[Expression] = [
            expressions.either(Word(terms.IN_HEADLINE + stem) for stem in stems)
            for stems in term.stems(question.languages)
        ]
        if term.is_beginning:
            parts[-1] = expressions.either([parts[-1], beginnings[terms.IN_HEADLINE + term.words[-1]]])
        phrases = ((tuple(term.spellings(question.languages)), True),) if len(parts) > 1 else ()
        expression = expressions.every([*parts, Word(terms.NAMED)])
        conditions = Conditions(phrases=phrases)
        statements.append(lookup.select(f"{number}, e.key", expression, conditions, Stretch(MOST_NAMED)))
    for number, key in lookup.together(statements):
        named[numbered[number]].append(terms.thing(_key(key)))
    return named
