"""What has changed since an edition: for mirrors and static builds. (That all is found: publishing/test_changed.py.)"""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from cms.publishing import press
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def edition(api):
    return api("changes/")["edition"]


@pytest.fixture
def stories():
    section, topic = make_section("World"), make_topic("Flood")
    return [publish(make_article(slug=f"s{n}", section=section, topics=[topic])) for n in range(5)]


def test_rows_come_in_the_order_of_their_editions_and_carry_them(api, stories):
    publish(update(stories[1], headline="Otherwise"))
    page = api("articles/?changed_after=0")
    editions = [row["edition"] for row in page["results"]]

    assert [row["slug"] for row in page["results"]] == ["s0", "s2", "s3", "s4", "s1"]
    assert editions == sorted(editions)
    assert editions[-1] == edition(api)
    assert (page["next"], page["newer"]) == (None, None)
    assert [row["slug"] for row in api(f"articles/?changed_after={editions[2]}")["results"]] == ["s4", "s1"]
    assert "edition" not in api("articles/")["results"][0]


def test_a_renamed_byline_and_the_end_of_a_photo_are_found_by_what_shows_them(api):
    with time_machine.travel(NOON, tick=False) as clock:
        photo, byline = make_photo(usable_until=NOON + timedelta(hours=1)), make_byline("Ada")
        pictured = publish(make_article(slug="pictured", lead_photo=photo))
        publish(make_article(slug="card", related=[pictured]))
        publish(make_blurb(article=publish(make_article(slug="signed", bylines=[byline]))))
        publish(make_video(slug="film", bylines=[byline]))
        publish(make_article(slug="neither"))
        api("feed/")
        first = edition(api)
        byline.name = "Ada Lovelace"
        byline.save()

        rows = api(f"feed/?changed_after={first}")["results"]
        assert sorted((row["kind"], row.get("slug")) for row in rows) == [
            ("article", "signed"),
            ("blurb", None),
            ("video", "film"),
        ]
        second = edition(api)
        clock.move_to(NOON + timedelta(minutes=61))
        rows = api(f"feed/?changed_after={second}")["results"]
        assert sorted(row["slug"] for row in rows) == ["card", "pictured"]
        assert [row["lead_photo"] for row in rows if row["slug"] == "pictured"] == [None]


def test_filters_counts_and_fields_hold_with_it(api, stories):
    publish(update(stories[3], section=make_section("Sport")))
    publish(make_blurb(topics=[make_topic("Other")]))
    publish(make_article(slug="later"))

    def slugs(query):
        return [row.get("slug") for row in api(query)["results"]]

    assert slugs("articles/?changed_after=0&section=world") == ["s0", "s1", "s2", "s4"]
    assert slugs("articles/?changed_after=0&section=world,sport") == ["s0", "s1", "s2", "s4", "s3"]
    assert slugs("feed/?changed_after=0&kind=article&exclude_topic=flood") == ["later"]
    assert slugs("feed/?changed_after=0&kind=article,video&require_topic=flood") == ["s0", "s1", "s2", "s4", "s3"]
    assert slugs("articles/?changed_after=0&slug=s1,later") == ["s1", "later"]
    assert slugs("articles/?changed_after=0&topic=flood&published_after=2100-01-01") == []
    assert slugs("feed/?changed_after=0&topic=nothing-like-it") == []
    page = api("feed/?changed_after=0&count=exact&page_size=2&fields=headline&kind=article")
    assert page["count"] == 6
    assert [list(row) for row in page["results"]] == [["kind", "id", "slug", "headline", "edition"]] * 2
    assert api("feed/?changed_after=3&count=exact")["count"] == len(api.walk("feed/?changed_after=3"))
    assert [list(row)[-1] for row in api("feed/?changed_after=0&fields=edition")["results"]] == ["edition"] * 7


def test_links_go_on_in_the_same_order(api, stories):
    rows = api.walk("articles/?changed_after=0&page_size=2")

    assert [row["slug"] for row in rows] == ["s0", "s1", "s2", "s3", "s4"]


