"""Secrets that have to be used again, sealed: a copy of the database tells nobody what they are.

The key is made from SECRET_KEY, so that another SECRET_KEY opens none of them (Fernet: AES-128-CBC with HMAC-SHA256).
"""

import base64
import hmac
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

PREFIX = "whsec_"
SECRET_BYTES = 32


class Unreadable(Exception):
    """It was sealed with another SECRET_KEY."""


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(text: str) -> str:
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode() if text else ""


def opened(sealed: str) -> str:
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(settings.SECRET_KEY).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise Unreadable from error


@lru_cache(2)
def _fernet(secret_key: str) -> "Fernet":
    from cryptography.fernet import Fernet  # only where there is a secret to open: it takes 5 MB

    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret_key.encode(), b"secrets of webhooks", "sha256")))
