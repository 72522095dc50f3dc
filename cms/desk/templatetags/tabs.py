"""The tabs over a list."""

from django import template

register = template.Library()


@register.simple_tag
def tabs(changelist):
    return [tab for spec in changelist.filter_specs if hasattr(spec, "tabs") for tab in spec.tabs(changelist)]
