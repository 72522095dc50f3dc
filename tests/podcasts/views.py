"""What readers ask: the list, what it can be filtered by, and one of it."""

from cms.api.filters import FacetFilter, SlugFilter
from cms.api.views import PublicationViewSet
from newsroom.filtersets import WrittenFilterSet
from tests.podcasts.models import Podcast
from tests.podcasts.serializers import PodcastSerializer


class PodcastFilterSet(WrittenFilterSet):
    show = FacetFilter("show", Podcast.Show.values)
    slug = SlugFilter()


class PodcastViewSet(PublicationViewSet):
    """Live podcasts, newest first."""

    path = "podcasts"
    serializer_class = PodcastSerializer
    filterset_class = PodcastFilterSet
