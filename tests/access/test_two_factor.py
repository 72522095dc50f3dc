"""Logging in with a password and a code from one's phone."""

import re

import pytest
import time_machine
from django.conf import settings as site
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client

from cms.publishing.models import Act
from tests.access.conftest import PASSWORD
from tests.access.test_slowdown import LOGIN, NOON, is_in, said, try_in, waits

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not site.TWO_FACTOR, reason="django-otp is not installed"),
]
PAGE = "/admin/two-factor/"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def app_shows(key):
    """The code that a phone shows now."""
    import base64
    import time

    from django_otp.oath import totp

    return f"{totp(base64.b32decode(key.replace(' ', '')), t0=0, step=30, drift=int(time.time() * 0)):06d}"


def key_on(page):
    return re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page.content.decode())[1]


def set_up(client):
    """Set up an app for whoever is logged in; answers its key and the recovery codes."""
    key = key_on(client.get(PAGE))
    page = client.post(PAGE, {"code": app_shows(key)})
    return key, re.findall(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page.content.decode())


@pytest.fixture
def with_app(editor, client, clock):
    """Somebody who logs in with an app: (key, recovery codes). Logged out, half a minute later."""
    client.force_login(editor)
    found = set_up(client)
    client.post("/admin/logout/")
    clock.shift(30)
    return found


def test_everybody_sets_up_their_own_app_and_logs_in_with_it_from_then_on(editor, client, clock):
    client.force_login(editor)
    page = client.get(PAGE).content.decode()
    assert 'role="img" aria-label="QR code for your authenticator app"' in page
    assert "<img" not in page  # nothing is asked of anybody else for it
    assert "off" not in re.findall(r'name="act" value="(\w+)"', page)

    assert "is not right" in said(client.post(PAGE, {"code": "000000"}))[0]
    key, codes = set_up(client)

    assert len(set(codes)) == 10
    assert not [code for code in codes if code in client.get(PAGE).content.decode()]  # shown once
    assert is_in(client)
    client.post("/admin/logout/")
    clock.shift(30)
    asked = client.post(f"{LOGIN}?next=/admin/newsroom/", {"username": "ann", "password": PASSWORD}, follow=True)
    assert "Code from the app on your phone" in asked.content.decode()
    assert not is_in(client)
    done = client.post(f"{LOGIN}?next=/admin/newsroom/", {"code": app_shows(key)})
    assert (done.status_code, done.url) == (302, "/admin/newsroom/")
    assert is_in(client)


def test_the_password_alone_opens_nothing(with_app, client):
    try_in(client, PASSWORD)

    for path in ["/admin/", PAGE, "/admin/newsroom/article/", "/admin/password_change/"]:
        assert client.get(path).url.startswith(LOGIN)
    assert client.post(LOGIN, {"code": "nonsense"}).status_code == 200
    assert client.post(LOGIN, {"code": ""}).status_code == 200
    assert client.post(LOGIN, {"code": "٣٣٣٣٣٣"}).status_code == 200
    assert not is_in(client)
    assert "Log in as somebody else" in client.get(LOGIN).content.decode()


