"""Fronts: what editors put on one, what the rules find beside it, and what readers get of that at once."""

import json
import random
import re
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from cms.api import lists
from cms.delivery.receivers.base import Batch
from cms.previews import previews
from cms.publishing import press, reading
from cms.publishing.links import link
from cms.publishing.models import Change, Publication
from newsroom.models import Front
from newsroom.serializers import FrontSerializer
from tests.api.manage.conftest import Program
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_byline,
    make_front,
    make_section,
    make_topic,
    make_video,
    publish,
    update,
)

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


def container(rule=None, count=3, pinned=(), **values):
    """A container as an import has it; what is pinned is given as items."""
    pins = [{item.kind: str(item.pk)} for item in pinned]
    return {"layout": "list", "rule": rule, "count": count, "pinned": pins, **values}


def stories(section, names, **values):
    """Live stories in a section, the first of them the oldest."""
    made = [make_article(slug=name, section=section, **values) for name in names]
    return bring_all(made, [START + timedelta(days=number) for number in range(1, len(made) + 1)])


def standing(api, slug="home"):
    """What stands on a front: the slugs of each container's items."""
    front = api(f"fronts/{slug}/")
    return [
        [card["slug"] if "slug" in card else card["kind"] for card in each["items"]] for each in front["containers"]
    ]


def in_words(value):
    """A value of a rule as it stands in an address."""
    return ",".join(value) if isinstance(value, list) else value if isinstance(value, str) else str(value).lower()


# What stands where


def test_what_is_pinned_stands_first_and_the_rule_fills_the_rest(api):
    first, second, *_others = stories(make_section("World"), "abcd")
    publish(make_front(slug="home", containers=[container({"section": "world"}, 3, [second, first])]))

    assert standing(api) == [["b", "a", "d"]]


def test_nothing_stands_twice_and_what_is_pinned_anywhere_is_taken_before_any_rule_looks(api):
    a, _b, _c, d, _e = stories(make_section("World"), "abcde")
    every = {"section": "world"}
    containers = [container(every, 2), container(every, 2, [d]), container(every, 2, [d, a]), container(every, 9)]
    publish(make_front(slug="home", containers=containers))

    assert standing(api) == [["e", "c"], ["d", "b"], ["a"], []]


def test_container_holds_as_many_as_it_is_to_hold(api):
    a, b, *_others = stories(make_section("World"), "abcd")
    pinned_only, one_only = container(None, 9, [a]), container({"kind": "article"}, 1, [b, a])
    publish(make_front(slug="home", containers=[pinned_only, one_only, container(None, 3), container({}, 1)]))

    assert standing(api) == [["a"], ["b"], [], ["d"]]


def test_withdrawn_story_leaves_every_front_at_once_and_the_next_takes_its_place(api):
    a, _b, c, _d = stories(make_section("World"), "abcd")
    publish(make_front(slug="home", containers=[container({"section": "world"}, 2, [c])]))
    publish(make_front(slug="world", containers=[container({"section": "world"}, 2)]))
    assert (standing(api), standing(api, "world")) == ([["c", "d"]], [["d", "c"]])
    tags = [api.get(f"fronts/{slug}/")["ETag"] for slug in ("home", "world")]

    press.withdraw(c)

    assert (standing(api), standing(api, "world")) == ([["d", "b"]], [["d", "b"]])
    again = [api.get(f"fronts/{slug}/", If_None_Match=tag) for slug, tag in zip(("home", "world"), tags, strict=True)]
    assert [response.status_code for response in again] == [200, 200]
    publish(update(a, headline="As before"))
    assert standing(api) == [["d", "b"]]


def test_new_story_stands_on_the_front_at_once_and_its_date_decides_where(api):
    section = make_section("World")
    stories(section, "ab")
    publish(make_front(slug="home", containers=[container({"section": "world"}, 2)]))
    assert standing(api) == [["b", "a"]]
    seen = api.get("fronts/home/")

    publish(make_article(slug="new", section=section))
    publish(make_article(slug="ancient", section=section), published_at=START - timedelta(days=900))

    assert standing(api) == [["new", "b"]]
    held = {"If_None_Match": seen["ETag"], "If_Modified_Since": seen["Last-Modified"]}
    assert api.get("fronts/home/", **held).status_code == 200


def test_story_that_ends_or_is_still_to_come_is_not_there(api):
    section = make_section("World")
    with time_machine.travel(START, tick=False) as clock:
        ends = publish(make_article(slug="ends", section=section), live_until=START + timedelta(seconds=40))
        comes = publish(make_article(slug="comes", section=section), at=START + timedelta(seconds=20))
        publish(make_front(slug="home", containers=[container({"section": "world"}, 3, [comes, ends])]))

        assert standing(api) == [["ends"]]
        assert api.get("fronts/home/")["Cache-Control"].startswith("public, max-age=15, s-maxage=20, ")
        clock.move_to(START + timedelta(seconds=20))
        assert standing(api) == [["comes", "ends"]]
        assert api.get("fronts/home/")["Cache-Control"] == (
            "public, max-age=15, s-maxage=20, stale-while-revalidate=0, stale-if-error=0"
        )
        clock.move_to(START + timedelta(seconds=40))
        assert standing(api) == [["comes"]]


