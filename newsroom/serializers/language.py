"""A language by its code."""

from typing import Any

from rest_framework import serializers

from newsroom.models.languages import LANGUAGE, check_language


class LanguageField(serializers.RegexField):
    """What something is written in, such as en or pt-BR."""

    default_error_messages = {"invalid": check_language.message}

    def __init__(self, **kwargs: Any):
        super().__init__(LANGUAGE, max_length=35, **kwargs)
