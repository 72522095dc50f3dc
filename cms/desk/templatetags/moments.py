"""Moments in the newsroom's zone, in words. In an hour that comes twice they say which of the two they are."""

from django import template
from django.utils.dateparse import parse_datetime

from cms.desk.moments import day_in_words, in_brief, in_words, time_in_words

register = template.Library()


@register.filter
def moment(value):
    """A moment, or the text of one, with its date, for a sentence."""
    at = parse_datetime(value) if isinstance(value, str) else value
    return in_words(at) if at else ""


@register.filter
def brief(value):
    """A moment in a list or a line of facts: today's by its hour alone."""
    return in_brief(value) if value else ""


@register.filter
def day(value):
    """A day, this year's without the year."""
    return day_in_words(value) if value else ""


@register.filter
def clock(value):
    """A moment by its time of day alone."""
    return time_in_words(value) if value else ""
