"""Who asks for a feed. Readers' programs add parameters of their own, which mean nothing here; `search` does."""

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api.caching import Answer
from cms.api.errors import Moved
from cms.api.parameters import Query
from cms.delivery.by_address import Door
from cms.delivery.feeds import atom, contents, json_feed, rss
from cms.delivery.feeds.contents import FORMATS
from cms.text import spelling

WRITERS = {"rss": rss.write, "atom": atom.write, "json": json_feed.write}


class FeedDoor(Door):
    """The newest of everything, or of what mentions one thing."""

    tags = ("feeds",)

    def show(self, request: Request, form: str, path: str = "", slug: str = "") -> Response:
        now = self.moment
        subject = contents.everything()
        if path:
            subject, spelt = contents.about(path, slug, now)
            if not spelling.is_same(slug, spelt):
                raise Moved(contents.url_of(subject.name, form), request.META.get("QUERY_STRING", ""))
        if self.search:
            subject = contents.found_in(subject, self.search)
        feed = contents.read(subject, contents.url_of(subject.name, form, self.search), now)
        answer = Answer(WRITERS[form](feed), content_type=f"{FORMATS[form]}; charset=utf-8")
        return answer.showing([*self.tags, *feed.tags], feed.until, feed.changed_at)

    @property
    def search(self) -> str:
        """The words that the feed is narrowed to."""
        sent = QueryDict(self.meant.encode("latin-1", "replace"))
        return Query.read(sent.lists(), {"search": False}).get("search").strip()
