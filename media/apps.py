from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "media"
    verbose_name = _("Media")

    def ready(self):
        from cms.publishing import background, kinds
        from media.photos import checks, sizes  # noqa: F401 - the checks make themselves known
        from media.photos.serializers import PhotoSerializer

        kinds.register(PhotoSerializer)
        background.register("sizes of photos", sizes.make_some, sizes.count)
        background.register("former sizes of photos", sizes.clear_some)
