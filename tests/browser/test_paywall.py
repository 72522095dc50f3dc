"""The mark where the free part of a story ends, as editors put it in and take it out."""

from newsroom.models import Article
from tests.browser import MARKS
from tests.browser.test_editor import kept, new_story, write

pytestmark = MARKS


def test_free_part_ends_where_the_editor_puts_the_mark(open_desk):
    page = open_desk()
    new_story(page)
    write(page, "For all.", ["Enter"], "/free", ["Enter"], "For those who pay.")
    card = page.locator(".story-card-paywall")
    assert card.get_attribute("aria-label") == "Free up to here"
    page.locator("#id_headline").fill("Marked")
    page.locator("#id_access").select_option("subscriber")

    blocks = kept(page)
    assert [(block["type"], block.get("html")) for block in blocks] == [
        ("paragraph", "For all."),
        ("paywall", None),
        ("paragraph", "For those who pay."),
    ]
    assert Article.objects.get().access == "subscriber"
    card.get_by_role("button", name="Take it out").click()
    assert [block["type"] for block in kept(page)] == ["paragraph", "paragraph"]
