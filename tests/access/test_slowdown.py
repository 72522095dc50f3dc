"""Guessing passwords is slow, and nobody is locked out of their own account."""

import ipaddress
import re
import threading

import pytest
import time_machine
from django.conf import settings as site
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms.access.models import Tries
from tests.access.conftest import PASSWORD
from tests.desk import drawing

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
NOON = "2026-03-02T12:00:00Z"


def try_in(client, password="wrong", username="ann", address="203.0.113.7", **headers):
    data = {"username": username, "password": password}
    return drawing.post(client, LOGIN, data, REMOTE_ADDR=address, headers=headers)


def said(response):
    texts = re.findall(r'class="errornote"[^>]*>\s*(.*?)\s*</p>', response.content.decode(), re.DOTALL)
    return [re.sub(r"\s+", " ", text) for text in texts]


def is_in(client):
    return client.get("/admin/").status_code == 200


def waits(response):
    return response.headers.get("Retry-After")


def test_five_wrong_tries_begin_a_wait_that_grows_and_says_how_long(editor, client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            assert said(try_in(client)) == [
                "The user name or the password is not right. Capital letters matter in both."
            ]
        assert "wait 10 seconds before the next one" in said(try_in(client))[0]

        waiting = try_in(client, PASSWORD)
        assert (waiting.status_code, waits(waiting)) == (429, "10")
        assert "a managing editor can give you a new one" in said(waiting)[0]
        lengths = []
        for _ in range(6):
            clock.shift(int(waits(try_in(client))))
            try_in(client)
            lengths.append(waits(try_in(client)))
        assert lengths == ["20", "40", "80", "160", "300", "300"]
        assert "wait 5 minutes" in said(try_in(client))[0]

        clock.shift(300)
        assert try_in(client, PASSWORD).status_code == 302
        assert is_in(client)


def test_whoever_waits_is_answered_without_looking_at_the_password(editor, client, monkeypatch):
    for _ in range(5):
        try_in(client)
    looked = []
    monkeypatch.setattr(User, "check_password", lambda user, password: looked.append(password))

    try_in(client, PASSWORD)

    assert looked == []


def test_a_wait_does_not_grow_by_waiting_impatiently(editor, client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(50):
            try_in(client)
        clock.shift(10)

        assert try_in(client, PASSWORD).status_code == 302


def test_success_and_an_hour_of_quiet_both_forget(editor, client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            try_in(client)
        assert try_in(client, PASSWORD).status_code == 302
        stranger = Client()
        for _ in range(4):
            assert waits(try_in(stranger)) is None
        clock.shift(3601)
        for _ in range(4):
            assert waits(try_in(stranger)) is None
        clock.shift(3601)
        try_in(stranger, username="somebody")
        assert Tries.objects.filter(last_at__lt=timezone.now()).count() == 0


def test_others_guesses_do_not_keep_an_editor_out(editor, client):
    assert try_in(client, PASSWORD).status_code == 302
    client.post("/admin/logout/")
    guessers = [f"198.51.100.{number}" for number in range(1, 21)]
    for address in [*guessers, "203.0.113.7"]:  # one of them sits in the newsroom itself
        for _ in range(5):
            try_in(Client(), address=address)

    assert waits(try_in(Client(), PASSWORD, address="203.0.113.7")) is not None
    assert try_in(client, PASSWORD).status_code == 302
    assert is_in(client)


def test_guessing_from_many_addresses_is_slow_but_never_for_long(editor):
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(60):
            try_in(Client(), address=f"198.51.{number}.1")
        assert waits(try_in(Client(), PASSWORD, address="192.0.3.9")) == "10"
        for number in range(20):
            clock.shift(60)
            try_in(Client(), address=f"198.51.{number}.2")
        assert waits(try_in(Client(), address="192.0.3.9")) == "60"


def test_one_address_trying_many_accounts_waits(editor):
    answers = [try_in(Client(), username=f"name-{number}", address="8.8.8.8") for number in range(31)]

    assert [number for number, answer in enumerate(answers) if answer.status_code == 429] == [30]
    assert try_in(Client(), PASSWORD, address="9.9.9.9").status_code == 302


def test_nothing_tells_whether_an_account_exists(editor):
    User.objects.create_user("gone", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("reader", password=PASSWORD)

    def story(username, password="wrong"):
        client = Client()
        answers = [try_in(client, password, username) for _ in range(7)]
        bodies = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()) for answer in answers]
        return [body.replace(username, "NAME") for body in bodies], [answer.status_code for answer in answers]

    with time_machine.travel(NOON, tick=False):
        expected = story("ann")
        assert story("nobody") == expected
        assert story("gone", PASSWORD) == expected
        assert story("reader", PASSWORD) == expected


def test_forwarded_addresses_count_only_from_proxies_that_are_named(editor, settings):
    def tries(peer, forwarded):
        Tries.objects.all().delete()
        headers = [{"x-forwarded-for": forwarded.format(number)} for number in range(6)]
        return [try_in(Client(), address=peer, **header).status_code for header in headers][-1]

    assert tries("203.0.113.7", "198.51.100.{}") == 429  # written by the guesser
    settings.TRUSTED_PROXIES = [*site.TRUSTED_PROXIES, ipaddress.ip_network("10.0.0.0/8")]
    assert tries("203.0.113.7", "198.51.100.{}") == 429  # no proxy has sent it
    assert tries("10.0.0.1", "198.51.100.{}, 203.0.113.7") == 429  # what is left of the proxy's own is written too
    assert tries("10.0.0.1", "198.51.100.{}, 203.0.113.7, 10.2.0.2") == 429
    assert tries("10.0.0.1", "198.51.100.{}") == 200  # six people
    assert tries("10.0.0.1", "2001:db8::{}") == 429  # six addresses of one customer
    assert tries("10.0.0.1", "nonsense, {}") == 429


def test_operators_read_who_is_guessed_at_but_no_passwords(editor, client, caplog):
    for _ in range(5):
        try_in(client)
        try_in(client, username="correct horse battery")
    warnings = [record.getMessage() for record in caplog.records if record.name.startswith("cms.access")]

    assert warnings == [
        "Wrong password for 'ann' from 203.0.113.7; the next try in 10 seconds",
        "Wrong password for a name that no account has from 203.0.113.7; the next try in 10 seconds",
    ]
    assert not [row.name for row in Tries.objects.all() if not re.fullmatch("[0-9a-f]{64}", row.name)]


@pytest.mark.django_db(transaction=True)
def test_a_hundred_tries_at_once_get_no_more_than_their_share(editor, monkeypatch):
    looked, lock = [], threading.Lock()

    def check(user, password):
        with lock:
            looked.append(password)
        return False

    monkeypatch.setattr(User, "check_password", check)

    def guess():
        for _ in range(5):
            try_in(Client())
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(looked) == 5
