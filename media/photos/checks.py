"""What is looked at in photos before something with them is published."""

import uuid
from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from cms.publishing.checks import Draft, Problem, error, of_every_kind, warning
from cms.publishing.links import key_of, placements
from media.photos.library import warnings
from media.photos.models import MADE_BY_MACHINES


@of_every_kind
def photos_may_be_shown(draft: Draft) -> Iterator[Problem]:
    described = described_by_place(draft)
    for photo in draft.rows("photo"):
        thing = (photo.kind, photo.pk)
        for text in photo.obstacles(is_described=photo.pk in described):
            yield error(text, thing=thing)
        if draft.at:  # an import brings in what was published when its photos could be
            problem = error if photo.usable_until and photo.usable_until <= draft.at else warning
            for text in warnings(photo):
                yield problem(f"{photo}: {text}", thing=thing)


@of_every_kind
def readers_are_told_of_machines(draft: Draft) -> Iterator[Problem]:
    """What AI made is said to be so, on the picture or on what shows it."""
    if draft.data.get("ai_use"):
        return
    for photo in draft.rows("photo"):
        if photo.digital_source_type in MADE_BY_MACHINES and not photo.ai_use_level:
            text = _('AI had a part in the photo "%(photo)s". Say so to readers, on its page under "AI in it".')
            yield warning(text % {"photo": photo}, thing=(photo.kind, photo.pk))


def described_by_place(draft: Draft) -> set[uuid.UUID]:
    """The photos that every place in a draft says in an alt text of its own what they show."""
    places = defaultdict(list)
    for link in placements(draft.data, "photo"):
        places[key_of(link)].append(bool(link.get("alt_text")))
    return {key for key, described in places.items() if all(described)}
