from django.db import models
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from rest_framework import serializers
from wagtail.api import APIField
from wagtail.blocks import RichTextBlock
from wagtail.fields import StreamField
from wagtail.images.api.fields import ImageRenditionField
from wagtail.models import Orderable, Page


class Section(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)

    def __str__(self):
        return self.name


class Topic(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    type = models.CharField(max_length=20)

    def __str__(self):
        return self.name


class Byline(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)

    def __str__(self):
        return self.name


class SectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Section
        fields = ["slug", "name"]


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ["slug", "name", "type"]


class Contribution(Orderable):
    article = ParentalKey("ArticlePage", on_delete=models.CASCADE, related_name="contributions")
    byline = models.ForeignKey(Byline, models.PROTECT)
    role = models.CharField(max_length=20)


class ContributionSerializer(serializers.ModelSerializer):
    slug = serializers.CharField(source="byline.slug")
    name = serializers.CharField(source="byline.name")

    class Meta:
        model = Contribution
        fields = ["slug", "name", "role"]


class ArticlePage(Page):
    kicker = models.CharField(max_length=100)
    standfirst = models.TextField()
    genre = models.CharField(max_length=20)
    language = models.CharField(max_length=35)
    breaking = models.BooleanField(default=False)
    published_at = models.DateTimeField(db_index=True)
    section = models.ForeignKey(Section, models.PROTECT, related_name="articles")
    topics = ParentalManyToManyField(Topic, related_name="articles")
    lead_photo = models.ForeignKey("wagtailimages.Image", models.PROTECT, null=True, blank=True, related_name="+")
    photo_caption = models.TextField(blank=True)
    body = StreamField([("paragraph", RichTextBlock())])

    api_fields = [
        APIField("kicker"),
        APIField("standfirst"),
        APIField("genre"),
        APIField("language"),
        APIField("breaking"),
        APIField("published_at"),
        APIField("section", serializer=SectionSerializer()),
        APIField("topics", serializer=TopicSerializer(many=True)),
        APIField("contributions", serializer=ContributionSerializer(many=True)),
        APIField("lead_photo", serializer=ImageRenditionField("fill-800x450")),
        APIField("photo_caption"),
        APIField("body"),
    ]
