"""Two at once: programs, and a program and an editor. Nothing is done twice, and nobody's text is lost."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from cms.publishing.models import Version
from newsroom.models import Article
from tests.api.manage.conftest import Program
from tests.desk.test_pages_articles import fields_of
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db):
    return Program(User.objects.create_superuser("root"), ["read", "drafts", "write", "media", "publish"])


def at_once(*acts):
    """What each of these answers, all of them begun in one moment."""
    answers, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(place, act):
        try:
            start.wait()
            answers[place] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twins_under_one_word_are_done_once(desk):
    def post():
        return desk.post("articles/", {"headline": "Once", "slug": "once"}, Idempotency_Key="a")

    answers = at_once(*[post] * 4)

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sum(answer.has_header("Idempotency-Replayed") for answer in answers) == 3
    assert Article.objects.count() == 1


def test_of_two_requests_under_one_word_one_is_done_and_the_other_refused(desk):
    headlines = ["One", "Other"]
    posts = [lambda text=text: desk.post("articles/", {"headline": text}, Idempotency_Key="a") for text in headlines]
    answers = at_once(*posts)
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert Article.objects.get().headline in headlines


def test_batch_that_changes_one_story_twice_is_in_time_once(desk):
    make_article(slug="story", headline="First")
    tag = desk.get("articles/story/")["ETag"]
    part = {"method": "PATCH", "path": "articles/story/", "if_match": tag}
    parts = [{**part, "body": {"headline": text}} for text in ("Second", "Third")]
    answers = at_once(*[lambda: desk.post("batch/", parts, Idempotency_Key="a").json()["results"]] * 3)
    assert [[row["status"] for row in rows] for rows in answers] == [[200, 412]] * 3
    assert (Article.objects.get().headline, Version.objects.filter(is_stale=True).count()) == ("Second", 1)


def test_of_programs_that_change_one_version_one_is_in_time(desk):
    make_article(slug="story", headline="First")
    tag = desk.get("articles/story/")["ETag"]

    texts = [f"Save {number}" for number in range(4)]
    answers = at_once(*[lambda text=text: desk.patch("articles/story/", {"headline": text}, tag) for text in texts])

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    kept = Version.objects.filter(is_stale=True).values_list("data", flat=True)
    assert sorted([Article.objects.get().headline, *(data["headline"] for data in kept)]) == texts


def test_editor_and_program_lose_nothing_to_each_other(desk):
    article = make_article(slug="story", headline="First", section=make_section("World"))
    client = Client()
    client.force_login(desk.account)
    page = f"/admin/newsroom/article/{article.pk}/change/"
    fields = fields_of(client.get(page))
    tag = desk.get("articles/story/")["ETag"]

    at_once(
        lambda: client.post(page, {**fields, "headline": "By the editor", "_save": "1"}),
        lambda: desk.patch("articles/story/", {"headline": "By the program"}, tag),
    )

    kept = [data["headline"] for data in Version.objects.filter(is_stale=True).values_list("data", flat=True)]
    assert sorted([Article.objects.get().headline, *kept]) == ["By the editor", "By the program"]


def test_shared_thing_that_two_change_is_changed_by_one(desk):
    desk.post("topics/", {"name": "Flood", "slug": "flood"})
    tag = desk.get("topics/flood/")["ETag"]

    names = [f"Flood {number}" for number in range(3)]
    answers = at_once(*[lambda name=name: desk.patch("topics/flood/", {"name": name}, tag) for name in names])

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


def test_one_id_is_given_to_one(desk):
    answers = at_once(*[lambda: desk.post("articles/", {"headline": "x", "id": "wire-1"})] * 3)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert (Article.objects.count(), Version.objects.count()) == (1, 1)


def test_one_slug_is_given_to_one(desk):
    bodies = [{"name": f"Topic {number}", "slug": "same"} for number in range(3)]
    answers = at_once(*[lambda body=body: desk.post("topics/", body) for body in bodies])
    assert sorted(answer.status_code for answer in answers)[0] == 201
    assert {answer.status_code for answer in answers} <= {201, 400, 409}
