"""Pages that stand outside the news."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField, PublishableSerializer, SlugField
from cms.publishing.kinds import Place
from newsroom import checks
from newsroom.body import BodyField, body_html, shown_body
from newsroom.models import Page
from newsroom.serializers.body_html import with_blocks
from newsroom.serializers.seo import SeoSerializer, resolved
from newsroom.serializers.written import WORDS


class PageSerializer(PublishableSerializer):
    """A page that stands outside the news: About, Imprint."""

    endpoint = "newsroom.views.PageViewSet"
    web_path = "/pages/{slug}"
    place = Place(_("Pages"), _("Page"), position=60)
    is_in_feed = False
    called_by = "title"
    words = WORDS
    roles = {"Reporter": ()}
    reading_order = ("title", "standfirst", "body")
    checks = (checks.page_can_be_found, checks.links_say_where_they_lead, checks.headings_go_down_by_one)

    title = LineField(max_length=300, allow_blank=True, required=False)  # type: ignore[assignment] # DRF takes it away
    slug = SlugField(allow_blank=True, required=False)
    body = BodyField(required=False)
    body_html = serializers.SerializerMethodField(help_text="The body as HTML, photos with their credit.")
    seo = SeoSerializer(required=False)

    class Meta:
        kind = "page"
        path = "pages"
        model = Page
        validators: list = []
        card_fields = ["kind", "slug", "url", "web_url", "title", "standfirst", "updated_at"]
        fields = [
            *["kind", "slug", "url", "web_url", "title", "standfirst", "body", "body_html", "updated_at", "seo"],
        ]
        desk_fields: list = []
        own_kind_fields: list = []

    @classmethod
    def from_line(cls, given):
        return with_blocks(given, settings.CONTENT_LANGUAGE)

    @classmethod
    def sort_name(cls, data):
        return data.get("title") or ""

    def get_body(self, publication, data) -> list:
        return shown_body(data.get("body") or [])

    def get_body_html(self, publication, data) -> str:
        return body_html(shown_body(data.get("body") or []))

    def get_seo(self, publication, data) -> dict:
        url = self.get_web_url(publication, data)
        return resolved(data.get("seo"), title=data.get("title"), description=data.get("standfirst"), url=url)
