"""What the desk's pages show of logging in."""

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag
def two_factor_address() -> str:
    """The page of the second factor, where there is one to be had."""
    return reverse("two-factor") if settings.TWO_FACTOR else ""
