"""Who follows the log of changes: told of each act's changes inside the act's own transaction, before it is committed.

`settings.CHANGE_FOLLOWERS` names them, each a function of a module that the engine does not know. What a follower
writes is there if and only if the act is; one that fails undoes the act. What takes time belongs into the background,
after the commit.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from cms.publishing.models import Change

Follower = Callable[[Sequence[Change]], None]


def tell(changes: Sequence[Change]) -> None:
    """Tell every follower, in the order of the setting, what an act has changed; none, of one that changed nothing."""
    if changes:
        for path in settings.CHANGE_FOLLOWERS:
            follower: Follower = import_string(path)
            follower(changes)
