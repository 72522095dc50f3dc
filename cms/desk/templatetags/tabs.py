"""The tabs over a list."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def tabs(changelist):
    return [tab for spec in changelist.filter_specs if hasattr(spec, "tabs") for tab in spec.tabs(changelist)]


@register.simple_tag
def tab_words(changelist):
    """What is said where a tab has nothing, and what to do about it."""
    words = {
        "mine": _("You have written nothing here yet, and nothing is assigned to you."),
        "review": _("Nothing waits for review."),
        "scheduled": _("Nothing is scheduled. Open a story and press Schedule to have it go live by itself."),
        "live": _("Readers have nothing of this yet."),
        "withdrawn": _("Nothing was withdrawn in the last 30 days."),
    }
    return words.get(changelist.params.get("tab", ""), _("Nothing here yet."))
