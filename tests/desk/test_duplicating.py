"""A copy of an item: what it takes over, what it does not, and who may make one."""

import pytest
from django.contrib.auth.models import Group, User

from newsroom.models import Article, Blurb
from tests.desk.test_pages_articles import send
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


def duplicate(client, item):
    return client.post(f"/admin/newsroom/{item.kind}/{item.pk}/duplicate/", headers={"Accept": "application/json"})


def copy_of(story):
    return Article.objects.exclude(pk=story.pk).get()


@pytest.fixture
def story(db):
    return publish(
        make_article(
            headline="Rain today",
            slug="rain",
            kicker="Weather",
            standfirst="All day.",
            section=make_section("City"),
            topics=[make_topic("Rain")],
            bylines=[make_byline("Ann")],
            lead_photo=make_photo(),
            body=[{"id": "a", "type": "paragraph", "html": "It <em>rains</em>."}],
            corrections=["It was Tuesday."],
            breaking=True,
            seo={"title": "Rain", "canonical_url": "https://example.org/rain"},
            desk_note="Hold it.",
        )
    )


def test_copy_says_the_same_and_is_a_draft_without_what_is_the_other_ones(admin_client, api, story):
    answer = duplicate(admin_client, story)

    copy = copy_of(story)
    assert answer.json() == {"address": f"/admin/newsroom/article/{copy.pk}/change/"}
    same = ["headline", "kicker", "standfirst", "section", "lead_photo", "body", "language", "genre"]
    assert [getattr(copy, name) for name in same] == [getattr(story, name) for name in same]
    assert list(copy.topics.all()) == list(story.topics.all())
    assert [row.byline.name for row in copy.placed_bylines.all()] == ["Ann"]
    assert (copy.slug, copy.breaking, copy.seo, copy.desk_note) == ("rain-today", False, {"title": "Rain"}, "")
    assert (copy.placed_corrections.count(), copy.translation_of, copy.stage) == (0, None, "writing")
    assert [row["headline"] for row in api("articles/")["results"]] == ["Rain today"]
    assert copy.head.data["body"] == story.head.data["body"]


def test_copy_of_a_working_copy_has_what_was_saved_last(admin_client, story):
    update(story, headline="Rain tomorrow")

    duplicate(admin_client, story)

    assert copy_of(story).headline == "Rain tomorrow"


def test_copy_leads_to_its_page_without_scripts_too(admin_client):
    blurb = publish(make_blurb(text_html="<p>The bridge is open.</p>"))

    response = admin_client.post(f"/admin/newsroom/blurb/{blurb.pk}/duplicate/", follow=True)

    copy = Blurb.objects.exclude(pk=blurb.pk).get()
    assert response.redirect_chain == [(f"/admin/newsroom/blurb/{copy.pk}/change/", 302)]
    assert [str(message) for message in response.context["messages"]][-1].startswith("This is a copy, and a draft.")
    assert copy.text_html == "<p>The bridge is open.</p>"


def test_who_may_not_write_stories_or_see_this_one_copies_none(client, story):
    nobody = User.objects.create_user("nobody", is_staff=True)
    client.force_login(nobody)
    refused = duplicate(client, story).status_code
    nobody.groups.add(Group.objects.get(name="Reporter"))
    allowed = duplicate(client, story).status_code

    assert (refused, allowed, Article.objects.count()) == (403, 200, 2)
    assert client.get(f"/admin/newsroom/article/{story.pk}/duplicate/").status_code == 405


def test_video_is_not_copied_for_its_film_is_its_own(admin_client):
    video = make_video()

    assert duplicate(admin_client, video).status_code == 403
    assert "Duplicate" not in admin_client.get(f"/admin/newsroom/video/{video.pk}/change/").content.decode()


def test_slug_of_a_copy_follows_its_headline_until_readers_have_it(admin_client, story):
    duplicate(admin_client, story)
    copy = copy_of(story)

    def slug_after(headline, **values):
        send(admin_client, copy, headline=headline, **values)
        copy.refresh_from_db()
        return copy.slug

    make_article(headline="Snow", slug="snow")
    assert [slug_after("Rain today"), slug_after("Snow"), slug_after("Snow again")] == [
        "rain-today",
        "snow-2",
        "snow-again",
    ]
    assert slug_after("", body="<p>It snows.</p>") == "snow-again"
    assert slug_after("Sleet") == "snow-again"  # somebody may have chosen it by now
    assert slug_after("Hail", slug="ice") == "ice"
    assert slug_after("Ice and hail") == "ice"
    assert slug_after("Ice", slug="") == "ice"
    publish(copy)
    assert slug_after("Thaw") == "ice"
    assert copy.head.data["slug"] == "ice"
