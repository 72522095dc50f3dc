"""How many statements an act of the press costs: as few as there are, whatever a story shows and however old it is."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing import press, reading
from cms.publishing.models import Version
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic, publish, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """A function that puts a story at the desk which shows so much of everything, all of which readers have already."""

    def make(number=2):
        shown = {
            "section": make_section(parent=make_section()),
            "topics": [make_topic() for _ in range(number)],
            "bylines": [make_byline(portrait=make_photo()) for _ in range(number)],
            "lead_photo": make_photo(),
        }
        related = [publish(make_article(**shown)) for _ in range(number)]
        return make_article(**shown, related=related)

    return make


@contextmanager
def counting(costs):
    with CaptureQueriesContext(connection) as queries:
        yield
    asked = [query["sql"].split()[0] for query in queries]
    costs.append(len([word for word in asked if word not in {"SAVEPOINT", "RELEASE", "NOTIFY", "SET"}]))


def test_publishing_costs_the_same_whatever_a_story_shows(story):
    costs = []
    for number in (1, 3):
        item = story(number)
        with counting(costs):
            press.publish(item)
    assert costs == [49, 49]


def test_publishing_again_costs_the_same_after_two_hundred_versions(story):
    item = publish(story())
    costs = []
    for number in (1, 200):
        Version.objects.bulk_create([Version(kind=item.kind, key=item.pk, data={}) for _ in range(number)])
        update(item, headline=f"After {number}")
        with counting(costs):
            press.publish(item)
    assert costs == [43, 43]


def test_publishing_what_readers_have_already_costs_little(story):
    item, costs = publish(story()), []
    with counting(costs):
        press.publish(item)
    assert costs == [13]


def test_four_that_fall_due_together_cost_as_many_statements_as_two(story):
    costs = []
    for number in (2, 4):
        at = timezone.now() + timedelta(hours=1)
        for item in [story() for _ in range(number)]:
            press.publish(item, at=at)
        with time_machine.travel(at + timedelta(seconds=1), tick=False), counting(costs):
            reading.now()
    assert costs == [40, 40]
