"""Making the sizes of photos in the background.

A photo whose sizes are to be made says when, in `sizes_due_at`. Whoever sets that ahead has taken the photo on, until
then: a worker that is killed lets it fall due again, and one that fails puts it off for longer each time.
"""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, override

from cms.leftovers.deleting import delete
from cms.publishing import press
from media import gate
from media.darkroom import MAKING, Refused, darkroom
from media.photos import images
from media.photos.models import FormerSizes, Photo, StoredFiles, files_of

logger = logging.getLogger(__name__)

PATIENCE = 2  # so often a size may end the process that makes it; the first time that may have had another cause
LEASE = timedelta(minutes=3)
HEARTBEAT = 20  # seconds
LONGEST_REST = timedelta(days=1)


def make_some() -> bool:
    """Make all sizes of one photo that is due; whether there was one."""
    photo = take()
    if photo is None:
        return False
    try:
        make(photo)
    except Exception as error:  # a damaged original, a storage that does not answer: the next photo is waiting
        put_off(photo, error)
    return True


def take() -> Photo | None:
    """Take on a photo that nobody else has."""
    now = timezone.now()
    due = Photo.objects.filter(sizes_due_at__lte=now).order_by("sizes_due_at", "pk")
    for pk, at in due.values_list("pk", "sizes_due_at")[:20]:
        taken = Photo.objects.filter(pk=pk, sizes_due_at=at)
        if taken.update(sizes_due_at=now + LEASE, sizes_attempts=F("sizes_attempts") + 1):
            return Photo.objects.filter(pk=pk).first()
    return None


def count() -> int:
    """How many photos wait for sizes, those that were put off included."""
    return Photo.objects.filter(sizes_due_at__isnull=False).count()


def make(photo: Photo) -> None:
    """Make the sizes that a photo lacks, and let readers get them as one edition."""
    finish(Making(photo))


def finish(making: "Making") -> None:
    """Make them, after what there is was looked up. Meanwhile another worker may have made the same, or the photo is
    another by now: what readers get is left alone, and what nobody would ask for is deleted.
    """
    photo, version = making.photo, making.version
    try:
        if making.lacking():
            with default_storage.open(photo.file.name) as original:
                making.run(original)
        _keep(photo, images.Made.of(version, making.sizes), making.notices())
    except BaseException:
        if not _is_wanted(photo, version):
            making.stored.undo(spare=making.announced())
        raise  # what was made is there for whoever tries next
    delete(set(making.files_of(making.sizes)) - making.announced())


