"""Who asks for sitemaps: the index, its files, the news; and for robots.txt, which leads to them."""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import compress_sequence
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from cms.api import caching
from cms.api.caching import Answer, Known, NotModified
from cms.api.middleware import takes_gzip
from cms.content import masthead
from cms.delivery import stored
from cms.delivery.by_address import Door
from cms.delivery.sitemaps import files, news, urls
from cms.delivery.sitemaps.urls import Url
from cms.publishing.reading import Moment

XML = "application/xml; charset=utf-8"
NOT_FOR_ROBOTS = ("/admin/", "/preview/")


class SitemapIndex(Door):
    """The list of all files."""

    tags = ("sitemaps",)

    def show(self, request: Request) -> Response:
        changed_at = stored.changed_at(self.moment)
        listed = files.all_files(self.moment, changed_at)
        text = urls.index((f"{settings.SITEMAPS_URL}/sitemaps/{file.name}.xml", file.lastmod) for file in listed)
        return Answer(text.encode(), content_type=XML).showing(self.tags, None, changed_at)


class NewsSitemap(Door):
    """What was published in the last two days."""

    tags = ("sitemaps",)

    def show(self, request: Request) -> Response:
        shown = news.read(self.moment)
        answer = Answer("".join(urls.written(shown.urls)).encode(), content_type=XML)
        # Without a date: what grows too old leaves it with no change that could be dated.
        return answer.showing([*self.tags, *shown.tags], shown.until)


class SitemapFile(Door):
    """One file of up to 10,000 addresses, written while it is sent.

    It is known by the edition that it is made from, since all of it would have to be written to know it by its content.
    """

    tags = ("sitemaps",)

    def show(self, request: Request, name: str) -> HttpResponseBase:
        now = self.moment
        changed_at = stored.changed_at(now)
        known = Known(self.tag_at(now), now.next_change_at, changed_at)
        if now.is_current:
            caching.remember(now, self.question, known)
            if caching.is_held(request._request, known.tag, changed_at):
                raise NotModified(now, known)
        batches = files.batches(name, now)
        first = next(batches, None)
        if first is None:
            raise Http404
        answer = self.streamed(chain([first], batches), request)
        answer.headers[settings.CACHE_TAG_HEADER] = caching.surrogate_keys([self.path, *self.tags])
        caching.label(cast(Response, answer), now, known)
        return answer

    def tag_at(self, now: Moment) -> str:
        at = "" if now.is_current else now.at
        return caching.weak(
            hashlib.sha256(f"{self.question!r} {now.edition} {now.changed} {at}".encode()).hexdigest()[:24]
        )

    def streamed(self, batches: Iterator[list[Url]], request: Request) -> StreamingHttpResponse:
        parts: Any = (part.encode() for part in urls.written(chain.from_iterable(batches)))
        if not takes_gzip(request._request.headers.get("Accept-Encoding", "")):
            return StreamingHttpResponse(parts, content_type=XML)
        return StreamingHttpResponse(compress_sequence(parts), content_type=XML, headers={"Content-Encoding": "gzip"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may look at: all but the desk and what is not published."""
    maps = (f"Sitemap: {settings.SITEMAPS_URL}/{name}" for name in ("sitemap.xml", "news-sitemap.xml"))
    ours = masthead.current()
    terms = [f"# Terms of use: {ours.terms_url}", ""] if ours.terms_url else []
    lines = [*terms, "User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), "Allow: /", "", *maps, ""]
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8", headers=headers)
