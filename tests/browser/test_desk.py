"""The desk in a real browser."""

import re
from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from newsroom.models import Article
from tests.browser import MARKS, add_row, choose, choose_photo, expect, press, settled, until
from tests.factories import make_article, make_byline, make_photo, make_section, make_video, publish

pytestmark = MARKS


def caret_stands(page, text, offset):
    """Wait until the editor has taken note of the caret, which the browser moves first."""
    where = """() => {
      const { $head } = document.querySelector(".ProseMirror[contenteditable]").editor.state.selection;
      return [$head.parent.textContent, $head.parentOffset];
    }"""
    until(page, where, [text, offset])


def open_story(page, article):
    page.goto(f"/admin/newsroom/article/{article.pk}/change/")
    settled(page)


def test_story_with_photo_and_two_bylines_goes_live_and_is_updated(open_desk, api):
    make_section("World")
    make_byline("Ann Able")
    make_byline("Bob Best")
    make_photo(caption="The river in May", credit_line="N. Name/Agency")
    publish(make_article(slug="older"))
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)

    expect(page.locator("#id_headline")).to_be_focused()
    page.keyboard.type("The river rises")
    page.locator(".ProseMirror[contenteditable]").click()
    page.keyboard.type("It rains.")
    page.keyboard.press("Enter")
    page.keyboard.type("It pours.")
    choose_photo(page, "lead_photo", "river may")
    expect(page.locator(".photo-preview")).to_contain_text("N. Name/Agency")
    for row, name in enumerate(["Ann Able", "Bob Best"]):
        add_row(page, "placed_bylines", row)
        choose(page, f"placed_bylines-{row}-byline", name)
    page.locator("#placed_bylines-1").get_by_role("button", name="Move up").click()
    choose(page, "section", "World")
    press(page, "Publish")

    expect(page.locator(".standing .state")).to_have_text("Live")
    expect(page.locator(".messagelist")).to_contain_text("/api/v1/articles/the-river-rises/")
    first = api("feed/")["results"][0]
    assert (first["slug"], first["byline"]) == ("the-river-rises", "By Bob Best and Ann Able")
    assert first["lead_photo"]["credit_line"] == "N. Name/Agency"
    assert [block["html"] for block in api("articles/the-river-rises/")["body"]] == ["It rains.", "It pours."]

    settled(page)
    page.locator(".ProseMirror[contenteditable] p").first.click(position={"x": 1, "y": 8})
    page.keyboard.press("Home")
    caret_stands(page, "It rains.", 0)
    page.keyboard.type("Still: ")
    press(page, "Save without publishing")
    expect(page.locator(".standing .state")).to_have_text("Live, with unpublished changes")
    assert api("articles/the-river-rises/")["body"][0]["html"] == "It rains."
    press(page, "Update")
    assert api("articles/the-river-rises/")["body"][0]["html"] == "Still: It rains."


def every_block():
    photo, other = make_photo(caption="A bridge"), make_photo(caption="A tower")
    video, article = make_video(headline="A film"), make_article(headline="Another story")

    def link(kind, thing, **values):
        return {"link": kind, "id": str(thing.pk), **values}

    def listing(block_id, *texts, ordered=False):
        items = [{"html": text, "list": None} for text in texts]
        return {"id": block_id, "type": "list", "ordered": ordered, "start": 1, "items": items}

    def placed(photo):
        return link("photo", photo, caption='Said "here" & now', alt_text="")

    return [
        {
            "id": "b1",
            "type": "paragraph",
            "html": 'First, <a href="https://x.org/?a=1&amp;b=2">a <strong>link</strong></a>.',
        },
        {"id": "b2", "type": "heading", "level": 2, "html": "Heading"},
        listing("b3", "one", "two <em>three</em>", ordered=True),
        {"id": "b4", "type": "quote", "html": "<p>Never.<br>Ever.</p>", "attribution": 'Anna "Ann" O\'Hara'},
        {"id": "b5", "type": "photo", "photo": placed(photo)},
        {"id": "b6", "type": "gallery", "photos": [placed(photo), placed(other)]},
        {"id": "b7", "type": "paragraph", "html": "In the middle."},
        {"id": "b8", "type": "video", "video": link("video", video, whole=True)},
        {"id": "b9", "type": "related", "article": link("article", article)},
        {"id": "b10", "type": "embed", "provider": "youtube", "url": "https://youtu.be/abcdefghijk", "title": "<b>&"},
        {"id": "b11", "type": "factbox", "title": "Facts", "html": "<p>One</p><ul><li>Two</li></ul>"},
        {"id": "b12", "type": "pullquote", "html": "<p><em>Again</em> &amp; again.</p>", "attribution": None},
        {"id": "b13", "type": "divider"},
        listing("b14", "a", "b"),
    ]


