"""Live stories as readers get them: updates, key events, and the end of the coverage."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.publishing import amending, press, working_copy
from cms.publishing.models import Change
from newsroom.serializers import live
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_blurbs,
    make_section,
    make_topic,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(noon):
    return publish(make_article(headline="Snow", slug="snow", genre="live"))


def make_update(story, text, minutes=0, **values):
    """A live update, so many minutes after noon."""
    html = f"<p>{text}</p>"
    at = timezone.now() + timedelta(minutes=minutes - 60)
    return publish(make_blurb(text_html=html, article=story, **values), published_at=at)


def texts(page):
    return [row["text"] for row in page["results"]]


def labels(api):
    return [event["label"] for event in api("articles/snow/")["live"]["key_events"]]


def test_a_live_story_says_how_far_it_has_come_and_where_its_updates_are(api, story):
    event = make_update(story, "The pass is closed.", 1, title="Pass closed", is_key=True)
    make_update(story, "Snow at Vell.", 2)

    live = api("articles/snow/")["live"]

    assert live == {
        "state": "live",
        "updates_url": "http://localhost:8000/api/v1/articles/snow/updates/",
        "key_events": [{"id": str(event.pk), "label": "Pass closed", "published_at": "2026-06-17T11:01:00Z"}],
    }
    assert texts(api(live["updates_url"])) == ["Snow at Vell.", "The pass is closed."]


def test_a_story_of_another_genre_is_not_live_and_has_its_blurbs_all_the_same(api):
    other = publish(make_article(slug="other", genre="news"))
    make_update(other, "About it.", is_key=True)

    assert api("articles/other/")["live"] is None
    assert texts(api("articles/other/updates/")) == ["About it."]


def test_key_events_are_right_at_once_whatever_becomes_of_an_update(api, story):
    """Published, corrected, marked, re-pointed, withdrawn and published again; and each time it is an edition."""
    seen = []

    def look():
        seen.append((labels(api), api.get("articles/snow/")["ETag"]))

    look()
    first = make_update(story, "One.", 1, is_key=True)
    look()
    publish(update(first, title="First"))
    look()
    second = make_update(story, "Two.", 2)
    amending.amend(second, lambda data: {**data, "is_key": True})
    look()
    other = publish(make_article(slug="other", genre="live"))
    publish(update(first, article=other))
    look()
    press.withdraw(second)
    look()
    publish(second)
    look()

    told = [labels for labels, _tag in seen]
    assert told == [[], ["One."], ["First"], ["Two.", "First"], ["Two."], [], ["Two."]]
    assert [one[1] != two[1] for one, two in itertools.pairwise(seen)] == [True] * 6
    assert [event["label"] for event in api("articles/other/")["live"]["key_events"]] == ["First"]


def test_a_key_event_goes_with_its_end_and_no_cache_keeps_the_story_longer(api, story):
    make_update(story, "Lasting.", 1, is_key=True)
    passing = make_update(story, "Passing.", 2, is_key=True)
    press.end(passing, timezone.now() + timedelta(seconds=40))
    assert labels(api) == ["Passing.", "Lasting."]
    assert "s-maxage=40" in api.get("articles/snow/")["Cache-Control"]
    assert "s-maxage=40" in api.get("articles/snow/updates/")["Cache-Control"]

    with time_machine.travel(timezone.now() + timedelta(seconds=40), tick=False):
        assert labels(api) == ["Lasting."]
        assert texts(api("articles/snow/updates/")) == ["Lasting."]


def test_a_story_tells_of_its_newest_key_events_and_the_list_has_them_all(api, story):
    most = live.MOST_KEY_EVENTS
    other = publish(make_article(slug="other", genre="live"))
    events = make_blurbs([f"Event {number}" for number in range(most + 2)], article=story, is_key=True)
    bring_all(events, [timezone.now() + timedelta(minutes=number - 120) for number in range(most + 2)])
    make_update(other, "Elsewhere", is_key=True)

    assert labels(api) == [f"Event {number}" for number in reversed(range(2, most + 2))]
    assert len(list(api.walk("articles/snow/updates/?is_key=true"))) == most + 2
    assert [event["label"] for event in api("articles/other/")["live"]["key_events"]] == ["Elsewhere"]


def test_a_label_is_the_title_or_how_the_text_begins(api, story):
    make_update(story, "word " * 40, 1, is_key=True)

    assert labels(api) == [" ".join(["word"] * 16) + "…"]


def test_drafts_and_what_is_scheduled_are_no_updates_until_they_are_readers(api, story):
    make_blurb(text_html="<p>Draft.</p>", article=story, is_key=True)
    later = make_blurb(text_html="<p>Later.</p>", article=story, is_key=True)
    press.publish(later, at=timezone.now() + timedelta(minutes=5))
    assert (labels(api), api("articles/snow/updates/?count=exact")["count"]) == ([], 0)

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert labels(api) == ["Later."]
        assert texts(api("articles/snow/updates/")) == ["Later."]


def test_pinned_updates_stand_first_on_the_first_page_and_once_in_a_walk(api, story):
    for number in range(7):
        make_update(story, f"{number}", number, is_pinned=number in {1, 4})

    assert [row["text"] for row in api.walk("articles/snow/updates/?page_size=3")] == list("4165320")
    assert [row["text"] for row in api.walk("articles/snow/updates/?page_size=2")] == list("4165320")
    assert [row["text"] for row in api.walk("articles/snow/updates/?page_size=1")] == list("4653210")
    assert [row["text"] for row in api.walk("articles/snow/updates/?page_size=3&ordering=published_at")] == list(
        "1402356"
    )
    assert [texts(api(f"articles/snow/updates/?page_size=3&page={page}")) for page in (1, 2, 3)] == [
        ["4", "1", "6"],
        ["5", "3", "2"],
        ["0"],
    ]
    assert api.get("articles/snow/updates/?page_size=3&page=4").status_code == 404
    assert texts(api("articles/snow/updates/?is_pinned=true")) == ["4", "1"]
    assert texts(api("articles/snow/updates/?is_pinned=false")) == list("65320")
    assert api("articles/snow/updates/?count=exact&page_size=1")["count"] == 7


def test_a_walk_has_each_update_once_whatever_is_pinned_and_let_go_meanwhile(api, story):
    rows = [make_update(story, f"{number}", number, is_pinned=number == 2) for number in range(6)]
    first = api("articles/snow/updates/?page_size=2")
    assert texts(first) == ["2", "5"]

    for number in (0, 5):  # one that was shown, and one that is still to come
        amending.amend(rows[number], lambda data: {**data, "is_pinned": True})
    amending.amend(rows[2], lambda data: {**data, "is_pinned": False})
    late = make_update(story, "late", 3, is_pinned=True)

    assert [row["text"] for row in api.walk(first["next"])] == ["4", "3", "1", "0"]
    assert texts(api(first["newer"])) == ["late"]
    assert texts(api("articles/snow/updates/?page_size=2")) == ["5", "late"]
    press.withdraw(late)
    assert texts(api(first["newer"])) == []


def test_updates_take_the_filters_of_blurbs_and_no_cursor_of_another_story(api, story):
    world = make_section("World")
    make_update(story, "In the world.", 1, section=world, is_key=True)
    make_update(story, "At home.", 2, topics=[make_topic("Roads")])
    publish(make_article(slug="other", genre="live"))

    asked = ["section=world", "topic=roads", "is_key=true", "search=home", "changed_after=0&page_size=1"]
    assert [texts(api(f"articles/snow/updates/?{question}")) for question in asked] == [
        ["In the world."],
        ["At home."],
        ["In the world."],
        ["At home."],
        ["In the world."],
    ]
    elsewhere = api.get("blurbs/?is_key=true").json()["detail"]
    assert "articles/{slug}/updates/" in elsewhere
    cursor = api("articles/snow/updates/?page_size=1")["next"].partition("?")[2]
    refused = ["about=snow", "kind=blurb", "is_key=maybe"]
    assert [api.get(f"articles/snow/updates/?{question}").status_code for question in refused] == [400] * 3
    assert api.get(f"articles/other/updates/?{cursor}").status_code == 400


def test_the_list_is_there_for_as_long_as_the_story_is(api, story):
    make_update(story, "One.")
    assert api.get("articles/nothing/updates/").status_code == 404
    make_article(slug="draft", genre="live")
    assert api.get("articles/draft/updates/").status_code == 404

    publish(update(story, slug="snowfall"))
    moved = api.get("articles/snow/updates/?page_size=5")
    assert (moved.status_code, moved["Location"]) == (
        308,
        "http://localhost:8000/api/v1/articles/snowfall/updates/?page_size=5",
    )
    assert api.get("articles/SNOWFALL/updates/").status_code == 308
    assert texts(api("articles/snowfall/updates")) == ["One."]

    press.withdraw(story, "error")
    gone = api.get("articles/snowfall/updates/")
    assert (gone.status_code, gone.json()["reason"]) == (410, "error")
    assert texts(api("blurbs/")) == ["One."]


def test_the_list_ends_with_its_story(api, story):
    make_update(story, "One.")
    press.end(story, timezone.now() + timedelta(seconds=30))

    assert "s-maxage=30" in api.get("articles/snow/updates/")["Cache-Control"]
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert api.get("articles/snow/updates/").json()["reason"] == "expired"


def test_blurbs_and_the_feed_are_found_by_the_story_that_they_are_about(api, story):
    other = publish(make_article(slug="other", related=[story]))
    make_update(story, "Of snow.", 1)
    make_update(other, "Of another.", 2)
    make_update(None, "Of none.", 3)

    assert texts(api("blurbs/?about=snow")) == ["Of snow."]
    assert texts(api("blurbs/?about=snow,other")) == ["Of another.", "Of snow."]
    assert texts(api("feed/?about=snow")) == ["Of snow."]
    assert texts(api("feed/?about=snow&kind=blurb,video")) == ["Of snow."]
    assert texts(api("feed/?kind=article&about=snow")) == []
    assert texts(api("blurbs/?about=nothing")) == []
    assert texts(api("blurbs/?about=snow&search=snow")) == ["Of snow."]
    publish(update(story, slug="snowfall"))
    assert texts(api("blurbs/?about=snow")) == ["Of snow."]


def test_about_tells_nothing_of_a_story_that_readers_do_not_have(api, story):
    """Not by what it is called now, nor by what it was called."""
    draft = make_article(slug="secret")
    make_update(draft, "Of a draft.")
    make_update(story, "Of snow.")
    press.withdraw(story, "legal")

    assert [texts(api(f"{path}/?about={slug}")) for path in ("blurbs", "feed") for slug in ("secret", "snow")] == [
        []
    ] * 4


def test_live_coverage_ends_and_is_opened_again_and_nothing_else_goes_out_with_it(api, story):
    update(story, headline="Not yet")
    before = Change.objects.count()

    amending.amend(story, lambda data: {**data, "live_ended_at": "2026-06-17T11:59:00Z"})

    shown = api("articles/snow/")
    assert (shown["headline"], shown["live"]["state"]) == ("Snow", "ended")
    changes = [(row["kind"], row["action"], row["slug"]) for row in api("changes/")["results"]]
    assert changes[before:] == [("article", "updated", "snow")]
    amending.amend(story, lambda data: {**data, "live_ended_at": None})
    assert api("articles/snow/")["live"]["state"] == "live"
    story.refresh_from_db()
    assert (story.headline, story.live_ended_at) == ("Not yet", None)


def test_coverage_cannot_have_ended_in_time_to_come(story):
    later = (timezone.now() + timedelta(minutes=1)).isoformat()

    with pytest.raises(ValidationError, match="still to come"):
        working_copy.write(story, {"live_ended_at": later}).or_refuse()


def test_who_follows_what_changed_hears_of_the_story_with_each_of_its_updates(api, story):
    """Its page has to be built again; the stories that only mention a live one are left alone."""
    publish(make_article(slug="beside", related=[story]))
    edition = api("changes/?page_size=1000")["edition"]
    make_update(story, "One.")

    changed = api(f"feed/?changed_after={edition}")["results"]

    assert sorted(row.get("slug") or row["text"] for row in changed) == ["One.", "snow"]


def test_what_is_purged_with_an_update_are_its_lists_and_its_story(api, story):
    from cms.api.caching import tag_of
    from cms.delivery.tags import publications_of, tags_of

    first = make_update(story, "One.")
    changes = list(Change.objects.filter(key=first.pk))

    names = tags_of(changes, publications_of(changes)).names

    assert names == sorted(["blurbs", "feed", "updates", "changes", tag_of(first.pk), tag_of(story.pk)])
    labels = api.get("articles/snow/updates/")["Surrogate-Key"].split()
    assert labels == ["updates", tag_of(story.pk), tag_of(first.pk)]


def test_other_forms_of_a_live_story_have_its_updates_and_its_end(api, story):
    make_update(story, "One <em>two</em>.", 1, title="First")
    node = api("articles/snow/?format=jsonld")
    assert [(part["headline"], part["articleBody"]) for part in node["liveBlogUpdate"]] == [("First", "One two.")]
    assert "coverageEndTime" not in node

    amending.amend(story, lambda data: {**data, "live_ended_at": "2026-06-17T11:59:00Z"})

    assert api("articles/snow/?format=jsonld")["coverageEndTime"] == "2026-06-17T11:59:00Z"
    assert "## 2026-06-17 11:01 UTC — First\n\nOne *two*." in api.get("articles/snow/?format=md").content.decode()
    assert ">First</h3>" in api.get("articles/snow/?format=email").content.decode()
    assert "<title>First</title>" in api.get("/feeds/latest.rss").content.decode()
    assert api.get("articles/snow/updates/?format=email").status_code == 200


def test_a_version_of_before_there_were_key_events_is_shown_as_it_was(api, story):
    """An older release's versions have none of the keys."""
    blurb = make_blurb(text_html="<p>Old.</p>", article=story)
    data = {name: value for name, value in blurb.head.data.items() if name not in {"title", "is_key", "is_pinned"}}
    type(blurb.head).objects.bulk_create([type(blurb.head)(kind="blurb", key=blurb.pk, data=data)])
    blurb.head = type(blurb.head).objects.latest("pk")
    blurb.save()
    publish(blurb)

    row = api("articles/snow/updates/")["results"][0]
    assert (row["title"], row["is_key"], row["is_pinned"]) == (None, False, False)
    assert press.save(blurb) is None  # nobody has changed anything
