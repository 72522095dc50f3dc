"""Pages, counts and cursors; what the links of a list repeat. (The promise itself: test_show_more.py.)"""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine

from cms.publishing import press
from newsroom.models import Topic
from tests.factories import make_article, make_blurb, make_byline, make_photo, make_section, make_topic, publish

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)


def question(url):
    return dict(parse_qsl(urlsplit(url).query))


@pytest.fixture
def stories(once):
    return once(make_stories)


def make_stories():
    section, topic = make_section("World"), make_topic("Flood")
    return [publish(make_article(slug=f"s{n}", section=section, topics=[topic]), published_at=MARCH) for n in range(5)]


def test_walk_shows_each_once_in_order(api, stories):
    for path in ("articles/?page_size=2", "feed/?page_size=2", "articles/?page_size=2&section=world&topic=flood"):
        assert [row["slug"] for row in api.walk(path)] == ["s4", "s3", "s2", "s1", "s0"]
    assert [row["slug"] for row in api.walk("articles/?page_size=2&ordering=published_at")] == [
        f"s{n}" for n in range(5)
    ]
    assert [row["slug"] for row in api.walk("articles/?page_size=2&ordering=-updated_at")] == [
        f"s{n}" for n in reversed(range(5))
    ]


def test_links_repeat_the_whole_question(api, stories):
    asked = "section=world&topic=flood&ordering=-published_at&fields=slug&count=exact&page_size=2"
    page = api(f"articles/?{asked}")

    for name, place in (("next", "cursor"), ("newer", "after")):
        kept = question(page[name])
        assert kept.pop(place)
        assert kept == question(f"?{asked}")
        assert page[name].startswith("http://localhost:")
        assert urlsplit(page[name]).path == "/api/v1/articles/"
    assert question(api("articles/")["newer"])["page_size"] == "20"  # a default that may change one day
    assert question(api(page["next"])["newer"]) == question(page["newer"])  # the same on every page
    assert "topic=a&topic=b" in api("articles/?topic=a&topic=b")["newer"]


def test_end_is_null_and_count_is_told_only_when_asked_for(api, stories):
    page = api("articles/?page_size=5")
    assert (page["next"], len(page["results"]), "count" in page) == (None, 5, False)
    assert api("articles/?page_size=2&count=exact")["count"] == 5
    assert api("articles/?count=exact&slug=s1,s2")["count"] == 2
    assert api("feed/?count=exact&kind=blurb")["count"] == 0
    assert api("topics/?count=exact")["count"] == api("sections/?count=exact")["count"] == 1


def test_count_is_as_of_now_while_the_walk_is_as_of_its_start(api, stories):
    page = api("articles/?page_size=2&count=exact")
    publish(make_article(slug="late"), published_at=MARCH)

    second = api(page["next"])

    assert (second["count"], [row["slug"] for row in second["results"]]) == (6, ["s2", "s1"])
    assert api.slugs(page["newer"]) == ["late"]


def test_cursor_of_any_flipped_bit_is_refused(api, stories):
    for name, place in (("next", "cursor"), ("newer", "after")):
        link = api("articles/?page_size=2")[name]
        word = question(link)[place]
        for position in range(len(word)):
            for bit in (1, 2, 4, 8, 16, 32):
                flipped = word[:position] + chr(ord(word[position]) ^ bit) + word[position + 1 :]
                if not flipped.isascii() or not flipped.isprintable() or set(flipped) & set("%&+# ;"):
                    continue
                response = api.get(link.replace(word, flipped))
                assert (flipped, response.status_code) == (flipped, 400)
                assert response.json()["type"] == "/problems/invalid-cursor"
        for other in (word[:-1], word + "A", word + "=", word * 2):
            assert api.get(link.replace(word, other)).status_code == 400


