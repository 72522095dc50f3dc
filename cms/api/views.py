"""The endpoints' common part. An app declares a viewset for each kind; how lists and details behave is here, once."""

from __future__ import annotations  # the methods named list hide the type

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import Http404
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from cms.api import caching, lists
from cms.api.authentication import PreviewCredentials, refused
from cms.api.caching import Shown
from cms.api.errors import Gone, Moved
from cms.api.filters import PAGING, PublicationFilterSet, Question, bad, pick, whole_number
from cms.api.pagination import LAST_NUMBERED_ROW, MAX_PAGE_SIZE, PAGE_SIZE, seal, unseal
from cms.api.shapes import Tree, tree_of
from cms.content.serializers import KindSerializer, api_url, rfc3339
from cms.database import statements
from cms.previews import previews
from cms.publishing import kinds, reading
from cms.publishing.models import Address, Change, Publication
from cms.publishing.reading import Moment
from cms.text import spelling

logger = logging.getLogger(__name__)

MAX_CHANGES = 1000
PREVIEW_HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
UNSHOWABLE = "It cannot be shown at present. The newsroom's log says why."
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class PublicViewSet(ViewSet):
    """Answers to anyone, by the edition."""

    path = ""
    paging: frozenset[str] = frozenset(PAGING)
    page_size, max_page_size = PAGE_SIZE, MAX_PAGE_SIZE
    formats: tuple[str, ...] = ("json",)
    # What the API's description says of it (see schema.py)
    has_edition = True
    answer_component = ""

    def address(self, request: Request) -> str:
        """This list's own address, with its slash, whatever the reader wrote."""
        return f"{settings.PUBLIC_URL}{request.path.rstrip('/')}/"

    def answer(
        self,
        request: Request,
        moment: Moment,
        make: Callable[[], Shown],
    ) -> Response:
        """What `make` gives, or a 304 to whoever has it already. That has no cache tags: a cache keeps the answer's."""
        asked, question = request._request, caching.question_of(request._request)
        is_poll = "after" in request.GET
        known = caching.recall(moment, question)
        if known and caching.is_held(asked, known.tag, known.last_modified):
            return caching.label(Response(status=304), moment, known, is_poll=is_poll)
        shown = make()
        body, tag = caching.written(shown.body, question)
        known = caching.Known(tag, shown.until, shown.last_modified)
        caching.remember(moment, question, known)
        if caching.is_held(asked, tag, shown.last_modified):
            return caching.label(Response(status=304), moment, known, is_poll=is_poll)
        response = Response(body, headers={settings.CACHE_TAG_HEADER: caching.surrogate_keys([self.path, *shown.tags])})
        return caching.label(response, moment, known, is_poll=is_poll)

    known_as = "slug"  # what the last part of a detail's address is

    @classmethod
    def list_parameters(cls) -> set[str]:
        """What its list takes; nothing where there is none."""
        if not hasattr(cls, "list"):
            return set()
        filters = getattr(cls, "filterset_class", None)
        orderings = {"ordering"} if getattr(cls, "orderings", None) else set()
        return {*(filters.base_filters if filters else ()), *cls.paging, "fields", *orderings}

    @classmethod
    def detail_parameters(cls) -> set[str]:
        """What one of them takes."""
        is_one = hasattr(cls, "list") and hasattr(cls, "retrieve")
        return {"fields", *({"format"} if cls.formats else ())} if is_one else set()


def page_number(question: Question) -> int | None:
    if "page" not in question.values:
        return None
    for other in ("cursor", "after"):
        if other in question.values:
            raise bad("page", f"Give page or {other}, not both.")
    number = whole_number("page", question.values["page"], 1, LAST_NUMBERED_ROW)
    if number * question.page_size > LAST_NUMBERED_ROW:
        raise bad("page", f"Numbered pages end at row {LAST_NUMBERED_ROW}; narrow the filters, or follow next instead.")
    return number


def first_row(question: Question, number: int | None) -> int:
    """How many rows stand before a numbered page."""
    return (number - 1) * question.page_size if number else 0


