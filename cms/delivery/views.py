"""What others fetch to see that a message about our pages is ours."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cms.delivery.models import Endpoint


@require_safe
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """The key of IndexNow, where search engines look for it; a front end at another address passes it on."""
    if not Endpoint.objects.filter(receiver="indexnow", site=key).exists():
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=300"})
