"""Browsers that have logged in before. They know it themselves, by a signed cookie, for each account (see slowdown.py).

The cookie opens nothing: it only keeps the wrong tries of its browser apart from those of strangers.
"""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

COOKIE = "known_browser"
SALT = "cms.access.browsers"
LASTS = 365 * 24 * 3600  # seconds
MOST_ACCOUNTS = 8  # at one browser
ENTRY = re.compile(r"^([0-9a-f]{16})-([0-9a-f]{16})$")


def token_of(request: HttpRequest, username: str) -> str:
    """What tells this browser from others that know the account; empty for a stranger's."""
    return _held(request).get(_account(username), "")


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Let the browser know that it has logged in to an account."""
    held = _held(request)
    account = _account(username)
    token = held.pop(account, "") or secrets.token_hex(8)
    kept = [(account, token), *held.items()][:MOST_ACCOUNTS]
    response.set_signed_cookie(
        COOKIE,
        ".".join(f"{name}-{value}" for name, value in kept),
        salt=SALT,
        max_age=LASTS,
        path=reverse("admin:login"),
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _held(request: HttpRequest) -> dict[str, str]:
    value = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=LASTS)
    return {entry[1]: entry[2] for part in (value or "").split(".") if (entry := ENTRY.match(part))}


def _account(username: str) -> str:
    return salted_hmac(SALT, username, algorithm="sha256").hexdigest()[:16]