class Links:
    """The links of a list's answer: the question again, with another place in it."""

    def __init__(self, address: str, question: Question):
        self.address, self.question = address, question

    def to(self, **place: Any) -> str:
        kept = [pair for pair in self.question.pairs if pair[0] not in {"cursor", "after", "page", "page_size"}]
        return f"{self.address}?{urlencode([*kept, ('page_size', self.question.page_size), *place.items()])}"

    def to_page(self, number: int) -> str | None:
        """A numbered page; none beyond the last row that has a number."""
        return self.to(page=number) if number * self.question.page_size <= LAST_NUMBERED_ROW else None


class Item(NamedTuple):
    """What an answer about one publication needs of it."""

    pk: int
    slug: str
    place: int | None
    live_until: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str
    updated_at: datetime
    changed_at: datetime | None
    rendering: str
    shows_until: datetime | None
    card: str
    document: str


class PublicationViewSet(PublicViewSet):
    """A list of publications, and one by its slug or id."""

    authentication_classes = [PreviewCredentials]
    serializer_class: type[KindSerializer]
    filterset_class = PublicationFilterSet
    orderings = ("-published_at", "published_at", "-updated_at")

    @property
    def serializers(self) -> list[type[KindSerializer]]:
        return [self.serializer_class]

    def tree(self) -> Tree:
        tree: Tree = {}
        for serializer in self.serializers:
            tree |= tree_of(serializer, tuple(serializer.Meta.card_fields))
        return tree

    def details(self) -> dict[str, Tree]:
        """The fields of what the list shows, by where each has an address of its own."""
        return {
            f"{serializer.Meta.path}/{{{'slug' if 'slug' in serializer.Meta.fields else 'id'}}}/": tree_of(
                serializer, tuple(serializer.Meta.fields)
            )
            for serializer in self.serializers
        }

    def list(self, request: Request) -> Response:
        question = Question.read(
            request.GET.lists(), self.filterset_class, list(self.orderings), self.tree(), details=self.details
        )
        question.plan.kinds = question.plan.kinds or self.kinds()
        moment = reading.now()
        walk = Walk(self.address(request), question, moment)
        return self.answer(request, moment, walk.answer)

    def kinds(self) -> Sequence[str] | None:
        return [self.serializer_class.Meta.kind]

    def retrieve(self, request: Request, name: str) -> Response:
        serializer = self.serializer_class
        tree = tree_of(serializer, tuple(serializer.Meta.fields))
        if isinstance(request.auth, previews.Preview):
            return self.preview(request, request.auth, name, tree)
        question = Question.read(request.GET.lists(), None, [], tree, paging=set(), formats=self.formats)
        moment = reading.now()
        return self.answer(request, moment, lambda: self.one(request, question, moment, name))

    def preview(self, request: Request, preview: previews.Preview, name: str, tree: Tree) -> Response:
        """The working copy, for the holder of a link to it. It meets no cache, neither ours nor another's.

        Whether there is anything else at the address is not looked up, so nothing can tell of it.
        """
        if preview.link.kind != self.serializer_class.Meta.kind or not previews.is_called(preview, name):
            raise refused()
        question = Question.read(request.GET.lists(), None, [], tree, paging=set(), formats=self.formats)
        try:
            document = preview.document()
        except Http404 as error:
            raise NotFound(str(error)) from error
        body = pick(document, question.fields and {**question.fields, "preview": None})
        previews.note_use(preview.link)
        return Response(body, headers=PREVIEW_HEADERS)

    def one(self, request: Request, question: Question, moment: Moment, name: str):
        row = self.find(name)
        is_live = row and row.place is not None
        is_visible = is_live and not (row.live_until and row.live_until <= moment.at)
        if not is_visible:
            if row and (row.withdrawn_at or is_live):
                reason = row.withdrawn_reason or Publication.Reason.EXPIRED
                raise Gone(reason, rfc3339(row.withdrawn_at or row.live_until))
            raise Http404
        if row.slug and not spelling.is_same(name, row.slug):
            raise Moved(api_url(self.path, row.slug), request.META.get("QUERY_STRING", ""))
        document, shows_until = row.document or row.card, row.shows_until
        if reading.is_stale(row.rendering, shows_until, moment):
            filled = reading.fill([row.pk], moment).get(row.pk)
            if filled is None:  # it went away just now
                raise Http404
            document, shows_until = filled.document or filled.card, filled.shows_until
        if not document:
            raise NotFound(UNSHOWABLE)
        body = orjson.Fragment(document)
        if question.fields:
            body = pick(orjson.loads(document), question.fields)
        return Shown(body, [tag_of(row.pk)], shows_until, max(row.updated_at, row.changed_at or NEVER))

    def find(self, name: str) -> Item | None:
        """The item at an address, live or not. Capitals are looked at first, and then passed over."""
        for known_by in self.known_by(name):
            values: list = []
            asked = statements.take_out(known_by, values, texts=True)
            rows = statements.rows(("item", self.serializer_class.Meta.kind, asked), values, partial(self._item, asked))
            if rows:
                return Item(*rows[0])
        return None

    def known_by(self, name: str) -> Sequence[str | uuid.UUID]:
        """What the last part of an address tells of an item: the spellings of its slug, or its id."""
        return spelling.spellings(name)

    def _item(self, asked: str | uuid.UUID) -> QuerySet:
        kind = self.serializer_class.Meta.kind
        rows = Publication.objects.filter(kind=kind)
        if isinstance(asked, uuid.UUID):
            rows = rows.filter(key=asked)
        else:
            rows = rows.filter(key=Subquery(Address.objects.filter(kind=kind, slug=asked).values("key")))
        changed = Change.objects.filter(edition=OuterRef("edition")).values("at")
        return rows.annotate(changed_at=Subquery(changed)).values_list(*Item._fields)


