"""What runs beside a video: captions, and other texts."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from cms.content.serializers import LineField, PartSerializer
from cms.files import Stored, StoredField
from newsroom.models import VideoTrack
from newsroom.serializers.language import LanguageField


class TrackSerializer(PartSerializer):
    """A WebVTT file beside a video."""

    kind = serializers.ChoiceField(VideoTrack.Kind.values, default="captions")
    language = serializers.CharField(max_length=35)
    label = LineField(max_length=100)  # type: ignore[assignment]  # the stubs take it for DRF's own option
    url = serializers.URLField(max_length=1000)


class WrittenTrackSerializer(TrackSerializer):
    """The same as it is written: a file of ours, or an address elsewhere."""

    language = LanguageField()
    url = serializers.URLField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    file = StoredField()

    def to_internal_value(self, data):
        track = super().to_internal_value(data)
        track = {name: track.get(name) or None for name in ("kind", "language", "label", "file", "url")}
        if not track["file"] and not track["url"]:
            raise serializers.ValidationError({"file": _("give the track a file or an address")})
        if track["file"] and track["url"]:
            raise serializers.ValidationError({"url": _("give the track a file or an address, not both")})
        return track

    def to_representation(self, row):
        return {
            "kind": row.kind,
            "language": row.language,
            "label": row.label,
            "file": Stored(stored=row.file) if row.file else None,
            "url": row.url or None,
        }

    @staticmethod
    def to_row(value):
        return {**value, "file": (value["file"] or {}).get("stored", ""), "url": value["url"] or ""}
