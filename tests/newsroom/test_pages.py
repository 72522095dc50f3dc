"""What stands outside the news: About, Imprint. It is published like a story, and is in no list but its own."""

import json

import pytest
from django.core.management import call_command

from cms.previews import previews
from cms.publishing import press
from newsroom.models import Page
from tests.factories import make_article, make_page, make_photo, paragraphs, publish, update

pytestmark = pytest.mark.django_db

LINE = {
    "kind": "page",
    "slug": "about",
    "title": "About us",
    "standfirst": "",
    "body_html": "<p>We began in <b>1898</b>.</p><h2>Who pays</h2>",
    "status": "published",
}


def written(folder, *lines):
    file = folder / "in.ndjson"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def test_page_has_these_keys_and_its_body_in_both_forms(api, noon):
    publish(make_page(slug="about", title="About us", body=paragraphs("We began in <em>1898</em>.")))

    assert api("pages/about/") == {
        "kind": "page",
        "slug": "about",
        "url": "http://localhost:8000/api/v1/pages/about/",
        "web_url": "http://localhost:8000/pages/about",
        "title": "About us",
        "standfirst": None,
        "body": [{"id": "p1", "type": "paragraph", "html": "We began in <em>1898</em>."}],
        "body_html": "<p>We began in <em>1898</em>.</p>",
        "updated_at": "2026-06-17T12:00:00Z",
        "seo": {
            "title": "About us",
            "description": None,
            "canonical_url": "http://localhost:8000/pages/about",
            "image": None,
        },
    }
    assert [list(card) for card in api("pages/")["results"]] == [
        ["kind", "slug", "url", "web_url", "title", "standfirst", "updated_at"]
    ]


def test_search_engines_are_told_what_the_desk_wrote_for_them(api):
    seo = {"title": "Who we are", "canonical_url": "https://old.example.org/about"}
    publish(make_page(slug="about", title="About us", standfirst="Since 1898.", seo=seo))

    assert api("pages/about/?fields=seo")["seo"] == {
        "title": "Who we are",
        "description": "Since 1898.",
        "canonical_url": "https://old.example.org/about",
        "image": None,
    }


def test_pages_are_listed_by_name_whatever_capitals_and_accents(api):
    for title in ("imprint", "Über uns", "About us", "Łódź office", "Contact", "Zoo"):
        publish(make_page(title=title))
    publish(make_page(title="Contact"))
    make_page(title="Draft")

    expected = ["About us", "Contact", "Contact", "imprint", "Über uns", "Zoo", "Łódź office"]
    assert [row["title"] for row in api.walk("pages/?page_size=2")] == expected
    assert [row["title"] for row in api.walk("pages/?page_size=3&ordering=-name")] == expected[::-1]
    assert [row["title"] for row in api("pages/?page=2&page_size=3")["results"]] == expected[3:6]
    slugs = [row["slug"] for row in api.walk("pages/?page_size=1")]
    assert len(slugs) == len(set(slugs)) == 7
    assert api("pages/?count=exact")["count"] == 7
    assert api("pages/")["newer"] is None
    renamed = Page.objects.get(title="Zoo")
    publish(update(renamed, title="A zoo"))
    assert api("pages/")["results"][0]["title"] == "A zoo"


@pytest.mark.parametrize("pages", [1, 3])
def test_list_of_pages_takes_three_statements(api, pages, django_assert_max_num_queries):
    for _ in range(pages):
        publish(make_page())
    api("pages/")

    with django_assert_max_num_queries(3):
        assert len(api("pages/?page_size=50")["results"]) == pages


def test_page_is_no_news(api):
    publish(make_article(slug="story", headline="About bridges"))
    publish(make_page(slug="about", title="About us", body=paragraphs("A word that nothing else has: quokka.")))

    assert api.slugs("feed/") == ["story"]
    assert api("feed/?count=exact")["count"] == 1
    assert api.slugs("feed/?search=about") == ["story"]
    assert api.slugs("feed/?search=quokka") == []
    assert api.slugs("feed/?changed_after=0") == ["story"]
    assert b"About us" not in api.get("/feeds/latest.rss").content
    refused = api.get("feed/?kind=page")
    assert refused.status_code == 400
    assert "page" not in refused.json()["errors"][0]["allowed"]
    assert api.get("pages/?search=about").status_code == 400
    assert b"about" not in api.get("/news-sitemap.xml").content


