from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "cms.publishing"
    label = "publishing"
    verbose_name = _("Log")

    def ready(self) -> None:
        from cms import background
        from cms.publishing import checks, kinds, tasks

        kinds.load(settings.CONTENT_APPS)
        background.register("what falls due", tasks.release_due)
        background.register("readers' JSON", tasks.render_some, tasks.count_missing)
        checks.load_own()
        post_migrate.connect(make_first_edition, sender=self)


def make_first_edition(using: str, apps: Any = installed, **kwargs: Any) -> None:
    """The one row that everything stands on, made with the tables, and again after `manage.py flush`."""
    try:
        edition = apps.get_model("publishing", "Edition")
    except LookupError:
        return  # the tables were taken away
    edition.objects.using(using).get_or_create(pk=1)
