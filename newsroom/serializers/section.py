"""Sections, with what stands above and below each."""

from django.utils.translation import gettext_lazy as _

from cms.database import statements
from cms.publishing.kinds import SHARED, Place
from newsroom.models import Section
from newsroom.serializers.named import NamedSerializer


class SectionLinkSerializer(NamedSerializer):
    """A section, as other things mention it."""

    class Meta:
        kind = "section"
        path = "sections"
        model = Section
        fields = ["slug", "name", "url"]


class SectionSerializer(NamedSerializer):
    """A section, with its parent and its children."""

    endpoint = "newsroom.views.SectionViewSet"
    web_path = "/sections/{slug}"
    place = Place(_("Sections"), group=SHARED, position=10)
    other_formats = {"jsonld": "newsroom.formats.jsonld.section"}
    rank = 60
    is_always_public = True
    narrows = True

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
        parents = dict(statements.values(Section, ["pk", "parent_id"]))
        ancestors = {}
        for key in keys:
            pairs: list = []
            above = parents.get(key)
            while above and above not in pairs:
                pairs.append(above)
                above = parents.get(above)
            ancestors[key] = [(cls.Meta.kind, section) for section in pairs]
        return ancestors

    @classmethod
    def for_list(cls, rows):
        return rows.select_related("parent").prefetch_related("children")
