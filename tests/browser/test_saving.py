"""Saving without leaving the page, and losing nothing that was typed, in a real browser."""

import re

import pytest
from django.contrib.sessions.models import Session

from cms.desk.models import Autosave
from cms.publishing.models import Act, Change, Version
from newsroom.models import Article
from tests.browser import MARKS, add_row, choose, expect, press, settled, until
from tests.factories import make_article, make_byline, publish

pytestmark = MARKS
STORIES = "/admin/newsroom/article/"


def open_story(page, article):
    page.goto(f"{STORIES}{article.pk}/change/")
    settled(page)


def kept(page):
    """What the line at the top says of the text."""
    return page.locator(".desk-kept")


def expect_copies(page, number):
    """Wait until the browser keeps so many texts that the server has not got."""
    until(page, "Object.keys(localStorage).filter((name) => name.startsWith('galley.written.')).length", number)


def write(page, text):
    page.locator(".ProseMirror[contenteditable]").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


@pytest.fixture
def count():
    """`count(page)` counts the acts of a hand and the page loads from now on."""

    class Counted:
        acts = loads = 0

        def __init__(self, page):
            self.page = page
            page.on("load", self.loaded)

        def loaded(self, _page):
            self.loads += 1

        def click(self, target):
            target.click()
            self.acts += 1

    return Counted


def test_typo_in_a_live_story_is_mended_in_three_acts_and_one_page(open_desk, api, count):
    publish(make_article(slug="story", headline="The rivr rises"))
    page = open_desk()
    page.goto(STORIES)
    hand = count(page)

    hand.click(page.get_by_role("link", name="The rivr rises"))
    settled(page)
    hand.click(page.locator("#id_headline"))
    page.locator("#id_headline").fill("The river rises")
    hand.click(page.get_by_role("button", name="Update", exact=True))
    expect(page.locator(".messagelist")).to_contain_text("Updated.")

    assert (hand.acts, hand.loads) == (3, 1)
    assert api("articles/story/")["headline"] == "The river rises"


def test_new_story_is_saved_where_it_stands_while_its_writer_goes_on(open_desk, api, count):
    make_byline("Ann Able")
    page = open_desk()
    page.goto(f"{STORIES}add/")
    settled(page)
    hand = count(page)
    page.locator("#id_headline").fill("The river rises")
    write(page, "It rains.")
    slow = []
    page.route("**/add/", lambda route: (slow.append(route), page.wait_for_timeout(300), route.continue_())[-1])
    page.keyboard.press("Control+s")
    page.keyboard.type(" And it goes on")
    expect(page.locator(".messagelist")).to_contain_text("Saved.")
    page.keyboard.type(" raining.")

    expect(page.locator(".ProseMirror[contenteditable]")).to_have_text("It rains. And it goes on raining.")
    expect(page.locator("#id_slug")).to_have_value("the-river-rises")
    assert re.search(rf"{Article.objects.get().pk}/change/$", page.url)
    expect(page).to_have_title(re.compile("The river rises"))
    expect(kept(page)).to_contain_text("Autosaved")
    add_row(page, "placed_bylines", 0)
    choose(page, "placed_bylines-0-byline", "Ann Able")
    page.get_by_role("button", name="Publish", exact=True).dblclick()
    expect(page.locator(".standing .state")).to_have_text("Live")
    expect(page.locator(".desk-bar:not([aria-busy])")).to_be_visible()

    story = api("articles/the-river-rises/")
    assert (story["body"][0]["html"], story["byline"]) == ("It rains. And it goes on raining.", "By Ann Able")
    assert [row.action for row in Change.objects.filter(kind="article")] == ["published"]
    assert Act.objects.count() == 1
    assert not Autosave.objects.exists()
    page.locator("#placed_bylines-0").get_by_role("button", name="Remove").click()
    page.locator("#placed_corrections-group .add-row a").click()
    page.locator("#id_placed_corrections-0-text").fill("It was Tuesday.")
    press(page, "Update")
    expect(page.locator(".standing-corrections")).to_contain_text("It was Tuesday.")
    expect(page.locator("#id_placed_corrections-0-text")).to_have_count(0)
    press(page, "Save without publishing")
    expect(page.locator(".messagelist")).to_have_text("Nothing has changed since the last save.")
    assert api("articles/the-river-rises/")["byline"] is None
    assert hand.loads == 0


