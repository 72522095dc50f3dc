"""Pages of lists: by cursor or by number, and what is newer than a walk. Where a reader stands is a signed word."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import accumulate, islice, pairwise
from typing import Any
from urllib.parse import urlencode

import orjson
from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404
from django.utils.functional import cached_property
from rest_framework.pagination import BasePagination
from rest_framework.request import Request

from cms.api import lists, searching
from cms.api.caching import Answer, tag_of
from cms.api.errors import BadParameter
from cms.api.parameters import Schema, bad, described, one_of, whole_number
from cms.publishing.links import value_key
from cms.publishing.reading import Moment

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
LAST_NUMBERED_ROW = 10_000
BY_MOMENT = {"published_at", "updated_at"}  # columns

OF_PLACE = {"cursor", "after", "page", "page_size"}  # where in a list, not which
OF_SHAPE = {"count", "fields", "format"}  # how it is shown
WORD: Schema = {"type": "string", "minLength": 1}


SIGNATURE = 43  # characters, with which a word begins


def seal(state: Any, context: str) -> str:
    """State as an opaque word that opens only in the same context: endpoint, filters, ordering, page size."""
    payload, signature = _signer(context).sign_object(state, serializer=Json).rsplit(":", 1)
    return signature + payload


def unseal(word: str, context: str, parameter: str) -> Any:
    """The state in a word made by `seal`. Anything else, to the last bit, is a problem."""
    try:
        return _signer(context).unsign_object(f"{word[SIGNATURE:]}:{word[:SIGNATURE]}", serializer=Json)
    except BadSignature:
        raise BadParameter(
            parameter,
            "invalid-cursor",
            f"This {parameter} is damaged, or was made for another list, filter, ordering or page size. "
            "Begin again without it, and follow the links of the answer as they are.",
        ) from None


class Json:
    """How a signer writes what it signs: as orjson does, which takes a tenth of the time."""

    def dumps(self, obj: Any) -> bytes:
        return orjson.dumps(obj)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)


def _signer(context: str) -> Signer:
    return Signer(salt=f"cursor {context}")


class PageSizePagination(BasePagination):
    """What all pages have: a size, and links that repeat the whole question with another place in it."""

    page_size, max_page_size = PAGE_SIZE, MAX_PAGE_SIZE
    base_url = ""
    tags: Sequence[str] = ()  # what makes the page old besides what it shows

    def begin(self, view: Any) -> None:
        self.view, self.query = view, view.query
        self.base_url = view.base_url
        if "page_size" in self.query:
            self.page_size = whole_number("page_size", self.query["page_size"], 1, self.max_page_size)

    def link(self, **place: Any) -> str:
        kept = [pair for pair in self.query.pairs if pair[0] not in OF_PLACE]
        return f"{self.base_url}?{urlencode([*kept, ('page_size', self.page_size), *place.items()])}"

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        schema = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [described("page_size", schema, "How many results a page has.")]


class ListPagination(PageSizePagination):
    """One page of a list: by cursor, or by its number."""

    number: int | None = None  # of a numbered page
    begun: Any = None  # the state in a cursor
    found: searching.Found | None = None  # by a search
    # For the description: whether it takes a search, and how what this adds is described.
    is_searched = False
    match_schema: Schema = {}
    meant_schema: Schema = {}

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.begin(view)
        self.number = self._number()
        self.read_place(queryset)
        if "count" in self.query:
            one_of("count", self.query["count"], ["exact"])
        view.moment  # noqa: B018 - what is to be refused has been refused by now, and who has the answer goes here
        self.queryset = queryset
        rows = self.fetch(self.page_size + 1)
        if self.number and self.number > 1 and not rows:
            raise Http404
        self.has_more, rows = len(rows) > self.page_size, rows[: self.page_size]
        self.last = rows[-1] if rows else None
        return rows

    def get_paginated_response(self, data: Any) -> Answer:
        count: dict[str, Any] = {"count": 0 if self.is_empty else self.count()} if "count" in self.query else {}
        if self.view.searched:
            count["did_you_mean"] = self.meant()
        return Answer({**count, "next": self.get_next_link(), "newer": self.get_newer_link(), "results": data})

    def get_next_link(self) -> str | None:
        if not self.has_more:
            return None
        if not self.number:
            return self.link(**self.place(), cursor=seal(self.state(self.last), self.context("cursor")))
        return self.link(page=self.number + 1) if (self.number + 1) * self.page_size <= LAST_NUMBERED_ROW else None

    def get_newer_link(self) -> str | None:
        return None

    def meant(self) -> dict[str, str] | None:
        """What may have been meant by a search that finds nothing."""
        if self.found is None or not self.is_empty:
            return None
        text = self.found.meant()
        kept = [pair for pair in self.query.pairs if pair[0] not in {*OF_PLACE, "search"}]
        return {"search": text, "url": f"{self.base_url}?{urlencode([*kept, ('search', text)])}"} if text else None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all: nothing is on the first page."""
        return not (self.last or self.begun or "after" in self.query) and self.number in {None, 1}

    @property
    def behind(self) -> tuple[int, int] | None:
        """The score and the entry of the last of a search's page."""
        return tuple(self.begun[-2:]) if self.begun else None

    # What differs from one kind of list to another

    def read_place(self, queryset: Any) -> None:
        self.begun = self.opened("cursor")

    def fetch(self, limit: int) -> list[Any]:
        """So many rows of the page, and what stands in front of them passed over."""
        raise NotImplementedError

    def count(self) -> int:
        raise NotImplementedError

    def state(self, row: Any) -> Any:
        """What a cursor has to know to go on behind a row."""
        raise NotImplementedError

    def place(self) -> dict[str, str]:
        """What else a link to the next page repeats."""
        return {}

    def context(self, parameter: str) -> str:
        """What a cursor is bound to: the list, its filters and order, however they were written, and the page size."""
        return f"{parameter} {self.base_url} {self.list_context}"

    @cached_property
    def list_context(self) -> str:
        names = sorted(name for name in self.query if name not in OF_PLACE and name not in OF_SHAPE)
        filters = [(name, sorted(self.query.members(name))) for name in names if name != "ordering"]
        return repr((filters, self.ordering(), self.page_size))

    def ordering(self) -> str:
        usual = searching.RELEVANCE if "search" in self.query else next(iter(self.view.ordering_fields))
        return self.query.get("ordering") or usual

    def opened(self, parameter: str) -> Any:
        return unseal(self.query[parameter], self.context(parameter), parameter) if parameter in self.query else None

    def _number(self) -> int | None:
        if "page" not in self.query:
            return None
        for other in ("cursor", "after"):
            if other in self.query:
                raise bad("page", f"Give page or {other}, not both.")
        number = whole_number("page", self.query["page"], 1, LAST_NUMBERED_ROW)
        if number * self.page_size > LAST_NUMBERED_ROW:
            message = f"Numbered pages end at row {LAST_NUMBERED_ROW}; narrow the filters, or follow next instead."
            raise bad("page", message)
        return number

    @property
    def offset(self) -> int:
        """How many rows stand before a numbered page."""
        return (self.number - 1) * self.page_size if self.number else 0

    # Its description

    newer_text = "Always null here: only lists of what is published have it."
    newer_example: str | None = None

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        text = "Where to go on, from an earlier answer's `next`. Follow that link instead of writing this."
        by_number: Schema = {"type": "integer", "minimum": 1, "maximum": LAST_NUMBERED_ROW}
        return [
            *super().get_schema_operation_parameters(view),
            described("cursor", WORD, text),
            described(
                "page",
                by_number,
                f"A page by its number, instead of `cursor`, as far as row {LAST_NUMBERED_ROW:,}. Walks that must not "
                "skip or repeat anything while others publish follow `next` instead.",
            ),
            described("count", {"type": "string", "enum": ["exact"]}, "`exact` adds `count`, how many match now."),
        ]

    def get_paginated_response_schema(self, schema: Schema) -> Schema:
        link: Schema = {"type": ["string", "null"], "format": "uri"}
        following = 'The next page, for "Show more"; null on the last. Follow it as it is.'
        example = f"{self.base_url}?page_size={self.page_size}&cursor=mb2RsJ0vYt1kq9WzMwNywyXQ"
        newer = self.newer_example and f"{self.base_url}?page_size={self.page_size}&{self.newer_example}"
        if self.match_schema:
            schema = {**schema, "items": {"allOf": [schema["items"], self.match_schema]}}
        return {
            "type": "object",
            "description": "One page of a list.",
            "properties": {
                "next": {**link, "description": following, "examples": [example]},
                "newer": {**link, "description": self.newer_text, "examples": [newer]},
                "results": {**schema, "description": "In the order that was asked for."},
                "count": {"type": "integer", "description": "How many match now. Only with `count=exact`."},
                **({"did_you_mean": self.meant_schema} if self.is_searched else {}),
            },
            "required": ["next", "newer", "results"],
        }


