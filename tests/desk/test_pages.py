"""The other pages of the newsroom: blurbs, videos, sections, topics, bylines."""

import re

import pytest

from cms.publishing.models import Publication
from newsroom.models import Article, Blurb, Byline, Section, Topic
from tests.desk.test_pages_articles import log_in, rows, said
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_photo,
    make_section,
    make_topic,
    make_video,
    publish,
)

pytestmark = pytest.mark.django_db
KINDS = ["article", "blurb", "video", "byline", "section", "topic"]


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def add(client, kind, **values):
    return client.post(f"/admin/newsroom/{kind}/add/", values, follow=True)


def change(client, thing, **values):
    return client.post(f"/admin/newsroom/{thing.kind}/{thing.pk}/change/", values, follow=True)


def delete(client, thing):
    return client.post(f"/admin/newsroom/{thing.kind}/{thing.pk}/delete/", {"post": "yes"}, follow=True)


NO_ROWS = rows("placed_bylines", [])


def test_rows_of_a_page_are_offered_without_the_capital_of_a_name(admin_client):
    page = admin_client.get("/admin/newsroom/article/add/").content.decode()

    assert re.findall("Add another ([a-z ]+)&quot;", page) == ["byline", "related story", "correction"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_list_a_page_and_a_search(desk, kind):
    makers = {"article": make_article, "blurb": make_blurb, "video": make_video}
    makers |= {"byline": make_byline, "section": make_section, "topic": make_topic}
    thing = makers[kind]()

    for address in ("", "?q=word", "add/", f"{thing.pk}/change/", f"{thing.pk}/history/", f"{thing.pk}/delete/"):
        assert desk.get(f"/admin/newsroom/{kind}/{address}").status_code == 200, address


@pytest.mark.parametrize("page", ["-1", "0", "2", "9" * 30])
def test_page_that_a_list_does_not_have_breaks_nothing(desk, page):
    make_article(), make_photo()

    for kind in ["newsroom/article", "newsroom/topic", "media/photo", "publishing/act"]:
        assert desk.get(f"/admin/{kind}/?p={page}", follow=True).status_code == 200, kind
    assert len(desk.get(f"/admin/newsroom/article/?p={page}").context["cl"].result_list) == 1


def test_desk_has_an_icon_and_leads_to_no_site_when_there_is_none(desk):
    page = desk.get("/admin/").content.decode()

    assert '<link rel="icon" href="/static/desk/icon.svg">' in page
    assert "View site" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_list_finds_what_a_field_of_another_page_asks_for(desk, kind):
    make_byline("Wanted"), make_section("Wanted"), make_topic("Wanted")
    make_article(headline="Wanted"), make_video(headline="Wanted"), make_blurb(text_html="<p>Wanted</p>")

    rows = desk.get(f"/admin/newsroom/{kind}/?q=Wanted").context["cl"].result_list

    assert len(rows) == 1


def test_blurb_is_written_and_published_in_one_step(desk, api):
    response = add(
        desk, "blurb", text_html="Bridge <b>closed</b>.", label="News Feed", language="en", **NO_ROWS, _publish="1"
    )

    blurb = Blurb.objects.get()
    assert "Published." in said(response)[0]
    assert api(f"blurbs/{blurb.pk}/")["text"] == "Bridge closed."


def test_blurb_that_is_too_long_is_refused_in_words(desk):
    response = add(desk, "blurb", text_html="word " * 250, label="", language="en", **NO_ROWS, _save="1")

    assert b"Write fewer than 1,000 characters" in response.content
    assert not Blurb.objects.exists()


def test_byline_has_links_and_a_portrait_with_preview(desk, api):
    portrait = make_photo()
    links = "Mastodon https://social.example/@ann\nHer own page https://ann.example/"
    add(desk, "byline", name="Ann Able", slug="ann-able", type="staff", portrait=portrait.pk, links=links)

    byline = Byline.objects.get()
    assert byline.links == [
        {"label": "Mastodon", "url": "https://social.example/@ann"},
        {"label": "Her own page", "url": "https://ann.example/"},
    ]
    page = desk.get(f"/admin/newsroom/byline/{byline.pk}/change/").content.decode()
    assert f'<img src="/media/{portrait.pk}/' in page


@pytest.mark.parametrize("links", ["https://nameless.example/", "Name javascript:alert(1)"])
def test_link_that_is_none_is_refused(desk, links):
    add(desk, "byline", name="Ann", slug="ann", type="staff", links=links)

    assert not Byline.objects.exists()


def test_topics_are_merged_from_the_list(desk, api):
    into, first, second = make_topic("Floods"), make_topic("Flood"), make_topic("Flooding")
    publish(make_article(slug="story", topics=[first]))
    chosen = {"action": "merge", "_selected_action": [first.pk, second.pk]}

    asked = desk.post("/admin/newsroom/topic/", chosen)
    assert "Flooding" in asked.content.decode()
    done = desk.post("/admin/newsroom/topic/", {**chosen, "merge": "1", "into": into.pk}, follow=True)

    assert said(done) == ["2 topics merged into Floods."]
    assert [topic["slug"] for topic in api("articles/story/")["topics"]] == ["floods"]
    assert [row.name for row in done.context["cl"].result_list] == ["Floods"]
    assert Topic.objects.filter(merged_into=into).count() == 2


def test_merging_is_for_those_who_may_change_topics(client):
    log_in(client, "view_topic")
    first, into = make_topic(), make_topic()

    client.post(
        "/admin/newsroom/topic/", {"action": "merge", "_selected_action": [first.pk], "merge": "1", "into": into.pk}
    )

    assert not Topic.objects.filter(merged_into=into).exists()


@pytest.mark.parametrize("nothing", ["nonsense", "\x00", "9" * 5000, ""])
def test_choice_that_no_page_offers_is_refused_in_words(desk, nothing):
    topic, story = make_topic("Floods"), make_article(headline="Rain")
    chosen = {"action": "merge", "_selected_action": [topic.pk], "merge": "1", "into": nothing}
    byline = {
        "placed_bylines-TOTAL_FORMS": "1",
        "placed_bylines-INITIAL_FORMS": "0",
        "placed_bylines-0-byline": nothing,
    }

    pages = [
        desk.post("/admin/newsroom/topic/", chosen),
        desk.post("/admin/newsroom/topic/", {**chosen, "_selected_action": [nothing]}),
        desk.post("/admin/newsroom/article/", {"action": "delete_selected", "_selected_action": [nothing]}),
        desk.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [nothing], "post": "yes"}),
        add(desk, "article", headline="Rain", section=nothing or "x", topics=[nothing], **byline),
        change(desk, story, headline="Rain", section=nothing or "x", **byline),
        add(desk, "byline", name="Ann", slug="ann", type="staff", user=nothing or "x"),
    ]

    assert {page.status_code for page in pages} == {200, 302}
    assert [Topic.objects.filter(merged_into=None).count(), Article.objects.count()] == [1, 1]


def test_section_that_is_used_stays(desk):
    used, free = make_section(), make_section()
    make_article(section=used)

    assert b"It cannot be deleted yet" in delete(desk, used).content
    delete(desk, free)

    assert list(Section.objects.all()) == [used]


def test_topic_of_a_live_story_stays_and_the_page_says_why(desk):
    topic = make_topic()
    story = publish(make_article(topics=[topic]))
    Article.topics.through.objects.all().delete()  # the working copy has let it go, readers still see it

    response = delete(desk, topic)

    assert said(response) == ["Something live still uses it."]
    assert Topic.objects.filter(pk=topic.pk).exists()
    assert Publication.objects.get(key=story.pk).is_live


def test_who_has_no_rights_sees_no_page(client):
    log_in(client, "view_blurb")

    assert client.get("/admin/newsroom/article/").status_code == 403
    assert client.get("/admin/newsroom/blurb/").status_code == 200
    assert client.get("/admin/newsroom/blurb/add/").status_code == 403
