"""The short items of the news feed."""

from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField, LinkField
from cms.publishing.kinds import Place
from newsroom import checks
from newsroom.body import FlowField, plain
from newsroom.body.elsewhere import figure_elsewhere, story_elsewhere
from newsroom.models import Blurb
from newsroom.serializers.live import live_stories
from newsroom.serializers.written import WrittenSerializer, ai_html


class NewsSourceSerializer(serializers.Serializer):
    """Where news comes from."""

    name = serializers.CharField()
    url = serializers.URLField(allow_null=True)


class SourceField(serializers.Field):
    """Where a blurb's news comes from: {name, url}, or null."""

    default_error_messages = {"form": 'write {{"name": "...", "url": "https://..."}}'}
    shape = NewsSourceSerializer

    def __init__(self, **kwargs):
        super().__init__(**{"allow_null": True, "required": False, "source": "*", **kwargs})

    def get_attribute(self, instance):
        if not instance.source_name:
            return None
        return {"name": instance.source_name, "url": instance.source_url or None}

    def to_representation(self, value):
        return value

    def to_internal_value(self, data):
        if data is None:
            return {"source": None}
        if not isinstance(data, dict) or data.keys() - {"name", "url"} or not data.get("name"):
            self.fail("form")
        name = LineField(max_length=200).run_validation(data["name"])
        url = serializers.URLField(max_length=500, allow_null=True).run_validation(data.get("url"))
        return {"source": {"name": name, "url": url}}


class BlurbTextField(FlowField):
    """The text of a blurb, under 1,000 characters."""

    default_error_messages = {"long": "write fewer than 1,000 characters"}

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        if len(plain(text)) >= 1000:
            self.fail("long")
        return text


class BlurbSerializer(WrittenSerializer):
    """A short item of the news feed."""

    endpoint = "newsroom.views.BlurbViewSet"
    web_path = "/blurbs/{id}"
    is_in_sitemap = False  # search engines call pages of three sentences thin
    place = Place(_("Blurbs"), _("Blurb"), new=_("New blurb"), key="b", go="b", position=20)
    other_formats = {
        "jsonld": "newsroom.formats.jsonld.blurb",
        "ninjs": "newsroom.formats.ninjs.blurb",
        "md": "newsroom.formats.markdown.blurb",
        "email": "newsroom.formats.mail.blurb",
    }
    later_keys = frozenset({"ai_use", "is_key", "is_pinned", "title"})
    facet_ranks = {**WrittenSerializer.facet_ranks, "is_key": 15, "is_pinned": 12}
    not_copied = ("breaking", "is_key", "is_pinned")
    checks = (checks.blurb_has_a_text, checks.links_say_where_they_lead)
    text = serializers.SerializerMethodField()
    text_html = BlurbTextField(allow_blank=True, required=False)
    photo = LinkField("photo")
    article = LinkField("article")
    video = LinkField("video")
    source = SourceField()  # type: ignore[assignment]  # the stubs take it for DRF's own option

    class Meta:
        kind = "blurb"
        path = "blurbs"
        model = Blurb
        validators: list = []
        fields = [
            "kind",
            "id",
            "url",
            "web_url",
            "label",
            "title",
            "text",
            "text_html",
            "published_at",
            "updated_at",
            "breaking",
            "is_key",
            "is_pinned",
            "language",
            "section",
            "topics",
            "byline",
            "bylines",
            "photo",
            "article",
            "video",
            "source",
            "ai_use",
        ]
        card_fields = fields
        desk_fields: list = []
        own_kind_fields: list = []

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        source = data.get("source") or {}
        item.source_name, item.source_url = source.get("name") or "", source.get("url") or ""

    @classmethod
    def searched(cls, shown):
        """Its title where it has one; its text is as short as a headline."""
        searched = super().searched(shown)._replace(headline=shown.get("title") or "")
        source = (shown.get("source") or {}).get("name") or ""
        prominent = [*searched.prominent, plain(shown.get("text_html") or "")]
        return searched._replace(prominent=prominent, rest=[source, *searched.rest])

    @classmethod
    def title(cls, data):
        return data.get("title") or plain(data.get("text_html") or "")[:80]

    @classmethod
    def facets(cls, data):
        yield from super().facets(data)
        for name in ("is_key", "is_pinned"):
            if data.get(name):
                yield name, "true"

    @classmethod
    def shown_beside(cls, mentioned, moved):
        """The live story that it is an update of: it lists the key events, and its other forms all updates."""
        if stories := [key for kind, key in mentioned if kind == "article"]:
            yield live_stories(stories)

    @classmethod
    def card_of(cls, document):
        """In a list, the story that it leads to comes without its pictures: the blurb's own is what a feed shows."""
        card = super().card_of(document)
        story = card["article"]
        return {**card, "article": {**story, "lead_photo": None, "lead_video": None}} if story else card

    @classmethod
    def entry(cls, document):
        photo, source = document["photo"], document["source"]
        url = source["url"] if source else None
        named = escape(source["name"]) if source else ""
        parts = [
            document["text_html"] or "",
            figure_elsewhere(photo) if photo else "",
            *(story_elsewhere(document[name]) for name in ("article", "video") if document[name]),
            f'<p><cite><a href="{escape(url)}">{named}</a></cite></p>' if url else "",
            f"<p><cite>{named}</cite></p>" if named and not url else "",
            ai_html(document),
        ]
        entry = super().entry(document)
        return entry._replace(
            title=document["title"] or "", summary=document["text"] or "", html="".join(parts), source_url=url or ""
        )

    def get_is_key(self, publication, data) -> bool:
        return bool(data.get("is_key"))  # older snapshots do not say it

    def get_is_pinned(self, publication, data) -> bool:
        return bool(data.get("is_pinned"))

    def get_text(self, publication, data) -> str:
        return plain(data.get("text_html") or "")