class PublicationPagination(ListPagination):
    """A page of publications, bound to the edition in which its walk began; or of what is newer than one."""

    since: int | None = None  # the edition that `after` names
    leaves_out: bool = False  # whether what something else shows is left out: that is so to the end of a walk
    left_out: Collection[int] | None = None  # what is; none: the walk begins here
    total: int | None = None  # how many there are, where the rows have told
    queryset: lists.Filters

    def read_place(self, queryset: lists.Filters) -> None:
        if queryset.changed_after is not None:
            self._demand_order_of_changes(queryset.changed_after)
            queryset = queryset.order_by("edition")
        self.column = queryset.ordering.lstrip("-")
        self.is_descending = queryset.ordering.startswith("-")
        self.is_by_date = self.column == "published_at"
        if self.view.searched and "after" in self.query:
            raise bad("after", "What is newer is not told of a search. Search with published_after instead.")
        self.leaves_out = queryset.left_out_by is not None
        self.since = self._unpacked(self.opened("after"))
        self.begun = self._unpacked(self.opened("cursor"))
        if self.since is not None and not self.is_by_date:
            raise bad("after", "What is newer is told only in the order of published_at.")

    def _demand_order_of_changes(self, edition: int) -> None:
        """Nothing that would have them in another order, or pass over what moves to the end meanwhile."""
        for other in ("ordering", "after", "page", "search"):
            if other in self.query:
                raise bad(other, f"Leave out {other}: with changed_after the order is that of the changes.")
        not_ahead("changed_after", edition, self.view.moment)

    def context(self, parameter: str) -> str:
        """That of a cursor in a walk of what is newer names the edition that this begins at."""
        return f"{super().context(parameter)} {self.query.get('after') if parameter == 'cursor' else ''}"

    @property
    def edition(self) -> int:
        """In which the walk began."""
        return self.begun[0] if self.begun else self.view.moment.edition

    def fetch(self, limit: int) -> list[tuple]:
        if self.left_out is not None:
            self.queryset = self.queryset.leaving_out(self.left_out)
        self.queryset = self.queryset.looked_up(self.view.moment)
        self.left_out = self.queryset.left_out
        self.tags = [tag_of(key) for key in self.queryset.decided_by]
        if self.view.searched:
            return self._search(limit)
        page = self._page(limit)._replace(is_counted="count" in self.query)
        rows = lists.rows_of(self.queryset, self.view.moment, page)
        if page.is_counted and rows:
            self.total = rows[0][-2]
        return rows

    def _search(self, limit: int) -> list[tuple]:
        moment, ordering = self.view.moment, self.queryset.ordering
        bound = moment.edition if self.number else self.edition
        now = self.begun[1] if self.begun else 0
        asked, shown = self.view.searched, searching.SHOWN
        self.found = searching.of_publications(asked, self.queryset, moment, bound, ordering, now, shown)
        if self.found is None:
            return []
        hits = self.found.hits(self.behind, limit, self.offset, is_counted="count" in self.query)
        self.hits = {hit.publication: hit for hit in hits if hit.publication is not None}
        self.view.matches = {
            publication: searching.match_of(self.found, hit)
            for publication, hit in islice(self.hits.items(), self.page_size)
        }
        return [searching.row_of(hit) for hit in self.hits.values()]

    def _page(self, limit: int) -> lists.Page:
        behind = None
        if self.begun:
            _, value, pk, *_ = self.begun
            is_moment = self.column in BY_MOMENT and isinstance(value, str)  # what is newer goes by its place
            behind = (datetime.fromisoformat(value) if is_moment else value, pk) if pk else None
        if self.column == "edition":
            return lists.Page("edition", False, limit, behind)
        if self.since is not None:
            return lists.Page("place", False, limit, behind, first_place=self.since, last_place=self.edition)
        bound = self.edition if self.is_by_date and not self.number else self.view.moment.edition
        return lists.Page(self.column, self.is_descending, limit, behind, last_place=bound, offset=self.offset)

    def count(self) -> int:
        if self.view.searched:
            return self.found.search.count() if self.found else 0
        return lists.matching(self.queryset, self.view.moment.at).count() if self.total is None else self.total

    def state(self, row: tuple) -> list:
        if self.found:
            hit = self.hits[row[0]]
            return self._packed([self.edition, self.found.now, hit.score, hit.entry])
        value, pk = lists.position(row)
        return self._packed([self.edition, value.isoformat() if isinstance(value, datetime) else value, pk])

    def _packed(self, state: Any) -> Any:
        """A state with what is left out of the walk, each number as what it has more than the one before it."""
        if not self.leaves_out:
            return state
        left_out = sorted(self.left_out or ())
        return [state, *(here - before for before, here in pairwise([0, *left_out]))]

    def _unpacked(self, state: Any) -> Any:
        if state is None or not self.leaves_out:
            return state
        state, *steps = state
        self.left_out = list(accumulate(steps))
        return state

    def place(self) -> dict[str, str]:
        return {"after": self.query["after"]} if self.since is not None else {}

    def get_newer_link(self) -> str | None:
        if self.number or not self.is_by_date or self.view.searched:
            return None
        return self.link(after=seal(self._packed(self.edition), self.context("after")))

    newer_text = (
        "What has come, or has taken a new place, since the first page of this walk: ask for it now and then, to say "
        '"3 new stories". Null with `page`, `search` and orderings other than by `published_at`.'
    )
    newer_example = "after=q7Qm3hX0aT8ZkMzA3"

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        text = "What is newer than an earlier answer, from its `newer`. Follow that link instead."
        size, cursor, *others = super().get_schema_operation_parameters(view)
        return [size, cursor, described("after", WORD, text), *others]


