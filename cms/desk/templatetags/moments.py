"""Moments in the newsroom's zone, in words. In an hour that comes twice they say which of the two they are."""

from django import template
from django.utils.dateparse import parse_datetime

from cms.desk.moments import in_words, time_in_words

register = template.Library()


@register.filter
def moment(value):
    """A moment, or the text of one, with its date."""
    at = parse_datetime(value) if isinstance(value, str) else value
    return in_words(at) if at else ""


@register.filter
def clock(value):
    """A moment by its time of day alone."""
    return time_in_words(value) if value else ""
