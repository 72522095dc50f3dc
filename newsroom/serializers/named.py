"""What has a name, a slug and a page."""

from rest_framework import serializers

from cms.content.serializers import SharedSerializer, SlugField, api_url, web_url


class NamedSerializer(SharedSerializer):
    """A kind with a name, a slug and a page."""

    slug = SlugField()
    url = serializers.SerializerMethodField()
    web_url = serializers.SerializerMethodField()

    def get_url(self, row) -> str:
        return api_url(self.Meta.path, row.slug)

    def get_web_url(self, row) -> str:
        return web_url(self.Meta.kind, slug=row.slug, id=row.pk)
