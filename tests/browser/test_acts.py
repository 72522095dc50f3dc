"""How many acts a newsroom's ten tasks take: clicks, command keys and file dialogs, what the hand does besides writing.

A double click is two acts, Tab and Enter are one each, a file dialog is its click and its file. Page loads are counted
apart. The numbers are those that other editors need, less some; a change that needs more of them makes the desk slower.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.models import Article, Blurb
from tests.browser import MARKS, expect, settled
from tests.factories import make_article, make_photo, make_picture, make_section, paragraphs, publish, update

pytestmark = MARKS


class Hand:
    """An editor's hand: it does, and counts what it did."""

    def __init__(self, page):
        self.page, self.acts, self.loads = page, 0, []
        page.on("request", lambda request: self._note(request))

    def _note(self, request):
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.loads.append(request.url)

    def click(self, where):
        self.acts += 1
        (self.page.locator(where) if isinstance(where, str) else where).click()

    def press(self, key):
        self.acts += 1
        self.page.keyboard.press(key)

    def write(self, text):
        self.page.keyboard.type(text)

    def give_file(self, where, path):
        """Click, and choose in the dialog that opens."""
        with self.page.expect_file_chooser() as dialog:
            self.click(where)
        self.acts += 1
        dialog.value.set_files(path)

    def button(self, name):
        self.click(self.page.locator(".desk-bar").get_by_role("button", name=name, exact=True))


@pytest.fixture
def hand_at(open_desk):
    def at(address, name="editor"):
        page = open_desk(name)
        page.goto(address)
        return Hand(page)

    return at


def said(hand, text):
    expect(hand.page.locator(".messagelist")).to_contain_text(text)


def state(hand):
    return hand.page.locator(".standing .state")


WHERE = """(word) => {
  const walker = document.createTreeWalker(document.querySelector("#result_list tbody"), NodeFilter.SHOW_TEXT)
  while (!walker.nextNode().data.includes(word)) continue
  const range = document.createRange()
  const at = walker.currentNode.data.indexOf(word)
  range.setStart(walker.currentNode, at)
  range.setEnd(walker.currentNode, at + word.length)
  const { left, top, width, height } = range.getBoundingClientRect()
  return [left + width / 2, top + height / 2]
}"""


def middle_of(page, word):
    return page.evaluate(WHERE, word)


def open_first(hand):
    hand.click(hand.page.locator("#result_list tbody th a").filter(visible=True).first)
    settled(hand.page)


def test_t1_new_story_with_standfirst_and_photo_is_live(hand_at, tmp_path, api):
    picture = tmp_path / "boat.jpg"
    picture.write_bytes(make_picture().read())
    hand = hand_at("/admin/")

    hand.click(hand.page.get_by_role("link", name="New story", exact=True).first)
    settled(hand.page)
    hand.write("The river rises")
    hand.press("Enter")
    hand.write("Three streets are closed.")
    hand.give_file(".photo-choice:has(#id_lead_photo) .upload-button", picture)
    credit = hand.page.locator("dialog.photo-library .field-credit_line input[type=text]")
    expect(credit).to_be_focused()
    hand.write("N. Name/Agency")
    hand.press("Tab")
    hand.write("A boat")
    hand.click(hand.page.get_by_role("button", name="Save and choose"))
    hand.page.locator(".photo-choice:has(#id_lead_photo) .photo-preview img").wait_for()
    hand.click(".field-body .ProseMirror[contenteditable]")
    hand.write("It rained.\nIt rained more.")
    hand.button("Publish")

    expect(state(hand)).to_have_text("Live")
    assert [row["headline"] for row in api("articles/")["results"]] == ["The river rises"]
    story = api("articles/the-river-rises/")
    assert (story["standfirst"], story["lead_photo"]["credit_line"]) == ("Three streets are closed.", "N. Name/Agency")
    assert [block["html"] for block in story["body"]] == ["It rained.", "It rained more."]
    assert hand.acts <= 9
    assert len(hand.loads) == 1


def test_t2_related_story_goes_into_a_live_one(hand_at, api):
    publish(make_article(headline="The older flood", slug="older"))
    publish(make_article(headline="The new flood", slug="new", body=paragraphs("It rained." + " It rained." * 30)))
    hand = hand_at("/admin/newsroom/article/")

    open_first(hand)
    hand.click(".field-body .ProseMirror[contenteditable] p")  # anywhere in the last paragraph
    hand.press("End")
    hand.press("Enter")
    hand.press("/")
    hand.write("older")
    hand.press("Enter")
    hand.press("Control+Shift+Enter")

    said(hand, "Updated.")
    expect(hand.page.locator(".story-card-related")).to_contain_text("The older flood")
    assert [block["type"] for block in api("articles/new/")["body"]][:2] == ["paragraph", "related"]
    assert hand.acts <= 7
    assert len(hand.loads) == 1


def test_t2_published_before_the_search_has_answered_has_its_related_story(hand_at, api):
    publish(make_article(headline="The older flood", slug="older"))
    publish(make_article(headline="The new flood", slug="new", body=paragraphs("It rained.")))
    hand = hand_at("/admin/newsroom/article/")
    open_first(hand)
    held = []
    hand.page.route(re.compile("/cards/stories/"), lambda route: held.append(route))

    hand.click(".field-body .ProseMirror[contenteditable] p")
    for key in ("End", "Enter", "/"):
        hand.press(key)
    hand.write("older")
    hand.press("Enter")
    hand.press("Control+Shift+Enter")
    hand.page.locator(".desk-bar[aria-busy]").wait_for()
    assert [block["type"] for block in api("articles/new/")["body"]] == ["paragraph"]
    for route in held:
        route.continue_()

    said(hand, "Updated.")
    assert [block["type"] for block in api("articles/new/")["body"]][:2] == ["paragraph", "related"]


