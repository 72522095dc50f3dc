from math import ceil

from django.conf import settings
from rest_framework import serializers

from bench.yardstick.models import Article, Contribution, Correction, Photo, Section, Topic

API = f"{settings.PUBLIC_URL}/api/v1"


class AddressField(serializers.Field):
    """A thing's own address, by its slug."""

    def __init__(self, pattern, attribute="slug", **kwargs):
        self.pattern, self.attribute = pattern, attribute
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row):
        return self.pattern.format(getattr(row, self.attribute))


class SectionSerializer(serializers.ModelSerializer):
    url = AddressField(API + "/sections/{}/")

    class Meta:
        model = Section
        fields = ["slug", "name", "url"]


class TopicSerializer(serializers.ModelSerializer):
    url = AddressField(API + "/topics/{}/")

    class Meta:
        model = Topic
        fields = ["slug", "name", "type", "url"]


class ContributionSerializer(serializers.ModelSerializer):
    slug = serializers.CharField(source="byline.slug")
    name = serializers.CharField(source="byline.name")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Contribution
        fields = ["slug", "name", "url", "role"]

    def get_url(self, row):
        return f"{API}/bylines/{row.byline.slug}/"


class CorrectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Correction
        fields = ["type", "text", "published_at"]


class PhotoSerializer(serializers.ModelSerializer):
    kind = serializers.ReadOnlyField(default="photo")
    id = serializers.UUIDField(source="uuid")
    url = AddressField(API + "/photos/{}/", "uuid")
    focal_point = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = [
            "kind",
            "id",
            "url",
            "alt_text",
            "extended_description",
            "caption",
            "credit_line",
            "creator",
            "source",
            "copyright_notice",
            "usage_terms",
            "usable_until",
            "digital_source_type",
            "taken_at",
            "published_at",
            "width",
            "height",
            "focal_point",
            "placeholder",
            "dominant_colour",
            "src",
            "template",
            "formats",
            "crops",
        ]

    def get_focal_point(self, photo):
        return {"x": photo.focal_x, "y": photo.focal_y}


class ArticleCardSerializer(serializers.ModelSerializer):
    kind = serializers.ReadOnlyField(default="article")
    id = serializers.UUIDField(source="uuid")
    url = AddressField(API + "/articles/{}/")
    web_url = AddressField(settings.PUBLIC_URL + "/articles/{}")
    corrected = serializers.SerializerMethodField()
    reading_minutes = serializers.SerializerMethodField()
    section = SectionSerializer()
    topics = TopicSerializer(many=True)
    byline = serializers.SerializerMethodField()
    bylines = ContributionSerializer(source="contributions", many=True)
    lead_photo = PhotoSerializer()
    lead_video = serializers.ReadOnlyField(default=None)

    class Meta:
        model = Article
        fields = [
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

    def get_corrected(self, article):
        return bool(article.corrections.all())

    def get_reading_minutes(self, article):
        return max(1, ceil(article.word_count / 238))

    def get_byline(self, article):
        return "By " + " and ".join(placed.byline.name for placed in article.contributions.all())

    def to_representation(self, article):
        data = super().to_representation(article)
        if article.lead_photo_caption and data["lead_photo"]:
            data["lead_photo"]["caption"] = article.lead_photo_caption
        return data


class ArticleSerializer(ArticleCardSerializer):
    related = ArticleCardSerializer(many=True)
    corrections = CorrectionSerializer(many=True)
    translations = serializers.ReadOnlyField(default=[])

    class Meta(ArticleCardSerializer.Meta):
        fields = [
            *ArticleCardSerializer.Meta.fields,
            "dateline",
            "body",
            "body_html",
            "related",
            "corrections",
            "translations",
            "seo",
        ]