def test_cards_are_those_of_the_feed(api):
    section = make_section("World")
    story = publish(make_article(slug="story", section=section, standfirst="In short."))
    publish(make_blurb(article=story, section=section))
    publish(make_video(slug="film", section=section))
    publish(make_front(slug="home", containers=[container({}, 3)]))

    assert api("fronts/home/")["containers"][0]["items"] == api("feed/")["results"]


def test_rules_are_the_feed_s_own_parameters(api):
    world = make_section("World")
    europe = make_section("Europe", parent=world)
    flood, ada = make_topic("Flood"), make_byline("Ada")
    publish(make_article(slug="europe", section=europe, topics=[flood], genre="opinion"))
    publish(make_article(slug="world", section=world, bylines=[ada], breaking=True, language="uk"))
    publish(make_article(slug="none"))
    publish(make_video(slug="film", topics=[flood]))
    rules = [
        {"section": "world"},
        {"exclude_section": "world", "kind": ["article", "video"]},
        {"topic": "flood", "kind": "video"},
        {"topic": ["flood", "flood"], "require_topic": "flood"},
        {"byline": "ada"},
        {"breaking": True},
        {"breaking": False, "kind": "article"},
        {"genre": "opinion,review"},
        {"language": ["uk"]},
        {"published_before": "2000-01-01"},
        {"exclude_slug": "none", "kind": "article", "exclude_topic": "flood"},
        {"kind": "blurb"},
    ]
    front, field = make_front(slug="home"), FrontSerializer.written()["containers"]
    for rule in rules:
        publish(update(front, containers=field.run_validation([container(rule, 9)])))
        query = "&".join(f"{name}={in_words(value)}" for name, value in rule.items())
        assert (rule, standing(api)) == (rule, [api.slugs(f"feed/?{query}")])
        more = api("fronts/home/")["containers"][0]["more"]
        assert more.endswith(f"/api/v1/feed/?{query}&exclude_front=home")
        assert api(more)["results"] == []


def test_renamed_and_merged_things_are_found_by_the_rules_that_name_them(api):
    world, nato, alliance = make_section("World"), make_topic("Nato"), make_topic("Alliance")
    publish(make_article(slug="old", section=world, topics=[nato]))
    publish(make_front(slug="home", containers=[container({"section": "world"}, 1), container({"topic": "nato"}, 3)]))

    world.slug = "planet"
    world.save()
    nato.merge_into(alliance)
    publish(make_article(slug="new", topics=[alliance]))

    assert standing(api) == [["old"], ["new"]]
    mores = [each["more"].partition("?")[2] for each in api("fronts/home/")["containers"]]
    assert mores == ["section=planet&exclude_front=home", "topic=alliance&exclude_front=home"]


def test_front_says_all_that_it_is(api, settings):
    settings.FRONT_URL = "https://news.example"
    story = publish(make_article(slug="story"))
    lead = container({}, 1, [story], id="top", layout="lead", title="", link={"label": "All", "url": "/sections/world"})
    publish(make_front(name="Home", slug="home", description="All the news.", containers=[lead, container(None, 1)]))
    publish(make_front(name="Élan", slug="elan", seo={"title": "Elan!", "description": "D"}))
    publish(make_front(name="World", slug="world"))

    front = api("fronts/home/")
    story_card = front["containers"][0].pop("items")
    assert [card["slug"] for card in story_card] == ["story"]
    changed = front.pop("updated_at")
    assert front == {
        "kind": "front",
        "id": str(Front.objects.get(slug="home").pk),
        "slug": "home",
        "name": "Home",
        "url": f"{settings.PUBLIC_URL}/api/v1/fronts/home/",
        "web_url": "https://news.example/",
        "description": "All the news.",
        "seo": {
            "title": "Home",
            "description": "All the news.",
            "canonical_url": "https://news.example/",
            "image": None,
        },
        "containers": [
            {
                "id": "top",
                "title": None,
                "layout": "lead",
                "link": {"label": "All", "url": "https://news.example/sections/world"},
                "more": f"{settings.PUBLIC_URL}/api/v1/feed/?exclude_front=home",
            },
            {
                "id": front["containers"][1]["id"],
                "title": None,
                "layout": "list",
                "link": None,
                "items": [],
                "more": None,
            },
        ],
    }
    assert datetime.fromisoformat(changed) <= timezone.now()
    rows = api("fronts/")["results"]
    assert [row["name"] for row in rows] == ["Élan", "Home", "World"]
    assert list(rows[1]) == ["kind", "id", "slug", "name", "url", "web_url", "description", "updated_at"]
    assert api("fronts/elan/")["web_url"] == "https://news.example/fronts/elan"
    assert api("fronts/elan/")["seo"]["title"] == "Elan!"
    assert [row["name"] for row in api.walk("fronts/?page_size=1")] == ["Élan", "Home", "World"]
    chosen = api("fronts/home/?fields=containers.items.headline,containers.layout")
    assert [list(each) for each in chosen["containers"]] == [["id", "layout", "items"], ["id", "layout", "items"]]


