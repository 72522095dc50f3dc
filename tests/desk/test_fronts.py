"""Fronts at the desk: shown as readers get them, arranged, and a story put on top of one from elsewhere."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone

from cms.publishing import press
from cms.publishing.links import link
from newsroom.serializers.front import MOST_ITEMS
from tests import factories
from tests.desk.comparing import seen
from tests.desk.test_pages_articles import fields_of, log_in, page_of, send
from tests.factories import make_article, make_blurb, make_byline, make_section, make_topic, make_video, publish, update

pytestmark = pytest.mark.django_db
FRONTS = "/admin/newsroom/front/"


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def pin(item):
    return {item.kind: link(item.kind, item.pk)}


def container(*pinned, **values):
    blank = {"layout": "row", "title": "", "link": None, "rule": None, "count": 4}
    return {"id": uuid.uuid4().hex[:10], **blank, "pinned": [pin(item) for item in pinned], **values}


def make_front(*containers, name="Home", slug="home"):
    return factories.make_front(name=name, slug=slug, containers=list(containers))


def fill(desk, containers, **asked):
    return desk.post(f"{FRONTS}fill/", {"containers": json.dumps(containers), **asked})


def filled(desk, containers, **asked):
    """What stands in each container, in its order: headlines, those that the rule found in brackets."""
    answer = fill(desk, containers, **asked).json()
    words = {name: thing["headline"] for name, thing in answer["things"].items()}
    rows = []
    for one, found in zip(containers, answer["containers"], strict=True):
        names = [f"{kind}:{target['id']}" for pinned in one["pinned"] for kind, target in pinned.items()]
        rows.append([*(words[name] for name in names), *(f"({words[name]})" for name in found["found"])])
    return rows


def items(api, slug="home"):
    return [
        [item.get("headline") or item["text"] for item in one["items"]] for one in api(f"fronts/{slug}/")["containers"]
    ]


def test_page_opens_with_what_readers_have(desk):
    world = make_section("World")
    stories = [publish(make_article(headline=f"Story {n}", section=world)) for n in range(3)]
    front = make_front(container(stories[0], title="World", rule={"section": [link("section", world.pk)]}))

    page = desk.get(f"{FRONTS}{front.pk}/change/")

    first = json.loads(re.search('<script type="application/json">(.*?)</script>', page.content.decode())[1])
    assert [one["words"] for one in first["containers"]] == ["newest: World"]
    assert [[first["things"][name]["headline"] for name in one["found"]] for one in first["containers"]] == [
        ["Story 2", "Story 1"]
    ]
    assert first["things"][f"article:{stories[0].pk}"]["is_seen"] is True
    assert 'class="front-desk"' in page.content.decode()


def test_rules_fill_what_is_not_pinned_and_nothing_stands_twice(desk):
    old = publish(make_article(headline="Old"))
    video = publish(make_video(headline="Film"))
    publish(make_blurb(text_html="<p>Short</p>"))
    publish(make_article(headline="New"))

    lead = container(old, count=2, rule={})
    rest = container(video, rule={"kind": ["article", "blurb"]})

    assert filled(desk, [lead, rest]) == [["Old", "(New)"], ["Film", "(Short)"]]


def test_rules_are_said_in_an_editors_words(desk):
    world, topic, ann = make_section("World"), make_topic("NATO"), make_byline("Ann")
    rule = {
        "kind": ["article"],
        "section": [link("section", world.pk)],
        "topic": [link("topic", topic.pk)],
        "byline": [link("byline", ann.pk)],
        "genre": ["opinion"],
        "breaking": True,
    }

    answer = fill(desk, [container(rule=rule), container(rule={}), container()]).json()

    said = [one["words"] for one in answer["containers"]]
    assert said == ["newest: stories · World · NATO · Ann · Opinion · breaking", "the newest of all", ""]
    assert answer["names"][f"section:{world.pk}"] == "World"


def test_front_is_seen_as_it_will_be_on_friday_at_six(client):
    desk = client
    thursday = datetime(2026, 3, 5, 12, tzinfo=UTC)
    with time_machine.travel(thursday, tick=False):
        log_in(desk)
        leaving = publish(make_article(headline="Leaving"), live_until=thursday + timedelta(hours=3))
        publish(make_article(headline="Staying"))
        coming = make_article(headline="Coming")
        press.publish(coming, at=thursday + timedelta(hours=17))
        containers = [container(leaving, coming, rule={})]

        now = fill(desk, containers).json()
        then = fill(desk, containers, at="2026-03-06T06:00").json()

        assert filled(desk, containers) == [["Leaving", "Coming", "(Staying)"]]
    names = [f"article:{leaving.pk}", f"article:{coming.pk}"]
    assert [now["things"][name]["is_seen"] for name in names] == [True, False]
    assert [then["things"][name]["is_seen"] for name in names] == [False, True]
    assert then["things"][names[0]]["warning"] == "It comes down before then."
    assert (now["when"], "6:00" in then["when"] or "6 a.m." in then["when"]) == ("", True)


def test_what_readers_do_not_see_says_why(client):
    desk = client
    draft = make_article(headline="Draft")
    withdrawn = publish(make_article(headline="Gone"))
    press.withdraw(withdrawn, "withdrawn")
    scheduled = make_article(headline="Later")
    press.publish(scheduled, at=timezone.now() + timedelta(days=1))
    expired = publish(make_article(headline="Over"), live_until=timezone.now() + timedelta(hours=1))
    deleted = make_article(headline="Deleted")
    containers = [container(draft, withdrawn, scheduled, expired, deleted)]
    deleted.delete()

    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        log_in(desk)
        things = fill(desk, containers).json()["things"]

    said = {thing["headline"]: thing["warning"] for thing in things.values()}
    assert said["Draft"] == "A draft: readers won’t see it until it is published."
    assert said["Gone"] == "It is withdrawn: readers do not see it."
    assert said["Later"].startswith("Readers see it from ")
    assert said["Over"] == "It has expired: readers do not see it any more."
    assert said["Deleted"] == "It has been deleted. Unpin it."
    assert [thing["is_seen"] for thing in things.values()] == [False] * 5


def test_what_there_is_no_room_for_is_known_as_what_readers_have(desk):
    stories = [publish(make_article(headline=text)) for text in ("First", "Second")]
    update(stories[1], headline="Being written")
    containers = [container(*stories, count=1)]

    for asked in ({}, {"at": (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")}):
        things = fill(desk, containers, **asked).json()["things"]
        assert [
            (things[f"article:{story.pk}"]["headline"], things[f"article:{story.pk}"]["is_seen"]) for story in stories
        ] == [
            ("First", True),
            ("Second", True),
        ]


def test_card_shows_what_readers_have_and_not_what_is_being_written(desk):
    story = publish(make_article(headline="As published", kicker="Harbour"))
    update(story, headline="Being written", kicker="")

    (thing,) = fill(desk, [container(story)]).json()["things"].values()

    assert (thing["headline"], thing["kicker"]) == ("As published", "Harbour")
    assert thing["address"] == f"/admin/newsroom/article/{story.pk}/change/"


def test_editor_finds_stories_videos_and_blurbs_by_their_words(desk):
    draft = make_article(headline="The river rises")
    live = publish(make_article(headline="A river runs dry"))
    video = publish(make_video(headline="By the river"))
    blurb = publish(make_blurb(text_html="<p>The River at noon.</p>"))
    publish(make_article(headline="Rain"))

    found = desk.get(f"{FRONTS}find/", {"q": "river"}).json()["results"]

    assert [row["name"] for row in found] == [
        f"blurb:{blurb.pk}",
        f"video:{video.pk}",
        f"article:{live.pk}",
        f"article:{draft.pk}",
    ]
    assert [row["state_name"] for row in found] == ["live", "live", "live", "draft"]
    assert [row["warning"] for row in found][:3] == ["", "", ""]
    assert desk.get(f"{FRONTS}find/", {"q": "river \x00 nothing"}).json() == {"results": []}


def test_asking_costs_a_fixed_number_of_statements(desk, django_assert_max_num_queries):
    stories = [publish(make_article(headline=f"Story {n}")) for n in range(12)]
    containers = [container(*stories[n : n + 3], rule={}) for n in range(0, 12, 3)]
    fill(desk, containers)

    with django_assert_max_num_queries(14):
        fill(desk, containers)


@pytest.mark.parametrize("sent", ["", "{}", "[1]", '[{"id": "a"}]', "[", '[{"id": "a", "pinned": [{"x": 1}]}]'])
def test_what_is_no_front_is_refused_in_words(desk, sent):
    answer = desk.post(f"{FRONTS}fill/", {"containers": sent})

    assert (answer.status_code, bool(answer.json().get("error", sent == ""))) == (400 if sent else 200, True)


def test_who_may_not_see_fronts_is_not_told_of_any(client):
    client.force_login(User.objects.create_user("guest", is_staff=True))

    assert fill(client, []).status_code == 403
    assert client.get(f"{FRONTS}find/").status_code == 403


def test_who_arranges_fronts_finds_what_they_may_see_at_the_desk(client):
    publish(make_article(headline="A river"))
    publish(make_video(headline="By the river"))
    log_in(client, "change_front", "view_video")

    found = client.get(f"{FRONTS}find/", {"q": "river"}).json()["results"]

    assert [row["headline"] for row in found] == ["By the river"]


def test_field_is_written_in_without_scripts_and_says_what_is_wrong(desk):
    story = publish(make_article(slug="flood"))
    front = make_front(container())

    written = [{"id": "top", "layout": "lead", "title": "Top", "pinned": [{"article": "flood"}], "count": 3}]
    send(desk, front, containers=json.dumps(written))
    front.refresh_from_db()
    assert front.containers[0]["pinned"] == [pin(story)]

    broken = send(desk, front, containers='[{"id": "top",\n "pinned": [}]')
    assert "This is no JSON: line 2" in broken.content.decode()
    unknown = send(desk, front, containers=json.dumps([{**written[0], "pinned": [{"article": "fl00d"}]}]))
    assert "there is no article &quot;fl00d&quot;" in unknown.content.decode()
    front.refresh_from_db()
    assert front.containers[0]["pinned"] == [pin(story)]


# Putting something on top from elsewhere


def put(desk, item, front, number=0, **headers):
    place = f"{front.pk}/{front.containers[number]['id']}"
    return desk.post(
        f"/admin/newsroom/{item.kind}/{item.pk}/put-on-front/", {"place": place}, headers={"Accept": "application/json"}
    )


def test_story_stands_on_top_of_home_for_readers_at_once_and_nothing_else_with_it(desk, api):
    first, second, third = [publish(make_article(headline=text)) for text in ("First", "Second", "Third")]
    front = publish(make_front(container(first, second), container(third, title="More")))
    update(front, containers=[front.containers[1], front.containers[0]], description="Not for readers yet")

    answer = put(desk, third, front, number=1).json()

    assert answer == {"said": "It stands on top of Home. Readers see it now."}
    assert items(api) == [["Third", "First", "Second"], []]
    assert api("fronts/home/")["description"] is None
    front.refresh_from_db()
    assert [len(one["pinned"]) for one in front.containers] == [0, 3]
    assert (front.containers[1]["pinned"][0], front.description) == (pin(third), "Not for readers yet")


def test_draft_put_on_top_waits_for_its_own_publication(desk, api):
    draft, live = make_article(headline="Draft"), publish(make_article(headline="Live"))
    front = publish(make_front(container(live)))

    assert put(desk, draft, front).json()["said"].endswith("Readers see it there once it is published.")
    assert items(api) == [["Live"]]

    publish(draft)
    assert items(api) == [["Draft", "Live"]]


def test_who_may_not_publish_fronts_puts_it_there_at_the_desk_alone(client, api):
    user = User.objects.create_user("sub", is_staff=True)
    user.groups.add(Group.objects.get(name="Editor"))
    user.groups.get().permissions.remove(*user.groups.get().permissions.filter(codename="publish_front"))
    client.force_login(user)
    story, other = publish(make_article(headline="Story")), publish(make_article(headline="Other"))
    front = publish(make_front(container(other)))

    assert put(client, story, front).json()["said"].endswith("Readers see it there with the next update of the front.")

    front.refresh_from_db()
    assert (front.containers[0]["pinned"], items(api)) == ([pin(story), pin(other)], [["Other"]])


def test_what_readers_have_is_never_more_than_a_front_may_hold(desk, api):
    story, other = publish(make_article(headline="Story")), publish(make_article(headline="Other"))
    unseen = [{"article": link("article", uuid.uuid4())} for _ in range(MOST_ITEMS - 1)]
    other_row, full_row = container(other), container(count=MOST_ITEMS - 4)
    front = publish(make_front(other_row, {**full_row, "pinned": unseen}))
    update(front, containers=[other_row])

    refused = put(desk, story, front)

    assert (refused.status_code, refused.json()["said"]) == (
        400,
        "a front has at most 200 items, and as many pinned; take some away",
    )
    assert items(api) == [["Other"], []]
    front.refresh_from_db()
    assert front.containers[0]["pinned"] == [pin(other)]


def test_home_is_offered_first_and_who_has_no_front_is_told_so(desk):
    story = publish(make_article())
    address = f"/admin/newsroom/article/{story.pk}/put-on-front/"
    assert "There is no front with a container yet." in desk.get(address).content.decode()

    make_front(container(), name="Culture", slug="culture")
    make_front(container(layout="lead"), container(title="World"))

    page = desk.get(address)
    assert [(place.front, place.label) for place in page.context["places"]] == [
        ("Home", "Lead"),
        ("Home", "World"),
        ("Culture", "Row"),
    ]
    part = desk.get(address, headers={"X-Requested-With": "XMLHttpRequest"}).content.decode()
    assert ("<html" in part, "Put it on top" in part) == (False, True)
    refused = desk.post(address, {"place": "nowhere"}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()) == (400, {"said": "Choose where to put it."})


def test_row_of_a_story_leads_to_the_fronts(desk):
    story = publish(make_article())

    assert (
        f'href="/admin/newsroom/article/{story.pk}/put-on-front/"'
        in desk.get("/admin/newsroom/article/").content.decode()
    )


def test_first_page_leads_to_the_fronts_home_first(desk):
    assert "panel-fronts" not in desk.get("/admin/").content.decode()

    make_front(name="Culture", slug="culture")
    home = make_front()

    page = desk.get("/admin/").content.decode()
    assert page.index("panel-fronts") < page.index(f"{FRONTS}{home.pk}/change/") < page.index(">Culture<")


# Versions


def test_two_versions_of_a_front_say_what_was_pinned_and_moved(desk):
    one, two, three = [publish(make_article(headline=text)) for text in ("One", "Two", "Three")]
    world = make_section("World")
    top = container(one, two, layout="lead", title="Top")
    front = make_front(top, container(title="World", rule={"section": [link("section", world.pk)]}))
    before = front.head
    update(front, containers=[{**top, "pinned": [pin(two), pin(three)], "count": 3}, front.containers[1]])

    page = desk.get(f"{FRONTS}{front.pk}/compare/", {"before": before.pk, "after": front.head_id})

    assert seen(page)["containers"] == [
        (
            "changed",
            "Container: | title: Top | layout: Lead | holds: [-4-]",
            "Container: | title: Top | layout: Lead | holds: {+3+}",
        ),
        ("removed", "[-One-] | in: [-Top-]", ""),
        ("alike", "1 paragraph alike"),
        ("added", "", "{+Three+} | in: {+Top+}"),
        ("alike", "1 paragraph alike"),
    ]


def test_arrangement_that_was_never_saved_is_offered_beside_a_newer_one(desk):
    one, two = publish(make_article(headline="One")), publish(make_article(headline="Two"))
    front = make_front(container(one, link={"label": "More", "url": "/world"}))
    page = page_of(desk, front)
    kept = json.dumps([{**front.containers[0], "pinned": [pin(two)]}])
    desk.post(f"{FRONTS}{front.pk}/autosave/", {**page, "page": str(uuid.uuid4()), "containers": kept})
    update(front, containers=[{**front.containers[0], "title": "Top"}])

    (offer,) = desk.get(f"{FRONTS}{front.pk}/change/").context["offers"]
    taken_up = fields_of(desk.get(offer.take_up))

    assert json.loads(taken_up["containers"])[0]["pinned"] == [pin(two)]