def test_whoever_logs_in_as_somebody_else_is_asked_for_that_ones_code(with_app, client):
    key, _codes = with_app
    try_in(client, PASSWORD)

    page = client.get(f"{LOGIN}?again=1&next=/admin/newsroom/", follow=True)
    form = re.search(r'<form action="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    asked = client.post(form, {"username": "ann", "password": PASSWORD}, follow=True)
    done = client.post(form, {"code": app_shows(key)})

    assert "id_password" in page.content.decode()
    assert 'name="code"' in asked.content.decode()
    assert (done.url, is_in(client)) == ("/admin/newsroom/", True)


def test_a_code_counts_once_and_only_after_the_password(with_app, client, clock):
    key, _codes = with_app
    assert client.post(LOGIN, {"code": app_shows(key)}).status_code == 302  # to the password
    assert not is_in(client)

    try_in(client, PASSWORD)
    client.post(LOGIN, {"code": app_shows(key)})
    other = Client()
    try_in(other, PASSWORD)
    other.post(LOGIN, {"code": app_shows(key)})

    assert [is_in(client), is_in(other)] == [True, False]


def test_the_password_is_good_for_ten_minutes_of_looking_for_the_phone(with_app, client, clock):
    key, _codes = with_app
    try_in(client, PASSWORD)
    clock.shift(601)

    again = client.post(LOGIN, {"code": app_shows(key)}, follow=True)

    assert "Log in once more" in again.content.decode()
    assert not is_in(client)


def test_wrong_codes_are_slowed_down_whatever_the_password(with_app, client, clock):
    try_in(client, PASSWORD)
    answers = []
    for _ in range(6):
        answers.append(client.post(LOGIN, {"code": "000000"}))
        try_in(client, PASSWORD)  # knowing the password wins no more tries

    assert [waits(answer) for answer in answers] == [None] * 5 + ["10"]
    assert "wait 10 seconds" in said(answers[-1])[0]
    clock.shift(10)
    key, _codes = with_app
    assert client.post(LOGIN, {"code": app_shows(key)}).status_code == 302
    assert is_in(client)


def test_a_recovery_code_lets_in_once_and_is_readable_nowhere(with_app, client):
    from django_otp.plugins.otp_static.models import StaticToken

    _key, codes = with_app
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not kept & {code.replace("-", "") for code in codes}
    for row in kept:
        try_in(client, PASSWORD)
        client.post(LOGIN, {"code": row})
        break
    assert not is_in(client)

    client.post(LOGIN, {"code": codes[0].upper()})
    assert is_in(client)
    assert "9 recovery codes left" in client.get(PAGE).content.decode()
    other = Client()
    try_in(other, PASSWORD)
    other.post(LOGIN, {"code": codes[0]})
    assert not is_in(other)


def test_changing_anything_takes_a_code(with_app, client, clock):
    key, codes = with_app
    try_in(client, PASSWORD)
    client.post(LOGIN, {"code": app_shows(key)})

    for act in ("codes", "replace", "off"):
        assert "is not right" in said(client.post(PAGE, {"act": act, "code": "123456"}))[0]
    clock.shift(30)
    fresh = client.post(PAGE, {"act": "codes", "code": app_shows(key)}).content.decode()
    assert codes[1] not in fresh
    new_codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", fresh)
    assert len(new_codes) == 10
    client.post(PAGE, {"act": "replace", "code": new_codes[0]})
    new_key, newest = set_up(client)
    assert new_key != key
    client.post(PAGE, {"act": "off", "code": newest[0]})
    client.post("/admin/logout/")
    assert try_in(client, PASSWORD).status_code == 302
    assert is_in(client)


def test_setting_it_up_ends_sessions_that_began_without(editor, client):
    elsewhere = Client()
    for browser in (elsewhere, client):
        browser.force_login(editor)

    set_up(client)

    assert [is_in(client), is_in(elsewhere)] == [True, False]


def test_where_it_is_required_whoever_has_none_sets_one_up_first(editor, client, settings):
    settings.REQUIRE_TWO_FACTOR = True
    try_in(client, PASSWORD)

    for path in ["/admin/", "/admin/newsroom/article/add/", "/admin/password_change/"]:
        assert client.get(path).url == PAGE
    assert client.post("/admin/newsroom/article/add/", {"headline": "x"}).url == PAGE
    assert "asks for two-factor login" in client.get(PAGE).content.decode()
    _key, codes = set_up(client)
    assert is_in(client)
    client.post(PAGE, {"act": "off", "code": codes[0]})
    assert is_in(client)
    assert "Switch off" not in client.get(PAGE).content.decode()


def test_where_it_comes_to_be_required_old_sessions_end(with_app, editor, client, settings):
    client.force_login(editor)
    settings.REQUIRE_TWO_FACTOR = True

    assert client.get("/admin/").url == f"{LOGIN}?next=/admin/"
    assert Session.objects.count() <= 1
    assert not is_in(client)


def test_a_managing_editor_resets_a_lost_phone_and_the_log_says_so(with_app, editor, client):
    User.objects.filter(pk=editor.pk).update(is_superuser=False)
    editor.groups.add(Group.objects.get(name="Reporter"))
    key, _codes = with_app
    try_in(client, PASSWORD)
    client.post(LOGIN, {"code": app_shows(key)})
    manager = User.objects.create_user("meg", is_staff=True)
    manager.groups.add(Group.objects.get(name="Managing editor"))
    reporter = User.objects.create_user("ray", is_staff=True)
    reporter.groups.add(Group.objects.get(name="Editor"))
    boss = User.objects.create_user("boss", is_staff=True, is_superuser=True)
    address, desk = f"/admin/auth/user/{editor.pk}/two-factor/", Client()

    desk.force_login(reporter)
    assert desk.post(address).status_code == 403
    desk.force_login(manager)
    assert "Reset two-factor login" in desk.get(f"/admin/auth/user/{editor.pk}/change/").content.decode()
    assert desk.post(f"/admin/auth/user/{boss.pk}/two-factor/").status_code == 403
    assert desk.post(f"/admin/auth/user/{manager.pk}/two-factor/").status_code == 403
    assert desk.post("/admin/auth/user/nonsense/two-factor/").status_code == 404
    assert desk.get(address).status_code == 200
    assert desk.post(address, follow=True).status_code == 200

    assert not is_in(client)
    assert try_in(client, PASSWORD).status_code == 302
    assert is_in(client)
    act = Act.objects.get()
    assert (act.verb, act.title, act.by) == ("two-factor-reset", "ann", manager)
    assert "two-factor login reset" in desk.get("/admin/publishing/act/").content.decode()


def test_the_tables_of_codes_are_no_pages_of_the_desk(editor, client):
    client.force_login(editor)

    assert "/admin/otp" not in client.get("/admin/").content.decode()
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
