"""Photos for readers: as JSON, and the files of their sizes."""

import logging

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone

from cms.api.views import SharedViewSet, uuid_or_404
from cms.publishing import previews
from media.filtersets import PhotoFilterSet
from media.models import Photo, Rendition
from media.serializers import PhotoSerializer

logger = logging.getLogger(__name__)

YEAR = 31_536_000  # seconds
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class PhotoViewSet(SharedViewSet):
    """Photos that something live uses, each with its credit."""

    path = "photos"
    serializer_class = PhotoSerializer
    filterset_class = PhotoFilterSet
    known_as = "id"
    orderings = {
        "-published_at": ("-published_at",),
        "published_at": ("published_at",),
        "-taken_at": ("-taken_order",),
    }

    def rows(self, moment):
        return super().rows(moment).filter(published_at__isnull=False)

    def find(self, rows, name):
        return rows.filter(pk=uuid_or_404(name)).first()


def rendition(request, photo, name):
    """One size of a photo, for as long as readers may see the photo.

    Whoever edits photos sees it at any time, and whoever has a preview that shows it while they have that.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    sizes = Rendition.objects.filter(photo=photo, file=f"renditions/{photo}/{name}")
    size = sizes.first() if name.isprintable() else None
    if size is None:
        raise Http404
    headers = HEADERS
    now = timezone.now()
    # One without an alt text of its own is shown where the place describes it.
    public = Photo.objects.licensed(now).mentioned(now).filter(pk=photo).only("usable_until").first()
    if public is None or previews.asks_for_file(request):
        usable = Photo.objects.licensed(now).filter(pk=photo)
        is_open = public or (previews.opens_file(request) and usable.exists())
        if not is_open and not request.user.has_perm("media.view_photo"):
            raise Http404
        headers = {**HEADERS, "Cache-Control": "private, no-store"}
    elif public.usable_until:  # no cache outlives the licence
        left = int((public.usable_until - now).total_seconds())
        headers = {**HEADERS, "Cache-Control": f"public, max-age={min(left, YEAR)}"}
    try:
        content = default_storage.open(size.file.name)
    except FileNotFoundError:
        logger.error("The file %s is missing", size.file.name)
        raise Http404 from None
    return FileResponse(content, content_type=size.format, headers=headers)
