"""Languages that something is written in."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
check_language = RegexValidator(LANGUAGE, _("Write a language as a code such as en, uk or pt-BR."))


def content_language() -> str:
    """What a story is written in unless it says otherwise."""
    return settings.CONTENT_LANGUAGE
