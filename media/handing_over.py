"""Stored files that the proxy in front sends for us: we say who may have one, it reads the disk and the ranges."""

import logging
from collections.abc import Mapping
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse

logger = logging.getLogger(__name__)


def hand_over(name: str, content_type: str, headers: Mapping[str, str]) -> HttpResponse | None:
    """The answer that has the proxy send a stored file (nginx's X-Accel-Redirect); nothing where we send it.

    The tag, the length and what part was asked for are the proxy's: it knows the file as it is on the disk.
    """
    if not settings.ACCEL_REDIRECT:
        return None
    if not default_storage.exists(name):
        logger.error("The file %s is missing", name)
        raise Http404
    place = settings.ACCEL_REDIRECT + quote(name)
    return HttpResponse(headers={**headers, "Content-Type": content_type, "X-Accel-Redirect": place})
