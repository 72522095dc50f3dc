"""What an editor finds to put on a front: stories, blurbs and videos, by a few words or the newest."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from django.utils import timezone

from cms.database.fields import fold
from newsroom.arranging.things import light, shown_items
from newsroom.body import cards
from newsroom.models import Article, Blurb, Video

MOST = 12
RANKS = {"live": 0, "scheduled": 0, "draft": 1, "withdrawn": 2}


def find(asked: str, kinds: Collection[str]) -> list[dict]:
    """What has these words among these kinds, what is live or scheduled first, then the newest first."""
    searches: dict[str, Callable[[str], Iterable[Any]]] = {
        "article": partial(cards.search, Article),
        "video": partial(cards.search, Video),
        "blurb": _blurbs,
    }
    items: list[Any] = [item for kind in kinds for item in searches[kind](asked)]
    items.sort(key=lambda item: item.modified_at, reverse=True)
    rows = sorted(shown_items(items, {}, timezone.now()).values(), key=lambda row: row["date"], reverse=True)
    rows.sort(key=lambda row: RANKS[row["state_name"]])
    return [_result(row) for row in rows[:MOST]]


def _result(row: dict) -> dict:
    """A row of a list of results, and what its card shows once it is chosen."""
    if row["state_name"] == "live":
        row |= {"is_seen": True, "warning": ""}
    return {**row, "id": row["name"], "printed": row["when"], "when": f"{row['kind_words']} · {row['when']}"}


def _blurbs(asked: str) -> list[Blurb]:
    """Blurbs have no headline: all words must occur in the text of something that was saved lately."""
    rows = light(Blurb).filter(is_retired=False).order_by("-modified_at")
    lately = Blurb.objects.order_by("-modified_at").values_list("modified_at", flat=True)[
        cards.LATELY : cards.LATELY + 1
    ]
    since = next(iter(lately), None)
    rows = rows.filter(modified_at__gt=since) if since else rows
    for word in fold(asked.replace("\x00", "")[: cards.LONGEST]).split()[: cards.MOST_WORDS]:
        rows = rows.filter(search_text__contains=word)
    return list(rows[: cards.MOST])
