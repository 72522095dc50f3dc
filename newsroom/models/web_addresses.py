"""Lists of web addresses."""

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


def check_web_addresses(value):
    """A list of http(s) addresses."""
    if not isinstance(value, list) or not all(isinstance(address, str) for address in value):
        raise ValidationError(_("Write a list of web addresses."))
    for address in value:
        try:
            URLValidator(["http", "https"])(address)
        except ValidationError:  # whose code has a JSON column say that it is no JSON
            text = _('"%(address)s" is no web address; write one such as https://example.org/.')
            raise ValidationError(text, params={"address": address[:64]}) from None


def check_labelled_links(value):
    """A list of {"label", "url"} objects."""
    if not isinstance(value, list) or not all(
        isinstance(link, dict)
        and link.keys() == {"label", "url"}
        and all(isinstance(text, str) and text.strip() for text in link.values())
        for link in value
    ):
        raise ValidationError(_('Write each link as {"label": "...", "url": "https://..."}.'))
    check_web_addresses([link["url"] for link in value])
