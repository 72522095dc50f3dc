"""Stories."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField, LinkField, LinksField, RowsField, SlugField, api_url
from cms.notices import notice
from cms.publishing.kinds import Place
from cms.publishing.links import key_of, link
from newsroom import checks
from newsroom.body import BodyField, blocks_from_html, body_html, body_in_shape, length, shown_body
from newsroom.models import Article
from newsroom.serializers.correction import CorrectionSerializer, dated_as_before
from newsroom.serializers.seo import SeoSerializer
from newsroom.serializers.translations import TranslationField, TranslationSerializer
from newsroom.serializers.written import WrittenSerializer


class ArticleSerializer(WrittenSerializer):
    """A story."""

    endpoint = "newsroom.views.ArticleViewSet"
    web_path = "/articles/{slug}"
    place = Place(_("Stories"), _("Story"), new=_("New story"), mine=_("My stories"), key="n", go="s", position=10)
    later_keys = frozenset({"start"})  # of a list
    facet_ranks = {**WrittenSerializer.facet_ranks, "corrected": 40, "genre": 70}
    checks = (
        checks.has_a_headline,
        checks.story_has_a_slug,
        checks.has_a_byline_where_asked,
        checks.is_complete,
        checks.lead_photo_is_described,
        checks.links_say_where_they_lead,
        checks.headings_go_down_by_one,
    )
    headline = LineField(max_length=300, allow_blank=True, required=False)
    slug = SlugField(allow_blank=True, required=False)
    lead_photo = LinkField("photo", placement=("caption", "alt_text"))
    lead_video = LinkField("video")
    body = BodyField(required=False)
    body_html = serializers.SerializerMethodField(help_text="The body as HTML, photos with their credit.")
    related = LinksField("article", "placed_related", target="related")
    corrections = RowsField("placed_corrections", child=CorrectionSerializer())
    translation_of = TranslationField()
    translations = serializers.SerializerMethodField()
    seo = SeoSerializer(required=False)
    corrected = serializers.SerializerMethodField()
    word_count = serializers.SerializerMethodField()
    reading_minutes = serializers.SerializerMethodField(help_text="How long reading it takes, at least 1.")

    class Meta:
        kind = "article"
        path = "articles"
        model = Article
        validators: list = []
        card_fields = [
            "kind",
            "id",
            "slug",
            "url",
            "web_url",
            "headline",
            "kicker",
            "standfirst",
            "genre",
            "language",
            "published_at",
            "updated_at",
            "breaking",
            "corrected",
            "word_count",
            "reading_minutes",
            "section",
            "topics",
            "byline",
            "bylines",
            "lead_photo",
            "lead_video",
        ]
        fields = [*card_fields, "dateline", "body", "body_html", "related", "corrections", "translations", "seo"]
        desk_fields = ["translation_of"]
        own_kind_fields = ["related", "translation_of"]

    @classmethod
    def from_line(cls, given):
        if "body_html" not in given:
            return given
        if "body" in given:
            raise serializers.ValidationError({"body_html": "give body or body_html, not both"})
        if not isinstance(given["body_html"], str):
            raise serializers.ValidationError({"body_html": "write a text"})
        rest = {name: value for name, value in given.items() if name != "body_html"}
        language = given.get("language")
        return {**rest, "body": blocks_from_html(given["body_html"], language if isinstance(language, str) else "")}

    @classmethod
    def as_before(cls, given, former):
        if not isinstance(given.get("corrections"), list):
            return given
        dated = {(was["type"], was["text"]): was["published_at"] for was in former.get("corrections") or []}
        return {**given, "corrections": [dated_as_before(correction, dated) for correction in given["corrections"]]}

    @classmethod
    def without_itself(cls, key, data):
        if any(key_of(other) == key for other in data.get("related") or []):
            notice("related", "related: it names itself, which is left out")
            data = {**data, "related": [other for other in data["related"] if key_of(other) != key]}
        cards = [block for block in data.get("body") or [] if block["type"] == "related"]
        own = [block for block in cards if key_of(block["article"]) == key]
        if own:
            notice("related", "body: a block shows the story inside itself, which is left out")
            data = {**data, "body": [block for block in data["body"] if block not in own]}
        return data

    @classmethod
    def complete(cls, key, data):
        group = data.get("translation_of") or link("translations", key)
        original = key_of(group)
        if original != key:
            original = Article.objects.filter(pk=original).values_list("translation_of", flat=True).first() or original
        data["translation_of"] = link("translations", original)
        data["related"] = [other for other in data["related"] if key_of(other) != key]

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        if item.translation_of_id == item.pk:
            item.translation_of_id = None

    @classmethod
    def target(cls, publication):
        target = super().target(publication)
        data = publication.version.data
        target.data |= {"corrections": data.get("corrections"), "length": length_of(data)}
        return target

    @classmethod
    def facets(cls, data):
        yield from super().facets(data)
        yield "genre", data["genre"]
        if data.get("corrections"):
            yield "corrected", "true"

    def get_corrected(self, publication, data) -> bool:
        return bool(data.get("corrections"))

    def get_word_count(self, publication, data) -> int:
        return self._length(publication, data)[0]

    def get_reading_minutes(self, publication, data) -> int:
        return self._length(publication, data)[1]

    def _length(self, publication, data) -> list[int]:
        """Words and minutes; both are asked for, and counted once."""
        if "length" not in data:
            data["length"] = length_of(publication.version.data)
        return data["length"]

    def get_body(self, publication, data) -> list:
        return shown_body(data.get("body") or [])

    def get_body_html(self, publication, data) -> str:
        return body_html(shown_body(data.get("body") or []))

    def get_translations(self, publication, data) -> list:
        own = {self.get_url(publication, data), api_url(self.Meta.path, publication.former_slug)}
        return [other for other in data.get("translation_of") or [] if other["url"] not in own]

    get_translations.shape = TranslationSerializer

    def get_seo(self, publication, data) -> dict:
        seo = data.get("seo") or {}
        return {name: seo.get(name) or None for name in ("title", "description", "canonical_url", "image")}


def length_of(data: dict) -> list[int]:
    """The words of a story and the minutes that it takes to read them."""
    return list(length(body_in_shape(data.get("body") or []), data.get("language") or ""))