def test_many_that_one_act_has_changed_come_each_once_however_small_the_page(api):
    byline = make_byline("Ada")
    for n in range(7):
        publish(make_article(slug=f"s{n}", bylines=[byline]))
    since = edition(api)
    byline.name = "Ada L."
    byline.save()
    rows = api.walk(f"articles/?changed_after={since}&page_size=2")

    assert {row["edition"] for row in rows} == {since + 1}
    assert sorted(row["slug"] for row in rows) == [f"s{n}" for n in range(7)]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_lost_to_who_walks_while_others_publish(api, seed):
    """A mirror that takes each row as it comes, and what changes/ says is gone, has in the end what readers have."""
    dice = random.Random(seed)
    byline = make_byline("Ada")
    items = [publish(make_article(bylines=[byline] if n % 2 else [], body=[])) for n in range(9)]
    mirror, at, gone_after = {}, 0, 0

    def something_happens():
        act = dice.randrange(6)
        item = dice.choice(items)
        if act == 0:
            items.append(publish(make_article(related=[item], body=[])))
        elif act == 1:
            byline.name = f"Ada {dice.random()}"
            byline.save()
        elif act == 2:
            press.withdraw(item)
        else:
            item.refresh_from_db()
            publish(update(item, headline=f"Said {dice.random()}"))

    for round_number in range(6):
        path = f"articles/?changed_after={at}&page_size=2"
        while path:
            page = api(path)
            for row in page["results"]:
                at = max(at, row["edition"])
                mirror[row["id"]] = row
            path = page["next"]
            if round_number < 5 and dice.random() < 0.5:
                something_happens()
        changes = api(f"changes/?after={gone_after}&page_size=1000")["results"]
        gone_after = changes[-1]["edition"] if changes else gone_after
        for change in changes:
            mine = mirror.get(change["id"])
            if mine and change["action"] == "withdrawn" and change["edition"] > mine["edition"]:
                del mirror[change["id"]]  # and not where it has come back since

    for row in mirror.values():
        del row["edition"]
    assert mirror == {row["id"]: row for row in api.walk("articles/?page_size=100")}


SENSELESS = [
    ("changed_after=0&search=flood", "search"),
    ("changed_after=0&search=flood&fields=slug", "search"),
    ("changed_after=99999", "changed_after"),
    ("changed_after=x", "changed_after"),
    ("changed_after=-1", "changed_after"),
    ("changed_after=1.5", "changed_after"),
    ("changed_after=" + "9" * 30, "changed_after"),
    ("changed_after=", "changed_after"),
    ("changed_after=1&changed_after=2", "changed_after"),
    ("changed_after=2026-03-02", "changed_after"),
    ("changed_after=0&ordering=-published_at", "ordering"),
    ("changed_after=0&page=1", "page"),
    ("changed_after=0&after=abc", "after"),
    ("changed_after=0&cursor=abc", "cursor"),
    ("changed_afer=0", "changed_afer"),
]


def test_what_makes_no_sense_with_it_is_refused(api):
    answers = [api.get(f"feed/?{query}") for query, _ in SENSELESS]

    assert {answer.status_code for answer in answers} == {400}
    assert [answer.json()["errors"][0]["parameter"] for answer in answers] == [name for _, name in SENSELESS]


def test_a_cursor_of_another_walk_is_refused(api, stories):
    cursor = api("articles/?changed_after=0&page_size=2")["next"].partition("cursor=")[2]

    assert api.get(f"articles/?changed_after=0&page_size=2&cursor={cursor}").status_code == 200
    for query in ("page_size=2", "changed_after=1&page_size=2", "changed_after=0&page_size=3"):
        assert api.get(f"articles/?{query}&cursor={cursor}").status_code == 400


def test_lists_of_what_many_share_have_no_such_parameter(api, stories):
    for path in ("photos/", "bylines/", "sections/", "topics/", "articles/s1/"):
        assert api.get(f"{path}?changed_after=0").status_code == 400


def test_what_readers_do_not_see_is_not_in_it(api):
    with time_machine.travel(NOON, tick=False) as clock:
        publish(make_article(slug="ending"), live_until=NOON + timedelta(minutes=1))
        publish(make_article(slug="to-come"), at=NOON + timedelta(minutes=2))
        make_article(slug="draft")
        press.withdraw(publish(make_article(slug="gone")))
        assert api.slugs("articles/?changed_after=0") == ["ending"]
        clock.move_to(NOON + timedelta(minutes=1))
        assert api.slugs("articles/?changed_after=0") == []
        clock.move_to(NOON + timedelta(minutes=2))
        assert api.slugs("articles/?changed_after=0") == ["to-come"]


def test_answers_are_never_late_for_a_poll(api, stories):
    response = api.get("articles/?changed_after=0")

    assert "stale-while-revalidate" not in response["Cache-Control"]
    assert api.get("articles/?changed_after=0", **{"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_what_a_mirror_has_read_is_told_again_even_if_somebody_was_publishing_just_then(api):
    byline = make_byline("Ada")
    story = publish(make_article(slug="story", bylines=[byline]))
    with press.printing() as printing:  # as an import, which renders nothing: what the card shows is not known yet
        showing = make_article(slug="showing", related=[story])
        press.release(printing, "article", [press.Release(showing.head)])
    api("articles/?changed_after=0&slug=none")  # loads all that it takes
    is_locked, is_over = threading.Event(), threading.Event()

    def somebody_publishes():
        with press.printing():
            is_locked.set()
            is_over.wait(60)
        connection.close()

    publishing = threading.Thread(target=somebody_publishes)
    publishing.start()
    is_locked.wait(60)
    threading.Timer(1.5, is_over.set).start()  # longer than a reader waits who does not need it kept
    read = api("articles/?changed_after=0")["results"]
    publishing.join()
    byline.name = "Ada Lovelace"
    byline.save()

    again = api(f"articles/?changed_after={read[-1]['edition']}")["results"]
    assert sorted(row["slug"] for row in again) == ["showing", "story"]
