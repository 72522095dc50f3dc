"""Related stories on a story's page, and those that may be: "Stories like this one"."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse

from cms.desk.moments import day_in_words
from cms.desk.pages.rows import RowsInline
from cms.publishing.models import Publication
from cms.search.alike import alike
from newsroom import models
from newsroom.serializers import ArticleSerializer

MOST = 6


class RelatedInline(RowsInline):
    model = models.RelatedArticle
    fk_name = "article"
    fields = ["related", "position"]
    autocomplete_fields = ["related"]
    template = "newsroom/related.html"


class AlikeMixin:
    """Of a story's page: what is live and like it, offered for its related stories when somebody asks."""

    def get_urls(self):
        return [self.page("alike/", "alike", self.alike_view), *super().get_urls()]

    def alike_view(self, request):
        """Stories like the words that the page has by now, without those that it names already."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        leaving = {key for sent in request.GET.getlist("leave")[:100] if (key := _key(sent))}
        topics = {key for sent in request.GET.getlist("topic")[:50] if (key := _key(sent))}
        texts = {name: request.GET.get(name, "").replace("\x00", "")[:1000] for name in ("headline", "standfirst")}
        searched = ArticleSerializer.searched(texts)
        language = request.GET.get("language", "")[:35]
        keys = alike(models.Article.kind, searched, language, topics, leaving, MOST)
        rows = Publication.objects.filter(kind=models.Article.kind, key__in=keys).values_list("key", "published_at")
        dates = dict(rows)
        stories = models.Article.objects.only("headline").in_bulk(keys)
        return JsonResponse({"stories": [_shown(stories[key], dates.get(key)) for key in keys if key in stories]})


def _shown(story, published_at):
    date = day_in_words(published_at) if published_at else ""
    return {"id": str(story.pk), "headline": str(story), "date": date}


def _key(sent):
    try:
        return uuid.UUID(sent)
    except ValueError:
        return None
