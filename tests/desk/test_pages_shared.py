"""Two people on one page of what many share, a minute apart: no text is lost, and nobody's page ends in a wall."""

import html
import json
import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.forms import MultiWidget
from django.test import Client

from cms.desk.models import Autosave
from cms.publishing.models import Version
from newsroom.models import Article, Byline, Section, Topic
from tests.desk import drawing
from tests.desk.test_pages_articles import ROLES, address, log_in, page_of, rows, said, send
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic, update

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    client = Client()
    client.user = log_in(client, username="ann")
    return client


@pytest.fixture
def bob():
    client = Client()
    client.user = log_in(client, username="bob")
    return client


def at(thing):
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


def opened(client, thing):
    """The fields of a page as a browser would send them back."""
    return fields_of(drawing.get(client, at(thing)))


def fields_of(response):
    form = response.context["adminform"].form
    sent = {}
    for field in form:
        value = field.value()
        if isinstance(field.field.widget, MultiWidget):
            values = value if isinstance(value, list) else field.field.widget.decompress(value)
            parts = zip(field.field.widget.widgets_names, values, strict=True)
            sent |= {f"{field.html_name}{part}": "" if text is None else text for part, text in parts}
        elif value is not None and value is not False and field.name != "password":
            value = [getattr(row, "pk", row) for row in value] if isinstance(value, list) else value
            sent[field.html_name] = "on" if value is True else field.field.prepare_value(value)
    return {**sent, "opened": html.unescape(re.search('value="([^"]*)"', form.opened)[1])}


def save(client, thing, page, **values):
    return drawing.post(client, at(thing), {**page, **values}, follow=True)


def errors_of(response):
    form = response.context["adminform"].form
    return {name: list(texts) for name, texts in form.errors.items()}


SHARED = {
    "byline": (lambda: make_byline("Nora", job_title="Reporter"), "job_title", "email", "nora@example.org"),
    "topic": (lambda: make_topic("Floods", description="Water"), "description", "name", "The floods"),
    "section": (lambda: make_section("Europe", description="Near"), "description", "position", 7),
    "photo": (lambda: make_photo(caption="A street"), "caption", "place", "Lviv"),
}


@pytest.mark.parametrize("kind", SHARED)
def test_what_another_wrote_elsewhere_on_the_page_stays(ann, bob, kind):
    make, field, other, value = SHARED[kind]
    thing = make()
    page = opened(bob, thing)
    save(ann, thing, opened(ann, thing), **{field: "Ann's text"})

    save(bob, thing, page, **{other: value})

    thing.refresh_from_db()
    assert (getattr(thing, field), getattr(thing, other)) == ("Ann's text", value)


@pytest.mark.parametrize("kind", SHARED)
def test_what_both_wrote_is_shown_with_its_writer_and_the_second_decides(ann, bob, kind):
    make, field, other, value = SHARED[kind]
    thing = make()
    page = opened(bob, thing)
    save(ann, thing, opened(ann, thing), **{field: "Ann's text"})

    refused = save(bob, thing, page, **{field: "Bob's text", other: value})

    text = 'ann wrote "Ann\'s text" here in the meantime. Not saved yet: to put yours in its place, save again.'
    assert errors_of(refused) == {field: [text]}
    again = fields_of(refused)
    assert (again[field], str(again[other])) == ("Bob's text", str(value))
    thing.refresh_from_db()
    assert getattr(thing, field) == "Ann's text"
    save(bob, thing, again)
    thing.refresh_from_db()
    assert (getattr(thing, field), getattr(thing, other)) == ("Bob's text", value)


def test_third_who_writes_while_two_are_shown_to_each_other_is_shown_as_well(ann, bob):
    topic = make_topic(description="Water")
    page = opened(bob, topic)
    save(ann, topic, opened(ann, topic), description="First")
    shown = fields_of(save(bob, topic, page, description="Mine"))
    save(ann, topic, opened(ann, topic), description="Second")

    again = save(bob, topic, shown)

    assert 'ann wrote "Second" here' in errors_of(again)["description"][0]
    assert Topic.objects.get().description == "Second"


def test_page_sent_twice_is_saved_once_and_refused_to_nobody(bob):
    topic = make_topic(description="Water")
    page = opened(bob, topic)

    for _time in range(2):
        assert save(bob, topic, page, description="Bob\r\nsays").redirect_chain

    assert Topic.objects.get().description.split() == ["Bob", "says"]


