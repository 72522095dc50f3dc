"""Columns of photos."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_WORDS, LONGEST_WORD = 100, 100


class KeywordsFormField(forms.CharField):
    """Keywords as an editor writes them: with commas between."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        words = super().to_python(value).replace("\n", ",").split(",")
        return list(dict.fromkeys(word.strip() for word in words if word.strip()))

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class KeywordsField(models.JSONField):
    """A list of words, in order, each once."""

    default_error_messages = {
        "form": _("Write a list of keywords, each a text."),
        "many": _("At most %(most)d keywords, of up to %(longest)d characters each."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def to_python(self, value):
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValidationError(self.error_messages["form"], code="form")
        words = list(dict.fromkeys(word.strip() for word in value if word.strip()))
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            limits = {"most": MOST_WORDS, "longest": LONGEST_WORD}
            raise ValidationError(self.error_messages["many"], code="many", params=limits)
        return words

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{"form_class": KeywordsFormField, **kwargs})
