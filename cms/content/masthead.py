"""What the newsroom says of itself: what is published of the kind that is for that, else what the settings say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.utils import timezone

from cms.publishing import kinds, newest, rendering
from cms.publishing.models import Publication


class Masthead(NamedTuple):
    """The newsroom's name, and what goes with it."""

    name: str
    description: str
    language: str
    publisher: dict[str, str]  # name, url
    logo: dict[str, Any] | None = None  # a photo, as readers get it
    social: Sequence[dict[str, str]] = ()  # where else it is found: label, url
    terms: str = ""  # of use, in plain words
    terms_url: str = ""


_kept: tuple[Any, Masthead, datetime | None] | None = None  # what it was in an edition, and when something in it ends


def current() -> Masthead:
    """As it is now."""
    return _in(newest.ask())


def known() -> Masthead:
    """The same for whoever has just asked which edition is the newest, as an answer of the API has."""
    return _in(newest.known() or newest.ask())


def _in(edition: newest.Newest) -> Masthead:
    """As it is in an edition; read once for it."""
    global _kept
    key, now = (edition.edition, edition.changed, rendering.fingerprint()), timezone.now()
    kept = _kept
    if kept and kept[0] == key and not (kept[2] and kept[2] <= now):
        return kept[1]
    masthead, until = _read(now)
    _kept = key, masthead, until
    return masthead


def forget() -> None:
    """Read it again when it is next asked for."""
    global _kept
    _kept = None


def _read(now: datetime) -> tuple[Masthead, datetime | None]:
    kind = next((kind for kind in kinds.publishable() if kind.is_masthead), None)
    if kind is None:
        return of_settings(), None
    live = Publication.objects.visible(now).filter(kind=kind.Meta.kind, key=kinds.SINGLE).first()
    if live is None:
        return kind.masthead(kind.shared_instance().unwritten()), None
    document, until = live.document or live.card, live.shows_until
    if document and live.rendering == rendering.fingerprint() and not (until and until <= now):
        return kind.masthead(orjson.loads(document)), until
    whole, until = rendering.whole(live, now)
    return kind.masthead(whole), until


def of_settings() -> Masthead:
    """What the settings alone say."""
    publisher = {"name": settings.SITE_NAME, "url": f"{settings.FRONT_URL}/"}
    return Masthead(settings.SITE_NAME, "", settings.CONTENT_LANGUAGE, publisher)
