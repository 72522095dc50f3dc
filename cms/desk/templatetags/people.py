"""People in words."""

from django import template

from cms.desk import words

register = template.Library()


@register.filter
def name_of(user):
    return words.name_of(user)
