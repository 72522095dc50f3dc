"""The endpoints' common part. An app declares a viewset for each kind; how lists and details behave is here, once."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, NamedTuple, cast

import orjson
from django.conf import settings
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.http import Http404
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cms.api import caching
from cms.api.authentication import PreviewCredentials
from cms.api.caching import Answer, tag_of
from cms.api.errors import Gone, Moved
from cms.api.fields import FieldTree, card_of, choose, pick, picker, tree_of
from cms.api.filters import FilterBackend, OrderingBackend, PublicationFilterSet
from cms.api.formats import UNSHOWABLE, FormatsMixin, Shown
from cms.api.lists import Filters
from cms.api.middleware import PRIVATE
from cms.api.models import Key, Scope
from cms.api.pagination import PublicationPagination, SharedPagination
from cms.api.parameters import STRINGS, Query, Schema, described
from cms.api.searching import MatchSerializer, SearchBackend
from cms.content.serializers import PublishableSerializer, SharedSerializer, api_url, rfc3339
from cms.database import statements
from cms.previews import previews
from cms.publishing import kinds, reading, rendering
from cms.publishing.models import Address, Change, Publication
from cms.publishing.reading import Moment
from cms.search.finding import Hit
from cms.search.question import Question
from cms.text import spelling

logger = logging.getLogger(__name__)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class PublicViewSet(FormatsMixin, caching.EditionMixin):
    """Answers to anyone, by the edition, and takes no parameter that it does not know."""

    filter_backends: Sequence[type] = []
    filterset_class: type | None = None
    ordering_fields: Any = ()  # the orders that there are, the usual one first
    takes_format = True
    is_searched = False  # whether its list takes `search`
    unsearched_orderings: Sequence[str] = ()  # those of its orders that a search cannot be put into
    searched: Question | None = None  # what a list is searched for
    has_edition = True
    query: Query
    fields: FieldTree | None  # those asked for; none: all

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action is None:
            return  # a method that there is not
        self.query = Query.read(request.query_params.lists(), self.parameters_of(self.action))
        self.check_format()
        self.fields = None
        if "fields" in self.query:
            may_match = self.is_searched and self.action == "list"
            tree = self.field_tree() | ({"match": tree_of(MatchSerializer)} if may_match else {})
            self.fields = choose(self.query.members("fields"), tree, self.details)

    @classmethod
    def place(cls) -> str:
        """Where its list is, below the API's first page."""
        return f"{cls.path}/"

    @property
    def base_url(self) -> str:
        """This list's own address, with its slash, whatever the reader wrote."""
        return f"{settings.PUBLIC_URL}{self.request._request.path.rstrip('/')}/"

    def get_page(self) -> Sequence[Any]:
        """The rows that a list shows."""
        return self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []

    def get_paginated_response(self, data: Any) -> Answer:
        return cast(Answer, super().get_paginated_response(data))

    @property
    def default_response_headers(self) -> dict[str, str]:
        """(DRF's own vary by Accept, wherever there are two formats.)"""
        allowed = {"Allow": ", ".join(self.allowed_methods)}
        return {**allowed, "Vary": "Accept"} if self.varies_by_accept else allowed

    # What it takes, as OpenAPI says it

    @classmethod
    @cache
    def parameters_of(cls, action: str) -> Mapping[str, bool]:
        """The names of an action's parameters, and whether each takes several values."""
        told = cls.get_schema_operation_parameters(action)
        if action == "list":
            for part in (*cls.filter_backends, *([cls.pagination_class] if cls.pagination_class else [])):
                told += part().get_schema_operation_parameters(cls)
        return {parameter["name"]: parameter["schema"].get("type") == "array" for parameter in told}

    @classmethod
    def get_schema_operation_parameters(cls, action: str) -> list[Schema]:
        """The parameters that shape an answer, as DRF's filter backends and paginations tell of theirs."""
        text = "Only these fields; a point leads into an object: `headline,lead_photo.src`. "
        told = [described("fields", STRINGS, f"{text}`kind`, `id` and `slug` always stay.")]
        if cls.takes_format:
            formats = cls.formats(action)
            schema = {"type": "string", "enum": formats, "default": formats[0]}
            told.append(described("format", schema, "How it is written. `fields` and `count` go with JSON alone."))
        return told

    # Which fields it shows

    def get_serializer_class(self) -> Any:
        """Of lists, the card."""
        return card_of(self.serializer_class) if self.action == "list" else self.serializer_class

    def field_tree(self) -> FieldTree:
        return tree_of(self.get_serializer_class())

    def details(self) -> dict[str, FieldTree]:
        """The fields of what the list shows, by where each has an address of its own."""
        return {}


