import django_filters
from django.db.models import Prefetch
from rest_framework import pagination, viewsets

from bench.yardstick.models import Article
from bench.yardstick.serializers import ArticleCardSerializer, ArticleSerializer


class ArticleFilterSet(django_filters.FilterSet):
    section = django_filters.CharFilter(field_name="section__slug")
    topic = django_filters.CharFilter(field_name="topics__slug")
    byline = django_filters.CharFilter(field_name="bylines__slug")
    published_after = django_filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="gte")
    published_before = django_filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="lt")

    class Meta:
        model = Article
        fields = ["section", "topic", "byline", "genre", "language", "breaking"]


class Pagination(pagination.PageNumberPagination):
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


def cards():
    """Published articles with all that a card shows, in a fixed number of queries."""
    return (
        Article.objects.filter(is_published=True)
        .select_related("section", "lead_photo")
        .prefetch_related("topics", "contributions__byline", "corrections")
    )


class ArticleViewSet(viewsets.ReadOnlyModelViewSet):
    filterset_class = ArticleFilterSet
    pagination_class = Pagination
    lookup_field = "slug"

    def get_queryset(self):
        if self.action == "list":
            return cards().defer("body", "body_html", "seo")
        return cards().prefetch_related(Prefetch("related", cards().defer("body", "body_html", "seo")))

    def get_serializer_class(self):
        return ArticleCardSerializer if self.action == "list" else ArticleSerializer
