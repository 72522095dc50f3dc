"""Videos."""

import re

from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.entries import Recording
from cms.content.serializers import LineField, LinkField, RowsField, SlugField
from cms.files import StoredField, file_url
from cms.publishing.kinds import Place
from media.videos import captions, gate
from media.videos.passes import pass_for
from newsroom import checks
from newsroom.body.elsewhere import film_elsewhere
from newsroom.models import Video
from newsroom.providers import embed_of
from newsroom.serializers.access import MeteredSerializer, is_free
from newsroom.serializers.moment import MomentField
from newsroom.serializers.track import TrackSerializer, WrittenTrackSerializer
from newsroom.serializers.written import WrittenSerializer, ai_html


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


def recording_of(video: dict) -> Recording:
    """A video, as readers' JSON has it whole, for feeds."""
    file: dict = next(iter(video.get("sources") or []), {})
    embed = video.get("embed") or {}
    return Recording(
        url=file.get("url", ""),
        player="" if file else embed.get("url") or video["web_url"],
        type=file.get("type", ""),
        medium="video",
        title=video["headline"] or "",
        seconds=video["duration_seconds"] or 0,
        width=file.get("width") or 0,
        height=file.get("height") or 0,
        credit_line=video.get("credit_line") or "",
        copyright_notice=video.get("copyright_notice") or "",
        poster=(video["poster"] or {}).get("src") or "",
    )


class VideoSerializer(MeteredSerializer, WrittenSerializer):
    """A video."""

    endpoint = "newsroom.views.VideoViewSet"
    web_path = "/videos/{slug}"
    place = Place(_("Videos"), _("Video"), new=_("New video"), go="v", position=30)
    other_formats = {
        "jsonld": "newsroom.formats.jsonld.video",
        "ninjs": "newsroom.formats.ninjs.video",
        "md": "newsroom.formats.markdown.film",
        "email": "newsroom.formats.mail.film",
    }
    roles = {"Photo editor": ("add", "change", "change_any")}
    later_keys = frozenset({"access", "ai_use"})
    is_copied = False  # its film is its own, and goes with it
    facet_ranks = {**WrittenSerializer.facet_ranks, "has_captions": 50}
    checks = (
        checks.has_a_headline,
        checks.video_has_what_it_needs,
        checks.has_a_byline_where_asked,
        checks.video_can_be_followed,
    )
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
            "access",
            "ai_use",
        ]
        fields = [
            *card_fields,
            "is_whole",
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
    def free_part(cls, data):
        """What a video is, without the film and what is said in it."""
        if is_free(data):
            return data
        return {**data, "file": None, "provider_url": "", "tracks": [], "transcript": "", "is_whole": False}

    @classmethod
    def take_files(cls, given, take):
        taken = dict(given)
        if given.get("file"):
            taken["file"] = take("file", given["file"], gate.admit)
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
    def searched(cls, shown):
        own = [shown.get(name) or "" for name in ("transcript", "credit_line", "copyright_notice")]
        searched = super().searched(shown)
        return searched._replace(rest=[*own, *searched.rest])

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        item.usable_until = cls.rights_end(data)

    @classmethod
    def entry(cls, document):
        entry = super().entry(document)
        standfirst = f"<p>{escape(entry.summary)}</p>" if entry.summary else ""
        film = film_elsewhere(document, is_named=False)
        html = film + standfirst + (document["transcript_html"] or "") + ai_html(document)
        return entry._replace(html=html, recordings=(recording_of(document),))

    def get_has_captions(self, publication, data) -> bool:
        return has_captions(publication.shown.data)

    @staticmethod
    def _address(publication, folder, stored) -> str:
        """Where readers find a file; where the video is not free for all, an address that opens for some hours."""
        path = file_path(folder, publication.key, stored)
        return file_url(path, usual=None if is_free(publication.shown.data) else pass_for)

    def get_sources(self, publication, data) -> list:
        file = data.get("file")
        if not file:
            return []
        url = self._address(publication, "videos", file["stored"])
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
                "url": self._address(publication, "tracks", track["file"]["stored"]) if track["file"] else track["url"],
            }
            for track in data.get("tracks") or []
        ]

    get_tracks.shape = TrackSerializer

    def get_transcript_html(self, publication, data) -> str | None:
        parts = re.split(r"\n\s*\n", (data.get("transcript") or "").replace("\r\n", "\n"))
        lines = ["<br>".join(escape(line.strip()) for line in part.strip().split("\n")) for part in parts]
        return "".join(f"<p>{line}</p>" for line in lines if line) or None
