"""Photos with their credits, and the sizes made from them."""

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import Error, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms import background
from cms.content.shared import Shared, SharedQuerySet
from cms.database.fields import DocumentField, FoldedField, SearchTextField
from cms.leftovers.deleting import delete, keep, take_back
from cms.notices import notice
from cms.publishing import press
from media import gate
from media.ai_use import AiUse
from media.fields import KeywordsField
from media.photos import images, metadata
from media.pixels import embedding

logger = logging.getLogger(__name__)

LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
SIZES_MADE_BY = 1  # counted on when sizes are to be made otherwise, so that all are made again
SIZES_STAY = timedelta(days=1)  # pages that were made before a photo was changed go on showing it as it was
SIZES = ["sizes_version", "sizes_formats", "sizes_widths", "sizes_due_at", "sizes_attempts", "sizes_fault"]
MADE_FROM = ["checksum", "focal_x", "focal_y", *embedding.XMP]


class StoredFiles:
    """Files that go again when what they belong to is not kept."""

    def __init__(self):
        self.names = []

    def keep(self, name, content):
        """Store a file. Its name says what it holds, so one that is there already, and whole, is the same."""
        if keep(content, name):
            self.names.append(name)

    def undo(self, spare=()):
        """Delete what was stored, but for some that others lead to by now."""
        take_back(set(self.names) - set(spare))


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


class Photo(AiUse, Shared):
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

    # The sizes that readers get. All their addresses follow from these.
    sizes_version = models.CharField(
        max_length=10,
        editable=False,
        blank=True,
        help_text="What they were made from, as one word; none: none are made.",
    )
    sizes_formats = models.JSONField(default=list, editable=False, help_text="Each width is there in each of these.")
    sizes_widths = models.JSONField(default=dict, editable=False, help_text="By crop.")
    # Those that are to be made, in the background.
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

    @property
    def made(self) -> images.Made:
        """The sizes that readers get."""
        return images.Made(self.sizes_version, self.sizes_formats, self.sizes_widths)

    def address(self, width: int) -> str:
        """Where the desk finds it in its own shape, as a JPEG about so wide; empty until one is made."""
        size = self.made.jpeg(width)
        return images.address_of(self.pk, self.sizes_version, images.name_of(size)) if size else ""

    def wanted_version(self, focal_point=None) -> str:
        """What its sizes should be made from, as one word: they are made again when it is another."""
        parts = [SIZES_MADE_BY, self.checksum, *(focal_point or (self.focal_x, self.focal_y)), self.facts()]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=5).hexdigest()

    def facts(self):
        """What every size says of its maker."""
        return {name: getattr(self, name) for name in embedding.XMP}

    def clean(self):
        """Look into a new file: refuse what is no picture, and what is here already."""
        super().clean()
        try:
            self._look_into_file()
        except ValidationError as error:
            raise ValidationError({"file": error}) from error

    def _look_into_file(self):
        if not self.file or self.file._committed or self._admitted:
            return
        former = self.checksum
        facts = gate.admit(self.file.file, self._refuse_twin, (float(self.focal_x), float(self.focal_y)))
        self.extension, self.file_name = facts.extension, facts.file_name
        self.width, self.height = facts.width, facts.height
        self.placeholder, self.dominant_colour = facts.placeholder, facts.dominant_colour
        self.metadata = facts.metadata
        if facts.checksum != former:  # what an editor emptied stays so when the same file comes again
            self.notices = [
                *metadata.notices(facts.metadata, timezone.now()),
                *images.limits(facts.width, facts.height),
                *self._fill_in(facts.metadata),
            ]
            for text in self.notices:
                notice("file", text)
        self._admitted = facts

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
                value, told = metadata.cut_words(value)
            elif isinstance(value, str) and not field.choices:
                value = value if isinstance(field, models.TextField) else " ".join(value.split())
                value, told = metadata.cut(value, field.max_length, field.verbose_name)
            else:
                told = ""
            if not getattr(self, name) and not (name == "alt_text" and self.is_decorative):
                setattr(self, name, value)
                if told:
                    yield told
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
            former_file, first = "", None
            if admitted:  # which may take a while, so that it is done before others have to wait
                former_file = Photo.objects.filter(pk=self.pk).values_list("file", flat=True).first() or ""
                first = self._keep_first(admitted, stored)
                name = original_path(self, self.file.name)
                content = self.file.file
                stored.keep(name, content)
                self.file = name
            with press.printing():
                if admitted:
                    self._refuse_twin(self.checksum)  # it may have come in meanwhile
                    if name not in stored.names:  # who stored it may have been refused since, and have taken it back
                        stored.keep(name, content)
                self._settle_sizes(first)
                super().save(*args, **kwargs)
                if former_file and former_file != name:
                    delete([former_file])
        except BaseException:
            self._take_back(stored)
            raise
        self._admitted = None
        if self.sizes_due_at:
            transaction.on_commit(background.wake)

    def _take_back(self, stored):
        """Delete what was stored for nothing. Of two who send the same picture, the one who is refused may have stored
        it for both; nobody else comes between what is asked here and what is done.
        """
        if not stored.names:
            return
        try:
            with press.printing():
                theirs = Photo.objects.filter(file__in=stored.names).values_list("file", flat=True)
                stored.undo(spare=[*theirs, *files_of_sizes([self.pk])])
        except Error:  # which cannot be asked, and a file too many does no harm
            logger.error("These files may be nobody's: %s", ", ".join(stored.names))

    def _keep_first(self, admitted, stored):
        """Store the sizes that a new file has at once. One that is there keeps its bytes: its address may be known."""
        version = self.wanted_version(admitted.focal_point)
        there = self.sizes_of(version)
        for size, content in admitted.sizes.items():
            if size not in there:
                self.keep_size(version, size, embedding.into_jpeg(content, self.facts()), stored)
        return images.Made.of(version, admitted.sizes)

    def keep_size(self, version, size, content, stored):
        stored.keep(images.folder_of(self.pk, version) + images.name_of(size), ContentFile(content))

    def sizes_of(self, version):
        """The sizes that are there of a version, the present one or a former."""
        present = Photo.objects.filter(pk=self.pk, sizes_version=version).only(*SIZES)
        former = FormerSizes.objects.filter(photo=self.pk, version=version)
        return set().union(*(row.made.sizes() for row in [*present, *former]))

    def _settle_sizes(self, first):
        """Let readers get the sizes that there are, and have others made where these are not what they should be."""
        stored = Photo.objects.filter(pk=self.pk).values(*SIZES, *MADE_FROM).first() or {}
        read = self._read or {}
        for name, value in stored.items():  # which a worker, or somebody else, may have changed since this was read
            if name in SIZES or (name in read and getattr(self, name) == read[name]):
                setattr(self, name, value)
        wanted = self.wanted_version()
        is_settled = not first and self.sizes_version == wanted
        if first:
            self.serve(first)
        elif not is_settled and (former := FormerSizes.objects.filter(photo=self.pk, version=wanted).first()):
            self.serve(former.made)  # a change was taken back
        if not is_settled:
            self.sizes_due_at, self.sizes_attempts, self.sizes_fault = timezone.now(), 0, ""

    def serve(self, made):
        """Let readers get these sizes from now on. Those of another version stay at their addresses for a day."""
        made = images.Made.of(made.version, made.sizes() | self.sizes_of(made.version))
        if self.sizes_version and self.sizes_version != made.version:
            values = {
                "formats": self.sizes_formats,
                "widths": self.sizes_widths,
                "ends_at": timezone.now() + SIZES_STAY,
            }
            FormerSizes.objects.update_or_create(photo_id=self.pk, version=self.sizes_version, defaults=values)
        FormerSizes.objects.filter(photo=self.pk, version=made.version).delete()
        self.sizes_version, self.sizes_formats, self.sizes_widths = made.version, made.formats, made.widths

    def delete(self, *args, **kwargs):
        """Delete it with its files, which nobody else has."""
        with press.printing():
            names = [self.file.name, *files_of_sizes([self.pk])]
            deleted = super().delete(*args, **kwargs)
            delete(names)
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


