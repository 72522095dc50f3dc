"""What is asked of a receiver: how it is told of some changes, in one or several requests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.utils.functional import Promise

from cms.content.serializers import api_url, api_url_of
from cms.delivery import events, seals
from cms.delivery.models import Endpoint
from cms.delivery.tags import MOST_NAMED, lists_showing, publications_of, showing, tags_of
from cms.outbound import Answer
from cms.publishing import kinds
from cms.publishing.models import Change, Publication

JSON = {"Content-Type": "application/json"}


class Call(NamedTuple):
    """One request. Once it is taken the endpoint has come as far as `mark` says, within its piece."""

    url: str
    body: bytes = b""
    headers: Mapping[str, str] = JSON
    method: str = "POST"
    mark: str = ""
    message: str = ""  # its id


class Batch:
    """Some changes, in their order, and what they make old. Each is looked up when a receiver asks for it."""

    def __init__(self, changes: Sequence[Change], at: datetime):
        self.changes, self.at = changes, at

    @cached_property
    def messages(self) -> list[events.Message]:
        return [events.message_of(change) for change in self.changes]

    @cached_property
    def publications(self) -> list[Publication]:
        return publications_of(self.changes)

    @cached_property
    def tags(self) -> list[str]:
        return tags_of(self.changes, self.publications).names

    @cached_property
    def web_urls(self) -> list[str]:
        """The front end's pages of what was published, updated or withdrawn."""
        of_publications = [change for change in self.changes if kinds.named(change.kind).is_publishable]
        urls = events.web_urls(of_publications, publications_of(of_publications, with_versions=False))
        return sorted(set(urls.values()))

    @cached_property
    def addresses(self) -> list[str]:
        """All addresses that show what was changed, as far as they are known; a star stands for any ending."""
        paths = {path for change in self.changes for path in self._lists_of(change)}
        for change in self.changes:
            row = events.row_of(change)
            former = api_url(kinds.named(change.kind).Meta.path, change.previous_slug) if change.previous_slug else ""
            paths |= {url for url in (row["url"], former) if url}
        keys, _is_cut = showing(self.changes, self.publications)
        users = list(Publication.objects.filter(key__in=keys).defer("card", "document"))
        gatherers = self._gatherers()
        paths |= {address_of(row) for row in (*users, *gatherers)} | {f"{address_of(row)}?*" for row in gatherers}
        return sorted({*paths, *self.web_urls, *self._web_urls_of([*users, *gatherers])})

    def _gatherers(self) -> list[Publication]:
        """What looks up what it shows among all news: any of that may have come into it, or left it."""
        news = {kind.Meta.kind for kind in kinds.in_feed()}
        if news.isdisjoint(change.kind for change in self.changes):
            return []
        names = [kind.Meta.kind for kind in kinds.publishable() if kind.gathers]
        rows = Publication.objects.filter(kind__in=names, place__isnull=False).order_by("-pk")
        return list(rows.defer("card", "document")[:MOST_NAMED])

    def _lists_of(self, change: Change) -> Iterator[str]:
        for path in lists_showing(change.kind):
            url = api_url(path)
            yield url
            yield f"{url}?*"

    def _web_urls_of(self, publications: Iterable[Publication]) -> Iterator[str]:
        by_kind: dict[str, list[Publication]] = {}
        for publication in publications:
            by_kind.setdefault(publication.kind, []).append(publication)
        for kind, rows in by_kind.items():
            if kinds.web_path(kind).text:
                yield from kinds.publishable_named(kind).web_urls_of(rows).values()


def address_of(publication: Publication) -> str:
    """Where a publication is in the API."""
    return api_url_of(kinds.named(publication.kind), publication.slug or publication.key)


class Trial(Batch):
    """What is sent at the desk to see whether it arrives. It makes nothing old."""

    def __init__(self, at: datetime):
        super().__init__([], at)
        self.messages = [events.test_message(at)]
        self.tags = [events.TEST]
        self.web_urls = [f"{settings.FRONT_URL}/"]
        self.addresses = [f"{settings.PUBLIC_URL}/{events.TEST}"]


class Receiver:
    """A kind of endpoint."""

    name: ClassVar[str]
    label: ClassVar["str | Promise"]
    help: ClassVar["str | Promise"]
    most: ClassVar[int] = 500  # changes that it is told of at once
    rests: ClassVar[float] = 0  # seconds after one piece until it is told of the next
    settles: ClassVar[bool] = False  # it asks us again at once: each process must have heard of the change by then
    default_url: ClassVar[str] = ""  # where there is a usual one
    has_secret: ClassVar[bool] = False
    takes_token: ClassVar[bool] = False
    needs_token: ClassVar[bool] = False
    needs_site: ClassVar[bool] = False
    chooses: ClassVar[bool] = True  # it is told of what was chosen alone

    def calls(self, endpoint: Endpoint, batch: Batch, after: str) -> Iterator[Call]:
        """The requests that tell it of a batch, those left out that were taken up to a mark."""
        raise NotImplementedError

    def is_taken(self, answer: Answer) -> bool:
        return 200 <= answer.status < 300

    def base(self, endpoint: Endpoint) -> str:
        return (endpoint.url or self.default_url).rstrip("/")


def in_chunks(names: Sequence[str], most: int, after: str, most_bytes: int = 0) -> Iterator[list[str]]:
    """Sorted names behind a mark, some at a time. What was named behind it meanwhile is named by its own change."""
    chunk: list[str] = []
    size = 0
    for name in names:
        if name <= after:
            continue
        size += len(name) + 1
        if chunk and (len(chunk) == most or (most_bytes and size > most_bytes)):
            yield chunk
            chunk, size = [], len(name) + 1
        chunk.append(name)
    if chunk:
        yield chunk


def bearer(endpoint: Endpoint) -> dict[str, str]:
    token = seals.opened(endpoint.token)
    return {"Authorization": f"Bearer {token}"} if token else {}