def test_cursor_of_another_question_is_refused(api, stories):
    base = "/api/v1/articles/?section=world&page_size=2"
    word = question(api(base)["next"])["cursor"]

    assert api.get(f"{base}&cursor={word}").status_code == 200
    assert api.get(f"/api/v1/articles?page_size=2&section=world&cursor={word}").status_code == 200
    for same in ("fields=slug", "count=exact", "fields=slug&fields=headline", "section=world"):
        assert api.get(f"{base}&cursor={word}&{same}").status_code == 200
    for other in (
        "articles/?section=world",
        "articles/?section=world&page_size=3",
        "articles/?page_size=2",
        "articles/?section=worlds&page_size=2",
        "articles/?section=world&topic=flood&page_size=2",
        "articles/?section=world&page_size=2&ordering=published_at",
        "articles/?section=world&page_size=2&ordering=-updated_at",
        "feed/?section=world&page_size=2",
        "blurbs/?section=world&page_size=2",
    ):
        problem = api.get(f"{other}&cursor={word}").json()
        assert (other, problem["type"]) == (other, "/problems/invalid-cursor")
    assert api.get(f"{base}&after={word}").status_code == 400
    after = question(api(base)["newer"])["after"]
    assert api.get(f"{base}&cursor={after}").status_code == 400
    assert api.get(f"{base}&cursor={word}&after={after}").status_code == 400
    assert api.get(f"feed/?section=world&page_size=2&after={after}").status_code == 400


def test_walk_goes_on_when_the_secret_key_is_changed_and_the_old_one_is_kept_beside_it(api, settings, stories):
    page = api("articles/?page_size=2")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret " * 4

    assert [row["slug"] for row in api(page["next"])["results"]] == ["s2", "s1"]

    settings.SECRET_KEY_FALLBACKS = []
    assert api.get(page["next"]).json()["type"] == "/problems/invalid-cursor"


def test_cursor_whose_row_is_gone_goes_on(api, stories):
    page = api("articles/?page_size=2")
    press.withdraw(stories[3])
    assert [row["slug"] for row in api(page["next"])["results"]] == ["s2", "s1"]

    topics = [make_topic(name) for name in ("Aa", "Bb", "Cc", "Dd")]
    holder = publish(make_article(topics=topics))
    shared = api("topics/?page_size=2")
    assert [row["slug"] for row in shared["results"]] == ["aa", "bb"]
    press.withdraw(holder)
    publish(make_article(topics=topics[2:]))
    Topic.objects.get(slug="bb").delete()
    assert [row["slug"] for row in api(shared["next"])["results"]] == ["cc", "dd"]


def test_everything_going_away_ends_the_walk(api, stories):
    page = api("articles/?page_size=2")
    for story in stories:
        press.withdraw(story)

    last = api(page["next"])

    assert (last["results"], last["next"]) == ([], None)


def test_numbered_pages(api, stories):
    first = api("articles/?page=1&page_size=2")
    assert ([row["slug"] for row in first["results"]], first["newer"]) == (["s4", "s3"], None)
    assert question(first["next"]) == {"page": "2", "page_size": "2"}
    last = api(api(first["next"])["next"])
    assert ([row["slug"] for row in last["results"]], last["next"]) == (["s0"], None)
    assert api.get("articles/?page=4&page_size=2").status_code == 404
    assert api("articles/?page=1&slug=unknown")["results"] == []
    assert api.get("articles/?page=2&section=unknown").status_code == 404
    assert api.slugs("articles/?page=2&page_size=2&section=world&topic=flood") == ["s2", "s1"]
    for query in ("page=1&cursor=x", "page=1&after=x"):
        assert api.get(f"articles/?{query}").json()["errors"][0]["parameter"] == "page"
    assert api.get("articles/?page=10000&page_size=1").status_code == 404
    assert api.slugs("topics/?page=1") == ["flood"]


@pytest.mark.parametrize("order", ["-published_at", "published_at", "-updated_at"])
@pytest.mark.parametrize("filters", ["", "&section=world", "&section=world&exclude_topic=other", "&kind=article,blurb"])
def test_numbered_pages_are_the_same_however_they_are_reached(api, stories, order, filters):
    """Where a page begins is remembered as long as nothing changes."""
    for number in range(3):
        publish(make_blurb(section=stories[0].section), published_at=MARCH.replace(day=3 + number % 2))

    def pages(numbers, size=2):
        path = f"feed/?ordering={order}{filters}&page_size={size}"
        return {number: [row["id"] for row in api(f"{path}&page={number}")["results"]] for number in numbers}

    def expected(size=2):
        rows = [row["id"] for row in api(f"feed/?ordering={order}{filters}&page_size=100")["results"]]
        return {1 + start // size: rows[start : start + size] for start in range(0, len(rows), size)}

    whole = expected()
    assert len(whole) >= 2
    assert pages(reversed(whole)) == whole
    assert pages(whole) == whole
    assert pages(expected(3), 3) == expected(3)
    publish(make_article(slug="new", section=stories[0].section), published_at=MARCH)
    press.withdraw(stories[3])
    assert pages(expected()) == expected() != whole


def test_numbered_page_of_what_ends_meanwhile_leaves_it_out(api, stories):
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False) as clock:
        publish(make_article(slug="ends"), published_at=MARCH, live_until=datetime(2026, 4, 2, tzinfo=UTC))
        assert api.slugs("articles/?page=2&page_size=2") == ["s3", "s2"]
        clock.move_to(datetime(2026, 4, 3, tzinfo=UTC))
        assert api.slugs("articles/?page=2&page_size=2") == ["s2", "s1"]


