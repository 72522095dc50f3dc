"""Making the sizes of photos in the background.

A photo whose sizes are to be made says when, in `sizes_due_at`. Whoever sets that ahead has taken the photo on, until
then: a worker that is killed lets it fall due again, and one that fails puts it off for longer each time.
"""

import logging
import time
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop, override

from cms.publishing import press
from media import gate, images
from media.darkroom import MAKING, Refused, darkroom
from media.models import Photo, StoredFiles

logger = logging.getLogger(__name__)

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


def make(photo: Photo) -> None:
    recipe = photo.recipe()
    kept = list(photo.renditions.filter(made_from=recipe))
    stored = StoredFiles()
    beat_at = time.monotonic() + HEARTBEAT
    try:
        sizes = list(kept)
        with default_storage.open(photo.file.name) as original:
            said = darkroom.run(
                "make",
                original,
                MAKING,
                most=gate.MOST,
                crops={"": None, **images.CROPS},
                widths=list(images.WIDTHS),
                crop_widths=list(images.WIDTHS),
                formats=images.FORMATS,
                focal_point=(photo.focal_x, photo.focal_y),
                facts=photo.facts(),
                have=[(size.crop, size.width, size.format) for size in kept],
            )
            for head, content in said:
                sizes.append(photo.rendition(gate.Size(**head["size"], content=content), recipe, stored))
                if time.monotonic() > beat_at:
                    beat_at = time.monotonic() + HEARTBEAT
                    Photo.objects.filter(pk=photo.pk, sizes_due_at__gt=timezone.now()).update(
                        sizes_due_at=timezone.now() + LEASE
                    )
        is_wanted = _keep(photo, recipe, sizes)
    except BaseException:
        stored.undo()
        raise
    if not is_wanted:
        stored.undo()


def _keep(photo: Photo, recipe: str, sizes: list) -> bool:
    """Let these sizes be the photo's, as one edition, unless others are wanted by now."""
    with press.printing() as printing:
        current = Photo.objects.filter(pk=photo.pk).first()
        if current is None or current.recipe() != recipe:
            return False
        is_changed = current.replace_renditions(sizes)
        Photo.objects.filter(pk=photo.pk).update(sizes_due_at=None, sizes_attempts=0, sizes_fault="")
        if is_changed:
            printing.change_shared("photo", [current])
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
