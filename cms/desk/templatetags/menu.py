"""The desk's menu and first page, for its templates."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst

from cms.desk import menu
from cms.desk.front import panels

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context):
    """Where somebody may go."""
    return menu.entries(context["request"], context.get("available_apps") or [])


@register.simple_tag(takes_context=True)
def parts(context):
    return menu.parts(context["request"])


@register.simple_tag
def today_in_words():
    """The newsroom's day, by which everything on the first page is meant."""
    return capfirst(date_format(timezone.localdate(), "l, j E"))


@register.simple_tag(takes_context=True)
def front_panels(context):
    return panels.panels(context["request"])
