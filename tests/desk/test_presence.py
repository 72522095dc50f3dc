"""Who else has a story open."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from cms.desk.models import Presence
from cms.publishing import working_copy
from newsroom.models import Article
from tests.desk.test_pages_articles import log_in
from tests.factories import make_article

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


class Page:
    """A page of somebody at the desk, which tells that it is there."""

    def __init__(self, article, name="", user=None):
        self.client, self.id = Client(), uuid.uuid4().hex
        if user is None:
            user, _new = User.objects.get_or_create(username=name, is_staff=True, is_superuser=True)
        self.client.force_login(user)
        self.address = f"/admin/newsroom/article/{article.pk}/presence/"

    def post(self, *said):
        return self.client.post(self.address, {"page": self.id, **dict.fromkeys(said, "1")})

    def beat(self, *said):
        response = self.post(*said)
        assert response.status_code == 200
        return response.json()

    def sees(self, *said):
        return [other["name"] for other in self.beat(*said)["others"]]


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def test_two_editors_see_each_other_and_who_is_writing(clock):
    article = make_article()
    ann, bob = Page(article, "ann"), Page(article, "bob")

    assert ann.sees() == []
    clock.shift(120)
    ann.beat("writing")
    assert bob.beat()["others"] == [{"name": "ann", "isMe": False, "since": "07:00", "isWriting": True, "waits": False}]
    clock.shift(15)
    ann.beat()
    clock.shift(6)
    assert [(other["name"], other["isWriting"]) for other in bob.beat()["others"]] == [("ann", False)]
    assert ann.sees() == ["bob"]


def test_page_is_told_that_somebody_has_saved_a_newer_version(clock):
    article, user = (
        make_article(headline="Flood"),
        User.objects.create_superuser("ann", first_name="Ann", last_name="Lee"),
    )
    opened = str(article.head_id)
    page = Page(article, "bob")
    told = {"page": page.id, "base": opened}
    assert page.client.post(page.address, told).json()["newer"] is None

    working_copy.write(article, {"headline": "Flood in Calder"}, user)
    newer = page.client.post(page.address, told).json()["newer"]

    assert newer == {"head": article.head_id, "said": "Ann Lee saved a newer version at 07:00."}
    assert page.client.post(page.address, {**told, "base": str(newer["head"])}).json()["newer"] is None
    assert "newer" not in page.beat()  # a page that does not say what it began from


def test_own_other_page_is_told_as_such(clock):
    article = make_article()
    Page(article, "ann").beat()
    assert [other["isMe"] for other in Page(article, "ann").beat()["others"]] == [True]


def test_page_that_says_goodbye_is_gone_at_once_and_a_silent_one_soon(clock):
    article = make_article()
    ann, bob, eve = Page(article, "ann"), Page(article, "bob"), Page(article, "eve")
    for page in (ann, bob, eve):
        page.beat()

    bob.beat("gone")
    assert ann.sees() == ["eve"]
    clock.shift(21)
    assert ann.sees() == []


def test_page_in_the_background_is_there_though_it_tells_so_seldom(clock):
    article = make_article()
    ann, bob = Page(article, "ann"), Page(article, "bob")
    bob.beat("hidden")
    clock.shift(100)
    assert ann.sees() == ["bob"]
    bob.beat()
    clock.shift(21)
    assert ann.sees() == []


def test_nobody_says_goodbye_for_another(clock):
    article = make_article()
    ann, bob, eve = Page(article, "ann"), Page(article, "bob"), Page(article, "eve")
    bob.beat()
    eve.id = bob.id
    eve.beat("gone")
    eve.beat()
    assert ann.sees() == ["bob"]


def test_who_takes_over_is_named_to_the_others_until_they_choose(clock):
    article = make_article()
    ann, bob = Page(article, "ann"), Page(article, "bob")
    ann.beat()
    clock.shift(60)

    assert bob.beat("take")["taken"] is None
    assert ann.beat()["taken"] == {"by": "bob", "at": "07:01"}
    assert [(other["name"], other["waits"]) for other in bob.beat()["others"]] == [("ann", True)]

    assert ann.beat("take")["taken"] is None
    assert bob.beat()["taken"] == {"by": "ann", "at": "07:01"}

    assert bob.beat("stay")["taken"] is None
    assert (ann.beat()["taken"], ann.sees()) == (None, ["bob"])


def test_page_that_slept_learns_that_it_was_taken_over(clock):
    article = make_article()
    ann, bob = Page(article, "ann"), Page(article, "bob")
    ann.beat("hidden")
    bob.beat("take")
    clock.shift(timedelta(hours=3))
    Page(article, "eve").beat()  # whoever comes tidies up

    assert ann.beat()["taken"] == {"by": "bob", "at": "07:00"}


def test_silent_pages_are_tidied_up(clock):
    for _time in range(3):
        Page(make_article(), "ann").beat()
    clock.shift(120)
    Page(make_article(), "bob").beat()
    assert Presence.objects.count() == 1


def test_who_may_look_sees_who_is_there_and_only_who_may_change_takes_over(clock, client):
    article = make_article()
    ann = Page(article, "ann")
    ann.beat()
    reader = log_in(client, "view_article", username="reader")
    reporter = log_in(client, "change_article", username="reporter")

    assert Page(article, user=reader).sees() == ["ann"]
    for user in (reader, reporter):
        assert Page(article, user=user).post("take").status_code == 403
    assert ann.beat()["taken"] is None

    Article.objects.update(assignee=reporter)
    Page(article, user=reporter).beat("take")
    assert ann.beat()["taken"]["by"] == "reporter"


def test_who_may_not_look_learns_nothing(client):
    article = make_article()
    user = log_in(client, "view_blurb", username="stranger")
    assert Page(article, user=user).post().status_code == 403
    assert Client().post(f"/admin/newsroom/article/{article.pk}/presence/").status_code == 302


@pytest.mark.parametrize(("page", "status"), [("", 400), ("x", 400), ("1" * 32, 200), ("\x00", 400)])
def test_odd_page_is_refused(client, page, status):
    log_in(client)
    sent = {"page": page}
    assert client.post(f"/admin/newsroom/article/{make_article().pk}/presence/", sent).status_code == status
    elsewhere = client.post(f"/admin/newsroom/article/{uuid.uuid4()}/presence/", sent)
    assert elsewhere.status_code == (404 if status == 200 else status)
    assert client.post("/admin/newsroom/article/x/presence/", sent).status_code == 404
    assert client.get(f"/admin/newsroom/article/{make_article().pk}/presence/").status_code == 405


def test_beat_costs_two_statements_and_writes_now_and_then(clock, django_assert_num_queries):
    article = make_article()
    ann = Page(article, "ann")
    for name in ("bob", "eve"):
        Page(article, name).beat()
    ann.beat()

    clock.shift(5)
    with django_assert_num_queries(3):  # the session, the user, the pages
        ann.beat()
    clock.shift(6)
    with django_assert_num_queries(4):
        ann.beat("writing")
    clock.shift(5)
    with django_assert_num_queries(3):
        ann.beat("writing")


@pytest.mark.parametrize("articles", [1, 3])
def test_list_says_who_has_a_story_open_with_one_statement(clock, client, django_assert_num_queries, articles):
    log_in(client, username="ann")
    for number in range(articles):
        article = make_article()
        for name in ("bob", "eve", "ann")[: 3 if number == 0 else 1]:
            Page(article, name).beat()
    client.get("/admin/newsroom/article/")

    with django_assert_num_queries(10):
        page = client.get("/admin/newsroom/article/").content.decode()

    assert page.count("Open: bob, eve") == 1
    assert page.count("Open: bob") == articles
