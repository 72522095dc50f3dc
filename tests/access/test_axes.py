"""django-axes, where it is installed, slows down guesses in our place."""

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client

from cms.access.models import Tries
from tests.access.conftest import PASSWORD
from tests.access.test_slowdown import NOON, is_in, said, try_in, waits

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(site.LOGIN_GUARD != "axes", reason="django-axes is not installed"),
]


def test_axes_slows_down_who_guesses_and_says_so_in_our_words(editor, client):
    with time_machine.travel(NOON) as clock:
        for _ in range(4):
            assert try_in(client).status_code == 200
        assert try_in(client).status_code == 429
        waiting = try_in(client, PASSWORD)
        assert (waiting.status_code, waits(waiting)) == (429, "300")
        assert "wait 5 minutes before the next one" in said(waiting)[0]
        assert Tries.objects.count() == 0

        assert try_in(Client(), PASSWORD, address="198.51.100.9").status_code == 302
        clock.shift(301)
        assert try_in(client, PASSWORD).status_code == 302
        assert is_in(client)


def test_axes_believes_the_proxies_that_are_named(editor):
    answers = [try_in(Client(), **{"x-forwarded-for": f"198.51.100.{number}"}) for number in range(6)]

    assert answers[-1].status_code == 429


def test_its_tables_are_no_pages_of_the_desk(editor, client):
    client.force_login(editor)

    assert "axes" not in client.get("/admin/").content.decode().lower()
