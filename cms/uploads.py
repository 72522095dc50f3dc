"""What is taken of an upload before anybody looks at it."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload


class DeskUploads(FileUploadHandler):
    """Lets files in from those who are logged in at the desk, and stops one that is larger than any may be.

    It stands before the handlers that keep them: what a stranger sends is never written to the disk. A file that was
    too large leaves `too_large` on the request.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_staff:
            raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) > settings.MAX_VIDEO_MB * 1_000_000 + 1:
            self.request.too_large = True
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size):
        return None  # the next handler has it
