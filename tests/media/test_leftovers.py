"""Files that nothing leads to any more, while the same content comes again."""

import io
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connections

from cms.leftovers import deleting

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
def test_file_that_cannot_be_deleted_holds_up_no_other(uploads, monkeypatch):
    names = ["originals/aa/aa.jpg", "originals/bb/bb.jpg", "originals/cc/cc.jpg"]
    usual = default_storage.delete

    def delete(name):
        if name == names[1]:
            raise PermissionError(13, "Permission denied", name)
        usual(name)

    for name in names:
        deleting.keep(io.BytesIO(b"picture"), name)
    monkeypatch.setattr(default_storage._wrapped, "delete", delete)
    deleting.delete(names)

    assert [default_storage.exists(name) for name in names] == [False, True, False]
    assert deleting.count() == 1
