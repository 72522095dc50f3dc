"""Keys at the desk: who may make which, that the key is seen once, and how it ends."""

import re

import pytest
from django.contrib.auth.models import Group, User

from cms.api.models import Key
from cms.publishing.models import Act

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/api/key/add/", "/admin/api/key/"


@pytest.fixture
def manager(client):
    user = User.objects.create_user("mia", first_name="Mia", is_staff=True)
    user.groups.add(Group.objects.get(name="Managing editor"))
    client.force_login(user)
    return user


def form(account, **values):
    return {"name": "Wire desk", "account": account.pk, "scopes": ["read", "write"], "networks": "", **values}


def test_key_is_shown_once_and_works_at_once(client, manager, api):
    reporter = User.objects.create_user("rob", first_name="Rob")
    reporter.groups.add(Group.objects.get(name="Reporter"))

    page = client.post(ADD, form(reporter, networks="127.0.0.1, 198.51.100.0/24"))

    secret = re.search(r'value="(galley_key_[\w-]+)"', page.content.decode())[1]
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    key = Key.objects.get()
    assert (key.name, key.account, key.scopes, key.made_by) == ("Wire desk", reporter, ["read", "write"], manager)
    assert key.networks == ["127.0.0.1", "198.51.100.0/24"]
    assert api.get("articles/", Authorization=f"Bearer {secret}").status_code == 200
    for address in (LIST, f"{LIST}{key.pk}/change/", f"{LIST}{key.pk}/history/", "/admin/publishing/act/"):
        shown = client.get(address).content.decode()
        assert (address, secret in shown, "Wire desk" in shown) == (address, False, True)
    assert secret not in str(list(Key.objects.values()))
    assert [(act.verb, act.title, act.by_name, act.note) for act in Act.objects.all()] == [
        ("key-made", "Rob", "Mia", "Wire desk")
    ]


def test_key_is_limited_further_and_revoked(client, manager, api):
    page = client.post(ADD, form(manager))
    secret = re.search(r'value="(galley_key_[\w-]+)"', page.content.decode())[1]
    key = Key.objects.get()

    other = User.objects.create_user("other")
    changed = form(other, scopes=["read"], name="Agency")
    assert client.post(f"{LIST}{key.pk}/change/", changed).status_code == 302
    key.refresh_from_db()
    assert (key.name, key.scopes, key.account) == ("Agency", ["read"], manager)

    assert client.get(f"{LIST}{key.pk}/revoke/").status_code == 403
    assert client.post(f"{LIST}{key.pk}/revoke/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_by == manager
    assert api.get("articles/", Authorization=f"Bearer {secret}").status_code == 401
    assert client.post(f"{LIST}{key.pk}/change/", changed).status_code == 403
    assert "Revoked" in client.get(LIST).content.decode()


def test_nobody_makes_a_key_that_may_more_than_they(client, manager):
    chief = User.objects.create_superuser("chief")
    page = client.post(ADD, form(chief))
    assert Key.objects.count() == 0
    assert "Select a valid choice" in page.content.decode()

    theirs = Key.objects.create(name="Chief's", account=chief, scopes=["read"], key_hash="x")
    assert client.post(f"{LIST}{theirs.pk}/change/", form(chief, scopes=["write"])).status_code == 403
    assert client.post(f"{LIST}{theirs.pk}/revoke/").status_code == 403
    theirs.refresh_from_db()
    assert (theirs.scopes, theirs.revoked_at) == (["read"], None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["all"]}, "Select a valid choice"),
        ({"networks": "1.2.3"}, "1.2.3 is no address"),
        ({"expires_at_0": "2001-01-01T10:00"}, "That moment has passed"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_with_a_key_is_said_at_its_field(client, manager, values, said):
    page = client.post(ADD, form(manager, **values))
    assert said in page.content.decode()
    assert Key.objects.count() == 0


def test_others_see_no_keys(client):
    editor = User.objects.create_user("ed", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editor"))
    client.force_login(editor)
    assert client.get(LIST).status_code == 403
    assert client.get(ADD).status_code == 403
    assert "/admin/api/key/" not in client.get("/admin/").content.decode()
