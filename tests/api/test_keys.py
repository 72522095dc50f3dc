"""Keys: who comes in by one, when it ends, and that what it is given is kept by nobody."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms.api import keys
from cms.api.models import Key
from tests.factories import make_article, make_section, publish

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LISTS = ["", "feed/", "articles/", "articles/vote/", "sections/", "changes/", "schema/"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return User.objects.create_user("ann", first_name="Ann", last_name="Reporter")


@pytest.fixture
def key(ann):
    """`key("read")` makes a key; the word itself is its `secret`."""

    def make(*scopes, **more):
        made, made.secret = keys.make("Wire desk", ann, list(scopes or ["read"]), **more)
        return made

    return make


def bearer(key):
    return {"Authorization": f"Bearer {key.secret}"}


def test_reader_with_a_key_gets_what_everybody_gets_and_no_cache_keeps_it(api, key):
    publish(make_article(slug="vote", section=make_section("World")))
    ours = key()
    for path in LISTS:
        plain, keyed = api.get(path), api.get(path, **bearer(ours))
        assert (path, keyed.status_code, keyed.content) == (path, 200, plain.content)
        assert (path, keyed["Cache-Control"]) == (path, "private, no-store")
        assert (path, keyed["X-Robots-Tag"]) == (path, "noindex")
        assert (path, keyed.has_header("Surrogate-Key")) == (path, False)
        assert "public" in plain["Cache-Control"]
        assert plain.has_header("Surrogate-Key")


def test_tag_of_a_keyed_answer_is_none_of_the_public_one(api, key):
    publish(make_article(slug="vote"))
    ours = key()
    keyed = api.get("articles/vote/", **bearer(ours))["ETag"]

    assert api.get("articles/vote/", **{"If-None-Match": keyed}).status_code == 200
    assert api.get("articles/vote/", **{"If-None-Match": keyed}, **bearer(ours)).status_code == 304


def test_key_ends_by_its_date_by_hand_and_with_its_account(api, key, ann):
    with time_machine.travel(NOON, tick=False) as clock:
        short, revoked, theirs = key(expires_at=NOON + timedelta(hours=1)), key(), key()
        assert [api.get("articles/", **bearer(one)).status_code for one in (short, revoked, theirs)] == [200] * 3
        clock.shift(timedelta(hours=1))
        revoked.revoke(ann)
        assert [api.get("articles/", **bearer(one)).status_code for one in (short, revoked, theirs)] == [401, 401, 200]
        ann.is_active = False
        ann.save()
        assert api.get("articles/", **bearer(theirs)).status_code == 401


def test_key_for_one_network_opens_nothing_from_elsewhere(client, key):
    ours = key(networks=["192.0.2.7", "2001:db8::/32", "10.1.2.3/8"])
    assert ours.networks == ["192.0.2.7", "2001:db8::/32", "10.0.0.0/8"]
    for address, status in (
        ("192.0.2.7", 200),
        ("192.0.2.8", 401),
        ("10.255.0.1", 200),
        ("2001:db8::1", 200),
        ("2001:db9::1", 401),
        ("::ffff:192.0.2.7", 200),
        ("", 401),
    ):
        response = client.get("/api/v1/articles/", headers=bearer(ours), REMOTE_ADDR=address)
        assert (address, response.status_code) == (address, status)


def test_words_like_a_key_are_refused_alike(api, key):
    ours = key()
    problems = set()
    for word in (
        f"Bearer {ours.secret[:-1]}",
        f"Bearer {ours.secret}x",
        f"Bearer {ours.secret.upper()}",
        f"Bearer {ours.key_hash}",
        f"Bearer {ours.shown}",
        f"Basic {ours.secret}",
        f"Preview {ours.secret}",
        ours.secret,
        "Bearer",
        "Bearer ",
        f"Bearer {'x' * 100_000}",
        "Bearer \ud800".encode("utf-8", "replace").decode(),
    ):
        response = api.get("articles/", Authorization=word)
        assert (word[:60], response.status_code) == (word[:60], 401)
        problems.add(response.json()["detail"])
    assert len(problems) == 1
    assert api.get("articles/", Authorization=f"bearer  {ours.secret}").status_code == 200


def test_database_holds_no_key(key):
    ours = key()
    row = {name: str(value) for name, value in Key.objects.filter(pk=ours.pk).values().get().items()}
    assert [name for name, value in row.items() if ours.secret in value] == []
    assert len(ours.secret) > 50


def test_last_use_is_noted_each_minute(api, key):
    ours = key()
    with time_machine.travel(NOON, tick=False) as clock:
        seen = []
        for _ in range(3):
            api.get("articles/", **bearer(ours))
            seen.append(Key.objects.get().last_used_at - NOON)
            clock.shift(timedelta(seconds=40))
    assert seen == [timedelta(), timedelta(), timedelta(seconds=80)]
    assert Key.objects.get().last_used_from == "127.0.0.1"


# The command


def make_key(*args):
    out = StringIO()
    call_command("make_key", *args, stdout=out)
    return out.getvalue()


def test_operator_makes_a_key_that_is_printed_alone_on_its_line(api, ann):
    printed = make_key("Wire desk", "--user", "ann", "--scopes", "write,read", "--expires", "2100-01-31")

    assert printed.count("\n") == 1
    assert api.get("articles/", Authorization=f"Bearer {printed.strip()}").status_code == 200
    made = Key.objects.get()
    assert (made.name, made.account, made.scopes) == ("Wire desk", ann, ["read", "write"])
    assert made.expires_at == datetime(2100, 1, 31, tzinfo=timezone.get_default_timezone())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["Desk", "--user", "nobody", "--scopes", "read"], 'There is no active account "nobody".'),
        (["Desk", "--user", "ann", "--scopes", "reed"], "scopes: Choose at least one of read, drafts"),
        (["Desk", "--user", "ann", "--scopes", ","], "scopes: This field cannot be blank."),
        (["", "--user", "ann", "--scopes", "read"], "name: This field cannot be blank."),
        (["x" * 101, "--user", "ann", "--scopes", "read"], "name: Ensure this value has at most 100 characters"),
        (["Desk", "--user", "ann", "--scopes", "read", "--expires", "soon"], "--expires: write a time"),
        (["Desk", "--user", "ann", "--scopes", "read", "--expires", "2001-01-01"], "expires_at: That moment has"),
        (["Desk", "--user", "ann", "--scopes", "read", "--from", "1.2.3"], "networks: 1.2.3 is no address"),
    ],
)
def test_operator_is_told_what_is_wrong_with_a_key(ann, args, said):
    with pytest.raises(CommandError) as refusal:
        make_key(*args)
    assert str(refusal.value).startswith(said)
    assert Key.objects.count() == 0