def test_front_is_no_news(api, client):
    publish(make_article(slug="story"))
    publish(make_front(slug="home", containers=[container({}, 1)]))

    assert api.slugs("feed/") == ["story"]
    assert api("feed/?count=exact")["count"] == 1
    assert api.slugs("feed/?ordering=-updated_at") == ["story"]
    assert api.slugs("feed/?changed_after=0") == ["story"]
    assert api.slugs("feed/?page=1") == ["story"]
    assert api.slugs("feed/?search=story") == ["story"]
    assert api.get("feed/?kind=front").status_code == 400
    assert len(client.get("/feeds/latest.json").json()["items"]) == 1
    assert "front" not in client.get("/sitemap.xml").content.decode()


def test_change_of_a_front_is_told(api):
    front = publish(make_front(slug="home"))
    after = api("changes/")["edition"]

    publish(update(front, name="First page"))
    press.withdraw(front)

    told = [(row["action"], row["kind"], row["slug"]) for row in api(f"changes/?after={after}")["results"]]
    assert told == [("updated", "front", "home"), ("withdrawn", "front", "home")]
    assert api.get("fronts/home/").status_code == 410
    assert api.get("fronts/never/").status_code == 404


def test_old_slug_of_a_front_leads_to_the_new_one(api):
    front = publish(make_front(slug="erste"))
    publish(update(front, slug="home"))
    moved = api.get("fronts/erste/")
    assert (moved.status_code, moved["Location"].partition("/api/v1/")[2]) == (308, "fronts/home/")


# What caches are told


def test_whatever_changes_a_front_purges_it(api):
    section = make_section("World")
    (story,) = stories(section, "a")
    front = publish(
        make_front(slug="home", containers=[container({"kind": "article,video"}, 1), container({}, 1, [story])])
    )
    blurbs_only = publish(make_front(slug="short", containers=[container({"kind": "blurb"}, 1)]))

    keys = api.get("fronts/home/")["Surrogate-Key"].split()
    assert keys == [front.pk.hex[:16], "articles", "blurbs", "videos", story.pk.hex[:16]]
    assert api.get("fronts/short/")["Surrogate-Key"].split() == [blurbs_only.pk.hex[:16], "blurbs"]
    assert api.get("feed/?exclude_front=home")["Surrogate-Key"].split() == ["feed", front.pk.hex[:16]]
    assert api.get("feed/?exclude_front=nowhere")["Surrogate-Key"].split() == ["feed", story.pk.hex[:16]]


@pytest.mark.django_db(transaction=True)
def test_kept_answer_of_a_front_is_made_anew_as_soon_as_it_would_be_another(within):
    section = make_section("World")
    publish(make_article(slug="first", section=section))
    publish(make_front(slug="home", containers=[container({"section": "world"}, 1)]))

    def shown():
        items = json.loads(within.get("/api/v1/fronts/home/").body)["containers"][0]["items"]
        return [card["slug"] for card in items]

    assert (shown(), shown(), within.application.cache.hits) == (["first"], ["first"], 1)
    publish(make_article(slug="second", section=section), live_until=timezone.now() + timedelta(hours=1))
    assert (shown(), shown(), within.application.cache.hits) == (["second"], ["second"], 2)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert (shown(), shown(), within.application.cache.hits) == (["first"], ["first"], 3)


def test_cache_that_knows_addresses_alone_is_told_of_the_fronts_that_a_story_may_stand_on(api, settings):
    settings.FRONT_URL = "https://news.example"
    for slug in ("home", "world"):
        publish(make_front(slug=slug))
    withdrawn = publish(make_front(slug="gone"))
    press.withdraw(withdrawn)
    after = api("changes/?page_size=1000")["edition"]
    publish(make_article(slug="story"))
    publish(update(withdrawn, slug="again"))

    def addresses(kind):
        changes = Change.objects.filter(edition__gt=after, kind=kind)
        return {url.partition("/api/v1")[2] or url for url in Batch(list(changes), timezone.now()).addresses}

    fronts = {"/fronts/home/", "/fronts/home/?*", "/fronts/world/", "/fronts/again/", "https://news.example/"}
    assert fronts | {"/articles/?*", "/articles/story/", "https://news.example/fronts/world"} <= addresses("article")
    assert not {"/fronts/home/", "/articles/"} & addresses("front")


