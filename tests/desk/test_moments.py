"""Moments that editors write by the wall clock, whose hours may be missing or come twice."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import timezone

from cms.api import parameters
from cms.desk import moments
from cms.transfer.lines import read_moment


@pytest.fixture(autouse=True, params=["Europe/Kyiv"])
def zone(request):
    with timezone.override(request.param):
        yield request.param


class Form(forms.Form):
    at = moments.MomentField(required=False)


def asked(at, which=""):
    form = Form({"at": at, "at_which": which})
    return form.cleaned_data["at"] if form.is_valid() else form.errors["at"]


def test_usual_time_is_taken_as_it_stands():
    assert asked("2026-07-01T06:00") == datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
    assert asked("2026-12-01T06:00:00") == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    assert asked("") is None


def test_time_that_the_clocks_skip_is_refused_with_the_two_that_there_are():
    assert asked("2026-03-29T03:30") == [
        "There is no 03:30 on 29 Mar 2026: the clocks go forward then (Europe/Kyiv). "
        "Write 02:30 (UTC+2) or 04:30 (UTC+3)."
    ]
    assert asked("2026-03-29T02:59") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert asked("2026-03-29T04:00") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_time_that_comes_twice_is_asked_back_and_never_guessed():
    assert asked("2026-10-25T03:30") == [
        "03:30 on 25 Oct 2026 comes twice, since the clocks go back (Europe/Kyiv). "
        "Choose which of the two: the first, 03:30 (UTC+3), or the second, 03:30 (UTC+2)."
    ]
    assert asked("2026-10-25T03:30", "first") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert asked("2026-10-25T03:30", "second") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert asked("2026-10-25T04:00") == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe"], indirect=True)
def test_half_an_hour_may_be_skipped_or_come_twice(zone):
    assert asked("2026-10-04T02:15") == [
        "There is no 02:15 on 4 Oct 2026: the clocks go forward then (Australia/Lord_Howe). "
        "Write 01:45 (UTC+10:30) or 02:45 (UTC+11)."
    ]
    assert asked("2026-04-05T01:45", "second") == datetime(2026, 4, 4, 15, 15, tzinfo=UTC)
    assert isinstance(asked("2026-04-05T01:45"), list)


@pytest.mark.parametrize("zone", ["Asia/Kolkata"], indirect=True)
def test_zone_of_half_an_hour_without_summer_time_asks_nothing(zone):
    assert asked("2026-10-25T03:30") == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert moments.offset_in_words(datetime(2026, 10, 25, tzinfo=UTC)) == "UTC+5:30"


@pytest.mark.parametrize("text", ["soon", "2026-02-30T10:00", "99999-01-01T00:00", "0001-01-01T00:00"])
def test_what_is_no_moment_is_refused(text):
    assert isinstance(asked(text), list)


def test_moment_that_was_chosen_comes_back_into_the_form():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    shown = Form(initial={"at": second}).as_p()

    assert 'value="2026-10-25T03:30"' in shown
    assert '<option value="second" selected>' in shown
    assert asked("2026-10-25T03:30", "second") == second


def test_clocks_change_to_the_minute():
    changes = moments.clock_changes(moments.start_of(date(2026, 1, 1)), moments.start_of(date(2027, 1, 1)))

    assert [tuple(change) for change in changes] == [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), timedelta(hours=1)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), timedelta(hours=-1)),
    ]


def test_days_are_as_long_as_they_are():
    def hours(day):
        since, until = moments.day_bounds(day)
        return (until - since).total_seconds() / 3600

    assert [hours(date(2026, *day)) for day in [(3, 28), (3, 29), (10, 25)]] == [24, 23, 25]


def test_refusal_is_a_mistake_of_the_form_and_no_other():
    with pytest.raises(ValidationError):
        moments.read_wall("25/10/2026")


FIRST, SECOND = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
LATER = [datetime(2090, 10, 29, hour, 30, tzinfo=UTC) for hour in (0, 1, 2)]


def test_moment_of_an_hour_that_comes_twice_says_which_it_is():
    words = [moments.in_words(moment) for moment in LATER]
    assert words == ["29 Oct 2090, 03:30 (UTC+3)", "29 Oct 2090, 03:30 (UTC+2)", "29 Oct 2090, 04:30"]
    in_a_page = Template("{% load moments %}{{ first|moment }} {{ second|clock }} {{ text|moment }} {{ second|brief }}")
    context = Context({"first": LATER[0], "second": LATER[1], "text": "2090-10-29T01:30:00Z"})
    assert in_a_page.render(context) == (
        "29 Oct 2090, 03:30 (UTC+3) 03:30 (UTC+2) 29 Oct 2090, 03:30 (UTC+2) 29 Oct 2090, 03:30 (UTC+2)"
    )


def test_today_is_told_by_the_hour_and_this_year_without_the_year(zone):
    noon = timezone.localtime().replace(hour=12, minute=5, second=0, microsecond=0)
    other = noon.replace(month=3 if noon.month != 3 else 5, day=7)
    former = other.replace(year=noon.year - 1)
    month = {3: "Mar", 5: "May"}[other.month]

    assert [moments.in_brief(at) for at in (noon, other, former)] == [
        "12:05",
        f"7 {month}, 12:05",
        f"7 {month} {former.year}, 12:05",
    ]
    assert moments.in_words(noon) != "12:05"
    assert [moments.day_in_words(at) for at in (other, former)] == [f"7 {month}", f"7 {month} {former.year}"]
    assert moments.in_full(other) == f"7 {month} {noon.year}, 12:05"


def test_templates_and_code_of_the_desk_have_no_other_words_for_a_moment():
    plain = re.compile(r'date:"(DATETIME|TIME)_FORMAT"|date_format\([^)]*"(DATETIME_FORMAT|TIME_FORMAT)"')
    files = [
        path for app in ("cms", "newsroom") for suffix in ("html", "py") for path in Path(app).rglob(f"*.{suffix}")
    ]
    assert [str(path) for path in files if plain.search(path.read_text())] == []


def test_moment_without_a_zone_is_the_sites_and_of_two_the_first():
    """The rule of the API's parameters and of imported lines."""
    for text, moment in [
        ("2026-07-01T06:00:00", datetime(2026, 7, 1, 3, 0, tzinfo=UTC)),
        ("2026-10-25T03:30:00", FIRST),
        ("2026-10-25T03:30:00+02:00", SECOND),
        ("2026-03-29T03:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # there is none: as if the clocks stood
    ]:
        assert (parameters.MomentField().clean([text]), read_moment("published_at", text)) == (moment, moment)


def test_seconds_and_what_two_fields_held_are_kept():
    stored = datetime(2026, 10, 25, 1, 30, 27, tzinfo=UTC)
    shown = Form(initial={"at": stored}).as_p()

    assert 'value="2026-10-25T03:30:27"' in shown
    assert 'step="1"' in shown
    assert asked("2026-10-25T03:30:27", "second") == stored
    old = Form({"at_0": "2026-07-01", "at_1": "06:00:00"})
    assert old.is_valid()
    assert old.cleaned_data["at"] == datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
