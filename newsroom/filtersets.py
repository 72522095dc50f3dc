"""What each list of the newsroom can be filtered by."""

import django_filters
from django.db.models import Q

from cms.api import hints
from cms.api.filters import (
    ChangedAfterFilter,
    ChoiceFilter,
    FacetFilter,
    FlagFilter,
    GatheredFilter,
    KindFilter,
    LanguageFilter,
    PublicationFilterSet,
    ReferenceFilter,
    SlugFilter,
)
from newsroom.models import Article, Blurb, Byline, Topic

DESCENDANTS = "A section includes those below it."


class WrittenFilterSet(PublicationFilterSet):
    section = ReferenceFilter("section", help=DESCENDANTS)
    topic = ReferenceFilter("topic")
    byline = ReferenceFilter("byline")
    require_topic = ReferenceFilter("topic", every=True)
    require_byline = ReferenceFilter("byline", every=True)
    exclude_section = ReferenceFilter("section", exclude=True, help=DESCENDANTS)
    exclude_topic = ReferenceFilter("topic", exclude=True)
    exclude_byline = ReferenceFilter("byline", exclude=True)
    language = LanguageFilter()


class AboutFilter(ReferenceFilter):
    """The blurbs that point at stories."""

    def __init__(self, **kwargs):
        super().__init__("article", **kwargs)
        self.extra["help_text"] = "Slugs of stories: finds the blurbs that point at any of them, as updates of one do."

    def filter(self, qs, value):
        return super().filter(qs.filter(Q(kind=Blurb.kind)), value)


class FeedFilterSet(WrittenFilterSet):
    kind = KindFilter()
    about = AboutFilter()
    genre = FacetFilter("genre", Article.Genre.values)
    breaking = FlagFilter("breaking")
    corrected = FlagFilter("corrected")
    exclude_slug = SlugFilter(exclude=True)
    exclude_front = GatheredFilter("front")


class ArticleFilterSet(WrittenFilterSet):
    genre = FacetFilter("genre", Article.Genre.values)
    breaking = FlagFilter("breaking")
    corrected = FlagFilter("corrected")
    slug = SlugFilter()
    exclude_slug = SlugFilter(exclude=True)
    exclude_front = GatheredFilter("front")


class UpdateFilterSet(WrittenFilterSet):
    breaking = FlagFilter("breaking")
    is_key = FlagFilter("is_key")
    is_pinned = FlagFilter("is_pinned")


class BlurbFilterSet(WrittenFilterSet):
    about = AboutFilter()
    breaking = FlagFilter("breaking")


class VideoFilterSet(WrittenFilterSet):
    has_captions = FlagFilter("has_captions")
    slug = SlugFilter()
    exclude_slug = SlugFilter(exclude=True)
    exclude_front = GatheredFilter("front")


class PageFilterSet(django_filters.FilterSet):
    slug = SlugFilter()
    changed_after = ChangedAfterFilter()


class BylineFilterSet(django_filters.FilterSet):
    type = ChoiceFilter(Byline.Type.values, field_name="type")


class TopicFilterSet(django_filters.FilterSet):
    type = ChoiceFilter(Topic.Type.values, field_name="type")


hints.also_called(
    parameters={
        "section": ("category", "categories", "cat", "channel", "desk", "rubric", "child_of", "descendant_of"),
        "topic": ("tag", "tags", "keyword", "keywords", "primary_tag", "term", "terms", "tag_slug"),
        "byline": (
            "author",
            "authors",
            "creators",
            "writer",
            "writers",
            "contributor",
            "primary_author",
            "author_name",
        ),
        "exclude_section": ("categories_exclude", "category_not_in", "not_section", "section_not", "section_exclude"),
        "exclude_topic": ("tags_exclude", "tag_not_in", "not_topic", "topic_not", "topic_exclude"),
        "exclude_byline": ("author_exclude", "author_not_in", "byline_exclude"),
        "require_topic": ("tag_and", "tags_and", "all_topics", "topic_and", "topic_all"),
        "require_byline": ("byline_and", "all_bylines", "byline_all"),
        "about": ("article", "story", "parent", "live_story", "post"),
        "genre": ("genres", "article_type"),
        "breaking": ("is_breaking", "featured", "sticky"),
        "has_captions": ("captions", "subtitles"),
    },
    fields={
        "headline": ("title", "name", "post_title"),
        "standfirst": ("excerpt", "summary", "description", "custom_excerpt", "subtitle", "dek", "deck"),
        "body": ("content", "blocks", "text"),
        "body_html": ("html", "content_html"),
        "section": ("category", "categories", "primary_section"),
        "topics": ("tags", "topic", "keywords", "primary_tag"),
        "bylines": ("authors", "author", "primary_author"),
        "lead_photo": ("image", "feature_image", "featured_image", "featured_media", "thumbnail", "photo", "cover"),
        "reading_minutes": ("reading_time",),
    },
)
