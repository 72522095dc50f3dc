"""What a page carries besides its fields: the key of a new item, the version that it started from."""

import uuid

from django.http import HttpRequest


def posted_key(request: HttpRequest) -> uuid.UUID | None:
    """The id that a page for a new item came with, so that sending it twice makes one."""
    return _uuid(request.POST.get("key", ""))


def posted_page(request: HttpRequest) -> uuid.UUID | None:
    """Which opened page it is: of two tabs with one story, one."""
    return _uuid(request.POST.get("page", ""))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def posted_base(request: HttpRequest) -> int | None:
    """The version that a page started from."""
    base = request.POST.get("base", "")
    return int(base) if base.isascii() and base.isdigit() and len(base) < 19 else None
