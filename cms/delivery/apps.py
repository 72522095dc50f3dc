from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "cms.delivery"
    label = "delivery"
    verbose_name = _("Delivery")

    def ready(self) -> None:
        from cms import background
        from cms.delivery import crew, gauges
        from cms.serving import metrics

        background.register("webhooks", crew.hire, gauges.count_waiting, crew.wait)
        metrics.register(gauges.of_endpoints)
