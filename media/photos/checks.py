"""What is looked at in photos before something with them is published."""

import uuid
from collections import defaultdict
from collections.abc import Iterator

from cms.publishing.checks import Draft, Problem, error, of_every_kind, warning
from cms.publishing.links import key_of, placements
from media.photos.library import warnings


@of_every_kind
def photos_may_be_shown(draft: Draft) -> Iterator[Problem]:
    described = described_by_place(draft)
    for photo in draft.rows("photo"):
        thing = (photo.kind, photo.pk)
        for text in photo.obstacles(is_described=photo.pk in described):
            yield error(text, thing=thing)
        if draft.at:  # an import brings in what was published when its photos could be
            said = error if photo.usable_until and photo.usable_until <= draft.at else warning
            for text in warnings(photo):
                yield said(f"{photo}: {text}", thing=thing)


def described_by_place(draft: Draft) -> set[uuid.UUID]:
    """The photos that every place in a draft says in an alt text of its own what they show."""
    places = defaultdict(list)
    for link in placements(draft.data, "photo"):
        places[key_of(link)].append(bool(link.get("alt_text")))
    return {key for key, described in places.items() if all(described)}
