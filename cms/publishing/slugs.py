"""Which slugs are taken, at the desk and before readers."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from cms.database import statements
from cms.publishing import kinds
from cms.publishing.models import Address, Publication
from cms.text import spelling


def owner(kind: str, name: str) -> uuid.UUID | None:
    """Whose a slug is, those of former days included, however its accents and capitals are written."""
    spellings = spelling.spellings(name)
    keys = leading(kind, spellings)
    return next((keys[slug] for slug in spellings if slug in keys), None)


def differs_by_more_than_case(item: Any) -> None:
    """Refuse a slug that another one has in other capitals; what stands so already may stay."""
    model = type(item)
    if not item.slug or model.objects.filter(pk=item.pk, slug=item.slug).exists():
        return
    spellings = spelling.spellings(item.slug)
    owners = Address.objects.filter(kind=item.kind, slug__in=spellings).values("key")
    others = model.objects.filter(Q(slug__in=spellings) | Q(pk__in=owners)).exclude(pk=item.pk)
    if hasattr(model, "is_retired"):
        others = others.filter(is_retired=False)
    for slug in others.values_list("slug", flat=True):
        if slug != item.slug and spelling.key(slug) == spelling.key(item.slug):
            text = _('Another one has the slug "%(slug)s", which differs in capitals only; choose another.')
            raise ValidationError({"slug": ValidationError(text, code="slug_taken", params={"slug": slug})})


def with_alikes(slugs: Iterable[str]) -> set[str]:
    """These slugs, and those under which they are found whatever their capitals."""
    return {alike for slug in slugs for alike in (slug, spelling.key(slug))}


class Asking(Protocol):
    """What asks for a slug: a version, or what is to become one."""

    key: uuid.UUID
    data: dict


@dataclass
class Asked:
    """A snapshot that asks for its slug, of the item with this key."""

    key: uuid.UUID
    data: dict


def taken(kind: str, asking: Iterable[Asking]) -> dict[uuid.UUID, list[str]]:
    """Which of these cannot have the slug that they ask for, and why."""
    asking = list(asking)
    at_desk = {
        key: [_('Another one at the desk has the slug "%(slug)s" already; choose another.') % {"slug": slug}]
        for key, slug in taken_at_desk(kind, [one.key for one in asking]).items()
    }
    return at_desk | {
        key: [_('The slug "%(slug)s" leads to another live item; choose another.') % {"slug": slug}]
        for key, slug in taken_live(kind, asking).items()
    }


def taken_live(kind: str, asking: Iterable[Asking]) -> dict[uuid.UUID, str]:
    """Slugs that lead to something else that is live, or that an earlier one of these asks for."""
    wanted = [(one.data["slug"], one.key) for one in asking if one.data.get("slug")]
    slugs = with_alikes(slug for slug, _key in wanted)
    led_to = leading(kind, slugs)
    if len(wanted) <= 1 and all(key == wanted[0][1] for key in led_to.values()):
        return {}  # it leads to what asks for it, or to nothing
    live = Publication.objects.filter(kind=kind, key__in=led_to.values(), place__isnull=False)
    holders = set(live.values_list("key", flat=True))
    held = {slug: key for slug, key in led_to.items() if key in holders}
    asked: dict[str, uuid.UUID] = {}
    taken = {}
    for slug, key in wanted:
        alike = spelling.key(slug)
        if (held.get(slug) or held.get(alike) or asked.setdefault(alike, key)) != key:
            taken[key] = slug
    return taken


def leading(kind: str, slugs: Collection[str]) -> dict[str, uuid.UUID]:
    """Where these slugs lead that lead anywhere, those of former days included."""
    return dict(statements.values(Address, ["slug", "key"], kind=kind, slug__in=sorted(set(slugs))))


def taken_at_desk(kind: str, keys: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Slugs of retired items among these that another item of the desk has been given meanwhile."""
    model: Any = kinds.named(kind).Meta.model
    if not hasattr(model, "slug"):
        return {}
    rows = statements.values(model, ["pk", "slug"], pk__in=keys, is_retired=True)
    retired = {key: slug for key, slug in rows if slug}
    others = statements.values(model, ["slug"], slug__in=retired.values(), is_retired=False)
    held: dict = dict.fromkeys(slug for (slug,) in others)
    return {key: slug for key, slug in retired.items() if held.setdefault(slug, key) != key}
