"""What load balancers ask: is the process alive, and can it serve?"""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from cms.publishing.models import Edition
from cms.serving import metrics


class HealthMiddleware:
    """Answers by itself, first of all: a load balancer asks by an address that is no host name of the site."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = {"/healthz": alive, "/readyz": ready, "/metrics": metrics.view}.get(request.path_info)
        if view is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return view(request)


def alive(request: HttpRequest | None = None) -> JsonResponse:
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 until the database answers and has been migrated."""
    try:
        edition = Edition.objects.values_list("number", flat=True).get(pk=1)
    except (Error, Edition.DoesNotExist):
        return JsonResponse(
            {"status": "waiting for the database"},
            status=503,
            headers={"Cache-Control": "no-store", "Retry-After": "5"},
        )
    return JsonResponse({"status": "ready", "edition": edition}, headers={"Cache-Control": "no-store"})
