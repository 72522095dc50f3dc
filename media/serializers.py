"""What readers get of a photo."""

from django.db.models import Min
from rest_framework import serializers

from cms.publishing.files import file_url
from cms.publishing.links import Target
from cms.publishing.serializers import SharedSerializer, api_url, rfc3339
from media import gate
from media.images import CROPS, FORMATS
from media.models import Photo, Rendition

SMALL = 320  # pixels


def rendition_url(name: str) -> str:
    return file_url(f"/media/{name.removeprefix('renditions/')}")


class FocalPointSerializer(serializers.Serializer):
    x = serializers.FloatField(min_value=0, max_value=1, help_text="From the left, 0 to 1.")
    y = serializers.FloatField(min_value=0, max_value=1, help_text="From the top, 0 to 1.")


class SizeSerializer(serializers.Serializer):
    url = serializers.URLField()
    width = serializers.IntegerField(help_text="In pixels.")
    height = serializers.IntegerField()


class SourceSerializer(serializers.Serializer):
    """One `<source>` of a `<picture>`; its sizes stand from narrow to wide."""

    type = serializers.ChoiceField(FORMATS)
    srcset = SizeSerializer(many=True)


class ShapeSerializer(serializers.Serializer):
    src = serializers.URLField(help_text="A JPEG for `<img>`.")
    sources = SourceSerializer(many=True)


class CropsSerializer(serializers.Serializer):
    def get_fields(self):
        return {crop: ShapeSerializer() for crop in CROPS}


class PhotoSerializer(SharedSerializer):
    """A photo with its credit and its sizes. Where a story places it, the placement's caption and alt text stand."""

    kind = serializers.CharField(read_only=True)
    url = serializers.URLField(read_only=True)
    focal_point = FocalPointSerializer(source="*")
    src = serializers.URLField(read_only=True)
    sources = SourceSerializer(many=True, read_only=True)
    crops = CropsSerializer(read_only=True)

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
            "taken_at",
            "published_at",
            "width",
            "height",
            "focal_point",
            "placeholder",
            "dominant_colour",
            "src",
            "sources",
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
            "taken_at",
            "place",
            "keywords",
            "focal_point",
        ]

    @classmethod
    def load(cls, keys, at):
        rows = cls.for_list(Photo.objects.licensed(at).filter(pk__in=list(keys)))
        public = cls.shared_instance().public
        return {
            row.pk: Target(public(row), until=row.usable_until, lacks=() if row.is_described else ("alt_text",))
            for row in rows
        }

    @classmethod
    def for_list(cls, rows):
        return rows.prefetch_related("renditions")

    @classmethod
    def holder_of(cls, file):
        return Photo.objects.filter(checksum=gate.checksum_of(file)).first()

    @classmethod
    def pictures(cls, keys):
        placeholders = dict(Photo.objects.filter(pk__in=keys).values_list("pk", "placeholder"))
        sizes = Rendition.objects.filter(photo__in=keys, crop="", format="image/jpeg", width__lte=SMALL)
        sizes = sizes.order_by("photo", "width").values_list("photo", "file")
        return {**placeholders, **{photo: f"/media/{name.removeprefix('renditions/')}" for photo, name in sizes}}

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
        return Photo.objects.filter(usable_until__gt=after).aggregate(at=Min("usable_until"))["at"]

    def show_row(self, row, at):
        return self.public(row), row.usable_until

    def public(self, photo: Photo) -> dict:
        shapes: dict[str, dict[str, list]] = {}
        for size in photo.renditions.all():
            entry = {"url": rendition_url(size.file.name), "width": size.width, "height": size.height}
            shapes.setdefault(size.crop, {}).setdefault(size.format, []).append(entry)
        whole = _shape(shapes.get("", {}))
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
            "taken_at": rfc3339(photo.taken_at),
            "published_at": rfc3339(photo.published_at),
            "width": photo.width,
            "height": photo.height,
            "focal_point": {"x": photo.focal_x, "y": photo.focal_y},
            "placeholder": photo.placeholder,
            "dominant_colour": photo.dominant_colour or None,
            "src": whole["src"] if whole else None,
            "sources": whole["sources"] if whole else [],
            "crops": {crop: _shape(shapes.get(crop, {})) for crop in CROPS},
        }


def _shape(formats: dict[str, list]) -> dict | None:
    """`<picture>` sources of one shape, and for `<img>` the JPEG nearest to 1280 pixels from below."""
    if "image/jpeg" not in formats:
        return None
    jpegs = sorted(formats["image/jpeg"], key=lambda size: size["width"])
    middle = [size for size in jpegs if size["width"] <= 1280] or jpegs
    sources = [
        {"type": name, "srcset": sorted(formats[name], key=lambda size: size["width"])}
        for name in FORMATS
        if name in formats
    ]
    return {"src": middle[-1]["url"], "sources": sources}