class PinnedFirstPagination(PublicationPagination):
    """The same, with what is pinned before all else on the first page, and nowhere else in the walk.

    The cursor remembers what stood there. So what is pinned or let go while somebody walks still comes once.
    """

    pinned: list[int] = []  # the publications that stood first

    def read_place(self, queryset: lists.Filters) -> None:
        super().read_place(queryset)
        self.has_pinned = not self.view.searched and self.since is None and queryset.changed_after is None
        if self.begun and self.has_pinned:
            self.pinned = self.begun[3]

    def fetch(self, limit: int) -> list[tuple]:
        if not self.has_pinned:
            return super().fetch(limit)
        self.queryset = self.queryset.looked_up(self.view.moment)
        first = [] if self.begun else self._pinned()
        others = self.queryset.filter(~Q(id__in=self.pinned)) if self.pinned else self.queryset
        shown = first if self.number in {None, 1} else []
        return [*shown, *lists.rows_of(others, self.view.moment, self._page(limit - len(shown)))]

    def _pinned(self) -> list[tuple]:
        """Those that stand first: not more than a page has."""
        kind, value = self.view.pinned_by
        pinned = self.queryset.requiring(kind, {value_key(kind, value)})
        page = self._page(self.page_size)._replace(offset=0)
        rows = lists.rows_of(pinned, self.view.moment, page)
        self.pinned = [row[0] for row in rows]
        return rows

    @property
    def offset(self) -> int:
        return max(0, super().offset - len(self.pinned))

    def state(self, row: tuple) -> list:
        if not self.has_pinned:
            return super().state(row)
        if row[0] in self.pinned:  # nothing else stood on the page
            return [self.edition, None, None, self.pinned]
        return [*super().state(row), self.pinned]


