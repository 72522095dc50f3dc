"""HTML for mail: what Outlook, Gmail and Apple Mail can show, with every credit, and nothing that they take away."""

import re
from html import unescape

import pytest
from selectolax.lexbor import LexborHTMLParser

from newsroom.body import BLOCKS, DESK_ONLY
from newsroom.formats import mail
from tests.factories import (
    bring_all,
    make_article,
    make_blurb,
    make_photo,
    make_section,
    make_video,
    paragraphs,
    publish,
)

pytestmark = pytest.mark.django_db
NEVER = ["script", "iframe", "video", "audio", "source", "picture", "form", "input", "button", "object", "embed", "svg"]
LISTS = ["feed/", "articles/", "blurbs/", "videos/"]


def page(api, path, **headers):
    response = api.get(f"{path}{'&' if '?' in path else '?'}format=email", **headers)
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    content = response.content.decode()
    tree = LexborHTMLParser(content)
    assert list(faults(tree, content)) == []
    return tree, content


def faults(tree, content):
    """What some mail program does not show, or takes away."""
    for tag in NEVER:
        if tree.css_first(tag):
            yield f"<{tag}>"
    for attribute in ("srcset", "loading", "onclick", "onload", "sizes"):
        if tree.css_first(f"[{attribute}]"):
            yield attribute
    for image in tree.css("img"):
        values = image.attributes
        if not values.get("src", "").startswith(("http://", "https://")) or ".avif" in values["src"]:
            yield f"picture {values.get('src')}"
        if values.get("alt") is None or not values.get("width", "").isdigit() or int(values["width"]) > mail.WIDTH:
            yield f"picture without a description or a width: {values}"
    for link in tree.css("a"):
        if not (link.attributes.get("href") or "").startswith(("http://", "https://", "mailto:")):
            yield f"link {link.attributes}"
    for tag in ("p", "h1", "h2", "h3", "li", "td", "a", "blockquote"):
        bare = [node.html[:80] for node in tree.css(tag) if not node.attributes.get("style")]
        if bare:
            yield f"without a style: {bare}"
    for layout in tree.css("table[role=presentation]"):
        if layout.attributes.get("cellpadding") != "0":
            yield "a table that lays out"
    if re.search(r"position:|float:|flex|grid|var\(|calc\(|url\(|@import|rem;|vw", content):
        yield "a style that is not known everywhere"
    if not content.startswith("<!doctype html>") or content.count("</table>") != content.count("<table"):
        yield "not whole"


def test_checks_would_notice():
    bad = '<p>x</p><img src="/a.avif"><a href="/x">y</a><script></script><div style="display:flex"></div>'
    assert len(list(faults(LexborHTMLParser(bad), bad))) == 8


def test_story_has_all_its_parts_and_every_credit(newsroom, api):
    tree, content = page(api, "articles/full/")

    assert tree.css_first("title").text() == "Full"
    assert tree.css_first("h1").text() == "Full"
    assert tree.css_first("h1 a").attributes["href"] == "http://localhost:8000/articles/full"
    # The lead film and its picture, a photo, two of a gallery, a film and its picture.
    assert content.count("A. Name/Agency") == 7
    told = ["Lviv — One <em>two</em>.", "Why", "Third", "— The mayor", "Well.", "Ward", "Built in 1982.", "Nameless."]
    for words in [*told, "It was Tuesday.", "https://www.youtube.com/watch?v=aqz-KE-bpKQ"]:
        assert words in content
    assert [image.attributes["alt"] for image in tree.css("img")] == ["A street", "A quay", "A street", "", "A street"]
    head = tree.css_first("table:not([role])")
    assert [cell.text() for cell in head.css("th")] == ["Ward", "Votes"]
    assert head.css_first("th").attributes["scope"] == "col"


def test_every_kind_of_block_is_written():
    assert mail.BLOCKS.keys() == BLOCKS.keys() - DESK_ONLY


def test_first_words_that_a_mail_program_shows_are_the_standfirst(api):
    publish(make_article(slug="one", standfirst="What it is about & why", kicker="Kicker"))

    tree, content = page(api, "articles/one/")

    first = tree.body.child
    while not first.is_element_node:
        first = first.next
    assert first.text().startswith("What it is about & why")
    assert "display:none" in first.attributes["style"]
    assert "mso-hide:all" in first.attributes["style"]
    assert '<meta name="color-scheme" content="light dark">' in content


def test_in_the_dark_no_text_stands_on_its_own_colour(newsroom, api):
    """A program that takes the head's rules makes paper and ink anew, and one that takes none has both."""
    tree, content = page(api, "articles/full/")
    dark = content.partition("prefers-color-scheme: dark")[2].partition("</style>")[0]
    for place in ("body", "table.page", "table.around"):
        assert "background-color:#ffffff" in tree.css_first(place).attributes["style"]
    used = {name for node in tree.css("[class]") for name in node.attributes["class"].split()}
    assert used == {"page", "around", "pale", "box", "name"}
    assert [name for name in used if f".{name}" not in dark] == []
    assert [tag for tag in ("p", "h1", "h2", "h3", "h4", "li", "td", "th", "a") if f" {tag}" not in dark] == []


