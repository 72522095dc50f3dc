"""A feed as JSON Feed 1.1, with the credits and corrections that it has no names for under `_galley`."""

from typing import Any

import orjson
from django.conf import settings

from cms.content import masthead
from cms.content.entries import Entry, Picture, Recording
from cms.delivery.feeds.contents import Feed, guid

VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed) -> bytes:
    subject, ours = feed.subject, masthead.known()
    written = {
        "version": VERSION,
        "title": subject.title,
        "home_page_url": subject.page,
        "feed_url": feed.url,
        "description": subject.description,
        "language": ours.language,
        "authors": [{"name": ours.name, "url": settings.FRONT_URL}],  # of what names nobody
    }
    return orjson.dumps({**filled(written), "items": [item(entry) for entry in feed.entries]})


def item(entry: Entry) -> dict[str, Any]:
    image = next(iter(entry.pictures), None)
    more = {
        "pictures": [picture(each) for each in entry.pictures],
        "recordings": [recording(each) for each in entry.recordings],
        "corrections": [note._asdict() for note in entry.notes],
        "contributors": [filled(person._asdict()) for person in entry.contributors],
    }
    return filled(
        {
            "id": guid(entry),
            "url": entry.url,
            "external_url": entry.source_url,
            "title": entry.title,
            "content_html": entry.html or " ",  # one of two has to be there
            "summary": entry.summary if entry.title else "",
            "image": image.url if image else "",
            "date_published": entry.published_at,
            "date_modified": entry.updated_at,
            "authors": [filled(author._asdict()) for author in entry.authors],
            "tags": list(entry.categories),
            "language": entry.language,
            "attachments": [attachment(each) for each in entry.recordings if each.url],
            "_galley": filled(more),
        }
    )


def attachment(film: Recording) -> dict[str, Any]:
    return filled({"url": film.url, "mime_type": film.type, "title": film.title, "duration_in_seconds": film.seconds})


def picture(seen: Picture) -> dict[str, Any]:
    return filled(seen._asdict())


def recording(film: Recording) -> dict[str, Any]:
    return filled(film._asdict())


def filled(told: dict[str, Any]) -> dict[str, Any]:
    """Only what there is something to say of."""
    return {name: value for name, value in told.items() if value}
