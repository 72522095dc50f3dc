"""What a provider tells of a video, for the fields that an editor left empty."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from cms import outbound
from media.models import Photo
from newsroom import providers

FILLED = ("headline", "duration_seconds", "poster")


@dataclass
class Fetched:
    """What was found, by field, and what the editor is to be told of it."""

    values: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    poster: Photo | None = None  # to be looked at
    is_complete: bool = True


def fetch(url: str, empty: Collection[str], *, may_add_photos: bool) -> Fetched:
    """Ask the provider of a video's page for what is empty. Where it does not tell, say so, and what to do."""
    fetched = Fetched()
    found = providers.find(url)
    if not found:
        return Fetched(said=[providers.refusal(url)], is_complete=False)
    provider = found[0].label
    try:
        about = providers.ask(url)
    except outbound.Refused as refusal:
        text = _("%(provider)s could not be asked: %(why)s. Fill in headline, duration and poster by hand.")
        return Fetched(said=[text % {"provider": provider, "why": refusal}], is_complete=False)
    if "headline" in empty and about.title:
        fetched.values["headline"] = about.title
    if "duration_seconds" in empty and about.seconds:
        fetched.values["duration_seconds"] = about.seconds
    if "poster" in empty and may_add_photos:
        fetched.poster = _poster(provider, about)
        if fetched.poster:
            fetched.values["poster"] = str(fetched.poster.pk)
    names = {"headline": _("headline"), "duration_seconds": _("duration"), "poster": _("poster")}
    filled = [names[name] for name in FILLED if name in fetched.values]
    left = [names[name] for name in FILLED if name in empty and name not in fetched.values]
    if filled:
        text = _("From %(provider)s: %(fields)s. Check what it says.")
        fetched.said.append(text % {"provider": provider, "fields": ", ".join(filled)})
    if left:
        fetched.is_complete = False
        text = _("%(provider)s does not tell: %(fields)s. Fill in by hand.")
        fetched.said.append(text % {"provider": provider, "fields": ", ".join(left)})
    if not filled and not left:
        fetched.said.append(_("Nothing was empty, so nothing was changed."))
    return fetched


def _poster(provider: str, about: providers.About) -> Photo | None:
    """The video's picture as a photo of the library, through the same gate as any other."""
    content = providers.picture(about)
    if not content:
        return None
    photo = Photo(file=SimpleUploadedFile("poster", content), caption=about.title)
    try:
        photo.full_clean()
    except ValidationError:
        return Photo.objects.filter(checksum=photo.checksum).first() if photo.checksum else None
    photo.credit_line = photo.credit_line or "/".join(filter(None, [about.author, provider]))[:200]
    photo.source = photo.source or provider
    photo.save()
    return photo
