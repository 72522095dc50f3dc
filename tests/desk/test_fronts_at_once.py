"""Two who arrange one front at once: each is told of the other, and what both have done is put together."""

import json
import random
import threading
from collections import Counter

import pytest
from django.db import connection
from django.test import Client

from newsroom.arranging.merging import merged
from tests.desk.test_fronts import FRONTS, container, desk, fill, items, make_front, pin, put  # noqa: F401 - a fixture
from tests.desk.test_pages_articles import log_in, page_of, send
from tests.factories import make_article, make_blurb, publish, update


def pins(text):
    return [{"article": {"link": "article", "id": f"{letter * 8}-0000-4000-8000-000000000000"}} for letter in text]


def front(**containers):
    """Containers by id, each with what is pinned in it as a letter each."""
    blank = {"layout": "row", "title": "", "link": None, "rule": None, "count": 4}
    return [{"id": key, **blank, "pinned": pins(letters)} for key, letters in containers.items()]


def seen(containers):
    return {one["id"]: "".join(pin["article"]["id"][0] for pin in one["pinned"]) for one in containers}


WAS = front(lead="ab", row="cd")


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        (
            front(lead="eab", row="cd"),
            front(lead="ab", row="dc"),
            front(lead="eab", row="dc"),
        ),  # on top; in order
        (front(lead="eab", row="cd"), front(lead="fab", row="cd"), front(lead="efab", row="cd")),  # each on top
        (
            front(lead="cab", row="d"),
            front(lead="ab", row="dfc"),
            front(lead="cab", row="df"),
        ),  # moved up; one added
        (front(lead="b", row="cd"), front(lead="abf", row="cd"), front(lead="bf", row="cd")),  # one unpinned
        (front(lead="cab", row="d"), front(lead="ab", row="d", list="c"), front(lead="ab", row="d", list="c")),
        (front(lead="eab", row="cd"), front(lead="ab", row="cde"), front(lead="ab", row="cde")),  # the same, put twice
        (front(row="cd", lead="ab"), front(lead="ab", row="cdf"), front(row="cdf", lead="ab")),  # containers moved
        (front(lead="ab", strip="f", row="cd"), front(row="cd", lead="ab"), front(row="cd", lead="ab", strip="f")),
        (front(lead="ab"), front(lead="abf", row="cd"), front(lead="abf")),  # a container taken out
        (front(lead="ab"), front(lead="ab", row="cdf"), front(lead="ab", row="cdf")),  # and written on here meanwhile
        (front(lead="eab", row="cd"), front(row="cd"), front(lead="eab", row="cd")),  # taken out here, written on there
        (WAS, front(row="c"), front(row="c")),
        (front(), WAS, front()),
    ],
)
def test_what_two_have_done_to_a_front_is_put_together(theirs, mine, both):
    result = merged(WAS, theirs, mine)

    assert list(seen(result).items()) == list(seen(both).items())


def test_settings_are_of_whoever_changed_them_and_of_the_page_where_both_did():
    theirs, mine = front(lead="ab", row="cd"), front(lead="ab", row="cd")
    theirs[0] |= {"title": "Theirs", "count": 6}
    mine[0] |= {"title": "Mine", "layout": "list"}

    lead, row = merged(WAS, theirs, mine)

    assert {name: lead[name] for name in ("title", "count", "layout")} == {
        "title": "Mine",
        "count": 6,
        "layout": "list",
    }
    assert row == WAS[1]


def test_nothing_new_is_lost_and_nothing_stands_twice_whatever_two_have_done():
    dice = random.Random(7)

    def arranged(letters):
        letters = dice.sample(letters, k=dice.randrange(len(letters) + 1))
        cut = sorted(dice.randrange(len(letters) + 1) for _ in range(2))
        names = dice.sample(["lead", "row", "list"], k=3)
        parts = letters[: cut[0]], letters[cut[0] : cut[1]], letters[cut[1] :]
        return front(**{name: "".join(part) for name, part in zip(names, parts, strict=True)})

    for _ in range(300):
        was, theirs, mine = arranged("abcd"), arranged("abcde"), arranged("abcdf")
        standing = Counter("".join(seen(merged(was, theirs, mine)).values()))
        there, here, before = (set("".join(seen(one).values())) for one in (theirs, mine, was))
        assert max(standing.values(), default=1) == 1
        assert (there | here) - before <= set(standing)
        assert set(standing) <= there | here
        assert merged(was, was, mine) == mine
        assert merged(was, theirs, was) == theirs


