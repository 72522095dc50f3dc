"""Public notes on what was wrong in a story."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from cms.content.serializers import PartSerializer, rfc3339
from newsroom.models import Correction
from newsroom.serializers.moment import MomentField


class CorrectionSerializer(PartSerializer):
    """A dated public note on a story. One that does not say when it was made is made now."""

    type = serializers.ChoiceField(Correction.Type.choices, default=Correction.Type.CORRECTION)
    text = serializers.CharField(max_length=2000)
    published_at = MomentField(required=False)

    def to_internal_value(self, data):
        if isinstance(data, dict) and not data.get("published_at"):
            data = {**data, "published_at": rfc3339(timezone.now())}
        return super().to_internal_value(data)

    def to_representation(self, row):
        return {"type": row.type, "text": row.text, "published_at": rfc3339(row.published_at)}

    @staticmethod
    def to_row(value):
        return {**value, "published_at": parse_datetime(value["published_at"])}


def dated_as_before(correction, dated):
    """A correction of a line that does not say when it was made, with the time that it got the first time."""
    if not isinstance(correction, dict) or correction.get("published_at"):
        return correction
    kind, text = correction.get("type", Correction.Type.CORRECTION), correction.get("text")
    if not isinstance(kind, str) or not isinstance(text, str):
        return correction
    return {**correction, "published_at": dated.get((kind, text.strip()))}
