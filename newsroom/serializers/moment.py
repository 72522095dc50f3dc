"""Moments in a snapshot."""

from rest_framework import serializers

from cms.content.serializers import rfc3339
from cms.text import moments


class MomentField(serializers.DateTimeField):
    """A moment, as a snapshot keeps it."""

    def to_internal_value(self, data):
        if isinstance(data, str):
            try:
                return rfc3339(moments.read(data))
            except (ValueError, OverflowError):
                self.fail("invalid", format="2026-02-20T11:30:00Z")
        return rfc3339(super().to_internal_value(data))

    def to_representation(self, value):
        return value if isinstance(value, str) else rfc3339(value)
