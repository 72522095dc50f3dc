"""The newsroom's endpoints."""

from cms.api.views import PublicationViewSet, SharedViewSet, uuid_or_404
from newsroom import filtersets, serializers


class FeedViewSet(PublicationViewSet):
    """Articles, blurbs and videos merged: the news feed.

    Each result's `kind` says what it is. Follow `next` for "Show more"; ask for `newer` to learn what has come since.
    """

    path = "feed"
    filterset_class = filtersets.FeedFilterSet
    serializers = [serializers.ArticleSerializer, serializers.BlurbSerializer, serializers.VideoSerializer]

    def kinds(self):
        return None


class ArticleViewSet(PublicationViewSet):
    """Live articles, newest first."""

    path = "articles"
    serializer_class = serializers.ArticleSerializer
    filterset_class = filtersets.ArticleFilterSet


class BlurbViewSet(PublicationViewSet):
    """Live blurbs, newest first."""

    path = "blurbs"
    serializer_class = serializers.BlurbSerializer
    filterset_class = filtersets.BlurbFilterSet

    def known_by(self, name):
        return uuid_or_404(name)


class VideoViewSet(PublicationViewSet):
    """Live videos, newest first."""

    path = "videos"
    serializer_class = serializers.VideoSerializer
    filterset_class = filtersets.VideoFilterSet


class BylineViewSet(SharedViewSet):
    """Contributors of something live."""

    path = "bylines"
    serializer_class = serializers.BylineSerializer
    filterset_class = filtersets.BylineFilterSet


class SectionViewSet(SharedViewSet):
    """All sections, a tree."""

    path = "sections"
    serializer_class = serializers.SectionSerializer
    orderings = {"position": ("position", "sort_name"), "name": ("sort_name",)}


class TopicViewSet(SharedViewSet):
    """Tags of something live."""

    path = "topics"
    serializer_class = serializers.TopicSerializer
    filterset_class = filtersets.TopicFilterSet
