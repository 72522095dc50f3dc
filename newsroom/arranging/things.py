"""What the desk shows of the stories, blurbs and videos on a front."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from cms.desk.moments import day_in_words, time_in_words
from cms.desk.status import Status, statuses
from cms.desk.words import moment_in_words
from cms.publishing import kinds
from cms.publishing.links import Thing
from cms.publishing.models import Publication
from media.models import Photo
from newsroom.body import plain
from newsroom.models import Article, Blurb, Video

MODELS: tuple[type[Article] | type[Blurb] | type[Video], ...] = (Article, Blurb, Video)
PHOTOS = {"article": "lead_photo", "blurb": "photo", "video": "poster"}
TEXTS = {
    "article": ("headline", "kicker", "standfirst"),
    "blurb": ("text_html", "label"),
    "video": ("headline", "standfirst", "duration_seconds"),
}
WIDTH = 640  # pixels of a card's picture
MOST_WORDS = 220  # letters of a blurb


def name_of(thing: Thing) -> str:
    """What a thing is called on the page: "article:<id>"."""
    kind, key = thing
    return f"{kind}:{key}"


def light(model: Any) -> QuerySet:
    """Without the texts that a card does not show."""
    return model.objects.only(*TEXTS[model.kind], "modified_at", "head", PHOTOS[model.kind])


def shown_things(
    wanted: Iterable[Thing], cards: Mapping[Thing, dict], at: datetime, *, is_ahead: bool = False
) -> dict[str, dict]:
    """What a front shows of these, by their names.

    `cards` are readers' cards of what readers see at that moment; the rest is shown as it stands at the desk, and says
    why readers do not see it.
    """
    by_kind: dict[str, set[uuid.UUID]] = {}
    for kind, key in {*wanted, *cards}:
        by_kind.setdefault(kind, set()).add(key)
    items = [
        item for model in MODELS if by_kind.get(model.kind) for item in light(model).filter(pk__in=by_kind[model.kind])
    ]
    shown = shown_items(items, cards, at, is_ahead=is_ahead)
    deleted = {"headline": _("Deleted"), "is_seen": False, "warning": _("It has been deleted. Unpin it.")}
    for thing in wanted:
        shown.setdefault(name_of(thing), {"name": name_of(thing), "kind": thing[0], **deleted})
    return shown


def shown_items(items: list, cards: Mapping[Thing, dict], at: datetime, *, is_ahead: bool = False) -> dict[str, dict]:
    """The same of items of the desk."""
    texts = {}
    for item in items:
        card = cards.get((item.kind, item.pk))
        texts[item.kind, item.pk] = _of_card(card) if card else _of_item(item)
    pictures = _pictures({text["photo"] for text in texts.values() if text["photo"]})
    shown = {}
    for item, status in zip(items, statuses(items), strict=True):
        thing = item.kind, item.pk
        is_seen = thing in cards
        photo = texts[thing].pop("photo")
        date = _date(cards.get(thing), status, item).astimezone(UTC)
        shown[name_of(thing)] = {
            "name": name_of(thing),
            "kind": item.kind,
            "kind_words": capfirst(item._meta.verbose_name),
            **texts[thing],
            **pictures.get(photo, {}),
            "when": brief(date),
            "date": date.isoformat(),
            "state": str(status),
            "state_name": status.name,
            "address": reverse(f"{admin.site.name}:newsroom_{item.kind}_change", args=[item.pk]),
            "is_seen": is_seen,
            "warning": "" if is_seen else why_unseen(status, at, is_ahead=is_ahead),
        }
    return shown


def _of_card(card: dict) -> dict:
    """The words of a card as readers get it."""
    photo = card.get("lead_photo") or card.get("poster") or card.get("photo")
    return {
        "headline": Truncator(card.get("headline") or card.get("text") or "").chars(MOST_WORDS),
        "kicker": card.get("kicker") or card.get("label") or "",
        "standfirst": card.get("standfirst") or "",
        "length": _length(card.get("duration_seconds")),
        "photo": str(photo["id"]) if photo else "",
    }


def _of_item(item: Any) -> dict:
    """The same of what stands at the desk."""
    words = plain(item.text_html) if item.kind == Blurb.kind else ""
    photo = getattr(item, f"{PHOTOS[item.kind]}_id")
    return {
        "headline": Truncator(words).chars(MOST_WORDS) if words else str(item),
        "kicker": getattr(item, "kicker", "") or getattr(item, "label", ""),
        "standfirst": getattr(item, "standfirst", ""),
        "length": _length(getattr(item, "duration_seconds", None)),
        "photo": str(photo) if photo else "",
    }


def _length(seconds: int | None) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}" if seconds else ""


def _pictures(keys: set[str]) -> dict[str, dict]:
    """The pictures of these photos, by id, and what of each matters most."""
    columns = ("sizes_version", "sizes_formats", "sizes_widths", "placeholder", "focal_x", "focal_y")
    photos = Photo.objects.filter(pk__in=list(keys)).only(*columns) if keys else ()
    return {
        str(photo.pk): {
            "picture": photo.address(WIDTH) or photo.placeholder,
            "focus": f"{photo.focal_x:.0%} {photo.focal_y:.0%}",
        }
        for photo in photos
    }


def _date(card: dict | None, status: Status, item: Any) -> datetime:
    """The date that readers get with it; of what they do not see, when they will, or when it was written."""
    if card and card.get("published_at"):
        return parse_datetime(card["published_at"]) or item.modified_at
    publication = status.publication
    return status.next_at or (publication and publication.published_at) or item.modified_at


def brief(moment: datetime) -> str:
    """The hour of today, the day of what is older."""
    is_today = timezone.localtime(moment).date() == timezone.localdate()
    return time_in_words(moment) if is_today else day_in_words(timezone.localtime(moment))


def why_unseen(status: Status, at: datetime, *, is_ahead: bool = False) -> str:
    """Why readers do not see something, at a moment."""
    publication = status.publication
    if status.next_at and status.next_at > at:
        return _("Readers see it from %(when)s.") % {"when": moment_in_words(status.next_at)}
    if status.is_live and is_ahead:
        return _("It comes down before then.")
    if status.is_live:
        return _("Readers do not see it at present.")
    if status.was_live and publication and publication.withdrawn_reason == Publication.Reason.EXPIRED:
        return _("It has expired: readers do not see it any more.")
    if status.was_live:
        return _("It is withdrawn: readers do not see it.")
    return _("A draft: readers won’t see it until it is published.")


def names_of_links(links: Iterable[dict]) -> dict[str, str]:
    """What sections, topics and bylines are called, by "section:<id>"."""
    by_kind: dict[str, set[str]] = {}
    for link in links:
        by_kind.setdefault(link["link"], set()).add(link["id"])
    return {
        f"{kind}:{row.pk}": str(row)
        for kind, keys in by_kind.items()
        for row in kinds.named(kind).Meta.model._default_manager.filter(pk__in=keys)
    }
