from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

register = template.Library()


@register.filter
def moment(value):
    """A moment, or the text of one, in the newsroom's zone, in words."""
    found = parse_datetime(value) if isinstance(value, str) else value
    return date_format(timezone.localtime(found), "DATETIME_FORMAT") if found else ""
