"""What articles, blurbs and videos have in common."""

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.content.serializers import LinkField, LinksField, PublishableSerializer
from newsroom.models import LANGUAGE, Correction, Credit, VideoTrack
from newsroom.serializers.credits import BylinesField

WORDS = {
    "alt_text": gettext_lazy("alt text here"),
    "attribution": gettext_lazy("said by"),
    "bylines": gettext_lazy("bylines"),
    "canonical_url": gettext_lazy("original address"),
    "caption": gettext_lazy("caption here"),
    "header_columns": gettext_lazy("header columns"),
    "header_rows": gettext_lazy("header rows"),
    "corrections": gettext_lazy("corrections"),
    "description": gettext_lazy("description"),
    "divider": gettext_lazy("Divider"),
    "embed": gettext_lazy("Embed"),
    "factbox": gettext_lazy("Fact box"),
    "gallery": gettext_lazy("Gallery"),
    "heading": gettext_lazy("Heading"),
    "image": gettext_lazy("picture"),
    "list": gettext_lazy("List"),
    "name": gettext_lazy("name"),
    "paragraph": gettext_lazy("Paragraph"),
    "photo": gettext_lazy("Photo"),
    "provider": gettext_lazy("provider"),
    "published_at": gettext_lazy("dated"),
    "pullquote": gettext_lazy("Pull quote"),
    "quote": gettext_lazy("Quote"),
    "related": gettext_lazy("related story"),
    "seo": gettext_lazy("search engines"),
    "source": gettext_lazy("source"),
    "start": gettext_lazy("begins with"),
    "stored": gettext_lazy("stored as"),
    "table": gettext_lazy("Table"),
    "title": gettext_lazy("title"),
    "tracks": gettext_lazy("captions"),
    "url": gettext_lazy("address"),
    "video": gettext_lazy("Video"),
    **dict(Credit.Role.choices),
    **dict(Correction.Type.choices),
    **dict(VideoTrack.Kind.choices),
}


class WrittenSerializer(PublishableSerializer):
    """What articles, blurbs and videos have in common."""

    words = WORDS
    linked_web_parts = {"section": "section"}
    facet_ranks = {"breaking": 30, "language": 80}
    reading_order = (
        *["kicker", "headline", "standfirst", "label", "text_html", "bylines", "dateline", "lead_photo", "lead_video"],
        *["photo", "poster", "file", "provider_url", "body", "corrections", "related", "article", "video", "source"],
        *["section", "topics", "breaking"],
    )

    section = LinkField("section")
    topics = LinksField("topic", "topics")
    bylines = BylinesField()
    byline = serializers.SerializerMethodField(help_text='The line as printed: "By A and B".')
    language = serializers.RegexField(LANGUAGE, max_length=35, required=False)

    @classmethod
    def facets(cls, data):
        parts = data["language"].split("-")
        for depth in range(1, len(parts) + 1):
            yield "language", "-".join(parts[:depth]).lower()
        if data.get("breaking"):
            yield "breaking", "true"

    def get_topics(self, publication, data) -> list:
        """Each once: two of them may have been merged."""
        return list({topic["slug"]: topic for topic in data.get("topics") or []}.values())

    def get_byline(self, publication, data) -> str | None:
        placed = data.get("bylines") or []
        names = [byline["name"] for byline in placed if byline["role"] == "writer"]
        names = names or [byline["name"] for byline in placed]
        if not names:
            return None
        *firsts, last = names
        return f"By {', '.join(firsts)} and {last}" if firsts else f"By {last}"
