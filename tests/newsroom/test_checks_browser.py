"""The panel "Before publishing" in a real browser, and the way of a story from hand to hand."""

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
    expect(panel).to_be_hidden()

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

    assert not Article.objects.exists()


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
