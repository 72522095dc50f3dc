"""Photos with their credits, and the sizes made from them."""

import hashlib
import json
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.publishing import press
from cms.publishing.fields import DocumentField, FoldedField
from cms.publishing.shared import Shared, SharedQuerySet
from media import images
from media.fields import KeywordsField, SearchTextField

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
MADE_BY_MACHINES = ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]


class PhotoQuerySet(SharedQuerySet):
    def usable(self, at):
        """Photos that may be shown: with a credit, a description, and rights that have not run out."""
        described = ~Q(alt_text="") | Q(is_decorative=True)
        return self.exclude(credit_line="").filter(described).exclude(usable_until__lte=at)

    def showable(self, at):
        return self.usable(at)


def original_path(photo, filename):
    """A name of our own: nothing of the sender's file name is kept on disk."""
    return f"originals/{photo.checksum[:2]}/{photo.checksum}.{photo.extension}"


class Photo(Shared):
    """A picture, with the credit that it may never appear without."""

    kind = "photo"

    class SourceType(models.TextChoices):
        CAPTURE = "digitalCapture", _("Photograph")
        COMPOSITE = "compositeCapture", _("Composite of photographs")
        ARTWORK = "digitalCreation", _("Drawing or graphic")
        MACHINE = "trainedAlgorithmicMedia", _("Made by a machine (AI)")
        PART_MACHINE = "compositeWithTrainedAlgorithmicMedia", _("Partly made by a machine (AI)")

    # Not an ImageField, which would decode what was sent in this process.
    file = models.FileField(_("file"), upload_to=original_path)
    file_name = models.CharField(_("file name"), max_length=255, editable=False, blank=True)
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    checksum = models.CharField(max_length=64, editable=False, unique=True)
    extension = models.CharField(max_length=5, editable=False)
    placeholder = models.TextField(editable=False, blank=True)
    dominant_colour = models.CharField(max_length=7, editable=False, blank=True)
    headline = models.CharField(_("headline"), max_length=300, blank=True, help_text=_("For the desk."))
    alt_text = models.CharField(
        _("alt text"), max_length=500, blank=True, help_text=_("What it shows, for readers who cannot see it.")
    )
    is_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("It tells nothing that the text does not tell.")
    )
    extended_description = models.TextField(_("extended description"), max_length=5000, blank=True)
    caption = models.TextField(
        _("caption"), max_length=2000, blank=True, help_text=_("What is going on; a story can say it in its own way.")
    )
    credit_line = models.CharField(
        _("credit line"), max_length=200, blank=True, help_text=_("As it must be printed: Name/Agency.")
    )
    creator = models.CharField(_("creator"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    copyright_notice = models.CharField(_("copyright notice"), max_length=500, blank=True)
    usage_terms = models.TextField(_("usage terms"), max_length=2000, blank=True)
    usable_until = models.DateTimeField(
        _("usable until"), null=True, blank=True, help_text=_("When the rights end, it goes from every page.")
    )
    digital_source_type = models.CharField(_("made by"), max_length=50, choices=SourceType, blank=True)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True, help_text=_("Where it was taken."))
    keywords = KeywordsField(_("keywords"), help_text=_("For the desk, with commas between them."))
    focal_x = models.FloatField(_("focal point, from the left"), default=0.5, help_text=_("0 to 1"))
    focal_y = models.FloatField(_("focal point, from the top"), default=0.5, help_text=_("0 to 1"))
    published_at = models.DateTimeField(_("first seen by readers"), null=True, editable=False)
    taken_order = models.DateTimeField(
        default=LONG_AGO, editable=False, help_text="To sort by: when taken, or long ago."
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    folded_credit = FoldedField(source="credit_line")
    folded_creator = FoldedField(source="creator")
    search_text = SearchTextField(
        sources=[
            "headline",
            "caption",
            "alt_text",
            "credit_line",
            "creator",
            "source",
            "place",
            "keywords",
            "file_name",
        ]
    )
    metadata = DocumentField(default=dict, editable=False, help_text="What the file says of itself; never public.")
    notices = models.JSONField(default=list, editable=False, help_text="What an editor is to know of the file.")

    # Its sizes, made in the background.
    sizes_due_at = models.DateTimeField(
        null=True, editable=False, help_text="When to make them: nobody else does until then; none: all are made."
    )
    sizes_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    sizes_fault = models.TextField(editable=False, blank=True, help_text="Why they could not be made, for an editor.")

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-uploaded_at", "-pk"]
        indexes = [
            models.Index(fields=["published_at", "id"], name="photo_by_date"),
            models.Index(fields=["taken_order", "id"], name="photo_by_taken"),
            models.Index(fields=["uploaded_at", "id"], name="photo_by_upload"),
            models.Index(fields=["uploaded_at", "id"], condition=Q(credit_line=""), name="photo_no_credit"),
            models.Index(
                fields=["uploaded_at", "id"], condition=Q(alt_text="", is_decorative=False), name="photo_no_alt_text"
            ),
            models.Index(
                fields=["uploaded_at", "id"],
                condition=Q(digital_source_type__in=MADE_BY_MACHINES),
                name="photo_by_machines",
            ),
            models.Index(fields=["usable_until"], condition=Q(usable_until__isnull=False), name="photo_rights_end"),
            models.Index(fields=["sizes_due_at"], condition=Q(sizes_due_at__isnull=False), name="photo_sizes_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="photo_focal_point_inside",
                condition=Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                violation_error_message=_("The focal point lies outside the picture; write numbers from 0 to 1."),
            )
        ]

    def __str__(self):
        return self.caption[:80] or self.alt_text[:80] or gettext("Photo without a caption")

    def clean(self):
        """Look into a new file: refuse what is no picture, and what is here already."""
        if not self.file or self.file._committed:
            return
        self.extension, self.width, self.height = images.check(self.file.file)
        self.file.file.seek(0)
        self.checksum = hashlib.file_digest(self.file.file, "sha256").hexdigest()
        self.file.file.seek(0)
        twin = Photo.objects.filter(checksum=self.checksum).exclude(pk=self.pk).first()
        if twin:
            message = gettext('This picture is in the library already: "%(photo)s". Use that one.')
            raise ValidationError({"file": message % {"photo": twin}}, code="twin")

    def save(self, *args, **kwargs):
        """Keep the photo and, when its file or focal point is new, make its sizes first, while nobody waits."""
        self.taken_order = self.taken_at or LONG_AGO
        made_from = json.dumps([self.checksum, self.focal_x, self.focal_y])
        sizes = None
        if self.file and not self.renditions.filter(made_from=made_from).exists():
            original = self.file.open()
            self.placeholder = images.placeholder(original)
            sizes = [self._store(size, made_from) for size in images.render(original, self.focal_x, self.focal_y)]
            original.seek(0)
        with press.printing():
            super().save(*args, **kwargs)
            if sizes is not None:
                self._replace_renditions(sizes)

    def _store(self, size, made_from):
        digest = hashlib.blake2b(size.content, digest_size=8).hexdigest()
        shape = size.crop.replace(":", "x") or "whole"
        name = f"renditions/{self.pk}/{shape}-{size.width}-{digest}.jpg"
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(size.content))
        return Rendition(
            photo=self,
            crop=size.crop,
            width=size.width,
            height=size.height,
            format="image/jpeg",
            file=name,
            made_from=made_from,
        )

    def _replace_renditions(self, sizes):
        former = set(self.renditions.values_list("file", flat=True))
        self.renditions.all().delete()
        Rendition.objects.bulk_create(sizes)
        unused = former - {rendition.file.name for rendition in sizes}
        transaction.on_commit(lambda: [default_storage.delete(name) for name in unused])

    def is_usable(self, at):
        """Whether readers may see it at a moment, where something live uses it."""
        return not any(self.obstacles()) and (self.usable_until is None or self.usable_until > at)

    def obstacles(self):
        """What keeps readers from seeing the photo, in words for an editor."""
        if not self.credit_line:
            yield gettext('Give the photo "%(photo)s" its credit line.') % {"photo": self}
        if not (self.alt_text or self.is_decorative):
            yield gettext('Describe the photo "%(photo)s" in its alt text, or mark it as decorative.') % {"photo": self}


class Rendition(models.Model):
    """One size of a photo. Its address holds a hash of its content, so it never changes."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")
    crop = models.CharField(max_length=5, blank=True, help_text="Empty: the picture's own shape.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=20)
    file = models.FileField(unique=True, max_length=200)
    made_from = models.CharField(max_length=150)

    class Meta:
        ordering = ["crop", "format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "crop", "width", "format"], name="one_rendition_a_size")
        ]

    def __str__(self):
        return f"{self.crop or 'whole'} {self.width}"
