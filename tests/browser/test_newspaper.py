"""Reading the newspaper's feed while the newsroom works on it."""

import re

from tests.browser import MARKS, expect, until
from tests.browser.newspaper import LOOK_AGAIN, SHOWN, fill, names, printed, withdraw
from tests.factories import make_article, publish, update

pytestmark = MARKS
TOP_OF = "(id) => document.querySelector(`[data-item='${id}']`).getBoundingClientRect().top"


def show_more(page, number):
    """Press "Show more", and wait until there are so many items."""
    page.locator("[data-more]").click()
    expect(page.locator("[data-items] > li")).to_have_count(number)


def test_feed_is_walked_to_its_end_while_others_publish_date_back_and_withdraw(open_paper):
    items = fill(48)
    page = open_paper()
    page.goto("/feed")
    assert page.evaluate(SHOWN) == names(items[:20])

    # It goes on, and says how many came; a keyboard goes on from the first of them.
    show_more(page, 40)
    assert page.evaluate(SHOWN) == names(items[:40])
    expect(page.locator("[data-said]")).to_have_text("20 more items")
    first_new = page.locator(f"[data-item='{items[20].pk}'] a").first
    expect(first_new).to_be_focused()

    # Meanwhile: two come out, one is dated back to the middle, one behind all that is shown, and three are taken away.
    middle = page.evaluate(SHOWN)[30]
    page.locator(f"[data-item='{middle}']").scroll_into_view_if_needed()
    before = page.evaluate(TOP_OF, middle)
    newest = [printed(make_article(headline=f"New {n}"), n) for n in (0.2, 0.1)]
    dated_back = printed(make_article(headline="Dated back"), 10.5)
    behind = printed(make_article(headline="Behind"), 45.5)
    for item in (items[0], items[25], items[44]):
        withdraw(item)
    page.evaluate(LOOK_AGAIN)

    bar = page.locator("[data-newer-bar] button")
    expect(bar).to_have_text("3 new stories")
    left = [item for item in items if item not in (items[0], items[25], items[44])]
    top = [newest[1], newest[0]]
    shown = names([*top, *left[:9], dated_back, *left[9:38]])
    until(page, SHOWN, shown)
    assert abs(page.evaluate(TOP_OF, middle) - before) < 1  # what is read stays where it is

    # The last page: what was dated back behind the others has its place there, and nothing comes twice.
    show_more(page, 49)
    end = names([*top, *left[:9], dated_back, *left[9:42], behind, *left[42:]])
    assert page.evaluate(SHOWN) == end
    expect(page.locator("[data-more]")).to_be_hidden()

    # The bar leads to what is new.
    bar.click()
    expect(page.locator("[data-newer-bar]")).to_be_hidden()
    expect(page.locator(f"[data-item='{newest[1].pk}']")).to_be_in_viewport()
    assert page.locator(".is-new").count() == 3

    # Who opens a story and comes back finds the list as it stood, at its place.
    item = page.locator(f"[data-item='{items[36].pk}']")
    item.scroll_into_view_if_needed()
    place = page.evaluate(TOP_OF, str(items[36].pk))
    item.locator("h3 a").click()
    expect(page.locator("h1")).to_have_text("Story 37")
    page.go_back()
    until(page, SHOWN, end)
    until(page, f"Math.abs(({TOP_OF})('{items[36].pk}') - {place}) < 2", True)


def test_what_is_new_is_said_at_the_top_and_comes_when_it_is_asked_for(open_paper):
    items = fill(6)
    page = open_paper()
    page.goto("/feed")
    top = str(items[0].pk)
    before = page.evaluate(TOP_OF, top)
    newest = [printed(make_article(headline=f"New {n}"), n) for n in (0.3, 0.2, 0.1)]
    publish(update(items[1], headline="Story 2, told anew"))
    page.evaluate(LOOK_AGAIN)

    bar = page.locator("[data-newer-bar] button")
    expect(bar).to_have_text("3 new stories")
    assert page.evaluate(TOP_OF, top) == before
    expect(page.locator(f"[data-item='{items[1].pk}'] h3")).to_have_text("Story 2, told anew")
    bar.click()
    assert page.evaluate(SHOWN) == names([*reversed(newest), *items])
    expect(page.locator(f"[data-item='{newest[-1].pk}'] a").first).to_be_focused()

    # j and k lead through the list.
    page.keyboard.press("j")
    expect(page.locator(f"[data-item='{newest[-2].pk}'] a").first).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(f"[data-item='{newest[-1].pk}'] a").first).to_be_focused()


def test_newsroom_that_cannot_be_reached_is_said_and_the_page_goes_on_by_itself(open_paper):
    items = fill(26)
    page = open_paper()
    page.goto("/feed")
    notice = page.locator("[data-offline]")
    refused = []
    page.route(re.compile("/api/v1/"), lambda route: (refused.append(route.request.url), route.abort()))

    page.locator("[data-more]").click()
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("The news cannot be loaded at present.")
    assert page.evaluate(SHOWN) == names(items[:20])
    page.unroute_all()
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_be_hidden()
    expect(page.locator("[data-items] > li")).to_have_count(26)
    assert page.evaluate(SHOWN) == names(items)
    assert len(refused) > 0


def test_story_that_is_corrected_while_it_is_read_says_so_and_stays(open_paper):
    story = publish(make_article(headline="Bridge open", slug="bridge"))
    publish(make_article(headline="Another", slug="another"))
    page = open_paper(width=390, height=844)
    page.goto("/articles/bridge")
    line = page.locator("[data-story-updated]")
    text = page.locator(".text > p").first
    before = text.bounding_box()
    publish(update(story, headline="Bridge shut"))
    page.evaluate(LOOK_AGAIN)

    expect(line).to_be_visible()
    assert text.bounding_box() == before
    expect(page.locator("h1")).to_have_text("Bridge open")
    line.get_by_role("link", name="Read the new version").click()
    expect(page.locator("h1")).to_have_text("Bridge shut")
    expect(page.locator("[data-story-updated]")).to_be_hidden()