@pytest.mark.django_db
def test_page_that_is_open_learns_what_was_put_on_top_and_goes_on_from_there(desk, api):  # noqa: F811 - the fixture
    first, second, third = [publish(make_article(headline=text)) for text in ("First", "Second", "Third")]
    home = publish(make_front(container(first, second, layout="lead")))
    page = page_of(desk, home)
    mine = [{**home.containers[0], "pinned": [pin(second), pin(first)]}]
    assert "newer" not in fill(desk, mine, front=home.pk, base=page["base"]).json()
    put(desk, third, home)

    newer = fill(desk, mine, front=home.pk, base=page["base"]).json()["newer"]

    assert newer["said"].startswith("You have saved a newer version elsewhere, at ")
    assert [one["pinned"] for one in newer["containers"]] == [[pin(third), pin(second), pin(first)]]
    page |= {"base": str(newer["head"]), "containers": json.dumps(newer["containers"])}
    send(desk, home, "_publish", page)
    assert items(api) == [["Third", "Second", "First"]]
    home.refresh_from_db()
    assert "newer" not in fill(desk, mine, front=home.pk, base=home.head_id).json()


@pytest.mark.django_db
def test_where_more_than_the_arrangement_was_changed_both_are_compared_as_two_stories_are(desk):  # noqa: F811 - the fixture
    home = make_front(container(make_article()))
    page = page_of(desk, home)
    update(home, name="Front page", containers=[{**home.containers[0], "title": "Top"}])

    assert "newer" not in fill(desk, home.containers, front=home.pk, base=page["base"]).json()
    answer = send(desk, home, page={**page, "name": "Start"})

    assert answer.redirect_chain[-1][0].startswith(f"{FRONTS}{home.pk}/compare/")
    home.refresh_from_db()
    assert home.name == "Front page"


# In the same moment


class Two:
    """Two editors, each of whom does something in the same moment as the other."""

    def __init__(self):
        self.clients = Client(), Client()
        for number, client in enumerate(self.clients):
            log_in(client, username=f"editor-{number}")

    def do(self, *acts):
        """The statuses of what both were answered."""
        start, answers = threading.Barrier(2), {}

        def run(number):
            try:
                start.wait()
                answers[number] = acts[number](self.clients[number])
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[number].status_code for number in range(2)]


@pytest.mark.django_db(transaction=True)
def test_two_who_put_something_on_top_in_one_moment_are_both_heard(api):
    first, second, third = [publish(make_article(headline=text)) for text in ("First", "Second", "Third")]
    home = publish(make_front(container(third, layout="lead")))

    answers = Two().do(lambda client: put(client, first, home), lambda client: put(client, second, home))

    assert answers == [200, 200]
    assert (sorted(items(api)[0][:2]), items(api)[0][2]) == (["First", "Second"], "Third")


@pytest.mark.django_db(transaction=True)
def test_story_that_is_withdrawn_while_its_front_is_published_is_on_neither(api):
    first, second = [publish(make_article(headline=text)) for text in ("First", "Second")]
    home, two = publish(make_front(container(first, second))), Two()
    turned = json.dumps([{**home.containers[0], "pinned": [pin(second), pin(first)]}])
    front = {**page_of(two.clients[0], home), "containers": turned}
    story = {**page_of(two.clients[1], first), "reason": "error"}

    two.do(lambda client: send(client, home, "_publish", front), lambda client: send(client, first, "_withdraw", story))

    assert items(api) == [["Second"]]
    home.refresh_from_db()
    assert home.containers[0]["pinned"] == [pin(second), pin(first)]


@pytest.mark.django_db(transaction=True)
def test_update_that_is_mended_while_its_story_ends_is_mended_and_the_story_has_ended(api):
    story = publish(make_article(slug="snow", genre="live"))
    blurb, page = publish(make_blurb(text_html="<p>Old.</p>", article=story)), f"/admin/newsroom/article/{story.pk}/"
    text = {"key": blurb.pk, "base": blurb.head_id, "title": "", "text": "<p>New.</p>", "is_key": "1"}

    answers = Two().do(
        lambda client: client.post(f"{page}updates/", text), lambda client: client.post(f"{page}live/", {"on": "0"})
    )

    live = api("articles/snow/")["live"]
    assert (answers, live["state"]) == ([200, 200], "ended")
    assert [event["label"] for event in live["key_events"]] == ["New."]
