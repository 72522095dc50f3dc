"""Delete films and captions that were sent to the desk and never saved."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from cms.desk.models import Autosave
from cms.publishing.models import Version
from newsroom.models import Video, VideoTrack, files_of

FOLDERS = ("originals/videos", "originals/tracks")
PATIENCE = timedelta(days=2)  # a page may be open for long before it is saved


class Command(BaseCommand):
    help = "Delete uploaded films and captions that no video has, in any of its versions, after two days."

    def handle(self, **options: Any) -> str:
        before = timezone.now() - PATIENCE
        old = {name for name in stored() if default_storage.get_modified_time(name) < before}
        unused = old - used() if old else set()
        for name in unused:  # now or never: an editor may save it at any moment after
            default_storage.delete(name)
        return f"{len(unused)} files deleted."


def stored() -> Iterator[str]:
    for folder in FOLDERS:
        try:
            parts, _files = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        for part in parts:
            yield from (f"{folder}/{part}/{name}" for name in default_storage.listdir(f"{folder}/{part}")[1])


def held(names: list[str]) -> set[str]:
    """The files that are videos', of those that some files may belong to."""
    return used() if any(name.startswith(FOLDERS) for name in names) else set()


def used() -> set[str]:
    """All that videos have, and had in any version: the history still plays it."""
    names = {file["stored"] for file in Video.objects.exclude(file=None).values_list("file", flat=True).iterator()}
    names.update(VideoTrack.objects.values_list("file", flat=True))
    for written in (Version, Autosave):
        for row in written.objects.filter(kind=Video.kind).iterator(chunk_size=200):
            names.update(files_of(row.data))
    return names
