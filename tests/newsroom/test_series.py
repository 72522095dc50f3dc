"""Series: what each part says of its place, whatever becomes of the others."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from cms.previews import previews
from cms.publishing import press
from newsroom.models import Article
from tests.factories import make_article, make_photo, make_topic, publish, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def valley(noon):
    return make_topic("The Valley Line", type="series")


def make_part(topic, number, **values):
    """A live part, dated by its number."""
    part = make_article(headline=f"Part {number}", slug=f"part-{number}", topics=[topic], **values)
    return publish(part, published_at=datetime(2026, 6, number, tzinfo=UTC))


def place(api, number):
    """What a part says: its position, how many there are, and the slugs of its neighbours."""
    (series,) = api(f"articles/part-{number}/")["series"]
    neighbours = [series[name] and series[name]["slug"] for name in ("previous", "next")]
    return (series["position"], series["count"], *neighbours)


def places(api, *numbers):
    return [place(api, number) for number in numbers]


def test_a_part_says_where_it_stands_and_leads_to_its_neighbours(api, valley):
    for number in (3, 1, 2):
        make_part(valley, number)
    publish(make_article(slug="alone"))

    (series,) = api("articles/part-2/")["series"]

    cards = {row["slug"]: row for row in api("articles/")["results"]}
    assert series == {
        "slug": "the-valley-line",
        "name": "The Valley Line",
        "url": "http://localhost:8000/api/v1/topics/the-valley-line/",
        "position": 2,
        "count": 3,
        "previous": cards["part-1"],
        "next": cards["part-3"],
    }
    assert places(api, 1, 3) == [(1, 3, None, "part-2"), (3, 3, "part-2", None)]
    assert api("articles/alone/")["series"] == []


def test_every_part_is_right_at_once_when_one_comes_goes_or_gets_another_date(api, valley):
    parts = {number: make_part(valley, number) for number in (1, 3)}
    assert places(api, 1, 3) == [(1, 2, None, "part-3"), (2, 2, "part-1", None)]

    parts[2] = make_part(valley, 2)
    assert places(api, 1, 3) == [(1, 3, None, "part-2"), (3, 3, "part-2", None)]
    press.withdraw(parts[1])
    assert places(api, 2, 3) == [(1, 2, None, "part-3"), (2, 2, "part-2", None)]
    press.publish(parts[3], published_at=datetime(2026, 5, 1, tzinfo=UTC))
    assert places(api, 2, 3) == [(2, 2, "part-3", None), (1, 2, None, "part-2")]
    publish(parts[1])
    assert places(api, 1, 2, 3) == [(2, 3, "part-3", "part-2"), (3, 3, "part-1", None), (1, 3, None, "part-1")]
    parts[2].topics.clear()
    press.save(parts[2])
    publish(parts[2])
    assert places(api, 1, 3) == [(2, 2, "part-3", None), (1, 2, None, "part-1")]
    assert api("articles/part-2/")["series"] == []


def test_parts_come_and_go_by_themselves_at_their_hour(api, valley):
    make_part(valley, 1)
    second = make_part(valley, 2)
    press.end(second, timezone.now() + timedelta(minutes=10))
    third = make_article(slug="part-3", topics=[valley])
    press.publish(third, at=timezone.now() + timedelta(minutes=5))
    assert place(api, 1) == (1, 2, None, "part-2")

    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert place(api, 1) == (1, 3, None, "part-2")
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert places(api, 1, 3) == [(1, 2, None, "part-3"), (2, 2, "part-1", None)]


def test_a_neighbour_is_shown_as_it_is_now(api, valley):
    photo = make_photo()
    first = make_part(valley, 1, lead_photo=photo)
    make_part(valley, 2)
    before = api.get("articles/part-2/")

    publish(update(first, headline="Renamed"))
    photo.credit_line = "B. Name/Agency"
    photo.save()

    after = api.get("articles/part-2/")
    previous = after.json()["series"][0]["previous"]
    assert (previous["headline"], previous["lead_photo"]["credit_line"]) == ("Renamed", "B. Name/Agency")
    assert before["ETag"] != after["ETag"]


def test_only_what_others_show_of_a_part_makes_them_anew(api, valley):
    """A comma in the text of one part is nothing to the others; a new part is something to all."""
    parts = [make_part(valley, number) for number in (1, 2, 3)]
    tags = [api.get(f"articles/part-{number}/")["ETag"] for number in (1, 2, 3)]
    edition = api("changes/?page_size=1000")["edition"]
    publish(update(parts[2], dateline="Orrin"))
    assert api.get("articles/part-1/")["ETag"] == tags[0]
    assert sorted(api.slugs(f"articles/?changed_after={edition}")) == ["part-2", "part-3"]

    edition = api("changes/?page_size=1000")["edition"]
    make_part(valley, 4)

    assert sorted(api.slugs(f"articles/?changed_after={edition}")) == ["part-1", "part-2", "part-3", "part-4"]


def test_a_topic_that_becomes_a_series_or_is_renamed_or_merged_tells_its_stories(api, valley):
    other = make_topic("Trains", type="keyword")
    make_part(valley, 1)
    make_part(other, 2)
    assert api("articles/part-2/")["series"] == []

    other.type = "series"
    other.save()
    assert place(api, 2) == (1, 1, None, None)
    other.merge_into(valley)
    assert places(api, 1, 2) == [(1, 2, None, "part-2"), (2, 2, "part-1", None)]
    valley.name = "Lines"
    valley.save()
    assert api("articles/part-2/")["series"][0]["name"] == "Lines"
    valley.type = "keyword"
    valley.save()
    assert api("articles/part-1/")["series"] == []


def test_parts_of_one_moment_have_an_order_and_a_story_may_be_in_two_series(api, valley):
    night = make_topic("Night Shift", type="series")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    for number in (1, 2, 3):
        topics = [valley, night] if number == 2 else [valley]
        publish(make_article(slug=f"part-{number}", topics=topics), published_at=at)

    assert places(api, 1, 3) == [(1, 3, None, "part-2"), (3, 3, "part-2", None)]
    both = api("articles/part-2/")["series"]
    assert sorted((series["slug"], series["position"], series["count"]) for series in both) == [
        ("night-shift", 1, 1),
        ("the-valley-line", 2, 3),
    ]


def test_preview_of_a_part_shows_where_it_will_stand(api, valley):
    make_part(valley, 1)
    draft = make_article(slug="part-2", topics=[valley])
    later = make_article(slug="part-3", topics=[valley])
    press.publish(later, at=timezone.now() + timedelta(days=1))

    token = previews.token_of(previews.make(draft, None))
    (series,) = api("articles/part-2/", Authorization=f"Preview {token}")["series"]

    assert (series["position"], series["count"], series["previous"]["slug"]) == (2, 2, "part-1")
    assert place(api, 1) == (1, 1, None, None)


def test_preview_reckons_with_what_comes_goes_and_stays_until_then(api, valley):
    hours = [timezone.now() + timedelta(hours=number) for number in range(1, 5)]
    for number in (1, 2, 3):
        make_part(valley, number)
    press.end(Article.objects.get(slug="part-1"), hours[0])
    coming, draft = (make_article(slug=slug, topics=[valley]) for slug in ("coming", "draft"))
    press.publish(coming, at=hours[1])
    press.publish(draft, at=hours[2])
    again = Article.objects.get(slug="part-2")
    again.topics.clear()
    press.save(again)
    press.publish(again, at=hours[1])

    token = previews.token_of(previews.make(draft, None, ahead_to=hours[3]))
    (series,) = api("articles/draft/", Authorization=f"Preview {token}")["series"]

    assert (series["position"], series["count"], series["previous"]["slug"]) == (3, 3, "coming")


def test_search_engines_are_told_of_the_series(api, valley):
    make_part(valley, 1)

    assert api("articles/part-1/?format=jsonld")["isPartOf"] == [
        {
            "@type": "CreativeWorkSeries",
            "name": "The Valley Line",
            "url": "http://localhost:8000/topics/the-valley-line",
        }
    ]
