"""What browsers make HTML with: templates, words, places. Its address is a hash of it, so they keep it for ever."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from front.paper import Paper

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@gzip_page
def parts(request: HttpRequest, digest: str) -> HttpResponse:
    """Under any digest: while two releases run side by side, a page of one may ask the other."""
    paper = Paper(request)
    response = HttpResponse(paper.browser_paper, content_type="application/json")
    response.headers["Cache-Control"] = FOR_EVER if digest == paper.digest else "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
