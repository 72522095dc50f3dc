"""What is told of webhooks to whoever watches the newsroom's machines."""

from collections.abc import Iterable

from django.utils import timezone

from cms.delivery.models import Endpoint
from cms.delivery.sending import moment_after
from cms.publishing.models import Edition
from cms.serving.metrics import GaugeMetricFamily, Metric  # which says where to count before it loads the library


def count_waiting() -> int:
    """The changes that are to be told, added up over all endpoints that are on; those they do not ask for included."""
    newest = Edition.objects.values_list("number", flat=True).get(pk=1)
    places = Endpoint.objects.filter(is_on=True, after__lt=newest).values_list("after", flat=True)
    return sum(newest - after for after in places)


def of_endpoints() -> Iterable[Metric]:
    now = timezone.now()
    newest = Edition.objects.values_list("number", flat=True).get(pk=1)
    waiting = GaugeMetricFamily(
        "galley_webhook_waiting", "Changes that an endpoint has still to be told.", labels=["endpoint"]
    )
    ages = GaugeMetricFamily(
        "galley_webhook_oldest_seconds", "For how long the oldest of these has waited.", labels=["endpoint"]
    )
    tries = GaugeMetricFamily("galley_webhook_failed_tries", "Tries in vain, one after the other.", labels=["endpoint"])
    for endpoint in Endpoint.objects.filter(is_on=True):
        oldest = moment_after(endpoint.after) if endpoint.after < newest else None
        waiting.add_metric([endpoint.name], max(0, newest - endpoint.after))
        ages.add_metric([endpoint.name], max(0.0, (now - oldest).total_seconds()) if oldest else 0)
        tries.add_metric([endpoint.name], endpoint.tries)
    stopped = Endpoint.objects.stopped().count()
    yield from (waiting, ages, tries)
    yield GaugeMetricFamily("galley_webhooks_stopped", "Endpoints that were turned off for failing.", value=stopped)
