"""Previews: the working copy of one item for whoever holds a link to it, with an account or without.

A link's token is a signature: 32 random bytes that stand in the database, signed with the secret key, which does not.
So a copy of the database opens nothing, another secret key ends all links, and the desk can show a link again to those
who may see the item anyway. It is found by its SHA-256, and can do no more than show that one item until it ends.

A token never stands in an address that a server is sent. Our own page has it behind the #, which browsers keep to
themselves, so that no log, no proxy and no robot that looks at links in messages gets it; see cms/previews/views.py.
"""

import hashlib
import hmac
import logging
import secrets
import uuid
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import InternalError, OperationalError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from cms import files
from cms.publishing import kinds, press, reading, rendering, slugs
from cms.publishing.models import PreviewLink, Publication, Version
from cms.text import spelling

logger = logging.getLogger(__name__)

PREFIX = "galley_preview_"
USUALLY = timedelta(hours=24)
FORGOTTEN_AFTER = timedelta(days=30)
NOTED_EVERY = timedelta(minutes=1)


def _signed(*parts: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b" ".join([b"preview", *parts]), "sha256")


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def token_of(link: PreviewLink) -> str:
    return PREFIX + _text(_signed(b"token", bytes(link.seed)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


# Links


def make(item: Any, by: Any, lasts: timedelta = USUALLY, ahead_to: datetime | None = None) -> PreviewLink:
    """A new link to an item's working copy; with `ahead_to`, to the item as readers will see it at that moment."""
    now = timezone.now()
    PreviewLink.objects.filter(expires_at__lt=now - FORGOTTEN_AFTER).delete()
    if item.head_id is None:
        press.save(item, by=by)
    link = PreviewLink(
        kind=item.kind,
        key=item.pk,
        seed=secrets.token_bytes(32),
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
        ahead_to=ahead_to,
    )
    link.token_hash = _hash(token_of(link))
    link.save(force_insert=True)
    return link


def usual(item: Any, by: Any) -> PreviewLink:
    """Somebody's plain link to an item: the one that they have already, while half of its time is left."""
    mine = alive(item).filter(made_by=by, ahead_to=None, expires_at__gt=timezone.now() + USUALLY / 2)
    return next((link for link in mine if is_ours(link)), None) or make(item, by)


def alive(item: Any) -> QuerySet[PreviewLink]:
    """The links that show an item, the newest first."""
    return PreviewLink.objects.alive(timezone.now()).filter(kind=item.kind, key=item.pk).order_by("-made_at", "pk")


def is_ours(link: PreviewLink) -> bool:
    """Whether the link was signed with the secret key that we have."""
    return hmac.compare_digest(_hash(token_of(link)), link.token_hash)


def address_of(link: PreviewLink, slug: str) -> str:
    """Where the link leads: to the front end's page, or to our own."""
    token = token_of(link)
    if settings.PREVIEW_URL:
        return settings.PREVIEW_URL.format(kind=link.kind, slug=quote(slug or str(link.key)), id=link.key, token=token)
    return f"{settings.PUBLIC_URL}/preview/#{token}"


def token_in(header: str) -> str:
    """The token of an Authorization header; empty when it is no preview's."""
    scheme, _space, token = header.partition(" ")
    return token.strip() if scheme.lower() == "preview" else ""


def find(token: str) -> PreviewLink | None:
    """The living link of a token. Any other token is looked up alike, and finds nothing."""
    link = PreviewLink.objects.alive(timezone.now()).filter(token_hash=_hash(token)).first()
    return link if link and hmac.compare_digest(token_of(link).encode(), token.encode(errors="replace")) else None


def living(pk: uuid.UUID) -> PreviewLink | None:
    """A link by its id, for those who have shown its token before."""
    link = PreviewLink.objects.alive(timezone.now()).filter(pk=pk).first()
    return link if link and is_ours(link) else None


def revoke(link: PreviewLink) -> None:
    PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


# What a link shows


class Preview(NamedTuple):
    """What a link shows."""

    link: PreviewLink
    publication: Publication  # as it would stand; not to be saved
    standing: str  # what it is: "working copy", "live", or looking ahead "scheduled", "not live"
    at: datetime
    names: frozenset[str]  # that an address may call it by

    @property
    def version(self) -> Version:
        return self.publication.shown

    def document(self) -> dict:
        """The item exactly as readers would get it, its files' addresses open to the link.

        Raises Http404 where it cannot be shown, as an older release let in what this one cannot read.
        """
        with files.addresses_ending(lambda path: f"?preview={_leave(self.link.pk, path)}"):
            try:
                return {**rendering.preview(self.publication, self.at), "preview": True}
            except Exception as error:  # whatever is wrong with it
                logger.exception("The preview of %s %s cannot be shown", self.link.kind, self.link.key)
                raise Http404("It cannot be shown at present. The newsroom's log says why.") from error


def look(link: PreviewLink) -> Preview | None:
    """What a living link shows; nothing once its item is deleted."""
    now = timezone.now()
    items = kinds.named(link.kind).Meta.model._default_manager.filter(pk=link.key)
    head = Version.objects.filter(pk__in=items.values("head")).first()
    if head is None:
        return None
    rows = Publication.objects.filter(kind=link.kind, key=link.key).select_related("version", "next_version")
    publication = rows.defer("card", "document").first() or Publication(kind=link.kind, key=link.key)
    versions = [head, publication.version, publication.next_version]
    names = {version.data.get("slug") or "" for version in versions if version} | {publication.slug}
    publication.former_slug = publication.slug
    at, standing = now, "working copy"
    if link.ahead_to:
        at, scheduled = max(now, link.ahead_to), publication.next_version
        is_seen = press.foresee(publication, at)
        standing = "not live" if not is_seen else "scheduled" if publication.version == scheduled else "live"
    elif publication.version == head and press.foresee(publication, now):
        standing = "live"
    if standing in {"working copy", "not live"}:
        press.as_released(publication, head, at)
    return Preview(link, publication, standing, at, frozenset(names - {""} | {str(link.key)}))


def is_called(preview: Preview, name: str) -> bool:
    """Whether a name, as an address has it, is one of the item's, those that it had before included."""
    if not preview.names.isdisjoint(slugs.with_alikes([spelling.composed(name)])):
        return True
    return slugs.owner(preview.link.kind, name) == preview.link.key


def note_use(link: PreviewLink) -> None:
    """Note that the link is used, if that costs nobody time."""
    now = timezone.now()
    if link.last_used_at and now - link.last_used_at < NOTED_EVERY:
        return
    try:
        with reading.briefly(), transaction.atomic():
            PreviewLink.objects.filter(pk=link.pk).update(last_used_at=now)
    except (OperationalError, InternalError):
        logger.info("That a preview link is used could not be noted, the database being busy or read-only")


# Files of what is not public yet


def _leave(pk: uuid.UUID, path: str) -> str:
    """What opens one file's address, or all of a folder, to the holders of a link, as long as the link lives."""
    return pk.hex + _text(_signed(b"file", pk.bytes, path.encode())[:16])


def asks_for_file(request: HttpRequest) -> bool:
    """Whether a file is asked for as a preview has it; no cache may keep the answer."""
    return "preview" in request.GET


def opens_file(request: HttpRequest, folder: str = "") -> bool:
    """Whether a living link opens the file that is asked for, or the whole folder that it is in."""
    word = request.GET.get("preview", "")
    try:
        pk = uuid.UUID(hex=word[:32])
    except ValueError:
        return False
    if not hmac.compare_digest(word.encode(errors="replace"), _leave(pk, folder or request.path_info).encode()):
        return False
    return living(pk) is not None
