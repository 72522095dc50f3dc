"""The page and the list at the desk."""

from django.contrib import admin

from cms.desk.lists.change_lists import SearchedFilter
from newsroom.admin.credits import BylineInline
from newsroom.admin.written import WrittenAdmin
from newsroom.forms.written import HEADLINE, STANDFIRST, HeadlinedForm
from tests.podcasts.models import Podcast, PodcastByline


class PodcastForm(HeadlinedForm):
    class Meta:
        model = Podcast
        fields = "__all__"
        widgets = {"headline": HEADLINE, "standfirst": STANDFIRST}


class PodcastBylineInline(BylineInline):
    model = PodcastByline


@admin.register(Podcast)
class PodcastAdmin(WrittenAdmin):
    form = PodcastForm
    inlines = [PodcastBylineInline]
    list_filter = [("section", SearchedFilter), "show"]
    search_fields = ["search_text"]
    photo_fields = ("cover",)
    fieldsets = [
        (None, {"fields": ["headline", "standfirst", "cover", "audio_url"]}),
        (None, {"fields": ["section", "topics", "show"]}),
        ("Address, language", {"classes": ["collapse"], "fields": ["slug", "language"]}),
    ]
