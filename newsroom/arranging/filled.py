"""A front as it is being arranged: what readers would have of it at a moment, and what its editors are told besides."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError as RefusedValue

from cms.desk.words import moment_in_words
from cms.publishing import reading
from cms.publishing.links import Thing, is_link, key_of
from cms.publishing.reading import Moment
from newsroom import filling
from newsroom.arranging.things import name_of, names_of_links, shown_things
from newsroom.models import Article
from newsroom.serializers.front import FrontSerializer

RULED = ("section", "topic", "byline")
SAID = {"kind", "genre", "breaking", *RULED}


def written(text: str) -> list[dict]:
    """The containers that the text of a field holds. What is wrong with it is told in words."""
    try:
        containers = orjson.loads(text or "[]")
        return FrontSerializer.written()["containers"].run_validation(containers)
    except orjson.JSONDecodeError as error:
        words = {"line": error.lineno, "what": error.msg}
        raise ValidationError(_("This is no JSON: line %(line)s, %(what)s.") % words) from error
    except RefusedValue as error:
        raise ValidationError([str(text) for text in error.detail]) from error


def filled(containers: list[dict], at: datetime | None = None) -> dict:
    """What the page of a front shows of these containers: what stands in each, and every thing by its name."""
    now = reading.now()
    is_ahead = bool(at and at > now.at)
    asked = filling.asked_of(containers)
    moment = at if at and is_ahead else None
    rows = _standing(asked, now, moment)
    waiting = filling.things_of(asked) - {_thing(one) for one in _all(rows)}
    # What readers have, and there is no room for here, is shown as they have it all the same.
    others = _standing([filling.Asked(tuple(sorted(waiting)), None, len(waiting))], now, moment) if waiting else []
    cards = _cards([*rows, *others], now, moment)
    seen = {_thing(one): cards[one.publication.pk] for one in _all([*rows, *others]) if one.publication.pk in cards}
    names = names_of_links(link for container in containers for link in _links(container.get("rule") or {}))
    return {
        "containers": [
            {
                "id": container["id"],
                "found": [
                    name_of((one.publication.kind, one.publication.key))
                    for one in row
                    if not one.is_pinned and one.publication.pk in cards
                ],
                "words": words_of_rule(container.get("rule"), names),
            }
            for container, row in zip(containers, rows, strict=True)
        ],
        "things": shown_things(filling.things_of(asked), seen, at if at and is_ahead else now.at, is_ahead=is_ahead),
        "names": names,
        "when": _("As readers will have it on %(when)s.") % {"when": moment_in_words(at)} if at and is_ahead else "",
    }


def _standing(asked: list[filling.Asked], now: Moment, at: datetime | None) -> list[list[filling.Placed]]:
    return filling.standing_then(asked, at) if at else filling.standing(asked, now.at)


def _cards(rows: list[list[filling.Placed]], now: Moment, at: datetime | None) -> dict[int, dict]:
    if at:
        return filling.cards_then(rows, at)
    return {pk: orjson.loads(card) for pk, (card, _until) in filling.cards(rows, now).items()}


def _thing(one: filling.Placed) -> Thing:
    return one.publication.kind, one.publication.key


def _all(rows: Iterable[Iterable[filling.Placed]]) -> Iterable[filling.Placed]:
    return (one for row in rows for one in row)


def _links(rule: dict) -> Iterable[dict]:
    for value in rule.values():
        yield from (link for link in (value if isinstance(value, list) else [value]) if is_link(link))


def words_of_rule(rule: dict | None, names: dict[str, str]) -> str:
    """What a rule finds, in an editor's words: "Stories, World, Opinion"."""
    if rule is None:
        return ""
    kinds = {"article": _("stories"), "blurb": _("blurbs"), "video": _("videos")}
    parts = [", ".join(kinds.get(kind, kind) for kind in _several(rule.get("kind")))]
    for name in RULED:
        links = [link for link in _several(rule.get(name)) if is_link(link)]
        parts.append(", ".join(names.get(f"{name}:{key_of(link)}") or _("something deleted") for link in links))
    genres = dict(Article.Genre.choices)
    parts.append(", ".join(str(genres.get(genre, genre)) for genre in _several(rule.get("genre"))))
    parts.append(_("breaking") if rule.get("breaking") else "")
    parts += [
        f"{name}: {_plain(value, names)}"
        for name, value in rule.items()
        if name not in SAID and value not in (None, "", [])
    ]
    words = [part for part in parts if part]
    return _("newest: %(what)s") % {"what": " · ".join(words)} if words else _("the newest of all")


def _several(value: Any) -> list:
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]


def _plain(value: Any, names: dict[str, str]) -> str:
    words = [names.get(f"{one['link']}:{key_of(one)}", "") if is_link(one) else str(one) for one in _several(value)]
    return ", ".join(words)
