"""What the newsroom says of itself: its name and its menus, and where else these are read."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from cms.previews import previews
from cms.publishing import press, working_copy
from cms.publishing.links import link
from newsroom.models import Site
from tests.factories import (
    make_article,
    make_page,
    make_photo,
    make_section,
    make_site,
    make_topic,
    publish,
    update,
)
from tests.transfer.test_content import bad_lines

pytestmark = pytest.mark.django_db

KEYS = [
    "name",
    "description",
    "url",
    "language",
    "time_zone",
    "logo",
    "publisher",
    "social",
    "menus",
    "feeds",
    "usage_policy",
]
LINE = {
    "kind": "site",
    "name": "The Calder Meridian",
    "description": "News since 1898.",
    "language": "en",
    "logo": None,
    "social": [{"label": "Mastodon", "url": "https://social.example/@meridian"}],
    "menus": {"main": [{"label": "World", "section": "world", "children": []}]},
    "usage_policy": None,
}
WORLD = {"kind": "section", "slug": "world", "name": "World"}
HOST = "http://localhost:8000"


def written(folder, *lines):
    file = folder / "in.ndjson"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def main_menu(api):
    return [(entry["label"], entry["url"]) for entry in api("site/")["menus"]["main"]]


def test_site_is_there_before_anybody_has_written_it(api, settings):
    settings.SITE_NAME, settings.CONTENT_LANGUAGE = "The Meridian", "uk"

    site = api("site/")
    assert list(site) == KEYS
    assert {name: site[name] for name in KEYS if name != "feeds"} == {
        "name": "The Meridian",
        "description": None,
        "url": f"{HOST}/",
        "language": "uk",
        "time_zone": settings.TIME_ZONE,
        "logo": None,
        "publisher": {"name": "The Meridian", "url": f"{HOST}/"},
        "social": [],
        "menus": {"main": []},
        "usage_policy": None,
    }
    assert site["feeds"][0] == {
        "title": "The Meridian (RSS)",
        "url": f"{HOST}/feeds/latest.rss",
        "type": "application/rss+xml",
    }
    assert api("")["site"] == f"{HOST}/api/v1/site/"
    assert api.get("site").status_code == 200


def test_desks_words_take_the_place_of_the_settings(api, settings):
    settings.SITE_NAME = "The Meridian"
    policy = {"text": "Quote us.", "url": ""}
    publish(make_site(name="The Calder Meridian", publisher={"name": "Calder Press", "url": ""}, usage_policy=policy))

    site = api("site/")
    assert [site["name"], site["publisher"], site["usage_policy"], site["feeds"][1]["title"]] == [
        "The Calder Meridian",
        {"name": "Calder Press", "url": f"{HOST}/"},
        {"text": "Quote us.", "url": None},
        "The Calder Meridian (Atom)",
    ]
    assert list(site) == KEYS
    assert api("site/?fields=name") == {"name": "The Calder Meridian"}
    assert api.get("site/?section=world").status_code == 400


def test_readers_see_a_saved_name_after_it_is_published_only(api):
    site = make_site(name="Draft")
    assert api("site/")["name"] == "Galley"

    publish(site)
    working_copy.write(site, {"name": "Later"})
    assert api("site/")["name"] == "Draft"
    token = previews.token_of(previews.make(site, None))
    assert api("site/", Authorization=f"Preview {token}")["name"] == "Later"


def test_menu_entry_goes_on_leading_to_what_was_renamed(api):
    world, topic, page = make_section("World"), make_topic("Floods"), publish(make_page(slug="about", title="About"))
    entries = [{"section": "world"}, {"label": "The flood", "topic": "floods"}, {"page": str(page.pk)}]
    publish(make_site(menus={"main": entries}))
    assert main_menu(api) == [
        ("World", f"{HOST}/sections/world"),
        ("The flood", f"{HOST}/topics/floods"),
        ("About", f"{HOST}/pages/about"),
    ]

    world.name, world.slug = "Abroad", "abroad"
    world.save()
    topic.merge_into(make_topic("High water"))
    publish(update(page, title="About us", slug="about-us"))

    assert main_menu(api) == [
        ("Abroad", f"{HOST}/sections/abroad"),
        ("The flood", f"{HOST}/topics/high-water"),
        ("About us", f"{HOST}/pages/about-us"),
    ]
    assert api("site/")["menus"]["main"][0]["section"] == {
        "slug": "abroad",
        "name": "Abroad",
        "url": f"{HOST}/api/v1/sections/abroad/",
    }


def test_what_readers_see_no_more_leaves_every_menu_at_once(api):
    page, draft = publish(make_page(title="Jobs")), make_page(title="Draft")
    heading = {"label": "The paper", "children": [{"page": str(page.pk)}]}
    footer = [{"page": str(page.pk)}, {"page": str(draft.pk)}, {"label": "Shop", "url": "https://shop.example/"}]
    publish(make_site(menus={"main": [heading], "footer": footer}))
    menus = api("site/")["menus"]
    assert [entry["label"] for entry in menus["footer"]] == ["Jobs", "Shop"]
    assert menus["main"] == [
        {
            "label": "The paper",
            "url": None,
            "section": None,
            "children": [{"label": "Jobs", "url": f"{HOST}/pages/{page.slug}", "section": None, "children": []}],
        }
    ]

    press.withdraw(page)
    menus = api("site/")["menus"]
    assert [[entry["label"] for entry in menus[name]] for name in ("main", "footer")] == [[], ["Shop"]]

    publish(page)
    assert [entry["label"] for entry in api("site/")["menus"]["footer"]] == ["Jobs", "Shop"]


def test_address_of_our_own_becomes_a_link(api):
    world = make_section("World")
    entries = [
        {"label": "Whole", "url": f"{HOST}/sections/world"},
        {"label": "Path", "url": "/sections/world"},
        {"label": "Letters", "url": "/newsletters?from=menu"},
        {"label": "Away", "url": "https://example.org/sections/world?utm_source=x"},
        {"label": "Write", "url": "mailto:desk@example.org"},
    ]
    site = publish(make_site(menus={"main": entries}))

    assert site.menus["main"][0] == {"label": "Whole", "section": link("section", world.pk)}
    assert main_menu(api) == [
        ("Whole", f"{HOST}/sections/world"),
        ("Path", f"{HOST}/sections/world"),
        ("Letters", f"{HOST}/newsletters?from=menu"),
        ("Away", "https://example.org/sections/world"),
        ("Write", "mailto:desk@example.org"),
    ]


@pytest.mark.parametrize(
    ("menus", "complaint"),
    [
        ([], 'write the menus by their names: {"main": [{"label": "World", "section": "world"}]}'),
        ({"Main menu": []}, "'Main menu': a menu's name has small letters, digits, - and _, and begins with a letter"),
        ({"main": [{}]}, "main, 1: give it a label, or something to lead to"),
        ({"main": [{"url": "https://example.org/"}]}, "main, 1: give it a label, or something to lead to"),
        (
            {"main": ["World"]},
            "main, 1: write an entry as an object with label, section, topic, page, front, url, children",
        ),
        (
            {"main": [{"label": "World", "href": "/"}]},
            "main, 1: write an entry as an object with label, section, topic, page, front, url, children",
        ),
        ({"main": [{"label": "World", "section": "wrld"}]}, 'main, 1 (World): there is no section "wrld"'),
        (
            {"main": [{"label": "Both", "section": "world", "url": "/"}]},
            "main, 1 (Both): an entry leads to one thing; give one of section, topic, page, front, url",
        ),
        (
            {"main": [{"label": "Bad", "url": "javascript:alert(1)"}]},
            "main, 1 (Bad): 'javascript:alert(1)' is no address; write one such as https://example.org/ or "
            "/newsletters",
        ),
        (
            {"main": [{"label": "Bad", "url": "//evil.example"}]},
            None,  # an address without a scheme is one of the web
        ),
        (
            {"main": [{"label": "a", "children": [{"label": "b", "children": [{"label": "c", "children": [{}]}]}]}]},
            "main, 1 (a), 1 (b), 1 (c): a menu may have 3 levels at most",
        ),
        ({"main": [{"label": "x" * 101, "url": "/"}]}, "main, 1: Ensure this field has no more than 100 characters."),
        ({"main": [{"label": "x", "url": "/"}] * 201}, "main: a menu may have 200 entries at most"),
        ({f"m{number}": [] for number in range(13)}, "there may be 12 menus at most"),
    ],
)
def test_menu_that_cannot_be_is_told_where_and_why(menus, complaint):
    make_section("World")

    problems = working_copy.write(Site(), {"menus": menus}).problems

    assert [str(text) for text in problems.get("menus", [])] == ([complaint] if complaint else [])


def test_logo_is_live_with_its_credit_and_only_as_long_as_its_rights_last(api, noon):
    bare = make_photo(credit_line="")
    with pytest.raises(ValidationError, match="credit line"):
        publish(make_site(logo=str(bare.pk)))

    logo = make_photo(credit_line="Galley Pictures", usable_until=noon + timedelta(hours=1))
    publish(working_copy.write(Site.objects.get(), {"logo": str(logo.pk)}).item)
    shown = api.get("site/")
    assert [shown.json()["logo"][name] for name in ("id", "credit_line")] == [str(logo.pk), "Galley Pictures"]
    assert "stale-if-error=3540" in shown.headers["Cache-Control"]
    assert [row["id"] for row in api("photos/")["results"]] == [str(logo.pk)]

    with time_machine.travel(noon + timedelta(hours=2), tick=False):
        assert api("site/")["logo"] is None


def test_change_of_the_site_is_in_the_log_and_in_the_tag(api):
    before = api.get("site/").headers["ETag"]
    site = publish(make_site(name="One"))
    first = api.get("site/")
    publish(make_article())
    same = api.get("site/", **{"If-None-Match": first.headers["ETag"]})
    publish(working_copy.write(site, {"name": "Two"}).item)
    second = api.get("site/")

    assert same.status_code == 304
    assert len({before, first.headers["ETag"], second.headers["ETag"]}) == 3
    rows = [row for row in api("changes/")["results"] if row["kind"] == "site"]
    assert [[row["action"], row["slug"], row["url"]] for row in rows] == [
        ["published", None, f"{HOST}/api/v1/site/"],
        ["updated", None, f"{HOST}/api/v1/site/"],
    ]
    assert first.headers["Surrogate-Key"] == second.headers["Surrogate-Key"]


def test_menus_of_sunday_come_on_sunday(api, noon):
    make_section("World")
    site = publish(make_site(menus={}))
    working_copy.write(site, {"menus": {"main": [{"section": "world"}]}})
    publish(site, at=noon + timedelta(days=2))

    assert main_menu(api) == []
    with time_machine.travel(noon + timedelta(days=2), tick=False):
        assert main_menu(api) == [("World", f"{HOST}/sections/world")]


def test_name_is_the_same_wherever_the_newsroom_says_it(api, client, admin_client):
    publish(make_site(name="The <Calder> Meridian", description="Since 1898.", language="en-GB"))
    story = publish(make_article(slug="story", headline="Flood"))

    rss = api.get("/feeds/latest.rss").content.decode()
    assert "<title>The &lt;Calder&gt; Meridian</title>" in rss
    assert "<language>en-GB</language>" in rss
    assert "<description>Since 1898.</description>" in rss
    assert api("/feeds/latest.json")["authors"][0]["name"] == "The <Calder> Meridian"
    publisher = json.loads(api.get("articles/story/?format=jsonld").content)["publisher"]
    assert [publisher["name"], publisher["description"]] == ["The <Calder> Meridian", "Since 1898."]
    assert "The &lt;Calder&gt; Meridian" in api.get("articles/story/?format=email").content.decode()
    assert json.loads(api.get("articles/story/?format=ninjs").content)["copyrightHolder"] == "The <Calder> Meridian"
    assert "<news:name>The &lt;Calder&gt; Meridian</news:name>" in api.get("/news-sitemap.xml").content.decode()
    assert "The &lt;Calder&gt; Meridian" in client.get("/").content.decode()
    assert "The &lt;Calder&gt; Meridian · Galley" in admin_client.get("/admin/").content.decode()
    assert story.head


def test_robots_are_told_where_the_terms_of_use_are(api):
    assert "Terms" not in api.get("/robots.txt").content.decode()

    publish(make_site(usage_policy={"text": "", "url": "https://meridian.example/terms"}))

    assert api.get("/robots.txt").content.decode().startswith("# Terms of use: https://meridian.example/terms\n")


def test_line_of_a_site_needs_no_slug_and_is_for_readers_unless_it_says_draft(api, tmp_path):
    call_command("import_content", written(tmp_path, LINE, WORLD))
    assert [api("site/")["name"], main_menu(api)] == ["The Calder Meridian", [("World", f"{HOST}/sections/world")]]

    call_command("import_content", written(tmp_path, {"kind": "site", "name": "The Meridian"}))
    assert [api("site/")["name"], len(main_menu(api)), Site.objects.count()] == ["The Meridian", 1, 1]

    call_command("import_content", written(tmp_path, {"kind": "site", "status": "draft"}))
    assert [api("site/")["name"], Site.objects.get().name] == ["Galley", "The Meridian"]


def test_draft_of_a_site_may_be_imported(api, tmp_path):
    call_command("import_content", written(tmp_path, {"kind": "site", "name": "Secret", "status": "draft"}))

    assert [api("site/")["name"], Site.objects.get().name] == ["Galley", "Secret"]


def test_exported_site_comes_back_as_it_was(api, tmp_path):
    make_section("World"), make_topic("Floods")
    publish(make_page(slug="about", title="About"))
    entries = [
        {"section": "world", "children": [{"label": "Flood", "topic": "floods"}]},
        {"label": "A | B", "url": "/a"},
    ]
    menus = {"main": entries, "footer": [{"page": "about"}], "empty": []}
    publisher = {"name": "Press", "url": "https://press.example/"}
    publish(make_site(name="One", menus=menus, publisher=publisher, social=LINE["social"]))
    before = api("site/")

    out = tmp_path / "out.ndjson"
    call_command("export_content", out)
    edition = api("changes/")["edition"]
    call_command("import_content", out)
    assert api("changes/")["edition"] == edition

    line = next(row for row in map(json.loads, out.read_text().splitlines()) if row["kind"] == "site")
    assert line["menus"]["main"] == [
        {"label": "", "section": "world", "children": [{"label": "Flood", "topic": "floods"}]},
        {"label": "A | B", "url": "/a"},
    ]
    press.withdraw(Site.objects.get())
    call_command("import_content", written(tmp_path, {**line, "published_at": timezone.now().isoformat()}))
    assert api("site/") == before


def test_bad_line_of_a_site_says_what_is_wrong(tmp_path, capsys):
    lines = [
        {**LINE, "menus": {"main": [{"label": "World", "section": "wrld"}]}},
        {**LINE, "social": [{"label": "Mastodon", "url": "mastodon"}]},
        {**LINE, "publisher": {"url": "https://press.example/"}},
        {**LINE, "time_zone": "Europe/London"},
    ]

    complaints, _ = bad_lines(written(tmp_path, *lines), capsys)

    assert [line.partition(", site: ")[2] or line for line in complaints][:1] == [
        'menus: main, 1 (World): there is no section "wrld"'
    ]
    assert len(complaints) == 4


def test_there_is_one_site_and_it_has_the_id_that_all_have(db):
    make_site(name="One")
    problems = working_copy.write(Site(id="6f0c2b6e-6c8b-4e0a-9a55-0c6a0f6f7a11"), {"name": "Two"}).problems

    assert list(problems)
    assert Site.objects.count() == 1
