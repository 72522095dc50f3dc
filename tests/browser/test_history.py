"""A story's history in a real browser."""

from newsroom.models import Article
from tests.browser import MARKS, expect
from tests.factories import make_article, paragraphs, publish, update

pytestmark = MARKS


def test_editor_compares_and_goes_back_to_the_version_before_in_four_acts(open_desk, api):
    article = publish(
        make_article(headline="Right words", slug="words", body=paragraphs("Rain fell all day.", "Same."))
    )
    publish(update(article, headline="Wrong words", body=paragraphs("Snow fell all day.", "Same.")))
    page = open_desk()
    page.goto("/admin/newsroom/article/")
    page.locator(".field-last_saved a").click()
    begun = page.locator(".history-entry", has_text="Begun")

    begun.get_by_role("link", name="Compare with now").click()
    headline, body = page.locator("section.compared").all()
    expect(headline.locator("del")).to_contain_text("Right")
    expect(headline.locator("ins")).to_contain_text("Wrong")
    expect(body.locator("summary")).to_have_text("1 paragraph alike")
    page.go_back()

    begun.get_by_role("button", name="Restore").click()
    expect(page.locator(".messagelist")).to_contain_text("Readers still see the previous version")
    expect(page.locator(".history-entry").first).to_contain_text("Restored from")
    assert api("articles/words/")["headline"] == "Wrong words"

    page.get_by_role("button", name="Update", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Updated.")
    assert api("articles/words/")["headline"] == "Right words"
    assert Article.objects.get(pk=article.pk).body[0]["html"] == "Rain fell all day."