def test_cards_survive_a_save_and_an_edit_in_the_middle_of_the_body(open_desk):
    blocks = every_block()
    article = make_article(body=blocks)
    page = open_desk()
    open_story(page, article)

    captions = page.locator(".story-card-caption")
    assert [caption.input_value() for caption in captions.all()] == ['Said "here" & now'] * 3 + ["<b>&"]
    expect(page.locator(".story-card-credit")).to_have_text(["A. Name/Agency"] * 3)
    expect(page.locator(".story-card-name")).to_have_text(["A film", "Another story"])
    expect(page.locator(".story-card-address")).to_have_text("https://youtu.be/abcdefghijk")
    assert page.locator(".story-card-title").input_value() == "Facts"
    expect(page.locator(".story-card-text li")).to_have_text("Two")
    expect(page.locator("blockquote.pullquote p")).to_have_text("Again & again.")
    assert page.locator(".story-card img").first.evaluate(
        "(image) => image.decode().then(() => image.naturalWidth > 0)"
    )
    press(page, "Save draft")
    expect(page.locator(".messagelist")).to_have_text("Nothing has changed since the last save.")
    assert orjson.dumps(Article.objects.get(pk=article.pk).body) == orjson.dumps(blocks)

    settled(page)
    page.get_by_text("In the middle.", exact=True).click()
    page.keyboard.press("End")
    caret_stands(page, "In the middle.", len("In the middle."))
    page.keyboard.type(" Really.")
    page.keyboard.press("Enter")
    page.keyboard.type("And more.")
    press(page, "Save draft")

    after = Article.objects.get(pk=article.pk).body
    assert after[6] == {"id": "b7", "type": "paragraph", "html": "In the middle. Really."}
    assert after[7]["html"] == "And more."
    assert after[7]["id"] not in {block["id"] for block in blocks}
    assert orjson.dumps([*after[:6], *after[8:]]) == orjson.dumps([*blocks[:6], *blocks[7:]])


def test_card_is_taken_out_by_its_button_and_by_a_key(open_desk):
    blocks = every_block()
    article = make_article(body=blocks)
    page = open_desk()
    open_story(page, article)

    embed, facts = page.locator(".story-card-embed"), page.locator(".story-card-factbox")
    embed.hover()
    embed.get_by_role("button", name="Take it out").click()
    expect(embed).to_have_count(0)
    page.locator(".ProseMirror-focused").wait_for()
    facts.click(position={"x": 3, "y": 3}, delay=120)  # as long as a hand takes
    page.locator(".story-card-factbox.ProseMirror-selectednode").wait_for()
    page.keyboard.press("Delete")
    press(page, "Save draft")

    kept = [block for block in blocks if block["type"] not in {"embed", "factbox"}]
    assert Article.objects.get(pk=article.pk).body == kept


def test_formatting_is_written_with_the_buttons(open_desk):
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.locator(".ProseMirror[contenteditable]").click()

    page.keyboard.type("Title")
    page.keyboard.press("Shift+Home")  # the tools come with what is chosen
    page.locator(".prose-menubar__selected").first.click()
    page.locator(".prose-menubar__option", has_text=re.compile("2")).first.click()
    expect(page.locator(".ProseMirror-focused h2")).to_have_text("Title")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Plain, ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+F10")
    page.locator(".prose-menubar__button[title='Quote']").click()
    page.locator(".ProseMirror-focused blockquote").wait_for()
    page.keyboard.type("Said.")
    page.keyboard.press("Tab")
    page.keyboard.type("A. Speaker")
    press(page, "Save draft")

    body = [{**block, "id": ""} for block in Article.objects.get().body]
    assert body == [
        {"id": "", "type": "heading", "level": 2, "html": "Title"},
        {"id": "", "type": "paragraph", "html": "Plain, <strong>bold</strong>"},
        {"id": "", "type": "quote", "html": "<p>Said.</p>", "attribution": "A. Speaker"},
    ]


