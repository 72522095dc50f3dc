"""What editors arrange: fronts, menus, pages, live stories, series."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cms.previews import previews
from cms.publishing import amending, press
from tests.factories import (
    make_article,
    make_blurb,
    make_front,
    make_page,
    make_photo,
    make_section,
    make_site,
    make_topic,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


def texts(nodes):
    return [" ".join(node.text().split()) for node in nodes]


def pinned(*items):
    return [{item.kind: str(item.pk)} for item in items]


def test_front_page_is_as_editors_arranged_it(page):
    one, two, three = (
        publish(make_article(headline=name, lead_photo=make_photo())) for name in ("One", "Two", "Three")
    )
    short = publish(make_blurb(text_html="<p>In short.</p>"))
    row = {"layout": "row", "title": "The row", "link": {"label": "All of it", "url": "/feed"}, "count": 1}
    containers = [
        {"layout": "lead", "pinned": pinned(two, one), "rule": None, "count": 2},
        {"layout": "list", "title": "As it comes", "pinned": pinned(short), "rule": None, "count": 1},
        {**row, "pinned": pinned(three), "rule": None},
    ]
    publish(make_front(slug="home", name="Home", containers=containers))

    home = page("/")

    assert (texts(home.css(".lead h3")), texts(home.css(".seconds h3"))) == (["Two"], ["One"])
    assert texts(home.css(".feed-block h2, .feed-block .blurb")) == ["As it comes", "In short."]
    assert texts(home.css(".strip h2, .strip h3, .strip .on a")) == ["The row", "Three", "All of it"]
    assert home.css_first(".lead img[fetchpriority=high]") is not None

    press.withdraw(two)
    assert texts(page("/").css(".lead h3")) == ["One"]


def test_preview_of_a_front_is_the_page_that_is_to_come(page, client):
    story = publish(make_article(headline="The lead"))
    front = make_front(slug="home", containers=[{"layout": "lead", "pinned": pinned(story), "rule": None, "count": 1}])
    token = previews.token_of(previews.make(front, None))
    opened = client.post("/preview/", headers={"Authorization": f"Preview {token}"}).json()["address"]
    for path in (opened, f"/fronts/home?preview={token}"):
        seen = page(path)
        assert texts(seen.css(".lead h3")) == ["The lead"]
        assert seen.response.headers["Cache-Control"] == "private, no-store"


def test_front_of_a_part_has_an_address_of_its_own_and_home_has_the_first(page, client):
    publish(make_front(slug="culture", name="Culture", description="Books and more"))
    publish(make_front(slug="home"))
    seen = page("/fronts/culture")
    assert texts(seen.css("h1, .page-head .standfirst")) == ["Culture", "Books and more"]
    moved = client.get("/fronts/home")
    assert (moved.status_code, moved.headers["Location"]) == (308, "/")


def test_name_menus_and_terms_are_those_of_the_site(page, client):
    make_section("World")
    about = publish(make_page(slug="about", title="About us"))
    menus = {"main": [{"section": "world"}], "footer": [{"page": str(about.pk)}]}
    site = make_site(
        name="The Meridian", menus=menus, usage_policy={"text": "Quote us.", "url": ""}, social=[], language="uk"
    )
    publish(site)

    seen = page("/pages/about")

    assert texts(seen.css("h1, .text p")) == ["About us", "What it says."]
    assert texts(seen.css(".masthead .name, .sections a")) == ["The Meridian", "World"]
    assert texts(seen.css(".foot ul a"))[0] == "About us"
    assert "Quote us." in seen.css_first(".foot").text()
    assert seen.css_first("html").attributes["lang"] == "uk"

    update(site, name="The Later Meridian")
    token = previews.token_of(previews.make(site, None))
    opened = client.post("/preview/", headers={"Authorization": f"Preview {token}"}).json()["address"]
    assert texts(page(opened).css("h1")) == ["The Later Meridian"]
    assert texts(page("/").css("h1")) == ["The Meridian"]


def test_live_story_has_its_state_its_key_events_and_its_updates(page):
    story = publish(make_article(slug="snow", headline="Snow", genre="live"))
    hour = timezone.now() - timedelta(hours=1)
    for minutes, values in enumerate([{"title": "Pass closed", "is_key": True}, {}, {"is_pinned": True}]):
        blurb = make_blurb(text_html=f"<p>Update {minutes}.</p>", article=story, **values)
        publish(blurb, published_at=hour + timedelta(minutes=minutes))

    seen = page("/articles/snow")

    assert seen.css_first("html").attributes["data-page"] == "live"
    assert texts(seen.css("[data-live-state] .live")) == ["Live"]
    assert texts(seen.css("[data-key-events] span")) == ["Pass closed"]
    assert texts(seen.css("[data-items] .text")) == ["Update 2.", "Update 1.", "Update 0."]
    event = seen.css_first("[data-key-events] a").attributes["href"]
    assert seen.css_first(event).css_first("h3").text() == "Pass closed"
    live = seen.css_first("[data-live]").attributes
    assert (live["data-feed"], live["data-part"], live["data-state"], live["data-about"]) == (
        None,
        "update",
        "live",
        "snow",
    )


def test_live_story_is_marked_as_live_in_lists_until_it_ends(page):
    story = publish(make_article(slug="snow", headline="Snow", genre="live", section=make_section("Weather")))
    pages = ("/", "/feed", "/sections/weather", "/none")
    seen = [page(path, 404 if path == "/none" else 200) for path in pages]
    assert [texts(each.css("main .kicker"))[-1] for each in seen] == ["Live"] * 4
    amending.amend(story, lambda data: {**data, "live_ended_at": "2026-01-01T00:00:00Z"}, by=None, note="ended")
    seen = [page(path, 404 if path == "/none" else 200) for path in pages]
    assert [texts(each.css("main .kicker"))[-1] for each in seen] == ["Weather"] * 4


def test_part_of_a_series_leads_to_its_neighbours(page):
    series = make_topic("The Valley Line", type="series")
    for number in (1, 2, 3):
        part = make_article(headline=f"Part {number}", slug=f"part-{number}", topics=[series])
        publish(part, published_at=datetime(2026, 6, number, tzinfo=UTC))
    place = page("/articles/part-2").css_first(".series")
    assert texts(place.css(".kicker, .meta, li a")) == ["The Valley Line", "Part 2 of 3", "Part 1", "Part 3"]