def tag_of(pk: int) -> str:
    return f"p{pk}"


class Walk:
    """One page of one of the three ways through a list: by cursor, by page number, or what is newer."""

    def __init__(self, address: str, question: Question, moment: Moment):
        self.question, self.moment = question, moment
        self.links = Links(address, question)
        self.context = f"{address} {question.context}"
        self.column = question.ordering.lstrip("-")
        self.number = page_number(question)
        self.since = self._open("after")
        self.begun = self._open("cursor")
        self.is_by_date = self.column == "published_at"
        if self.since is not None and not self.is_by_date:
            raise bad("after", "What is newer is told only in the order of published_at.")

    def _open(self, parameter: str) -> Any:
        word = self.question.values.get(parameter)
        context = f"{self.context} {self.question.values.get('after') if parameter == 'cursor' else ''}"
        return None if word is None else unseal(word, f"{parameter} {context}", parameter)

    def _seal(self, parameter: str, state: Any) -> str:
        context = f"{self.context} {self.question.values.get('after') if parameter == 'cursor' else ''}"
        return seal(state, f"{parameter} {context}")

    def answer(self):
        edition = self.begun[0] if self.begun else self.moment.edition
        stretch = self._stretch(edition)
        self.question.plan.look_up()
        rows = lists.page(self.question.plan, self.moment, stretch)
        if self.number and self.number > 1 and not rows:
            raise Http404
        more, rows = len(rows) > self.question.page_size, rows[: self.question.page_size]
        cards, shows_until = self._cards(rows)
        next_url = None
        if more and self.number:
            next_url = self.links.to_page(self.number + 1)
        elif more:
            value, pk = lists.position(rows[-1])
            at = value.isoformat() if isinstance(value, datetime) else value
            place = {"after": self.question.values["after"]} if self.since is not None else {}
            next_url = self.links.to(**place, cursor=self._seal("cursor", [edition, at, pk]))
        body: dict[str, Any] = {"next": next_url, "newer": self._newer(edition), "results": cards}
        if "count" in self.question.values:
            body = {"count": lists.matching(self.question.plan, self.moment.at).count(), **body}
        return Shown(body, [tag_of(row[0]) for row in rows], shows_until)

    def _stretch(self, edition: int) -> lists.Range:
        limit = self.question.page_size + 1
        behind = None
        if self.begun:
            _, at, pk = self.begun
            behind = (at if isinstance(at, int) else datetime.fromisoformat(at), pk)
        if self.since is not None:
            return lists.Range("place", False, limit, behind, first_place=self.since, last_place=edition)
        is_descending = self.question.ordering.startswith("-")
        bound = edition if self.is_by_date and not self.number else self.moment.edition
        offset = first_row(self.question, self.number)
        return lists.Range(self.column, is_descending, limit, behind, last_place=bound, offset=offset)

    def _newer(self, edition: int) -> str | None:
        if self.number or not self.is_by_date:
            return None
        return self.links.to(after=self._seal("after", edition))

    def _cards(self, rows: list[tuple]) -> tuple[list, datetime | None]:
        missing = [pk for pk, made_by, ends_at, _, _ in rows if reading.is_stale(made_by, ends_at, self.moment)]
        filled = reading.fill(missing, self.moment) if missing else {}
        cards, ends = [], []
        for pk, _, ends_at, card, _ in rows:
            if pk in missing and pk not in filled:
                continue  # it went away just now
            if pk in filled:
                card, ends_at = filled[pk].card, filled[pk].shows_until
            if not card:
                continue  # it cannot be shown, which is in the log
            if ends_at:
                ends.append(ends_at)
            if self.question.fields:
                cards.append(pick(orjson.loads(card), self.question.fields))
            else:
                cards.append(orjson.Fragment(card))
        return cards, min(ends, default=None)