# Show more


def test_list_below_a_front_leaves_out_what_stands_on_it(api):
    _a, _b, c, *_others = stories(make_section("World"), "abcdefg")
    publish(make_front(slug="home", containers=[container({"section": "world"}, 2, [c])]))

    (shown,) = standing(api)
    assert shown == ["c", "g"]
    assert [row["slug"] for row in api.walk("feed/?section=world&page_size=2&exclude_front=home")] == list("fedba")
    assert api.slugs("articles/?exclude_front=home") == list("fedba")
    assert api.slugs("articles/?exclude_front=HOME&page_size=3&page=2") == list("ba")
    assert api("articles/?exclude_front=home&count=exact")["count"] == 5
    assert api.slugs("videos/?exclude_front=home") == []
    assert api.slugs("articles/?exclude_front=home&search=story") == list("fedba")
    everything = list("gfedcba")
    make_front(slug="draft", containers=[container({}, 9)])
    for unknown in ("nowhere", "draft"):
        assert api.slugs(f"articles/?exclude_front={unknown}") == everything
    assert api.get("blurbs/?exclude_front=home").status_code == 400


def test_walk_below_a_front_goes_on_as_it_began_while_the_front_changes(api):
    world = make_section("World")
    items = stories(world, "abcdefgh")
    front = publish(make_front(slug="home", containers=[container({"section": "world"}, 3)]))
    on_front = standing(api)[0]
    first = page = api("feed/?section=world&exclude_front=home&page_size=2")
    seen = [row["slug"] for row in page["results"]]
    acts = [
        lambda: publish(make_article(slug="new", section=world)),  # it takes h's place on the front, and f leaves it
        lambda: press.withdraw(items[6]),
        lambda: publish(update(front, containers=[])),
        lambda: publish(items[7], published_at=START + timedelta(days=20)),
    ]
    while page["next"]:
        acts.pop(0)()
        page = api(page["next"])
        assert page["newer"] == first["newer"]
        seen += [row["slug"] for row in page["results"]]
    for act in acts:
        act()

    assert (on_front, seen) == (["h", "g", "f"], ["e", "d", "c", "b", "a"])
    # What came later is newer; what the reader has on the front already is not told once more.
    assert [row["slug"] for row in api.walk(first["newer"])] == ["new"]


def test_cursor_is_bound_to_the_front_that_it_leaves_out(api):
    stories(make_section("World"), "abcd")
    for slug in ("home", "other"):
        publish(make_front(slug=slug, containers=[container({}, 1)]))
    link = api("feed/?exclude_front=home&page_size=1")["next"]

    assert api.get(link.replace("=home", "=other")).status_code == 400
    assert api.get(link.replace("exclude_front=home&", "")).status_code == 400
    assert api.get("feed/?exclude_front=home,other").status_code == 200  # a slug that nothing has
    assert api.get("feed/?exclude_front=home&exclude_front=other").status_code == 400


# What it costs


def cost(api, path):
    with CaptureQueriesContext(connection) as queries:
        response = api.get(path)
    assert (path, response.status_code) == (path, 200)
    return len(queries)


def make_new_edition():
    """Something changes that no story shows."""
    make_section()


def arrange(section, topics, **values):
    """A front with everything that one can have."""
    items = stories(section, [f"{section.slug}-{number}" for number in range(6)], topics=topics)
    rules = [
        {"section": section.slug},
        {"topic": topics[0].slug, "kind": "article"},
        {"genre": ["news", "opinion"]},
        {"kind": ["article", "video"]},
        {},
        None,
        {"require_topic": [topics[0].slug, topics[1].slug]},
        {"breaking": False, "exclude_topic": topics[0].slug, "kind": "article"},
    ]
    return publish(
        make_front(containers=[container(rule, 4, items[n % 6 : n % 6 + 2]) for n, rule in enumerate(rules)], **values)
    )


