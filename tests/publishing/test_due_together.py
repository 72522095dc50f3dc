"""Several things that fall due in one moment, and disagree."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cms.publishing import press
from newsroom.models import Article
from tests.factories import make_article, make_photo, publish, update

pytestmark = pytest.mark.django_db


def test_two_withdrawn_stories_of_one_slug_both_go_live(api):
    first = publish(make_article(slug="x", headline="First"))
    press.withdraw(first)
    second = publish(make_article(slug="x", headline="Second"))
    press.withdraw(second)
    due = timezone.now() + timedelta(hours=1)
    for story in (first, second):
        story.refresh_from_db()
        story.slug = "x"
        press.publish(story, at=due) if story is first else press.publish(story, at=due + timedelta(seconds=1))
    update(Article.objects.get(pk=second.pk), headline="Second, edited")

    with time_machine.travel(due + timedelta(minutes=1)):
        assert {row["headline"] for row in api("articles/")["results"]} == {"First", "Second"}
        assert len(set(api.slugs("articles/"))) == 2
        publish(make_article(slug="y"))
        assert len(api.slugs("articles/")) == 3


def test_end_set_with_a_scheduled_update_cuts_what_caches_may_keep(api):
    story = publish(make_article(slug="x"))
    before = api.get("articles/x/")
    now = timezone.now()
    publish(update(story, headline="Later"), at=now + timedelta(hours=1), live_until=now + timedelta(hours=2))
    after = api.get("articles/x/")
    assert after.json()["headline"] != "Later"
    assert after["ETag"] == before["ETag"]  # it shows the same
    assert "stale-if-error=86400" in before["Cache-Control"]
    assert "stale-if-error=86400" not in after["Cache-Control"]


def test_photo_that_gets_its_credit_late_is_listed_from_then_on(api):
    photo = make_photo()
    publish(make_article(lead_photo=photo))
    photo.credit_line = ""
    photo.save()
    assert api("photos/")["results"] == []
    photo.credit_line = "A. Name/Agency"
    photo.save()
    [row] = api("photos/")["results"]
    assert row["published_at"] is not None


def test_file_of_a_photo_is_kept_no_longer_than_its_licence(client, api):
    ends = timezone.now() + timedelta(hours=1)
    publish(make_article(lead_photo=make_photo(usable_until=ends)))
    response = client.get(api("photos/")["results"][0]["src"])
    response.close()
    assert "immutable" not in response["Cache-Control"]
    assert 3500 < int(response["Cache-Control"].split("max-age=")[1]) <= 3600
