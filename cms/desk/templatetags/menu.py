"""The desk's menu and first page, for its templates."""

from django import template

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


@register.simple_tag(takes_context=True)
def front_panels(context):
    return panels.panels(context["request"])