class FormerSizes(models.Model):
    """Sizes that readers got until lately. They stay where they are for pages that show them still."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="former_sizes")
    version = models.CharField(max_length=10)
    formats = models.JSONField()
    widths = models.JSONField(help_text="By crop.")
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["photo", "version"], name="former_sizes_once")]

    def __str__(self):
        return self.version

    @property
    def made(self) -> images.Made:
        return images.Made(self.version, self.formats, self.widths)


def files_of(photo, made: images.Made) -> list[str]:
    """The names of the files of sizes, in the storage."""
    folder = images.folder_of(photo, made.version)
    return [folder + images.name_of(size) for size in made.sizes()]


def files_of_sizes(photos):
    """The files of all sizes of some photos that readers may ask for by now."""
    present = [(photo.pk, photo.made) for photo in Photo.objects.filter(pk__in=photos).only(*SIZES)]
    former = [(row.photo_id, row.made) for row in FormerSizes.objects.filter(photo__in=photos)]
    return [name for photo, made in [*present, *former] for name in files_of(photo, made)]


def held(names):
    """The files that are photos', originals and sizes, of those that some files may belong to."""
    checksums = [PurePath(name).stem for name in names]
    originals = Photo.objects.filter(checksum__in=checksums).values_list("file", flat=True)
    return [*originals, *files_of_sizes({images.photo_of(name) for name in names} - {""})]
