"""The contract of each kind of the newsroom: what the desk saves, and what readers get."""

import re
from collections import defaultdict

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cms.publishing import moments, press
from cms.publishing.files import StoredField, file_url
from cms.publishing.links import Target, is_link, key_of, link
from cms.publishing.models import Publication, Reference
from cms.publishing.notices import notice
from cms.publishing.serializers import (
    KindSerializer,
    LineField,
    LinkField,
    LinksField,
    PartSerializer,
    PublishableSerializer,
    RowsField,
    SharedSerializer,
    SlugField,
    api_url,
    rfc3339,
    web_url,
)
from media import captions, films
from media.serializers import PhotoSerializer
from newsroom.body import BodyField, FlowField, blocks_from_html, body_html, body_in_shape, in_shape, length, plain
from newsroom.models import LANGUAGE, Article, Blurb, Byline, Correction, Credit, Section, Topic, Video, VideoTrack
from newsroom.providers import embed_of


class NamedSerializer(SharedSerializer):
    """A kind with a name, a slug and a page."""

    slug = SlugField()
    url = serializers.SerializerMethodField()
    web_url = serializers.SerializerMethodField()

    def get_url(self, row) -> str:
        return api_url(self.Meta.path, row.slug)

    def get_web_url(self, row) -> str:
        return web_url(self.Meta.kind, row.slug)


class SectionLinkSerializer(NamedSerializer):
    """A section, as other things mention it."""

    class Meta:
        kind = "section"
        path = "sections"
        model = Section
        fields = ["slug", "name", "url"]


class SectionSerializer(NamedSerializer):
    """A section, with its parent and its children."""

    is_always_public = True

    parent = SectionLinkSerializer(allow_null=True, read_only=True)
    children = SectionLinkSerializer(many=True, read_only=True)

    class Meta:
        kind = "section"
        path = "sections"
        model = Section
        fields = ["slug", "name", "url", "web_url", "description", "parent", "children", "position"]
        link_fields = ["slug", "name", "url"]
        writable_fields = ["slug", "name", "description", "parent", "position", "needs_byline"]

    @classmethod
    def implied(cls, keys):
        parents = dict(Section.objects.values_list("pk", "parent"))
        ancestors = {}
        for key in keys:
            found: list = []
            above = parents.get(key)
            while above and above not in found:
                found.append(above)
                above = parents.get(above)
            ancestors[key] = [(cls.Meta.kind, section) for section in found]
        return ancestors

    @classmethod
    def for_list(cls, rows):
        return rows.select_related("parent").prefetch_related("children")


class TopicSerializer(NamedSerializer):
    """A topic. One that was merged into another shows, and leads to, that other."""

    class Meta:
        kind = "topic"
        path = "topics"
        model = Topic
        fields = ["slug", "name", "url", "web_url", "type", "description", "same_as"]
        link_fields = ["slug", "name", "type", "url"]
        writable_fields = ["slug", "name", "type", "description", "same_as"]

    @classmethod
    def load(cls, keys, at):
        rows = Topic.objects.filter(pk__in=list(keys)).select_related("merged_into")
        show = cls.shared_instance().shown
        return {row.pk: Target(show(row.merged_into or row, cls.Meta.link_fields)) for row in rows}

    @classmethod
    def implied(cls, keys):
        merged = Topic.objects.filter(pk__in=list(keys), merged_into__isnull=False)
        return {key: [(cls.Meta.kind, target)] for key, target in merged.values_list("pk", "merged_into")}


class LabelledLinkSerializer(serializers.Serializer):
    label = LineField()  # type: ignore[assignment]  # the stubs take it for DRF's own option
    url = serializers.URLField()


