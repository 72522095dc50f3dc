"""Moments on pages, in a real browser, in a zone whose clocks change."""

import pytest
from django.utils import timezone

from newsroom.models import Video
from tests.browser import MARKS, expect, press
from tests.factories import make_video

pytestmark = MARKS


@pytest.fixture
def kyiv(settings):
    settings.TIME_ZONE = "Europe/Kyiv"
    timezone.get_default_timezone.cache_clear()
    yield
    del settings.TIME_ZONE
    timezone.get_default_timezone.cache_clear()


def test_hour_that_comes_twice_is_asked_for_as_it_is_written_in_any_year(open_desk, kyiv):
    video = make_video()
    page = open_desk()
    page.goto(f"/admin/newsroom/video/{video.pk}/change/")
    field, which = page.locator("#id_usable_until"), page.locator("#id_usable_until_which")
    said = page.locator(".moment", has=field).locator(".moment-said")

    field.fill("2041-10-27T04:30")
    expect(which).to_be_hidden()
    expect(said).to_have_text("")
    field.fill("2041-03-31T03:30")
    expect(said).to_contain_text("there is no such time on that day")
    expect(which).to_be_hidden()
    field.fill("1999-10-31T03:30")
    expect(which).to_be_visible()
    field.fill("2041-10-27T03:30")
    expect(which).to_be_visible()
    which.select_option("second")
    press(page, "Save draft")
    page.reload()
    expect(which).to_have_value("second")
    expect(field).to_have_value("2041-10-27T03:30")
    video = Video.objects.get()
    assert video.usable_until.isoformat() == "2041-10-27T01:30:00+00:00"
