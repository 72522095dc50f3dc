"""The schedule: what goes live, is updated and comes down."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing import press
from tests.factories import make_article, make_blurb, make_video, publish, update

pytestmark = pytest.mark.django_db
DAY = re.compile(
    r'<li class="schedule-day[^"]*">\s*<h3>(.*?)</h3>(.*?)</li>(?=<li class="schedule-(?:day|blank)|\s*</ol>)',
    re.DOTALL,
)


def plain(html):
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


@pytest.fixture
def schedule(client):
    client.force_login(User.objects.create_superuser("editor"))

    def open_at(query=""):
        page = client.get(f"/admin/schedule/{query}")
        assert page.status_code == 200
        return {plain(day): plain(rest) for day, rest in DAY.findall(page.content.decode().replace("\n", ""))}

    return open_at


def at(text):
    return datetime.fromisoformat(text)


@pytest.fixture
def kyiv(settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    with timezone.override("Europe/Kyiv"):
        yield


@time_machine.travel("2026-10-20T08:00Z", tick=False)
def test_week_shows_what_goes_live_is_updated_and_comes_down(schedule, kyiv):
    publish(make_article(headline="New"), at=at("2026-10-21T03:00Z"))
    publish(old := make_article(headline="Old"), live_until=at("2026-10-23T20:00Z"))
    publish(update(old, kicker="Again"), at=at("2026-10-22T09:30Z"))
    publish(make_video(headline="Later"), at=at("2026-10-28T03:00Z"))

    days = schedule()

    assert list(days) == [
        *["Mon 19 Oct", "Tue 20 Oct today", "Wed 21 Oct", "Thu 22 Oct", "Fri 23 Oct", "Sat 24 Oct", "Sun 25 Oct"]
    ]
    assert days["Wed 21 Oct"] == "06:00 Goes live Story New"
    assert days["Thu 22 Oct"] == "12:30 Update Story Old"
    assert days["Fri 23 Oct"] == "23:00 Comes down Story Old"
    assert schedule("?day=2026-10-28")["Wed 28 Oct"] == "05:00 Goes live Video Later"
    assert len(schedule("?view=month&day=2026-10-28")) == 31


@time_machine.travel("2026-10-20T08:00Z", tick=False)
def test_day_of_25_hours_and_its_hour_that_comes_twice_are_said(schedule, kyiv):
    publish(make_article(headline="First"), at=at("2026-10-25T00:30Z"))
    publish(make_article(headline="Second"), at=at("2026-10-25T01:30Z"))
    publish(make_article(headline="Last"), at=at("2026-10-25T21:59Z"))

    assert schedule("?view=day&day=2026-10-25") == {
        "Sun 25 Oct": "Clocks go back from 04:00 to 03:00: a day of 25 hours. "
        "03:30 (UTC+3) Goes live Story First 03:30 (UTC+2) Goes live Story Second 23:59 Goes live Story Last"
    }
    assert schedule("?view=day&day=2027-03-28")["Sun 28 Mar"] == (
        "Clocks go forward from 03:00 to 04:00: a day of 23 hours."
    )


@time_machine.travel("2026-10-20T08:00Z", tick=False)
def test_end_of_what_is_still_to_go_live_stands_in_the_schedule(schedule):
    publish(make_blurb(text_html="<p>Brief.</p>"), at=at("2026-10-21T06:00Z"), live_until=at("2026-10-22T06:00Z"))

    days = schedule()

    assert (days["Wed 21 Oct"], days["Thu 22 Oct"]) == (
        "06:00 Goes live Blurb Brief.",
        "06:00 Comes down Blurb Brief.",
    )


@pytest.mark.parametrize(
    "query", ["?view=year", "?day=soon", "?day=0001-01-01", "?day=9999-12-31", "?view=month&day=9990-12-31"]
)
def test_address_that_names_no_day_shows_one_all_the_same(schedule, query):
    assert schedule(query)


def test_schedule_is_for_those_who_may_see_the_stories(noon, client):
    publish(make_article(headline="Ours"), at=noon + timedelta(minutes=1))
    user = User.objects.create_user("pia", is_staff=True)
    client.force_login(user)
    assert client.get("/admin/schedule/").status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="view_video"))
    assert "Ours" not in client.get("/admin/schedule/").content.decode()
    client.logout()
    assert client.get("/admin/schedule/").status_code == 302


def test_schedule_asks_the_database_no_more_for_many(noon, schedule):
    def statements():
        with CaptureQueriesContext(connection) as asked:
            schedule("?view=month")
        return len(asked)

    publish(make_article(), at=noon + timedelta(minutes=1))
    statements()
    few = statements()
    for _ in range(5):
        publish(make_article(), at=noon + timedelta(minutes=1))
    assert statements() == few


def test_withdrawn_item_has_left_the_schedule(noon, schedule):
    story = publish(make_article(headline="No more"), at=noon + timedelta(minutes=1))
    press.withdraw(story)

    assert "No more" not in str(schedule())
