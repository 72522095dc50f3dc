from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    verbose_name = _("Media")

    def ready(self):
        from cms import background
        from cms.leftovers import deleting
        from media.photos import checks, models, sizes  # noqa: F401 - the checks make themselves known

        background.register("sizes of photos", sizes.make_some, sizes.count)
        background.register("former sizes of photos", sizes.clear_some)
        deleting.spare(models.held)
