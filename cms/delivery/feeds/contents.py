"""What is in a feed, before it is written in any form: the newest items, as their kinds tell of them."""

import logging
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import orjson
from django.conf import settings
from django.db.models import Subquery
from django.http import Http404

from cms.api import lists, searching
from cms.api.lists import Filters
from cms.content import masthead
from cms.content.entries import Entry
from cms.content.serializers import web_url
from cms.content.shared import Named
from cms.delivery import stored
from cms.delivery.stored import Stored
from cms.publishing import kinds
from cms.publishing.models import Address
from cms.publishing.reading import Moment
from cms.text import spelling, texts

logger = logging.getLogger(__name__)

MOST = 50  # items
LATEST = "latest"  # the feed of everything
FORMATS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
FORMS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}  # as people call them
NEWEST_FIRST = "-published_at"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Subject(NamedTuple):
    """What a feed is of: all, or what mentions one thing."""

    name: str  # in addresses: "latest", or the thing's place in the API and its slug
    title: str
    description: str
    page: str  # where the front end shows the same
    id: str
    filters: Filters
    tags: tuple[str, ...] = ()  # what a cache may purge it by
    search: str = ""  # the words that it is narrowed to


class Feed(NamedTuple):
    """A feed with its items."""

    subject: Subject
    url: str
    entries: tuple[Entry, ...]
    until: datetime | None  # when something in it ends
    changed_at: datetime | None  # when readers last saw anything change

    @property
    def updated(self) -> datetime:
        """The newest moment that is named in it."""
        return max((moment(entry.updated_at) for entry in self.entries), default=NEVER)

    @property
    def tags(self) -> list[str]:
        """What a cache may purge it by."""
        return [*self.subject.tags, *(uuid.UUID(entry.id).hex[:16] for entry in self.entries)]


def moment(written: str) -> datetime:
    """A moment of an entry."""
    return datetime.fromisoformat(written)


def url_of(name: str, form: str, search: str = "") -> str:
    query = f"?{urlencode({'search': search})}" if search else ""
    return f"{settings.PUBLIC_URL}/feeds/{quote(name)}.{form}{query}"


def listed(site: str) -> list[dict[str, str]]:
    """The feeds of everything, for whoever lists what there is to subscribe to, by the newsroom's name."""
    return [
        {"title": f"{site} ({name})", "url": url_of(LATEST, form), "type": FORMATS[form]}
        for form, name in FORMS.items()
    ]


def everything() -> Subject:
    home, ours = f"{settings.FRONT_URL}/", masthead.known()
    return Subject(LATEST, ours.name, ours.description, home, f"{settings.PUBLIC_URL}/feeds/{LATEST}", Filters())


def kinds_with_feeds() -> dict[str, type[kinds.SharedKind]]:
    """The kinds whose things have a feed each, by their place in the API: what has a name and a page."""
    return {
        kind.Meta.path: kind
        for kind in kinds.shared()
        if issubclass(kind.Meta.model, Named) and kind.Meta.path and kinds.web_path(kind.Meta.kind).text
    }


def about(path: str, slug: str, now: Moment) -> tuple[Subject, str]:
    """The feed of what mentions one thing, and how its slug is spelt now. 404 where readers see no such thing."""
    kind = kinds_with_feeds().get(path)
    if kind is None:
        raise Http404
    thing = _find(kind, slug, now)
    name = kind.Meta.kind
    subject = Subject(
        name=f"{path}/{thing.slug}",
        title=f"{masthead.known().name}: {thing.name}",
        description=getattr(thing, "description", ""),
        page=web_url(name, slug=thing.slug, id=thing.pk),
        id=f"urn:uuid:{thing.pk}",
        filters=Filters().requiring(name, {thing.pk}),
        tags=(f"{path}-{thing.pk.hex[:16]}",),
    )
    return subject, thing.slug


def found_in(subject: Subject, search: str) -> Subject:
    """The feed of what a search finds among what another is of, the newest first."""
    return subject._replace(
        title=f"{subject.title}: {search}",
        id=f"{settings.PUBLIC_URL}/feeds/{quote(subject.name)}?{urlencode({'search': search})}",
        search=search,
    )


def _find(kind: type[kinds.SharedKind], slug: str, now: Moment) -> Named:
    """The thing that a slug leads to, if readers may see it. Capitals are looked at first, and then passed over."""
    public: Any = kind.Meta.model.objects.public(now.at)
    for spelt in spelling.spellings(slug):
        named = Address.objects.filter(kind=kind.Meta.kind, slug=spelt).values("key")
        if thing := public.filter(pk=Subquery(named)).first():
            return thing
    raise Http404


def read(subject: Subject, url: str, now: Moment) -> Feed:
    """A feed as it is at this moment, in two statements where all JSON is there and nothing is searched for."""
    rows = stored.read(_newest(subject, now), now, "document")
    told = [(row, entry) for row in rows.values() if row.json and (entry := entry_of(row))]
    return Feed(
        subject=_cleaned(subject),
        url=url,
        entries=tuple(entry for _, entry in told),
        until=min((row.ends_at for row, _ in told if row.ends_at), default=None),
        changed_at=stored.changed_at(now, rows.values()),
    )


def _newest(subject: Subject, now: Moment) -> list[int]:
    """The publications that are in a feed."""
    if not subject.search:
        page = lists.Page("published_at", True, MOST, last_place=now.edition)
        return [row[0] for row in lists.rows_of(subject.filters, now, page)]
    asked = searching.asked_for(subject.search)
    found = searching.of_publications(asked, subject.filters, now, now.edition, NEWEST_FIRST)
    hits = found.hits(None, MOST, 0) if found else []
    return [hit.publication for hit in hits if hit.publication is not None]


def entry_of(row: Stored) -> Entry | None:
    """What a kind tells feeds of an item; none, and a line in the log, where that goes wrong."""
    try:
        data = orjson.loads(row.json)
        if texts.CONTROLS.search(row.json) or "\\u00" in row.json:  # of an older release; XML cannot hold them
            data = texts.clean(data)
        return kinds.publishable_named(row.kind).entry(data)
    except Exception:  # whatever is wrong with it, the others are shown
        logger.exception("%s %s cannot be shown in feeds; see manage.py check_content", row.kind, row.key)
        return None


def _cleaned(subject: Subject) -> Subject:
    return subject._replace(
        title=texts.in_one_line(subject.title), description=texts.without_controls(subject.description)
    )


def guid(entry: Entry) -> str:
    """What it is known by for ever, whatever becomes of its address."""
    return uuid.UUID(entry.id).urn