class Item(NamedTuple):
    """What an answer about one publication needs of it."""

    pk: int
    key: uuid.UUID
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


class ItemMixin(GenericViewSet):
    """A view whose address names a publication, by its slug or id."""

    lookup_field = "slug"
    moment: Moment

    def item_at(self, serializer: Any, below: str = "") -> Item:
        """The item that the address names, if readers may see it; else they are told why not.

        `below` is what follows in the address.
        """
        moment, name = self.moment, self.kwargs[self.lookup_field]  # what falls due is done before anything is read
        item = self.find(serializer.Meta.kind, name)
        is_live = item is not None and item.place is not None
        if item is None or not (is_live or item.withdrawn_at):
            raise Http404
        if not is_live or (item.live_until and item.live_until <= moment.at):
            reason = item.withdrawn_reason or Publication.Reason.EXPIRED
            raise Gone(reason, rfc3339(item.withdrawn_at or item.live_until))
        if item.slug and name != str(item.key) and not spelling.is_same(name, item.slug):
            address = f"{api_url(serializer.Meta.path, item.slug)}{below}"
            raise Moved(address, self.request.META.get("QUERY_STRING", ""))
        return item

    def find(self, kind: str, name: str) -> Item | None:
        """The item at an address, live or not. Capitals are looked at first, and then passed over.

        An id finds what has a slug, too: a site may have it in its own addresses (`WEB_PATH_ARTICLE=/a/{id}`).
        """
        for known_by in self.known_by(name):
            values: list = []
            asked = statements.take_out(known_by, values, texts=True)
            rows = statements.rows(("item", kind, asked), values, partial(_item, kind, asked))
            if rows:
                return Item(*rows[0])
        return None

    def known_by(self, name: str) -> Sequence[str | uuid.UUID]:
        """What the last part of an address tells of an item: its id, or the spellings of its slug."""
        if self.lookup_field == "id":
            return [uuid_or_404(name)]
        key = id_in(name)
        return [*spelling.spellings(name), *([key] if key else [])]


