"""Cards of the newspaper outside its lists, while the newsroom works on what they show."""

from cms.publishing import press
from tests.browser import MARKS, expect, until
from tests.browser.newspaper import LOOK_AGAIN, printed
from tests.factories import make_article, make_front, make_section, publish, update

pytestmark = MARKS
CARDS = "[...document.querySelectorAll('main .card h3, main .lead h3')].map((each) => each.textContent)"


def test_front_follows_the_newsroom_while_it_is_open(open_paper):
    city = make_section("City")
    stories = [printed(make_article(headline=f"Story {n}", section=city), n) for n in range(1, 9)]
    containers = [
        {"layout": "lead", "pinned": [], "rule": {"section": "city"}, "count": 2},
        {"layout": "row", "title": "The row", "pinned": [], "rule": {"section": "city"}, "count": 4},
    ]
    publish(make_front(slug="home", containers=containers))
    page = open_paper()
    page.goto("/")
    assert page.evaluate(CARDS) == [f"Story {n}" for n in range(1, 7)]
    page.evaluate("window.isStill = true")

    # One of the row is told anew, and the keyboard stays on it; the lead is withdrawn, and all of them move up.
    page.locator(f"[data-card='{stories[3].pk}'] a").focus()
    publish(update(stories[3], headline="Story 4, told anew"))
    page.evaluate(LOOK_AGAIN)
    fresh = page.locator(f"[data-card='{stories[3].pk}'] a")
    expect(fresh).to_have_text("Story 4, told anew")
    expect(fresh).to_be_focused()
    press.withdraw(stories[0], reason="error")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator(f"[data-card='{stories[0].pk}']")).to_have_count(0)
    until(page, CARDS, ["Story 2", "Story 3", "Story 4, told anew", "Story 5", "Story 6", "Story 7"])

    for story in stories[1:]:
        press.withdraw(story, reason="error")
    page.evaluate(LOOK_AGAIN)
    until(page, CARDS, [])
    expect(page.locator("[data-cards]:visible")).to_have_count(0)  # no heading stays over nothing
    assert page.evaluate("window.isStill") is True


def test_story_that_is_withdrawn_while_it_is_read_says_so_and_leaves_the_others(open_paper):
    other = publish(make_article(headline="Another", slug="another"))
    block = {"id": "r1", "type": "related", "article": {"link": "article", "id": str(other.pk)}}
    story = publish(make_article(headline="Bridge open", slug="bridge", related=[other], body=[block]))
    page = open_paper(width=390, height=844)
    page.goto("/articles/bridge")
    expect(page.locator(".also, .read-next .card")).to_have_count(2)

    press.withdraw(other, reason="error")
    page.evaluate(LOOK_AGAIN)
    expect(page.locator(".also, .read-next .card")).to_have_count(0)
    press.withdraw(story, reason="error")
    page.evaluate(LOOK_AGAIN)
    line = page.locator("[data-story-updated]")
    expect(line).to_be_visible()
    expect(line).to_have_text("The newsroom has withdrawn this. See why", use_inner_text=True)
    expect(page.locator("h1")).to_have_text("Bridge open")
    line.get_by_role("link", name="See why").click()
    expect(page.locator("h1")).to_have_text("This is no longer here")
