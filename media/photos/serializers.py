"""What readers get of a photo."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cms.content.serializers import SharedSerializer, api_url, rfc3339
from cms.database import statements
from cms.files import file_url
from cms.publishing.kinds import Place, Searched
from cms.publishing.links import Target
from media import gate
from media.ai_use import AiUseField
from media.photos import images
from media.photos.models import Photo
from media.pixels import shapes

SMALL = 320  # pixels


class FocalPointSerializer(serializers.Serializer):
    x = serializers.FloatField(min_value=0, max_value=1, help_text="From the left, 0 to 1.")
    y = serializers.FloatField(min_value=0, max_value=1, help_text="From the top, 0 to 1.")


class CropSerializer(serializers.Serializer):
    width = serializers.IntegerField(help_text="Of its largest size.")
    height = serializers.IntegerField(help_text="Of its largest size.")
    widths = serializers.ListField(child=serializers.IntegerField(), help_text="From narrow to wide.")


class CropsSerializer(serializers.Serializer):
    def get_fields(self):
        return {crop: CropSerializer() for crop in images.CROPS}


class PhotoSerializer(SharedSerializer):
    """A photo with its credit and its sizes. Where a story places it, the placement's caption and alt text stand."""

    endpoint = "media.photos.views.PhotoViewSet"
    place = Place(_("Photos"), _("Photo"), new=_("Upload photos"), new_page="changelist", go="p", position=40)
    other_formats = {"jsonld": "media.photos.formats.jsonld", "ninjs": "media.photos.formats.ninjs"}
    roles = {"Reporter": ("add",), "Editor": ("add", "change"), "Photo editor": ("add", "change", "delete")}
    kind = serializers.CharField(read_only=True)
    url = serializers.URLField(read_only=True)
    focal_point = FocalPointSerializer(source="*")
    src = serializers.URLField(read_only=True)
    template = serializers.CharField(read_only=True)
    formats = serializers.ListField(child=serializers.ChoiceField(list(images.FORMATS)), read_only=True)
    crops = CropsSerializer(read_only=True)

    ai_use = AiUseField()
    composed_fields = {
        "focal_point": {"x": "focal_x", "y": "focal_y"},
        "ai_use": {"level": "ai_use_level", "note": "ai_use_note"},
    }

    class Meta:
        kind = "photo"
        path = "photos"
        model = Photo
        fields = [
            "kind",
            "id",
            "url",
            "alt_text",
            "extended_description",
            "caption",
            "credit_line",
            "creator",
            "source",
            "copyright_notice",
            "usage_terms",
            "usable_until",
            "digital_source_type",
            "ai_use",
            "taken_at",
            "published_at",
            "width",
            "height",
            "focal_point",
            "placeholder",
            "dominant_colour",
            "src",
            "template",
            "formats",
            "crops",
        ]

        writable_fields = [
            "file",
            "alt_text",
            "is_decorative",
            "extended_description",
            "headline",
            "caption",
            "credit_line",
            "creator",
            "source",
            "copyright_notice",
            "usage_terms",
            "usable_until",
            "digital_source_type",
            "ai_use",
            "taken_at",
            "place",
            "keywords",
            "focal_point",
        ]

    @classmethod
    def searched(cls, shown):
        caption, *others = texts_of_photo(shown)
        return Searched(headline=caption, prominent=others[:1], rest=others[1:])

    @classmethod
    def load(cls, keys, at):
        rows = statements.objects(_licensed, list(keys), at)
        public = cls.shared_instance().public
        return {
            row.pk: Target(public(row), until=row.usable_until, lacks=() if row.is_described else ("alt_text",))
            for row in rows
        }

    @classmethod
    def holder_of(cls, file):
        return Photo.objects.filter(checksum=gate.checksum_of(file)).first()

    @classmethod
    def refusal_status(cls, error):
        return gate.status_of(error)

    @classmethod
    def pictures(cls, keys):
        photos = Photo.objects.filter(pk__in=keys).only("placeholder", "sizes_version", "sizes_formats", "sizes_widths")
        return {photo.pk: photo.address(SMALL) or photo.placeholder for photo in photos}

    @classmethod
    def first_seen(cls, moments):
        photos = list(Photo.objects.filter(pk__in=moments).only("published_at"))
        for photo in photos:
            photo.published_at = min(photo.published_at or moments[photo.pk], moments[photo.pk])
        Photo.objects.bulk_update(photos, ["published_at"])

    @classmethod
    def ended(cls, since, until):
        return list(Photo.objects.filter(usable_until__gt=since, usable_until__lte=until).mentioned(until))

    @classmethod
    def end_of(cls, row):
        return row.usable_until

    @classmethod
    def next_end(cls, after):
        return next((at for (at,) in statements.found(_next_end, after)), None)

    def show_row(self, row, at):
        return self.public(row), row.usable_until

    def public(self, photo: Photo) -> dict:
        made = photo.made
        folder = images.address_of(photo.pk, made.version)
        middle = made.jpeg(images.MIDDLE)
        return {
            "kind": "photo",
            "id": str(photo.pk),
            "url": api_url("photos", photo.pk),
            "alt_text": photo.alt_text,
            "extended_description": photo.extended_description or None,
            "caption": photo.caption or None,
            "credit_line": photo.credit_line,
            "creator": photo.creator or None,
            "source": photo.source or None,
            "copyright_notice": photo.copyright_notice or None,
            "usage_terms": photo.usage_terms or None,
            "usable_until": rfc3339(photo.usable_until),
            "digital_source_type": photo.digital_source_type or None,
            "ai_use": photo.ai_use,
            "taken_at": rfc3339(photo.taken_at),
            "published_at": rfc3339(photo.published_at),
            "width": photo.width,
            "height": photo.height,
            "focal_point": {"x": photo.focal_x, "y": photo.focal_y},
            "placeholder": photo.placeholder,
            "dominant_colour": photo.dominant_colour or None,
            "src": file_url(folder + images.name_of(middle), folder) if middle else None,
            "template": file_url(folder + images.TEMPLATE, folder) if middle else None,
            "formats": made.formats,
            "crops": {crop: _crop(photo, ratio, made.widths.get(crop, [])) for crop, ratio in images.CROPS.items()},
        }


def _licensed(keys: Iterable[uuid.UUID], at: datetime) -> QuerySet:
    return Photo.objects.licensed(at).filter(pk__in=keys).order_by()


def _next_end(after: datetime) -> QuerySet:
    return Photo.objects.filter(usable_until__gt=after).order_by("usable_until").values_list("usable_until")[:1]


def _crop(photo: Photo, ratio: float | None, widths: list[int]) -> dict:
    """One shape: in which widths there are files of it, and how large the largest is."""
    width = widths[-1] if widths else 0
    height = shapes.height_at(photo.width, photo.height, ratio, width) if width else 0
    return {"width": width, "height": height, "widths": widths}


TEXTS = ("caption", "alt_text", "credit_line", "creator", "source", "extended_description", "copyright_notice")


def texts_of_photo(shown: dict) -> list[str]:
    """What is read of a photo where it is shown: its caption, what it shows, who made it."""
    return [shown.get(name) or "" for name in TEXTS]


def photos_in(shown: object) -> Iterator[dict]:
    """The photos that something shows, wherever they stand in it."""
    waiting = [shown]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("kind") == "photo" and "credit_line" in value:
                yield value
                continue
            value = list(value.values())
        if isinstance(value, list):
            waiting += [inner for inner in reversed(value) if isinstance(inner, (dict, list))]