class SharedPagination(ListPagination):
    """A page of what many items share, in the order of its columns and, last of all, of its key."""

    queryset: Any  # a QuerySet of what many share

    def read_place(self, queryset: QuerySet) -> None:
        super().read_place(queryset)
        self.is_ranked = bool(self.view.searched) and self.ordering() in {searching.RELEVANCE, *searching.BY_DATE}
        if self.is_ranked:
            return
        self.columns = [str(column) for column in queryset.query.order_by]
        self.is_descending = self.columns[0].startswith("-")
        self.names = [*(column.lstrip("-") for column in self.columns), "pk"]

    def fetch(self, limit: int) -> list[Any]:
        if self.view.searched:
            moment, kind = self.view.moment, self.view.serializer_class.Meta.kind
            ordering = self.ordering() if self.is_ranked else searching.RELEVANCE
            now = self.begun[0] if self.begun and self.is_ranked else 0
            rows = self.queryset.public(moment.at)
            self.found = searching.of_shared(self.view.searched, kind, rows, moment, ordering, now)
            if self.is_ranked:
                return self._search(self.found, limit)
            self.queryset = searching.among(self.found, self.queryset)
        self.queryset = self.view.visible(self.queryset)
        rows = self.queryset.order_by(*self.columns, "-pk" if self.is_descending else "pk")
        if self.begun:
            compare, bound = (TupleLessThan, "lte") if self.is_descending else (TupleGreaterThan, "gte")
            behind = tuple(_from_state(value) for value in self.begun)
            # The bound says nothing new, but SQLite sees by it where in the index to begin.
            rows = rows.filter(Q((f"{self.names[0]}__{bound}", behind[0])), compare(Tuple(*self.names), behind))
        return list(rows[self.offset : self.offset + limit])

    def _search(self, found: searching.Found, limit: int) -> list[Any]:
        hits = found.hits(self.behind, limit, self.offset, is_counted="count" in self.query)
        self.view.hits = {hit.key: hit for hit in hits}
        rows = self.view.visible(self.queryset.filter(pk__in=list(self.view.hits)))
        by_key = {row.pk: row for row in rows}
        return [by_key[hit.key] for hit in hits if hit.key in by_key]

    def count(self) -> int:
        return self.found.search.count() if self.found and self.is_ranked else self.queryset.count()

    def state(self, row: Any) -> list:
        if self.is_ranked and self.found:
            hit = self.view.hits[row.pk]
            return [self.found.now, hit.score, hit.entry]
        return [_to_state(getattr(row, name)) for name in self.names]


def _to_state(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"id": value.hex} if isinstance(value, uuid.UUID) else value


def _from_state(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["at"]) if "at" in value else uuid.UUID(value["id"])


def not_ahead(parameter: str, edition: int, moment: Moment) -> None:
    if edition > moment.edition:
        message = f"The newest edition is {moment.edition}; ask for what comes after one up to that."
        raise bad(parameter, message)
