"""Whatever an act has readers get otherwise has a new edition, and so is found by who asks what has changed since."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cms.publishing import amending, press
from cms.publishing.press import Release
from newsroom.body import BodyField
from tests.conftest import Api
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


def make_world():
    """Stories that show each other, directly and through others, and all that they share."""
    with time_machine.travel(NOON, tick=False):
        world = make_section("World")
        europe = make_section("Europe", parent=world)
        sport = make_section("Sport")
        flood, dikes = make_topic("Flood"), make_topic("Dikes")
        ada, bo = make_byline("Ada", portrait=make_photo()), make_byline("Bo")
        photo, lasting = make_photo(usable_until=NOON + timedelta(hours=1)), make_photo()
        common = {"section": europe, "topics": [flood], "bylines": [ada]}
        body = BodyField().run_validation([{"type": "photo", "photo": {"photo": str(lasting.pk)}}])
        story = publish(make_article(slug="story", lead_photo=photo, body=body, **common))
        film = publish(make_video(slug="film", poster=lasting, topics=[dikes], bylines=[bo]))
        other = publish(make_article(slug="other", related=[story], lead_video=film, bylines=[bo]))
        further = publish(make_article(slug="further", related=[other]))
        translation = publish(make_article(slug="переклад", language="uk", translation_of=story))
        live = publish(make_article(slug="live", genre="live", section=sport))
        blurb = publish(make_blurb(article=story, topics=[flood]))
        update_of = publish(make_blurb(article=live, photo=photo))
        plain = publish(make_article(slug="plain"))
        ending = publish(make_article(slug="ending"), live_until=NOON + timedelta(hours=2))
        showing = publish(make_article(slug="showing", related=[ending]))
    names = "world europe sport flood dikes ada bo photo lasting story film other further translation live blurb"
    values = locals()
    return {name: values[name] for name in [*names.split(), "update_of", "plain", "ending", "showing"]}


def saved(thing, **values):
    thing.refresh_from_db()
    for name, value in values.items():
        setattr(thing, name, value)
    thing.full_clean()
    thing.save()


def released(item, **values):
    item.refresh_from_db()
    publish(update(item, **values))


def imported(*items):
    with press.printing() as printing:
        for item in items:
            item.refresh_from_db()
            update(item, headline=f"{item.headline}, once more")
        press.release(printing, "article", [Release(item.head) for item in items])


ACTS = {
    "a story says more": lambda w, _: released(w["story"], headline="More"),
    "a story has another address": lambda w, _: released(w["story"], slug="another"),
    "a story moves to another section": lambda w, _: released(w["story"], section=w["sport"]),
    "a story is withdrawn": lambda w, _: press.withdraw(w["story"]),
    "a story is withdrawn for legal reasons": lambda w, _: press.withdraw(w["other"], "legal"),
    "a story comes back": lambda w, _: (press.withdraw(w["story"]), publish(w["story"])),
    "a translation is withdrawn": lambda w, _: press.withdraw(w["translation"]),
    "a translation is one no longer": lambda w, _: released(w["translation"], translation_of=None),
    "a story becomes a translation": lambda w, _: released(w["plain"], translation_of=w["story"], language="pl"),
    "a film is withdrawn": lambda w, _: press.withdraw(w["film"]),
    "a film has another poster": lambda w, _: released(w["film"], poster=w["photo"]),
    "a blurb says more": lambda w, _: released(w["blurb"], text_html="<p>More.</p>"),
    "an update of a live story comes": lambda w, _: publish(make_blurb(article=w["live"])),
    "breaking": lambda w, _: amending.amend(w["story"], lambda data: {**data, "breaking": True}),
    "a byline has another name": lambda w, _: saved(w["ada"], name="Ada Lovelace"),
    "a byline of a related story has another name": lambda w, _: saved(w["bo"], name="Bo Peep"),
    "a byline has another address": lambda w, _: saved(w["ada"], slug="lovelace"),
    "a topic has another name": lambda w, _: saved(w["flood"], name="Floods"),
    "a section has another name": lambda w, _: saved(w["europe"], name="Old world"),
    "a section moves": lambda w, _: saved(w["europe"], parent=w["sport"]),
    "a section above has another name": lambda w, _: saved(w["world"], name="Globe"),
    "topics are merged": lambda w, _: w["flood"].merge_into(w["dikes"]),
    "topics are merged the other way": lambda w, _: w["dikes"].merge_into(w["flood"]),
    "a photo has another credit": lambda w, _: saved(w["photo"], credit_line="B. Name"),
    "a photo of a poster has another description": lambda w, _: saved(w["lasting"], alt_text="A quay"),
    "a photo is looked at elsewhere": lambda w, _: saved(w["photo"], focal_x=0.1),
    "a photo's rights end earlier": lambda w, clock: (
        saved(w["photo"], usable_until=NOON + timedelta(minutes=5)),
        clock.move_to(NOON + timedelta(minutes=6)),
    ),
    "a photo's rights have ended": lambda w, clock: clock.move_to(NOON + timedelta(minutes=61)),
    "a photo's rights are prolonged after they ended": lambda w, clock: (
        clock.move_to(NOON + timedelta(minutes=61)),
        saved(w["photo"], usable_until=None),
    ),
    "a story comes to its end": lambda w, clock: clock.move_to(NOON + timedelta(hours=2, seconds=1)),
    "a story is to end another day": lambda w, _: press.end(w["ending"], NOON + timedelta(days=1)),
    "a story goes live by itself": lambda w, clock: (
        publish(make_article(slug="to-come", related=[w["story"]]), at=NOON + timedelta(minutes=2)),
        clock.move_to(NOON + timedelta(minutes=3)),
    ),
    "an update is due": lambda w, clock: (
        publish(update(w["story"], headline="Later"), at=NOON + timedelta(minutes=2)),
        clock.move_to(NOON + timedelta(minutes=3)),
    ),
    "many are imported": lambda w, _: imported(w["story"], w["other"], w["plain"]),
    "several things at once": lambda w, _: several(w),
    "nothing": lambda w, _: update(w["story"], headline="For the desk alone"),
}


SHOWS_NOTHING = {"nothing", "a section moves", "a section above has another name", "a story is to end another day"}


def several(world):
    with press.printing():
        saved(world["ada"], name="Ada L.")
        released(world["plain"], bylines=[])
        press.withdraw(world["film"])
        saved(world["photo"], caption="Elsewhere")


def shown(api):
    """All that readers get, by address: the row of a list, and the whole."""
    rows = [row for kind in ("feed", "photos") for row in api.walk(f"{kind}/?page_size=100")]
    return {row["id"]: (row, api(row["url"])) for row in rows if row["kind"] != "photo"}


def make_shown_world():
    """With what readers get of it, and its edition."""
    world, api = make_world(), Api()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        return world, shown(api), api("changes/")["edition"]


@pytest.mark.parametrize("act", ACTS)
def test_whatever_readers_get_otherwise_is_found_by_its_edition(act, once, api):
    world, before, since = once(make_shown_world)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False) as clock:
        ACTS[act](world, clock)

        changes = api(f"changes/?after={since}&page_size=1000")["results"]
        after = shown(api)
        rows = api.walk(f"feed/?changed_after={since}&page_size=3")
        different = {key for key in after if after[key] != before.get(key)}
        gone = before.keys() - after.keys()

        told = {row["id"]: row for row in rows}
        assert {after[key][0].get("slug") for key in different - told.keys()} == set()
        assert {row["id"] for row in changes if row["action"] == "withdrawn"} >= gone
        assert len(rows) == len(told)
        assert [row["edition"] for row in rows] == sorted(row["edition"] for row in rows)
        assert all(since < row["edition"] <= api("changes/")["edition"] for row in rows)
        assert [after[key][0] for key in told] == [{k: v for k, v in row.items() if k != "edition"} for row in rows]
        assert bool(different or gone) == (act not in SHOWS_NOTHING)
        assert api.walk(f"feed/?changed_after={api('changes/')['edition']}") == []
