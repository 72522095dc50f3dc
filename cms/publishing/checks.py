"""What is looked at before publishing. A check is a small function that is given a draft, and yields what is wrong:

    def has_a_headline(draft):
        if not draft.data.get("headline"):
            yield error(_("Write a headline."), "headline")

An error stops publication, a warning does not. A kind names its own in its contract; what is looked at in any kind is
registered by `@of_every_kind`; the setting PUBLISH_CHECKS names a newsroom's own.
They run for every import as well as for every publication, so that a check asks the database through `draft.rows`,
which asks once for many drafts.
"""

import logging
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from cms.database import statements
from cms.publishing import kinds, slugs
from cms.publishing.links import Thing, key_of, things
from cms.publishing.models import Publication, Stage

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """Something that an editor should mend before readers see it."""

    text: str
    field: str = ""  # the field of the page where it is to be mended
    thing: Thing | None = None  # or the thing that has a page of its own, as (kind, key)
    is_error: bool = True


def error(text: str, field: str = "", thing: Thing | None = None) -> Problem:
    return Problem(text, field, thing)


def warning(text: str, field: str = "", thing: Thing | None = None) -> Problem:
    return Problem(text, field, thing, is_error=False)


class Refused(ValidationError):
    """That something cannot be published, and all that is to be done first."""

    def __init__(self, problems: list[Problem]):
        super().__init__([problem.text for problem in problems])
        self.problems = problems


@dataclass
class Draft:
    """A snapshot that is to be published, and what is known around it."""

    kind: str
    data: dict
    key: uuid.UUID | None = None
    at: datetime | None = None  # when it is to go live; none: it is imported, whenever that was
    item: "Publishable | None" = None  # its working copy, which an import does not have
    by: Any = None  # the user who publishes it
    batch: "Batch" = field(default_factory=lambda: Batch(()), repr=False)

    @cached_property
    def things(self) -> list[Thing]:
        """Everything that it links to, as (kind, key)."""
        return sorted(things(self.data))

    def rows(self, kind: str) -> list[Any]:
        """The things of one kind that it links to."""
        rows = self.batch.rows(kind)
        return [rows[key] for thing_kind, key in self.things if thing_kind == kind and key in rows]

    def row(self, link: dict | None) -> Any:
        """What a link of its snapshot leads to."""
        return self.batch.rows(link["link"]).get(key_of(link)) if link else None

    def hidden(self, kind: str) -> list[Any]:
        """The things of a published kind that it links to, and that readers do not see at this moment."""
        live = self.batch.live(kind, self.at or timezone.now())
        if all(key in live for thing_kind, key in self.things if thing_kind == kind):
            return []
        return [row for row in self.rows(kind) if row.pk not in live]


class Batch:
    """What many drafts link to, looked up for all of them at once."""

    def __init__(self, drafts: Iterable[Draft]):
        self.drafts = list(drafts)
        self._rows: dict[str, dict] = {}
        self._live: dict[str, set] = {}

    def keys(self, kind: str) -> set[uuid.UUID]:
        return {key for draft in self.drafts for thing_kind, key in draft.things if thing_kind == kind}

    def rows(self, kind: str) -> dict[uuid.UUID, models.Model]:
        if kind not in self._rows:
            self._rows[kind] = {row.pk: row for row in statements.objects(kinds.rows, kind, self.keys(kind))}
        return self._rows[kind]

    def live(self, kind: str, at: datetime) -> set[uuid.UUID]:
        if kind not in self._live:
            self._live[kind] = {key for (key,) in statements.found(_live, kind, self.keys(kind), at)}
        return self._live[kind]


def _live(kind: str, keys: Collection[uuid.UUID], at: datetime) -> models.QuerySet:
    publications = Publication.objects.filter(kind=kind, key__in=keys)
    return (publications.visible(at) | publications.filter(next_at__lte=at)).values_list("key")


Check = Callable[[Draft], Iterable[Problem]]
_of_every_kind: list[Check] = []


def of_every_kind(check: Check) -> Check:
    """Register a function that looks at whatever is published."""
    _of_every_kind.append(check)
    return check


def problems(drafts: list[Draft]) -> list[list[Problem]]:
    """What is wrong with each of these: errors first, in the order of the page."""
    batch = Batch(drafts)
    by_draft = []
    for draft in drafts:
        draft.batch = batch
        looks = [*kinds.publishable_named(draft.kind).checks, *_of_every_kind]
        all_of_it = [problem for look in looks for problem in _or_unreadable(look, draft)]
        all_of_it += [problem for look in _own for problem in _carefully(look, draft)]
        by_draft.append(sorted(dict.fromkeys(all_of_it), key=lambda problem: not problem.is_error))
    return by_draft


def _or_unreadable(look: Check, draft: Draft) -> list[Problem]:
    """What one of our checks yields. What it cannot read, readers cannot either."""
    try:
        return list(look(draft))
    except Exception:  # whatever an older release let in
        logger.exception("The check %s cannot read %s %s", look.__qualname__, draft.kind, draft.key)
        return [error(_("Something in it cannot be shown to readers; look through its text."))]


def _carefully(look: Check, draft: Draft) -> list[Problem]:
    """What a newsroom's own check yields. One that fails keeps nobody from publishing."""
    try:
        return list(look(draft) or ())
    except Exception:  # whatever is wrong with it
        name = f"{look.__module__}.{look.__qualname__}"
        logger.exception("The check %s failed for %s %s", name, draft.kind, draft.key)
        return [warning(_("The check %(name)s failed; tell whoever runs this site.") % {"name": name})]


_own: list[Check] = []


def load_own() -> None:
    """The newsroom's own checks. All that are named wrongly are told at once."""
    mistakes = []
    _own.clear()
    for name in settings.PUBLISH_CHECKS:
        try:
            function = import_string(name)
        except Exception as problem:  # whatever goes wrong in a module of theirs
            mistakes.append(f"PUBLISH_CHECKS has {name!r}, which cannot be imported ({problem}).")
            continue
        if not callable(function):
            mistakes.append(f"PUBLISH_CHECKS has {name!r}, which is no function.")
            continue
        _own.append(function)
    if mistakes:
        raise ImproperlyConfigured("Galley cannot start:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))


@of_every_kind
def has_a_free_slug(draft: Draft) -> Iterator[Problem]:
    if draft.at and draft.key:  # an import asks for all of its slugs at once
        for text in slugs.taken(draft.kind, [slugs.Asked(draft.key, draft.data)]).get(draft.key, []):
            yield error(text, "slug")


@of_every_kind
def has_its_rights(draft: Draft) -> Iterator[Problem]:
    end = kinds.publishable_named(draft.kind).rights_end(draft.data)
    if draft.at and end and end <= draft.at:
        text = _("The rights to it end before it goes live; see to the rights, or choose another one.")
        yield error(text, "usable_until")


@of_every_kind
def is_approved(draft: Draft) -> Iterator[Problem]:
    item = draft.item if settings.REQUIRE_APPROVAL and draft.by else None
    if item and item.needs_approval and item.stage != Stage.APPROVED:
        yield error(_("Nobody has approved it yet."))


@of_every_kind
def shows_what_readers_see(draft: Draft) -> Iterator[Problem]:
    """A card of something that is not live stays out until it is."""
    if not draft.at:
        return
    for serializer in kinds.publishable():
        kind = serializer.Meta.kind
        for row in draft.hidden(kind):
            if row.pk != draft.key:
                text = _('Readers will not see "%(thing)s" in it, which is not live.') % {"thing": row}
                yield warning(text, thing=(kind, row.pk))
