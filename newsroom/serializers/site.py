"""What the newsroom says of itself."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.masthead import Masthead
from cms.content.serializers import LineField, LinkField, PartSerializer, PublishableSerializer
from cms.delivery.feeds import contents as feeds
from cms.publishing.kinds import OFFICE, Place
from newsroom.models import Site
from newsroom.serializers.language import LanguageField
from newsroom.serializers.menus import MenusField, entries_in_rows, shown_menus, with_keys

WORDS = {
    "alt_text": _("alt text"),
    "below": _("below"),
    "label": _("label"),
    "menu": _("menu"),
    "name": _("name"),
    "publisher": _("publisher"),
    "social": _("elsewhere"),
    "text": _("text"),
    "url": _("address"),
    "usage_policy": _("terms of use"),
}


class SocialSerializer(PartSerializer):
    """Where else the newsroom is found."""

    label = LineField(max_length=100, help_text="As it is to be printed.")  # type: ignore[assignment] # DRF's own option
    url = serializers.URLField(max_length=500)


class PublisherSerializer(serializers.Serializer):
    """Who answers for the newsroom."""

    name = serializers.CharField(help_text="As it is to be printed.")
    url = serializers.URLField(help_text="Of its own page.")


class UsagePolicySerializer(serializers.Serializer):
    """What others may do with what is published."""

    text = serializers.CharField(allow_null=True, help_text="In plain words; an empty line parts paragraphs.")
    url = serializers.URLField(allow_null=True, help_text="Of the page that has them in full.")


class FeedSerializer(serializers.Serializer):
    """A feed to subscribe to."""

    title = serializers.CharField(help_text="As programs call it.")
    url = serializers.URLField(help_text="Its address.")
    type = serializers.CharField(help_text="Its media type, for `<link rel=alternate>`.")


class PairField(serializers.Field):
    """An object of two texts, each in a column of its own; null where both are empty."""

    default_error_messages = {"form": _("write an object with {keys}, or null"), "empty": _("give it a {key}")}

    def __init__(self, shape, first: tuple[str, serializers.Field], address: str, *, needs_first: bool, **kwargs):
        self.shape, (self.first, self.reader), self.address, self.needs_first = shape, first, address, needs_first
        super().__init__(**{"allow_null": True, "required": False, "source": "*", **kwargs})

    def get_attribute(self, instance):
        first, url = (getattr(instance, f"{self.prefix}_{name}") for name in (self.first, "url"))
        return {self.first: first, "url": url} if first or url else None

    @property
    def prefix(self) -> str:
        return self.address.removesuffix("_url")

    def to_representation(self, value):
        return value

    def to_internal_value(self, data):
        if data is None:
            return {self.field_name: None}
        if not isinstance(data, dict) or data.keys() - {self.first, "url"}:
            self.fail("form", keys=f"{self.first}, url")
        first = self.reader.run_validation(data.get(self.first) or "")
        url = serializers.URLField(max_length=500, allow_blank=True).run_validation(data.get("url") or "")
        if self.needs_first and url and not first:
            self.fail("empty", key=self.first)
        return {self.field_name: {self.first: first, "url": url} if first or url else None}

    def put_on(self, item, value):
        value = value or {}
        for name in (self.first, "url"):
            setattr(item, f"{self.prefix}_{name}", value.get(name) or "")


class SiteSerializer(PublishableSerializer):
    """The newsroom itself: its name, language and zone, its menus, its feeds, and its terms of use."""

    endpoint = "newsroom.views.SiteViewSet"
    place = Place(_("Site"), group=OFFICE, position=5)
    is_single = True
    is_in_feed = False
    is_in_sitemap = False
    is_masthead = True
    new_status = "published"
    called_by = "name"
    words = WORDS
    roles = {"Reporter": (), "Editor": ()}
    reading_order = ("name", "description", "language", "logo", "publisher", "social", "menus", "usage_policy")

    name = LineField(max_length=200, allow_blank=True, required=False)
    language = LanguageField(allow_blank=True, required=False)
    logo = LinkField("photo")
    publisher = PairField(
        PublisherSerializer, ("name", LineField(max_length=200, allow_blank=True)), "publisher_url", needs_first=True
    )
    social = SocialSerializer(many=True, required=False)
    menus = MenusField(required=False)
    usage_policy = PairField(
        UsagePolicySerializer,
        ("text", serializers.CharField(max_length=5000, allow_blank=True)),
        "usage_url",
        needs_first=False,
    )
    time_zone = serializers.SerializerMethodField()
    feeds = serializers.SerializerMethodField()

    class Meta:
        kind = "site"
        path = "site"
        model = Site
        validators: list = []
        fields = [
            *["name", "description", "url", "language", "time_zone", "logo", "publisher", "social", "menus", "feeds"],
            "usage_policy",
        ]
        card_fields = fields
        desk_fields: list = []
        own_kind_fields: list = []

    @classmethod
    def assign(cls, item, data):
        super().assign(item, data)
        for name in ("publisher", "usage_policy"):
            if name in data:
                cls.written()[name].put_on(item, data[name])

    @classmethod
    def in_detail(cls, data):
        return {**data, "menus": with_keys(data.get("menus") or {})}

    @classmethod
    def compared(cls, name, value):
        return list(entries_in_rows(value)) if name == "menus" and value else value

    @classmethod
    def masthead(cls, document):
        policy = document["usage_policy"] or {}
        return Masthead(
            document["name"],
            document["description"] or "",
            document["language"],
            document["publisher"],
            document["logo"],
            document["social"],
            policy.get("text") or "",
            policy.get("url") or "",
        )

    def show(self, publication, data, names):
        """Its own address is that of the front end, and not the one that tells of it."""
        shown = super().show(publication, data, names)
        return {**shown, "url": f"{settings.FRONT_URL}/"} if "url" in shown else shown

    def get_name(self, publication, data) -> str:
        return data.get("name") or settings.SITE_NAME

    def get_language(self, publication, data) -> str:
        return data.get("language") or settings.CONTENT_LANGUAGE

    def get_time_zone(self, publication, data) -> str:
        return settings.TIME_ZONE

    def get_publisher(self, publication, data) -> dict:
        publisher = data.get("publisher") or {}
        return {
            "name": publisher.get("name") or self.get_name(publication, data),
            "url": publisher.get("url") or f"{settings.FRONT_URL}/",
        }

    get_publisher.shape = PublisherSerializer

    def get_menus(self, publication, data) -> dict:
        return {"main": [], **shown_menus(data.get("menus") or {})}

    def get_feeds(self, publication, data) -> list:
        return feeds.listed(self.get_name(publication, data))

    get_feeds.shape = FeedSerializer

    def get_usage_policy(self, publication, data) -> dict | None:
        policy = data.get("usage_policy")
        return policy and {name: policy[name] or None for name in ("text", "url")}

    get_usage_policy.shape = UsagePolicySerializer
