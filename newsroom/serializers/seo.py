"""What search engines and social networks are told."""

from rest_framework import serializers

from cms.content.serializers import LineField, LinkField, PartSerializer


class SeoSerializer(PartSerializer):
    """What search engines and social networks are told, where it differs from the story itself."""

    title = LineField(max_length=300, allow_blank=True, allow_null=True, required=False)
    description = LineField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    canonical_url = serializers.URLField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    image = LinkField("photo")

    def to_internal_value(self, data):
        return {name: value for name, value in super().to_internal_value(data).items() if value}

    def to_representation(self, value):
        return value
