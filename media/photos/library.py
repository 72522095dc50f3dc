"""What the desk tells of a photo: its thumbnail, what is wrong with it, where it is used."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.desk.moments import day_in_words
from cms.publishing import kinds
from cms.publishing.links import things
from cms.publishing.models import Publication, Reference, Version
from media.photos.models import MADE_BY_MACHINES, FormerSizes, Photo

SOON = timedelta(days=14)
RECENT = 2000  # drafts that are looked through for photos in their text
SMALL, LARGE = 320, 1280  # pixels


def thumbnails(keys: Iterable, width: int = SMALL) -> dict:
    """The address of a small size of each of these photos, by id."""
    photos = Photo.objects.filter(pk__in=list(keys)).only("sizes_version", "sizes_formats", "sizes_widths")
    return {photo.pk: address for photo in photos if (address := photo.address(width))}


def page_of(photo: Photo) -> str:
    return reverse(f"{admin.site.name}:media_photo_change", args=[photo.pk])


def badges(photo: Photo) -> list[tuple[str, str]]:
    """What is wrong with a photo, or worth knowing, in two words each."""
    now = timezone.now()
    marks = []
    if not photo.credit_line:
        marks.append(("lack", _("No credit")))
    if not (photo.alt_text or photo.is_decorative):
        marks.append(("lack", _("No alt text")))
    if photo.usable_until and photo.usable_until <= now:
        marks.append(("ended", _("Rights ended")))
    elif photo.usable_until and photo.usable_until <= now + SOON:
        marks.append(("ending", _("Rights end on %(day)s") % {"day": day_in_words(photo.usable_until)}))
    if photo.digital_source_type in MADE_BY_MACHINES:
        marks.append(("machine", _("AI")))
    return marks


def warnings(photo: Photo) -> list[str]:
    """What an editor who uses a photo should know of its rights."""
    now = timezone.now()
    if photo.usable_until and photo.usable_until <= now:
        return [_("The rights to this photo have expired; choose another.")]
    if photo.usable_until and photo.usable_until <= now + SOON:
        text = _("The rights to this photo end on %(day)s. From then on readers do not see it.")
        return [text % {"day": day_in_words(photo.usable_until)}]
    return []


def card(photo: Photo) -> dict:
    """A photo as the grid of the library shows it."""
    is_over = bool(photo.usable_until and photo.usable_until <= timezone.now())
    return {
        "id": str(photo.pk),
        "address": page_of(photo),
        "thumbnail": photo.address(SMALL) or photo.placeholder,
        "name": photo.caption[:200] or photo.headline or photo.alt_text[:200] or photo.file_name or str(photo),
        "alt_text": photo.alt_text,
        "credit_line": photo.credit_line,
        "focal_point": f"{photo.focal_x:.4f} {photo.focal_y:.4f}",
        "colour": photo.dominant_colour,
        "badges": badges(photo),
        "is_complete": not any(photo.obstacles()),
        "refusal": warnings(photo)[0] if is_over else "",
    }


def cards(photos: Iterable[Photo]) -> list[dict]:
    return [card(photo) for photo in photos]


def described(photo: Photo) -> dict:
    """What a page that uses a photo tells its editor about it."""
    return {
        "id": str(photo.pk),
        "address": page_of(photo),
        "thumbnail": photo.address(SMALL) or photo.placeholder,
        "large": photo.address(LARGE) or photo.placeholder,
        "caption": photo.caption,
        "alt_text": photo.alt_text,
        "credit_line": photo.credit_line,
        "obstacles": [*photo.obstacles(), *warnings(photo)],
    }


def uuids(text: str) -> list:
    """The ids in a list with commas; what is none is left out."""
    keys = []
    for part in text.split(","):
        try:
            keys.append(Photo._meta.pk.to_python(part.strip()))
        except ValidationError:
            continue
    return [key for key in keys if key]


# Where a photo is used


def keys_to_photos() -> list[models.ForeignKey]:
    """The columns of the desk that point at a photo, such as a story's lead photo."""
    relations = Photo._meta.get_fields(include_hidden=True)
    return [
        relation.field
        for relation in relations
        if relation.auto_created
        and not relation.concrete
        and (relation.one_to_many or relation.one_to_one)
        and relation.related_model is not FormerSizes
    ]


def used_at_all() -> models.Q:
    """A condition: photos that something live shows or that a column of the desk points at."""
    condition = models.Q(Exists(Reference.objects.filter(kind=Photo.kind, key=OuterRef("pk"), is_direct=True)))
    for field in keys_to_photos():
        condition |= models.Q(Exists(field.model._default_manager.filter(**{field.name: OuterRef("pk")})))
    return condition


def used_in_drafts() -> set:
    """The photos that stand in the text of something saved lately, be it live or not."""
    keys = set()
    for serializer in kinds.publishable():
        newest = serializer.Meta.model.objects.order_by("-modified_at").values_list("head", flat=True)[:RECENT]
        heads = Version.objects.filter(pk__in=[key for key in newest if key])
        with_photo = heads.annotate(text=Cast("data", models.TextField())).filter(text__contains='"link":"photo"')
        for data in with_photo.values_list("data", flat=True).iterator():
            keys |= {key for kind, key in things(data) if kind == Photo.kind}
    return keys


def uses(photo: Photo) -> list[tuple[models.Model, bool]]:
    """What shows a photo: (item, whether readers see it there), by the desk's keys, by what is live, by late drafts."""
    items: dict = {}
    references = Reference.objects.filter(kind=photo.kind, key=photo.pk, is_direct=True)
    live = Publication.objects.visible(timezone.now()).filter(pk__in=references.values("publication")[:200])
    keys: dict = {}
    for kind, key in live.values_list("kind", "key"):
        keys.setdefault(kind, []).append(key)
    for kind, group in keys.items():
        for row in kinds.named(kind).Meta.model.objects.filter(pk__in=group):
            items[type(row), row.pk] = (row, True)
    for field in keys_to_photos():
        for row in field.model._default_manager.filter(**{field.name: photo})[:200]:
            items.setdefault((type(row), row.pk), (row, False))
    for row in drafts_with(photo, RECENT):
        items.setdefault((type(row), row.pk), (row, False))
    return list(items.values())


def drafts_with(photo: Photo, newest: int | None = None) -> list[models.Model]:
    """Working copies that have a photo anywhere in them, found by reading them: the newest, or for a rare act all."""
    drafts: list = []
    for serializer in kinds.publishable():
        model = serializer.Meta.model
        heads = model.objects.order_by("-modified_at").values("head")
        if newest:
            heads = [key for key in heads.values_list("head", flat=True)[:newest] if key]
        versions = Version.objects.filter(pk__in=heads).annotate(text=Cast("data", models.TextField()))
        keys = versions.filter(text__contains=str(photo.pk)).values_list("key", flat=True)[:20]
        drafts += model.objects.filter(pk__in=list(keys))
    return drafts
