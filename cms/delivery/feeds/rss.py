"""A feed as RSS 2.0, on Django's: whole texts, every credit, ids that last, and titles only where there are any."""

from io import BytesIO
from typing import Any

from django.utils.feedgenerator import Rss201rev2Feed, rfc2822_date, rfc3339_date
from django.utils.html import escape

from cms.content import masthead
from cms.content.entries import Entry
from cms.delivery.feeds.contents import Feed, guid, moment
from cms.delivery.feeds.media import NAMESPACE, add_media, add_text


class Rss(Rss201rev2Feed):
    """RSS, whose items are entries."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            **NAMESPACE,
        }

    def latest_post_date(self) -> Any:
        return self.feed["updated"]  # Django's is now where nothing is in it, and another in each answer

    def add_item_elements(self, handler: Any, item: dict) -> None:
        entry: Entry = item["entry"]
        add_text(handler, "title", entry.title)
        add_text(handler, "link", item["link"])
        # A description is HTML by the letter of RSS, and of what has no title it is all of it. That stands below once
        # more: programs that find no content there take the words below a picture for it.
        add_text(handler, "description", escape(entry.summary) if entry.title else entry.html)
        add_text(handler, "content:encoded", entry.html)
        for author in entry.authors:
            add_text(handler, "dc:creator", author.name)
        for contributor in entry.contributors:
            add_text(handler, "dc:contributor", contributor.name)
        add_text(handler, "pubDate", rfc2822_date(moment(entry.published_at)))
        add_text(handler, "atom:updated", rfc3339_date(moment(entry.updated_at)))
        add_text(handler, "guid", guid(entry), isPermaLink="false")
        if entry.language != self.feed["language"]:
            add_text(handler, "dc:language", entry.language)
        for category in entry.categories:
            add_text(handler, "category", category)
        file = next((recording for recording in entry.recordings if recording.url), None)
        if file:  # RSS knows one; its length is 0 where nobody knows it
            handler.addQuickElement("enclosure", "", {"url": file.url, "length": "0", "type": file.type})
        add_media(handler, entry)


def write(feed: Feed) -> bytes:
    subject = feed.subject
    written = Rss(
        title=subject.title,
        link=subject.page,
        description=subject.description or subject.title,
        language=masthead.known().language,
        feed_url=feed.url,
        updated=feed.updated,
    )
    for entry in feed.entries:
        written.add_item(entry.title, entry.url, "", entry=entry)
    out = BytesIO()
    written.write(out, "utf-8")
    return out.getvalue()