def test_count_of_a_numbered_page_is_that_of_all(api, stories):
    for number in (3, 1, 2, 3):
        assert api(f"articles/?page={number}&page_size=2&count=exact")["count"] == 5
    page = api("articles/?page_size=2&count=exact&section=world")
    while page["next"]:
        assert page["count"] == 5
        page = api(page["next"])
    assert api("articles/?slug=unknown&count=exact")["count"] == 0
    assert api("articles/?section=unknown&count=exact")["count"] == 0
    newer = api("articles/?page_size=2&count=exact")["newer"]
    assert (api(newer)["count"], api(newer)["results"]) == (5, [])


def test_last_numbered_page_has_no_next(api, settings, monkeypatch, stories):
    monkeypatch.setattr("cms.api.pagination.LAST_NUMBERED_ROW", 4)

    assert api("articles/?page=2&page_size=2")["next"] is None
    assert api("topics/?page=1&page_size=1")["next"] is None
    assert api.get("articles/?page=3&page_size=2").status_code == 400


def test_newer_is_null_where_nothing_can_be_newer(api, stories):
    publish(make_article(lead_photo=make_photo(), bylines=[make_byline("Ada")]))

    for path in ("articles/?page=1", "articles/?ordering=-updated_at", "feed/?ordering=-updated_at"):
        assert (path, api(path)["newer"]) == (path, None)
    for name in ("photos", "bylines", "sections", "topics"):
        assert (name, api(f"{name}/")["newer"]) == (name, None)
        assert api.get(f"{name}/?after=x").json()["type"] == "/problems/unknown-parameter"
    for path in ("articles/", "feed/", "articles/?ordering=published_at", "blurbs/?breaking=true", "articles/?slug=x"):
        assert "after=" in api(path)["newer"]
    after = question(api("articles/?page_size=2")["newer"])["after"]
    assert api.get(f"articles/?page_size=2&ordering=-updated_at&after={after}").status_code == 400


def test_newer_is_a_walk_of_its_own_oldest_first(api, stories):
    newer = api("feed/?page_size=2")["newer"]
    assert (api(newer)["results"], api(newer)["next"]) == ([], None)
    for number in range(3):
        publish(make_article(slug=f"n{number}"))
    publish(make_blurb())

    page = api(newer)
    assert [row["slug"] for row in page["results"]] == ["n0", "n1"]
    rest = api(page["next"])
    assert [row["kind"] for row in rest["results"]] == ["article", "blurb"]
    assert rest["next"] is None
    assert api(page["newer"])["results"] == api(rest["newer"])["results"] == []


@pytest.mark.parametrize("name", ["photos", "bylines", "sections", "topics"])
def test_shared_things_are_walked_in_every_order(api, name):
    for number in range(5):
        section = make_section(f"Same {number}", position=number // 3)
        same = {"topics": [make_topic("Same", slug=f"t{number}")], "bylines": [make_byline("Same", slug=f"b{number}")]}
        publish(make_article(section=section, lead_photo=make_photo(width=60, height=60), **same))
    orders = {
        "photos": ["-published_at", "published_at", "-taken_at"],
        "sections": ["position", "name"],
        "bylines": ["name", "-name"],
        "topics": ["name", "-name"],
    }
    for order in orders[name]:
        whole = [row["url"] for row in api(f"{name}/?ordering={order}")["results"]]
        assert len(set(whole)) == 5
        assert [row["url"] for row in api.walk(f"{name}/?ordering={order}&page_size=2")] == whole
        pages = [api(f"{name}/?ordering={order}&page_size=2&page={number}")["results"] for number in (1, 2, 3)]
        assert [row["url"] for page in pages for row in page] == whole
