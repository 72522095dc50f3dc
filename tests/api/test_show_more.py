"""The show-more promise: one reader walks a list while others publish, re-time, update, withdraw, and time passes."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.publishing import press, reading
from cms.publishing.models import Publication
from newsroom.models import Article, Blurb, Video
from newsroom.serializers import BlurbSerializer
from tests.factories import make_article, make_blurb, make_photo, make_section, make_topic, make_video, publish

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DATES = [START - timedelta(days=days) for days in (0, 1, 1000)]
LISTS = {
    "feed/?": lambda item: True,
    "articles/?": lambda item: item["kind"] == "article",
    "feed/?kind=article,blurb": lambda item: item["kind"] != "video",
    "feed/?section=world": lambda item: item["section"] in {"world", "europe"},
    "feed/?topic=nato": lambda item: item["topic"],
    "feed/?topic=nato&section=world,europe": lambda item: item["topic"] and item["section"],
    "blurbs/?exclude_topic=nato": lambda item: item["kind"] == "blurb" and not item["topic"],
    "feed/?published_before=2026-03-02": lambda item: item["date"] < START.replace(hour=0),
}
INDEX = st.integers(0, 1000)
ACTS = st.one_of(
    st.tuples(st.just("publish"), INDEX, st.sampled_from([None, *DATES])),
    st.tuples(st.just("re-time"), INDEX, st.sampled_from(DATES)),
    st.tuples(st.just("update"), INDEX, st.none()),
    st.tuples(st.just("withdraw"), INDEX, st.none()),
    st.tuples(st.just("schedule"), INDEX, st.integers(1, 5)),
    st.tuples(st.just("end"), INDEX, st.integers(1, 5)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 3)),
)


class World:
    """What the newsroom does, and what of it a reader should notice."""

    def __init__(self, drafts, clock, matches):
        self.items = [dict(draft, live=False, date=None, due=None, end=None) for draft in drafts]
        self.clock = clock
        self.matches = matches
        self.now = START
        self.moved = set()  # became visible, took another place or went, since it was last emptied

    def visible(self):
        return {item["id"] for item in self.items if item["live"] and self.matches(item)}

    def act(self, verb, index, value):
        if verb == "wait":
            self.now += timedelta(seconds=value)
            self.clock.move_to(self.now)
            self.let_time_decide()
            return
        some = [item for item in self.items if item["live"] != (verb in {"publish", "schedule"})]
        if some:
            item = some[index % len(some)]
            {"schedule": self.schedule, "withdraw": self.withdraw, "end": self.end}.get(verb, self.publish)(item, value)

    def publish(self, item, date):
        row = item["model"].objects.get(pk=item["id"])
        row.language = "uk" if row.language == "en" else "en"
        row.save()
        press.save(row)
        press.publish(row, published_at=date)
        date = date or item["date"] or self.now
        if not item["live"] or item["date"] != date:
            self.moved.add(item["id"])
        end = None if item["end"] and item["end"] <= self.now else item["end"]
        item.update(live=True, date=date, due=None, end=end)

    def schedule(self, item, seconds):
        at = self.now + timedelta(seconds=seconds)
        press.publish(item["model"].objects.get(pk=item["id"]), at=at)
        item["due"] = at

    def end(self, item, seconds):
        end = self.now + timedelta(seconds=seconds)
        press.publish(item["model"].objects.get(pk=item["id"]), live_until=end)
        item["end"] = end

    def withdraw(self, item, _):
        press.withdraw(item["model"].objects.get(pk=item["id"]))
        self.moved.add(item["id"])
        item.update(live=False, due=None)

    def let_time_decide(self):
        for item in self.items:
            if item["due"] and item["due"] <= self.now:
                end = None if item["end"] and item["end"] <= item["due"] else item["end"]
                item.update(live=True, date=item["date"] or item["due"], due=None, end=end)
                self.moved.add(item["id"])
            if item["live"] and item["end"] and item["end"] <= self.now:
                item["live"] = False
                self.moved.add(item["id"])


@pytest.fixture
def drafts():
    """Drafts of all kinds, in and out of what the lists filter by."""
    world = make_section("World")
    sections = [None, world, make_section("Europe", parent=world)]
    nato, poster = make_topic("Nato"), make_photo()
    made = []
    for section, topic, make in itertools.product(sections, [False, True], [make_article, make_blurb, make_video]):
        values = {"poster": poster} if make is make_video else {}
        item = make(section=section, topics=[nato] if topic else [], **values)
        kind, name = type(item), section and section.slug
        made.append({"id": str(item.pk), "model": kind, "kind": kind.kind, "section": name, "topic": topic})
    return made


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    path=st.sampled_from(list(LISTS)),
    ordering=st.sampled_from(["-published_at", "published_at"]),
    page_size=st.integers(1, 7),
    before=st.lists(ACTS, min_size=8, max_size=20),
    during=st.lists(st.lists(ACTS, max_size=4), max_size=12),
)
def test_a_reader_who_shows_more_misses_nothing_and_sees_nothing_twice(
    api, drafts, path, ordering, page_size, before, during
):
    with time_machine.travel(START, tick=False) as clock, transaction.atomic():
        world = World(drafts, clock, LISTS[path])
        for act in before:
            world.act(*act)
        pauses = iter(during)
        first = walk(api, f"{path}&ordering={ordering}&page_size={page_size}", world, pauses)
        follow(api, first["newer"], world, pauses)
        transaction.set_rollback(True)


def ids(page):
    return [row["id"] for row in page["results"]]


def walk(api, path, world, pauses):
    """Show more until the end. Others act between the pages."""
    world.moved.clear()
    at_first = world.visible()
    dates = {item["id"]: item["date"] for item in world.items}
    first = page = api(path)
    seen = ids(page)
    while page["next"]:
        for act in next(pauses, []):
            world.act(*act)
        page = api(page["next"])
        assert page["newer"] == first["newer"]
        assert world.moved.isdisjoint(ids(page))
        assert world.visible().issuperset(ids(page))
        seen += ids(page)
    assert [item for item, times in Counter(seen).items() if times > 1] == []
    assert at_first.issuperset(seen)
    assert (at_first - world.moved).issubset(seen)
    shown_dates = [dates[item] for item in seen]
    assert shown_dates == sorted(shown_dates, reverse="ordering=-" in path)
    return first


def follow(api, newer, world, pauses):
    """Ask for what is newer until nothing is, and then once more. Others act meanwhile."""
    missed = set(world.moved)
    world.moved.clear()
    shown = Counter()  # by item and place
    for acts in itertools.chain(pauses, [[], []]):
        passed = []
        path = newer
        while path:
            page = api(path)
            newer = page["newer"]
            places = {str(row.key): row.place for row in Publication.objects.filter(key__in=ids(page))}
            passed += [(places[item], item) for item in ids(page)]
            assert world.visible().issuperset(ids(page))
            missed.difference_update(ids(page))
            path = page["next"]
            for act in acts:
                world.act(*act)
            acts = []
            missed |= world.moved
            world.moved.clear()
        assert passed == sorted(passed)
        shown.update(passed)
    assert [place for place, times in shown.items() if times > 1] == []
    assert missed & world.visible() == set()
    assert api(newer)["results"] == []


def publish_thousands():
    return publish_many(2000)


def publish_many(count):
    items = [Blurb(text_html=f"<p>Number {number}</p>") for number in range(count)]
    data = BlurbSerializer.blank()
    Blurb.objects.bulk_create(items)
    press.keep([(item, {**data, "text_html": item.text_html}) for item in items])
    with press.printing() as printing:
        press.release(printing, "blurb", [press.Release(item.head, published_at=START) for item in items])
    return [str(item.pk) for item in items]


@pytest.mark.parametrize("ordering", ["-published_at", "published_at"])
def test_thousands_of_one_moment_are_walked_once_each_while_more_of_it_come(api, once, ordering):
    before = once(publish_thousands)
    added = []
    first = page = api(f"blurbs/?ordering={ordering}&page_size=100&fields=id")
    seen = ids(page)
    while page["next"]:
        added += publish_many(5)
        page = api(page["next"])
        seen += ids(page)
    assert len(seen) == len(set(seen)) == 2000
    assert set(seen) == set(before)
    assert [row["id"] for row in api.walk(first["newer"])] == added


def test_what_was_filed_elsewhere_meanwhile_is_not_shown_twice(api):
    """Updates keep their place, so an item that enters a filtered list on its way is shown once or in no walk."""
    topic = make_topic("Nato")
    articles = [publish(make_article(topics=[topic])) for _ in range(4)]
    outside = publish(make_article(), published_at=START - timedelta(days=900))
    page = api("articles/?topic=nato&page_size=2")
    seen = ids(page)
    outside.topics.add(topic)
    press.save(outside)
    publish(outside)
    articles[0].topics.clear()
    press.save(articles[0])
    publish(articles[0])
    while page["next"]:
        page = api(page["next"])
        seen += ids(page)
    assert seen == [*(str(article.pk) for article in articles[:0:-1]), str(outside.pk)]


def test_a_walk_goes_on_when_the_row_of_its_cursor_is_gone(api):
    articles = [publish(make_article()) for _ in range(4)]
    page = api("articles/?page_size=2")
    press.withdraw(articles[2])
    articles[2].delete()
    assert ids(api(page["next"])) == [str(articles[1].pk), str(articles[0].pk)]


def test_newer_has_late_releases_and_back_dated_items(api):
    publish(make_article(slug="there"))
    late = make_article(slug="late")
    press.publish(late, at=reading.now().at + timedelta(hours=1))
    newer = api("feed/")["newer"]
    assert api.slugs(newer) == []

    publish(make_article(slug="ancient"), published_at=datetime(1999, 1, 1, tzinfo=UTC))
    with time_machine.travel(reading.now().at + timedelta(hours=2)):
        assert api.slugs(newer) == ["ancient", "late"]


@pytest.mark.parametrize("model", [Article, Blurb, Video])
def test_newer_leaves_out_what_was_only_updated(api, drafts, model):
    items = [draft["model"].objects.get(pk=draft["id"]) for draft in drafts if draft["model"] is model]
    for item in items:
        publish(item)
    newer = api("feed/")["newer"]
    items[0].language = "uk"
    items[0].save()
    press.save(items[0])
    publish(items[0])
    assert api(newer)["results"] == []