class BylineSerializer(NamedSerializer):
    """A contributor."""

    bio_html = FlowField(max_length=5000, allow_blank=True, required=False)
    portrait = PhotoSerializer(allow_null=True, read_only=True)
    links = LabelledLinkSerializer(many=True, required=False)

    class Meta:
        kind = "byline"
        path = "bylines"
        model = Byline
        fields = ["slug", "name", "url", "web_url", "job_title", "type", "bio_html", "portrait", "links", "email"]
        link_fields = ["slug", "name", "url"]
        writable_fields = ["slug", "name", "job_title", "type", "bio_html", "portrait", "links", "email"]

    @classmethod
    def implied(cls, keys):
        portrayed = Byline.objects.filter(pk__in=list(keys), portrait__isnull=False)
        return {key: [("photo", portrait)] for key, portrait in portrayed.values_list("pk", "portrait")}

    @classmethod
    def for_list(cls, rows):
        return rows.select_related("portrait")

    def show_row(self, row, at):
        portrait = row.portrait if row.portrait and row.portrait.is_usable(at) else None
        shown = self.shown(row, [name for name in self.Meta.fields if name != "portrait"])
        shown["portrait"] = PhotoSerializer.shared_instance().public(portrait) if portrait else None
        return {name: shown[name] for name in self.Meta.fields}, portrait and portrait.usable_until


class TranslationsSerializer(KindSerializer):
    """The live translations of one story, as a thing that each of them mentions: the key is the original's."""

    is_group = True

    class Meta:
        kind = "translations"
        path = ""
        model = Article
        fields = ["language", "slug", "url", "web_url"]

    @classmethod
    def load(cls, keys, at):
        members = Publication.objects.visible(at).filter(
            references__kind="translations", references__key__in=list(keys), references__is_direct=True
        )
        return cls.groups(members.select_related("version").defer("card", "document").order_by("pk"), keys)

    @classmethod
    def load_ahead(cls, keys, at):
        live = Reference.objects.filter(kind="translations", key__in=list(keys), is_direct=True).values("publication")
        at_desk = Article.objects.filter(Q(pk__in=list(keys)) | Q(translation_of__in=list(keys))).values("pk")
        members = Publication.objects.filter(Q(pk__in=live) | Q(kind="article", key__in=at_desk))
        return cls.groups(press.foreseen(members.order_by("pk"), at), keys)

    @classmethod
    def groups(cls, rows, keys):
        by_group = defaultdict(list)
        for row in rows:
            by_group[row.version.data["translation_of"]["id"]].append(row)
        return {
            key: Target(
                [
                    {
                        "language": row.version.data["language"],
                        "slug": row.slug,
                        "url": api_url("articles", row.slug),
                        "web_url": web_url("article", row.slug),
                    }
                    for row in by_group[str(key)]
                ],
                until=min((row.live_until for row in by_group[str(key)] if row.live_until), default=None),
            )
            for key in keys
        }


class TranslationSerializer(serializers.Serializer):
    """The same story in another language."""

    language = serializers.CharField()
    slug = SlugField()
    url = serializers.URLField()
    web_url = serializers.URLField()


class TranslationField(LinkField):
    """The story that this one translates. Kept as a link to the group of all its translations."""

    def __init__(self, **kwargs):
        super().__init__("article", **kwargs)

    def to_internal_value(self, data):
        if is_link(data) and data["link"] == "translations" and "names" not in self.context:
            return link("translations", key_of(data))  # as a snapshot has it
        return super().to_internal_value(data)

    def link_to(self, key, **placed):
        return link("translations", key)

    def get_attribute(self, instance):
        return self.link_to(instance.translation_of_id or instance.pk)


class BylinePlacementSerializer(serializers.Serializer):
    """A byline on an item, with what its bearer did for it."""

    slug = SlugField()
    name = serializers.CharField()
    role = serializers.ChoiceField(["writer", "photographer", "editor", "translator", "contributor"])
    url = serializers.URLField()


class BylinesField(LinksField):
    """Bylines in order, each with its role."""

    default_error_messages = {"role": "write one of {roles}"}
    shape = BylinePlacementSerializer
    roles = ("writer", "photographer", "editor", "translator", "contributor")

    def __init__(self, **kwargs):
        super().__init__("byline", "placed_bylines", placement=("role",), **kwargs)

    def to_internal_value(self, data):
        links = super().to_internal_value(data)
        for placed in links:
            placed["role"] = placed["role"] or "writer"
            if placed["role"] not in self.roles:
                self.fail("role", roles=", ".join(self.roles))
        return links


class MomentField(serializers.DateTimeField):
    """A moment, as a snapshot keeps it."""

    def to_internal_value(self, data):
        if isinstance(data, str):
            try:
                return rfc3339(moments.read(data))
            except (ValueError, OverflowError):
                self.fail("invalid", format="2026-02-20T11:30:00Z")
        return rfc3339(super().to_internal_value(data))

    def to_representation(self, value):
        return value if isinstance(value, str) else rfc3339(value)


