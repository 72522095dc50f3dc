"""What falls due is decided when someone reads, whatever workers, clocks and locks do."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from cms.publishing import press, reading
from cms.publishing.models import Change, Edition, Publication
from tests.factories import make_article, make_blurb, make_byline, make_photo, publish, update

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def at(**delta):
    return time_machine.travel(NOON + timedelta(**delta), tick=False)


def actions():
    return list(Change.objects.order_by("edition").values_list("kind", "action"))


# Who is visible


@pytest.mark.parametrize(
    ("act", "is_visible"),
    [
        (lambda article: None, False),
        (lambda article: press.publish(article, at=NOON + timedelta(hours=2)), False),
        (lambda article: press.publish(article), True),
        (lambda article: press.publish(article, live_until=NOON + timedelta(hours=2)), True),
        (lambda article: press.publish(article, live_until=NOON + timedelta(minutes=30)), False),
        (lambda article: (press.publish(article), press.withdraw(article)), False),
        (lambda article: (press.publish(article), press.publish(article, at=NOON + timedelta(hours=2))), True),
    ],
    ids=["draft", "scheduled", "live", "ends later", "ended", "withdrawn", "update scheduled"],
)
def test_only_what_is_live_now_is_visible(api, act, is_visible):
    with at(hours=0):
        article = make_article(slug="vote")
        act(article)
    moment = NOON + timedelta(hours=1)
    assert Publication.objects.visible(moment).exists() is is_visible
    assert Publication.objects.visible(moment).filter(key=article.pk).exists() is is_visible
    with at(hours=1):
        assert (api.slugs("articles/") == ["vote"]) is is_visible
        assert (api.get("articles/vote/").status_code == 200) is is_visible


def test_the_end_is_exclusive():
    with at(hours=0):
        publish(make_article(), live_until=NOON + timedelta(hours=1))
    end = NOON + timedelta(hours=1)
    assert Publication.objects.visible(end - timedelta(microseconds=1)).count() == 1
    assert Publication.objects.visible(end).count() == 0


# Without a worker


def test_rights_of_a_photo_end_everywhere_at_their_moment(api):
    with at(hours=0):
        photo = make_photo(usable_until=NOON + timedelta(hours=1), credit_line="Rare/Agency")
        other = make_photo()
        inner = publish(make_article(slug="inner", lead_photo=photo))
        publish(make_article(slug="outer", related=[inner], lead_photo=other))
        publish(make_blurb(photo=photo))
        paths = [
            "articles/inner/",
            "articles/outer/",
            "feed/",
            "articles/",
            "blurbs/",
            "photos/",
            f"photos/{photo.pk}/",
        ]
        for path in paths:
            assert b"Rare/Agency" in api.get(path).content, path
        file = api(f"photos/{photo.pk}/")["src"].removeprefix("http://localhost:8000")
        assert api.get(file).getvalue() != b""
        tag = api.get("feed/").headers["ETag"]
    with at(hours=1):
        assert api.get(file).status_code == 404
        assert api.get("feed/", if_none_match=tag).status_code == 200
        for path in paths:
            assert b"Rare/Agency" not in api.get(path).content, path
        assert [row["id"] for row in api("photos/?count=exact")["results"]] == [str(other.pk)]
        assert api("photos/?count=exact")["count"] == 1
        assert api("changes/")["results"][-1]["kind"] == "photo"
        assert api("changes/")["results"][-1]["action"] == "withdrawn"
    assert actions()[-1] == ("photo", "withdrawn")


def test_rights_extended_bring_the_photo_back(api):
    with at(hours=0):
        photo = make_photo(usable_until=NOON + timedelta(hours=1))
        publish(make_article(slug="vote", lead_photo=photo))
    with at(hours=2):
        assert api("articles/vote/")["lead_photo"] is None
        photo.usable_until = None
        photo.save()
        assert api("articles/vote/")["lead_photo"]["id"] == str(photo.pk)


def test_an_hour_of_due_things_without_a_reader_happens_in_order(api):
    with at(hours=0):
        first = publish(make_article(slug="first"), live_until=NOON + timedelta(minutes=20))
        publish(make_article(slug="second"), at=NOON + timedelta(minutes=10))
        publish(update(first, headline="Updated"), at=NOON + timedelta(minutes=15))
    with at(minutes=60):
        results = api("changes/")["results"]
    assert [(line["slug"], line["action"], line["at"][11:16]) for line in results] == [
        ("first", "published", "12:00"),
        ("second", "published", "12:10"),
        ("first", "updated", "12:15"),
        ("first", "withdrawn", "12:20"),
    ]


def test_a_turn_without_anything_due_changes_nothing():
    publish(make_article())
    before = Edition.objects.values().get()
    for _ in range(3):
        reading.now()
    assert Edition.objects.values().get() == before


# Clocks


def test_a_clock_that_steps_back_does_nothing_twice(api):
    with at(hours=0):
        publish(make_article(slug="due"), at=NOON + timedelta(hours=1))
        publish(make_article(slug="ends"), live_until=NOON + timedelta(hours=1))
    with at(hours=1):
        assert api.slugs("feed/") == ["due"]
        before = Edition.objects.get().number
    with at(minutes=30):
        assert api.slugs("feed/") == ["due"]
        assert api.get("articles/ends/").status_code == 410
        publish(make_article(slug="meanwhile"))
    with at(hours=1, minutes=1):
        assert sorted(api.slugs("feed/")) == ["due", "meanwhile"]
    assert Edition.objects.get().number == before + 1


def test_a_clock_that_steps_back_lets_no_photo_outlive_its_rights(api):
    with at(hours=0):
        photo = make_photo(usable_until=NOON + timedelta(hours=1))
        publish(make_article(slug="vote", lead_photo=photo))
    with at(hours=1, minutes=1):
        assert api("articles/vote/")["lead_photo"] is None
    with at(minutes=30):
        reading.clear_all()
        api("articles/vote/")
        api("feed/")
    with at(hours=1, minutes=2):
        assert api("articles/vote/")["lead_photo"] is None
        assert api("feed/")["results"][0]["lead_photo"] is None


@pytest.mark.parametrize("moment", ["2026-03-29T03:30:00", "2026-10-25T03:30:00"], ids=["skipped", "doubled"])
def test_a_time_that_daylight_saving_skips_or_doubles_is_a_time(api, settings, moment):
    settings.TIME_ZONE = "Europe/Kyiv"
    publish(make_article(slug="old"), published_at=datetime(2026, 1, 1, tzinfo=UTC))
    publish(make_article(slug="new"), published_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert api.slugs(f"articles/?published_after={moment}") == ["new"]
    assert api.slugs(f"articles/?published_before={moment}") == ["old"]


def test_an_hour_that_comes_twice_keeps_its_order(api, settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    with time_machine.travel(first - timedelta(hours=1), tick=False):
        publish(make_article(slug="second"), at=second)
        publish(make_article(slug="first"), at=first)
    with time_machine.travel(first, tick=False):
        assert api.slugs("feed/") == ["first"]
    with time_machine.travel(second, tick=False):
        assert api.slugs("feed/") == ["second", "first"]


# When the turn cannot run


@pytest.fixture
def locked_out(transactional_db):
    """A way to let another connection hold the lock that publishing needs."""

    held, release = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                list(Edition.objects.select_for_update())
                held.set()
                release.wait()
        finally:
            connection.close()

    thread = threading.Thread(target=hold)

    def lock():
        thread.start()
        held.wait()

    yield lock
    release.set()
    thread.join()


def test_what_has_ended_is_hidden_even_while_the_turn_cannot_run(api, locked_out):
    with at(hours=0):
        photo = make_photo(usable_until=NOON + timedelta(hours=1), credit_line="Rare/Agency")
        inner = publish(make_article(slug="ends"), live_until=NOON + timedelta(hours=1))
        publish(make_article(slug="outer", related=[inner], lead_photo=photo))
        publish(make_article(slug="due"), at=NOON + timedelta(hours=1))
        tag = api.get("articles/outer/").headers["ETag"]
        assert api("articles/outer/")["related"] != []
        before = actions()
    locked_out()
    with at(hours=1):
        assert api.slugs("feed/") == ["outer"]
        assert api.get("articles/ends/").status_code == 410
        assert api("articles/outer/")["related"] == []
        assert api("articles/outer/")["lead_photo"] is None
        assert api("photos/")["results"] == []
        response = api.get("articles/outer/", if_none_match=tag)
        assert response.status_code == 200
        assert "max-age=0, s-maxage=0" in response.headers["Cache-Control"]
    assert actions() == before


def refuse_to_write(execute, sql, *rest):
    assert not sql.startswith(("INSERT", "UPDATE", "SAVEPOINT"))
    return execute(sql, *rest)


def test_a_fault_in_what_falls_due_stops_no_reader(api, caplog):
    """A row that the database refuses, as nobody foresaw it: what is live is served, what is due waits."""
    with at(hours=0):
        publish(make_article(slug="live"))
        publish(make_article(slug="due"), at=NOON + timedelta(hours=1))
        byline = make_byline()
    Change.objects.create(edition=2, kind="byline", key=byline.pk, action="updated", at=NOON)
    with at(hours=2):
        assert api.slugs("feed/") == ["live"]
    assert "What fell due could not be done" in caplog.text
    Change.objects.filter(edition=2).delete()
    with at(hours=2), connection.execute_wrapper(refuse_to_write):  # it is not tried for each reader
        assert api.slugs("feed/") == ["live"]
    with at(hours=2, seconds=1):
        assert api.slugs("feed/") == ["due", "live"]
