"""Whether what a browser sends can be the id of something; the database fails at one that cannot."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


def is_key(value: Any, model: type[models.Model]) -> bool:
    """Whether a text can be the id of something of this model."""
    field = model._meta.pk
    try:
        field.run_validators(field.to_python(value))
    except ValidationError:
        return False
    return True


def as_uuid(text: str) -> uuid.UUID | None:
    """The id that a text is; none where it is no id."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
