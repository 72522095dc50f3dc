"""Moments, people and acts in an editor's words."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.desk.moments import in_words
from cms.publishing import press
from cms.publishing.models import Act, Version


def moment_in_words(moment: datetime) -> str:
    return in_words(moment)


def act_in_words(act: Act) -> str:
    """What was done, with the moment that it was done for."""
    words = {"what": act.get_verb_display(), "when": moment_in_words(act.for_moment) if act.for_moment else ""}
    return _("%(what)s for %(when)s") % words if act.for_moment else words["what"]


def name_of(user: Any) -> str:
    return press.name_of(user) or _("Somebody")


def author_of(version: Version) -> str:
    """Who has written a version, and by which key where a program did it for them."""
    if not version.by_key:
        return name_of(version.author)
    return _("%(name)s (key: %(key)s)") % {"name": name_of(version.author), "key": version.by_key}
