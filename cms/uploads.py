"""What is taken of an upload before anybody looks at it."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest

from cms.database import patience


def is_from_the_desk(environ: dict[str, Any]) -> bool:
    """Whether a request comes from somebody who is logged in at the desk, told by its head alone."""
    close_old_connections()
    request = WSGIRequest(environ)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    with patience.waiting_at_most(settings.DATABASE_TIMEOUT):
        user = get_user(request)
    return user.is_active and user.is_staff


class SizedUploads(FileUploadHandler):
    """Stops a file that is larger than any may be, which was_too_large() tells then."""

    is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.MAX_VIDEO_MB * 1_000_000 + 1:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None  # the next handler has it


class DeskUploads(SizedUploads):
    """Lets files in from those who are logged in at the desk.

    It stands before the handlers that keep them: what a stranger sends is never written to the disk.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_staff:
            raise SkipFile


def was_too_large(request: HttpRequest) -> bool:
    """Whether a file that came with a request was stopped, as none may be that large."""
    return any(isinstance(handler, SizedUploads) and handler.is_too_large for handler in request.upload_handlers)
