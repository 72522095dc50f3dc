"""Stories like this one: looked for with what stands on the page, and added by one click."""

from newsroom.models import Article
from tests.browser import MARKS, expect, press, settled
from tests.factories import make_article, publish

pytestmark = MARKS


def test_story_like_this_one_is_added_by_one_click(open_desk):
    like = publish(make_article(headline="Dockers strike at the harbour again"))
    publish(make_article(headline="Budget passes"))
    story = make_article(headline="Nothing yet")
    page = open_desk()
    page.goto(f"/admin/newsroom/article/{story.pk}/change/")
    page.fill("#id_headline", "The dockers strike, and the harbour is quiet")
    page.click(".alike-ask")
    lines = page.locator(".alike-found li")
    expect(lines).to_have_count(1)
    lines.get_by_role("button").click()
    expect(lines).to_have_count(0)
    page.click(".alike-ask")  # what is named already is not offered again
    expect(page.locator(".alike-said")).to_have_text("Nothing that is live is like this story yet.")
    press(page, "Save draft")
    settled(page)
    assert [row.related for row in Article.objects.get(pk=story.pk).placed_related.all()] == [like]