class SharedViewSet(PublicViewSet):
    """A list of what many items share, and one by its slug or id."""

    serializer_class: type
    filterset_class: type | None = None
    orderings: dict[str, tuple[str, ...]] = {"name": ("sort_name",), "-name": ("-sort_name",)}
    paging = frozenset(PAGING - {"after"})

    def rows(self, moment: Moment) -> QuerySet:
        serializer = self.serializer_class
        rows = serializer.Meta.model.objects.public(moment.at)
        if not serializer.is_always_public:
            rows = rows.with_seen_until(moment.at)
        return serializer.for_list(rows)

    def tree(self) -> Tree:
        return tree_of(self.serializer_class)

    def list(self, request: Request) -> Response:
        question = Question.read(
            request.GET.lists(), self.filterset_class, list(self.orderings), self.tree(), paging=self.paging
        )
        number = page_number(question)
        address = self.address(request)
        context = f"cursor {address} {question.context}"
        begun = unseal(question.values["cursor"], context, "cursor") if "cursor" in question.values else None
        moment = reading.now()

        def make():
            columns = self.orderings[question.ordering]
            matching = self.rows(moment).filter(question.plan.conditions)
            is_descending = columns[0].startswith("-")
            names = [column.lstrip("-") for column in columns]
            rows = matching.order_by(*columns, "-pk" if is_descending else "pk")
            if begun:
                compare, bound = (TupleLessThan, "lte") if is_descending else (TupleGreaterThan, "gte")
                last = tuple(_position_from(begun))
                rows = rows.filter(Q(**{f"{names[0]}__{bound}": last[0]}), compare(Tuple(*names, "pk"), last))
            offset = first_row(question, number)
            got = list(rows[offset : offset + question.page_size + 1])
            if number and number > 1 and not got:
                raise Http404
            more, got = len(got) > question.page_size, got[: question.page_size]
            shown = [card for row in got if (card := self.show_or_leave_out(row, moment))]
            links = Links(address, question)
            next_url = None
            if more and number:
                next_url = links.to_page(number + 1)
            elif more:
                state = [_plain(getattr(got[-1], name)) for name in [*names, "pk"]]
                next_url = links.to(cursor=seal(state, context))
            body = {"next": next_url, "newer": None, "results": [pick(card, question.fields) for card, _ in shown]}
            if "count" in question.values:
                body = {"count": matching.count(), **body}
            return Shown(body, [self.tag(row) for row in got], _first_end(shown))

        return self.answer(request, moment, make)

    def retrieve(self, request: Request, name: str) -> Response:
        question = Question.read(request.GET.lists(), None, [], self.tree(), paging=set(), formats=self.formats)
        moment = reading.now()

        def make():
            row = self.find(self.rows(moment).annotate(changed_at=self.last_change()), name)
            if row is None:
                raise Http404
            slug = getattr(row, "slug", name)
            if not spelling.is_same(name, slug):
                raise Moved(api_url(self.path, slug), request.META.get("QUERY_STRING", ""))
            found = self.show_or_leave_out(row, moment)
            if found is None:
                raise NotFound(UNSHOWABLE)
            card, ends_at = found
            return Shown(pick(card, question.fields), [self.tag(row)], ends_at, row.changed_at)

        return self.answer(request, moment, make)

    def show(self, row: models.Model, moment: Moment) -> tuple[dict, datetime | None]:
        """Readers' JSON, and when it ends: what it shows, or the last item that it is seen through."""
        card, ends_at = self.serializer_class.shared_instance().show_row(row, moment.at)
        ends = [end for end in (ends_at, getattr(row, "seen_until", None)) if end]
        return card, min(ends, default=None)

    def show_or_leave_out(self, row: models.Model, moment: Moment) -> tuple[dict, datetime | None] | None:
        """The same; none, and a line in the log, where an older release let in what cannot be shown."""
        try:
            return self.show(row, moment)
        except Exception:  # whatever is wrong with it, the others are shown
            logger.exception("%s %s cannot be shown; see manage.py check_content", self.path, row.pk)
            return None

    def tag(self, row: models.Model) -> str:
        """Names it for a purge; short enough for the tags of 100 in 4 kB."""
        return f"{self.path}-{row.pk.hex[:16]}"

    def last_change(self) -> Combinable:
        """When what one of them shows was last changed."""
        changes = Change.objects.filter(kind=self.serializer_class.Meta.kind, key=OuterRef("pk"))
        return Subquery(changes.order_by("-edition").values("at")[:1])

    def find(self, rows: QuerySet, name: str):
        kind = self.serializer_class.Meta.kind
        for slug in spelling.spellings(name):
            row = rows.filter(pk=Subquery(Address.objects.filter(kind=kind, slug=slug).values("key"))).first()
            if row:
                return row
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"id": value.hex} if isinstance(value, uuid.UUID) else value


