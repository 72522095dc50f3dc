"""What a search has to know of the whole index, remembered for as long as nothing changes for readers."""

from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists

from cms.publishing import newest
from cms.search.models import Entry, Language


class State(NamedTuple):
    """The languages of the texts in it, and whether some entries are still to be made again."""

    languages: tuple[str, ...]
    has_stale: bool


_known: tuple[object, State] | None = None


def now(edition: object = None) -> State:
    """How the index stands in an edition, by default in the newest."""
    global _known
    edition = edition or newest.ask()[:2]
    if _known is None or _known[0] != edition:
        has_stale = Exists(Entry.objects.filter(is_stale=True))
        rows = dict(Language.objects.annotate(has_stale=has_stale).values_list("code", "has_stale"))
        _known = edition, State(_differing({*rows, settings.CONTENT_LANGUAGE}), any(rows.values()))
    return _known[1]


def _differing(codes: set[str]) -> tuple[str, ...]:
    """One of each language: en-GB is stemmed as en is."""
    return tuple(sorted({code.lower().partition("-")[0] for code in codes}))
