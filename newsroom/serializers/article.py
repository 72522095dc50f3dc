"""Stories."""

from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField, LinkField, LinksField, RowsField, SlugField, api_url
from cms.notices import notice
from cms.publishing.kinds import Beside, Place
from cms.publishing.links import key_of, link
from cms.publishing.models import Publication
from media.photos.markup import as_picture
from newsroom import checks
from newsroom.body import (
    BodyField,
    body_html,
    body_in_shape,
    free_blocks,
    length,
    shown_body,
    text_of_body,
)
from newsroom.body.elsewhere import figure_elsewhere, film_elsewhere, html_elsewhere
from newsroom.models import Article
from newsroom.serializers.access import MeteredSerializer, is_free
from newsroom.serializers.body_html import with_blocks
from newsroom.serializers.correction import CorrectionSerializer, dated_as_before
from newsroom.serializers.live import EndedField, LiveSerializer, is_live_story, key_events
from newsroom.serializers.seo import SeoSerializer, resolved
from newsroom.serializers.series import SeriesSerializer, parts_of, places, series_in
from newsroom.serializers.series import shown as shown_place
from newsroom.serializers.translations import TranslationField, TranslationSerializer
from newsroom.serializers.video import recording_of
from newsroom.serializers.written import WrittenSerializer, ai_html, notes_html, notes_of


