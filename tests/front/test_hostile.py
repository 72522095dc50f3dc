"""What comes to the newspaper from people who mean no good, and from programs that cut addresses in two."""

import pytest

from cms.publishing import press
from front import templates
from front.view import View, direction
from tests.factories import make_article, make_blurb, make_section, publish

FRONT_URL = "https://news.example"
HARM = [
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "%F0%9F%93%B0",
    "%2e%2e",
    "%2e",
    "..%2f..%2fapi%2fv1%2fsite",
    "%5c%5cevil.example",
    "%0d%0aSet-Cookie:%20a=b",
    "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "{{words.home}}",
    "%7B%7B%7Bsite.name%7D%7D%7D",
    "javascript:alert(1)",
    "%D0%B7%D0%B8%D0%BC%D0%B0",
    "a" * 10_000,
    "' OR 1=1 --",
    "-1",
    "9" * 40,
]
QUESTIONS = ["/?preview", "/feed?cursor", "/feed?page", "/search?q", "/search?cursor", "/articles/live?cursor"]
QUESTIONS += ["/articles/a-story?preview", "/sections/world?utm_source"]


@pytest.mark.django_db
def test_no_question_breaks_a_page_or_gets_into_it(client):
    section = make_section("World")
    publish(make_article(slug="a-story", section=section))
    story = publish(make_article(slug="live", genre="live", section=section))
    publish(make_blurb(article=story))
    answers = []
    for question in QUESTIONS:
        for value in HARM:
            response = client.get(f"{question}={value}")
            html = response.content.decode()
            is_clean = "<script>alert" not in html and "Set-Cookie" not in response.headers
            answers.append((response.status_code in {200, 400, 401, 404} and is_clean, question, value[:40]))
    assert [answer for answer in answers if not answer[0]] == []


@pytest.mark.django_db
def test_no_address_breaks_the_newspaper_or_leads_to_another_host(client):
    publish(make_article(slug="a-story"))
    found = []
    for value in [*HARM, "/evil.example", "/evil.example/%2e%2e", "a-story/", "a-story//", "A-STORY"]:
        for before in ("/", "/articles/", "/blurbs/", "/articles//"):
            response = client.get(f"{before}{value}")
            leads_to = response.headers.get("Location", "/articles/a-story")
            if response.status_code not in {200, 308, 400, 404} or leads_to != "/articles/a-story":
                found.append((before, value[:40], response.status_code, leads_to))
    assert found == []


@pytest.mark.django_db
def test_search_says_what_it_cannot_take(page):
    for query in ("a" * 10_000, "a " * 17, "!!", "%00"):
        seen = page(f"/search?q={query}")
        assert seen.css_first("[data-search-results] .nothing").text().strip() != ""


def view(language="en", **values):
    paper = {**templates.paper(language, "UTC"), "front_url": FRONT_URL, **values}
    return View(paper["words"], paper["places"], language, "UTC", paper["front_url"], None)


@pytest.mark.apart
@pytest.mark.parametrize(
    ("web_url", "href"),
    [
        (FRONT_URL, "/"),
        (f"{FRONT_URL}/", "/"),
        (f"{FRONT_URL}/articles/a?b=c#d", "/articles/a?b=c#d"),
        (f"{FRONT_URL}//evil.example/a", f"{FRONT_URL}//evil.example/a"),
        (f"{FRONT_URL}/\\evil.example/a", f"{FRONT_URL}/\\evil.example/a"),
        (f"{FRONT_URL}/\t/evil.example/a", f"{FRONT_URL}/\t/evil.example/a"),
        (f"{FRONT_URL}.evil.example/a", f"{FRONT_URL}.evil.example/a"),
        (f"{FRONT_URL}@evil.example/a", f"{FRONT_URL}@evil.example/a"),
        ("https://elsewhere.example/a", "https://elsewhere.example/a"),
        ("", ""),
        (None, ""),
    ],
)
def test_only_what_stays_on_this_site_loses_its_host(web_url, href):
    assert view().href(web_url) == href


@pytest.mark.apart
def test_item_of_a_kind_of_ones_own_has_its_name_and_its_picture_in_lists():
    cover = {"kind": "photo", "id": "1", "credit_line": "A. Name"}
    items = [
        {"kind": "podcast", "headline": "One", "name": "x", "cover": None},
        {"kind": "recipe", "title": "Two", "slug": "two", "cover": cover, "photo": None},
        {"kind": "person", "name": "Three", "section": {"name": "World"}},
        {"kind": "question", "asks": "Why?", "slug": "why"},
    ]
    paper = view()
    assert [paper.name(item) for item in items] == ["One", "Two", "Three", "why"]
    assert [paper.photo(item) for item in items] == [None, cover, None, None]


@pytest.mark.apart
def test_languages_are_written_their_own_way():
    assert [direction(code) for code in ("ar", "he-IL", "fa", "UR", "en", "uk", "az", "")] == ["rtl"] * 4 + ["ltr"] * 4
    item = {"kind": "article", "language": "ar", "genre": "news", "web_url": ""}
    assert view().item(item, "row")["view"]["direction"] == "rtl"


@pytest.mark.apart
def test_live_story_that_has_ended_is_not_said_to_be_live():
    item = {"kind": "article", "language": "en", "genre": "live", "web_url": ""}
    told = [None, {"state": "live"}, {"state": "ended"}]
    assert [view().item({**item, "live": live}, "row")["view"]["is_live"] for live in told] == [True, True, False]
    labels = [
        view().item({**item, "live": live, "kicker": "LIVE", "section": {"name": "Sport"}}, "row") for live in told
    ]
    assert [each["view"]["label"] for each in labels] == ["LIVE", "LIVE", "Sport"]


@pytest.mark.django_db
def test_page_says_of_which_edition_it_is_however_long_it_has_been_kept(page, api):
    publish(make_article(slug="a-story"))
    publish(make_article(slug="another"))
    paths = ["/", "/feed", "/articles/a-story", "/search?q=story", "/none"]
    for _ in range(2):
        edition = str(api("changes/?after=0")["edition"])
        for path in paths:
            seen = page(path, 404 if path == "/none" else 200)
            assert (path, seen.css_first("html").attributes["data-edition"]) == (path, edition)
        press.withdraw(publish(make_article(headline="Gone again")))
