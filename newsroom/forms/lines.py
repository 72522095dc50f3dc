"""Lists of small things, one a line."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _


class LinesField(forms.CharField):
    """A list of small things, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, read, write, **kwargs):
        self.read, self.write = read, write
        super().__init__(**{"required": False, "strip": True, **kwargs})

    def prepare_value(self, value):
        return "\n".join(map(self.write, value)) if isinstance(value, list) else value

    def to_python(self, value):
        return [self.read(line.strip()) for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial, data):
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True

    def run_validators(self, value):
        """Each line was checked as it was read."""


def check_address(text: str) -> str:
    try:
        URLValidator(["http", "https"])(text)
    except ValidationError as error:
        message = _('"%s" is no web address; write one such as https://example.org/.') % text[:64]
        raise ValidationError(message) from error
    return text


def read_link(line: str) -> dict:
    label, _space, url = line.rpartition(" ")
    if not label:
        raise ValidationError(_('Write what the link is called, then its address: "%s".') % line[:64])
    return {"label": label.strip(), "url": check_address(url)}
