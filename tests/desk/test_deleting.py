"""What the desk says before something is deleted, and what of it is not deleted."""

import pytest
from django.contrib.auth.models import Group, User

from cms.api.models import Key
from newsroom.models import Byline, Section, Topic
from tests.desk.test_pages_articles import log_in
from tests.factories import (
    make_article,
    make_byline,
    make_section,
    make_topics,
)

pytestmark = [pytest.mark.django_db, pytest.mark.apart]


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def links(page):
    return page.content.decode().count('/change/">') - 2  # without those that lead back


def test_section_of_a_large_archive_names_some_of_what_keeps_it_at_once(desk, django_assert_max_num_queries):
    section = make_section("World")
    for number in range(23):
        make_article(headline=f"Story {number}", section=section)
    address = f"/admin/newsroom/section/{section.pk}/delete/"

    with django_assert_max_num_queries(16):
        page = desk.get(address)

    assert (links(page), "and others" in page.content.decode()) == (20, True)
    assert desk.post(address, {"post": "yes"}).status_code == 200
    assert Section.objects.count() == 1


def test_byline_is_kept_by_the_story_it_stands_on_and_leads_to_it(desk):
    story = make_article(bylines=[make_byline("Ann")])
    byline = Byline.objects.get()

    page = desk.get(f"/admin/newsroom/byline/{byline.pk}/delete/").content.decode()

    assert f'<a href="/admin/newsroom/article/{story.pk}/change/">{story.headline}</a>' in page


def test_several_that_are_deleted_at_once_each_say_what_keeps_them(desk):
    used, free = make_section("Used"), make_section("Free")
    make_article(headline="In it", section=used)
    chosen = {"_selected_action": [used.pk, free.pk], "action": "delete_selected", "post": "yes"}

    page = desk.post("/admin/newsroom/section/", chosen).content.decode()

    assert ("In it" in page, "Free" in page.split("cannot be deleted")[1]) == (True, False)
    assert Section.objects.count() == 2


def test_more_than_can_be_looked_at_are_not_deleted_at_once(desk):
    make_topics(f"Topic {number}" for number in range(201))
    every = {"_selected_action": [Topic.objects.first().pk], "select_across": "1", "action": "delete_selected"}

    page = desk.post("/admin/newsroom/topic/", {**every, "post": "yes"}).content.decode()

    assert "Choose at most 200 at once." in page
    assert Topic.objects.count() == 201


def test_account_with_a_key_stays_since_the_history_names_the_key(desk):
    ann = User.objects.create_user("ann", is_staff=True)
    Key.objects.create(name="Importer", account=ann, scopes=["read"], key_hash="1" * 64, shown="g")

    desk.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"})
    assert User.objects.filter(username="ann").exists()

    Key.objects.all().delete()
    desk.post(f"/admin/auth/user/{ann.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="ann").exists()


def test_role_can_be_deleted(desk):
    role = Group.objects.create(name="Interns")

    desk.post(f"/admin/auth/group/{role.pk}/delete/", {"post": "yes"})

    assert not Group.objects.filter(pk=role.pk).exists()
