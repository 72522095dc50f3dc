"""What each list of the newsroom can be filtered by."""

import django_filters

from cms.api.filters import (
    ChoiceFilter,
    FacetFilter,
    FlagFilter,
    KindFilter,
    LanguageFilter,
    PublicationFilterSet,
    ReferenceFilter,
    SlugFilter,
)
from newsroom.models import Article, Byline, Topic

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


class FeedFilterSet(WrittenFilterSet):
    kind = KindFilter(["article", "blurb", "video"])
    genre = FacetFilter("genre", Article.Genre.values)
    breaking = FlagFilter("breaking")
    corrected = FlagFilter("corrected")
    exclude_slug = SlugFilter(exclude=True)


class ArticleFilterSet(WrittenFilterSet):
    genre = FacetFilter("genre", Article.Genre.values)
    breaking = FlagFilter("breaking")
    corrected = FlagFilter("corrected")
    slug = SlugFilter()
    exclude_slug = SlugFilter(exclude=True)


class BlurbFilterSet(WrittenFilterSet):
    breaking = FlagFilter("breaking")


class VideoFilterSet(WrittenFilterSet):
    has_captions = FlagFilter("has_captions")
    slug = SlugFilter()
    exclude_slug = SlugFilter(exclude=True)


class BylineFilterSet(django_filters.FilterSet):
    type = ChoiceFilter(Byline.Type.values, field_name="type")


class TopicFilterSet(django_filters.FilterSet):
    type = ChoiceFilter(Topic.Type.values, field_name="type")
