"""A live story in a browser, while its updates are written."""

from datetime import timedelta

from django.utils import timezone

from cms.publishing import amending, press
from tests.browser import MARKS, expect, until
from tests.browser.newspaper import LOOK_AGAIN, SHOWN, names
from tests.factories import make_article, make_blurb, publish, update

pytestmark = MARKS


def tell(story, text, minutes, **values):
    """An update of so many minutes ago."""
    blurb = make_blurb(text_html=f"<p>{text}</p>", article=story, **values)
    return publish(blurb, published_at=timezone.now() - timedelta(minutes=minutes))


def test_live_story_is_followed_to_its_end(open_paper):
    story = publish(make_article(headline="Snow", slug="snow", genre="live"))
    pinned = tell(story, "What we know.", 90, is_pinned=True)
    older = [tell(story, f"Update {n}.", n) for n in range(10, 60, 10)]
    page = open_paper(width=390, height=844)
    page.goto("/articles/snow")
    assert page.evaluate(SHOWN) == names([pinned, *older])
    expect(page.locator("[data-key-events]")).to_be_hidden()

    # Two updates, one of them a key event; one is mended, one is withdrawn. What is pinned stays on top.
    newest = [tell(story, "The pass is closed.", 2, title="Pass closed", is_key=True), tell(story, "Ploughs.", 1)]
    publish(update(older[1], text_html="<p>Update 20, mended.</p>"))
    press.withdraw(older[3], reason="error")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator(f"[data-item='{older[1].pk}']")).to_contain_text("Update 20, mended.")
    expect(page.locator("[data-key-events] li")).to_contain_text("Pass closed")
    bar = page.locator("[data-newer-bar] button")
    expect(bar).to_have_text("2 new updates")
    # A key event leads to what still waits behind the bar.
    page.locator("[data-key-events] a").click()
    expect(page.locator(f"#update-{newest[0].pk}")).to_be_in_viewport()
    expect(bar).to_be_hidden()
    until(page, SHOWN, names([pinned, newest[1], newest[0], *older[:3], older[4]]))

    amending.amend(story, lambda data: {**data, "live_ended_at": "2026-01-01T00:00:00Z"}, by=None, note="ended")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator("[data-live-state]").first).to_contain_text("Ended")
