"""Keys: the long random words by which programs come in.

A key is 32 random bytes, so that its SHA-256 can neither be guessed nor be reversed: the database keeps that alone, and
a copy of it opens nothing. Who has lost a key makes another.
"""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import InternalError, OperationalError, close_old_connections, transaction
from django.utils import timezone

from cms.access.addresses import address_of
from cms.api.models import Key, Scope
from cms.database import patience
from cms.publishing import reading
from cms.publishing.models import Act

logger = logging.getLogger(__name__)

PREFIX = "galley_key_"
LONGEST = 200  # characters; nobody's key is longer, and who sends more is not hashed for it
SHOWN = len(PREFIX) + 6
NOTED_EVERY = timedelta(minutes=1)


def make(
    name: str,
    account: Any,
    scopes: list[str],
    *,
    expires_at: datetime | None = None,
    networks: list[str] | None = None,
    by: Any = None,
) -> tuple[Key, str]:
    """A new key, and the word itself, which nobody is told again. Raises ValidationError."""
    key = Key(name=name, account=account, scopes=scopes, expires_at=expires_at, networks=networks or [], made_by=by)
    secret = give_secret(key)
    key.full_clean()
    store(key, by)
    return key, secret


def store(key: Key, by: Any) -> None:
    """Keep a new key, and that somebody has made it."""
    with transaction.atomic():
        key.save(force_insert=True)
        key.note(Act.Verb.KEY_MADE, by)


def give_secret(key: Key) -> str:
    """Make up the word of a key that is still to be stored."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key.key_hash, key.shown = hash_of(secret), secret[:SHOWN]
    return secret


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def secret_in(header: str) -> str:
    """The key of an Authorization header; empty when it is of another scheme."""
    scheme, _space, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def find(secret: str, address: str) -> Key | None:
    """The living key, for who comes from an address. Any other is looked up alike, and finds nothing."""
    if not secret or len(secret) > LONGEST:
        return None
    key = Key.objects.alive(timezone.now()).filter(key_hash=hash_of(secret)).select_related("account").first()
    return key if key and key.is_taken_from(address) else None


def most_bytes(environ: dict[str, Any]) -> int:
    """How large a body may be that a program sends, told by the head of its request alone; 0: as anybody's."""
    close_old_connections()
    request = WSGIRequest(environ)
    with patience.waiting_at_most(settings.DATABASE_TIMEOUT):
        key = find(secret_in(request.headers.get("Authorization", "")), address_of(request))
    if key is None:
        return 0
    files = settings.MAX_VIDEO_MB * 1_000_000 if key.may(Scope.MEDIA) else 0
    return files + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def note_use(key: Key, address: str) -> None:
    """Note that the key is used, if that costs nobody time."""
    now = timezone.now()
    is_noted = key.last_used_at and now - key.last_used_at < NOTED_EVERY and key.last_used_from == address
    if is_noted:
        return
    try:
        with reading.briefly(), transaction.atomic():
            Key.objects.filter(pk=key.pk).update(last_used_at=now, last_used_from=address[:45])
    except (OperationalError, InternalError):
        logger.info("That a key is used could not be noted, the database being busy or read-only")