def test_mistakes_are_shown_where_they_are_and_the_text_stays(open_desk):
    article = make_article(bylines=[make_byline("Ann Able"), make_byline("Bob Best")])
    page = open_desk()
    open_story(page, article)
    write(page, " More.")
    page.locator("#placed_bylines-1").get_by_role("button", name="Move up").click()
    page.locator(".field-seo_canonical_url").evaluate("(row) => { row.closest('details').open = true }")
    page.locator("#id_seo_canonical_url").fill("no address")
    page.locator(".field-seo_canonical_url").evaluate("(row) => { row.closest('details').open = false }")

    page.keyboard.press("Control+s")

    expect(page.locator("#id_seo_canonical_url")).to_be_focused()
    expect(page.locator(".field-seo_canonical_url .errorlist")).to_contain_text("valid URL")
    expect(page.locator(".messagelist")).to_contain_text("Not saved")
    names = page.locator("#placed_bylines-group tr.form-row:not(.empty-form) .select2-selection__rendered")
    expect(names).to_contain_text(["Bob Best", "Ann Able"])
    expect(kept(page)).to_contain_text("Autosaved")
    page.locator("#id_seo_canonical_url").fill("https://example.org/first")
    press(page, "Save draft")
    expect(page.locator(".errorlist")).to_have_count(0)
    article.refresh_from_db()
    assert (article.seo["canonical_url"], article.body[-1]["html"]) == (
        "https://example.org/first",
        "Nobody was hurt. More.",
    )
    assert page.evaluate("window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_text_of_a_tab_that_died_is_offered_and_taken_up(open_desk):
    article = make_article(headline="Saved")
    page = open_desk()
    open_story(page, article)
    page.locator("#id_headline").fill("Written before the crash")
    write(page, " And more.")
    expect(kept(page)).to_contain_text("Autosaved")
    expect(kept(page)).to_contain_text("Autosaved")
    expect_copies(page, 0)
    context = page.context
    page.close(run_before_unload=False)

    page = context.new_page()
    open_story(page, article)
    expect(page.locator("#id_headline")).to_have_value("Saved")
    offer = page.locator(".desk-unsaved")
    offer.locator("summary").first.click()
    offer.get_by_text("Show what is different").click()
    expect(offer).to_contain_text("Written before the crash")
    offer.get_by_role("link", name="Use this text").click()
    expect(page.locator("#id_headline")).to_have_value("Written before the crash")
    settled(page)
    assert Article.objects.get().headline == "Saved"
    press(page, "Save draft")
    article.refresh_from_db()
    assert (article.headline, article.body[-1]["html"]) == ("Written before the crash", "Nobody was hurt. And more.")
    page.reload()
    expect(page.locator(".desk-unsaved .desk-notice")).to_have_count(0)


def test_text_written_on_after_an_answer_was_lost_has_no_rival_in_itself(open_desk, api):
    story = publish(make_article(headline="The river", slug="river"))
    page = open_desk()
    open_story(page, story)
    lost = []

    def lose_the_first(route):
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/change/", lose_the_first)
    page.locator("#id_headline").fill("The river rises")
    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Not saved: no connection.")
    assert api("articles/river/")["headline"] == "The river rises"
    page.locator("#id_headline").fill("The river rises fast")
    page.get_by_role("button", name="Update", exact=True).click()

    expect(page.locator(".messagelist")).to_contain_text("Updated.")
    expect(page.locator(".desk-bar:not([aria-busy])")).to_be_visible()
    assert api("articles/river/")["headline"] == "The river rises fast"
    assert not Version.objects.filter(is_stale=True).exists()


def test_text_that_the_server_never_got_is_brought_when_there_is_a_connection_again(open_desk):
    page = open_desk()
    page.goto(f"{STORIES}add/")
    settled(page)
    page.context.set_offline(True)
    page.locator("#id_headline").fill("Written on a train")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("Not saved: no connection.")
    page.context.set_offline(False)
    expect(page.locator(".messagelist")).to_have_text("Saved.")
    assert Article.objects.get().headline == "Written on a train"

    page.goto(f"{STORIES}add/")
    settled(page)
    page.context.set_offline(True)
    page.locator("#id_headline").fill("Written in a tunnel")
    expect(kept(page)).to_have_text("Not saved: no connection.")
    expect_copies(page, 1)
    context = page.context
    page.close(run_before_unload=False)
    context.set_offline(False)
    page = context.new_page()
    page.goto(STORIES)
    expect(page.locator(".desk-unsaved")).to_contain_text("Written in a tunnel")
    page.locator(".desk-unsaved summary").click()
    page.locator(".desk-unsaved").get_by_role("link", name="Use this text").click()
    expect(page.locator("#id_headline")).to_have_value("Written in a tunnel")
    page.goto(STORIES)
    page.locator(".desk-unsaved summary").click()
    page.locator(".desk-unsaved").get_by_role("button", name="Discard").click()
    expect(page.locator(".messagelist")).to_have_text("Discarded.")
    expect_copies(page, 0)


def test_session_that_ended_loses_nothing(open_desk):
    article = make_article(headline="Saved")
    page = open_desk("ann")
    open_story(page, article)
    Session.objects.all().delete()
    page.locator("#id_headline").fill("Written late")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("you are logged out")
    assert page.locator(".messagelist a").get_attribute("href") == "/admin/login/"

    stranger = open_desk("bob")
    page.context.clear_cookies()
    page.context.add_cookies(stranger.context.cookies())
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("Log in as ann")
    assert Article.objects.get().headline == "Saved"

    again = open_desk("ann")
    page.context.clear_cookies()
    page.context.add_cookies(again.context.cookies())
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_have_text("Saved.")
    assert Article.objects.get().headline == "Written late"


def test_page_says_that_somebody_else_has_saved_and_keeps_both(open_desk):
    article = make_article(headline="First")
    ann, bob = open_desk("ann"), open_desk("bob")
    open_story(ann, article)
    open_story(bob, article)
    ann.locator("#id_headline").fill("Ann's headline")
    press(ann, "Save draft")

    bob.locator("#id_headline").fill("Bob's headline")
    expect(bob.locator(".desk-newer")).to_contain_text("ann saved a newer text at")
    expect(kept(bob)).to_contain_text("Autosaved")
    bob.locator(".desk-newer").get_by_role("button", name="Compare").click()
    expect(bob.locator(".desk-both")).to_contain_text("Ann's headline")
    assert Version.objects.get(is_stale=True).data["headline"] == "Bob's headline"
    assert not Autosave.objects.exists()


def test_what_the_server_does_not_take_is_said_as_it_is_and_the_text_stays(open_desk):
    article = make_article(headline="Saved")
    page = open_desk()
    open_story(page, article)
    page.locator("#id_headline").fill("Written")
    page.route(
        "**/change/", lambda route: route.fulfill(status=413, content_type="text/html", body="<h1>Too large</h1>")
    )
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("the server refused it")
    page.unroute("**/change/")
    press(page, "Save draft")
    expect(page.locator(".messagelist")).to_have_text("Saved.")


def test_story_that_was_deleted_while_it_was_written_is_made_anew(open_desk):
    article = make_article(headline="Saved")
    page = open_desk()
    open_story(page, article)
    Article.objects.get().delete()

    page.locator("#id_headline").fill("Written all the same")
    page.keyboard.press("Control+s")

    expect(page.locator(".messagelist")).to_contain_text("has deleted this. What you wrote is still here")
    expect(page.locator("#id_headline")).to_have_value("Written all the same")
    press(page, "Save draft")
    expect(page.locator(".messagelist")).to_have_text("Saved.")
    assert Article.objects.get().headline == "Written all the same"


def test_note_of_another_stays_though_somebody_goes_on_writing_in_theirs(open_desk):
    article = make_article(desk_note="Old")
    page = open_desk()
    open_story(page, article)
    Article.objects.update(desk_note="Old\nCall the mayor")
    page.locator("#id_desk_note").fill("Old\nWait")
    page.locator("#id_desk_note").press("Control+s")  # the field keeps the focus, and what is typed in it
    expect(page.locator(".messagelist")).to_have_text("Saved.")

    page.locator("#id_desk_note").fill("Old\nWait until six")
    press(page, "Save draft")

    for _look in range(100):
        note = Article.objects.get().desk_note
        if "Wait until six" in note:
            break
        page.wait_for_timeout(200)
    assert ("Call the mayor" in note, "Wait until six" in note) == (True, True)


def test_autosave_of_a_long_story_sends_what_was_typed(open_desk):
    article = make_article(
        headline="Long", body=[{"type": "paragraph", "html": f"Line {n}. " * 40} for n in range(500)]
    )
    page = open_desk()
    open_story(page, article)
    sizes = []
    page.on("request", lambda sent: sizes.append(len(sent.post_data or "")) if "/autosave/" in sent.url else None)

    write(page, " First.")
    expect(kept(page)).to_contain_text("Autosaved")
    write(page, " Second — 🌊.")
    for _look in range(300):  # on a busy machine an autosave goes amid the words
        body = dict(Autosave.objects.get().written)["body"]
        if body.endswith(" First. Second — 🌊.</p>"):
            break
        page.wait_for_timeout(100)

    assert body.endswith(" First. Second — 🌊.</p>")
    assert (sizes[0] > 150_000, max(sizes[1:]) < 2000) == (True, True)
