"""The languages of the desk, for its templates: those that there are besides this one, and the words of its scripts."""

from django import template
from django.conf import settings
from django.utils.translation import get_language

from cms import languages

register = template.Library()


@register.simple_tag
def words_address():
    """Where the words of the page's scripts are."""
    return languages.words_address(get_language())


@register.inclusion_tag("desk/languages.html", takes_context=True)
def other_languages(context):
    """Buttons for the languages that the desk speaks besides the one of this page."""
    now = get_language().split("-")[0]
    others = [(code, name) for code, name in settings.LANGUAGES if code != now]
    return {**context.flatten(), "others": others, "here": context["request"].get_full_path()}
