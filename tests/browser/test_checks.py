"""The panel "Before publishing" in a real browser, and the way of a story from hand to hand."""

from django.contrib.auth.models import Group, User

from newsroom.models import Article
from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, make_section

pytestmark = MARKS


def test_panel_follows_what_is_written_and_leads_to_where_it_is_mended(open_desk):
    make_section("World")
    page = open_desk()
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    panel = page.locator(".desk-checks")
    section = page.locator(".field-section")
    place = section.bounding_box()
    expect(panel.locator(".is-error").first).to_have_text("Must be fixed: Write a headline.")
    gentle = panel.locator(".is-error").first.evaluate("one => getComputedStyle(one, '::before').content")

    page.fill("#id_headline", "A river rises " * 9)
    expect(panel).to_contain_text("search engines show 110")
    expect(panel).to_contain_text("There is no text.")
    page.fill("#id_headline", "A river rises")
    page.locator(".ProseMirror[contenteditable]").click()
    page.keyboard.type("It rains.")
    expect(panel).not_to_contain_text("search engines")
    expect(panel).not_to_contain_text("There is no text.")
    panel.get_by_text("There is no standfirst").click()
    page.keyboard.type("It has rained for a week.")
    expect(page.locator("#id_standfirst")).to_have_value("It has rained for a week.")
    expect(panel).not_to_contain_text("There is no standfirst")

    assert (gentle, section.bounding_box()) == ('"○"', place)
    assert not Article.objects.exists()


def test_panel_asks_again_when_something_that_checks_look_at_has_changed(open_desk):
    article = make_article(headline="A river rises", body=[{"type": "paragraph", "html": "It rains."}])
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{article.pk}/change/")
    settled(page)
    panel = page.locator(".desk-checks")
    asked = []
    page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/check/") else None)

    page.locator(".ProseMirror[contenteditable]").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" It has rained for a week.")
    page.wait_for_timeout(2500)
    words = len(asked)
    page.fill("#id_headline", "")
    expect(panel).to_contain_text("Write a headline.")

    assert words == 0


def test_answer_that_comes_late_does_not_replace_a_newer_one(open_desk):
    article = make_article(headline="")
    page = open_desk()
    answers = []

    def hold(route):
        answers.append(route)
        if len(answers) > 1:
            route.continue_()

    page.goto(f"/admin/newsroom/article/{article.pk}/change/")
    settled(page)
    panel = page.locator(".desk-checks")
    expect(panel).to_contain_text("Write a headline.")
    page.route("**/check/", hold)
    page.fill("#id_standfirst", "It rains.")
    while not answers:
        page.wait_for_timeout(50)
    page.fill("#id_headline", "A river rises")
    expect(panel).not_to_contain_text("Write a headline.")
    answers[0].fulfill(body="<ul><li>Write a headline.</li></ul>")

    page.wait_for_timeout(300)
    expect(panel).not_to_contain_text("Write a headline.")
    press(page, "Ready for review")  # leaves the page without a question
    expect(page.locator(".desk-head .stage")).to_have_text("Ready for review")


def test_story_goes_from_its_reporter_through_its_editor_to_its_readers(open_desk, api):
    User.objects.create_user("rita", is_staff=True).groups.add(Group.objects.get(name="Reporter"))
    User.objects.create_user("ed", is_staff=True).groups.add(Group.objects.get(name="Editor"))
    page = open_desk("rita")
    page.goto("/admin/newsroom/article/add/")
    settled(page)
    page.fill("#id_headline", "The river rises")
    expect(page.locator(".desk-bar").get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    press(page, "Ready for review")
    expect(page.locator(".desk-head .stage")).to_have_text("Ready for review")
    address = page.url

    desk = open_desk("ed")
    desk.goto(address)
    settled(desk)
    desk.locator(".desk-send-back summary").click()
    desk.fill("#id_send_back_note", "Ask the mayor.")
    desk.locator(".desk-send-back").get_by_role("button", name="Send back").click()
    expect(desk.locator(".desk-notice.sent-back")).to_contain_text("Ask the mayor.")

    page.reload()
    settled(page)
    expect(page.locator(".desk-notice.sent-back")).to_contain_text("Ask the mayor.")
    page.fill("#id_standfirst", "The mayor has been asked.")
    press(page, "Ready for review")

    desk.goto(address)
    settled(desk)
    press(desk, "Approve")
    expect(desk.locator(".desk-head .stage")).to_have_text("Approved")
    press(desk, "Publish")
    expect(desk.locator(".standing .state")).to_have_text("Live")
    assert api("articles/the-river-rises/")["standfirst"] == "The mayor has been asked."