class CorrectionSerializer(PartSerializer):
    """A dated public note on a story. One that does not say when it was made is made now."""

    type = serializers.ChoiceField(Correction.Type.choices, default=Correction.Type.CORRECTION)
    text = serializers.CharField(max_length=2000)
    published_at = MomentField()

    def to_internal_value(self, data):
        if isinstance(data, dict) and not data.get("published_at"):
            data = {**data, "published_at": rfc3339(timezone.now())}
        return super().to_internal_value(data)

    def to_representation(self, row):
        return {"type": row.type, "text": row.text, "published_at": rfc3339(row.published_at)}

    @staticmethod
    def to_row(value):
        return {**value, "published_at": parse_datetime(value["published_at"])}


class SeoSerializer(PartSerializer):
    """What search engines and social networks are told, where it differs from the story itself."""

    title = LineField(max_length=300, allow_blank=True, allow_null=True, required=False)
    description = LineField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    canonical_url = serializers.URLField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    image = LinkField("photo")

    def to_internal_value(self, data):
        return {name: value for name, value in super().to_internal_value(data).items() if value}

    def to_representation(self, value):
        return value


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


class ArticleSerializer(WrittenSerializer):
    """A story."""

    later_keys = frozenset({"start"})  # of a list
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
        return {**given, "corrections": [_dated_as_before(correction, dated) for correction in given["corrections"]]}

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


def _dated_as_before(correction, dated):
    """A correction of a line that does not say when it was made, with the time that it got the first time."""
    if not isinstance(correction, dict) or correction.get("published_at"):
        return correction
    kind, text = correction.get("type", Correction.Type.CORRECTION), correction.get("text")
    if not isinstance(kind, str) or not isinstance(text, str):
        return correction
    return {**correction, "published_at": dated.get((kind, text.strip()))}


def length_of(data: dict) -> list[int]:
    """The words of a story and the minutes that it takes to read them."""
    return list(length(body_in_shape(data.get("body") or []), data.get("language") or ""))


def shown_body(blocks: list[dict]) -> list[dict]:
    """A body as readers get it: galleries that have lost all their photos go, embeds get their HTML."""
    shown = []
    for block in blocks:
        if block["type"] == "gallery" and not block["photos"]:
            continue
        block = in_shape(block)
        if block["type"] == "embed":
            found = embed_of(block["url"])
            block = {
                "id": block["id"],
                "type": "embed",
                "provider": found["provider"] if found else block["provider"],
                "url": block["url"],
                "html": found["html"] if found else None,
                "title": block["title"],
            }
        shown.append(block)
    return shown


class TrackSerializer(PartSerializer):
    """A WebVTT file beside a video."""

    kind = serializers.ChoiceField(VideoTrack.Kind.values, default="captions")
    language = serializers.CharField(max_length=35)
    label = LineField(max_length=100)  # type: ignore[assignment]  # as above
    url = serializers.URLField(max_length=1000)


class WrittenTrackSerializer(TrackSerializer):
    """The same as it is written: a file of ours, or an address elsewhere."""

    language = serializers.RegexField(LANGUAGE, max_length=35)
    url = serializers.URLField(max_length=1000, allow_blank=True, allow_null=True, required=False)
    file = StoredField()

    def to_internal_value(self, data):
        track = super().to_internal_value(data)
        track = {name: track.get(name) or None for name in ("kind", "language", "label", "file", "url")}
        if not track["file"] and not track["url"]:
            raise serializers.ValidationError({"file": _("give the track a file or an address")})
        if track["file"] and track["url"]:
            raise serializers.ValidationError({"url": _("give the track a file or an address, not both")})
        return track

    def to_representation(self, row):
        return {
            "kind": row.kind,
            "language": row.language,
            "label": row.label,
            "file": {"stored": row.file} if row.file else None,
            "url": row.url or None,
        }

    @staticmethod
    def to_row(value):
        return {**value, "file": (value["file"] or {}).get("stored", ""), "url": value["url"] or ""}


def has_captions(data: dict) -> bool:
    """Whether a video's words can be read: chapters and descriptions are tracks as well."""
    return any(track["kind"] in {"captions", "subtitles"} for track in data.get("tracks") or [])


