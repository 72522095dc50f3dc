"""Moments, people and acts in an editor's words."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.desk.moments import in_words, time_in_words
from cms.publishing import press
from cms.publishing.models import Act, Version


def moment_in_words(moment: datetime) -> str:
    return in_words(moment)


def act_in_words(act: Act) -> str:
    """What was done, with the moment that it was done for."""
    words = {"what": act.get_verb_display(), "when": moment_in_words(act.for_moment) if act.for_moment else ""}
    return _("%(what)s for %(when)s") % words if act.for_moment else words["what"]


def newer_in_words(version: Version, user: Any) -> str:
    """That a version was saved since a page was opened, to whoever has it open."""
    words = {"who": author_of(version), "at": time_in_words(version.created_at)}
    if version.author_id == user.pk and not version.by_key:
        return _("You have saved a newer version elsewhere, at %(at)s.") % words
    return _("%(who)s saved a newer version at %(at)s.") % words


def name_of(user: Any) -> str:
    return press.name_of(user) or _("Somebody")


def author_of(version: Version) -> str:
    """Who has written a version, and by which key where a program did it for them."""
    if not version.by_key:
        return name_of(version.author)
    return _("%(name)s (key: %(key)s)") % {"name": name_of(version.author), "key": version.by_key}
