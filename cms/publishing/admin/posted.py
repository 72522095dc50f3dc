"""What a page carries besides its fields: the key of a new item, and the version that it started from."""

import uuid

from django.http import HttpRequest


def posted_key(request: HttpRequest) -> uuid.UUID | None:
    """The id that a page for a new item came with, so that sending it twice makes one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def posted_base(request: HttpRequest) -> int | None:
    """The version that a page started from."""
    base = request.POST.get("base", "")
    return int(base) if base.isascii() and base.isdigit() and len(base) < 19 else None
