"""The contract of the kind: what is saved, what readers get, and all that Galley asks of it."""

from cms.content.entries import Recording
from cms.content.serializers import LineField, LinkField, SlugField
from cms.publishing.checks import error
from cms.publishing.kinds import Place
from newsroom.serializers.written import WrittenSerializer
from tests.podcasts.models import Podcast


def podcast_can_be_heard(draft):
    if not draft.data.get("audio_url"):
        yield error("Give the address of the recording.", "audio_url")
    if not draft.data.get("slug"):
        yield error("Give the podcast a slug, the last part of its address.", "slug")


class PodcastSerializer(WrittenSerializer):
    """An episode of a podcast."""

    endpoint = "tests.podcasts.views.PodcastViewSet"
    web_path = "/podcasts/{slug}"
    place = Place("Podcasts", "Podcast", new="New podcast", position=35)
    facet_ranks = {**WrittenSerializer.facet_ranks, "show": 65}
    checks = (podcast_can_be_heard,)

    headline = LineField(max_length=300, allow_blank=True, required=False)
    slug = SlugField(allow_blank=True, required=False)
    cover = LinkField("photo")

    class Meta:
        kind = "podcast"
        path = "podcasts"
        model = Podcast
        validators = []
        card_fields = [
            *["kind", "id", "slug", "url", "web_url", "headline", "standfirst", "published_at", "updated_at"],
            *["language", "section", "topics", "byline", "bylines", "show", "cover"],
        ]
        fields = [*card_fields, "audio_url"]
        desk_fields = []
        own_kind_fields = []

    @classmethod
    def entry(cls, document):
        sound = Recording(document["audio_url"], type="audio/mpeg", medium="audio", title=document["headline"])
        return super().entry(document)._replace(recordings=(sound,))

    @classmethod
    def facets(cls, data):
        yield from super().facets(data)
        yield "show", data["show"]

    @classmethod
    def searched(cls, shown):
        searched = super().searched(shown)
        return searched._replace(rest=[shown["show"], *searched.rest])