def test_blurb_is_written_without_a_click(open_desk, api):
    page = open_desk()
    page.goto("/admin/newsroom/blurb/add/")
    settled(page)
    page.locator(".ProseMirror-focused").wait_for()

    page.keyboard.type("The bridge is closed.")
    press(page, "Publish")

    assert [row["text"] for row in api("feed/")["results"]] == ["The bridge is closed."]


def test_two_editors_lose_nothing_and_choose(open_desk):
    article = make_article(headline="First")
    ann, bob = open_desk("ann"), open_desk("bob")
    open_story(ann, article)
    open_story(bob, article)

    ann.locator("#id_headline").fill("Ann's headline")
    press(ann, "Save draft")
    bob.locator("#id_headline").fill("Bob's headline")
    bob.locator(".desk-bar").get_by_role("button", name="Save draft").click()
    expect(bob.locator(".desk-both")).to_contain_text("Ann's headline")
    assert Article.objects.get().headline == "Ann's headline"

    press(bob, "Use mine")
    assert Article.objects.get().headline == "Bob's headline"


def open_acts(page):
    """On a phone all acts but the next two stand under one button."""
    if page.viewport_size["width"] < 768:
        page.locator(".desk-more > summary").click()


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_story_is_scheduled_and_withdrawn_from_the_bar(open_desk, api, size):
    article = make_article(slug="later")
    live = publish(make_article(slug="live"))
    page = open_desk("editor", *size)
    open_story(page, article)

    open_acts(page)
    page.locator(".desk-schedule summary").click()
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.locator("#id_schedule_at").fill(tomorrow.strftime("%Y-%m-%dT06:00"))
    press(page, "Schedule")
    expect(page.locator(".standing .state")).to_contain_text("Scheduled for ")

    open_story(page, live)
    open_acts(page)
    page.locator(".desk-withdraw summary").click()
    page.locator("#id_reason").select_option("error")
    press(page, "Withdraw from readers")
    expect(page.locator(".standing .state")).to_have_text("Withdrawn")
    assert api.get("articles/live/").status_code == 410


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_nothing_is_cut_off_and_the_buttons_are_in_reach(open_desk, size):
    article = publish(make_article(body=every_block(), bylines=[make_byline()], corrections=["It was Tuesday."]))
    page = open_desk("editor", *size)
    page.route("**/*.woff2", lambda route: route.abort())  # icons that are late must not make the page wider
    open_story(page, article)

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for button in page.locator(".desk-bar > button, .desk-bar > details > summary").all():
        box = button.bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]


def test_preview_saves_what_was_typed_and_its_link_opens_without_an_account(open_desk, chromium, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    article = make_article(headline="Before", slug="story")
    page = open_desk()
    open_story(page, article)
    page.locator("#id_headline").fill("Typed just now")
    page.locator(".ProseMirror[contenteditable] p").first.click()
    page.keyboard.press("Home")
    page.keyboard.type("Fresh: ")

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview", exact=True).click()
    tab = opened.value
    expect(tab.locator("h1")).to_have_text("Typed just now")
    expect(tab.locator(".body p").first).to_have_text("Fresh: It happened.")
    assert "galley_preview_" not in tab.url

    page.get_by_role("button", name="Copy preview link").click()
    expect(page.locator(".desk-bar .preview-said")).to_have_text("Link copied.")
    page.locator(".desk-previews summary").click()
    expect(page.locator(".preview-links li")).to_have_count(1)
    link = page.locator("[data-copy]").get_attribute("data-copy")
    stranger = chromium.new_context().new_page()
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("Typed just now")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".preview-links")).to_have_count(0)
    stranger.reload()
    expect(stranger.locator("h1")).to_have_text("This preview is not open")
    stranger.goto(link)
    expect(stranger.locator("h1")).to_have_text("This preview is over")
    stranger.context.close()

    page.locator("#id_headline").fill("And once more")
    press(page, "Save draft")
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    assert (Article.objects.get().headline, Article.objects.get().body[0]["html"]) == (
        "And once more",
        "Fresh: It happened.",
    )
