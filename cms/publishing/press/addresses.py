"""Addresses: which thing a slug leads to, and which slugs are free."""

import logging
import uuid
from collections.abc import Container
from dataclasses import replace

from django.db import models

from cms.database.fields import derived_from
from cms.publishing import kinds, slugs
from cms.publishing.models import Address, Version
from cms.publishing.press.terms import Release
from cms.text import spelling

logger = logging.getLogger(__name__)


def redirect(kind: str, keys: dict[str, uuid.UUID]) -> None:
    """Let slugs lead to these things from now on; those that they had before still do."""
    alike = {spelling.key(slug): key for slug, key in keys.items()}
    known = slugs.leading(kind, [*keys, *alike])
    redirect_former(kind, {slug: key for slug, key in alike.items() if slug not in keys and slug not in known})
    Address.objects.bulk_create(
        [Address(kind=kind, slug=slug, key=key) for slug, key in keys.items() if known.get(slug) != key],
        update_conflicts=True,
        unique_fields=["kind", "slug"],
        update_fields=["key"],
    )


def redirect_former(kind: str, keys: dict[str, uuid.UUID]) -> None:
    """Let former slugs lead to these things, where they lead to nothing else."""
    alike = {spelling.key(slug): key for slug, key in keys.items()}
    addresses = [Address(kind=kind, slug=slug, key=key) for slug, key in {**alike, **keys}.items()]
    Address.objects.bulk_create(addresses, ignore_conflicts=True)


def free_slug(kind: str, wanted: str, key: uuid.UUID, taken: Container[str] = ()) -> str:
    """The slug, or the first of slug-2, slug-3 ... that neither the desk nor an address holds for another."""
    model = kinds.named(kind).Meta.model
    tried = wanted
    number = 1
    while (
        tried in taken
        or Address.objects.filter(kind=kind, slug__in=slugs.with_alikes([tried])).exclude(key=key).exists()
        or model._default_manager.filter(slug__in=slugs.with_alikes([tried]), is_retired=False).exclude(pk=key).exists()
    ):
        number += 1
        tried = f"{wanted[:190]}-{number}"
    return tried


def give_way(kind: str, releases: list[Release]) -> list[Release]:
    """What falls due goes live though its slug was taken meanwhile, under the next free one."""
    model = kinds.named(kind).Meta.model
    made_free: set[str] = set()
    for key, slug in slugs.taken_at_desk(kind, [release.version.key for release in releases]).items():
        made_free.add(free := free_slug(kind, slug, key, made_free))
        _rename(model._default_manager.filter(pk=key), free)
    taken = slugs.taken_live(kind, [release.version for release in releases])
    asked = {release.version.data["slug"] for release in releases if release.version.data.get("slug")}
    made = []
    for release in releases:
        version = release.version
        if version.key in taken:
            slug = free_slug(kind, version.data["slug"], version.key, asked)
            asked.add(slug)
            logger.warning("%s %s went live as %s, its slug being taken", kind, version.data["slug"], slug)
            version = _under(version, slug)
            working_copy = model._default_manager.filter(pk=version.key, head=version.base)
            if _rename(working_copy, slug):
                working_copy.update(head=version)
        made.append(replace(release, version=version))
    return made


def _under(version: Version, slug: str) -> Version:
    """The version under another slug, which is a new one."""
    data = {**version.data, "slug": slug}
    return Version.objects.create(
        kind=version.kind, key=version.key, data=data, author=version.author, by_key=version.by_key, base=version
    )


def _rename(items: models.QuerySet, slug: str) -> bool:
    """Give the working copy found, if there is one, another slug, in the desk's search too."""
    item = items.first()
    if item is None:
        return False
    item.slug = slug
    item.save(update_fields=["slug", *derived_from(type(item), ["slug"])])
    return True
