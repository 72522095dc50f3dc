"""What is looked at in photos before something with them is published."""

from collections.abc import Iterator

from cms.publishing.checks import Draft, Problem, check, error, warning
from media.library import warnings


@check()
def photos_may_be_shown(draft: Draft) -> Iterator[Problem]:
    for photo in draft.rows("photo"):
        thing = (photo.kind, photo.pk)
        for text in photo.obstacles():
            yield error(text, thing=thing)
        if draft.at:  # an import brings in what was published when its photos could be
            said = error if photo.usable_until and photo.usable_until <= draft.at else warning
            for text in warnings(photo):
                yield said(f"{photo}: {text}", thing=thing)