def test_line_ends_of_a_browser_are_no_change(ann, bob):
    topic = make_topic(description="One\nTwo ")
    page = {**opened(bob, topic), "description": "One\r\nTwo"}
    save(ann, topic, opened(ann, topic), description="Three")

    assert save(bob, topic, page, type="person").redirect_chain

    topic.refresh_from_db()
    assert (topic.description, topic.type) == ("Three", "person")


def test_choices_of_both_are_shown_by_name(ann, bob):
    world, north, section = make_section("World"), make_section("North"), make_section("Europe")
    page = opened(bob, section)
    save(ann, section, opened(ann, section), parent=world.pk)

    refused = save(bob, section, page, parent=north.pk, needs_byline="on")

    assert errors_of(refused)["parent"][0].startswith('ann wrote "World" here in the meantime.')
    assert Section.objects.get(pk=section.pk).parent == world


def test_groups_and_accounts_get_what_both_have_given(ann, bob):
    rights = dict(Permission.objects.filter(content_type__model="topic").values_list("codename", "pk"))
    group = Group.objects.create(name="Reporters")
    group.permissions.set([rights["add_topic"]])
    page = opened(bob, group)
    save(ann, group, opened(ann, group), permissions=[rights["add_topic"], rights["view_topic"]])

    save(bob, group, page, permissions=[rights["change_topic"]])

    assert set(group.permissions.values_list("codename", flat=True)) == {"view_topic", "change_topic"}
    user = User.objects.create_user("carl", is_staff=True)
    page = opened(bob, user)
    save(ann, user, opened(ann, user), last_name="Carlson")
    save(bob, user, page, email="carl@example.org")
    user.refresh_from_db()
    assert (user.last_name, user.email) == ("Carlson", "carl@example.org")


def test_page_of_an_account_holds_no_password(ann):
    assert User.objects.get().password not in html.unescape(ann.get(at(User.objects.get())).content.decode())


@pytest.mark.parametrize("sent", ["", "null", "[1]", "{", '{"at": 1e999}', '{"at": "x", "name": [[1]], "parent": {}}'])
def test_page_that_says_nonsense_of_how_it_was_opened_is_saved_all_the_same(bob, sent):
    section = make_section("Europe")

    response = save(bob, section, {"name": "Asia", "slug": "asia", "position": 1, "opened": sent})

    assert response.status_code == 200
    assert Section.objects.get().name in {"Asia", "Europe"}


def test_import_and_a_page_that_change_one_thing_both_reach_it():
    byline = make_byline("Nora", job_title="Reporter")
    first, second = Byline.objects.get(), Byline.objects.get()
    first.job_title = "Editor"
    second.email = "nora@example.org"

    first.save(), second.save()

    byline.refresh_from_db()
    assert (byline.job_title, byline.email) == ("Editor", "nora@example.org")


def test_list_changed_in_its_place_is_saved():
    byline = make_byline("Nora", links=[{"label": "A", "url": "https://a.example/"}])
    byline = Byline.objects.get()
    byline.links[0]["label"] = "B"

    byline.save()

    assert Byline.objects.get().links[0]["label"] == "B"


def test_renamed_is_sorted_and_found_by_the_new_name():
    byline = make_byline("Nora")
    byline = Byline.objects.get()
    byline.name = "Éva"
    byline.save()

    assert Byline.objects.values_list("sort_name", "folded_name").get() == ("eva", "eva")


# What was deleted meanwhile


def test_shared_thing_deleted_while_its_page_was_open_is_made_anew(ann, bob):
    topic = make_topic("Floods")
    page = opened(bob, topic)
    ann.post(f"/admin/newsroom/topic/{topic.pk}/delete/", {"post": "yes"})

    response = save(bob, topic, page, description="All that Bob wrote")

    assert said(response) == [
        "ann has deleted it in the meantime. What you wrote is below: save it to create it again."
    ]
    assert b'action="/admin/newsroom/topic/add/"' in response.content
    assert response.context["adminform"].form["description"].value() == "All that Bob wrote"
    bob.post("/admin/newsroom/topic/add/", {**page, "description": "All that Bob wrote"})
    assert Topic.objects.get().description == "All that Bob wrote"


def test_topic_merged_while_its_page_was_open_shows_what_was_written_on_that_of_the_other(bob):
    topic, into = make_topic("Flood"), make_topic("Floods", description="Water")
    page = opened(bob, topic)
    topic.merge_into(into)

    response = save(bob, topic, page, description="All that Bob wrote")

    assert said(response) == ['It has since been merged into "Floods". What you wrote is below: save it there.']
    assert f'action="{at(into)}"'.encode() in response.content
    shown = fields_of(response)
    refused = save(bob, into, shown)
    assert errors_of(refused)["description"][0].startswith('Somebody wrote "Water" here in the meantime.')
    save(bob, into, fields_of(refused))
    into.refresh_from_db()
    assert (into.name, into.description) == ("Floods", "All that Bob wrote")


