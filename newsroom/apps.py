from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        from cms.access import headers
        from cms.publishing import kinds
        from newsroom import checks, providers, roles, serializers  # noqa: F401 - the checks make themselves known
        from newsroom.body.widget import editor_style, import_map

        kinds.register(
            serializers.SectionSerializer,
            serializers.TopicSerializer,
            serializers.BylineSerializer,
            serializers.VideoSerializer,
            serializers.ArticleSerializer,
            serializers.BlurbSerializer,
            serializers.TranslationsSerializer,
        )
        headers.allow_script(import_map)
        headers.allow_style(editor_style)
        headers.allow_frames(providers.players)
        pre_migrate.connect(roles.note_known, sender=self)
        post_migrate.connect(roles.make, sender=self)