class Making:
    """The sizes of one version while they are made. Each stands by itself: one that cannot be made is left out."""

    def __init__(self, photo: Photo):
        self.photo, self.version, self.stored = photo, photo.wanted_version(), StoredFiles()
        self.sizes = photo.sizes_of(self.version)
        self.at_hand: images.Size | None = None
        self.deaths: dict[images.Size, int] = {}
        self.beat_at = time.monotonic() + HEARTBEAT

    def lacking(self) -> set[images.Size]:
        return images.planned(self.photo.width, self.photo.height) - self.sizes

    def run(self, original: Any) -> None:
        """Make them all. Where a size ends the process that makes it, go on behind it; where the process ends between
        two sizes, go on as long as each run makes some.
        """
        while True:
            had = len(self.sizes)
            try:
                self._run(original)
                return
            except Refused as error:
                if self.at_hand:
                    logger.warning("Photo %s, %s: %s", self.photo.pk, images.name_of(self.at_hand), error.why)
                    self.deaths[self.at_hand] = self.deaths.get(self.at_hand, 0) + 1
                    self.at_hand = None
                elif len(self.sizes) == had:
                    raise

    def _run(self, original: Any) -> None:
        messages = darkroom.run(
            "make",
            original,
            MAKING,
            most=gate.MOST,
            focal_point=(self.photo.focal_x, self.photo.focal_y),
            facts=self.photo.facts(),
            have=list(self.sizes),
            without=[size for size, deaths in self.deaths.items() if deaths >= PATIENCE],
            **images.asked(is_first=False, formats=images.formats_for(self.photo.width, self.photo.height)),
        )
        for head, content in messages:
            crop, width, format_ = head.get("next") or head["size"]
            if "next" in head:
                self.at_hand = crop, width, format_
                continue
            self.at_hand = None
            self.photo.keep_size(self.version, (crop, width, format_), content, self.stored)
            self.sizes.add((crop, width, format_))
            self._beat()
        self.at_hand = None

    def _beat(self) -> None:
        if time.monotonic() > self.beat_at:
            self.beat_at = time.monotonic() + HEARTBEAT
            mine = Photo.objects.filter(pk=self.photo.pk, sizes_due_at__gt=timezone.now())
            mine.update(sizes_due_at=timezone.now() + LEASE)

    def announced(self) -> set[str]:
        """The files of this version that readers may ask for by now."""
        return set(self.files_of(self.photo.sizes_of(self.version)))

    def files_of(self, sizes: Iterable[images.Size]) -> list[str]:
        return [images.folder_of(self.photo.pk, self.version) + images.name_of(size) for size in sizes]

    def notices(self) -> list[str]:
        """What could not be made, in words for an editor."""
        lacking = sorted(self.lacking())
        if not lacking:
            return []
        names = ", ".join(images.name_of(size) for size in lacking)
        logger.warning("Photo %s: these sizes cannot be made: %s", self.photo.pk, names)
        jpegs = ", ".join(f"{crop} {width}" for crop, width, format_ in lacking if format_ == "jpg")
        if jpegs:
            text = gettext("The picture is too large to be made in these sizes: %(sizes)s. Readers get the others.")
            return [text % {"sizes": jpegs}]
        return [
            gettext("The picture is too large to make as AVIF. Readers get it as JPEG, which takes longer to load.")
        ]


def _is_wanted(photo: Photo, version: str) -> bool:
    current = Photo.objects.filter(pk=photo.pk).first()
    return current is not None and current.wanted_version() == version


def _keep(photo: Photo, made: images.Made, notices: list[str]) -> None:
    """Let readers get these sizes, as one edition, unless others are wanted by now."""
    if not made.widths[images.ORIGINAL]:
        raise Refused("damaged", "not one size of it can be made")
    with press.printing() as printing:
        current = Photo.objects.filter(pk=photo.pk).first()
        if current is None or current.wanted_version() != made.version:
            return
        former = current.made
        current.serve(made)
        Photo.objects.filter(pk=photo.pk).update(
            sizes_version=current.sizes_version,
            sizes_formats=current.sizes_formats,
            sizes_widths=current.sizes_widths,
            sizes_due_at=None,
            sizes_attempts=0,
            sizes_fault="",
            notices=list(dict.fromkeys([*current.notices, *notices])),
        )
        if current.made != former:
            press.change_shared(printing, "photo", [current])


def clear_some() -> bool:
    """Delete the files of sizes that readers got until a day ago; whether there were any."""
    due = FormerSizes.objects.filter(ends_at__lte=timezone.now()).order_by("ends_at", "pk")
    if not due.exists():
        return False
    with press.printing():  # so that nobody takes them up again in this moment
        if former := due.first():
            former.delete()
            delete(files_of(former.photo_id, former.made))
    return True


def put_off(photo: Photo, error: Exception) -> None:
    """Note why it failed, and when to try again."""
    attempts = min(photo.sizes_attempts, 20)
    rest = min(timedelta(minutes=2**attempts), LONGEST_REST)
    if isinstance(error, Refused):
        with override("en"):  # kept, and said at the desk in its reader's language
            why = str(gate.WORDS.get(error.code, gate.WORDS["damaged"]))
        logger.error("The sizes of photo %s could not be made (%s %s)", photo.pk, error.code, error.why)
    else:
        why = gettext_noop("Its sizes could not be made; your administrator finds the cause in the log.")
        logger.exception("The sizes of photo %s could not be made", photo.pk)
    with transaction.atomic():
        # Unless it was saved meanwhile, which made it due at once.
        waiting = Photo.objects.filter(pk=photo.pk, sizes_due_at__gt=timezone.now())
        waiting.update(sizes_due_at=timezone.now() + rest, sizes_fault=why)
