"""The log that static builds, mirrors and pollers follow."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine

from cms.publishing import press
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_topic, publish, update

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEYS = {"edition", "action", "kind", "id", "slug", "url", "at", "previous_slug"}


def told(page):
    return [(row["action"], row["kind"], row["slug"]) for row in page["results"]]


def test_everything_that_readers_see_differently_is_told_in_order(api):
    with time_machine.travel(NOON, tick=False) as clock:
        start = api("changes/")["edition"]
        article = publish(make_article(slug="vote"))
        clock.move_to(NOON + timedelta(minutes=1))
        update(article, slug="ballot")
        publish(article)
        blurb = publish(make_blurb())
        press.withdraw(article)

        page = api(f"changes/?after={start}")

    assert told(page) == [
        ("published", "article", "vote"),
        ("updated", "article", "ballot"),
        ("published", "blurb", None),
        ("withdrawn", "article", "ballot"),
    ]
    first, second, third, last = page["results"]
    assert first.keys() == second.keys() == KEYS
    assert second["previous_slug"] == "vote"
    assert (first["previous_slug"], third["previous_slug"], last["previous_slug"]) == (None, None, None)
    assert (first["at"], second["at"]) == ("2026-03-02T12:00:00Z", "2026-03-02T12:01:00Z")
    assert first["url"].endswith("/api/v1/articles/vote/")
    assert third["url"].endswith(f"/api/v1/blurbs/{blurb.pk}/")
    assert {first["id"], second["id"], last["id"]} == {str(article.pk)}
    numbers = [row["edition"] for row in page["results"]]
    assert numbers == sorted(set(numbers))
    assert page["edition"] == numbers[-1]


def test_saving_at_the_desk_is_not_told(api):
    article = publish(make_article())
    before = api("changes/")

    update(article, headline="Not yet")
    make_article()
    publish(article, at=datetime(2100, 1, 1, tzinfo=UTC))
    make_topic("Unused")

    assert api("changes/") == before


def test_what_is_shared_is_told_when_it_comes_changes_and_goes(api):
    topic, byline, photo = make_topic("Flood"), make_byline("Ada"), make_photo()
    start = api("changes/")["edition"]
    article = publish(make_article(slug="vote", topics=[topic], bylines=[byline], lead_photo=photo))
    assert sorted(told(api(f"changes/?after={start}"))) == [
        ("published", "article", "vote"),
        ("published", "byline", "ada"),
        ("published", "photo", None),
        ("published", "topic", "flood"),
    ]
    start = api("changes/")["edition"]
    byline.name = "Ada L."
    byline.save()
    make_section("World")
    assert told(api(f"changes/?after={start}")) == [("updated", "byline", "ada"), ("published", "section", "world")]
    start = api("changes/")["edition"]
    press.withdraw(article)
    gone = api(f"changes/?after={start}")
    assert {row["action"] for row in gone["results"]} == {"withdrawn"}
    assert {row["kind"] for row in gone["results"]} == {"article", "topic", "byline", "photo"}


def test_next_is_never_null_and_goes_on_from_the_last_row(api):
    start = api("changes/")["edition"]
    for number in range(3):
        publish(make_article(slug=f"s{number}"))

    page = api(f"changes/?after={start}&page_size=2&fields=slug")

    assert [row.keys() for row in page["results"]] == [{"kind", "id", "slug"}] * 2
    parameters = dict(parse_qsl(urlsplit(page["next"]).query))
    assert parameters == {"after": str(start + 2), "page_size": "2", "fields": "slug"}
    last = api(page["next"])
    assert [row["slug"] for row in last["results"]] == ["s2"]
    assert api(last["next"])["results"] == []
    assert api(api(last["next"])["next"])["next"] == last["next"]


def test_whole_log_is_asked_for_with_zero_or_nothing(api):
    publish(make_article())

    assert api("changes/?after=0")["results"] == api("changes/")["results"]
    assert len(api("changes/?page_size=1000")["results"]) == len(api("changes/")["results"])
    ahead = api.get(f"changes/?after={api('changes/')['edition'] + 1}")
    assert (ahead.status_code, ahead.json()["errors"][0]["parameter"]) == (400, "after")


def test_withdrawal_for_legal_reasons_blanks_the_slug(api):
    article = publish(make_article(slug="libel"))
    update(article, slug="still-libel")
    publish(article)
    press.withdraw(article, "legal")

    page = api("changes/")

    assert "libel" not in str(page)
    assert [row["action"] for row in page["results"]] == ["published", "updated", "withdrawn"]
    assert {row["url"] for row in page["results"]} == {None}


def test_what_falls_due_is_told_by_the_first_who_asks(api):
    with time_machine.travel(NOON, tick=False) as clock:
        publish(make_article(slug="over"), live_until=NOON + timedelta(seconds=90))
        publish(make_article(slug="to-come"), at=NOON + timedelta(seconds=60))
        start = api("changes/")["edition"]
        assert api(f"changes/?after={start}")["results"] == []
        clock.move_to(NOON + timedelta(seconds=300))

        page = api(f"changes/?after={start}")

    assert told(page) == [("published", "article", "to-come"), ("withdrawn", "article", "over")]
    assert [row["at"] for row in page["results"]] == ["2026-03-02T12:01:00Z", "2026-03-02T12:01:30Z"]