def test_front_is_four_statements_whatever_stands_on_it(api):
    arrange(make_section("World"), [make_topic("One"), make_topic("Two")], slug="home")
    publish(make_front(slug="bare"))
    rules = [{"section": "world", "kind": kind} for kind in ("article", "blurb", "video")]
    publish(make_front(slug="long", containers=[container(rules[number % 3], 2) for number in range(30)]))
    for path in ("fronts/home/", "fronts/long/", "feed/?exclude_front=home&section=world"):
        api.get("feed/")
        make_new_edition()
        assert (path, cost(api, path)) == (path, 4)
    assert cost(api, "fronts/bare/") <= 4
    assert cost(api, "fronts/") == 2
    tag = api.get("fronts/home/")["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert api.get("fronts/home/", If_None_Match=tag).status_code == 304
    assert len(queries) == 1
    # What stands on a front is remembered while nobody publishes: each of its containers has a list that asks for it.
    assert cost(api, "feed/?exclude_front=home&section=world&count=exact") == 3
    assert cost(api, "feed/?exclude_front=home&page_size=1") == 2


def test_fronts_that_anybody_makes_up_do_not_crowd_out_those_that_there_are(api):
    arrange(make_section("World"), [make_topic("One"), make_topic("Two")], slug="home")
    api("feed/?exclude_front=home")
    moment = reading.now()

    for number in range(lists.MOST_REMEMBERED + 1):
        lists.Filters().leaving_out_what("front", f"made-up-{number}").looked_up(moment)

    assert cost(api, "feed/?exclude_front=home&page_size=1") == 2


# As far as is needed, from the newest on: of what is live, and of the log.
ORDERED = re.compile(r"USING (COVERING )?INDEX (live_(by|kind)_date|sqlite_autoindex_publishing_change_1)\b")


@pytest.fixture
def plans():
    """How the database reads what it is asked, a line a step. PostgreSQL is told that nothing can be read whole."""
    found = []

    def explain(execute, sql, params, many, context):
        if not sql.startswith("SELECT"):
            return execute(sql, params, many, context)
        with connection.connection.cursor() if connection.vendor == "postgresql" else nullcontext() as cursor:
            if cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                found.extend(row[0] for row in cursor.execute(f"EXPLAIN {sql}", params).fetchall())
            else:
                asked = sql % tuple("?" * len(params)) if params else sql
                rows = connection.connection.execute(f"EXPLAIN QUERY PLAN {asked}", params or ()).fetchall()
                found.extend(row[3] for row in rows)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield found


@pytest.mark.parametrize(
    "path", ["fronts/home/", "feed/?exclude_front=home&section=world", "videos/?exclude_front=home"]
)
def test_front_reads_ranges_of_indexes_and_never_the_archive(plans, api, path):
    arrange(make_section("World"), [make_topic("One"), make_topic("Two")], slug="home")
    api(path)
    make_new_edition()
    plans.clear()

    api(path)

    table = r"(?:publishing_(?:publication|reference|address|change|version)|U\d)"
    read_whole = re.compile(rf"SCAN {table}\b|Seq Scan on publishing_(?!edition)")
    assert len(plans) > 10
    assert [step for step in plans if read_whole.search(step) and not ORDERED.search(step)] == []
    if connection.vendor == "sqlite":  # of a table of ten rows PostgreSQL reads any index to its end
        assert [step for step in plans if "live_by_place" in step or "live_by_update" in step] == []


# As it will be


def test_preview_shows_a_front_as_it_will_be_at_a_moment_and_readers_do_not_see_that(api):
    world, flood = make_section("World"), make_topic("Flood")
    friday = START + timedelta(days=4)
    with time_machine.travel(START, tick=False):
        stays = publish(make_article(slug="stays", section=world), published_at=START - timedelta(days=3))
        publish(make_article(slug="ends", section=world), live_until=START + timedelta(days=1))
        new = publish(make_article(slug="friday", section=world, topics=[flood]), at=friday)
        moves = publish(make_article(slug="moves"), published_at=START - timedelta(days=9))
        publish(update(moves, section=world), at=friday)
        publish(make_article(slug="later", section=world), at=friday + timedelta(seconds=1))
        draft = make_article(slug="draft", section=world)
        front = publish(
            make_front(
                slug="home",
                containers=[
                    container({"section": "world"}, 9, [draft, new]),
                    container({"exclude_section": "world", "kind": "article"}, 9),
                    container({"topic": "flood", "published_after": "2026-03-06"}, 9, [stays]),
                ],
            )
        )

        def shown(ahead_to=None):
            token = previews.token_of(previews.make(front, None, ahead_to=ahead_to))
            response = api.get("fronts/home/", Authorization=f"Preview {token}")
            assert response["Cache-Control"] == "private, no-store"
            return [[card["slug"] for card in each["items"]] for each in response.json()["containers"]]

        now = [["ends"], ["moves"], ["stays"]]
        assert standing(api) == now
        assert shown() == now
        assert shown(friday - timedelta(seconds=1)) == [[], ["moves"], ["stays"]]
        assert shown(friday) == [["friday", "moves"], [], ["stays"]]

        update(front, containers=[])
        assert shown() == []
        assert shown(friday) == [["friday", "moves"], [], ["stays"]]  # of the front itself nothing is scheduled
        assert standing(api) == now

    with time_machine.travel(friday, tick=False):
        assert standing(api) == [["friday", "moves"], [], ["stays"]]


def test_page_of_a_preview_shows_the_front(client, api):
    publish(make_article(slug="story", headline="Flood money passes"))
    front = make_front(slug="home", name="Home", containers=[container({}, 2, title="Newest")])
    token = previews.token_of(previews.make(front, None))

    address = client.post("/preview/", headers={"Authorization": f"Preview {token}"}).json()["address"]
    page = client.get(address).content.decode()

    assert "<h1>Home</h1>" in page
    assert "<h2>Newest</h2>" in page
    assert "Flood money passes" in page
    assert api.get("fronts/home/").status_code == 404


# The desk, and what comes in


def test_front_is_saved_and_published_at_the_desk(admin_client, api):
    from tests.desk.test_pages_articles import fields_of

    story = publish(make_article(slug="story"))
    world = make_section("World")
    page = fields_of(admin_client.get("/admin/newsroom/front/add/"))
    containers = [{"layout": "lead", "pinned": [{"article": "story"}], "rule": {"section": "world"}, "count": 2}]

    wrong = json.dumps([{**containers[0], "rule": {"sectoin": "world"}}])
    refused = admin_client.post(
        "/admin/newsroom/front/add/", {**page, "name": "Home", "containers": wrong, "_save": "1"}
    )
    assert "did you mean section?" in refused.content.decode()
    admin_client.post(
        "/admin/newsroom/front/add/",
        {**page, "name": "Home", "containers": json.dumps(containers), "seo_title": "News", "_publish": "1"},
        follow=True,
    )

    front = Front.objects.get()
    assert (front.slug, standing(api), api("fronts/home/")["seo"]["title"]) == ("home", [["story"]], "News")
    address = f"/admin/newsroom/front/{front.pk}/change/"
    written = json.loads(fields_of(admin_client.get(address))["containers"])
    assert written[0]["pinned"] == [{"article": link("article", story.pk)}]
    assert written[0]["rule"] == {"section": link("section", world.pk)}
    head = front.head_id
    admin_client.post(address, {**fields_of(admin_client.get(address)), "_save": "1"}, follow=True)
    assert Front.objects.get().head_id == head  # nothing was changed
    for name in ("history", "delete"):
        assert admin_client.get(f"/admin/newsroom/front/{front.pk}/{name}/").status_code == 200
    assert "Home" in admin_client.get("/admin/newsroom/front/?q=hom").content.decode()


def test_editors_arrange_fronts_and_reporters_do_not():
    front = make_front(slug="home")
    people = {name: User.objects.create_user(name, is_staff=True) for name in ("Editor", "Reporter")}
    for name, user in people.items():
        user.groups.add(Group.objects.get(name=name))

    with pytest.raises(PermissionDenied):
        press.publish(front, by=people["Reporter"])
    press.publish(front, by=people["Editor"])
    assert front.publication.is_live


def test_program_arranges_a_front_and_is_told_where_it_is_wrong(api):
    desk = Program(User.objects.create_superuser("wire"), ["read", "drafts", "write", "publish"])
    make_section("World")
    publish(make_article(slug="story"))
    lead = {"layout": "lead", "pinned": [{"article": "story"}], "rule": {"section": "world"}, "count": 2}

    made = desk.post("fronts/", {"name": "Home", "containers": [lead]})
    assert (made.status_code, made.json()["slug"], made.json()["state"]) == (201, "home", "draft")
    key = made.json()["id"]
    assert desk.post(f"fronts/{key}/publish/", {}, If_Match=made["ETag"]).status_code == 200
    assert standing(api) == [["story"]]

    (kept,) = desk.get(f"fronts/{key}/").json()["containers"]
    assert (kept["rule"], kept["link"], kept["title"]) == ({"section": "world"}, None, "")
    again = desk.patch(f"fronts/{key}/", {"containers": [{**kept, "title": "Today"}]}, desk.get(f"fronts/{key}/"))
    assert (again.status_code, again.json()["state"]) == (200, "live with changes")
    assert again.json()["containers"] == [{**kept, "title": "Today"}]
    wrong = desk.patch(f"fronts/{key}/", {"containers": [{**kept, "rule": {"section": "wrld"}}]}, again)
    (error,) = wrong.json()["errors"]
    assert (wrong.status_code, error["pointer"]) == (400, "/containers")
    assert error["message"] == 'container 1: rule: section: there is no section "wrld"'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"layout": "tower"}, "layout: "),
        ({"layout": "lead", "tittle": "World"}, "tittle: there is no such key; did you mean title?"),
        (
            {"layout": "lead", "rule": {"sectoin": "world"}},
            'rule: there is no parameter "sectoin"; did you mean section?',
        ),
        ({"layout": "lead", "rule": {"section": "wrld"}}, 'rule: section: there is no section "wrld"'),
        ({"layout": "lead", "rule": {"kind": "front"}}, 'rule: kind: "front" is none of article, blurb, video'),
        ({"layout": "lead", "rule": {"kind": "photo"}}, 'rule: kind: "photo" is none of article, blurb, video'),
        ({"layout": "lead", "rule": {"genre": []}}, "rule: genre: write a text, or a list of texts"),
        ({"layout": "lead", "rule": {"breaking": "maybe"}}, 'rule: breaking: "maybe" is none of true, false'),
        ({"layout": "lead", "rule": {"breaking": [True, False]}}, "rule: breaking: write one value"),
        ({"layout": "lead", "rule": {"published_after": "Tuesday"}}, "rule: published_after: Write a time such as"),
        ({"layout": "lead", "rule": {"exclude_front": "home"}}, 'rule: there is no parameter "exclude_front"; '),
        ({"layout": "lead", "rule": {"search": "x"}}, 'rule: there is no parameter "search"; '),
        ({"layout": "lead", "rule": "world"}, "rule: write an object of the feed's parameters"),
        ({"layout": "lead", "pinned": ["story"]}, "pinned: 1: write "),
        ({"layout": "lead", "pinned": [{"article": "nowhere"}]}, 'pinned: 1: there is no article "nowhere"'),
        ({"layout": "lead", "pinned": [{"photo": "p"}]}, "pinned: 1: write "),
        ({"layout": "lead", "pinned": [{"article": None}]}, "pinned: 1: write "),
        ({"layout": "lead", "count": 0}, "count: "),
        ({"layout": "lead", "count": 201}, "count: "),
        ({"layout": "lead", "link": {"label": "x", "url": "javascript:alert(1)"}}, "link: url: "),
        ({"layout": "lead", "link": {"label": "x", "url": "//evil.example"}}, "link: url: "),
        ({"layout": "lead", "link": {"label": "x", "url": "/\\evil.example"}}, "link: url: "),
        ({"layout": "lead", "link": {"label": "x", "url": "/\t/evil.example"}}, "link: url: "),
        ({"layout": "lead", "link": {"label": "x", "url": "ftp://files.example/"}}, "link: url: "),
        ({"layout": "lead", "link": {"label": "x", "url": "http://localhost/admin/newsroom/front/"}}, "link: url: "),
        ({"layout": "lead", "id": "<b>"}, "id: "),
        ("lead", ""),
        (None, ""),
    ],
)
def test_what_is_wrong_with_a_container_is_said_at_its_place(given, message):
    with pytest.raises(ValidationError) as error:
        FrontSerializer.written()["containers"].run_validation([{"layout": "row"}, given])
    assert str(error.value.detail[0]).startswith(f"container 2: {message}")


