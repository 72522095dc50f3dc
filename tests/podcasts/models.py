"""Episodes of a podcast, as the desk has them."""

from django.db import models

from cms.database.fields import SearchTextField, WebAddressField
from media.models import Photo
from newsroom.models.credits import Credit
from newsroom.models.written import MOST_SEARCHED, Headlined, one_desk_item_a_slug


class Podcast(Headlined):
    """An episode. What it shares with stories and videos (headline, section, topics, bylines) it has from Headlined."""

    class Show(models.TextChoices):
        DAILY = "daily", "The daily"
        LONG = "long", "The long one"

    kind = "podcast"

    show = models.CharField(max_length=20, choices=Show, default=Show.DAILY)
    audio_url = WebAddressField("address of the recording", max_length=500, blank=True)
    cover = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+")
    search_text = SearchTextField(sources=["headline", "slug"], most=MOST_SEARCHED)

    class Meta(Headlined.Meta):
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_podcast_a_slug")]
        permissions = [
            ("change_any_podcast", "Can change podcasts of others"),
            ("approve_podcast", "Can approve podcasts"),
            ("send_back_podcast", "Can send podcasts back to be written on"),
            ("publish_podcast", "Can publish, schedule and update podcasts"),
            ("withdraw_podcast", "Can withdraw podcasts"),
        ]


class PodcastByline(Credit):
    podcast = models.ForeignKey(Podcast, models.CASCADE, related_name="placed_bylines")
