"""What the desk's templates ask for."""

from django import template

register = template.Library()


@register.simple_tag
def tabs(changelist):
    """The tabs of a list."""
    return [tab for spec in changelist.filter_specs if hasattr(spec, "tabs") for tab in spec.tabs(changelist)]