def test_front_has_so_many_containers_and_items_and_no_more():
    field = FrontSerializer.written()["containers"]
    assert len(field.run_validation([{"layout": "row", "count": 5}] * 40)) == 40
    for too_many in ([{"layout": "row"}] * 41, [{"layout": "row", "count": 100}] * 3, {"layout": "row"}):
        with pytest.raises(ValidationError):
            field.run_validation(too_many)


def test_containers_have_ids_that_they_keep(api):
    field = FrontSerializer.written()["containers"]
    given = [{"layout": "row"}, {"layout": "row"}, {"layout": "list", "id": "mine"}, {"layout": "list", "id": "mine"}]

    made = field.run_validation(given)

    ids = [each["id"] for each in made]
    assert len(set(ids)) == 4
    assert ids[2] == "mine"
    assert field.run_validation(given) == made
    assert field.run_validation(made) == made


def test_front_goes_out_and_comes_in_again_without_loss(api, tmp_path):
    world, topics = make_section("World"), [make_topic("One"), make_topic("Two")]
    front = arrange(world, topics, slug="home", name="Home", description="All of it.", seo={"title": "News"})
    film, blurb = publish(make_video(slug="film")), publish(make_blurb())
    containers = [
        {
            "layout": "strip",
            "pinned": [{"video": "film"}, {"blurb": str(blurb.pk)}],
            "rule": {"published_after": "2026-01-01"},
        },
        {
            "layout": "row",
            "title": "T",
            "link": {"label": "L", "url": "https://a.example/"},
            "rule": None,
        },
        {"layout": "list", "rule": {"topic": ["one", "two"], "breaking": True}, "count": 2},
    ]
    draft = make_front(slug="draft", containers=containers)
    before = api("fronts/home/")
    assert film.slug == "film"

    files = [tmp_path / "out.ndjson", tmp_path / "again.ndjson"]
    call_command("export_content", files[0], verbosity=0)
    lines = [json.loads(line) for line in files[0].read_text().splitlines()]
    heads = set(Front.objects.values_list("head", flat=True))
    call_command("import_content", files[0], verbosity=0)
    assert set(Front.objects.values_list("head", flat=True)) == heads
    press.withdraw(front)
    for each in (front, draft):
        Publication.objects.filter(kind="front", key=each.pk).delete()
        Front.objects.get(pk=each.pk).delete()
    call_command("import_content", files[0], verbosity=0)
    call_command("export_content", files[1], verbosity=0)

    exported = [line for line in lines if line["kind"] == "front"]
    assert {line["slug"] for line in exported} == {"home", "draft"}
    ours = next(line for line in exported if line["slug"] == "draft")
    assert [each["rule"] for each in ours["containers"]] == [
        {"published_after": "2026-01-01"},
        None,
        {"topic": ["one", "two"], "breaking": True},
    ]
    assert ours["containers"][0]["pinned"] == [{"video": str(film.pk)}, {"blurb": str(blurb.pk)}]
    assert [json.loads(line) for line in files[1].read_text().splitlines()] == lines
    assert api("fronts/home/")["containers"] == before["containers"]


