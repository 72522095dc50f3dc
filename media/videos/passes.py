"""What opens the file of a film that is not free for all: the end of an address, signed by us, that lasts half a day.

Readers' browsers fetch films themselves, and show no key. So whoever may have all of a video is told addresses that
open for half a day, and its front end hands them to those readers whom it knows.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

LASTS = timedelta(hours=12)
HOUR = 3600
PASS = re.compile(r"([0-9a-f]{1,9})-([\w-]{27})", re.ASCII)


def pass_for(path: str) -> str:
    """The end of an address that opens this path from now on. It is the same for an hour, for browsers' caches."""
    ends = (int((timezone.now() + LASTS).timestamp()) // HOUR + 1) * HOUR
    return f"?pass={ends:x}-{_signature(path, ends)}"


def open_until(request: HttpRequest) -> datetime | None:
    """Until when a request's pass opens the path that it asks for; none: it does not."""
    shown = PASS.fullmatch(request.GET.get("pass", ""))
    if shown is None:
        return None
    ends = int(shown[1], 16)
    is_ours = hmac.compare_digest(shown[2], _signature(request.path_info, ends))
    until = datetime.fromtimestamp(ends, UTC) if is_ours else None
    return until if until and until > timezone.now() else None


def _signature(path: str, ends: int) -> str:
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"film {ends:x} {path}".encode(), "sha256")
    return urlsafe_b64encode(digest[:20]).rstrip(b"=").decode()
