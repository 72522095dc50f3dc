from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        from cms.publishing import registry
        from newsroom import checks, roles  # noqa: F401 - the checks make themselves known
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
        pre_migrate.connect(roles.note_known, sender=self)
        post_migrate.connect(roles.make, sender=self)
