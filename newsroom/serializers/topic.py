"""Topics, those that were merged into others included."""

from django.utils.translation import gettext_lazy as _

from cms.database import statements
from cms.publishing.kinds import SHARED, Place, Searched
from cms.publishing.links import Target
from newsroom.models import Topic
from newsroom.serializers.named import NamedSerializer


class TopicSerializer(NamedSerializer):
    """A topic. One that was merged into another shows, and leads to, that other."""

    endpoint = "newsroom.views.TopicViewSet"
    web_path = "/topics/{slug}"
    place = Place(_("Topics"), group=SHARED, go="t", position=20)
    other_formats = {"jsonld": "newsroom.formats.jsonld.topic"}
    rank = 20
    is_found_by_name = True

    class Meta:
        kind = "topic"
        path = "topics"
        model = Topic
        fields = ["slug", "name", "url", "web_url", "type", "description", "same_as"]
        link_fields = ["slug", "name", "type", "url"]
        writable_fields = ["slug", "name", "type", "description", "same_as"]

    @classmethod
    def searched(cls, shown):
        return Searched(headline=shown.get("name") or "", rest=[shown.get("description") or ""])

    @classmethod
    def load(cls, keys, at):
        rows = statements.objects(_with_what_is_left, list(keys))
        show = cls.shared_instance().shown
        return {row.pk: Target(show(row.merged_into or row, cls.Meta.link_fields)) for row in rows}

    @classmethod
    def implied(cls, keys):
        return {key: [(cls.Meta.kind, target)] for key, target in _merged(keys)}


def _with_what_is_left(keys):
    return Topic.objects.filter(pk__in=keys).order_by().select_related("merged_into")


def _merged(keys):
    return statements.values(Topic, ["pk", "merged_into_id"], pk__in=list(keys), merged_into__isnull=False)
