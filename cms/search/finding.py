"""What a question finds: page by page, by relevance or by date."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cms.publishing import kinds
from cms.search import expressions, lookup, ranking, terms
from cms.search.expressions import Expression, LookedUp, Without, Word
from cms.search.lookup import Conditions, Part, Phrase, Statement, Stretch
from cms.search.models import Entry
from cms.search.question import Question, Term
from cms.search.ranking import ANYWHERE, EXACT, HEADLINE, PROMINENT

MOST_NAMED = 50  # bylines and topics that one word may stand for
COLUMNS = "e.id, e.publication, e.key"
NAMES = "entry, publication, key, degree"  # of these and a degree, in a part
SIGN = {HEADLINE: terms.IN_HEADLINE, PROMINENT: terms.PROMINENTLY, ANYWHERE: ""}


class Hit(NamedTuple):
    """One thing found. Its entry's key is its place in the order of dates."""

    entry: int
    publication: int | None
    key: uuid.UUID
    score: int
    columns: tuple = ()  # of Beside


class Beside(NamedTuple):
    """What is to be read along with a page: columns, and the tables that have them, joined to `page`."""

    columns: tuple[str, ...] = ()
    joins: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is asked for, of which kinds, mentioning what: all that the index alone can tell."""

    question: Question
    kinds: tuple[str, ...] | None = None  # none: whatever is published
    required: tuple[tuple[uuid.UUID, ...], ...] = ()  # one of each
    excluded: tuple[uuid.UUID, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)


class Search:
    """One question, asked of the index as it stands: whatever there is to know takes one statement."""

    total: int | None = None  # how many there are, where a page was asked to tell

    def __init__(self, wanted: Wanted, beside: Beside | None = None):
        self.wanted, self.beside = wanted, beside or Beside()
        self.question = wanted.question
        self.parts: list[Part] = []  # what each statement looks up before all else
        self.beginnings = self._beginnings()
        self.named = {term: self._named(number, term) for number, term in enumerate(self.question.terms)}
        phrases = tuple(
            Phrase(tuple(term.spellings(self.question.languages)), not term.is_excluded, self.named[term].part)
            for term in self.question.terms
            if len(term.words) > 1
        )
        conditions = replace(wanted.conditions, phrases=phrases)
        # What is published is most of what there is, so its kinds are told from the rows; others have a mark.
        self.rare = [name for name in wanted.kinds or () if kinds.named(name).is_shared]
        of_kinds = () if self.rare else wanted.kinds or ()
        self.conditions = replace(conditions, kinds=of_kinds, is_published=wanted.kinds is None)

    # What is looked up first

    def _beginnings(self) -> dict[str, Expression]:
        """What finds the words of which only the beginning is known, in each degree."""
        known = [term.words[-1] for term in self.question.terms if term.is_beginning]
        texts = dict.fromkeys(sign + word for word in known for sign in SIGN.values())
        return {text: lookup.beginning(Entry, text, self.parts) for text in texts}

    def _named(self, number: int, term: Term) -> LookedUp:
        """The marks of bylines and topics that have a term in their name."""
        stems = self._stems(term, terms.IN_HEADLINE)
        phrases = (Phrase(tuple(term.spellings(self.question.languages))),) if len(stems) > 1 else ()
        expression = expressions.every([*stems, Word(terms.NAMED)])
        column = lookup.mark_of_key(terms.THING)
        asked = lookup.select(column, expression, Conditions(phrases=phrases), Stretch(MOST_NAMED))
        self.parts.append(Part(f"named{number}", "term", asked))
        return LookedUp(f"named{number}", Word(terms.THING))  # that sign alone stands nowhere

    def _stems(self, term: Term, sign: str) -> list[Expression]:
        """What finds each word of a term in the texts that have a sign."""
        stems: list[Expression] = [
            expressions.either(Word(sign + stem) for stem in stems) for stems in term.stems(self.question.languages)
        ]
        if term.is_beginning:
            stems[-1] = expressions.either([stems[-1], self.beginnings[sign + term.words[-1]]])
        return stems

    # By relevance

    def best(
        self, now: int, last: tuple[int, int] | None, limit: int, offset: int = 0, *, is_counted: bool = False
    ) -> list[Hit]:
        """Those that stand behind the last of a page, or at the beginning: the best first, of equals the newest.

        What fits badly is looked up only where it could stand on this page: it is what there may be most of.
        """
        need = limit + offset
        better = [self._select(degree, last, now, need) for degree in (EXACT, HEADLINE, PROMINENT)]
        fitting = Part("fitting", NAMES, lookup.all_of([statement for statement in better if statement]))
        worst = self._select(ANYWHERE, last, now, _unless_there_are(need, now, last))
        found = lookup.all_of([Statement("SELECT * FROM fitting"), *([worst] if worst else [])])
        score = ranking.score_in_sql("degree", is_sqlite=lookup.is_sqlite())
        best = f"SELECT entry, publication, key, {score} AS score FROM found ORDER BY score DESC, entry DESC"  # noqa: S608 - ours
        page = Statement(f"{best} LIMIT %s OFFSET %s", [now, limit, offset])
        return sorted(self._page(page, [fitting, Part("found", NAMES, found)], is_counted=is_counted), key=_by_score)

    def _select(self, degree: int, last: tuple[int, int] | None, now: int, limit: int | Statement) -> Statement | None:
        """What fits just so well and stands behind the last of a page; none: nothing can."""
        expression = self._in_degree(degree)
        if expression is None:
            return None
        below = ranking.keys_below(degree, now, last) if last else None
        return lookup.select(f"{COLUMNS}, {degree}", expression, self.conditions, Stretch(limit, below))

    def _page(self, page: Statement, parts: Sequence[Part], *, is_counted: bool) -> list[Hit]:
        """What stands on a page, with what is to be read along with it; how many there are in all is noted."""
        everything = lookup.all_found("e.id", self.everything(), self.conditions) if is_counted else None
        total = f"(SELECT COUNT(*) FROM ({everything.sql}) AS everything)" if everything else "NULL"  # noqa: S608 - ours
        columns = ", ".join(["page.*", total, *self.beside.columns])
        values = everything.values if everything else []
        asked = Statement(f"SELECT {columns} FROM page {self.beside.joins}", values)  # noqa: S608 - ours
        rows = lookup.rows_of(asked, [*self.parts, *parts, Part("page", "entry, publication, key, score", page)])
        if is_counted and rows:
            self.total = rows[0][4]
        return [Hit(entry, of, _key(key), score, tuple(also)) for entry, of, key, score, _total, *also in rows]

    def _in_degree(self, degree: int) -> Expression | None:
        """What fits just so well, and no better."""
        if degree == EXACT:
            return self._narrowed([self._exact()]) if self.question.whole else None
        better = [self._words_in(degree - 1)] if degree > HEADLINE else []
        # A headline may be the very question though it has not each word of it: "Airport", asked for "air port".
        better += [self._exact()] if self.question.whole else []
        wanted = self._all_in(degree)
        return Without(wanted, expressions.either(better)) if better else wanted

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
        together = expressions.every(self._stems(term, SIGN[degree]))
        return expressions.either([together, self.named[term]]) if degree >= PROMINENT else together

    # By date, and counted

    def by_date(self, stretch: Stretch, now: int, *, is_counted: bool = False) -> list[Hit]:
        """Those of a stretch of the order of dates, with their scores."""
        everything = lookup.select(f"{COLUMNS}, {ANYWHERE}", self.everything(), self.conditions, stretch)
        within = Stretch(
            Statement("(SELECT COUNT(*) FROM stretch)"),
            Statement("(SELECT MAX(entry) + 1 FROM stretch)"),
            Statement("(SELECT MIN(entry) - 1 FROM stretch)"),
        )
        better = [
            lookup.select(f"{COLUMNS}, {degree}", expression, self.conditions, within)
            for degree in (EXACT, HEADLINE, PROMINENT)
            if (expression := self._in_degree(degree)) is not None
        ]
        found = lookup.all_of([Statement("SELECT * FROM stretch"), *better])
        score = ranking.score_in_sql("MIN(degree)", is_sqlite=lookup.is_sqlite())
        scored = f"SELECT entry, publication, key, {score} FROM found GROUP BY entry, publication, key"  # noqa: S608 - ours
        parts = [Part("stretch", NAMES, everything), Part("found", NAMES, found)]
        hits = self._page(Statement(scored, [now]), parts, is_counted=is_counted)
        return sorted(hits, reverse=not stretch.is_ascending)

    def count(self) -> int:
        """How many there are, where no page has told."""
        if self.total is None:
            found = lookup.all_found("e.id", self.everything(), self.conditions)
            counted = Statement(f"SELECT COUNT(*) FROM ({found.sql}) AS found", found.values)  # noqa: S608 - ours
            ((self.total,),) = lookup.rows_of(counted, self.parts)
        return self.total

    def everything(self) -> Expression:
        """All that is found, whatever it is worth."""
        return self._all_in(ANYWHERE)

    def keys(self) -> Statement:
        """The keys of all that is found."""
        found = lookup.all_found("e.key", self.everything(), self.conditions)
        return lookup.beginning_with(self.parts, found)

    def any(self) -> bool:
        one = lookup.select("e.id", self.everything(), self.conditions, Stretch(1))
        return bool(lookup.rows_of(one, self.parts))


def _unless_there_are(need: int, now: int, last: tuple[int, int] | None) -> Statement:
    """So many, or none: where there are as many that fit better than all that could be found."""
    most = min(ranking.WORTH[ANYWHERE], last[0]) if last else ranking.WORTH[ANYWHERE]
    exact, headline, prominent = (ranking.keys_above(degree, now, most) for degree in (EXACT, HEADLINE, PROMINENT))
    first = f"CASE degree WHEN {EXACT} THEN %s WHEN {HEADLINE} THEN %s ELSE %s END"
    better = f"(SELECT COUNT(*) FROM fitting WHERE entry >= {first})"  # noqa: S608 - ours
    return Statement(f"CASE WHEN {better} >= %s THEN 0 ELSE %s END", [exact, headline, prominent, need, need])


def _by_score(hit: Hit) -> tuple[int, int]:
    return -hit.score, -hit.entry


def _key(value: object) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
