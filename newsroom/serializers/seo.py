"""What search engines and social networks are told."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from cms.content.serializers import LineField, LinkField, PartSerializer


class SeoSerializer(PartSerializer):
    """What search engines and social networks are told, where the desk has words of its own for them."""

    title = LineField(max_length=300, allow_blank=True, allow_null=True, required=False)
    description = LineField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    canonical_url = serializers.URLField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    image = LinkField("photo")

    def to_internal_value(self, data):
        return {name: value for name, value in super().to_internal_value(data).items() if value}

    def to_representation(self, value):
        return value


def resolved(seo: Mapping | None, *, title: Any, description: Any, url: str, image: Any = None) -> dict[str, Any]:
    """What search engines are told of something; what the desk left empty is its own."""
    own = {"title": title, "description": description, "canonical_url": url, "image": image}
    return {name: (seo or {}).get(name) or value or None for name, value in own.items()}
