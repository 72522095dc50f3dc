"""What a field that is searched in finds first, and what can be made in it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from newsroom.models import Byline, Topic
from tests.desk.test_pages_articles import log_in
from tests.factories import make_byline, make_section, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def found(client, term, model="article", field="section", **query):
    query |= {"term": term, "app_label": "newsroom", "model_name": model, "field_name": field}
    response = client.get("/admin/autocomplete/", query)
    assert response.status_code == 200
    return response.json()["results"]


def names(*args, **kwargs):
    return [row["text"] for row in found(*args, **kwargs)]


def test_what_is_called_just_so_comes_first(desk):
    for name in ("Motorsport", "Water sport", "Sports abroad", "Sport today", "Sport"):
        make_section(name)

    assert names(desk, "sport") == ["Sport", "Sport today", "Sports abroad", "Water sport", "Motorsport"]
    assert names(desk, "  SPORT  today ") == ["Sport today"]
    assert names(desk, "nothing of it") == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Éva Łoś", "eva łos"), ("Олена Їжак", "їжак"), ("ÜBER Straße", "über STRASSE"), ("50% off_", "% off_")],
)
def test_case_and_accents_are_no_matter_in_any_script(desk, name, typed):
    make_byline(name, slug="found")
    make_byline("Another one", slug="another")

    assert names(desk, typed, "articlebyline", "byline") == [name]


@pytest.mark.parametrize(
    "field", [("article", "section"), ("byline", "user"), ("blurb", "article"), ("article", "topics")]
)
@pytest.mark.parametrize("term", ["a\x00b", "x" * 5000, "👩‍👩‍👧", "שלום", "'\"%_\\"])
def test_search_for_anything_is_answered(desk, field, term):
    assert names(desk, term, *field) == []


def test_sections_of_one_name_say_what_they_stand_below(desk):
    for parent in ("Business", "Sport"):
        make_section("News", slug=f"{parent}-news".lower(), parent=make_section(parent))

    assert sorted((row["text"], row["note"]) for row in found(desk, "News")) == [
        ("News", "Business"),
        ("News", "Sport"),
    ]


def make(client, kind, name):
    return client.post(f"/admin/newsroom/{kind}/make/", {"name": name})


def test_byline_is_made_by_its_name_alone(desk):
    answer = make(desk, "byline", "  Nora \n Hale ").json()

    byline = Byline.objects.get()
    assert answer == {"id": str(byline.pk), "text": "Nora Hale", "is_new": True}
    assert (byline.name, byline.slug) == ("Nora Hale", "nora-hale")
    assert LogEntry.objects.get().is_addition()


def test_who_is_called_so_already_is_found_and_not_made_twice(desk):
    nora = make_byline("Éva Łoś", slug="eva")

    answers = [make(desk, "byline", name).json() for name in ("EVA ŁOS", "éva łoś", "E\u0301va Łoś")]

    assert answers == [{"id": str(nora.pk), "text": "Éva Łoś", "is_new": False}] * 3
    assert Byline.objects.count() == 1


def test_topic_that_was_merged_is_found_as_what_it_is_now(desk):
    old, now = make_topic("Flood"), make_topic("Floods")
    old.merge_into(now)

    assert make(desk, "topic", "flood").json() == {"id": str(now.pk), "text": "Floods", "is_new": False}
    assert make(desk, "topic", "Rain").json()["is_new"] is True
    assert Topic.objects.count() == 3


@pytest.mark.parametrize("name", ["Nora-Hale!", "!!!", "👩‍🚀", "נורה הייל"])
def test_every_name_gets_a_slug_that_is_free(desk, name):
    make_byline("Somebody", slug="nora-hale")

    made = Byline.objects.get(pk=make(desk, "byline", name).json()["id"])

    assert made.name == name
    assert made.slug not in ("", "nora-hale")


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "n" * 201])
def test_name_that_is_none_is_refused_in_words(desk, name):
    answer = make(desk, "byline", name)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert not Byline.objects.exists()


def test_who_may_not_make_one_is_told_who_does(client):
    log_in(client, "add_article", "change_article", "view_byline", "view_topic")

    answer = make(client, "byline", "Nora Hale")

    assert answer.status_code == 403
    assert answer.json() == {"error": "No byline is called “Nora Hale”. Ask somebody who may make one."}
    assert not Byline.objects.exists()
    page = client.get("/admin/newsroom/article/add/").content.decode()
    assert page.count("data-told=") == 2  # topics, and the row that a byline is added in
    assert "data-make=" not in page


def test_making_needs_an_account_and_a_post(desk):
    assert desk.get("/admin/newsroom/byline/make/").status_code == 405
    assert make(Client(), "byline", "Nora Hale").status_code == 302
    assert not Byline.objects.exists()