def _position_from(state: list) -> Iterator[Any]:
    for value in state:
        if isinstance(value, dict):
            yield datetime.fromisoformat(value["at"]) if "at" in value else uuid.UUID(value["id"])
        else:
            yield value


def _first_end(shown: list[tuple[dict, datetime | None]]) -> datetime | None:
    return min((ends_at for _, ends_at in shown if ends_at), default=None)


def uuid_or_404(name: str) -> uuid.UUID:
    """An id as the API writes it; any other spelling is not its address."""
    try:
        key = uuid.UUID(name)
    except ValueError:
        raise Http404 from None
    if str(key) != name:
        raise Http404
    return key


class ChangesViewSet(PublicViewSet):
    """What changed, in order, withdrawals included: for static builds, mirrors and pollers.

    Begin with `after=0` and follow `next`; an empty answer is up to date, and its `next` is where to ask again later.
    """

    path = "changes"
    paging = frozenset({"after", "page_size"})
    page_size, max_page_size = 100, MAX_CHANGES
    answer_component = "ChangeList"

    def list(self, request: Request) -> Response:
        question = Question.read(
            request.GET.lists(),
            None,
            [],
            CHANGE_TREE,
            paging=self.paging,
            max_page_size=self.max_page_size,
            page_size=self.page_size,
        )
        after = whole_number("after", question.values.get("after", "0"), 0, 10**10 - 1)
        moment = reading.now()
        if after > moment.edition:
            raise bad("after", f"The newest edition is {moment.edition}; ask for what comes after one up to that.")

        def make():
            rows = Change.objects.filter(edition__gt=after, edition__lte=moment.edition).order_by("edition")
            rows = list(rows[: question.page_size])
            last = rows[-1].edition if rows else after
            address = self.address(request)
            body = {
                "edition": moment.edition,
                "next": Links(address, question).to(after=last),
                "results": [pick(change_line(row), question.fields) for row in rows],
            }
            return Shown(body, [])

        return self.answer(request, moment, make)


CHANGE_FIELDS = ("edition", "action", "kind", "id", "slug", "url", "at", "previous_slug")
CHANGE_TREE: Tree = dict.fromkeys(CHANGE_FIELDS)


def change_line(row: Change) -> dict:
    serializer = kinds.named(row.kind)
    has_slug = any(field.name == "slug" for field in serializer.Meta.model._meta.fields)
    name = row.slug if has_slug else row.key
    return {
        "edition": row.edition,
        "action": row.action,
        "kind": row.kind,
        "id": str(row.key),
        "slug": row.slug or None,
        "url": api_url(serializer.Meta.path, name) if name else None,
        "at": rfc3339(row.at),
        "previous_slug": row.previous_slug or None,
    }
