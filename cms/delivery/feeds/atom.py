"""A feed as Atom (RFC 4287), on Django's."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, rfc3339_date
from django.utils.text import Truncator

from cms.content import masthead
from cms.content.entries import Entry, Person
from cms.delivery.feeds.contents import Feed, guid, moment
from cms.delivery.feeds.media import NAMESPACE, add_media, add_text

LONGEST_TITLE = 80  # characters of a text that stands for a title


class Atom(Atom1Feed):
    """Atom, whose items are entries."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), **NAMESPACE}

    def latest_post_date(self) -> Any:
        return self.feed["updated"]

    def item_attributes(self, item: dict) -> dict[str, str]:
        language = item["entry"].language
        return {"xml:lang": language} if language and language != self.feed["language"] else {}

    def add_item_elements(self, handler: Any, item: dict) -> None:
        entry: Entry = item["entry"]
        handler.addQuickElement("title", title_of(entry))
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate", "type": "text/html"})
        if entry.source_url:
            handler.addQuickElement("link", "", {"href": entry.source_url, "rel": "via"})
        handler.addQuickElement("id", guid(entry))
        handler.addQuickElement("published", rfc3339_date(moment(entry.published_at)))
        handler.addQuickElement("updated", rfc3339_date(moment(entry.updated_at)))
        add_people(handler, "author", entry.authors)
        add_people(handler, "contributor", entry.contributors)
        for category in entry.categories:
            handler.addQuickElement("category", "", {"term": category})
        add_text(handler, "summary", entry.summary)
        add_text(handler, "content", entry.html, type="html")
        for recording in entry.recordings:
            if recording.url:
                attributes = {"href": recording.url, "rel": "enclosure", "type": recording.type}
                handler.addQuickElement("link", "", attributes)
        add_media(handler, entry)


def title_of(entry: Entry) -> str:
    """Atom asks for a title: of what has none, how it begins."""
    return entry.title or Truncator(entry.summary).chars(LONGEST_TITLE, truncate="…") or guid(entry)


def add_people(handler: Any, role: str, people: Iterable[Person]) -> None:
    for person in people:
        handler.startElement(role, {})
        handler.addQuickElement("name", person.name)
        add_text(handler, "uri", person.url)
        handler.endElement(role)


def write(feed: Feed) -> bytes:
    subject, ours = feed.subject, masthead.known()
    written = Atom(
        title=subject.title,
        link=subject.page,
        description=None,
        subtitle=subject.description or None,
        language=ours.language,
        author_name=ours.name,  # of what names nobody
        author_link=settings.FRONT_URL,
        feed_url=feed.url,
        feed_guid=subject.id,
        updated=feed.updated,
    )
    for entry in feed.entries:
        written.add_item(entry.title, entry.url, "", entry=entry)
    out = BytesIO()
    written.write(out, "utf-8")
    return out.getvalue()
