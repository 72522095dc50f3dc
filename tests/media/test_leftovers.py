"""Files that nothing leads to any more, while the same content comes again."""

import io
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from cms import files
from cms.backup import saving
from cms.leftovers import deleting
from cms.leftovers.models import Leftover
from media.models import FormerSizes
from media.photos.models import files_of
from tests.factories import make_photo

NAME = "originals/aa/aa.jpg"


def in_a_thread(act):
    def run():
        act()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_who_stores_what_is_being_deleted_in_this_very_moment_has_it_afterwards(uploads, monkeypatch):
    usual, begun, goes_on = default_storage.delete, threading.Event(), threading.Event()

    def delete_slowly(name):
        begun.set()
        goes_on.wait(60)
        usual(name)

    assert deleting.keep(io.BytesIO(b"picture"), NAME)
    monkeypatch.setattr(default_storage._wrapped, "delete", delete_slowly)
    one = in_a_thread(lambda: deleting.delete([NAME]))
    begun.wait(60)
    other = in_a_thread(lambda: deleting.keep(io.BytesIO(b"picture"), NAME))
    other.join(0.5)
    assert other.is_alive()  # it waits for the one who deletes
    goes_on.set()
    one.join()
    other.join()

    with default_storage.open(NAME) as file:
        assert file.read() == b"picture"
    assert deleting.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("refused", [0, 1])
@pytest.mark.parametrize("refusal", [PermissionError, files.NoAnswer])
def test_file_that_cannot_be_deleted_holds_up_no_other(uploads, monkeypatch, refused, refusal):
    names = [f"originals/{number:02}/{number:02}.jpg" for number in range(12)]

    def refusing(usual):
        def act(name):
            if name == names[refused]:
                raise refusal(13, "Permission denied", name)
            return usual(name)

        return act

    for name in names:
        deleting.keep(io.BytesIO(b"picture"), name)
    for act in ("delete", "exists"):
        monkeypatch.setattr(default_storage._wrapped, act, refusing(getattr(default_storage, act)))
    deleting.delete(names)
    monkeypatch.undo()

    assert [name for name in names if default_storage.exists(name)] == [names[refused]]
    assert [(row.name, row.attempts) for row in Leftover.objects.all()] == [(names[refused], 1)]


@pytest.mark.django_db(transaction=True)
def test_storage_that_is_slow_holds_up_who_writes_for_one_file_at_a_time(uploads, monkeypatch):
    names = ["originals/aa/aa.jpg", "originals/bb/bb.jpg", "originals/cc/cc.jpg"]
    usual, left = default_storage.delete, []

    def delete(name):
        left.append(deleting.count())
        usual(name)

    monkeypatch.setattr(deleting, "HELD_FOR", 0.0)  # each takes longer
    monkeypatch.setattr(default_storage._wrapped, "delete", delete)
    deleting.delete(names)

    assert (left, deleting.count()) == ([3, 2, 1], 0)


@pytest.mark.django_db(transaction=True)
def test_file_that_something_has_again_stays_whoever_stored_it(uploads):
    """A server of a former release leaves the note where it is."""
    photo, now = make_photo(), timezone.now()
    former = FormerSizes.objects.create(photo=photo, version="a", formats=["jpg"], widths={"1x1": [320]}, ends_at=now)
    unused = {"originals/aa/aa.jpg", "originals/videos/bb/bb.mp4", f"sizes/{photo.pk}/b/1x1-320.jpg"}
    for name in [*files_of(photo.pk, former.made), *unused]:
        deleting.keep(io.BytesIO(b"picture"), name)
    names = set(saving.stored_files())
    Leftover.objects.bulk_create(Leftover(name=name, due_at=now) for name in names)

    while deleting.delete_some():
        pass

    assert set(saving.stored_files()) == names - unused
    assert deleting.count() == 0