@pytest.mark.parametrize("path", LISTS)
def test_list_is_a_newsletter(newsroom, api, path):
    tree, _content = page(api, path)
    rows = api(path)["results"]
    text = tree.body.text()
    assert all((row.get("headline") or row["text"]) in text for row in rows)
    assert len(rows) > 1


def test_newsletter_of_a_section_has_its_stories_with_pictures_and_credits(api):
    world = make_section("World")
    photo = make_photo(width=1400, height=900, credit_line="B. Name/Pictures")
    publish(make_article(slug="one", headline="One & all", standfirst="<First>", section=world, lead_photo=photo))
    publish(make_article(slug="two", headline="Two", section=world))
    publish(make_article(slug="other", headline="Elsewhere"))

    tree, content = page(api, "articles/?section=world&page_size=5")

    assert [heading.text() for heading in tree.css("h2")] == ["Two", "One & all"]
    assert "&lt;First&gt;" in content
    image = tree.css_first("img")
    assert (image.attributes["width"], image.attributes["height"]) == ("552", "310")
    assert re.search(r"/16x9-\d+\.jpg$", image.attributes["src"])
    assert image.parent.attributes["href"] == "http://localhost:8000/articles/one"
    assert "B. Name/Pictures" in content
    assert [heading.text() for heading in page(api, "articles/?section=world&page_size=1")[0].css("h2")] == ["Two"]


def test_list_of_nothing_is_a_message_all_the_same(api):
    make_section("World")
    tree, _content = page(api, "articles/?section=world")
    assert tree.css("h2") == []
    assert "Galley" in tree.body.text()


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("en", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("pa-Arab", "rtl"),
        ("az-Latn", "ltr"),
        ("ur", "rtl"),
        ("zh-Hant", "ltr"),
    ],
)
def test_text_runs_the_way_of_its_language(api, language, direction):
    publish(make_article(slug="one", language=language, headline="عنوان", body=paragraphs("世界 שלום")))

    for path in ("articles/one/", "articles/"):
        tree, _content = page(api, path)
        assert tree.css_first("html").attributes["dir"] == direction
        cell = tree.css_first("td[lang]")
        assert (cell.attributes["lang"], cell.attributes["dir"]) == (language, direction)
        assert cell.attributes["align"] == ("right" if direction == "rtl" else "left")


def test_stories_of_several_languages_each_run_their_way(api):
    for slug, language in (("a", "en"), ("b", "ar"), ("c", "en")):
        publish(make_article(slug=slug, language=language))
    tree, _content = page(api, "articles/")
    assert tree.css_first("html").attributes["lang"] == "en"
    assert [cell.attributes["dir"] for cell in tree.css("td[lang]")] == ["ltr", "rtl", "ltr"]


def test_signs_in_every_text_stay_texts(api):
    odd = "</td><script>alert('1')</script> & \"x\""
    photo = make_photo(alt_text=odd, caption=odd, credit_line=odd)
    publish(make_article(slug="one", headline=odd, standfirst=odd, kicker=odd[:30], dateline=odd[:60], lead_photo=photo,
                         corrections=[odd]))  # fmt: skip
    publish(make_video(slug="one", headline=odd, standfirst=odd, transcript=odd, credit_line=odd, poster=photo))
    publish(make_blurb(label=odd[:30], source_name=odd, source_url="https://example.org/?a=1&b=2", photo=photo))

    for path in ("articles/one/", "videos/one/", "feed/"):
        tree, content = page(api, path)
        assert "<script" not in content
        assert tree.css_first("title").text() in {odd, "Galley"}
        assert unescape(odd) in tree.body.text()


def test_video_leads_to_where_it_plays(newsroom, api):
    tree, _content = page(api, "videos/barrier/")
    image = tree.css_first("img")
    assert image.parent.attributes["href"] == "http://localhost:8000/videos/barrier"
    assert "Two & three." in tree.body.text()


def test_answer_can_do_nothing_in_a_browser(newsroom, api):
    for path in ("articles/full/?format=email", "feed/?format=email"):
        policy = api.get(path)["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-popups; default-src 'none'")
        assert not api.get(path.replace("email", "json")).has_header("Content-Security-Policy")


def test_twenty_stories_stay_below_what_gmail_cuts(api):
    photo = make_photo()
    usual = {"headline": "A headline of the usual length, or so", "standfirst": "x" * 250, "lead_photo": photo}
    bring_all([make_article(slug=f"s-{number}", **usual) for number in range(20)])
    assert len(page(api, "articles/")[1].encode()) < 102_000


def test_mail_says_what_ai_did_in_the_language_of_the_story(api):
    publish(make_article(slug="helped", ai_use_level="assisted", ai_use_note="Headline <proposed> by a machine."))
    tree, _ = page(api, "articles/helped/")
    said = [node.text() for node in tree.css("p") if "AI" in node.text()]
    assert said == ["AI helped; people made it and checked it. Headline <proposed> by a machine."]