def test_section_or_portrait_deleted_while_a_page_was_open_is_left_out_and_named(ann, bob):
    world, section = make_section("World"), make_section("Europe")
    page = opened(bob, section)
    ann.post(f"/admin/newsroom/section/{world.pk}/delete/", {"post": "yes"})

    response = save(bob, section, page, parent=world.pk, description="Kept")

    assert said(response)[0] == 'Section "World": left out, as ann has since deleted it.'
    assert Section.objects.get().description == "Kept"


def test_story_is_saved_without_what_was_deleted_while_it_was_written(ann, bob):
    topic, stays, section, photo = make_topic("Floods"), make_topic("Rain"), make_section("World"), make_photo()
    byline, other, related = make_byline("Nora"), make_byline("Olha"), make_article(headline="Before")
    article = make_article()
    page = page_of(bob, article)
    for thing in (topic, section, photo, byline, related):
        answer = ann.post(at(thing).replace("change", "delete"), {"post": "yes"})
        assert answer.status_code == 302

    response = send(
        bob,
        article,
        "_save",
        page,
        headline="Kept",
        topics=[topic.pk, stays.pk],
        section=section.pk,
        lead_photo=photo.pk,
        **rows(ROLES, [{"byline": byline.pk, "role": "writer"}, {"byline": other.pk, "role": "writer"}]),
        **rows("placed_related", [{"related": related.pk}]),
    )

    article.refresh_from_db()
    assert (article.headline, list(article.topics.all()), article.section, article.lead_photo) == (
        "Kept",
        [stays],
        None,
        None,
    )
    assert [row.byline for row in article.placed_bylines.all()] == [other]
    assert article.placed_related.count() == 0
    for name in ("Floods", "World", "Nora", "Before"):
        assert f'"{name}": left out, as ann has since deleted it' in said(response)[0]


def test_what_is_there_is_kept_however_its_id_is_written(bob):
    topic, section, article = make_topic("Floods"), make_section("World"), make_article()

    response = send(bob, article, topics=[str(topic.pk).upper()], section=section.pk.hex)

    article.refresh_from_db()
    assert (said(response), list(article.topics.all()), article.section) == (["Saved."], [topic], section)


def test_check_and_autosave_say_what_was_deleted_and_name_no_id(ann, bob):
    topic, article = make_topic("Floods"), make_article()
    page = {**page_of(bob, article), "topics": [topic.pk], "page": "7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b11"}
    ann.post(at(topic).replace("change", "delete"), {"post": "yes"})

    checked = bob.post(address(article).replace("change", "check"), page).content.decode()
    kept = bob.post(address(article).replace("change", "autosave"), page)

    assert "Floods" in checked
    assert str(topic.pk) not in checked
    assert (kept.status_code, Autosave.objects.get().data["topics"]) == (200, [])


def test_topic_merged_while_a_story_was_written_gives_its_place_to_the_other(bob):
    topic, into, article = make_topic("Flood"), make_topic("Floods"), make_article()
    page = page_of(bob, article)
    topic.merge_into(into)

    send(bob, article, "_save", page, topics=[topic.pk])

    assert list(article.topics.all()) == [into]


def test_story_deleted_while_it_was_written_is_kept_and_made_anew(ann, bob):
    article = make_article(headline="First", slug="first")
    page = page_of(bob, article)
    Article.objects.get().delete(by=ann.user)

    response = send(bob, article, "_save", page, headline="All that Bob wrote")

    assert said(response) == ["ann has deleted this. What you wrote is still here: save it to bring it back."]
    assert response.redirect_chain[-1][0].startswith("/admin/newsroom/article/add/?take_up=")
    assert response.context["adminform"].form["headline"].value() == "All that Bob wrote"
    kept = {**page, "headline": "All that Bob wrote", "key": str(article.pk), "_save": "1"}
    for _time in range(2):
        saved = bob.post("/admin/newsroom/article/add/", kept, follow=True)
        assert saved.redirect_chain[-1][0] == address(article)
    article = Article.objects.get()
    assert (article.headline, article.head.data["headline"]) == ("All that Bob wrote", "All that Bob wrote")
    assert not Version.objects.filter(is_stale=True).exists()