class ArticleSerializer(MeteredSerializer, WrittenSerializer):
    """A story."""

    endpoint = "newsroom.views.ArticleViewSet"
    web_path = "/articles/{slug}"
    place = Place(_("Stories"), _("Story"), new=_("New story"), mine=_("My stories"), key="n", go="s", position=10)
    is_news = True
    other_formats = {
        "jsonld": "newsroom.formats.jsonld.article",
        "ninjs": "newsroom.formats.ninjs.article",
        "md": "newsroom.formats.markdown.article",
        "email": "newsroom.formats.mail.article",
    }
    rank = 10
    later_keys = frozenset({"access", "ai_use", "live_ended_at", "start"})  # the last of a list
    only_added = ("corrections",)
    not_copied = ("slug", "corrections", "breaking", "translation_of")
    facet_ranks = {**WrittenSerializer.facet_ranks, "corrected": 40, "genre": 70}
    checks = (
        checks.has_a_headline,
        checks.story_has_a_slug,
        checks.has_a_byline_where_asked,
        checks.is_complete,
        checks.lead_photo_is_described,
        checks.links_say_where_they_lead,
        checks.headings_go_down_by_one,
        checks.something_is_left_to_be_opened,
    )
    headline = LineField(max_length=300, allow_blank=True, required=False)
    slug = SlugField(allow_blank=True, required=False)
    lead_photo = LinkField("photo", placement=("caption", "alt_text"))
    lead_video = LinkField("video", whole_in_details=True)
    body = BodyField(required=False)
    body_html = serializers.SerializerMethodField(help_text="The body as HTML, photos with their credit.")
    related = LinksField("article", "placed_related", target="related")
    corrections = RowsField("placed_corrections", child=CorrectionSerializer())
    translation_of = TranslationField()
    translations = serializers.SerializerMethodField()
    seo = SeoSerializer(required=False)
    live_ended_at = EndedField(allow_null=True, required=False)
    live = serializers.SerializerMethodField()
    series = serializers.SerializerMethodField()
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
            "access",
            "ai_use",
        ]
        fields = [
            *[*card_fields, "is_whole", "dateline", "body", "body_html", "related", "corrections", "translations"],
            *["seo", "live", "series"],
        ]
        desk_fields = ["translation_of", "live_ended_at"]
        own_kind_fields = ["related", "translation_of"]

    @classmethod
    def searched(cls, shown):
        corrections = [correction["text"] for correction in shown.get("corrections") or []]
        text = text_of_body(body_in_shape(shown.get("body") or []))
        searched = super().searched(shown)
        return searched._replace(rest=[shown.get("dateline") or "", text, *corrections, *searched.rest])

    @classmethod
    def from_line(cls, given):
        language = given.get("language")
        return with_blocks(given, language if isinstance(language, str) else "")

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
    def copied(cls, data):
        """Without the address where the former was published first, which is not the new one's."""
        seo = {name: value for name, value in (data.get("seo") or {}).items() if name != "canonical_url"}
        return super().copied({**data, "seo": seo})

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
        if "live_ended_at" in data:
            item.live_ended_at = parse_datetime(data["live_ended_at"] or "")

    @classmethod
    def target(cls, publication):
        target = super().target(publication)
        data = publication.version.data
        also = {"corrections": data.get("corrections"), "length": length_of(data)}
        target.data |= also
        if target.opened is not None:
            target.opened |= also
        return target

    @classmethod
    def free_part(cls, data):
        """The body up to the desk's mark; where there is none, its first blocks."""
        if is_free(data):
            return data
        return {**data, "body": free_blocks(data.get("body") or []), "is_whole": False}

    @classmethod
    def beside(cls, publications, at, *, ahead=False):
        """The key events of a live story; of a part of a series its neighbours."""
        live = [publication.key for publication in publications if is_live_story(publication.shown.data)]
        beside = key_events(live, at, ahead=ahead) if live else {}
        for key, in_series in places(publications, at, ahead=ahead).items():
            events = beside.get(key, Beside({}))
            beside[key] = events._replace(data={**events.data, "series": in_series})
        return beside

    @classmethod
    def shown_beside(cls, mentioned, moved):
        """The other parts of a series: there is one more or less of them, or their order is another."""
        if in_series := series_in(moved):
            yield Publication.objects.filter(pk__in=parts_of(in_series).values("publication"))

    @classmethod
    def facets(cls, data):
        yield from super().facets(data)
        yield "genre", data["genre"]
        if data.get("corrections"):
            yield "corrected", "true"

    @classmethod
    def entry(cls, document):
        entry, blocks = super().entry(document), document["body"]
        notes = notes_of(document)
        photos = [photo for block in blocks for photo in [block.get("photo"), *block.get("photos", [])] if photo]
        videos = [document["lead_video"], *(block.get("video") for block in blocks)]
        standfirst = f"<p><strong>{escape(entry.summary)}</strong></p>" if entry.summary else ""
        lead = figure_elsewhere(document["lead_photo"]) if document["lead_photo"] else ""
        lead += film_elsewhere(document["lead_video"]) if document["lead_video"] else ""
        pictures = {}  # each once, as it is placed first
        for picture in (*entry.pictures, *map(as_picture, photos)):
            if picture:
                pictures.setdefault(picture.url, picture)
        return entry._replace(
            html=standfirst + lead + html_elsewhere(blocks) + ai_html(document) + notes_html(notes, entry.language),
            pictures=tuple(pictures.values()),
            recordings=tuple(recording_of(video) for video in videos if video),
            notes=notes,
        )

    @classmethod
    def pictures_of(cls, card):
        video = card["lead_video"]
        poster = as_picture(video["poster"]) if video and video["poster"] else None
        return (*super().pictures_of(card), *([poster] if poster else []))

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

    def get_live(self, publication, data) -> dict | None:
        if not is_live_story(data):
            return None
        return {
            "state": "ended" if data.get("live_ended_at") else "live",
            "updates_url": f"{self.get_url(publication, data)}updates/",
            "key_events": data.get("key_events") or [],
        }

    get_live.shape = LiveSerializer

    def get_series(self, publication, data) -> list:
        return [shown_place(place) for place in data.get("series") or []]

    get_series.shape = SeriesSerializer

    def get_seo(self, publication, data) -> dict:
        return resolved(
            data.get("seo"),
            title=data.get("headline"),
            description=data.get("standfirst"),
            url=self.get_web_url(publication, data),
            image=data.get("lead_photo"),
        )


def length_of(data: dict) -> list[int]:
    """The words of a story and the minutes that it takes to read them."""
    return list(length(body_in_shape(data.get("body") or []), data.get("language") or ""))