def test_line_of_a_front_is_taken_as_it_is_written(api, tmp_path):
    lines = [
        {"kind": "front", "slug": "home", "name": "Home", "status": "published", "containers": [
            {"layout": "lead", "title": "", "link": None, "pinned": [{"article": "flood-vote"}],
             "rule": {"kind": "article", "section": "world"}, "count": 3}]},
        {"kind": "front", "slug": "bad", "containers": [{"layout": "lead", "rule": {"section": "wrld"}}]},
        {"kind": "section", "slug": "world", "name": "World"},
        *(
            {"kind": "article", "slug": slug, "headline": slug, "section": "world", "status": "published",
             "published_at": f"2026-02-2{day}T11:30:00Z"}
            for day, slug in enumerate(["flood-vote", "second", "third", "fourth"])
        ),
    ]  # fmt: skip
    file = tmp_path / "in.ndjson"
    file.write_text("\n".join(map(json.dumps, lines)))

    with pytest.raises(CommandError):
        call_command("import_content", file, verbosity=0)

    assert standing(api) == [["flood-vote", "fourth", "third"]]
    assert not Front.objects.filter(slug="bad").exists()


def test_rule_that_this_release_cannot_ask_leaves_what_is_pinned(api):
    story = publish(make_article(slug="story"))
    front = make_front(slug="home", containers=[container({}, 3, [story])])
    for rule in ({"genre": "gossip"}, {"colour": "red"}):
        front.containers = [{**front.containers[0], "rule": rule}]
        front.save()
        press.save(front)
        publish(front)

        assert standing(api) == [["story"]]
        assert api("fronts/home/")["containers"][0]["more"] is None


