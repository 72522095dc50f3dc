"""What an editor finds to put on a front: stories, blurbs and videos, by a few words or the newest."""

from django.utils import timezone

from cms.database.fields import fold
from cms.publishing.models import Publication
from newsroom.arranging.things import light, name_of, shown_items
from newsroom.body import cards
from newsroom.models import Article, Blurb, Video

MOST = 12
RANKS = {"live": 0, "scheduled": 0, "draft": 1, "withdrawn": 2}


def find(asked: str) -> list[dict]:
    """What has these words, what is live or scheduled first, then the newest first."""
    items = [*cards.search(Article, asked), *cards.search(Video, asked), *_blurbs(asked)]
    keys = [item.pk for item in items]
    live = Publication.objects.visible(timezone.now()).filter(key__in=keys).values_list("kind", "key")
    seen = {thing: {} for thing in live}
    shown = shown_items(items, {}, timezone.now())
    found = []
    for item in sorted(items, key=lambda item: item.modified_at, reverse=True):
        thing = item.kind, item.pk
        row = shown[name_of(thing)]
        if thing in seen:
            row |= {"is_seen": True, "warning": ""}
        found.append(
            {**row, "id": row["name"], "published": row["when"], "when": f"{row['kind_words']} · {row['when']}"}
        )
    return sorted(found, key=lambda row: RANKS[row["state_name"]])[:MOST]


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
