"""`{% picture photo %}`: a photo of readers' JSON as `<picture>`."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from media.photos import markup

register = template.Library()


@register.simple_tag
def picture(photo: dict) -> SafeString:
    return mark_safe(markup.picture(photo))  # noqa: S308 - all that is said of the photo is escaped there
