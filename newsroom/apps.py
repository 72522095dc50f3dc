from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self):
        from cms.access import headers
        from cms.leftovers import deleting
        from newsroom import providers, roles
        from newsroom.body.widget import editor_style, import_map
        from newsroom.management.commands import sweep_videos

        headers.allow_script(import_map)
        headers.allow_style(editor_style)
        headers.allow_frames(providers.players)
        deleting.spare(sweep_videos.held)
        pre_migrate.connect(roles.note_known, sender=self)
        post_migrate.connect(roles.make, sender=self)
