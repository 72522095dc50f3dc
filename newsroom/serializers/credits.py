"""Bylines on an item, in their order."""

from rest_framework import serializers

from cms.content.serializers import LinksField, SlugField


class BylinePlacementSerializer(serializers.Serializer):
    """A byline on an item, with what its bearer did for it."""

    slug = SlugField()
    name = serializers.CharField()
    role = serializers.ChoiceField(["writer", "photographer", "editor", "translator", "contributor"])
    url = serializers.URLField()


class BylinesField(LinksField):
    """Bylines in order, each with its role."""

    default_error_messages = {"role": "write one of {roles}"}
    shape = BylinePlacementSerializer
    roles = ("writer", "photographer", "editor", "translator", "contributor")

    def __init__(self, **kwargs):
        super().__init__("byline", "placed_bylines", placement=("role",), **kwargs)

    def to_internal_value(self, data):
        links = super().to_internal_value(data)
        for placed in links:
            placed["role"] = placed["role"] or "writer"
            if placed["role"] not in self.roles:
                self.fail("role", roles=", ".join(self.roles))
        return self.once_each(links)