def test_topic_that_a_rule_names_cannot_be_deleted_while_the_front_is_live(api):
    topic = make_topic("Flood")
    front = publish(make_front(slug="home", containers=[container({"topic": "flood"}, 1)]))
    with pytest.raises(Exception, match="Something live still uses it"):
        topic.delete()

    press.withdraw(front)
    topic.delete()
    publish(front)

    assert standing(api) == [[]]
    assert api("fronts/home/")["containers"][0]["more"] is None


def test_shown_and_seen_are_the_same_for_random_fronts(api):
    """Against the rule told in words: pins of all containers first, then each rule in its order, nothing twice."""
    chance = random.Random(7)
    sections = [make_section("World"), make_section("Culture")]
    items = [
        item for number, section in enumerate(sections) for item in stories(section, [f"{number}{n}" for n in range(7)])
    ]
    newest = sorted(items, key=lambda item: (item.publication.published_at, item.publication.pk), reverse=True)
    front = publish(make_front(slug="home"))
    field = FrontSerializer.written()["containers"]
    for _ in range(20):
        given = [
            container(
                chance.choice([None, {}, {"section": "world"}, {"section": "culture", "kind": "article"}]),
                chance.randint(1, 4),
                chance.sample(items, chance.randint(0, 3)),
            )
            for _ in range(chance.randint(1, 5))
        ]
        publish(update(front, containers=field.run_validation(given)))
        shown, used = [], Counter()
        for each in given:
            own = []
            for pin in each["pinned"]:
                item = next(item for item in items if str(item.pk) == pin["article"])
                if not used[item.slug] and len(own) < each["count"]:
                    used[item.slug] += 1
                    own.append(item.slug)
            shown.append(own)
        for each, own in zip(given, shown, strict=True):
            rule = each["rule"]
            for item in newest if rule is not None else []:
                fits = rule.get("section") in (None, item.section.slug)
                if fits and len(own) < each["count"] and not used[item.slug]:
                    used[item.slug] += 1
                    own.append(item.slug)
        assert (given, standing(api)) == (given, shown)