def test_page_is_in_the_sitemap_and_in_the_log(api):
    publish(make_page(slug="about"))

    assert b"/sitemaps/pages-1.xml" in api.get("/sitemap.xml").content
    assert b"<loc>http://localhost:8000/pages/about</loc>" in b"".join(
        api.get("/sitemaps/pages-1.xml").streaming_content
    )
    (row,) = api("changes/")["results"]
    assert [row["kind"], row["slug"], row["action"], row["url"]] == [
        "page",
        "about",
        "published",
        "http://localhost:8000/api/v1/pages/about/",
    ]
    assert api.slugs("pages/?changed_after=0") == ["about"]


def test_draft_page_is_as_if_it_were_not_there(api):
    make_page(slug="draft")

    missing, draft = api.get("pages/never/"), api.get("pages/draft/")
    assert [missing.status_code, draft.status_code] == [404, 404]
    assert {**draft.json(), "instance": "", "request_id": ""} == {**missing.json(), "instance": "", "request_id": ""}
    assert api("pages/")["results"] == []


def test_old_address_of_a_page_leads_to_the_new_one(api):
    page = publish(make_page(slug="about"))
    publish(update(page, slug="about-us"))

    moved = api.get("pages/about/?fields=title")
    assert [moved.status_code, moved.headers["Location"]] == [
        308,
        "http://localhost:8000/api/v1/pages/about-us/?fields=title",
    ]


def test_withdrawn_page_is_gone(api):
    page = publish(make_page(slug="jobs"))
    press.withdraw(page)

    assert [api.get("pages/jobs/").status_code, api("pages/")["results"]] == [410, []]


def test_photo_on_a_page_is_live_with_its_credit(api):
    photo = make_photo(credit_line="N. Name")
    body = [
        {"id": "a", "type": "photo", "photo": {"link": "photo", "id": str(photo.pk), "caption": "", "alt_text": ""}}
    ]
    publish(make_page(slug="about", body=body))

    assert [row["id"] for row in api("photos/")["results"]] == [str(photo.pk)]
    assert api("pages/about/")["body"][0]["photo"]["credit_line"] == "N. Name"


def test_page_needs_a_title_and_a_slug():
    page = make_page(title="", slug="", body=[])

    assert page.obstacles() == ["Write a title.", "Give the page a slug, the last part of its address."]


def test_slug_of_a_page_is_made_of_its_title():
    first, second = Page(title="About us"), Page(title="About us")
    for page in (first, second):
        page.full_clean()
        page.save()

    assert [first.slug, second.slug] == ["about-us", "about-us-2"]


def test_imported_page_comes_out_as_it_went_in(api, tmp_path):
    call_command("import_content", written(tmp_path, {**LINE, "previous_slugs": ["who-we-are"]}))
    assert api("pages/about/")["body_html"] == "<p>We began in <strong>1898</strong>.</p><h2>Who pays</h2>"
    assert api.get("pages/who-we-are/").status_code == 308

    out = tmp_path / "out.ndjson"
    call_command("export_content", out)
    (line,) = map(json.loads, out.read_text().splitlines())
    assert {name: line[name] for name in ("kind", "slug", "title", "status", "previous_slugs")} == {
        "kind": "page",
        "slug": "about",
        "title": "About us",
        "status": "published",
        "previous_slugs": ["who-we-are"],
    }
    edition = api("changes/")["edition"]
    call_command("import_content", out)
    assert api("changes/")["edition"] == edition


def test_preview_shows_a_page_before_readers_see_it(api):
    page = publish(make_page(slug="about", title="About us"))
    update(page, title="About all of us")
    token = previews.token_of(previews.make(page, None))

    shown = api("pages/about/", Authorization=f"Preview {token}")
    assert [shown["title"], shown["preview"]] == ["About all of us", True]
    assert api("pages/about/")["title"] == "About us"
