"""The one page at the desk for what the newsroom says of itself, and the pages that stand outside the news."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from cms.publishing import kinds
from newsroom.forms.menus import as_lines, from_lines
from newsroom.models import Page, Site
from newsroom.serializers.site import SiteSerializer
from tests.desk import drawing
from tests.desk.test_pages_articles import address, fields_of, log_in, said, send
from tests.factories import make_page, make_section, make_site, make_topic, publish

pytestmark = pytest.mark.django_db

LINES = """# main
World | section world
- Europe | section europe
-- Floods | topic floods
The paper
- | page about
Newsletters | /newsletters
\\# 1 | https://example.org/
A | B | /a
# footer
Imprint | https://example.org/imprint"""
LIST = "/admin/newsroom/site/"


@pytest.fixture
def managing(client):
    user = User.objects.create_user("mona", is_staff=True)
    user.groups.add(Group.objects.get(name="Managing editor"))
    client.force_login(user)
    return client


def opened(client):
    return client.get(LIST, follow=True)


def sent(client, button="_publish", **values):
    page = drawing.get(client, LIST, follow=True)
    return drawing.post(client, page.request["PATH_INFO"], {**fields_of(page), **values, button: "1"}, follow=True)


def checked(lines):
    return SiteSerializer.written()["menus"].run_validation(from_lines(lines))


def test_site_opens_at_once_and_is_published_from_its_page(managing, api):
    make_section("World")
    response = sent(
        managing, name="The Meridian", menus="# main\n | section world", social="Mastodon https://a.example/@m"
    )

    assert said(response)[0].startswith("Published.")
    site = api("site/")
    assert [site["name"], site["menus"]["main"][0]["label"], site["social"]] == [
        "The Meridian",
        "World",
        [{"label": "Mastodon", "url": "https://a.example/@m"}],
    ]
    assert opened(managing).request["PATH_INFO"] == f"/admin/newsroom/site/{kinds.SINGLE}/change/"
    again = sent(managing, name="The Calder Meridian")
    assert said(again)[0].startswith("Updated.")
    assert [api("site/")["name"], Site.objects.count()] == ["The Calder Meridian", 1]


def test_site_is_never_withdrawn_nor_deleted_nor_made_twice(managing):
    publish(make_site(name="One"))
    page = opened(managing)

    assert [page.context["can_withdraw"], page.context["has_delete_permission"]] == [False, False]
    assert managing.get(f"{LIST}add/").status_code == 403
    assert managing.get(f"{LIST}{kinds.SINGLE}/delete/").status_code == 403
    managing.post(page.request["PATH_INFO"], {**fields_of(page), "_withdraw": "1", "reason": "withdrawn"})
    assert Site.objects.get().publication.is_live


@pytest.mark.parametrize(("role", "is_offered"), [("Managing editor", True), ("Editor", False), ("Reporter", False)])
def test_site_is_the_managing_editors(client, role, is_offered):
    site = publish(make_site(name="One"))
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)

    assert (f'<a href="{LIST}"' in client.get("/admin/").content.decode()) == is_offered
    client.post(address(site), {"name": "Two", "base": str(site.head_id), "_publish": "1"})
    assert Site.objects.get().name == ("Two" if is_offered else "One")


def test_menus_are_written_as_lines_and_come_back_as_lines():
    make_section("World"), make_section("Europe"), make_topic("Floods")
    publish(make_page(slug="about"))

    menus = checked(LINES)

    assert [list(menus), menus["main"][0]["children"][0]["children"][0]["label"]] == [["main", "footer"], "Floods"]
    assert [entry["label"] for entry in menus["main"]] == ["World", "The paper", "Newsletters", "# 1", "A | B"]
    assert as_lines(menus) == LINES
    assert checked(as_lines(menus)) == menus


@pytest.mark.parametrize(
    "lines", ["- World | section world", "World | section world\n-- Europe | /e", "a\n- b\n-- c\n--- d"]
)
def test_line_that_stands_too_deep_is_named(lines):
    make_section("World")
    with pytest.raises(ValidationError, match=r"Line \d is too deep"):
        from_lines(lines)


def test_draft_page_in_a_menu_is_named_by_its_id_as_its_slug_leads_nowhere_yet():
    page = make_page(slug="soon")
    menus = checked(f"Soon | page {page.pk}")

    assert as_lines(menus) == f"# main\nSoon | page {page.pk}"
    publish(page)
    assert as_lines(menus) == "# main\nSoon | page soon"


def test_menu_that_cannot_be_is_told_at_the_field_and_nothing_is_lost(managing):
    response = sent(managing, name="One", menus="# main\nWorld | section wrld")

    form = response.context["adminform"].form
    assert form.errors["menus"] == ['main, 1 (World): there is no section "wrld"']
    assert form["menus"].value() == "# main\nWorld | section wrld"
    assert not Site.objects.exists()


def test_what_a_menu_can_lead_to_is_found_by_words(managing):
    make_section("World"), make_topic("World Bank")
    page = make_page(title="About the world", slug="about")
    make_page(title="Imprint")

    found = managing.get(f"{LIST}targets/?q=wOrld").json()["results"]

    assert [(row["value"], row["name"], row["kind"]) for row in found] == [
        ("section world", "World", "Section"),
        (f"page {page.pk}", "About the world", "Page"),
        ("topic world-bank", "World Bank", "Topic"),
    ]


def test_what_a_menu_can_lead_to_is_told_to_those_who_may_see_it(client):
    log_in(client, "add_article")

    assert client.get(f"{LIST}targets/?q=a").status_code == 403


def test_page_is_written_and_published_at_the_desk(client, api):
    log_in(client)
    page = fields_of(client.get("/admin/newsroom/page/add/"))
    values = {"title": "About us", "body": "<p>We began in 1898.</p>", "seo_title": "Who we are", "_publish": "1"}
    response = client.post("/admin/newsroom/page/add/", {**page, **values}, follow=True)

    assert said(response)[0].startswith("Published.")
    shown = api("pages/about-us/")
    assert [shown["body_html"], shown["seo"]["title"]] == ["<p>We began in 1898.</p>", "Who we are"]
    changed = send(client, Page.objects.get(), "_publish", body="<p>We began in 1899.</p>")
    assert said(changed)[0].startswith("Updated.")
    assert api("pages/about-us/")["body_html"] == "<p>We began in 1899.</p>"
    listed = client.get("/admin/newsroom/page/")
    assert b"About us" in listed.content


def test_reporters_read_pages_and_write_none(client):
    page = publish(make_page(title="About us"))
    user = User.objects.create_user("rita", is_staff=True)
    user.groups.add(Group.objects.get(name="Reporter"))
    client.force_login(user)

    shown = client.get(address(page))
    assert [shown.status_code, b"What it says." in shown.content] == [200, True]
    assert client.get("/admin/newsroom/page/add/").status_code == 403


def test_versions_of_a_menu_can_be_compared(managing):
    make_section("World"), make_section("Sport")
    site = publish(make_site(menus={"main": [{"section": "world"}]}))
    first = site.head_id
    sent(managing, menus="# main\n | section sport\n | section world")

    history = managing.get(f"{LIST}{kinds.SINGLE}/history/")
    compared = managing.get(f"{LIST}{kinds.SINGLE}/compare/?before={first}&after=now")
    assert [history.status_code, compared.status_code] == [200, 200]
    assert b"Sport" in compared.content
