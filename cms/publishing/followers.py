"""Who follows what the press does: told inside each act's own transaction, before it is committed.

`settings.CHANGE_FOLLOWERS` names those who follow the log of changes, which is what readers see happen;
`settings.SAVE_FOLLOWERS` those who follow what stands at the desk: what is saved or deleted, whether readers see it or
not, and what came before readers or was taken from them; each thing once, whatever an act did with it. Each is a
function of a module that the engine does not know. What a follower writes is there if and only if the act is; one that
fails undoes the act. What takes time belongs into the background, after the commit.
"""

from collections.abc import Callable, Collection, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from cms.publishing.links import Thing
from cms.publishing.models import Change

Follower = Callable[[Sequence[Change]], None]
SaveFollower = Callable[[Collection[Thing]], None]


def tell(changes: Sequence[Change]) -> None:
    """Tell every follower, in the order of the setting, what an act has changed; none, of one that changed nothing."""
    if changes:
        for path in settings.CHANGE_FOLLOWERS:
            follower: Follower = import_string(path)
            follower(changes)


def tell_saved(things: Collection[Thing]) -> None:
    """Tell every follower of the desk what an act has written at the desk, or changed for readers."""
    if things:
        for path in settings.SAVE_FOLLOWERS:
            follower: SaveFollower = import_string(path)
            follower(things)