def test_t2_by_the_first_letter_of_what_is_inserted(hand_at, api):
    publish(make_article(headline="The older flood", slug="older"))
    publish(make_article(headline="The new flood", slug="new", body=paragraphs("It rained.")))
    hand = hand_at("/admin/newsroom/article/")

    open_first(hand)
    hand.click(".field-body .ProseMirror[contenteditable] p")
    hand.press("End")
    hand.press("/")
    hand.press("r")
    hand.write(" older")
    option = hand.page.get_by_role("option", name="The older flood")
    expect(option).to_have_attribute("aria-selected", "true")
    hand.press("Enter")
    hand.press("Control+Shift+Enter")

    said(hand, "Updated.")
    assert [block["type"] for block in api("articles/new/")["body"]][:2] == ["paragraph", "related"]
    assert hand.acts <= 7


def test_t3_typo_in_a_live_story(hand_at, api):
    publish(make_article(headline="The rivver rises again", slug="river"))
    hand = hand_at("/admin/newsroom/article/")
    hand.page.locator("#result_list tbody th a .row-title").first.wait_for()

    hand.acts += 2  # a double click, on the word that is wrong
    hand.page.mouse.dblclick(*middle_of(hand.page, "rivver"))
    hand.write("river")
    settled(hand.page)
    hand.press("Control+Shift+Enter")

    said(hand, "Updated.")
    assert api("articles/river/")["headline"] == "The river rises again"
    assert hand.acts <= 3
    assert len(hand.loads) == 1


def test_t4_story_is_scheduled_for_tomorrow_at_six(hand_at):
    make_article(headline="Tomorrow's", section=make_section("World"))
    hand = hand_at("/admin/newsroom/article/")
    today = timezone.localdate()

    open_first(hand)
    hand.click(".desk-schedule summary")
    hand.click(hand.page.get_by_role("button", name=re.compile("Tomorrow")).first)
    hand.click(hand.page.locator(".desk-schedule .desk-panel").get_by_role("button", name="Schedule"))

    expect(state(hand)).to_contain_text("Scheduled for ")
    expect(state(hand)).to_contain_text("06:00")
    article = Article.objects.get()
    at = timezone.localtime(article.publication.next_at)
    assert at.date() - timedelta(days=1) in {today, timezone.localdate()}  # which midnight may have changed
    assert (at.hour, at.minute) == (6, 0)
    assert hand.acts <= 4
    assert len(hand.loads) == 1


def test_t5_version_before_is_live_again(hand_at, api):
    article = publish(make_article(headline="Right", slug="right"))
    publish(update(article, headline="Wrong"))
    hand = hand_at("/admin/newsroom/article/")

    hand.click("#result_list tbody .field-last_saved a")  # leads to its versions
    hand.click(hand.page.get_by_role("button", name=re.compile("^Restore")).first)
    hand.click(hand.page.get_by_role("button", name="Update", exact=True))

    said(hand, "Updated.")
    assert api("articles/right/")["headline"] == "Right"
    assert hand.acts <= 4
    assert len(hand.loads) == 1


def test_t6_photo_by_its_photographer_and_where_it_is_used(hand_at):
    mine = make_photo(caption="The river in May", credit_line="I. Kovalenko/Agency")
    make_photo(caption="A street")
    publish(make_article(headline="The flood", lead_photo=mine))
    hand = hand_at("/admin/")

    hand.click(hand.page.get_by_role("link", name="Photos", exact=True).first)
    hand.page.wait_for_url("**/media/photo/")
    expect(hand.page.locator("#library_q")).to_be_focused()
    hand.write("kovalenko")
    expect(hand.page.locator(".photo-card")).to_have_count(1)
    hand.click(".photo-card a")

    expect(hand.page.get_by_role("dialog").locator(".uses")).to_contain_text("The flood")
    assert hand.acts <= 3
    assert len(hand.loads) == 1


def test_t7_preview_of_a_draft_for_somebody_without_an_account(hand_at):
    make_article(headline="Not yet")
    hand = hand_at("/admin/newsroom/article/")

    open_first(hand)
    hand.click(hand.page.get_by_role("button", name="Copy preview link"))

    expect(hand.page.locator(".preview-said").first).not_to_be_empty()
    assert hand.acts <= 2
    assert len(hand.loads) == 1


def test_t9_story_is_withdrawn(hand_at, api):
    publish(make_article(headline="Wrong", slug="wrong"))
    hand = hand_at("/admin/newsroom/article/")

    open_first(hand)
    hand.click(".desk-withdraw summary")
    hand.click(hand.page.get_by_role("button", name="Withdraw from readers"))

    expect(state(hand)).to_have_text("Withdrawn")
    assert api.get("articles/wrong/").status_code == 410
    assert hand.acts <= 3
    assert len(hand.loads) == 1


def test_t10_one_sentence_without_a_headline_is_live(hand_at, api):
    make_section("World")
    hand = hand_at("/admin/")

    hand.press("b")
    hand.write("The bridge is open again.")
    hand.press("Control+Enter")

    expect(hand.page.locator(".quick-said")).to_contain_text("Published.")
    assert [row["text_html"] for row in api("blurbs/")["results"]] == ["<p>The bridge is open again.</p>"]
    assert Blurb.objects.count() == 1
    assert hand.acts <= 3
    assert hand.loads == []