class PublicationListViewSet(PublicViewSet):
    """A list of publications.

    A serializer has written their JSON when they were published: it comes with the rows, and goes out as it is.
    """

    filter_backends: Sequence[type] = [SearchBackend, FilterBackend, OrderingBackend]
    filterset_class = PublicationFilterSet
    pagination_class = PublicationPagination
    ordering_fields: Any = ["-published_at", "published_at", "-updated_at"]
    is_searched = True
    unsearched_orderings = ["-updated_at"]
    matches: Mapping[int, dict] = {}  # by publication: where it has what was searched for

    @classmethod
    def shown_classes(cls) -> Sequence[Any]:
        """The serializers of all kinds that it lists."""
        return [cls.serializer_class]

    def get_queryset(self) -> Any:
        return Filters(kinds=tuple(serializer.Meta.kind for serializer in self.shown_classes()))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.get_page()
        cards, until = self.cards(rows)
        if self.is_in_other_form:
            answer = Answer(self.written([orjson.loads(card) for card in cards]))
        else:
            answer = self.get_paginated_response(self.chosen(cards))
        return answer.showing([*cast(Any, self.paginator).tags, *(row[1] for row in rows)], until)

    def cards(self, rows: Sequence[tuple]) -> tuple[Sequence[str], datetime | None]:
        """The JSON of a page's rows, made anew where it was thrown away, and when something in it ends."""
        fill = reading.fill_surely if "changed_after" in self.query else reading.fill
        shown = reading.cards(rows, self.moment, fill)
        cards = []
        for row in rows:
            if row[0] in shown:
                card = shown[row[0]][0]
                if "changed_after" in self.query:
                    card = with_edition(card, row[-1])
                match, found = self.matches.get(row[0]), cast(PublicationPagination, self.paginator).found
                cards.append(found.in_card(card, match) if match and found else card)
        ends = [ends_at for _card, ends_at in shown.values() if ends_at]
        return cards, min(ends, default=None)

    def chosen(self, kept: Sequence[str]) -> Sequence[Any]:
        """Kept JSON as it is, or of it what was asked for."""
        if self.fields is None:
            return [orjson.Fragment(written) for written in kept]
        picked = picker({**self.fields, "edition": None})  # which stands there if another parameter asked for it
        return [picked(written) for written in kept]

    def details(self) -> dict[str, FieldTree]:
        return {
            f"{shown.Meta.path}/{{{'slug' if 'slug' in shown.Meta.fields else 'id'}}}/": tree_of(shown)
            for shown in self.shown_classes()
        }


def with_edition(card: str, edition: int) -> str:
    """A card with the edition that last changed it."""
    return f'{card[:-1]},"edition":{edition}}}'


class MergedViewSet(PublicationListViewSet):
    """A list of all news, of whatever kind, whose items have their addresses elsewhere."""

    @classmethod
    def shown_classes(cls) -> Sequence[Any]:
        return kinds.in_feed()

    def get_queryset(self) -> Any:
        return Filters()

    def field_tree(self) -> FieldTree:
        tree: FieldTree = {}
        for serializer in self.shown_classes():
            tree |= tree_of(card_of(serializer))
        return tree


class PublicationViewSet(ItemMixin, PublicationListViewSet):
    """A list of publications of one kind, and one by its slug or id."""

    authentication_classes = [PreviewCredentials]
    serializer_class: type[PublishableSerializer]

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if isinstance(request.auth, previews.Preview):
            return self.preview(request.auth)
        item = self.get_object()
        document, until = item.document or item.card, item.shows_until
        if reading.is_stale(item.rendering, until, self.moment):
            filled = reading.fill([item.pk], self.moment).get(item.pk)
            if filled is None:  # it went away just now
                raise Http404
            document, until = filled.document or filled.card, filled.shows_until
        if not document:
            raise NotFound(UNSHOWABLE)
        if self.may_have_all() and rendering.is_cut(document):
            document, until = self.all_of(item)
        last_modified, tags = max(item.updated_at, item.changed_at or NEVER), [tag_of(item.key)]
        if self.serializer_class.gathers:
            document, until, added = self.gathered(document, until)
            tags += added
        if not self.is_in_other_form:
            return Answer(self.chosen([document])[0]).showing(tags, until, last_modified)
        shown = Shown(orjson.loads(document), self.moment.at, until, last_modified, is_current=self.moment.is_current)
        return Answer(self.written(shown)).showing(tags, shown.until, shown.changed_at)

    def gathered(self, document: str, until: datetime | None) -> tuple[str, datetime | None, Sequence[str]]:
        """An item's JSON with what is looked up at each reading, when something in that ends, and what to purge it by.

        Besides what it shows that is the lists of what it looks through: who comes into those may come into it.
        """
        gathered = self.serializer_class.gather(document, self.moment)
        lists = sorted(kinds.named(name).Meta.path for name in gathered.kinds)
        ends = [end for end in (until, gathered.until) if end]
        return gathered.document, min(ends, default=None), [*lists, *map(tag_of, gathered.publications)]

    def may_have_all(self) -> bool:
        """Whether who asks may have what is not free for all."""
        return isinstance(self.request.auth, Key) and self.request.auth.may(Scope.READ)

    def all_of(self, item: Item) -> tuple[str, datetime | None]:
        """The whole of an item, made for this answer alone, and when something in it ends."""
        rows = Publication.objects.visible(self.moment.at).filter(pk=item.pk).select_related("version")
        publication = rows.defer("card", "document").first()
        if publication is None:  # it went away just now
            raise Http404
        document, until = rendering.whole(publication, self.moment.at)
        return orjson.dumps(document).decode(), until

    def preview(self, preview: previews.Preview) -> Response:
        """The working copy, for the holder of a link to it. It meets no cache, neither ours nor another's.

        Whether there is anything else at the address is not looked up, so nothing can tell of it.
        """
        try:
            document = preview.document()
        except Http404 as error:
            raise NotFound(str(error)) from error
        if self.is_in_other_form:
            body = self.written(Shown(document, preview.at, is_current=False))
        else:
            body = pick(document, self.fields and {**self.fields, "preview": None})
        previews.note_use(preview.link)
        return Response(body, headers=PRIVATE)

    def get_object(self) -> Any:
        """The item at the address, if readers may see it; else they are told why not."""
        return self.item_at(self.serializer_class)


