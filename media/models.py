"""Photos with their credits, and the sizes made from them."""

import hashlib
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.publishing import background, press
from cms.publishing.fields import DocumentField, FoldedField, SearchTextField
from cms.publishing.shared import Shared, SharedQuerySet
from media import gate, images, metadata
from media.fields import KeywordsField
from media.pixels import embedding

logger = logging.getLogger(__name__)

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
SIZES_MADE_BY = 1  # counted on when sizes are to be made otherwise, so that all are made again
SIZES_PLAN = ["sizes_due_at", "sizes_attempts", "sizes_fault"]


class StoredFiles:
    """Files that go again when what they belong to is not kept."""

    def __init__(self):
        self.names = []

    def keep(self, name, content):
        """Store a file. Its name says what it holds, so one that is there already is the same."""
        if not default_storage.exists(name):
            self.names.append(name)
            default_storage.save(name, content)

    def undo(self):
        for name in self.names:
            try:
                default_storage.delete(name)
            except OSError:
                logger.exception("The file %s could not be deleted again", name)


def delete_files(names):
    """Delete files as soon as it is sure that nothing leads to them."""
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])


MADE_BY_MACHINES = ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]


class PhotoQuerySet(SharedQuerySet):
    def licensed(self, at):
        """Photos that may be shown where they are described: with a credit, and rights that have not run out."""
        return self.exclude(credit_line="").exclude(usable_until__lte=at)

    def usable(self, at):
        """Photos that may be shown anywhere: with a description of their own as well."""
        return self.licensed(at).filter(~Q(alt_text="") | Q(is_decorative=True))

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
    file = models.FileField(_("file"), upload_to=original_path, max_length=255)
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
            models.Index(fields=["digital_source_type", "uploaded_at", "id"], name="photo_by_source_type"),
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

    said: frozenset[str] = frozenset()  # fields in which the file does not speak, though they be empty
    _admitted: gate.Admitted | None = None  # a file that has been looked into and is not stored yet

    def recipe(self):
        """What its sizes are made from, as one word: other sizes have to be made when it is another."""
        parts = [SIZES_MADE_BY, self.checksum, self.focal_x, self.focal_y, self.facts()]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()

    def facts(self):
        """What every size says of its maker."""
        return {name: getattr(self, name) for name in embedding.XMP}

    def clean(self):
        """Look into a new file: refuse what is no picture, and what is here already."""
        try:
            self._look_into_file()
        except ValidationError as error:
            raise ValidationError({"file": error}) from error

    def _look_into_file(self):
        if not self.file or self.file._committed or self._admitted:
            return
        former = self.checksum
        found = gate.admit(self.file.file, self._refuse_twin, (float(self.focal_x), float(self.focal_y)))
        self.extension, self.file_name = found.extension, found.file_name
        self.width, self.height = found.width, found.height
        self.placeholder, self.dominant_colour = found.placeholder, found.dominant_colour
        self.metadata = found.metadata
        if found.checksum != former:  # what an editor emptied stays so when the same file comes again
            self.notices = [*metadata.notices(found.metadata, timezone.now()), *self._fill_in(found.metadata)]
        self._admitted = found

    def _refuse_twin(self, checksum):
        self.checksum = checksum
        twin = Photo.objects.filter(checksum=checksum).exclude(pk=self.pk).first()
        if twin:
            message = gettext('This picture is in the library already: "%(photo)s". Use that one.')
            raise ValidationError(message % {"photo": twin}, code="twin")

    def _fill_in(self, raw):
        """Let the file speak where nobody else has. Yields what an editor is to know of that."""
        for name, value in metadata.facts(raw).items():
            if name in self.said:
                continue
            field = self._meta.get_field(name)
            if name == "keywords":
                value, notice = metadata.cut_words(value)
            elif isinstance(value, str) and not field.choices:
                value = value if isinstance(field, models.TextField) else " ".join(value.split())
                value, notice = metadata.cut(value, field.max_length, field.verbose_name)
            else:
                notice = ""
            if not getattr(self, name) and not (name == "alt_text" and self.is_decorative):
                setattr(self, name, value)
                if notice:
                    yield notice
            elif name == "credit_line" and self.credit_line != value:
                yield gettext('The file names another credit line: "%(credit)s".') % {"credit": value}

    def replace_file(self, file):
        """Put another picture in its place. All that is said of it stays, and so do its uses."""
        self.file = file
        self.full_clean()
        self.save()

    def save(self, *args, **kwargs):
        """Keep the photo; a new file with its first sizes. What others are to be made is left to the background."""
        self._look_into_file()
        self.taken_order = self.taken_at or LONG_AGO
        admitted = self._admitted
        stored = StoredFiles()
        try:
            former_file = ""
            sizes = []
            if admitted:  # which may take a while, so that it is done before others have to wait
                former_file = Photo.objects.filter(pk=self.pk).values_list("file", flat=True).first() or ""
                made_from = self.recipe() if admitted.focal_point == (self.focal_x, self.focal_y) else "elsewhere"
                sizes = [self.rendition(size, made_from, stored) for size in self._with_maker(admitted.sizes)]
                name = original_path(self, self.file.name)
                stored.keep(name, self.file.file)
                self.file = name
            with press.printing():
                if admitted:
                    self._refuse_twin(self.checksum)  # it may have come in meanwhile
                self._plan_sizes(is_new=bool(admitted))
                super().save(*args, **kwargs)
                if admitted:
                    self.replace_renditions(sizes)
                    if former_file and former_file != name:
                        delete_files([former_file])
        except BaseException:
            stored.undo()
            raise
        self._admitted = None
        if self.sizes_due_at:
            transaction.on_commit(background.wake)

    def _with_maker(self, sizes):
        return [replace(size, content=embedding.into_jpeg(size.content, self.facts())) for size in sizes]

    def _plan_sizes(self, *, is_new):
        """Have its sizes made when they are not those that it should have; else leave that as it stands."""
        if is_new or self.renditions.exclude(made_from=self.recipe()).exists():
            self.sizes_due_at, self.sizes_attempts, self.sizes_fault = timezone.now(), 0, ""
        elif plan := Photo.objects.filter(pk=self.pk).values(*SIZES_PLAN).first():
            for name, value in plan.items():
                setattr(self, name, value)

    def rendition(self, size, made_from, stored):
        """One size, its file stored under a name that holds a hash of it."""
        digest = hashlib.blake2b(size.content, digest_size=8).hexdigest()
        shape = size.crop.replace(":", "x") or "whole"
        name = f"renditions/{self.pk}/{shape}-{size.width}-{digest}.{images.EXTENSIONS[size.format]}"
        stored.keep(name, ContentFile(size.content))
        return Rendition(
            photo=self,
            crop=size.crop,
            width=size.width,
            height=size.height,
            format=size.format,
            file=name,
            made_from=made_from,
        )

    def replace_renditions(self, sizes):
        """Let these be the sizes there are. Returns whether that changes anything."""
        former = set(self.renditions.values_list("file", flat=True))
        now = {size.file.name for size in sizes}
        self.renditions.all().delete()
        Rendition.objects.bulk_create(sizes)
        delete_files(former - now)
        return former != now

    def delete(self, *args, **kwargs):
        """Delete it with its files, which nobody else has."""
        names = [self.file.name, *self.renditions.values_list("file", flat=True)]
        with press.printing():
            deleted = super().delete(*args, **kwargs)
            delete_files(names)
        return deleted

    def is_usable(self, at):
        """Whether readers may see it at a moment, where something live uses it."""
        return not any(self.obstacles()) and (self.usable_until is None or self.usable_until > at)

    @property
    def is_described(self):
        """Whether it says itself what it shows, or that there is nothing to be said."""
        return bool(self.alt_text or self.is_decorative)

    def obstacles(self, *, is_described=False):
        """What keeps readers from seeing the photo, in words for an editor. The place may describe it in its stead."""
        if not self.credit_line:
            yield gettext('Give the photo "%(photo)s" its credit line.') % {"photo": self}
        if not (self.is_described or is_described):
            yield gettext('Describe the photo "%(photo)s" in its alt text, or mark it as decorative.') % {"photo": self}


class Rendition(models.Model):
    """One size of a photo. Its address holds a hash of its content, so it never changes."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")
    crop = models.CharField(max_length=5, blank=True, help_text="Empty: the picture's own shape.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    format = models.CharField(max_length=20)
    file = models.FileField(unique=True, max_length=200)
    made_from = models.CharField(max_length=40, help_text="The photo's recipe at that time.")

    class Meta:
        ordering = ["crop", "format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["photo", "crop", "width", "format"], name="one_rendition_a_size")
        ]

    def __str__(self):
        return f"{self.crop or 'whole'} {self.width}"