def test_page_that_saves_itself_is_led_to_the_story_that_it_can_make_anew(ann, bob):
    article = make_article()
    page = {**page_of(bob, article), "page": "7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b11", "kicker": "Bob"}
    Article.objects.get().delete(by=ann.user)
    headers = {"X-Saving": str(bob.user.pk)}

    kept = bob.post(address(article).replace("change", "autosave"), page, headers=headers)
    answer = bob.post(address(article), {**page, "_save": "1"}, headers=headers).json()

    assert kept.status_code == 200
    autosave = Autosave.objects.get()
    assert (autosave.key, autosave.data["kicker"]) == (article.pk, "Bob")
    assert answer == {"to": f"/admin/newsroom/article/add/?take_up={autosave.pk}", "is_here": False, "head": None}


# Notes for the desk


@pytest.mark.parametrize(
    ("seen", "theirs", "mine", "kept"),
    [
        ("", "call", "do not call", "call\n\ndo not call"),
        ("", "call Ann", "call", "call Ann\n\ncall"),
        ("Old", "Old\nAnn", "Old\nBob", "Ann\n\nOld\nBob"),
        ("Old", "", "Old\nBob", "Old\nBob"),
        ("", "Bob", "Bob", "Bob"),
    ],
)
def test_note_that_another_wrote_meanwhile_stays(ann, bob, seen, theirs, mine, kept):
    article = make_article(desk_note=seen)
    page = {**page_of(bob, article), "initial-desk_note": seen}
    update(article, desk_note=theirs)

    for _time in range(2):
        send(bob, article, "_save", page, desk_note=mine)
        article.refresh_from_db()
        assert article.desk_note == kept


# Several at once, and addresses that nobody sent


def test_lists_and_comparisons_answer_what_is_wrong(ann):
    article, topic = make_article(), make_topic()
    Article.objects.update(head=None)
    base = f"/admin/newsroom/article/{article.pk}"
    for path in (f"{base}/compare/?before=1", f"{base}/compare/1/", f"{base}/compare/?before=now&after=live"):
        assert ann.get(path).status_code == 404
    assert ann.get(f"{base}/history/").status_code == 200
    for into in ("x", "\x00", "7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b11", ""):
        for chosen in (topic.pk, "x", "7d6cd9e5-9b05-4b6f-b5f3-2a2e3a5d1b11"):
            post = {"action": "merge", "merge": "1", "into": into, "_selected_action": [chosen]}
            assert ann.post("/admin/newsroom/topic/", post, follow=True).status_code == 200


def test_sections_that_stand_in_a_ring_already_can_be_read_and_put_right(ann, api):
    first, second = make_section("First"), make_section("Second")
    Section.objects.filter(pk=first.pk).update(parent=second)
    Section.objects.filter(pk=second.pk).update(parent=first)
    article = make_article(section=first)

    assert ann.get("/admin/newsroom/section/").status_code == 200
    page = opened(ann, first)
    send(ann, article, "_publish")
    assert api.get("sections/").status_code == 200
    assert api.slugs("articles/?section=second") == [article.slug]
    assert "cannot stand below itself" in errors_of(save(ann, first, page, description="x"))["parent"][0]
    assert save(ann, first, page, parent="").redirect_chain
    assert Section.objects.get(pk=first.pk).parent is None
    assert json.loads(opened(ann, second)["opened"])["parent"] == str(first.pk)


@pytest.mark.parametrize("kind", SHARED)
def test_what_a_browser_has_kept_is_shown_again_and_saved_only_when_its_editor_saves(ann, bob, kind):
    make, field, other, value = SHARED[kind]
    thing = make()
    page = opened(bob, thing)
    save(ann, thing, opened(ann, thing), **{other: value})

    shown = bob.post(at(thing), {**page, field: "Typed before the crash", "_take_up": "1"})

    form = shown.context["adminform"].form
    assert (form[field].value(), dict(form.errors), said(shown)) == ("Typed before the crash", {}, [])
    assert "data-taken-up" in shown.content.decode()
    thing.refresh_from_db()
    assert getattr(thing, field) != "Typed before the crash"

    save(bob, thing, fields_of(shown))
    thing.refresh_from_db()
    assert (getattr(thing, field), getattr(thing, other)) == ("Typed before the crash", value)


def test_new_topic_that_was_kept_is_shown_again_without_being_made(bob):
    shown = bob.post("/admin/newsroom/topic/add/", {"name": "Floods", "slug": "", "type": "keyword", "_take_up": "1"})

    assert shown.context["adminform"].form["name"].value() == "Floods"
    assert not Topic.objects.exists()