def _item(kind: str, asked: str | uuid.UUID) -> QuerySet:
    rows = Publication.objects.filter(kind=kind)
    if isinstance(asked, uuid.UUID):
        rows = rows.filter(key=asked)
    else:
        rows = rows.filter(key=Subquery(Address.objects.filter(kind=kind, slug=asked).values("key")))
    changes = Change.objects.filter(edition=OuterRef("edition"))
    if kinds.publishable_named(kind).gathers:  # whatever is published may have changed it
        changes = Change.objects.order_by("-edition")
    return rows.annotate(changed_at=Subquery(changes.values("at")[:1])).values_list(*Item._fields)


class SingleViewSet(PublicationViewSet):
    """The one thing of its kind, at the place of the kind itself. It is always there: as long as nobody has published
    it, with what the settings say."""

    lookup_field = "id"
    filter_backends = []
    is_searched = False

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return super().retrieve(request, *args, **kwargs)
        except (Http404, Gone):
            document = self.serializer_class.shared_instance().unwritten()
            return Answer(pick(document, self.fields))


class BelowViewSet(ItemMixin, PublicationListViewSet):
    """A list that belongs to one publication, below whose address it stands: it is there for as long as that is.

    `path` is the last part of its address.
    """

    owner_class: type[PublishableSerializer]

    @classmethod
    def place(cls) -> str:
        return f"{cls.owner_class.Meta.path}/{{{cls.lookup_field}}}/{cls.path}/"

    def get_queryset(self) -> Any:
        self.owner = self.item_at(self.owner_class, f"{self.path}/")
        return super().get_queryset().requiring(self.owner_class.Meta.kind, {self.owner.key})

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Answer:
        answer = cast(Answer, super().list(request, *args, **kwargs))
        ends = [end for end in (answer.until, self.owner.live_until) if end]
        return answer.showing([tag_of(self.owner.key), *answer.tags], min(ends, default=None))


