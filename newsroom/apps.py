from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        from cms.publishing import registry
        from newsroom import serializers as kinds

        registry.register(
            kinds.SectionSerializer,
            kinds.TopicSerializer,
            kinds.BylineSerializer,
            kinds.VideoSerializer,
            kinds.ArticleSerializer,
            kinds.BlurbSerializer,
            kinds.TranslationsSerializer,
        )