class VideoSourceSerializer(serializers.Serializer):
    """One file of a video."""

    url = serializers.URLField()
    type = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class EmbedSerializer(serializers.Serializer):
    """A provider's player."""

    provider = serializers.CharField()
    url = serializers.URLField()
    html = serializers.CharField()


def file_path(folder: str, key: object, stored: str) -> str:
    """Where readers find a stored file of a video. It is called by the beginning of its content's hash."""
    checksum, _dot, extension = stored.rsplit("/", 1)[-1].partition(".")
    return f"/media/{folder}/{key}/{checksum[:32]}.{extension}"


class VideoSerializer(WrittenSerializer):
    """A video."""

    headline = LineField(max_length=300, allow_blank=True, required=False)
    slug = SlugField(allow_blank=True, required=False)
    poster = LinkField("photo", placement=())
    has_captions = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    embed = serializers.SerializerMethodField()
    file = StoredField()
    tracks = RowsField("placed_tracks", child=WrittenTrackSerializer())
    usable_until = MomentField(allow_null=True, required=False)
    transcript_html = serializers.SerializerMethodField()

    class Meta:
        kind = "video"
        path = "videos"
        model = Video
        validators: list = []
        card_fields = [
            "kind",
            "id",
            "slug",
            "url",
            "web_url",
            "headline",
            "standfirst",
            "label",
            "published_at",
            "updated_at",
            "language",
            "section",
            "topics",
            "byline",
            "bylines",
            "poster",
            "duration_seconds",
            "has_captions",
        ]
        fields = [
            *card_fields,
            "sources",
            "embed",
            "tracks",
            "transcript",
            "transcript_html",
            "credit_line",
            "copyright_notice",
        ]
        desk_fields = ["provider_url", "file", "usable_until"]
        own_kind_fields: list = []

    @classmethod
    def linked_names(cls):
        return cls.written()

    @classmethod
    def facets(cls, data):
        yield from super().facets(data)
        if has_captions(data):
            yield "has_captions", "true"

    @classmethod
    def rights_end(cls, data):
        return parse_datetime(data.get("usable_until") or "")

    @classmethod
    def take_files(cls, given, take):
        taken = dict(given)
        if given.get("file"):
            taken["file"] = take("file", given["file"], films.admit)
            if given.get("duration_seconds") is None:
                taken["duration_seconds"] = taken["file"]["seconds"]
        if isinstance(given.get("tracks"), list):
            taken["tracks"] = [
                {**track, "file": take("tracks", track["file"], captions.admit)}
                if isinstance(track, dict) and track.get("file")
                else track
                for track in given["tracks"]
            ]
        return taken

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        item.usable_until = cls.rights_end(data)

    def get_has_captions(self, publication, data) -> bool:
        return has_captions(data)

    def get_sources(self, publication, data) -> list:
        file = data.get("file")
        if not file:
            return []
        url = file_url(file_path("videos", publication.key, file["stored"]))
        return [{"url": url, **{name: file[name] for name in ("type", "width", "height")}}]

    get_sources.shape = VideoSourceSerializer

    def get_embed(self, publication, data) -> dict | None:
        url = data.get("provider_url")
        return embed_of(url) if url else None

    get_embed.shape = EmbedSerializer

    def get_tracks(self, publication, data) -> list:
        return [
            {
                "kind": track["kind"],
                "language": track["language"],
                "label": track["label"],
                "url": file_url(file_path("tracks", publication.key, track["file"]["stored"]))
                if track["file"]
                else track["url"],
            }
            for track in data.get("tracks") or []
        ]

    get_tracks.shape = TrackSerializer

    def get_transcript_html(self, publication, data) -> str | None:
        parts = re.split(r"\n\s*\n", (data.get("transcript") or "").replace("\r\n", "\n"))
        lines = ["<br>".join(escape(line.strip()) for line in part.strip().split("\n")) for part in parts]
        return "".join(f"<p>{line}</p>" for line in lines if line) or None


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
            "text",
            "text_html",
            "published_at",
            "updated_at",
            "breaking",
            "language",
            "section",
            "topics",
            "byline",
            "bylines",
            "photo",
            "article",
            "video",
            "source",
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
    def title(cls, data):
        return plain(data.get("text_html") or "")[:80]

    def get_text(self, publication, data) -> str:
        return plain(data.get("text_html") or "")
