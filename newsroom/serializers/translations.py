"""The same story in several languages."""

from collections import defaultdict
from functools import partial

from django.db.models import Q
from rest_framework import serializers

from cms.content.serializers import KindSerializer, LinkField, SlugField
from cms.database import statements
from cms.publishing import press
from cms.publishing.kinds import publishable_named
from cms.publishing.links import Target, is_link, key_of, link
from cms.publishing.models import Publication, Reference
from newsroom.models import Article


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
        return cls.groups(statements.objects(_members, list(keys), at), keys)

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
                {str(row.pk): cls.links_of(row) for row in by_group[str(key)]},
                partial(cls.show_members, by_group[str(key)]),
                until=min((row.live_until for row in by_group[str(key)] if row.live_until), default=None),
            )
            for key in keys
        }

    @staticmethod
    def links_of(row):
        """What of a version says where the front end shows it."""
        kind = publishable_named("article")
        return {name: row.version.data.get(name) for name in kind.names_in_web_path()}

    @staticmethod
    def show_members(rows, expanded, *, whole):
        kind = publishable_named("article").shared_instance()
        return [
            {
                "language": row.version.data["language"],
                "slug": row.slug,
                "url": kind.get_url(row, {}),
                "web_url": kind.get_web_url(row, expanded[str(row.pk)]),
            }
            for row in rows
        ]


def _members(keys, at):
    """The live translations in these groups."""
    rows = Publication.objects.visible(at).filter(
        references__kind="translations", references__key__in=keys, references__is_direct=True
    )
    return rows.select_related("version").defer("card", "document").order_by("pk")


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
