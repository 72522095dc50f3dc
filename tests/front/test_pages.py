"""Each page of the newspaper, as somebody without scripts gets it."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from cms.previews import previews
from cms.publishing import press
from newsroom.models import Section
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_byline,
    make_film,
    make_photo,
    make_section,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)

pytestmark = pytest.mark.django_db


def text(node):
    return " ".join(node.text().split()) if node else None


def test_newspaper_without_news_says_so(page):
    home = page("/")
    assert text(home.css_first("h1")) == "The Calder Meridian"
    assert text(home.css_first(".nothing")) == "Nothing has been published here yet."
    assert text(page("/feed").css_first(".nothing")) == "Nothing has been published here yet."


def test_front_page_has_the_newest_with_a_picture_first_and_the_feed_beside_it(page):
    world = make_section("World")
    publish(make_article(headline="With a picture", section=world, lead_photo=make_photo()))
    publish(make_article(headline="Without one", section=world))
    publish(make_blurb(text_html="<p>It <em>rained</em>.</p>", section=world))

    home = page("/")

    assert text(home.css_first(".lead h3")) == "With a picture"
    assert [text(item) for item in home.css(".seconds h3")] == ["Without one"]
    assert [item.attributes["data-kind"] for item in home.css("[data-items] > li")] == ["blurb", "article", "article"]
    assert home.css_first("[data-items] .blurb").css_first("p").html == "<p>It <em>rained</em>.</p>"
    assert home.css_first("[data-items] > li h3") is not None
    assert home.css_first("li.is-blurb h3") is None


def test_story_has_its_parts_in_the_order_of_a_newspaper(page):
    writer = make_byline("Nora Hale")
    story = make_article(
        slug="flood-vote",
        headline="Flood vote",
        kicker="Floods",
        standfirst="They voted.",
        section=make_section("Politics"),
        topics=[make_topic("Rivers")],
        bylines=[writer],
        lead_photo=make_photo(credit_line="N. Name/Agency", caption="The river"),
        body=paragraphs("One.", "Two."),
    )
    publish(story)

    seen = page("/articles/flood-vote")

    head = seen.css_first(".story-head")
    assert [text(node) for node in head.css(".kicker a, .kicker span, h1, .standfirst")] == [
        "Politics",
        "Floods",
        "Flood vote",
        "They voted.",
    ]
    assert text(head.css_first(".by p")) == "By Nora Hale"
    assert head.css_first(".by a").attributes["href"] == "/bylines/nora-hale"
    assert "1\u00a0min read" in head.text()
    assert text(seen.css_first(".story-lead figcaption")) == "The river N. Name/Agency"
    assert [text(node) for node in seen.css(".text > p")] == ["One.", "Two."]
    assert seen.css_first(".topics a").attributes["href"] == "/topics/rivers"
    assert seen.css_first("article.story").attributes["data-updated"].endswith("Z")
    assert seen.css_first("html").attributes["lang"] == "en"


def test_no_text_of_an_editor_becomes_markup(page, client):
    attack = '"><script>alert(1)</script>&lt;b&gt;'
    section = make_section("Sec", slug="sec", description=attack)
    Section.objects.filter(pk=section.pk).update(name=attack[:40])
    photo = make_photo(alt_text=attack, caption=attack, credit_line=attack)
    byline = make_byline("Eve", job_title=attack[:40])
    story = make_article(
        slug="attack",
        headline=attack,
        kicker=attack[:40],
        standfirst=attack,
        dateline=attack[:30],
        section=section,
        bylines=[byline],
        lead_photo=photo,
    )
    publish(story)
    publish(make_blurb(label=attack[:30], section=section, photo=photo))
    for path in (
        "/",
        "/feed",
        "/articles/attack",
        "/sections/sec",
        "/bylines/eve",
        "/search?q=%22%3E%3Cscript%3E+alert",
    ):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html, path
        assert "{{" not in html, path
    assert "&lt;script&gt;alert(1)" in client.get("/articles/attack").content.decode()
    assert page("/articles/attack").css_first("h1").text() == attack


def test_what_is_withdrawn_is_gone_with_its_reason(page):
    story = make_article(slug="wrong")
    publish(story)
    press.withdraw(story, reason="error")

    seen = page("/articles/wrong", 410)

    assert text(seen.css_first("h1")) == "This is no longer here"
    assert text(seen.css_first(".standfirst")) == "It was wrong, and the newsroom has withdrawn it."


@pytest.mark.parametrize("path", ["/articles/none", "/blurbs/none", "/sections/none", "/none", "/a/b/c", "/articles/"])
def test_what_is_not_there_is_a_page_that_helps_on(page, path):
    publish(make_article(headline="Newest"))
    seen = page(path, 404)
    assert text(seen.css_first("h1")) == "There is no such page"
    assert seen.css_first("form[role=search]") is not None
    assert [text(node) for node in seen.css(".read-next h3")] == ["Newest"]


def test_drafts_are_not_there(page):
    make_article(slug="draft", headline="Secret")
    assert "Secret" not in page("/articles/draft", 404).html
    assert "Secret" not in page("/").html


def test_former_address_leads_to_the_one_of_today(client):
    story = make_article(slug="before")
    publish(story)
    publish(update(story, slug="after"))
    response = client.get("/articles/before?from=mail")
    assert (response.status_code, response.headers["Location"]) == (308, "/articles/after?from=mail")


def test_slash_at_the_end_leads_to_the_address_itself(client):
    publish(make_article(slug="a-story"))
    response = client.get("/articles/a-story/")
    assert (response.status_code, response.headers["Location"]) == (308, "/articles/a-story")


def test_newsroom_chooses_the_paths_of_its_newspaper(client, settings):
    settings.WEB_PATHS = {"article": "/{section}/{yyyy}/{slug}"}
    year = timezone.now().year
    publish(make_article(slug="a-story", section=make_section("World")))
    assert client.get(f"/world/{year}/a-story").status_code == 200
    response = client.get("/elsewhere/1999/a-story")
    assert (response.status_code, response.headers["Location"]) == (308, f"/world/{year}/a-story")


def test_show_more_leads_on_without_scripts_to_the_end(page):
    stories = bring_all([make_article() for _ in range(23)])
    assert len(stories) == 23
    first = page("/feed")
    more = first.css_first("[data-more]").attributes["href"]
    assert (text(first.css_first("[data-more]")), urlsplit(more).path) == ("Show more", "/feed")
    second = page(more)
    ids = [item.attributes["data-item"] for seen in (first, second) for item in seen.css("[data-items] > li")]
    assert len(ids) == len(set(ids)) == 23
    assert second.css_first("[data-more]") is None
    assert second.css_first("meta[name=robots]").attributes["content"] == "noindex"


def test_cursor_that_was_cut_off_is_said_to_be(page):
    assert text(page("/feed?cursor=abc", 400).css_first("h1")) == "This address cannot be read"


def test_section_topic_and_writer_have_pages_with_their_stories(page):
    section, topic = make_section("World", description="Far away"), make_topic("Rivers", description="Water")
    writer = make_byline("Nora Hale", job_title="Reporter")
    publish(make_article(headline="One", section=section, topics=[topic], bylines=[writer]))
    publish(make_article(headline="Another"))
    seen = {path: page(path) for path in ("/sections/world", "/topics/rivers", "/bylines/nora-hale")}
    assert [text(each.css_first("h1")) for each in seen.values()] == ["World", "Rivers", "Nora Hale"]
    assert [[text(node) for node in each.css("[data-items] h3")] for each in seen.values()] == [["One"]] * 3
    feeds = [each.css_first("link[type='application/rss+xml']").attributes["href"] for each in seen.values()]
    assert feeds == ["/feeds/sections/world.rss", "/feeds/topics/rivers.rss", "/feeds/bylines/nora-hale.rss"]


def test_film_of_another_site_loads_nothing_of_it_before_a_click(page):
    film = make_video(slug="a-film", provider_url="https://www.youtube.com/watch?v=GaLLeyHrb04")
    publish(film)

    seen = page("/videos/a-film")

    assert seen.css("iframe") == []  # what stands in a template is no element of the page
    assert "youtube-nocookie.com/embed/GaLLeyHrb04" in seen.css_first("[data-player] template").html
    assert seen.css_first("[data-play]").attributes["href"] == "https://www.youtube.com/watch?v=GaLLeyHrb04"
    assert "frame-src https://www.youtube-nocookie.com;" in seen.response.headers["Content-Security-Policy"]
    assert "frame-src 'none'" in page("/").response.headers["Content-Security-Policy"]


def test_own_film_is_loaded_when_it_is_played(page):
    publish(make_video(slug="own", file=make_film(), provider_url=""))
    film = page("/videos/own").css_first("video")
    assert (film.attributes["preload"], film.attributes["crossorigin"]) == ("none", "anonymous")
    assert film.css_first("source").attributes["type"] == "video/mp4"


def test_correction_is_told_under_the_byline_and_at_the_end(page):
    publish(make_article(slug="corrected", corrections=["The mayor is 50."]))
    seen = page("/articles/corrected")
    assert seen.css_first(".corrected a").attributes["href"] == "#corrections"
    assert "The mayor is 50." in text(seen.css_first("#corrections"))


def test_preview_of_a_draft_is_the_page_that_readers_will_get(client, admin_user, page):
    draft = make_article(slug="draft", headline="Not yet", body=paragraphs("Soon."))
    link = previews.make(draft, admin_user)
    token = previews.token_of(link)

    seen = page(f"/articles/draft?preview={token}")

    assert text(seen.css_first("h1")) == "Not yet"
    assert text(seen.css_first(".preview-bar")) == "Preview This is what readers will see. It is not public."
    headers = seen.response.headers
    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert page("/articles/draft?preview=nonsense", 401).css_first("h1").text() == "This preview is over"

    opened = client.post("/preview/", headers={"Authorization": f"Preview {token}"}).json()["address"]
    shown = page(opened)
    assert text(shown.css_first("h1")) == "Not yet"
    assert shown.response.headers["Cache-Control"] == "private, no-store"
    assert token not in shown.html


def test_page_is_kept_no_longer_than_what_it_shows(client):
    publish(make_article(slug="short"), live_until=timezone.now() + timedelta(seconds=10))
    ages = dict(re.findall(r"([a-z-]+)=(\d+)", client.get("/articles/short").headers["Cache-Control"]))
    assert int(ages["max-age"]) <= 10
    assert int(ages["stale-if-error"]) <= 10


def test_browser_that_has_a_page_is_told_so_until_it_changes(client):
    story = make_article(slug="a-story", headline="Before")
    publish(story)
    tag = client.get("/articles/a-story").headers["ETag"]
    again = client.get("/articles/a-story", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    publish(update(story, headline="After"))
    after = client.get("/articles/a-story", headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert "After" in after.content.decode()


def test_page_names_what_it_shows_for_a_cdn(client):
    story = publish(make_article(slug="a-story"))
    names = client.get("/articles/a-story").headers["Surrogate-Key"].split()
    assert story.pk.hex[:16] in names


def test_search_finds_and_says_what_may_have_been_meant(page):
    publish(make_article(headline="The harbour at dawn"))
    found = page("/search?q=harbour")
    assert [node.css_first("mark").text() for node in found.css("[data-items] h3")] == ["harbour"]
    nothing = page("/search?q=harbuor")
    assert nothing.css_first(".nothing a").attributes["href"] == "/search?q=harbour"
    assert text(page("/search").css_first("h1")) == "Search"
    assert page("/search?q=%21%21").css_first(".nothing") is not None


def test_what_is_not_the_newspapers_is_answered_by_others(client):
    assert client.get("/admin").status_code == 301
    assert client.get("/media/none").status_code == 404
    assert client.get("/api/v1/none/").headers["Content-Type"] == "application/problem+json"
    assert client.get("/feeds/none.rss").status_code == 404
    assert client.post("/").status_code == 405
    assert client.head("/feed").status_code == 200


def test_newspaper_speaks_the_language_of_its_site(page, settings):
    settings.CONTENT_LANGUAGE = "uk"
    publish(make_article(slug="a-story", language="en"))
    home = page("/")
    assert home.css_first("html").attributes["lang"] == "uk"
    assert text(home.css_first(".feed h2")) == "Стрічка новин"
    assert page("/articles/a-story").css_first("article").attributes["lang"] == "en"


def test_story_in_arabic_is_set_from_right_to_left_in_a_newspaper_that_is_not(page):
    publish(make_article(slug="a-story", language="ar", headline="خبر"))
    story, feed, home = (page(path) for path in ("/articles/a-story", "/feed", "/"))
    places = [(story, "html"), (story, "article"), (feed, "[data-item]"), (home, ".lead")]
    directions = [seen.css_first(name).attributes["dir"] for seen, name in places]
    assert directions == ["ltr", "rtl", "rtl", "rtl"]


def test_update_of_a_story_is_seen_at_once(page):
    story = make_article(slug="a-story", headline="Before")
    publish(story)
    assert text(page("/").css_first(".lead h3")) == "Before"
    publish(update(story, headline="After"))
    assert text(page("/").css_first(".lead h3")) == "After"
