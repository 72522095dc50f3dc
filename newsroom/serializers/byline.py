"""Contributors."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import LineField
from cms.database import statements
from cms.publishing.kinds import SHARED, Place, Searched
from media.photos.serializers import PhotoSerializer
from newsroom.body import FlowField, plain
from newsroom.models import Byline
from newsroom.serializers.named import NamedSerializer


class LabelledLinkSerializer(serializers.Serializer):
    label = LineField()  # type: ignore[assignment]  # the stubs take it for DRF's own option
    url = serializers.URLField()


class BylineSerializer(NamedSerializer):
    """A contributor."""

    endpoint = "newsroom.views.BylineViewSet"
    web_path = "/bylines/{slug}"
    place = Place(_("Bylines"), group=SHARED, position=30)
    is_in_sitemap = False
    other_formats = {"jsonld": "newsroom.formats.jsonld.byline", "md": "newsroom.formats.markdown.byline"}
    rank = 10
    is_found_by_name = True
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
    def searched(cls, shown):
        about = [shown.get("job_title") or "", plain(shown.get("bio_html") or "")]
        return Searched(headline=shown.get("name") or "", rest=about)

    @classmethod
    def implied(cls, keys):
        portrayed = {"pk__in": list(keys), "portrait__isnull": False}
        rows = statements.values(Byline, ["pk", "portrait_id"], **portrayed)
        return {key: [("photo", portrait)] for key, portrait in rows}

    @classmethod
    def for_list(cls, rows):
        return rows.select_related("portrait")

    def show_row(self, row, at):
        portrait = row.portrait if row.portrait and row.portrait.is_usable(at) else None
        shown = self.shown(row, [name for name in self.Meta.fields if name != "portrait"])
        shown["portrait"] = PhotoSerializer.shared_instance().public(portrait) if portrait else None
        return {name: shown[name] for name in self.Meta.fields}, portrait and portrait.usable_until
