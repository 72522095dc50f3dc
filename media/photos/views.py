"""Photos for readers: as JSON, and the files of their sizes."""

import logging
import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cms.api.views import SharedViewSet
from cms.previews import previews
from media.handing_over import hand_over
from media.photos import images
from media.photos.filtersets import PhotoFilterSet
from media.photos.models import FormerSizes, Photo
from media.photos.serializers import PhotoSerializer

logger = logging.getLogger(__name__)

VERSION = re.compile(r"[0-9a-f]{10}")
NAME = re.compile(r"([0-9a-z]{1,10})-([1-9][0-9]{0,4})\.([a-z]{3,4})", re.ASCII)
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
    is_searched = True
    filterset_class = PhotoFilterSet
    lookup_field = "id"
    ordering_fields = {
        "-published_at": ("-published_at",),
        "published_at": ("published_at",),
        "-taken_at": ("-taken_order",),
    }

    def get_queryset(self):
        return super().get_queryset().filter(published_at__isnull=False)


@csrf_exempt
def size(request, photo, version, name):
    """One size of a photo, for as long as readers may see the photo.

    Whoever edits photos sees it at any time, and whoever has a preview that shows it while they have that.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    asked = NAME.fullmatch(name) if VERSION.fullmatch(version) else None
    if asked is None or (asked[1], int(asked[2]), asked[3]) not in _sizes_of(photo, version):
        raise Http404
    headers = HEADERS
    now = timezone.now()
    # One without an alt text of its own is shown where the place describes it.
    public = Photo.objects.licensed(now).mentioned(now).filter(pk=photo).only("usable_until").first()
    if public is None or previews.asks_for_file(request):
        usable = Photo.objects.licensed(now).filter(pk=photo)
        opened = previews.opens_file(request, images.address_of(photo, version))
        if not (public or (opened and usable.exists())) and not request.user.has_perm("media.view_photo"):
            raise Http404
        headers = {**HEADERS, "Cache-Control": "private, no-store"}
    elif public.usable_until:  # no cache outlives the licence
        left = int((public.usable_until - now).total_seconds())
        headers = {**HEADERS, "Cache-Control": f"public, max-age={min(left, YEAR)}"}
    file = images.folder_of(photo, version) + name
    content_type = images.FORMATS[asked[3]]
    if handed_over := hand_over(file, content_type, headers):
        return handed_over
    try:
        content = default_storage.open(file)
    except FileNotFoundError:
        logger.error("The file %s is missing", file)
        raise Http404 from None
    return FileResponse(content, content_type=content_type, headers=headers)


def _sizes_of(photo, version):
    """The sizes that there are of a version: of the one that readers get, or of one that they got until lately."""
    current = Photo.objects.filter(pk=photo).only("sizes_version", "sizes_formats", "sizes_widths").first()
    if current is None or current.sizes_version == version:
        return current.made.sizes() if current else set()
    former = FormerSizes.objects.filter(photo=photo, version=version).first()
    return former.made.sizes() if former else set()
