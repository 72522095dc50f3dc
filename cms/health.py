"""What load balancers ask: is the process alive, and can it serve?"""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse

from cms.publishing.models import Edition


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 until the database answers and has been migrated."""
    try:
        edition = Edition.objects.values_list("number", flat=True).get(pk=1)
    except (DatabaseError, Edition.DoesNotExist):
        return JsonResponse(
            {"status": "waiting for the database"},
            status=503,
            headers={"Cache-Control": "no-store", "Retry-After": "5"},
        )
    return JsonResponse({"status": "ready", "edition": edition}, headers={"Cache-Control": "no-store"})
