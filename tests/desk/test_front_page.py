"""The desk's first page and its menu: what waits for whom."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.publishing import press
from tests.factories import make_article, make_blurb, make_photo, make_section, make_video, publish, update

pytestmark = pytest.mark.django_db

PANEL = re.compile(r'<section class="(front-panel[^"]*)".*?<h2 [^>]*>(.*?)</h2>(.*?)</section>', re.DOTALL)
ROW = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def plain(html):
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


@pytest.fixture
def front(client):
    """`front("Reporter")` is what the first page shows somebody of that role: panels with their rows, in order."""

    def open_for(role, name="somebody"):
        user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        if is_new:
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        page = client.get("/admin/").content.decode()
        return {plain(title): [plain(row) for row in ROW.findall(rows)] for _, title, rows in PANEL.findall(page)}

    return open_for


def user_of(role, name="somebody"):
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_first_editor_of_a_new_newsroom_is_told_how_to_begin_until_a_story_is_begun(front):
    assert next(iter(front("Managing editor").items())) == (
        "To begin with",
        [
            "Name the newsroom, and say what it is",
            "Make the sections",
            "Let your colleagues in, each with a role",
            "Write the first story, and publish it",
        ],
    )
    User.objects.create_user("colleague", is_staff=True)
    section = make_section("City")
    assert len(front("Managing editor")["To begin with"]) == 2
    assert "To begin with" not in front("Reporter", "reporter")

    make_article(section=section)
    assert "To begin with" not in front("Managing editor")


def test_account_without_a_role_is_told_so_and_led_to_nothing_that_refuses_it(client):
    client.force_login(User.objects.create_user("nobody", is_staff=True))

    page = client.get("/admin/").content.decode()

    assert "Your account has no role yet" in page
    links = set(re.findall(r'href="(/admin/[^"]*)"', page))
    assert [link for link in links if client.get(link).status_code == 403] == []


def test_reporter_sees_own_drafts_with_what_was_sent_back_first(front):
    user = user_of("Reporter")
    back = make_article(headline="Back", made_by=user)
    press.submit(back)
    press.send_back(back, "Ask the mayor.")
    make_article(headline="Newer", made_by=user)
    make_article(headline="Somebody else's")
    publish(make_article(headline="Done", made_by=user))
    publish(changed := make_article(headline="Live, going on", made_by=user))
    update(changed, kicker="New")

    panels = front("Reporter")

    assert next(iter(panels)) == "My drafts"
    assert [row.split(" ", 1)[0] for row in panels["My drafts"]] == ["Back", "Live,", "Newer"]
    assert panels["My drafts"][0].endswith("Ask the mayor.")
    assert "Live, with unpublished changes" in panels["My drafts"][1]
    assert "Photos in use without credit or alt text" not in panels


def test_each_role_sees_its_own_work_first(front):
    press.submit(make_article(headline="To read"))

    assert list(front("Editor", "ed"))[:2] == ["For review", "My drafts"]
    assert list(front("Photo editor", "pia"))[:2] == ["Photos in use without credit or alt text", "Rights ending soon"]
    assert list(front("Managing editor", "max"))[:4] == [
        "For review",
        "Photos in use without credit or alt text",
        "Rights ending soon",
        "My drafts",
    ]
    assert front("Editor", "ed")["For review"][0].startswith("To read")


def test_first_page_shows_what_is_live_scheduled_and_withdrawn(noon, front):
    publish(make_article(headline="Up now"))
    publish(make_blurb(text_html="<p>Short and up.</p>"))
    publish(make_article(headline="Up soon"), at=noon + timedelta(hours=1))
    publish(make_article(headline="Up in a week"), at=noon + timedelta(days=7))
    gone = publish(make_video(headline="Gone"))
    press.withdraw(gone, "error")

    panels = front("Editor")

    assert {row.split("  ")[0].rsplit(" ", 2)[0] for row in panels["Live now"]} == {"Up now", "Short and up."}
    assert len(panels["Live now"]) == 2
    assert len(panels["Scheduled today"]) == 1
    assert panels["Scheduled today"][0].startswith("Up soon")
    assert panels["Scheduled today"][0].endswith("Goes live")
    assert panels["Recently withdrawn"][0].startswith("Gone")
    assert panels["Recently withdrawn"][0].endswith("Published in error")


def test_picture_desk_sees_rights_that_end_and_photos_in_use_without_their_words(front):
    day = timedelta(days=1)
    make_photo(caption="Ends", usable_until=timezone.now() + 3 * day)
    make_photo(caption="Lasts", usable_until=timezone.now() + 30 * day)
    publish(make_video(headline="A film that ends", usable_until=timezone.now() + 2 * day))
    make_article(lead_photo=make_photo(caption="Used, not described", alt_text=""))
    make_photo(caption="Not used", alt_text="")

    panels = front("Photo editor")

    assert [row.split(" Video")[0].split(" Photo")[0] for row in panels["Rights ending soon"]] == [
        "A film that ends",
        "Ends",
    ]
    lacking = panels["Photos in use without credit or alt text 1"]
    assert [row.split(" Photo")[0] for row in lacking] == ["Used, not described"]


def test_first_page_asks_no_more_of_the_database_as_the_newsroom_grows(noon, client):
    user = user_of("Managing editor")
    client.force_login(user)

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/admin/").status_code == 200
        return len(asked)

    def grow():
        draft = make_article(made_by=user, lead_photo=make_photo(alt_text=""))
        press.submit(make_blurb(assignee=user))
        publish(make_article())
        press.withdraw(publish(make_video()))
        publish(make_blurb(), at=noon + timedelta(minutes=1))
        press.submit(draft)
        press.send_back(draft, "More.")

    grow()
    statements()  # what a process finds out once
    few = statements()
    grow()
    grow()
    assert statements() == few
    assert few <= 40


def test_menu_speaks_of_what_a_newsroom_has_and_of_what_somebody_may_do(client):
    def words(role):
        client.force_login(user_of(role, role))
        page = client.get("/admin/newsroom/topic/").content.decode()
        menu = re.search(r'<nav id="desk-sidebar".*?</nav>', page, re.DOTALL)
        news = re.findall(r'<a class="desk-new"[^>]*>(.*?)</a>', page)
        return plain(menu[0]), news

    assert words("Reporter") == (
        "The desk Schedule Stories Blurbs Videos Photos Fronts Sections Topics Bylines",
        ["New story", "New blurb"],
    )
    assert words("Managing editor")[0].endswith("People Keys Activity log")
    assert words("Photo editor")[1] == []
