"""The sitemap of news: what was published in the last two days, as Google News asks for it."""

from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
from django.db.models import Q

from cms.api import lists
from cms.api.lists import Filters
from cms.delivery import stored
from cms.delivery.sitemaps.urls import News, Url, home
from cms.delivery.stored import Stored
from cms.publishing import kinds
from cms.publishing.reading import Moment

AGE = timedelta(days=2)
MOST = 1000  # Google takes no more


class NewsOfTwoDays(NamedTuple):
    urls: list[Url]
    tags: list[str]
    until: datetime | None  # when the first of them is too old, or ends


def read(now: Moment) -> NewsOfTwoDays:
    names = tuple(
        kind.Meta.kind for kind in kinds.publishable() if kind.is_news and kinds.web_path(kind.Meta.kind).text
    )
    filters = Filters(kinds=names).filter(Q(published_at__gt=now.at - AGE))
    page = lists.Page("published_at", True, MOST, last_place=now.edition)
    pks = [row[0] for row in lists.rows_of(filters, now, page)] if names else []
    rows = [row for row in stored.read(pks, now, "card").values() if row.json]
    ends = [end for row in rows for end in (row.ends_at, row.published_at + AGE) if end]
    tags = [row.key.hex[:16] for row in rows]
    return NewsOfTwoDays([url_of(row) for row in rows] or [home()], tags, min(ends, default=None))


def url_of(row: Stored) -> Url:
    card, kind = orjson.loads(row.json), kinds.publishable_named(row.kind)
    news = News(kind.title(card), card["language"] or "", card["published_at"])
    return Url(card["web_url"], card["updated_at"], kind.pictures_of(card)[:1], news)