class SharedViewSet(PublicViewSet):
    """A list of what many items share, and one by its slug or id."""

    serializer_class: type[SharedSerializer]
    filter_backends = [SearchBackend, FilterBackend, OrderingBackend]
    pagination_class = SharedPagination
    ordering_fields: Mapping[str, tuple[str, ...]] = {"name": ("sort_name",), "-name": ("-sort_name",)}
    lookup_field = "slug"
    hits: Mapping[uuid.UUID, Any] = {}  # by key: what a search has found

    def get_queryset(self) -> QuerySet:
        return self.serializer_class.Meta.model.objects.all()

    def visible(self, rows: Any) -> QuerySet:
        """Those of the rows that readers may see at this moment, with all that is shown of them."""
        rows = rows.public(self.moment.at)
        if not self.serializer_class.is_always_public:
            rows = rows.with_seen_until(self.moment.at)
        return self.serializer_class.for_list(rows)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.get_page()
        shown = [self.with_match(row, card) for row in rows if (card := self.show_or_leave_out(row))]
        response = self.get_paginated_response([pick(card, self.fields) for card, _ in shown])
        until = min((ends_at for _, ends_at in shown if ends_at), default=None)
        return response.showing([self.tag(row) for row in rows], until)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        card_and_end = self.show_or_leave_out(row)
        if card_and_end is None:
            raise NotFound(UNSHOWABLE)
        card, ends_at = card_and_end
        if not self.is_in_other_form:
            return Answer(pick(card, self.fields)).showing([self.tag(row)], ends_at, row.changed_at)
        shown = Shown(card, self.moment.at, ends_at, row.changed_at)
        return Answer(self.written(shown)).showing([self.tag(row)], shown.until, shown.changed_at)

    def get_object(self) -> Any:
        name = self.kwargs[self.lookup_field]
        row = self.find(self.visible(self.get_queryset()).annotate(changed_at=self.last_change()), name)
        if row is None:
            raise Http404
        slug = getattr(row, "slug", name)
        if name != str(row.pk) and not spelling.is_same(name, slug):
            raise Moved(api_url(self.path, slug), self.request.META.get("QUERY_STRING", ""))
        return row

    def find(self, rows: QuerySet, name: str) -> Model | None:
        if self.lookup_field == "id":
            return rows.filter(pk=uuid_or_404(name)).first()
        kind = self.serializer_class.Meta.kind
        for slug in spelling.spellings(name):
            row = rows.filter(pk=Subquery(Address.objects.filter(kind=kind, slug=slug).values("key"))).first()
            if row:
                return row
        key = id_in(name)
        return rows.filter(pk=key).first() if key else None

    def show(self, row: Any) -> tuple[dict, datetime | None]:
        """Readers' JSON, and when it ends: what it shows, or the last item that it is seen through."""
        card, ends_at = self.serializer_class.shared_instance().show_row(row, self.moment.at)
        ends = [end for end in (ends_at, getattr(row, "seen_until", None)) if end]
        return card, min(ends, default=None)

    def with_match(self, row: Any, shown: tuple[dict, datetime | None]) -> tuple[dict, datetime | None]:
        """The same, with where it has what was searched for."""
        found = cast(SharedPagination, self.paginator).found
        if found is None:
            return shown
        card, ends_at = shown
        hit = self.hits.get(row.pk) or Hit(0, None, row.pk, 0)
        searched = self.serializer_class.searched(card) or kinds.Searched()
        return {**card, "match": found.match(hit, searched)}, ends_at

    def show_or_leave_out(self, row: Model) -> tuple[dict, datetime | None] | None:
        """The same; none, and a line in the log, where an older release let in what cannot be shown."""
        try:
            return self.show(row)
        except Exception:  # whatever is wrong with it, the others are shown
            logger.exception("%s %s cannot be shown; see manage.py check_content", self.path, row.pk)
            return None

    def tag(self, row: Model) -> str:
        """Names it for a purge."""
        return tag_of(row.pk, self.path)

    def last_change(self) -> Combinable:
        """When what one of them shows was last changed."""
        changes = Change.objects.filter(kind=self.serializer_class.Meta.kind, key=OuterRef("pk"))
        return Subquery(changes.order_by("-edition").values("at")[:1])


def id_in(name: str) -> uuid.UUID | None:
    """An id as the API writes it; none: any other spelling is not its address."""
    try:
        key = uuid.UUID(name)
    except ValueError:
        return None
    return key if str(key) == name else None


def uuid_or_404(name: str) -> uuid.UUID:
    key = id_in(name)
    if key is None:
        raise Http404
    return key
