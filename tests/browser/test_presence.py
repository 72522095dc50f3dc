"""Two editors with one story open, each in a browser of their own."""

from cms.publishing.models import Version
from newsroom.models import Article
from tests.browser import MARKS, expect, settled
from tests.factories import make_article

pytestmark = MARKS


def test_two_editors_see_each_other_and_one_takes_over(open_desk):
    article = make_article(headline="First")
    address = f"/admin/newsroom/article/{article.pk}/change/"
    ann, bob = open_desk("ann"), open_desk("bob", width=390, height=844)
    ann.goto(address)
    settled(ann)
    bob.goto(address)
    settled(bob)
    there, here = ann.locator("#desk-presence"), bob.locator("#desk-presence")

    expect(here).to_contain_text("ann has this open too")
    expect(there).to_contain_text("bob has this open too")
    ann.locator("#id_headline").fill("Ann's headline")
    expect(here).to_contain_text("ann is writing here")

    here.get_by_role("button", name="Take over").click()
    bob.get_by_role("dialog", name="Take over this story?").get_by_role("button", name="Take over").click()
    expect(there).to_contain_text("bob has taken over this story")
    expect(here).to_contain_text("ann has this open too, and is waiting")

    ann.locator("#id_headline").press("Control+s")
    expect(there.get_by_role("button", name="Take it back")).to_be_focused()
    bob.locator("#id_headline").fill("Bob's headline")
    bob.locator("#id_headline").press("Control+s")
    expect(bob.locator(".messagelist")).to_contain_text("Saved.")
    assert Article.objects.get().headline == "Bob's headline"

    there.get_by_role("button", name="Go on here too").click()
    expect(there).to_contain_text("bob has this open too")
    expect(ann.locator("#id_headline")).to_have_value("Ann's headline")
    ann.locator("#id_headline").press("Control+s")
    ann.wait_for_url("**/compare/**")
    expect(ann.locator(".desk-both ins").first).to_contain_text("Ann's")
    texts = [version.data["headline"] for version in Version.objects.filter(key=article.pk).order_by("pk")]
    assert texts == ["First", "Bob's headline", "Ann's headline"]

    with ann.expect_response("**/presence/"):  # she is there again, and has said so
        ann.get_by_role("link", name="Decide later").click()
    bob.goto("/admin/newsroom/article/")
    expect(bob.locator(".open-at")).to_have_text("Open: ann")
